/* A plan in one segment: operators, and what weighing needs there. */
#ifndef SEARCHER_SEARCH_UNIT_H
#define SEARCHER_SEARCH_UNIT_H

#include "searcher/op.h"
#include "searcher/plan.h"

typedef struct search_unit {
    const plan *plan;
    const plan_unit *place;
    group_room *const *rooms;   /* by leaf: of its group */
    const kernels *kernels;
    arena *arena;
    op *root;                   /* NULL: nothing matches here */
    op *lists;                  /* all OP_TERM, those of pairs as well, which are no leaves; linked by `next` */
    struct search_flat *flat;   /* the tree's lists, see search_flat.h; NULL: only the tree says */
    op **leaves;                /* by number in the plan; NULL where the segment does not have the term */
    weigh_input norms;          /* at document 0 */
    weigh_input input;          /* of the range at hand */
    const uint8_t **input_wdf;
    float *input_factor;
    double *exact_factor;
    const op **input_leaves;
    bool any_large;             /* some list has wdf that a byte does not hold */
    uint8_t (*wdf)[RANGE_SIZE]; /* by leaf: of the range at hand */
    uint32_t windows;
    uint16_t *bounds;           /* by window, rounded up to 64 windows */
    uint64_t *positions_decoded;
    double ratio;               /* the reference norm that bounds were made with is at most so many times the query's */
    double inverse;             /* the query's at most so many times the reference; without end where that is 0 */
    double unit;                /* what one unit of bound weighs; the same in all segments; 0: nothing weighs */
    uint64_t paths;             /* that may be gone */
    bool filters;               /* weighs in single precision first */
    bool ascending;             /* docids ascend with local numbers */
} search_unit;

/* Builds the operators of a unit; short lists are decoded. unit and rooms as above. Memory is the arena's. OIR_CORRUPT,
 * OIR_NO_MEMORY. */
oir_status search_unit_init(search_unit *u, const plan *p, size_t index, group_room *const *rooms, double unit,
                            const kernels *k, arena *a, oir_error *err);
/* How many documents of a unit with a root match, where that is known without a look at any. */
bool search_unit_get_count(const search_unit *u, uint64_t *count);
/* Makes the bounds of all windows. OIR_NO_MEMORY. */
oir_status search_unit_bounds(search_unit *u, oir_error *err);


/* Documents of a range that exist and are not deleted. */
static inline uint64_t search_unit_live(const search_unit *u, uint32_t window, uint32_t range)
{
    return plan_unit_live(u->place, window, range);
}

/* The wanted documents of a range (which may match there) that may weigh `threshold` or more. Fills leaves' active. */
uint64_t search_unit_filter(search_unit *u, uint32_t window, uint32_t range, uint64_t wanted, double threshold);
/* A weight in single precision that all reach which weigh `threshold` or more, by so many lists; *held: it says
 * something. */
float search_unit_get_least(const search_unit *u, double threshold, uint32_t lists, bool *held);
/* Says anew for which of the documents that were asked for leaves weigh: only some of them match. */
void search_unit_activate(search_unit *u, uint64_t asked, uint64_t wanted);
/* The exact weights of some documents of the range that was filtered last, in order. weights has room for 7 more. */
void search_unit_weigh(search_unit *u, uint32_t window, uint32_t range, uint64_t wanted, double *weights);
/* Whether damaged bytes were met. */
bool search_unit_is_damaged(const search_unit *u);
/* Postings decoded so far. */
uint64_t search_unit_decoded(const search_unit *u);

#endif
