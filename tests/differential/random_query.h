/* Random queries of every shape, made of what a collection has: terms by frequency, pieces of its documents as phrases,
 * starts of terms as prefixes, terms with letters changed as patterns and fuzzy terms, and words that are nowhere. */
#ifndef TESTS_DIFFERENTIAL_RANDOM_QUERY_H
#define TESTS_DIFFERENTIAL_RANDOM_QUERY_H

#include "differential/exhaustive.h"

typedef struct random_query_source {
    const exhaustive *collection;
    uint32_t *by_frequency;        /* numbers of terms, most frequent first */
    uint32_t term_count;
    oir_docid *documents;          /* live ones */
    uint32_t document_count;
    uint64_t (*random)(void);
    size_t prefix_most;            /* what stands for more terms is not asked for; 0: no limit */
} random_query_source;

/* The collection must stay as it is until release. */
void random_query_init(random_query_source *s, exhaustive *collection, uint64_t (*random)(void));
void random_query_release(random_query_source *s);
/* A PREFIX (kind 0) of a byte, a WILDCARD (1) or a FUZZY (2), made of a term, with no limit. */
oir_query *random_query_leaf(const random_query_source *s, int kind);
/* The same leaf with a limit. Takes it over. */
oir_query *random_query_limit(oir_query *leaf, size_t most);
/* How many living terms a leaf stands for. */
size_t random_query_expansions(const random_query_source *s, const oir_query *leaf);
/* A query nested no deeper than `depth`. Ends the program when out of memory. */
oir_query *random_query_new(const random_query_source *s, int depth);

#endif
