/* Many small integers at a common width, one set of functions for each instruction set, all with the same answers.
 *
 * Layout: value i takes the bits [i * width, (i + 1) * width) of a run of bytes, bit b being bit b % 8 of byte b / 8,
 * lowest bit first; width 0 to 32, the last byte filled up with zeros. Any number of values; multiples of 32 waste no
 * work. A run may begin at any byte, for unpack8 and unpack16 at any bit.
 *
 * Reading is wide: the functions may read up to 64 bytes beyond the packed bytes, so callers guarantee 64 readable
 * bytes after them (their content does not matter). Writing is not: packing writes bitpack_bytes(n, width) bytes and no
 * more; unpacking writes no further than n rounded up to a multiple of 32 elements, and what it writes from element n
 * on has no meaning. No alignment is needed. Any bytes give some values, and nothing but a run too short can go wrong.
 * Pointers may be anything, also NULL, where n is 0.
 *
 * Shared: the tables are constants. */
#ifndef CODEC_BITPACK_H
#define CODEC_BITPACK_H

#include "codec/isa.h"

/* Unpacked elements are written in steps of up to this many. */
#define BITPACK_STEP 32
/* Readable bytes wanted after packed ones. */
#define BITPACK_PADDING 64

struct bitpack {
    /* Values must be below 2^width. */
    void (*pack)(const uint32_t *in, size_t n, unsigned width, uint8_t *out);
    void (*unpack)(const uint8_t *in, size_t n, unsigned width, uint32_t *out);
    /* Gaps summed up: out[i] = out[i - 1] + gap[i], with previous as out[-1]; modulo 2^32. */
    void (*unpack_delta)(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out);
    /* The same for strictly ascending numbers, whose gaps are stored less 1: out[i] = out[i - 1] + 1 + gap[i]. To begin
     * with number 0, previous is UINT32_MAX. */
    void (*unpack_ascending)(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out);
    /* Width 0 to 8, from bit `bit` of the run. */
    void (*unpack8)(const uint8_t *in, uint64_t bit, size_t n, unsigned width, uint8_t *out);
    /* Width 0 to 16, from bit `bit` of the run. */
    void (*unpack16)(const uint8_t *in, uint64_t bit, size_t n, unsigned width, uint16_t *out);
};

/* The functions of a level that this machine has (isa_best() or lower). A constant. */
const struct bitpack *bitpack_get(enum isa isa);

/* Bytes that n values take. */
static inline size_t bitpack_bytes(size_t n, unsigned width)
{
    return n / 8 * width + (n % 8 * width + 7) / 8;
}

/* The smallest width for n values: that of the largest. */
unsigned bitpack_width(const uint32_t *in, size_t n);

/* For bitpack.c only: a table for each level. */
extern const struct bitpack bitpack_scalar, bitpack_avx2, bitpack_avx512;
/* The one packing function, which every level uses. */
void bitpack_pack(const uint32_t *in, size_t n, unsigned width, uint8_t *out);

#endif
