#include "searcher/term_distance.h"

#include <string.h>

#include "searcher/term_character.h"

void term_distance_init(term_distance *d, const char *word, size_t size, uint32_t limit, uint32_t fixed)
{
    const uint8_t *at = (const uint8_t *)word, *end = at + size;
    d->limit = limit;
    d->count = 0;
    for (uint32_t step; at < end; at += step)
        d->characters[d->count++] = term_character_read(at, end, &step);
    d->fixed = fixed < d->count ? fixed : d->count;
}

size_t term_distance_get_fixed(const char *word, size_t size, uint32_t fixed)
{
    const uint8_t *begin = (const uint8_t *)word, *at = begin, *end = at + size;
    for (uint32_t step; at < end && fixed > 0; at += step, fixed--)
        term_character_read(at, end, &step);
    return (size_t)(at - begin);
}

/* Row 0 of the table stands where the characters that must agree end: to the right, characters of the word that the
 * term lacks. */
void term_distance_begin(const term_distance *d, term_distance_state *state)
{
    *state = (term_distance_state){0};
    memset(state->before, (int)d->limit + 1, sizeof state->before);
    for (uint32_t c = 0; c < TERM_DISTANCE_BAND; c++)
        state->cells[c] = (uint8_t)(c < d->limit ? d->limit + 1 : c - d->limit);
}

static inline uint32_t least(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The cell of the word's first j characters behind the fixed ones, in the row after `from`. left: the cell before. */
static inline uint32_t make_cell(const term_distance *d, const term_distance_state *from, uint32_t c, uint32_t j,
                                 uint32_t character, uint32_t left)
{
    const uint32_t *word = d->characters + d->fixed;
    uint32_t none = d->limit + 1, cell = least(left + 1, none);
    cell = least(cell, (c < 2 * d->limit ? from->cells[c + 1] : none) + 1);
    if (j >= 1)
        cell = least(cell, from->cells[c] + (word[j - 1] != character ? 1u : 0));
    if (j >= 2 && word[j - 2] == character && word[j - 1] == from->character)
        cell = least(cell, from->before[c] + 1u);
    return cell;
}

bool term_distance_step(const term_distance *d, const term_distance_state *from, uint32_t character,
                        term_distance_state *to)
{
    *to = *from;
    to->row = from->row + 1;
    to->character = character;
    if (from->row < d->fixed)
        return d->characters[from->row] == character;
    memcpy(to->before, from->cells, sizeof to->before);
    uint32_t row = to->row - d->fixed, rest = d->count - d->fixed, none = d->limit + 1, cell = none, best = none;
    for (uint32_t c = 0; c <= 2 * d->limit; c++) {
        uint32_t place = row + c; /* limit more than j */
        bool inside = place >= d->limit && place - d->limit <= rest;
        cell = inside ? make_cell(d, from, c, place - d->limit, character, cell) : none;
        to->cells[c] = (uint8_t)cell;
        best = least(best, cell);
    }
    return best <= d->limit;
}

bool term_distance_accepts(const term_distance *d, const term_distance_state *state)
{
    if (state->row < d->fixed)
        return false;
    /* The cell of the whole word lies at count - row + limit. */
    uint32_t place = d->count + d->limit;
    return place >= state->row && place - state->row <= 2 * d->limit &&
           state->cells[place - state->row] <= d->limit;
}
