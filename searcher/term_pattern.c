#include "searcher/term_pattern.h"

#include <string.h>

#include "searcher/term_character.h"

static void set(uint64_t *bits, uint32_t place)
{
    bits[place / 64] |= UINT64_C(1) << place % 64;
}

static void add_item(term_pattern *p, uint32_t character)
{
    uint32_t item = p->item_count++;
    p->items[item] = character == '?' ? UINT32_MAX : character;
    if (character == '?')
        set(p->any, item);
    else if (character < 128)
        set(p->of_ascii[character], item);
}

void term_pattern_init(term_pattern *p, const char *pattern, size_t size)
{
    const uint8_t *at = (const uint8_t *)pattern, *end = at + size;
    memset(p, 0, sizeof *p);
    for (uint32_t step; at < end; at += step) {
        uint32_t character = term_character_read(at, end, &step);
        if (character == '*')
            set(p->repeats, p->item_count);
        else
            add_item(p, character);
    }
    while (p->tail_size < size && pattern[size - p->tail_size - 1] != '*' && pattern[size - p->tail_size - 1] != '?')
        p->tail_size++;
    p->tail = pattern + size - p->tail_size;
    p->words = p->item_count / 64 + 1;
    for (uint32_t c = 0; c < 128; c++)
        for (uint32_t w = 0; w < p->words; w++)
            p->of_ascii[c][w] |= p->any[w];
}

size_t term_pattern_get_fixed(const char *pattern, size_t size)
{
    size_t fixed = 0;
    while (fixed < size && pattern[fixed] != '*' && pattern[fixed] != '?')
        fixed++;
    return fixed;
}

void term_pattern_begin(term_pattern_state *state)
{
    *state = (term_pattern_state){.places = {1}};
}

/* The items that a character beyond ASCII is. */
static void find_items(const term_pattern *p, uint32_t character, uint64_t items[TERM_PATTERN_WORDS])
{
    memcpy(items, p->any, sizeof p->any);
    for (uint32_t i = 0; i < p->item_count; i++)
        if (p->items[i] == character)
            set(items, i);
}

bool term_pattern_step(const term_pattern *p, const term_pattern_state *from, uint32_t character,
                       term_pattern_state *to)
{
    uint64_t found[TERM_PATTERN_WORDS], carry = 0, alive = 0;
    const uint64_t *items = p->of_ascii[character & 127];
    if (character >= 128) {
        find_items(p, character, found);
        items = found;
    }
    for (uint32_t w = 0; w < p->words; w++) {
        uint64_t moved = from->places[w] & items[w];
        to->places[w] = moved << 1 | carry | (from->places[w] & p->repeats[w]);
        carry = moved >> 63;
        alive |= to->places[w];
    }
    return alive != 0;
}

bool term_pattern_accepts(const term_pattern *p, const term_pattern_state *state)
{
    return state->places[p->item_count / 64] >> p->item_count % 64 & 1;
}
