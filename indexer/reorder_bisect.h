/* Recursive graph bisection: an order of documents in which those with the same terms lie together.
 *
 * Documents are halved again and again; in each node documents change sides as long as that lowers the estimate of what
 * the lists of both sides take, bits of the logarithms of gaps. (Dhulipala et al. 2016, "Compressing graphs and indexes
 * with recursive graph bisection"; Mackenzie et al. 2021, "Faster index reordering with bipartite graph partitioning".)
 * A node's half ends where a window or a range of the engine does, and documents that stay on one side keep their
 * order, so that what was near in the first order stays near. The same lists give the same order. */
#ifndef INDEXER_REORDER_BISECT_H
#define INDEXER_REORDER_BISECT_H

#include "indexer/progress.h"
#include "indexer/reorder_node.h"

enum { REORDER_TERMS_MAX = UINT16_MAX - 1 };

/* Which terms each document has, as far as they matter. */
typedef struct reorder_lists {
    uint32_t document_count, term_count;
    uint32_t *sizes;  /* of each document's list, a multiple of REORDER_STEP */
    uint16_t *terms;  /* the lists one after another, of numbers from 1 to term_count, filled up with 0 */
    uint16_t *room;   /* for as many terms; NULL: it is made, and released again */
    size_t posting_count; /* the sum of sizes */
} reorder_lists;

/* Sets order[new number] = old number for all documents. The lists are used up, though their memory is the caller's
 * still. Takes 2 bytes for each posting unless there is room, 18 for each document, and for each thread 16 for each
 * term and level of halving meanwhile, and 72 with samples (25 MB with all terms that there can be). iterations: how
 * often documents may change sides in one node. samples: where a node is large only those of a sample do, more often,
 * which takes half of the time and comes to nearly the same (indexer/reorder_sample.h). threads: the caller's among
 * them; the order does not depend on them. OIR_NO_MEMORY, OIR_CANCELLED. */
oir_status reorder_bisect(reorder_lists *lists, uint32_t iterations, bool samples, uint32_t threads, uint32_t *order,
                          const progress *p, oir_error *err);

#endif
