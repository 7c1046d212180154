/* Whether a term is one that a PREFIX, WILDCARD or FUZZY stands for, by whole tables and nothing clever. */
#ifndef TESTS_HELPER_PLAIN_MATCH_H
#define TESTS_HELPER_PLAIN_MATCH_H

#include <oir/query.h>

#include <string.h>

#include "text/utf8.h"

typedef struct plain_word {
    uint32_t characters[OIR_TERM_MAX + 1];
    size_t count;
} plain_word;

/* A byte that is no UTF-8 is like no code point. */
static inline plain_word plain_read(const char *text, size_t size)
{
    plain_word out = {.count = 0};
    const uint8_t *at = (const uint8_t *)text, *end = at + size;
    for (uint32_t step; at < end; at += step) {
        uint32_t code = utf8_decode(at, end, &step);
        out.characters[out.count++] = step == 1 && code > 127 ? code + 0x40000000 : code;
    }
    return out;
}

static inline bool plain_matches_pattern(const char *pattern, size_t pattern_size, const char *term, size_t size)
{
    plain_word p = plain_read(pattern, pattern_size), t = plain_read(term, size);
    bool row[OIR_TERM_MAX + 1] = {true}, next[OIR_TERM_MAX + 1]; /* of how many characters of the term */
    for (size_t i = 0; i < p.count; i++) {
        uint32_t c = p.characters[i];
        next[0] = row[0] && c == '*';
        for (size_t j = 1; j <= t.count; j++)
            next[j] = c == '*' ? row[j] || next[j - 1] : row[j - 1] && (c == '?' || c == t.characters[j - 1]);
        memcpy(row, next, (t.count + 1) * sizeof *row);
    }
    return row[t.count];
}

static inline unsigned plain_distance(const plain_word *a, const plain_word *b)
{
    static unsigned d[OIR_TERM_MAX + 1][OIR_TERM_MAX + 1];
    for (unsigned i = 0; i <= a->count; i++)
        for (unsigned j = 0; j <= b->count; j++) {
            unsigned least = i ? (j ? d[i - 1][j - 1] + (a->characters[i - 1] != b->characters[j - 1]) : i) : j;
            if (i && d[i - 1][j] + 1 < least)
                least = d[i - 1][j] + 1;
            if (j && d[i][j - 1] + 1 < least)
                least = d[i][j - 1] + 1;
            if (i > 1 && j > 1 && a->characters[i - 1] == b->characters[j - 2] &&
                a->characters[i - 2] == b->characters[j - 1] && d[i - 2][j - 2] + 1 < least)
                least = d[i - 2][j - 2] + 1;
            d[i][j] = least;
        }
    return d[a->count][b->count];
}

static inline bool plain_matches_fuzzy(const oir_query *leaf, const char *term, size_t size)
{
    oir_bytes text = oir_query_get_term(leaf);
    plain_word wanted = plain_read(text.data, text.size), t = plain_read(term, size);
    size_t fixed = oir_query_get_fixed_prefix(leaf);
    fixed = fixed < wanted.count ? fixed : wanted.count;
    return t.count >= fixed && memcmp(wanted.characters, t.characters, fixed * sizeof *t.characters) == 0 &&
           t.count <= wanted.count + 2 && t.count + 2 >= wanted.count &&
           plain_distance(&wanted, &t) <= oir_query_get_distance(leaf);
}

/* Terms of fields are found only by what begins as they do. */
static inline bool plain_match(const oir_query *leaf, const char *term, size_t size)
{
    oir_bytes text = oir_query_get_term(leaf);
    oir_query_op op = oir_query_get_op(leaf);
    bool open = op == OIR_OP_PREFIX     ? text.size == 0
                : op == OIR_OP_WILDCARD ? text.data[0] == '*' || text.data[0] == '?'
                                        : oir_query_get_fixed_prefix(leaf) == 0;
    if (open && term[0] >= 'A' && term[0] <= 'Z')
        return false;
    if (op == OIR_OP_PREFIX)
        return size >= text.size && memcmp(term, text.data, text.size) == 0;
    return op == OIR_OP_WILDCARD ? plain_matches_pattern(text.data, text.size, term, size)
                                 : plain_matches_fuzzy(leaf, term, size);
}

#endif
