/* The names of an index folder's files. */
#ifndef CATALOG_CATALOG_PATH_H
#define CATALOG_CATALOG_PATH_H

#include <oir/error.h>

enum {
    CATALOG_PATH_NAME_MAX = 48 /* room for any name here, with its zero byte */
};

#define CATALOG_PATH_CURRENT "current"
#define CATALOG_PATH_CURRENT_NEW "current.tmp" /* what is about to be renamed to it */
#define CATALOG_PATH_LOCK "lock"
#define CATALOG_PATH_GENERATION "generation-"
#define CATALOG_PATH_SEGMENT "segment-"

/* "generation-17" from its prefix and number, in decimal digits without leading zeros. */
void catalog_path_name(char name[CATALOG_PATH_NAME_MAX], const char *prefix, uint64_t number);

/* The number of a name that is `prefix` and a number as catalog_path_name writes it, then nothing or ".tmp". False for
 * any other name, so that only what is ours is ever taken for ours. */
bool catalog_path_number(const char *name, const char *prefix, uint64_t *number, bool *temporary);

/* The highest number of a file of that prefix, temporary ones left out; 0 when there is none, or no folder. OIR_IO. */
oir_status catalog_path_highest(const char *folder, const char *prefix, uint64_t *number, oir_error *err);

/* The full path of a numbered file. Released with memory_free; NULL when out of memory. */
char *catalog_path_new(const char *folder, const char *prefix, uint64_t number);

#endif
