#include "text/word.h"

#include <assert.h>
#include <string.h>

#include "base/bits.h"
#include "text/unicode.h"
#include "text/utf8.h"

/* ASCII word characters, lower-cased; 0 for all other bytes. */
static const uint8_t word_lower[256] = {
    ['0'] = '0', ['1'] = '1', ['2'] = '2', ['3'] = '3', ['4'] = '4', ['5'] = '5', ['6'] = '6', ['7'] = '7',
    ['8'] = '8', ['9'] = '9', ['_'] = '_',
    ['A'] = 'a', ['B'] = 'b', ['C'] = 'c', ['D'] = 'd', ['E'] = 'e', ['F'] = 'f', ['G'] = 'g', ['H'] = 'h',
    ['I'] = 'i', ['J'] = 'j', ['K'] = 'k', ['L'] = 'l', ['M'] = 'm', ['N'] = 'n', ['O'] = 'o', ['P'] = 'p',
    ['Q'] = 'q', ['R'] = 'r', ['S'] = 's', ['T'] = 't', ['U'] = 'u', ['V'] = 'v', ['W'] = 'w', ['X'] = 'x',
    ['Y'] = 'y', ['Z'] = 'z',
    ['a'] = 'a', ['b'] = 'b', ['c'] = 'c', ['d'] = 'd', ['e'] = 'e', ['f'] = 'f', ['g'] = 'g', ['h'] = 'h',
    ['i'] = 'i', ['j'] = 'j', ['k'] = 'k', ['l'] = 'l', ['m'] = 'm', ['n'] = 'n', ['o'] = 'o', ['p'] = 'p',
    ['q'] = 'q', ['r'] = 'r', ['s'] = 's', ['t'] = 't', ['u'] = 'u', ['v'] = 'v', ['w'] = 'w', ['x'] = 'x',
    ['y'] = 'y', ['z'] = 'z',
};

/* ASCII characters that may join two halves of a word. */
static const uint8_t word_joins[128] = {['\''] = 1, ['&'] = 1, [','] = 1, ['.'] = 1, [';'] = 1};

/* What joins two halves of a word to stand between them, 0 if it does not join. */
static uint32_t joiner_infix(uint32_t c)
{
    switch (c) {
    case '\'': case '&': case 0xb7: case 0x5f4: case 0x2027:
        return c;
    case 0x2019: case 0x201b:
        return '\'';
    default:
        return 0;
    }
}

static uint32_t joiner_digits(uint32_t c)
{
    switch (c) {
    case ',': case '.': case ';': case 0x37e: case 0x589: case 0x60d: case 0x7f8: case 0x2044: case 0xfe10:
    case 0xfe13: case 0xfe14:
        return c;
    default:
        return 0;
    }
}

static bool joiner_ignored(uint32_t c)
{
    return c == 0xad || c == 0x200c || c == 0x200d || c == 0x2060 || c == 0xfeff;
}

/* The code of the character at `at`, that of none at the end of the text. */
static uint32_t code_at(const word_breaker *b, const uint8_t *at)
{
    uint32_t step;
    return at < b->end ? unicode_code(utf8_decode(at, b->end, &step)) : UNICODE_CN;
}

static unicode_category category_of(uint32_t code)
{
    return (unicode_category)(code & (UNICODE_TABLE_NGRAM - 1));
}

static bool is_word(uint32_t code)
{
    return category_of(code) <= UNICODE_PC;
}

static bool is_ngram(const word_breaker *b, uint32_t code)
{
    return b->ngrams && (code & UNICODE_TABLE_NGRAM) && is_word(code);
}

static void add_code(word_breaker *b, word_token *w, uint32_t c)
{
    uint8_t bytes[UTF8_MAX];
    uint32_t length = utf8_encode(c, bytes);
    for (uint32_t i = 0; i < length; i++, w->size++) {
        if (w->size < WORD_BYTES)
            b->term[w->size] = bytes[i];
    }
}

/* How many of eight bytes, from the first on, are ASCII letters; *lowered has them in lower case. All at once, because
 * how long words are is nothing that a processor foresees. */
