#include "text/word_scan.h"

#include <string.h>

#include "base/bits.h"

#define HIGHEST (UINT64_C(1) << 63)

static bool is_word(uint8_t c)
{
    return (uint8_t)((c | 0x20) - 'a') < 26 || (uint8_t)(c - '0') < 10 || c == '_';
}

void word_scan_masks(const uint8_t bytes[WORD_SCAN_BLOCK], uint64_t out[WORD_MASKS])
{
    for (uint32_t m = 0; m < WORD_MASKS; m++)
        out[m] = 0;
    for (uint32_t i = 0; i < WORD_SCAN_BLOCK; i++) {
        uint8_t c = bytes[i];
        uint64_t joiner = c == '\'' || c == '&' || c == ',' || c == '.' || c == ';';
        out[WORD_MASK_WORD] |= (uint64_t)is_word(c) << i;
        out[WORD_MASK_HIGH] |= (uint64_t)(c >> 7) << i;
        out[WORD_MASK_SUFFIX] |= (uint64_t)(c == '+' || c == '#') << i;
        out[WORD_MASK_JOINER] |= joiner << i;
    }
}

/* The masks of 64 bytes from s->at on; behind the text are zeros, which are nothing. */
static void read_masks(const word_scan *s, uint64_t masks[WORD_MASKS])
{
    size_t left = (size_t)(s->end - s->at);
    if (left >= WORD_SCAN_BLOCK) {
        s->kernel(s->at, masks);
        return;
    }
    uint8_t bytes[WORD_SCAN_BLOCK] = {0};
    memcpy(bytes, s->at, left);
    s->kernel(bytes, masks);
}

/* Where a word cannot simply end. */
static uint64_t find_others(const word_scan *s, const uint64_t masks[WORD_MASKS])
{
    uint64_t goes_on = masks[WORD_MASK_WORD] | masks[WORD_MASK_HIGH], behind = goes_on >> 1;
    if (s->end - s->at > WORD_SCAN_BLOCK && (is_word(s->at[WORD_SCAN_BLOCK]) || s->at[WORD_SCAN_BLOCK] >= 0x80))
        behind |= UINT64_C(1) << 63;
    return masks[WORD_MASK_HIGH] | masks[WORD_MASK_SUFFIX] | (masks[WORD_MASK_JOINER] & behind);
}

static bool is_digit(uint8_t c)
{
    return (uint8_t)(c - '0') < 10;
}

static bool is_capital(uint8_t c)
{
    return (uint8_t)(c - 'A') < 26;
}

/* Whether a word of so many bytes ends at `end`, where a joiner with a word character behind it is: . , and ; join only
 * digits, and . the letters of an acronym. */
static bool ends_at(const uint8_t *end, uint32_t size)
{
    if (*end != '.' && *end != ',' && *end != ';')
        return false;
    uint8_t before = end[-1], behind = end[1];
    if (behind >= 0x80 || (is_digit(before) && is_digit(behind)))
        return false;
    return *end != '.' || size > 1 || !is_capital(before) || !is_capital(behind);
}

/* From `at` to the next space: for word.h. */
static void leave(word_scan *s, const uint8_t *at, word_span *rest)
{
    const uint8_t *behind = at;
    while (behind < s->end && *behind > ' ')
        behind++;
    *rest = (word_span){at, (size_t)(behind - at)};
    s->at = behind;
}

/* The words of a block, all of them whole; returns how many. Four at a time, since how many there are is nothing that a
 * processor foresees: some more may be written, which begin at the block's last byte. */
static uint32_t put_spans(const uint8_t *at, uint64_t word, uint32_t last, word_span *out)
{
    const uint64_t none = UINT64_C(1) << last;
    uint64_t starts = word & ~(word << 1), ends = ~word & word << 1;
    uint32_t count = bits_count(starts);
    for (word_span *to = out; to < out + count; to += 4)
        for (uint32_t i = 0; i < 4; i++) {
            uint32_t start = bits_lowest(starts | none);
            to[i] = (word_span){at + start, bits_lowest(ends | HIGHEST) - start};
            starts &= starts - 1;
            ends &= ends - 1;
        }
    return count;
}

uint32_t word_scan_next(word_scan *s, word_span *out, uint32_t most, word_span *rest)
{
    uint32_t count = 0;
    *rest = (word_span){s->end, 0};
    while (s->at < s->end && count + WORD_SCAN_LEAST <= most) {
        uint64_t masks[WORD_MASKS];
        read_masks(s, masks);
        uint64_t word = masks[WORD_MASK_WORD], high = masks[WORD_MASK_HIGH], others = find_others(s, masks);
        uint64_t starts = word & ~(word << 1), gaps = ~word;
        bool more = s->end - s->at > WORD_SCAN_BLOCK;
        /* A word that goes on behind the block is left to the next one, which may begin with it. */
        uint32_t whole = !(word >> 63) ? WORD_SCAN_BLOCK : more ? bits_highest(starts) : 0;
        if (whole && !(others & bits_low(whole))) { /* nothing but simple words */
            uint32_t last = more ? WORD_SCAN_BLOCK - 1 : (uint32_t)(s->end - s->at - 1);
            count += put_spans(s->at, word & bits_low(whole), last, out + count);
            s->at = more ? s->at + whole : s->end;
            continue;
        }
        uint32_t before = 0; /* bits that are done with */
        for (; starts; starts &= starts - 1) {
            uint32_t start = bits_lowest(starts);
            if (high & bits_low(start) & ~bits_low(before)) {
                leave(s, s->at + bits_lowest(high & ~bits_low(before)), rest);
                return count;
            }
            uint64_t ends = gaps & ~bits_low(start);
            if (!ends && more) { /* goes on in the next block, which may begin here */
                if (start == 0) {
                    leave(s, s->at, rest);
                    return count;
                }
                before = start;
                break;
            }
            uint32_t end = ends ? bits_lowest(ends) : WORD_SCAN_BLOCK;
            if (end < WORD_SCAN_BLOCK && others >> end & 1 && !ends_at(s->at + end, end - start)) {
                leave(s, s->at + start, rest);
                return count;
            }
            out[count++] = (word_span){s->at + start, end - start};
            before = end;
        }
        if (!starts) {
            if (before < WORD_SCAN_BLOCK && high & ~bits_low(before)) {
                leave(s, s->at + bits_lowest(high & ~bits_low(before)), rest);
                return count;
            }
            before = WORD_SCAN_BLOCK;
        }
        s->at = s->end - s->at > before ? s->at + before : s->end;
    }
    return count;
}
