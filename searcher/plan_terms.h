/* A query's words looked up in all units: one step of all look-ups, then the next, so that they wait for memory
 * together. */
#ifndef SEARCHER_PLAN_TERMS_H
#define SEARCHER_PLAN_TERMS_H

#include "searcher/plan.h"

/* Looks up all TERM of the query but those of groups. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status plan_terms_find(plan *p, const oir_query *query, oir_error *err);
/* Fills leaf->postings of a TERM of that query, and termfreq. TERM must come in their order, none twice. */
void plan_terms_fill(plan *p, plan_leaf *leaf, const oir_query *term);

#endif
