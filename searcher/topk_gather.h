/* The k best of many: part of topk.h. */
#ifndef SEARCHER_TOPK_GATHER_H
#define SEARCHER_TOPK_GATHER_H

#include "searcher/topk.h"

/* As topk_add. */
oir_status topk_gather(topk *t, const double *weights, uint64_t first, uint64_t documents, oir_error *err);
/* As topk_offer. */
oir_status topk_gather_many(topk *t, const double *weights, const uint64_t *places, size_t n, oir_error *err);
/* Cuts what is gathered down to the wanted best, in any order. */
void topk_cut(topk *t);

#endif
