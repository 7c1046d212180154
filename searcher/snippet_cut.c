#include "searcher/snippet_cut.h"

#include <string.h>

#include "text/unicode.h"
#include "text/utf8.h"

/* How far a place to cut is looked for: further than words are long. */
#define CUT_REACH 256
/* A heading is not longer, the empty line behind it counted. */
#define CUT_HEADING 80
/* Bytes of signs kept with a word. */
#define CUT_SIGNS 6

static bool is_space_byte(uint8_t c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static uint32_t decode(const snippet_text *t, size_t at, uint32_t *step)
{
    return utf8_decode(t->bytes + at, t->bytes + t->size, step);
}

/* The beginning of the character that the byte at `at` belongs to, or `at` at the text's end. First bytes are never
 * inside another character, so the nearest one before tells. */
static size_t sync(const snippet_text *t, size_t at)
{
    if (at >= t->size || (t->bytes[at] & 0xc0) != 0x80)
        return at < t->size ? at : t->size;
    for (size_t back = 1; back < UTF8_MAX && back <= at; back++) {
        uint32_t step;
        if ((t->bytes[at - back] & 0xc0) == 0x80)
            continue;
        decode(t, at - back, &step);
        return step > back ? at - back : at;
    }
    return at;
}

/* The character before `at`, which must be above 0; *begin is its place. */
static uint32_t decode_before(const snippet_text *t, size_t at, size_t *begin)
{
    uint32_t step;
    *begin = sync(t, at - 1);
    return decode(t, *begin, &step);
}

static size_t reach_of(size_t count)
{
    return count < (SIZE_MAX - CUT_REACH) / 8 ? count * 8 + CUT_REACH : SIZE_MAX;
}

size_t snippet_cut_next(const snippet_text *t, size_t at)
{
    uint32_t step;
    decode(t, at, &step);
    return at + step;
}

size_t snippet_cut_forward(const snippet_text *t, size_t at, size_t count)
{
    size_t reach = reach_of(count), end = t->size - at < reach ? t->size : at + reach;
    if (!t->one_line)
        return sync(t, t->size - at < count ? t->size : at + count);
    for (; at < end; at++) {
        if (at > 0 && is_space_byte(t->bytes[at]) && is_space_byte(t->bytes[at - 1]))
            continue;
        if (count-- == 0)
            break;
    }
    return sync(t, at);
}

size_t snippet_cut_backward(const snippet_text *t, size_t at, size_t count, size_t low)
{
    size_t reach = reach_of(count), end = at - low < reach ? low : at - reach;
    if (!t->one_line)
        return sync(t, at - low < count ? low : at - count);
    for (; at > end; at--) {
        if (at > 1 && is_space_byte(t->bytes[at - 1]) && is_space_byte(t->bytes[at - 2]))
            continue;
        if (count-- == 0)
            break;
    }
    return sync(t, at);
}

size_t snippet_cut_skip_space(const snippet_text *t, size_t at)
{
    while (at < t->size) {
        uint32_t step, c = decode(t, at, &step);
        if (!unicode_is_whitespace(c))
            break;
        at += step;
    }
    return at;
}

size_t snippet_cut_trim(const snippet_text *t, size_t at, size_t low)
{
    while (at > low) {
        size_t begin, before;
        uint32_t c = decode_before(t, at, &begin);
        unicode_category category = unicode_get_category(c);
        bool opens = category == UNICODE_PS || category == UNICODE_PI;
        if ((c == '"' || c == '\'') && at < t->size && begin > low)
            opens = unicode_is_whitespace(decode_before(t, begin, &before));
        if (begin < low || !(unicode_is_whitespace(c) || (opens && at < t->size)))
            break;
        at = begin;
    }
    return at;
}

static bool is_pause(uint32_t c)
{
    return c == ',' || c == ';' || c == ':' || unicode_get_category(c) == UNICODE_PD || c == 0x3001 || c == 0xff0c;
}

size_t snippet_cut_trim_pause(const snippet_text *t, size_t at, size_t low)
{
    size_t begin;
    at = snippet_cut_trim(t, at, low);
    while (at > low && is_pause(decode_before(t, at, &begin)) && begin >= low)
        at = snippet_cut_trim(t, begin, low);
    return at;
}

/* Full stops that need no space behind them. */
static bool is_wide_stop(uint32_t c)
{
    return c == 0x3002 || c == 0xff01 || c == 0xff1f || c == 0xff61 || c == 0x0964;
}

static bool is_closer(uint32_t c)
{
    unicode_category category = unicode_get_category(c);
    return c == '"' || c == '\'' || category == UNICODE_PE || category == UNICODE_PF;
}

/* Whether the letters before a full stop at `at` are an initial or a short title: U.S. Mr. Gen. */
static bool is_abbreviation(const snippet_text *t, size_t at)
{
    size_t letters = 0;
    while (letters < at && letters < 4 && (t->bytes[at - letters - 1] | 0x20) >= 'a' &&
           (t->bytes[at - letters - 1] | 0x20) <= 'z')
        letters++;
    return letters > 0 && letters < 4 && t->bytes[at - letters] < 'a';
}

/* Whether what begins at `at` can follow a full stop: not in small letters. */
static bool can_begin(const snippet_text *t, size_t at)
{
    for (int i = 0; i < 3 && at < t->size; i++) {
        uint32_t step, c = decode(t, at, &step);
        if (unicode_is_wordchar(c))
            return unicode_get_category(c) != UNICODE_LL;
        at += step;
    }
    return true;
}

/* White space that is no control character. */
static bool is_wide_space(uint32_t c)
{
    return c >= 0xa0 && unicode_is_whitespace(c);
}

/* The beginning of the white space before `at`, down to `low`, and how many lines end in it. */
static size_t space_begin(const snippet_text *t, size_t at, size_t low, size_t *newlines)
{
    size_t begin;
    *newlines = 0;
    for (; at > low; at = begin) {
        begin = at - 1;
        if (!is_space_byte(t->bytes[begin]) &&
            (t->bytes[begin] < 0x80 || !is_wide_space(decode_before(t, at, &begin)) || begin < low))
            break;
        *newlines += t->bytes[begin] == '\n';
    }
    return at;
}

bool snippet_cut_is_sentence(const snippet_text *t, size_t at)
{
    size_t newlines, begin, before = space_begin(t, at, at < CUT_REACH ? 0 : at - CUT_REACH, &newlines);
    if (before == 0 || newlines >= 2)
        return true;
    bool spaced = before < at;
    if ((t->bytes[before - 1] | 0x20) >= 'a' && (t->bytes[before - 1] | 0x20) <= 'z')
        return false;
    uint32_t c = decode_before(t, before, &begin);
    for (int i = 0; i < 3 && is_closer(c) && begin > 0; i++) {
        before = begin;
        c = decode_before(t, before, &begin);
    }
    if (is_wide_stop(c)) {
        uint32_t step, next = at < t->size ? decode(t, at, &step) : 0;
        return !is_wide_stop(next) && !is_closer(next);
    }
    if (!spaced)
        return false;
    if (c == '.' || c == 0x2026)
        return !is_abbreviation(t, begin) && can_begin(t, at);
    return c == '?' || c == '!';
}

size_t snippet_cut_last_sentence(const snippet_text *t, size_t low, size_t high)
{
    for (size_t at = high; at <= t->size; at--) {
        bool after_space = at == 0 || is_space_byte(t->bytes[at - 1]) || t->bytes[at - 1] >= 0x80;
        if (at < t->size && after_space && !is_space_byte(t->bytes[at]) && sync(t, at) == at &&
            snippet_cut_is_sentence(t, at))
            return at;
        if (at <= low)
            break;
    }
    return SIZE_MAX;
}

/* Whether what ends at `at` asks for nothing behind it, as a heading does. */
static bool is_heading_end(const snippet_text *t, size_t at)
{
    size_t begin;
    if (at == 0)
        return false;
    uint32_t c = decode_before(t, at, &begin);
    for (int i = 0; i < 3 && is_closer(c) && begin > 0; i++)
        c = decode_before(t, begin, &begin);
    return !(c == '.' || c == '?' || c == '!' || c == 0x2026 || is_wide_stop(c) || is_pause(c));
}

/* The first place in (at, high] where a paragraph begins, behind an empty line; SIZE_MAX if there is none. *headed says
 * whether a heading, or what else has no end, is before it. */
static size_t next_paragraph(const snippet_text *t, size_t at, size_t high, bool *headed)
{
    high = high < t->size ? high : t->size;
    while (at < high) {
        const uint8_t *line = memchr(t->bytes + at, '\n', high - at);
        if (!line)
            break;
        size_t newlines, next = snippet_cut_skip_space(t, (size_t)(line - t->bytes));
        if (next > high || next == t->size)
            break;
        size_t end = space_begin(t, next, at, &newlines);
        if (newlines >= 2) {
            *headed = is_heading_end(t, end);
            return next;
        }
        at = next;
    }
    return SIZE_MAX;
}

size_t snippet_cut_next_break(const snippet_text *t, size_t at, size_t high)
{
    bool headed, next_headed;
    if (!t->one_line)
        return SIZE_MAX;
    while ((at = next_paragraph(t, at, high, &headed)) != SIZE_MAX && !headed) {
        if (next_paragraph(t, at, t->size - at < CUT_HEADING ? t->size : at + CUT_HEADING, &next_headed) != SIZE_MAX &&
            next_headed)
            break;
    }
    return at;
}

static bool is_mark(unicode_category category)
{
    return category >= UNICODE_MN && category <= UNICODE_ME;
}

/* What may stand within a word though it is no word character (text/word.h). */
static bool may_join(uint32_t c)
{
    switch (c) {
    case '\'': case '&': case ',': case '.': case ';': case 0xad: case 0xb7:
        return true;
    default:
        return c >= 0x37e && !unicode_is_wordchar(c) && unicode_get_category(c) != UNICODE_PE &&
               unicode_get_category(c) != UNICODE_PF;
    }
}

/* Whether no word goes across `at`, where a character begins, and what is before it can be shown without the rest. */
static bool is_cut(const snippet_text *t, size_t at)
{
    size_t begin;
    uint32_t step;
    if (at == 0 || at >= t->size)
        return true;
    uint32_t before = decode_before(t, at, &begin), c = decode(t, at, &step);
    if (unicode_is_whitespace(before) || unicode_is_whitespace(c))
        return true;
    if (!unicode_is_wordchar(c) || is_mark(unicode_get_category(c)))
        return false;
    if (unicode_is_ngram(c) || unicode_is_ngram(before))
        return true;
    return !unicode_is_wordchar(before) && !may_join(before);
}

size_t snippet_cut_before(const snippet_text *t, size_t at, size_t low)
{
    size_t from = at, begin;
    for (; at > low && from - at < CUT_REACH; at = begin) {
        if (is_cut(t, at))
            return at;
        decode_before(t, at, &begin);
    }
    return from - at >= CUT_REACH ? from : low;
}

size_t snippet_cut_after(const snippet_text *t, size_t at, size_t high)
{
    uint32_t step;
    for (size_t from = at; at < high && at - from < CUT_REACH; at += step) {
        uint32_t c = decode(t, at, &step);
        if (!unicode_is_whitespace(c) && is_cut(t, at))
            return at;
    }
    return high;
}

static bool is_sign(uint32_t c)
{
    return !unicode_is_wordchar(c) && !unicode_is_whitespace(c);
}

size_t snippet_cut_before_signs(const snippet_text *t, size_t at, size_t low)
{
    size_t from = at, begin;
    while (at > low && from - at <= CUT_SIGNS) {
        uint32_t c = decode_before(t, at, &begin);
        if (!is_sign(c))
            return unicode_is_whitespace(c) ? at : from;
        at = begin;
    }
    return at == 0 ? at : from;
}

size_t snippet_cut_after_signs(const snippet_text *t, size_t at, size_t high)
{
    size_t from = at;
    uint32_t step;
    for (; at < high && at - from <= CUT_SIGNS; at += step) {
        uint32_t c = decode(t, at, &step);
        if (!is_sign(c))
            return unicode_is_whitespace(c) ? at : from;
    }
    return at >= t->size ? t->size : from;
}
