/* What the tests of snippets share: records' escapes, queries written as text, and a second, simple-minded opinion on
 * what a query marks. */
#ifndef TESTS_SNIPPET_WORLD_H
#define TESTS_SNIPPET_WORLD_H

#include <oir/oir.h>

#include <string.h>

#include "base/buffer.h"
#include "harness.h"
#include "helper/plain_match.h"
#include "text/utf8.h"
#include "text/word.h"

/* Reads \xNN, \uNNNN, \n, \t, \s (a space), \e (nothing), \\ and \rCOUNT;BYTE (the byte, so many times). */
static inline void world_unescape(const char *from, size_t size, buffer *out)
{
    static const char plain[] = "n\nt\ts \\\\";
    buffer_clear(out);
    for (size_t at = 0; at < size; at++) {
        char digits[5] = "";
        uint8_t bytes[UTF8_MAX];
        if (from[at] != '\\') {
            buffer_add_byte(out, (uint8_t)from[at]);
            continue;
        }
        const char *known = strchr(plain, from[++at]);
        if (known) {
            buffer_add_byte(out, (uint8_t)known[1]);
        } else if (from[at] == 'x') {
            memcpy(digits, from + at + 1, 2);
            buffer_add_byte(out, (uint8_t)strtoul(digits, NULL, 16));
            at += 2;
        } else if (from[at] == 'u') {
            memcpy(digits, from + at + 1, 4);
            buffer_add(out, bytes, utf8_encode((uint32_t)strtoul(digits, NULL, 16), bytes));
            at += 4;
        } else if (from[at] == 'r') {
            char *end;
            for (unsigned long n = strtoul(from + at + 1, &end, 10); n > 0; n--)
                buffer_add_byte(out, (uint8_t)end[1]);
            at = (size_t)(end - from) + 1;
        } else {
            REQUIRE(from[at] == 'e');
        }
    }
    buffer_add_byte(out, 0);
    out->size--;
}

/* What is not printable ASCII, written so that world_unescape reads it. */
static inline void world_escape(const char *from, size_t size, buffer *out)
{
    buffer_clear(out);
    for (size_t at = 0; at < size;) {
        uint32_t step, c = utf8_decode((const uint8_t *)from + at, (const uint8_t *)from + size, &step);
        if (c == '\\')
            buffer_add(out, "\\\\", 2);
        else if (c == '\n')
            buffer_add(out, "\\n", 2);
        else if (c >= ' ' && c < 0x7f)
            buffer_add_byte(out, (uint8_t)c);
        else if (step > 1 && c < 0x10000)
            buffer_add_format(out, "\\u%04x", (unsigned)c);
        else
            buffer_add_format(out, "\\x%02x", (unsigned)c);
        at += step;
    }
    if (!size)
        buffer_add(out, "\\e", 2);
    buffer_add_byte(out, 0);
    out->size--;
}

/* Builds "(OP/window part part ...)", a term, or a prefix with * at its end. SCALE0 scales by 0. */
static inline oir_query *world_build(const char **at)
{
    static const struct {
        const char *name;
        oir_query_op op;
    } ops[] = {{"AND", OIR_OP_AND}, {"OR", OIR_OP_OR}, {"AND_NOT", OIR_OP_AND_NOT}, {"XOR", OIR_OP_XOR},
               {"AND_MAYBE", OIR_OP_AND_MAYBE}, {"FILTER", OIR_OP_FILTER}, {"PHRASE", OIR_OP_PHRASE},
               {"NEAR", OIR_OP_NEAR}, {"SYNONYM", OIR_OP_SYNONYM}, {"SCALE0", OIR_OP_SCALE}};
    oir_error err;
    oir_query *query, *parts[32];
    size_t count = 0, op = 0;
    if (**at != '(') {
        size_t size = strcspn(*at, " )");
        const char *term = *at;
        *at += size;
        if (term[size - 1] == '*')
            REQUIRE_OK(oir_query_new_prefix(&query, term, size - 1, 0, &err), err);
        else
            REQUIRE_OK(oir_query_new_term(&query, term, size, &err), err);
        return query;
    }
    size_t size = strcspn(++*at, " /)");
    while (strlen(ops[op].name) != size || memcmp(ops[op].name, *at, size) != 0)
        REQUIRE(++op < sizeof ops / sizeof ops[0]);
    *at += size;
    oir_termpos window = **at == '/' ? (oir_termpos)strtoul(*at + 1, (char **)(void *)at, 10) : 0;
    while (**at == ' ') {
        ++*at;
        parts[count++] = world_build(at);
    }
    REQUIRE(*(*at)++ == ')');
    if (ops[op].op == OIR_OP_SCALE)
        REQUIRE_OK(oir_query_new_scale(&query, parts[0], 0, &err), err);
    else
        REQUIRE_OK(oir_query_new_operator(&query, ops[op].op, parts, count, window, &err), err);
    return query;
}

/* A text's words with positions, and which bytes of it are marked. */
typedef struct world_words {
    word_token *tokens;
    char (*terms)[WORD_BYTES];
    uint32_t *positions;
    size_t count;
    oir_stemmer *stemmer;
    bool *marked;
} world_words;

