/* What the best documents weigh at least, before any is looked at: of each list it is stored what its best so many
 * documents reach (postings_view.h), and where one list is enough to match, others only add to that. */
#ifndef SEARCHER_SEARCH_KNOWN_H
#define SEARCHER_SEARCH_KNOWN_H

#include "searcher/search_unit.h"

/* Sets *out to a weight that `wanted` documents of the units reach; below 0: none is known. OIR_NO_MEMORY. */
oir_status search_known_find(const search_unit *units, size_t count, size_t wanted, arena *a, double *out,
                             oir_error *err);

#endif
