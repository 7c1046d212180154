/* Groups: SYNONYM and prefixes, as the union of their terms' lists. */
#ifndef SEARCHER_PLAN_GROUP_H
#define SEARCHER_PLAN_GROUP_H

#include "searcher/plan.h"

/* Fills leaf->postings and termfreq with the union of the group's terms in every unit. query is a PREFIX, or a
 * SYNONYM of terms and prefixes. OIR_LIMIT when a prefix has more terms than it may, OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status plan_group_fill(plan *p, plan_leaf *leaf, const oir_query *query, oir_error *err);

#endif
