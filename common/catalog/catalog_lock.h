/* What the catalog's own files need of the writer's lock; its functions are in catalog.h. */
#ifndef CATALOG_CATALOG_LOCK_H
#define CATALOG_CATALOG_LOCK_H

#include <sys/types.h>

#include "catalog/catalog.h"

struct catalog_lock {
    char *folder;
    int descriptor; /* of the file `lock`; the kernel's lock is on its open file description */
    uint64_t kept;  /* a segment that is being written, or CATALOG_NO_SEGMENT */
    pid_t owner;    /* a forked child has a copy of this, but holds nothing */
};

/* Whether this process took the lock, and has not only inherited it. OIR_INVALID_OPERATION. */
oir_status catalog_lock_check(const catalog_lock *lock, oir_error *err);

#endif
