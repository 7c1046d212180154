/* The k best documents seen so far: higher weight first, equal weights in an order of docids.
 *
 * Documents are offered by their places: what docid that is often lies far away, and is looked up only for those of the
 * same weight as others, and for the best at the end. Few are kept in a heap whose first is the
 * worst (here); many are gathered, some more than wanted, and then cut down to the best by splitting at a weight that
 * is about the last wanted one, which goes eight at a time (topk_gather.c). */
#ifndef SEARCHER_TOPK_H
#define SEARCHER_TOPK_H

#include <oir/enquire.h>

#include "codec/kernels.h"
#include "searcher/plan.h"

typedef struct topk_item {
    double weight;
    uint64_t key;          /* equal weights: the smaller comes first */
    oir_docid docid;
} topk_item;

/* A document that was offered. Its place is its unit in the plan, in the 32 high bits, and its number there. */
typedef struct topk_entry {
    double weight;
    uint64_t place;
} topk_entry;

/* One thread at a time. Invariant: when full, no document that weighs less than `worst` can be among the k best. */
typedef struct topk {
    const kernels *kernels;
    oir_docid_order order;
    const plan *plan;
    topk_entry *heap;      /* few */
    double *weights;       /* many: gathered, and room of the same size for those that are split off */
    uint64_t *places;
    size_t held, wanted, capacity;
    size_t cut_at;         /* when so many are gathered */
    bool full;
    bool gathers;          /* no heap */
    double worst;
    topk_item *items;      /* after topk_sort: the best */
    uint64_t offered;      /* documents given to topk_add, held or not: all of them match */
    uint64_t last;         /* what topk_last_key said when last_at documents had been offered */
    uint64_t last_at;
} topk;

void topk_init(topk *t, const kernels *k, size_t wanted, oir_docid_order order, const plan *p);
void topk_release(topk *t);
/* Forgets what was offered. */
void topk_clear(topk *t);

/* What a document must reach to enter: equal weights may enter by their docids. Below 0 when any may. */
static inline double topk_threshold(const topk *t)
{
    return t->full ? t->worst : -1;
}

/* Offers the documents of a range, a bit each; document i has place first + i. weights are in their order.
 * OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status topk_add(topk *t, const double *weights, uint64_t first, uint64_t documents, oir_error *err);
/* Offers n documents by their weights and places, which are ascending and in one unit. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status topk_offer(topk *t, const double *weights, const uint64_t *places, size_t n, oir_error *err);
/* By what documents of equal weight are ordered, ascending. */
uint64_t topk_get_key(const topk *t, uint64_t place);
/* The last key among the k best seen so far; only when full. */
uint64_t topk_last_key(topk *t);
/* Leaves the best in items, in order, best first; nothing may be added afterwards. OIR_CORRUPT,
 * OIR_NO_MEMORY. */
oir_status topk_sort(topk *t, oir_error *err);
/* Puts the best of several that were sorted, and want as many, into t, in order; t is empty. OIR_NO_MEMORY. */
oir_status topk_merge(topk *t, topk *sorted, size_t count, oir_error *err);

#endif
