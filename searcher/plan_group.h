/* Groups: SYNONYM, prefixes, wildcards and fuzzy terms, as the union of their terms' lists, evaluated by windows. */
#ifndef SEARCHER_PLAN_GROUP_H
#define SEARCHER_PLAN_GROUP_H

#include "searcher/plan.h"

/* Fills leaf->postings, room and termfreq with the union of the group's terms in every unit. query is a leaf that
 * stands for several terms, or a SYNONYM of such and of terms, and must outlive the plan. For what weighs all windows
 * are looked at, so that termfreq is exact and bounds are sharp; else none is. Equal groups are made once. OIR_LIMIT
 * when a leaf has more terms than it may, OIR_CORRUPT, OIR_CANCELLED, OIR_NO_MEMORY. */
oir_status plan_group_fill(plan *p, plan_leaf *leaf, const oir_query *query, bool weighs, oir_error *err);
/* Postings of groups that were decoded so far. */
uint64_t plan_group_decoded(const plan *p);
/* For plan_release. */
void plan_group_release(plan *p);

#endif
