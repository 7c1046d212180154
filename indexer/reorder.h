/* The order in which documents are best written: like beside like, which makes lists smaller and lets searches skip
 * more of them.
 *
 * Memory: 6 bytes for each posting of the terms that are looked at, which are chosen so that this stays within
 * reorder_settings.memory; about 48 bytes for each document, and 2 for each term of each source. */
#ifndef INDEXER_REORDER_H
#define INDEXER_REORDER_H

#include "indexer/inverters.h"
#include "indexer/merge.h"
#include "indexer/reorder_builder.h"

enum {
    REORDER_OPTIMISED_MIN = 2 * WINDOW_SIZE, /* documents: with fewer there is nothing to be skipped, */
    REORDER_MERGED_MIN = 1 << 17             /* and a merge with fewer is likely to be merged again soon */
};

/* At most so many bytes are taken for so many postings and documents. */
static inline uint64_t reorder_get_memory(uint64_t postings, uint64_t documents)
{
    return 6 * postings + 48 * documents;
}

/* What a level of the public options means. */
reorder_settings reorder_choose(oir_reorder level, size_t memory);

/* Puts the documents of `order`, which says in what order they were before, into the new one. The same sources and
 * settings give the same order. OIR_CORRUPT, OIR_NO_MEMORY, OIR_CANCELLED; the order is as it was then. */
oir_status reorder_documents(merge_order *order, const merge_source *sources, size_t count,
                             const reorder_settings *settings, const progress *p, oir_error *err);

/* The same for documents that are not in a segment yet: *order, freed by the caller with memory_free, has for each new
 * number which of the live documents by docid it is. OIR_NO_MEMORY, OIR_CANCELLED. */
oir_status reorder_buffer(uint32_t **order, const inverters *v, const reorder_settings *settings, const progress *p,
                          oir_error *err);

#endif
