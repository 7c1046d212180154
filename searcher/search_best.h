/* What a thread that searches best first works on: for the files that do. */
#ifndef SEARCHER_SEARCH_BEST_H
#define SEARCHER_SEARCH_BEST_H

#include "searcher/search_flat.h"
#include "searcher/search_share.h"
#include "searcher/topk.h"

/* A window of a segment, and the most that a document in it can weigh. */
typedef struct visit {
    uint32_t unit, window;
    uint16_t bound;
} visit;

/* What a thread does. */
typedef struct best_first {
    search_share *share;
    topk *best;
    search_control *control;
    const kernels *kernels;
    search_unit *units; /* of the share */
    double unit;        /* what one unit of bound weighs; the same for all segments, since they share one threshold */
    double threshold;   /* what a document must weigh; below 0: nothing */
    double guess;       /* what documents are taken to weigh at least: if as many as are wanted do, it was right; below
                           0: none */
    double known;       /* what as many documents as are wanted weigh at least; below 0: nothing is known */
    uint32_t least;     /* bounds below this cannot enter any more */
    uint64_t paths;     /* that may be gone */
    bool ordered;       /* windows are visited highest bound first */
    bool bounded;       /* what cannot reach the threshold is left out */
    bool counts;        /* all that matches is counted, whether it can pass or not */
    bool pruned;        /* something that may match was left out */
    oir_search_statistics done;
} best_first;

/* Takes over what a document must weigh by now. */
void search_best_raise(best_first *b);
/* Sets what bounds must reach, from the threshold. */
void search_best_set_least(best_first *b);
static inline uint64_t search_best_place(const best_first *b, const search_unit *u, uint32_t window)
{
    return (uint64_t)b->share->units[u - b->units] << 32 | window << WINDOW_BITS;
}

/* Whether all visits are to units with one list, which search_lone_visit looks at by itself. */
bool search_lone_is_possible(const best_first *b);
/* Visits all. OIR_CORRUPT, OIR_CANCELLED, OIR_LIMIT, OIR_NO_MEMORY. */
oir_status search_lone_visit(best_first *b, const visit *visits, size_t count, oir_error *err);

#endif
