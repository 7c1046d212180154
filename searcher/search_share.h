/* A search's units shared out over threads: each has some, of about as many documents as every other's. Alone a thread
 * has one share with all units. */
#ifndef SEARCHER_SEARCH_SHARE_H
#define SEARCHER_SEARCH_SHARE_H

#include "searcher/plan.h"
#include "searcher/search_control.h"

/* What a thread works on. */
typedef struct search_share {
    const plan *plan;
    size_t number;               /* from 0 */
    uint32_t *units;             /* numbers of the plan's units */
    size_t unit_count;
    group_room **rooms;          /* by leaf of the plan, for its groups; NULL before they are added */
    arena *arena;                /* for as long as the share: the first one's is of the plan's memory */
    arena own_arena;
    search_control *control;     /* its own, or the search's if there is one share only */
    _Atomic uint64_t *threshold; /* of all shares, for search_share_raise; NULL: there is one only */

    search_control own_control;
    oir_search_statistics statistics;
    oir_status status;
    oir_error error;
} search_share;

typedef struct search_shares {
    const plan *plan;
    search_control *control;
    size_t count;
    search_share *each;
    _Atomic uint64_t threshold;
    atomic_bool stop;            /* one of them failed */
    oir_status asked;            /* OIR_CANCELLED: the caller wants to stop */
    oir_status (*work)(search_share *share, void *context, oir_error *err);
    void *context;
} search_shares;

/* Shares out, where so many postings to look at make it worth that. Release it whatever comes back. OIR_NO_MEMORY. */
oir_status search_shares_init(search_shares *s, const plan *p, search_control *control, uint64_t postings,
                              oir_error *err);
/* Gives each share rooms for the plan's groups, which must be made. OIR_NO_MEMORY. */
oir_status search_shares_add_rooms(search_shares *s, oir_error *err);
/* A room for a group that one thread works on, in an arena; with sums for groups that weigh. OIR_NO_MEMORY. */
oir_status search_share_new_room(group_room **out, bool sums, arena *a, oir_error *err);
void search_shares_release(search_shares *s);

/* The postings of all leaves. */
uint64_t search_share_postings(const plan *p);

/* work(share, context, err) for every share, in any thread; statistics are added up. The status is OIR_CANCELLED when
 * the caller wants to stop; else that of the first share that failed for more than being late, and OIR_LIMIT after
 * that. */
oir_status search_shares_run(search_shares *s, oir_status (*work)(search_share *share, void *context, oir_error *err),
                             void *context, oir_error *err);

/* Adds up what was done. */
void search_share_add(oir_search_statistics *to, const oir_search_statistics *from);

/* Says that so many documents as are wanted reach a weight; returns the highest weight of which any share said so, and
 * below 0 while none has. Weights below 0 say nothing. */
double search_share_raise(const search_share *share, double weight);

#endif
