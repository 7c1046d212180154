/* The check of a file's LMDB pages, before LMDB sees them: it crashes on some damaged trees. */
#ifndef SEGMENT_CONTAINER_TREE_H
#define SEGMENT_CONTAINER_TREE_H

#include <oir/error.h>

/* What the tree is like. */
typedef struct container_tree {
    uint64_t file_size;   /* bytes */
    uint32_t page_size;   /* bytes */
    uint32_t value_count; /* keys 0 to value_count - 1 */
} container_tree;

/* Checks meta pages and every tree page that can be reached from the newer one, and that no two values overlap. Of the
 * pages of values only the places are checked; with `headers` also the header of each value, which costs a read for
 * each. path is for messages. OIR_CORRUPT with page and reason, OIR_IO, OIR_NO_MEMORY. */
oir_status container_tree_check(container_tree *out, int fd, const char *path, bool headers, oir_error *err);

#endif