static uint32_t lower_letters(uint64_t bytes, uint64_t *lowered)
{
    const uint64_t each = UINT64_C(0x0101010101010101), high = each * 0x80;
    *lowered = bytes | each * 0x20;
    uint64_t from_a = (*lowered & ~high) + each * (0x80 - 'a'), behind_z = (*lowered & ~high) + each * (0x7f - 'z');
    uint64_t others = ~(from_a & ~behind_z & ~bytes) & high;
    return others ? bits_lowest(others) / 8 : 8;
}

/* ASCII word characters from `at` on; returns the place behind them. */
static const uint8_t *add_ascii(word_breaker *b, word_token *w, const uint8_t *at)
{
    const uint8_t *from = at;
    size_t room = w->size < WORD_BYTES ? WORD_BYTES - w->size : 0;
    const uint8_t *stop = (size_t)(b->end - at) < room ? b->end : at + room;
    uint8_t *to = b->term + w->size;
    uint8_t lower;
    for (uint32_t letters = 8; letters == 8 && stop - at >= 8; at += letters, to += letters) {
        uint64_t lowered;
        letters = lower_letters(bits_load64(at), &lowered);
        memcpy(to, &lowered, sizeof lowered);
    }
    while (at < stop && (lower = word_lower[*at]) != 0) {
        *to++ = lower;
        at++;
    }
    if (at == stop) {
        while (at < b->end && word_lower[*at])
            at++;
    }
    w->size += (size_t)(at - from);
    return at;
}

/* Tries to go on over one character that is not a word character: U.N.'s full stop is not met here, 3.14's is.
 * `digit` says whether a decimal digit stands before it. Returns the place behind it, NULL if the word ends. */
static const uint8_t *add_joiner(word_breaker *b, word_token *w, const uint8_t *at, bool digit)
{
    uint32_t step, c = utf8_decode(at, b->end, &step);
    uint32_t next = code_at(b, at + step);
    if (!is_word(next) || is_ngram(b, next))
        return NULL;
    if (joiner_ignored(c))
        return at + step;
    uint32_t joins = digit && category_of(next) == UNICODE_ND ? joiner_digits(c) : joiner_infix(c);
    if (!joins)
        return NULL;
    add_code(b, w, joins);
    return at + step;
}

/* The run of word characters and joiners from `at` on; returns the place behind it. */
static const uint8_t *add_run(word_breaker *b, word_token *w, const uint8_t *at)
{
    const uint8_t *begin = at;
    bool digit = false; /* of the last character that is not ASCII */
    for (;;) {
        at = add_ascii(b, w, at);
        if (at == b->end || (*at < 0x80 && !word_joins[*at]))
            return at;
        if (*at >= 0x80) {
            uint32_t step, c = utf8_decode(at, b->end, &step), code = unicode_code(c);
            if (is_word(code)) {
                if (is_ngram(b, code))
                    return at;
                add_code(b, w, unicode_tolower(c));
                digit = category_of(code) == UNICODE_ND;
                at += step;
                continue;
            }
        }
        assert(at > begin);
        (void)begin;
        bool after_digit = at[-1] < 0x80 ? at[-1] >= '0' && at[-1] <= '9' : digit;
        const uint8_t *behind = add_joiner(b, w, at, after_digit);
        if (!behind)
            return at;
        at = behind;
    }
}

static const uint8_t *add_suffix(word_breaker *b, word_token *w, const uint8_t *at)
{
    const uint8_t *behind = at;
    while (behind < b->end && behind - at < 4 && (*behind == '+' || *behind == '#'))
        behind++;
    if (behind == at || behind - at == 4 || is_word(code_at(b, behind)))
        return at;
    for (; at < behind; at++, w->suffix++)
        add_code(b, w, *at);
    return at;
}

static bool is_capital(const word_breaker *b, const uint8_t *at)
{
    return at < b->end && *at >= 'A' && *at <= 'Z';
}

/* Reads an acronym; returns the place behind it, NULL if there is none at `at`. A run that is none is remembered: it
 * is none from its other letters on either, and looking at the whole of it from each would take quadratic time. */
