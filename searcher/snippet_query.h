/* What of a query marks text: words, stems and prefixes that mark wherever they stand, and groups of them (phrases and
 * words near each other) that mark only where the group is.
 *
 * Terms are bared of their prefix: Siraq and ZSiraq, which were looked for in titles, mark iraq in any text. What only
 * restricts or excludes does not mark: right parts of AND_NOT and FILTER, terms with prefix Q (ids), and terms with any
 * prefix in parts whose weight is scaled to 0 (boolean fields).
 *
 * Invariants: words are distinct and sorted by kind, then bytes; of prefixes of one kind none begins another. */
#ifndef SEARCHER_SNIPPET_QUERY_H
#define SEARCHER_SNIPPET_QUERY_H

#include <oir/database.h>
#include <oir/query.h>

#include "base/arena.h"

/* How a word of the text is compared: itself or its stem, whole or its beginning, or by a pattern. */
typedef enum snippet_kind {
    SNIPPET_WORD,
    SNIPPET_PREFIX,
    SNIPPET_PATTERN, /* of a WILDCARD or FUZZY; snippet_patterns.h asks these */
    SNIPPET_STEM,
    SNIPPET_STEM_PREFIX,
    SNIPPET_KINDS
} snippet_kind;

/* No word of the query. */
#define SNIPPET_NONE UINT32_MAX

typedef struct snippet_word {
    const char *bytes;
    uint32_t size;
    snippet_kind kind;
    bool loose;            /* marks by itself, not only in groups */
    oir_doccount termfreq; /* of its most frequent term */
    uint32_t distance, fixed; /* of a PATTERN that is a FUZZY */
    uint32_t weight;       /* in units of 2^-16: rare words count more */
} snippet_word;

typedef struct snippet_group {
    const uint32_t *words; /* of `count` places, in the query's order */
    uint32_t count;
    oir_termpos window; /* positions that all must fit into */
    bool ordered;       /* in this order; with window == count it is a phrase, marked as one span */
    uint32_t weight;
} snippet_group;

/* Never changes once made. Shared. */
typedef struct snippet_query {
    arena memory;
    snippet_word *words;
    uint32_t word_count, kind_begin[SNIPPET_KINDS + 1]; /* words of a kind: from kind_begin[k] to kind_begin[k + 1] */
    snippet_group *groups;
    uint32_t group_count, group_longest; /* the most places in a group */
    bool ngrams; /* false when a word shows that scripts without spaces were indexed in runs */
} snippet_query;

/* Takes the query apart. Weights follow the database's frequencies, or are all alike without (NULL). On failure there
 * is nothing to release. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status snippet_query_init(snippet_query *q, const oir_query *query, const oir_database *database, oir_error *err);
void snippet_query_release(snippet_query *q);

/* The word of a kind, but PATTERN, that the bytes (a text's word, or its stem) are, or begin with; SNIPPET_NONE if
 * there is none. */
uint32_t snippet_query_find(const snippet_query *q, snippet_kind kind, const char *bytes, size_t size);

#endif
