/* Where the groups of positions lie of a list that is decoded (codec/positions.h). Groups are found many at once: how
 * long they are follows from their documents' extents, which lie here and there, and a loop that only reads these waits
 * for many of them together. One thread at a time. */
#ifndef SEGMENT_POSITIONS_GROUPS_H
#define SEGMENT_POSITIONS_GROUPS_H

#include "segment/postings_view.h"

enum { POSITIONS_GROUPS_TOGETHER = RANGE_SIZE }; /* groups that are found at once */

/* Walks the groups of a list in its order. */
typedef struct positions_groups {
    const postings_view *view;
    const postings_context *context;
    const postings_list *list;
    const positions_kernels *kernels;
    uint64_t lows, highs;    /* where the next group's low parts end, and its high parts, or their count, start */
    uint64_t end;            /* of the run */
    uint32_t index;          /* the next group */
    uint32_t unit;           /* window (dense) or sample (sparse) of the next group, plus 1; 0 before the first */
    uint32_t unit_first;     /* index of the unit's first group */
    uint32_t unit_count;     /* dense: groups of the window */
    /* The groups found last. */
    uint32_t found;
    uint32_t counts[POSITIONS_GROUPS_TOGETHER + POSITIONS_SPILL], extents[POSITIONS_GROUPS_TOGETHER + POSITIONS_SPILL];
    positions_place places[POSITIONS_GROUPS_TOGETHER];
} positions_groups;

/* Before the first group. What is pointed to must outlive it; the view has its positions. */
void positions_groups_init(positions_groups *g, const postings_view *v, const postings_context *context,
                           const postings_list *list);
/* Finds the next groups, before the end-th of the list: their counts, extents and places. False when damaged. */
bool positions_groups_next(positions_groups *g, uint32_t end);

/* For those who step over groups themselves, and move index, lows and highs.
 * To the run of the next group, of which there must be one; *left: how many follow there, POSITIONS_GROUPS_TOGETHER at
 * most. False when damaged. */
bool positions_groups_enter(positions_groups *g, uint32_t *left);
/* Counts and extents of the next n groups of the run, where wdf says how many positions they have. False when they
 * cannot be. */
bool positions_groups_count(positions_groups *g, uint32_t n);

#endif
