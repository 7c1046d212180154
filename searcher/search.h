/* Running a plan: the best documents, or how many match. */
#ifndef SEARCHER_SEARCH_H
#define SEARCHER_SEARCH_H

#include <oir/enquire.h>

#include "searcher/plan.h"
#include "searcher/topk.h"

/* What a caller may interrupt a search by; keep_going may be NULL. */
typedef struct search_control {
    bool (*keep_going)(void *context);
    void *context;
    oir_search_statistics *statistics; /* added to */
    bool everything;                   /* every match is weighed, so that all are counted */
} search_control;

/* Puts the best documents of all that match into `best`, exactly as if every match were weighed. *complete says that no
 * match was left out, so that best->held is how many there are. OIR_CORRUPT, OIR_CANCELLED, OIR_NO_MEMORY. */
oir_status search_best(const plan *p, topk *best, const search_control *control, bool *complete, oir_error *err);

/* How many documents match. OIR_CORRUPT, OIR_CANCELLED, OIR_NO_MEMORY. */
oir_status search_count(const plan *p, uint64_t *count, const search_control *control, oir_error *err);

#endif
