/* The k best documents seen so far: higher weight first, equal weights by ascending docid.
 *
 * Few are kept in a heap whose first is the worst. Many are gathered, up to twice as many as wanted, and then cut down
 * to the best: 1.5 to 3.7 times faster at 1,000 than a heap, and slower at 100 and below. */
#ifndef SEARCHER_TOPK_H
#define SEARCHER_TOPK_H

#include <oir/error.h>

typedef struct topk_item {
    double weight;
    oir_docid docid;
} topk_item;

/* One thread at a time. Invariant: when full, no item that is worse than `worst` can be among the k best. */
typedef struct topk {
    topk_item *items;
    size_t held, wanted, capacity;
    bool full;
    topk_item worst;
    uint64_t offered; /* documents given to topk_add, held or not: all of them match */
} topk;

void topk_init(topk *t, size_t wanted);
void topk_release(topk *t);

/* What a document must reach to enter: equal weights may enter by a smaller docid. Below 0 when any may. */
static inline double topk_threshold(const topk *t)
{
    return t->full ? t->worst.weight : -1;
}

/* OIR_NO_MEMORY. */
oir_status topk_add(topk *t, double weight, oir_docid docid, oir_error *err);
/* Leaves the best in order, best first; nothing may be added afterwards. */
void topk_sort(topk *t);

#endif
