/* Where a text matches a query's words: one pass with the word breaker, then the groups.
 *
 * Words are looked up by a memo of surface forms that lasts from text to text, so that each is stemmed once; where a
 * language's stems always begin as their words do, most words are passed over by their first two bytes. */
#ifndef SEARCHER_SNIPPET_MATCH_H
#define SEARCHER_SNIPPET_MATCH_H

#include <oir/stemmer.h>

#include "searcher/snippet_patterns.h"
#include "text/word.h"

/* A place of the text to mark, for a word of the query or (from word_count on) for a phrase. */
typedef struct snippet_span {
    uint32_t begin, end, key;
} snippet_span;

/* Spans that overlap or touch, as one: what is shown as a mark. Of the spans in it the keys are kept. */
typedef struct snippet_mark {
    uint32_t begin, end, first_key, key_count;
} snippet_mark;

struct snippet_hit;
struct snippet_memo;

/* Refers to its query, owns the rest. One thread at a time. */
typedef struct snippet_match {
    const snippet_query *query;
    oir_stemmer *stemmer; /* NULL when no word is a stem, or stems are the words themselves */
    bool stems;           /* some word is a stem */
    bool begins[32][32];  /* what words that match may begin with: five bits of each of the first two bytes */
    bool elides;          /* words with an apostrophe are looked up however they begin */
    struct snippet_memo *memo;
    uint32_t *first_hit, *last_hit, *places; /* of each word of the query */
    uint32_t *cursors;                       /* one for each place of the longest group */
    snippet_patterns patterns;
    word_breaker breaker;
    struct snippet_hit *hits;
    size_t hit_count, hit_capacity;
    uint64_t *order;
    size_t order_capacity;
    snippet_span *found; /* phrases, as found */
    size_t found_count, found_capacity;
    uint32_t *keys; /* of all spans, by place */
    size_t key_count, key_capacity;
    size_t longest; /* a mark of several spans, in bytes */
    snippet_mark *marks; /* by place; they do not overlap */
    size_t mark_count, mark_capacity;
} snippet_match;

/* On failure there is nothing to release. OIR_NOT_FOUND for a language that is none, OIR_NO_MEMORY. */
oir_status snippet_match_init(snippet_match *m, const snippet_query *query, const char *language, oir_error *err);
void snippet_match_release(snippet_match *m);

/* Finds spans and marks of a text. Marks are joined up to `longest` bytes, and phrases of more are marked word by word.
 * After very many matches (a million), or 4 GiB, the rest of the text is not looked at. OIR_NO_MEMORY. */
oir_status snippet_match_text(snippet_match *m, const char *text, size_t size, size_t longest, oir_error *err);

#endif
