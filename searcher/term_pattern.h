/* Terms by a pattern: * stands for any run of characters, ? for one.
 *
 * An automaton of as many states at once as there are places in the pattern, as bits that one character moves all
 * together (Baeza-Yates and Gonnet, "A new approach to text searching", 1992). Asked through term_matcher.h, which
 * says what a character is. */
#ifndef SEARCHER_TERM_PATTERN_H
#define SEARCHER_TERM_PATTERN_H

#include <oir/types.h>

enum { TERM_PATTERN_WORDS = OIR_TERM_MAX / 64 + 1 };

/* Which places were reached: bit i says that what was read is what the first i items, and stars, stand for. */
typedef struct term_pattern_state {
    uint64_t places[TERM_PATTERN_WORDS];
} term_pattern_state;

/* Items are what is not a star. Nothing to release. */
typedef struct term_pattern {
    uint32_t item_count, words;                     /* words of a state that are in use */
    uint64_t repeats[TERM_PATTERN_WORDS];           /* places with a star */
    uint64_t any[TERM_PATTERN_WORDS];               /* items that are ? */
    uint64_t of_ascii[128][TERM_PATTERN_WORDS];     /* items that a character is */
    uint32_t items[OIR_TERM_MAX];                   /* characters; of ? nothing that is one */
    const char *tail;                               /* the bytes that all terms end with */
    size_t tail_size;
} term_pattern;

/* `size` is at most OIR_TERM_MAX; the pattern must outlive its use here. */
void term_pattern_init(term_pattern *p, const char *pattern, size_t size);
/* The bytes that all terms begin with: those before the first * or ?. */
size_t term_pattern_get_fixed(const char *pattern, size_t size);

/* Nothing was read. */
void term_pattern_begin(term_pattern_state *state);
/* Reads a character; false when nothing that goes on so can match. */
bool term_pattern_step(const term_pattern *p, const term_pattern_state *from, uint32_t character,
                       term_pattern_state *to);
/* Whether what was read matches. */
bool term_pattern_accepts(const term_pattern *p, const term_pattern_state *state);

#endif
