/* A unit looked at list by list, without its tree: where that says no more than which terms are needed, of which one is
 * needed, which only add weight and which exclude, as most queries do. PHRASE and NEAR need their words; what they want
 * of positions is left to their operator.
 *
 *     search_flat_look(u, window, least, &look);      bounds that are stored; asks the memory for what they leave
 *     live = search_flat_open(u, &look, least, last); other bounds
 *     live = search_flat_match(u, &look, live);       ranges that have documents
 *     n = search_flat_filter(u, &look, live, threshold);
 *     for each of n slots of u->flat: search_flat_exclude, search_flat_weigh; before that search_flat_verify for all
 * Ranges go through each step together: what one of them holds decides little of what is done next, so that guesses at
 * it, mostly wrong, are few.
 * Looking changes nothing in the unit, so that the next window can be looked at before this one is opened. */
#ifndef SEARCHER_SEARCH_FLAT_H
#define SEARCHER_SEARCH_FLAT_H

#include "searcher/search_control.h"
#include "searcher/search_unit.h"

enum { FLAT_MOST = 8 }; /* lists */

/* A window as its lists' bounds say. */
typedef struct flat_look {
    alignas(64) uint16_t bounds[RANGES];
    uint8_t rooms[FLAT_MOST][RANGES]; /* of lists without stored bounds */
    bound_list lists[FLAT_MOST];
    uint64_t live;                    /* ranges that could still pass */
    const search_unit *unit;
    uint32_t window;
    bool final;                       /* no other bounds say more */
} flat_look;

enum { FLAT_SLOTS = 8 };

/* A range's documents that may pass. */
typedef struct flat_slot {
    uint32_t range;
    uint64_t wanted, good;            /* those that match, were it not for what excludes; those that may pass as well */
    uint8_t wdf[FLAT_MOST][RANGE_SIZE]; /* by weighing list of the window */
} flat_slot;

typedef struct search_flat {
    bound_roles roles;
    uint32_t bounded;                 /* lists of these roles; those that exclude are behind them */
    uint32_t count;
    op *lists[FLAT_MOST];
    op *check;                        /* PHRASE or NEAR; NULL: none */
    bool lone;                        /* one list is bounded, and weighs; the segment has no deleted documents */
    uint32_t weighing;                /* lists that weigh, by number, in the query's order */
    uint32_t order[FLAT_MOST];
    uint64_t wanted[RANGES];          /* by range, from search_flat_match, or less */
    flat_slot slots[FLAT_SLOTS];
} search_flat;

/* Sets u->flat where the unit's tree can be told so; else it stays NULL. OIR_NO_MEMORY. */
oir_status search_flat_init(search_unit *u, oir_error *err);
/* Looks at a window; least as for bound_live. */
void search_flat_look(const search_unit *u, uint32_t window, uint32_t least, flat_look *out);
/* The bounds that are stored alone; returns ranges of at least `least`. Of units with one bounded list. */
uint64_t search_flat_bounds(const search_unit *u, uint32_t window, uint32_t least, uint16_t bounds[RANGES]);
/* Asks the memory for what live ranges of a window need. */
void search_flat_prefetch(const search_unit *u, uint32_t window, uint64_t live);
/* To a window that was looked at: its ranges that can still pass, found with no more decoding than that takes, and no
 * more exactly than `last`. */
uint64_t search_flat_open(search_unit *u, flat_look *look, uint32_t least, enum bound_level last);
/* Those of some ranges that have documents which may match, were it not for those that exclude. */
uint64_t search_flat_match(search_unit *u, const flat_look *look, uint64_t ranges, uint32_t least);
/* Fills slots with the lowest of some ranges that match; how many. */
uint32_t search_flat_filter(search_unit *u, const flat_look *look, uint64_t ranges, double threshold);
/* Those of some documents that nothing excludes. */
uint64_t search_flat_exclude(search_unit *u, uint32_t range, uint64_t documents);
/* Leaves of the documents of some ranges, u->flat->wanted, those in which words stand as they must.
 * OIR_CORRUPT, OIR_CANCELLED, OIR_LIMIT, OIR_NO_MEMORY. */
oir_status search_flat_verify(search_unit *u, uint64_t ranges, search_control *control, oir_error *err);
/* To a window: its ranges that may have documents which match, for search_flat_match. */
uint64_t search_flat_present(search_unit *u, uint32_t window, flat_look *look);
/* As search_unit_weigh, of a slot's range. */
void search_flat_weigh(search_unit *u, const flat_look *look, const flat_slot *slot, uint64_t wanted, double *weights);

#endif
