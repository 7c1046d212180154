/* The k best documents seen so far: higher weight first, equal weights by ascending docid.
 *
 * Invariant: `items` is a heap whose first is the worst of those held. */
#ifndef SEARCHER_TOPK_H
#define SEARCHER_TOPK_H

#include <oir/error.h>

typedef struct topk_item {
    double weight;
    oir_docid docid;
} topk_item;

typedef struct topk {
    topk_item *items;
    size_t held, wanted, capacity;
    uint64_t offered; /* documents given to topk_add, held or not: all of them match */
} topk;

void topk_init(topk *t, size_t wanted);
void topk_release(topk *t);

static inline bool topk_is_full(const topk *t)
{
    return t->held == t->wanted;
}

/* What a document must reach to enter, when full: equal weights may enter by a smaller docid. */
static inline double topk_threshold(const topk *t)
{
    return topk_is_full(t) ? t->items[0].weight : -1;
}

/* OIR_NO_MEMORY. */
oir_status topk_add(topk *t, double weight, oir_docid docid, oir_error *err);
/* Puts the items in order, best first; nothing may be added afterwards. */
void topk_sort(topk *t);

#endif
