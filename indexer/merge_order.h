/* The order that documents of several segments get in the one that they are merged into: stretches of documents that
 * follow each other in a source, as runs where these are few, else document by document. Documents of segments that
 * were written one after the other are a run for each, and one more for each deleted document.
 *
 *     merge_stretch s = {0};
 *     while (merge_order_next(&order, &s))
 *         documents s.first and following are s.local and following of sources[s.source], s.count of them
 * One thread at a time. */
#ifndef INDEXER_MERGE_ORDER_H
#define INDEXER_MERGE_ORDER_H

#include "segment/segment.h"

typedef struct merge_source {
    const segment *segment;
    const uint64_t *deleted; /* a bit for each local document; NULL: none */
} merge_source;

/* Goes on to where the next run begins, the last one to the last document. */
typedef struct merge_run {
    uint32_t first; /* new local number */
    uint32_t source, local;
} merge_run;

typedef struct merge_order {
    uint32_t count;     /* live documents */
    uint32_t *sources;  /* of new local i: which source it comes from, */
    uint32_t *locals;   /* and its local number there; both NULL where there are runs */
    /* private */
    merge_run *runs;
    size_t run_count, run_capacity;
    uint32_t added;     /* documents so far */
} merge_order;

typedef struct merge_stretch {
    uint32_t first, count; /* new local numbers */
    uint32_t source, local;
    size_t run;            /* private */
} merge_stretch;

/* Documents of each source ascend by docid in the result, whatever their order was. OIR_TOO_BIG (more than 2^32 - 1
 * documents), OIR_NO_MEMORY. */
oir_status merge_order_by_docid(merge_order *order, const merge_source *sources, size_t count, oir_error *err);
void merge_order_release(merge_order *order);

/* An order of so many documents, which are then added one by one. */
void merge_order_init(merge_order *order, uint32_t count);
/* The next document. OIR_NO_MEMORY, and then only release may follow. */
oir_status merge_order_add(merge_order *order, uint32_t source, uint32_t local, oir_error *err);
/* From now on document by document. OIR_NO_MEMORY, and then it is as it was. */
oir_status merge_order_spread(merge_order *order, oir_error *err);

/* To the stretch behind *s, or the first if *s is zeroed: as long as it can be. False at the end. */
bool merge_order_next(const merge_order *order, merge_stretch *s);

#endif
