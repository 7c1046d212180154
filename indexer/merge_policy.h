/* Which segments to merge: a pure function of their sizes.
 *
 * Segments fall into tiers by the bytes of their live documents, each tier MERGE_POLICY_RATIO times the one below. A
 * tier of MERGE_POLICY_COUNT segments is merged into one, which then is of a tier above: so every byte is written about
 * once a tier, and there are at most MERGE_POLICY_COUNT - 1 segments in each. A segment with more than
 * MERGE_POLICY_DELETED percent of deleted documents is written anew. */
#ifndef INDEXER_MERGE_POLICY_H
#define INDEXER_MERGE_POLICY_H

#include <oir/types.h>

enum {
    MERGE_POLICY_COUNT = 8,
    MERGE_POLICY_RATIO = 8,
    MERGE_POLICY_FLOOR = 64 * 1024, /* bytes: below, all are of the lowest tier */
    MERGE_POLICY_DELETED = 30
};

typedef struct merge_size {
    uint64_t bytes;
    uint32_t documents, deleted; /* documents with deleted ones */
} merge_size;

/* Sets chosen[i] for the segments to be merged into one now, and returns how many they are; 0: none, all is well. To be
 * asked again after each merge. */
size_t merge_policy_choose(const merge_size *sizes, size_t count, bool *chosen);

#endif
