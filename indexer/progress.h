/* The caller's progress hook, as it is handed down. */
#ifndef INDEXER_PROGRESS_H
#define INDEXER_PROGRESS_H

#include <oir/writable_database.h>

#include "base/error.h"

typedef struct progress {
    oir_progress call; /* NULL: nobody asks */
    void *context;
} progress;

/* Tells the caller; OIR_CANCELLED when it wants to stop. p may be NULL. */
static inline oir_status progress_tell(const progress *p, const char *what, uint64_t done, uint64_t total,
                                       oir_error *err)
{
    if (!p || !p->call || p->call(what, done, total, p->context))
        return OIR_OK;
    return error_set(err, OIR_CANCELLED, "stopped on request (%s)", what);
}

#endif
