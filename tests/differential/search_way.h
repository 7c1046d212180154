/* Ways to search for the same: with which kernels, in how many threads, in which order of docids, and without which of
 * the ways of base/paths.h. */
#ifndef TESTS_DIFFERENTIAL_SEARCH_WAY_H
#define TESTS_DIFFERENTIAL_SEARCH_WAY_H

#include <oir/enquire.h>

#include "base/paths.h"
#include "codec/isa.h"

typedef struct search_way {
    uint64_t paths; /* that may be gone */
    enum isa isa;
    unsigned threads;
    oir_docid_order order;
} search_way;

enum { SEARCH_WAYS = 4, SEARCH_WAY_TEXT = 512 };

/* Chooses ways for a query: as users' searches go; without one thing, which takes turns; without some at random;
 * without any. Kernels, threads and orders are chosen at random but for the first. No way has more than OIR_PATHS and
 * OIR_ISA leave. */
void search_way_choose(uint64_t (*random)(void), search_way out[SEARCH_WAYS]);
/* Has what follows in this process search so. */
void search_way_use(const search_way *way);
/* The kernels, and what it does without, as the environment variables to repeat it. */
void search_way_describe(const search_way *way, char out[SEARCH_WAY_TEXT]);
/* Counts it, by differential_tally.h. */
void search_way_count(const search_way *way);

/* Has what follows be written without what `without` names; "mixed": anything at random. */
void search_way_write(const char *without, uint64_t (*random)(void));

#endif
