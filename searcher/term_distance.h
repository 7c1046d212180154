/* Terms that are a word but for a few edits: characters inserted, deleted, replaced, or exchanged with their neighbour,
 * none of them edited twice (Damerau 1964; the "optimal string alignment" distance).
 *
 * Reads a term character by character, keeping of the table of distances (Wagner and Fischer 1974) the row's cells that
 * can be within the limit, which lie around the diagonal (Ukkonen 1985). Rows depend on what was read only, so terms
 * that begin alike share them, and none that begins as a row without such a cell was reached can match: the dictionary
 * is cut as by a Levenshtein automaton (Schulz and Mihov 2002). Asked through term_matcher.h. */
#ifndef SEARCHER_TERM_DISTANCE_H
#define SEARCHER_TERM_DISTANCE_H

#include <oir/types.h>

enum {
    TERM_DISTANCE_MAX = 2,
    TERM_DISTANCE_BAND = 2 * TERM_DISTANCE_MAX + 1
};

typedef struct term_distance_state {
    uint8_t cells[8], before[8]; /* this row and the one before: cell c is that of c - limit places off the diagonal */
    uint32_t row;                /* characters read */
    uint32_t character;          /* the last of them */
} term_distance_state;

/* Nothing to release. */
typedef struct term_distance {
    uint32_t limit, fixed, count;        /* edits; characters that must agree; characters in all */
    uint32_t characters[OIR_TERM_MAX];
} term_distance;

/* `size` is 1 to OIR_TERM_MAX, `limit` 1 to TERM_DISTANCE_MAX. The first `fixed` characters, or all if there are no
 * more, must agree. */
void term_distance_init(term_distance *d, const char *word, size_t size, uint32_t limit, uint32_t fixed);
/* The bytes of the first `fixed` characters, or of all. */
size_t term_distance_get_fixed(const char *word, size_t size, uint32_t fixed);

/* Nothing was read. */
void term_distance_begin(const term_distance *d, term_distance_state *state);
/* Reads a character; false when nothing that goes on so can match. */
bool term_distance_step(const term_distance *d, const term_distance_state *from, uint32_t character,
                        term_distance_state *to);
/* Whether what was read matches. */
bool term_distance_accepts(const term_distance *d, const term_distance_state *state);

#endif
