/* Ways to an answer that a search may do without: all give the same answers, and tests force each.
 *
 * The environment variable OIR_PATHS, read once, has the names of those to do without, with commas between:
 *     pairs      lists for pairs of frequent words: phrases look at positions instead
 *     order      the best windows first: they are visited as they lie in the index instead
 *     bounds     leaving out windows and ranges that cannot reach the threshold
 *     filter     weighing in single precision first: all is weighed exactly instead
 *     alone      one thread for a small search of which more may be used: it is shared out instead
 * Shared. */
#ifndef SEARCHER_PATHS_H
#define SEARCHER_PATHS_H

#include <stdbool.h>

enum paths {
    PATHS_PAIRS = 1 << 0,
    PATHS_ORDER = 1 << 1,
    PATHS_BOUNDS = 1 << 2,
    PATHS_FILTER = 1 << 3,
    PATHS_ALONE = 1 << 4
};

bool paths_use(enum paths path);

#endif
