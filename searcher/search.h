/* Running a plan: the best documents, or how many match. */
#ifndef SEARCHER_SEARCH_H
#define SEARCHER_SEARCH_H

#include "searcher/plan.h"
#include "searcher/search_control.h"
#include "searcher/topk.h"

struct search_unit;

/* Puts the best documents of all that match into `best`, exactly as if every match were weighed. *complete says that no
 * match was left out, so that best->held is how many there are. OIR_CORRUPT, OIR_CANCELLED, OIR_LIMIT,
 * OIR_NO_MEMORY. */
oir_status search_best(const plan *p, topk *best, search_control *control, bool *complete, oir_error *err);

/* How many documents match; when it fails, how many were found to. OIR_CORRUPT, OIR_CANCELLED, OIR_LIMIT,
 * OIR_NO_MEMORY. */
oir_status search_count(const plan *p, uint64_t *count, search_control *control, oir_error *err);

/* Adds how many documents of a window match to *count. OIR_CORRUPT, OIR_CANCELLED, OIR_LIMIT, OIR_NO_MEMORY. */
oir_status search_count_window(struct search_unit *u, uint32_t window, search_control *control, uint64_t *count,
                               oir_error *err);

#endif
