/* What wildcards and fuzzy terms of a query mark: a text's words, asked one by one. Only so many patterns mark, since
 * each is asked for each word. */
#ifndef SEARCHER_SNIPPET_PATTERNS_H
#define SEARCHER_SNIPPET_PATTERNS_H

#include "searcher/snippet_query.h"

/* Refers to its query, owns the matchers. One thread at a time. */
typedef struct snippet_patterns {
    struct term_matcher **matchers; /* of the query's first words of kind PATTERN */
    uint32_t count, first;          /* how many; the number of the first of those words */
} snippet_patterns;

/* After a failure there may be something to release. OIR_NO_MEMORY. */
oir_status snippet_patterns_init(snippet_patterns *p, const snippet_query *query, oir_error *err);
void snippet_patterns_release(snippet_patterns *p);

/* Whether all that a PATTERN matches begins as its bytes do, at least with the first of them. */
bool snippet_patterns_is_fixed(const snippet_word *pattern);
/* The first PATTERN of the query that a word of 1 to OIR_TERM_MAX bytes matches; SNIPPET_NONE if there is none. */
uint32_t snippet_patterns_find(snippet_patterns *p, const char *word, size_t size);

#endif
