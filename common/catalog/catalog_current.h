/* The file `current`: which generation is the newest. */
#ifndef CATALOG_CATALOG_CURRENT_H
#define CATALOG_CATALOG_CURRENT_H

#include <oir/error.h>

/* The newest revision of the index in `folder`; 0 on failure. OIR_NOT_FOUND, OIR_CORRUPT (also when the file is missing
 * where commits have been), OIR_IO, OIR_NO_MEMORY. */
oir_status catalog_current_get(const char *folder, uint64_t *revision, oir_error *err);

/* Replaces the file at once, by rename. With `sync` the new bytes are on the disk before, and the folder after. When
 * the folder cannot be synced, the file names `before` again (0: it is removed). OIR_IO, OIR_NO_SPACE,
 * OIR_NO_MEMORY. */
oir_status catalog_current_set(const char *folder, uint64_t revision, uint64_t before, bool sync, oir_error *err);

#endif
