/* Several segments written anew as one, without their deleted documents.
 *
 * Calling sequence:
 *     merge_order_by_docid(&order, sources, count, err);      or any other order of the live documents
 *     segment_writer_open(&writer, path, &options, err);
 *     merge_write(&order, sources, count, &options, writer, &progress, err);
 *     segment_writer_commit(writer, err);                     or abort
 *     merge_order_release(&order);
 * Memory: what the longest list takes as it is written, and where sources do not keep their order up to 36 bytes for
 * each of its documents; of a document as many bytes as its length and extent need, two mostly, and up to 12 where its
 * source is not merged as it is; with term lists 4 for each term in each source. Segments are only read, so merges of
 * different segments may run beside each other. */
#ifndef INDEXER_MERGE_H
#define INDEXER_MERGE_H

#include "indexer/merge_order.h"
#include "indexer/progress.h"
#include "segment/segment_writer.h"

typedef struct merge_options {
    bool term_lists; /* only if all sources have them */
    bool lasting;    /* what is written shall follow from the documents alone (merge_stored.h) */
    size_t ahead;    /* bytes of documents' data that may be read ahead; see there */
} merge_options;

/* Writes everything into w, which must have been opened for term lists if these are merged. The order is given up when
 * it is no longer needed. OIR_CORRUPT, OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_CANCELLED. */
oir_status merge_write(merge_order *order, const merge_source *sources, size_t count, const merge_options *options,
                       segment_writer *w, const progress *p, oir_error *err);

/* Fills in what a document has of values, in an array that grows and is the caller's. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status merge_read_values(const segment *s, uint32_t local, segment_value **found, size_t *capacity,
                             segment_document *out, oir_error *err);

#endif
