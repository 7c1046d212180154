/* The inside of a match set. */
#ifndef SEARCHER_MSET_H
#define SEARCHER_MSET_H

#include <oir/mset.h>

#include "searcher/database.h"
#include "searcher/plan.h"
#include "searcher/topk.h"

struct oir_mset {
    const oir_database *database;
    topk_item *items;
    oir_doccount count, first;
    oir_doccount matches_lower, matches_upper;
    double max_possible;
    char *terms;              /* the query's terms, each as size byte, bytes and 4 bytes of frequency */
    size_t terms_size;
};

/* Makes a match set of the ranks first to first + max_items - 1 of `best`, which is sorted. OIR_NO_MEMORY. */
oir_status mset_new(oir_mset **out, const plan *p, const topk *best, oir_doccount first, oir_doccount max_items,
                    oir_error *err);

#endif
