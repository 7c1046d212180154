/* A generation's file: one part, whose root is the generation's bytes. */
#ifndef CATALOG_GENERATION_FILE_H
#define CATALOG_GENERATION_FILE_H

#include "catalog/catalog.h"

/* Makes the file, in place of one that a crash may have left under that name; on failure there is none. The folder is
 * not synced. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status generation_file_write(const char *path, const generation *g, bool sync, oir_error *err);

/* On failure *out is empty. OIR_NOT_FOUND, OIR_CORRUPT, OIR_VERSION, OIR_IO, OIR_NO_MEMORY. */
oir_status generation_file_read(const char *path, generation *out, oir_error *err);

#endif
