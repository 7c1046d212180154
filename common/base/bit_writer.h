/* Writes numbers of any width, lowest bit first, into memory that has room for them and for 8 bytes more, which are
 * overwritten. Kept in a local variable that nothing else can see, it stays in registers. */
#ifndef BASE_BIT_WRITER_H
#define BASE_BIT_WRITER_H

#include "base/bits.h"

/* Invariants: `pending` low bits of `word` are not written yet, pending < 8; the others are 0. */
typedef struct bit_writer {
    uint8_t *at;
    uint64_t word;
    uint32_t pending;
} bit_writer;

enum { BIT_WRITER_SLACK = 8, BIT_WRITER_WIDTH_MAX = 56 };

static inline void bit_writer_init(bit_writer *w, uint8_t *at)
{
    *w = (bit_writer){at, 0, 0};
}

/* `width` bits, 0 to 56; higher bits of value must be 0. Without a branch: whether a word is full is hard to guess. */
static inline void bit_writer_add(bit_writer *w, uint64_t value, uint32_t width)
{
    w->word |= value << w->pending;
    bits_store64(w->at, w->word);
    w->pending += width;
    w->at += w->pending >> 3;
    w->word >>= w->pending & ~7u & 63;
    w->pending &= 7;
}

/* The same with 0 to 64 bits. */
static inline void bit_writer_add_word(bit_writer *w, uint64_t value, uint32_t width)
{
    uint32_t low = width < 32 ? width : 32;
    bit_writer_add(w, value & bits_low(low), low);
    bit_writer_add(w, value >> 32, width - low);
}

/* Fills up with zeros to a whole byte; returns where the next one goes. */
static inline uint8_t *bit_writer_end(bit_writer *w)
{
    *w->at = (uint8_t)w->word;
    w->at += w->pending > 0;
    w->word = 0;
    w->pending = 0;
    return w->at;
}

/* The same from the end of the memory downwards: each number stands below the one before. Up to 8 bytes below what is
 * written are overwritten.
 *
 * Invariants: `pending` high bits of `word` are not written yet, pending < 8; the others are 0. */
typedef struct bit_writer_back {
    uint8_t *at; /* the lowest byte that is written */
    uint64_t word;
    uint32_t pending;
} bit_writer_back;

static inline void bit_writer_back_init(bit_writer_back *w, uint8_t *end)
{
    *w = (bit_writer_back){end, 0, 0};
}

/* `width` bits, 0 to 56; higher bits of value must be 0. */
static inline void bit_writer_back_add(bit_writer_back *w, uint64_t value, uint32_t width)
{
    w->pending += width;
    w->word |= value << ((64 - w->pending) & 63);
    bits_store64(w->at - 8, w->word);
    w->at -= w->pending >> 3;
    w->word <<= w->pending & ~7u & 63;
    w->pending &= 7;
}

#endif
