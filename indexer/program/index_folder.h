/* The files that an index's folder has of its own, told from those of others by their names. */
#ifndef INDEX_FOLDER_H
#define INDEX_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

/* A name of a generation or segment, also one that is being written. */
bool index_folder_is_numbered(const char *name);
/* Any name that a file of an index has. */
bool index_folder_is_own(const char *name);

/* Whether an index lies in the folder: by the one short file that says which commit is its newest. */
bool index_folder_has_index(const char *path);
/* Bytes of the index's files in the folder. */
uint64_t index_folder_size(const char *path);

#endif
