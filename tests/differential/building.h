/* Ways to build an index: with how many threads, with tiny memory or enough, in which order of documents, with lists of
 * pairs or without. They take turns; what came of each is counted by what the index shows. One thread at a time. */
#ifndef TESTS_DIFFERENTIAL_BUILDING_H
#define TESTS_DIFFERENTIAL_BUILDING_H

#include "differential/made_up.h"

typedef struct building {
    uint32_t threads; /* a place in a table */
    bool tiny, no_pairs;
} building;

/* The next one's turn; collections that are reordered, or wait, have turns of their own. */
building building_choose(const made_up *m);
/* 1, 2 or 8. */
uint32_t building_threads(const building *b);
/* What came of it. */
void building_count(const building *b, const made_up *m, const made_up_outcome *outcome);
/* Prints how many indexes were built in which way; whole: fails unless tiny memory came with each number of threads,
 * reordered and not, with pairs and without. */
void building_check(bool whole);

#endif
