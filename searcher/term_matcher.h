/* Whether terms are what a WILDCARD or FUZZY stands for, asked of many in byte order: what was found out about a term's
 * beginning holds for the next one that begins so, and one that cannot match says which others need not be asked.
 * Characters are those of term_character.h. */
#ifndef SEARCHER_TERM_MATCHER_H
#define SEARCHER_TERM_MATCHER_H

#include "searcher/query.h"
#include "searcher/term_distance.h"
#include "searcher/term_pattern.h"

/* The pattern of a WILDCARD, or the word of a FUZZY. */
typedef struct term_matcher_text {
    const char *bytes;
    size_t size;
    uint32_t distance; /* edits; 0 for a pattern */
    uint32_t fixed;    /* first characters that must agree */
} term_matcher_text;

static inline term_matcher_text term_matcher_text_of(const oir_query *query)
{
    return (term_matcher_text){query->term, query->term_size, query->distance, query->fixed};
}

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

/* What is asked for, whose bytes must outlive the matcher. OIR_NO_MEMORY. */
oir_status term_matcher_new(term_matcher **out, term_matcher_text text, oir_error *err);
/* NULL is accepted. */
void term_matcher_free(term_matcher *m);
/* How many first bytes of the text all terms that match begin with. */
size_t term_matcher_get_fixed(term_matcher_text text);

/* Whether a term of 1 to OIR_TERM_MAX bytes matches. If none does that begins with some first bytes of it, *cut is
 * their number, else 0. */
bool term_matcher_ask(term_matcher *m, const char *term, size_t size, size_t *cut);

#endif
