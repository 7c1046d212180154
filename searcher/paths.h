/* Ways to an answer that a search may do without: all give the same answers, and tests force each.
 *
 * The environment variable OIR_PATHS, read once, has the names of those to do without, with commas between:
 *     pairs      lists for pairs of frequent words: phrases look at positions instead
 * Shared. */
#ifndef SEARCHER_PATHS_H
#define SEARCHER_PATHS_H

#include <stdbool.h>

bool paths_use_pairs(void);

#endif
