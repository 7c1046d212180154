/* The windows that a thread visits: which, in what order, and fetched ahead. */
#ifndef SEARCHER_SEARCH_VISITS_H
#define SEARCHER_SEARCH_VISITS_H

#include "searcher/search_best.h"

/* All windows with a bound that can pass, highest first, by buckets of the bound's high byte; equal ones as they lie in
 * the index. OIR_NO_MEMORY. */
oir_status search_visits_order(best_first *b, visit **out, size_t *count, oir_error *err);
/* Asks the memory for what the first visits will look at. */
void search_visits_prefetch_first(const best_first *b, const visit *visits, size_t count);
/* Asks the memory for what visit number i + some will look at. */
void search_visits_prefetch(const best_first *b, const visit *visits, size_t count, size_t i);

#endif