static inline void world_words_init(world_words *w, const char *text, size_t size, const char *language)
{
    word_breaker breaker;
    word_token token;
    oir_error err;
    *w = (world_words){0};
    REQUIRE_OK(oir_stemmer_new(&w->stemmer, language, &err), err);
    w->tokens = malloc((size + 1) * 2 * sizeof *w->tokens);
    w->terms = malloc((size + 1) * 2 * sizeof *w->terms);
    w->positions = malloc((size + 1) * 2 * sizeof *w->positions);
    w->marked = calloc(size + 1, sizeof *w->marked);
    REQUIRE(w->tokens && w->terms && w->positions && w->marked);
    uint32_t position = 0;
    word_breaker_init(&breaker, text, size, true);
    for (; word_next(&breaker, &token); w->count++) {
        position += !(token.flags & WORD_PAIR) && token.size <= OIR_WORD_MAX_DEFAULT;
        memcpy(w->terms[w->count], token.term, token.size < WORD_BYTES ? token.size : WORD_BYTES);
        w->tokens[w->count] = token;
        w->positions[w->count] = position;
    }
}

static inline void world_words_release(world_words *w)
{
    oir_stemmer_free(w->stemmer);
    free(w->tokens);
    free(w->terms);
    free(w->positions);
    free(w->marked);
}

/* Whether word i is what the leaf looks for, prefix letters aside. */
static inline bool world_matches(const world_words *w, size_t i, const oir_query *leaf)
{
    oir_bytes term = oir_query_get_term(leaf), word = {w->terms[i], w->tokens[i].size};
    bool stem = term.size && term.data[0] == 'Z';
    if (word.size > OIR_TERM_MAX)
        return false;
    while (term.size && term.data[0] >= 'A' && term.data[0] <= 'Z')
        term = (oir_bytes){term.data + 1, term.size - 1};
    if (stem)
        word = oir_stemmer_stem(w->stemmer, word.data, word.size);
    if (oir_query_get_op(leaf) == OIR_OP_WILDCARD)
        return plain_matches_pattern(term.data, term.size, word.data, word.size);
    if (oir_query_get_op(leaf) == OIR_OP_FUZZY)
        return plain_matches_fuzzy(leaf, word.data, word.size);
    if (oir_query_get_op(leaf) == OIR_OP_PREFIX && word.size > term.size)
        word.size = term.size;
    return term.size && word.size == term.size && memcmp(word.data, term.data, term.size) == 0;
}

static inline void world_mark(world_words *w, size_t from, size_t to)
{
    for (size_t at = w->tokens[from].begin; at < w->tokens[to].end; at++)
        w->marked[at] = true;
}

/* Marks where parts from the `k`th on follow word `last`, each as soon as it can. */
static inline void world_mark_ordered(world_words *w, const oir_query *query, size_t first)
{
    size_t count = oir_query_get_part_count(query), places[32] = {first}, at = first;
    for (size_t k = 1; k < count; k++) {
        uint32_t after = w->positions[at];
        while (at < w->count &&
               (w->positions[at] <= after || !world_matches(w, at, oir_query_get_part(query, k))))
            at++;
        if (at == w->count)
            return;
        places[k] = at;
    }
    if (w->positions[at] - w->positions[first] >= oir_query_get_window(query))
        return;
    if (oir_query_get_window(query) == count)
        world_mark(w, first, at);
    for (size_t k = 0; k < count; k++)
        world_mark(w, places[k], places[k]);
}

/* Marks the query's words in the window that begins at word `first`, if all are in it as often as asked for. */
static inline void world_mark_near(world_words *w, const oir_query *query, size_t first)
{
    size_t count = oir_query_get_part_count(query), end = first;
    while (end < w->count && w->positions[end] - w->positions[first] < oir_query_get_window(query))
        end++;
    for (size_t k = 0; k < count; k++) {
        oir_bytes term = oir_query_get_term(oir_query_get_part(query, k));
        size_t wanted = 0, found = 0;
        for (size_t j = 0; j < count; j++) {
            oir_bytes other = oir_query_get_term(oir_query_get_part(query, j));
            wanted += other.size == term.size && memcmp(other.data, term.data, term.size) == 0;
        }
        for (size_t i = first; i < end; i++)
            found += world_matches(w, i, oir_query_get_part(query, k));
        if (found < wanted)
            return;
    }
    for (size_t i = first; i < end; i++) {
        for (size_t k = 0; k < count; k++) {
            if (world_matches(w, i, oir_query_get_part(query, k)))
                world_mark(w, i, i);
        }
    }
}

/* Everything that the query marks. */
static inline void world_mark_all(world_words *w, const oir_query *query)
{
    oir_query_op op = oir_query_get_op(query);
    size_t count = oir_query_get_part_count(query);
    for (size_t i = 0; i < w->count; i++) {
        bool leaf = op == OIR_OP_TERM || op == OIR_OP_PREFIX || op == OIR_OP_WILDCARD || op == OIR_OP_FUZZY;
        if (leaf && world_matches(w, i, query))
            world_mark(w, i, i);
        if (op == OIR_OP_PHRASE && world_matches(w, i, oir_query_get_part(query, 0)))
            world_mark_ordered(w, query, i);
        for (size_t k = 0; op == OIR_OP_NEAR && k < count; k++) {
            if (world_matches(w, i, oir_query_get_part(query, k)))
                world_mark_near(w, query, i);
        }
    }
    if (op == OIR_OP_PHRASE || op == OIR_OP_NEAR)
        return;
    if (op == OIR_OP_AND_NOT || op == OIR_OP_FILTER)
        count = 1;
    for (size_t k = 0; k < count; k++)
        world_mark_all(w, oir_query_get_part(query, k));
}

#endif
