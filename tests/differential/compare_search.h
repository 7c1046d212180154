/* Asks the searcher and the exhaustive scorer the same, and says what differs. */
#ifndef TESTS_DIFFERENTIAL_COMPARE_SEARCH_H
#define TESTS_DIFFERENTIAL_COMPARE_SEARCH_H

#include <oir/enquire.h>

#include "differential/random_query.h"

enum { COMPARE_WEIGHTS = 8 };

/* Weights to choose from: BM25's defaults, the benchmarks', k1 0, b 0, b 1, all parameters odd, none at all, and any at
 * random. */
exhaustive_weight compare_search_weight(unsigned number, uint64_t (*random)(void));

/* What to ask for. */
typedef struct compare_page {
    oir_doccount first, max_items, count_at_least;
} compare_page;

/* Compares the answers to one query, searched in several ways (search_way.h): documents, order, scores to the bit,
 * counts, bounds. When they differ the query is made as small as still shows it and everything is printed; false
 * then. */
bool compare_search(const oir_database *database, exhaustive *collection, oir_query *query,
                    const exhaustive_weight *weight, compare_page page, uint64_t (*random)(void),
                    exhaustive_result *room);
/* Asks that many random questions, under random weights and for random pages; returns how many answers differ. Counts
 * what was asked, by differential_tally.h. */
uint32_t compare_search_many(const oir_database *database, exhaustive *collection, const random_query_source *source,
                             uint32_t queries);

#endif
