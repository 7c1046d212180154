/* The k best documents seen so far: higher weight first, equal weights by ascending docid.
 *
 * Few are kept in a heap whose first is the worst. Many are gathered, some more than wanted, and then cut down to the
 * best by splitting at a weight that is about the last wanted one, which goes eight at a time. */
#ifndef SEARCHER_TOPK_H
#define SEARCHER_TOPK_H

#include <oir/error.h>

#include "codec/kernels.h"

typedef struct topk_item {
    double weight;
    oir_docid docid;
} topk_item;

/* One thread at a time. Invariant: when full, no item that is worse than `worst` can be among the k best. */
typedef struct topk {
    const kernels *kernels;
    topk_item *items;      /* the heap; after topk_sort the best */
    double *weights;       /* many: gathered, and room of the same size for those that are split off */
    oir_docid *docids;
    size_t held, wanted, capacity;
    bool full;
    bool gathers;          /* no heap */
    topk_item worst;
    uint64_t offered;      /* documents given to topk_add, held or not: all of them match */
} topk;

void topk_init(topk *t, const kernels *k, size_t wanted);
void topk_release(topk *t);

/* What a document must reach to enter: equal weights may enter by a smaller docid. Below 0 when any may. */
static inline double topk_threshold(const topk *t)
{
    return t->full ? t->worst.weight : -1;
}

/* Offers n documents, TOPK_ADD_MOST at most; reads and changes nothing of them. OIR_NO_MEMORY. */
enum { TOPK_ADD_MOST = 64 };
oir_status topk_add(topk *t, const double *weights, const oir_docid *docids, size_t n, oir_error *err);
/* Leaves the best in items, in order, best first; nothing may be added afterwards. OIR_NO_MEMORY. */
oir_status topk_sort(topk *t, oir_error *err);

#endif
