/* The order in which the documents of a merge are best written: like beside like, which makes lists smaller and lets
 * searches skip more of them.
 *
 * Memory: 2 * 2 bytes for each posting of the terms that are looked at, which are chosen so that this stays within
 * reorder_settings.memory, and 30 bytes for each document. */
#ifndef INDEXER_REORDER_H
#define INDEXER_REORDER_H

#include "indexer/merge.h"

enum {
    REORDER_OPTIMISED_MIN = 2 * WINDOW_SIZE, /* documents: with fewer there is nothing to be skipped, */
    REORDER_MERGED_MIN = 1 << 17             /* and a merge with fewer is likely to be merged again soon */
};

typedef struct reorder_settings {
    uint32_t iterations;    /* how often documents may change sides in one node */
    uint32_t rare_share;    /* terms in fewer than one of so many documents are left out, */
    uint32_t frequent_share; /* and those in more than one of so many */
    size_t memory;          /* bytes for lists; above, more of the frequent terms are left out */
} reorder_settings;

/* What a level of the public options means. */
reorder_settings reorder_choose(oir_reorder level, size_t memory);

/* Puts the documents of `order`, which says in what order they were before, into the new one. The same sources and
 * settings give the same order. OIR_CORRUPT, OIR_NO_MEMORY, OIR_CANCELLED; the order is as it was then. */
oir_status reorder_documents(merge_order *order, const merge_source *sources, size_t count,
                             const reorder_settings *settings, const progress *p, oir_error *err);

#endif