static const uint8_t *add_acronym(word_breaker *b, word_token *w, const uint8_t *at)
{
    if (b->end - at < 3 || at[1] != '.' || !is_capital(b, at) || !is_capital(b, at + 2))
        return NULL;
    if (b->letters_begin && at >= b->letters_begin && at < b->letters_end)
        return NULL;
    const uint8_t *last = at;
    while (b->end - last > 2 && last[1] == '.' && is_capital(b, last + 2))
        last += 2;
    const uint8_t *behind = last + 1;
    if (behind < b->end && *behind == '.')
        behind++;
    if (is_word(code_at(b, behind))) {
        b->letters_begin = at;
        b->letters_end = last;
        return NULL;
    }
    for (; at <= last; at += 2)
        add_code(b, w, word_lower[*at]);
    w->flags |= WORD_ACRONYM;
    return last + 1;
}

static uint32_t first_flags(uint32_t c)
{
    uint32_t flags = unicode_get_category(c) == UNICODE_LU ? WORD_CAPITAL : 0;
    unicode_category lowered = unicode_get_category(unicode_tolower(c));
    return lowered >= UNICODE_LL && lowered <= UNICODE_LO ? flags | WORD_LETTER : flags;
}

static uint32_t first_flags_ascii(uint8_t c)
{
    if (c >= 'a')
        return WORD_LETTER;
    return c >= 'A' && c <= 'Z' ? WORD_LETTER | WORD_CAPITAL : 0;
}

/* Reads the word at `at`, where a word character is. */
static void read_word(word_breaker *b, const uint8_t *at, word_token *out)
{
    const uint8_t *begin = at;
    out->size = 0;
    out->suffix = 0;
    b->pair = NULL;
    if (*at < 0x80) {
        out->flags = first_flags_ascii(*at);
        at = add_acronym(b, out, begin);
    } else {
        uint32_t step, c = utf8_decode(at, b->end, &step);
        out->flags = first_flags(c);
        at = NULL;
        if (is_ngram(b, unicode_code(c))) {
            out->flags |= WORD_NGRAM;
            add_code(b, out, unicode_tolower(c));
            at = begin + step;
            b->pair = is_ngram(b, code_at(b, at)) ? begin : NULL;
        }
    }
    if (!at) {
        at = add_run(b, out, begin);
        if (at < b->end && (*at == '+' || *at == '#'))
            at = add_suffix(b, out, at);
    }
    out->term = (const char *)b->term;
    out->begin = (size_t)(begin - b->text);
    out->end = (size_t)(at - b->text);
    b->at = at;
}

static void read_pair(word_breaker *b, word_token *out)
{
    const uint8_t *at = b->pair;
    out->size = 0;
    out->suffix = 0;
    out->term = (const char *)b->term;
    out->begin = (size_t)(at - b->text);
    for (int i = 0; i < 2; i++) {
        uint32_t step, c = utf8_decode(at, b->end, &step);
        if (i == 0)
            out->flags = first_flags(c) | WORD_PAIR;
        add_code(b, out, unicode_tolower(c));
        at += step;
    }
    out->end = (size_t)(at - b->text);
    b->pair = NULL;
}

void word_breaker_init(word_breaker *breaker, const char *text, size_t size, bool ngrams)
{
    breaker->text = breaker->at = (const uint8_t *)text;
    breaker->end = size ? breaker->text + size : breaker->text;
    breaker->pair = NULL;
    breaker->ngrams = ngrams;
    breaker->letters_begin = breaker->letters_end = NULL;
}

bool word_next(word_breaker *breaker, word_token *out)
{
    if (breaker->pair) {
        read_pair(breaker, out);
        return true;
    }
    const uint8_t *at = breaker->at, *end = breaker->end;
    while (at < end) {
        if (word_lower[*at]) {
            read_word(breaker, at, out);
            return true;
        }
        if (*at < 0x80) {
            at++;
            continue;
        }
        uint32_t step;
        if (is_word(unicode_code(utf8_decode(at, end, &step)))) {
            read_word(breaker, at, out);
            return true;
        }
        at += step;
    }
    breaker->at = at;
    return false;
}

bool word_read(word_breaker *breaker, size_t at, word_token *out)
{
    breaker->pair = NULL;
    assert(at <= (size_t)(breaker->end - breaker->text));
    breaker->at = breaker->text + at;
    if (!is_word(code_at(breaker, breaker->at)))
        return false;
    read_word(breaker, breaker->at, out);
    return true;
}
