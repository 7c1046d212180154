/* The terms that a prefix, wildcard or fuzzy term stands for. */
#ifndef SEARCHER_PLAN_EXPAND_H
#define SEARCHER_PLAN_EXPAND_H

#include "searcher/plan.h"

/* Called for each term, in byte order. */
typedef oir_status (*plan_expand_take)(void *context, const terms_cursor *at, oir_error *err);

/* Calls `take` for the terms of a segment that a leaf stands for, until it fails; `control` is looked at now and then.
 * OIR_CORRUPT, OIR_CANCELLED, OIR_LIMIT past a deadline, OIR_NO_MEMORY, and what take says. */
oir_status plan_expand(const segment *s, const oir_query *query, struct search_control *control, plan_expand_take take,
                       void *context, oir_error *err);
/* OIR_LIMIT when a leaf of the query stands for more different terms, over all units, than it may. */
oir_status plan_expand_check(const plan *p, const oir_query *query, oir_error *err);

#endif
