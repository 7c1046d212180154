/* Whether terms are what a WILDCARD or FUZZY stands for, asked of many in byte order: what was found out about a term's
 * beginning holds for the next one that begins so, and one that cannot match says which others need not be asked.
 * Characters are those of term_character.h. */
#ifndef SEARCHER_TERM_MATCHER_H
#define SEARCHER_TERM_MATCHER_H

#include "searcher/query.h"
#include "searcher/term_distance.h"
#include "searcher/term_pattern.h"

/* What is known behind some characters of a term. */
typedef struct term_matcher_state {
    union {
        term_pattern_state pattern;
        term_distance_state distance;
    } at;
    uint32_t end;   /* bytes of the characters */
    uint32_t needs; /* bytes that say what they are */
} term_matcher_state;

/* Freed with term_matcher_free. One thread at a time. */
typedef struct term_matcher {
    bool fuzzy;
    bool ends_first;                              /* nothing would be cut: ends are looked at before all else */
    union {
        term_pattern pattern;
        term_distance distance;
    } of;
    uint32_t depth;                               /* states known, of the last term */
    term_matcher_state states[OIR_TERM_MAX + 1];
    char last[OIR_TERM_MAX];
    size_t last_size;
} term_matcher;

/* For a WILDCARD or FUZZY, without the first `without` bytes of its term, which are letters A to Z: a field's prefix
 * (0: all of it). The
 * query must outlive the matcher. OIR_NO_MEMORY. */
oir_status term_matcher_new(term_matcher **out, const oir_query *query, size_t without, oir_error *err);
/* NULL is accepted. */
void term_matcher_free(term_matcher *m);
/* How many first bytes of query->term all terms that match begin with. */
size_t term_matcher_get_fixed(const oir_query *query);

/* Whether a term of 1 to OIR_TERM_MAX bytes matches. If none does that begins with some first bytes of it, *cut is
 * their number, else 0. */
bool term_matcher_ask(term_matcher *m, const char *term, size_t size, size_t *cut);

#endif
