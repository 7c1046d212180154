/* Several segments written anew as one, without their deleted documents.
 *
 * Calling sequence:
 *     merge_order_by_docid(&order, sources, count, err);      or any other order of the live documents
 *     segment_writer_open(&writer, path, &options, err);
 *     merge_write(&order, sources, count, &options, writer, &progress, err);
 *     segment_writer_commit(writer, err);                     or abort
 *     merge_order_release(&order);
 * Memory follows the longest list, and 4 to 20 bytes for each document and term. Segments are only read, so merges of
 * different segments may run beside each other. */
#ifndef INDEXER_MERGE_H
#define INDEXER_MERGE_H

#include "indexer/progress.h"
#include "segment/segment.h"
#include "segment/segment_writer.h"

typedef struct merge_source {
    const segment *segment;
    const uint64_t *deleted; /* a bit for each local document; NULL: none */
} merge_source;

/* The local numbers that documents get. */
typedef struct merge_order {
    uint32_t count;     /* live documents */
    uint32_t *sources;  /* of new local i: which source it comes from, */
    uint32_t *locals;   /* and its local number there */
} merge_order;

/* Documents of each source ascend by docid in the result, whatever their order was. OIR_TOO_BIG (more than 2^32 - 1
 * documents), OIR_NO_MEMORY. */
oir_status merge_order_by_docid(merge_order *order, const merge_source *sources, size_t count, oir_error *err);
void merge_order_release(merge_order *order);

/* Room for an order of so many documents, which the caller fills in. OIR_NO_MEMORY, and then it is empty. */
oir_status merge_order_init(merge_order *order, uint32_t count, oir_error *err);

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
