/* The positions of one term in one document, as bits whose number follows from how many they are and how many places
 * there are: so lists of groups need no headers, and a group is found by adding up sizes.
 *
 * c positions p_0 < p_1 < ... among u places 0 to u - 1:
 *     c = 0   nothing
 *     c = 1   p_0 in as many bits as u - 1 needs
 *     else    Elias-Fano code of p_i - i, which never falls and is at most m = u - c: r = floor(log2(m / c)) low bits
 *             of each, then for each its high part as ones and zeros (a 1 for each number, a 0 for each step)
 * (P. Elias, Efficient storage and retrieval by content and address of static files, 1974; R. Fano, 1971) */
#ifndef CODEC_POSITIONS_H
#define CODEC_POSITIONS_H

#include "base/bit_writer.h"
#include "codec/isa.h"

/* floor(log2(m / c)), without dividing: most of the time spent on finding a group goes here. c is 1 at least. */
static inline uint32_t positions_low_bits(uint32_t c, uint32_t m)
{
    if (m <= c)
        return 0;
    uint32_t r = bits_highest(m) - bits_highest(c);
    return r - (m >> r < c);
}

/* The group's size in bits. */
static inline uint64_t positions_bits(uint32_t c, uint32_t u)
{
    if (c <= 1)
        return c && u ? bits_width(u - 1) : 0;
    uint32_t m = u > c ? u - c : 0, r = positions_low_bits(c, m);
    return (uint64_t)c * (1 + r) + (m >> r);
}

enum {
    POSITIONS_SIZES = 64,      /* wdf that positions_sizes knows the sizes of: 0 to 63 */
    POSITIONS_SIZE_UNKNOWN = 255,
    POSITIONS_MASK_MAX = 64    /* places that fit a mask */
};

/* The sizes of groups of 0 to 63 positions among u places; POSITIONS_SIZE_UNKNOWN for those above. */
void positions_sizes(uint32_t u, uint8_t sizes[POSITIONS_SIZES]);

/* Whether positions_mask can read a group. */
static inline bool positions_fit_mask(uint32_t c, uint32_t u)
{
    return u <= POSITIONS_MASK_MAX && c <= 18; /* high parts are less than 3 c bits, which one load has */
}

/* A group as bits: place p is bit p. Damaged bytes give some c bits or fewer. */
static inline uint64_t positions_mask(const uint8_t *at, uint64_t bit, uint32_t c, uint32_t u)
{
    if (c <= 1)
        return c ? UINT64_C(1) << (bits_load64(at + bit / 8) >> (bit & 7) & bits_low(bits_width(u - 1)) & 63) : 0;
    uint32_t m = u > c ? u - c : 0, r = positions_low_bits(c, m);
    uint64_t lows = bit, upper = bit + (uint64_t)c * r, mask = 0;
    uint64_t word = bits_load64(at + upper / 8) >> (upper & 7) & bits_low(c + (m >> r));
    for (uint32_t i = 0; word && i < c; i++, word &= word - 1, lows += r) {
        uint64_t low = bits_load64(at + lows / 8) >> (lows & 7) & bits_low(r);
        mask |= UINT64_C(1) << ((i + ((uint64_t)(bits_lowest(word) - i) << r | low)) & 63);
    }
    return mask;
}

enum { POSITIONS_FEW = 18 /* high parts that fit into one word */ };

/* positions_put for any number of positions. */
void positions_put_many(bit_writer *w, const uint32_t *positions, uint32_t c, uint32_t u, uint32_t base);

/* Two and up to POSITIONS_FEW whose low parts are one word of at most BIT_WRITER_WIDTH_MAX bits. */
static inline void positions_put_few(bit_writer *w, const uint32_t *positions, uint32_t c, uint32_t m, uint32_t r,
                                     uint32_t base)
{
    uint64_t lows = 0, upper = 0;
    for (uint32_t i = 0; i < c; i++) {
        uint32_t v = positions[i] - base - i;
        lows |= (v & bits_low(r)) << i * r;
        upper |= UINT64_C(1) << (((v >> r) + i) & 63);
    }
    bit_writer_add(w, lows, c * r);
    bit_writer_add(w, upper, c + (m >> r));
}

/* Writes c positions less the base, each less than u and more than the one before. They take as many bits as
 * positions_bits says. */
static inline void positions_put(bit_writer *w, const uint32_t *positions, uint32_t c, uint32_t u, uint32_t base)
{
    if (c <= 1) {
        if (c)
            bit_writer_add(w, positions[0] - base, (uint32_t)positions_bits(1, u));
        return;
    }
    uint32_t m = u > c ? u - c : 0, r = positions_low_bits(c, m);
    if (c > POSITIONS_FEW || c * r > BIT_WRITER_WIDTH_MAX)
        positions_put_many(w, positions, c, u, base);
    else if (c == 2)
        positions_put_few(w, positions, 2, m, r, base);
    else if (c == 3)
        positions_put_few(w, positions, 3, m, r, base);
    else
        positions_put_few(w, positions, c, m, r, base);
}

/* Writes n groups of documents with the same number of places u: counts[i] positions each, one after another, the last
 * before `end`. bytes are a short form of counts: `one` says 1, and nothing else does; 8 more are read. Returns what is
 * behind the last position. */
const oir_termpos *positions_put_alike(bit_writer *w, const oir_termpos *positions, const oir_termpos *end,
                                       const uint32_t *counts, const uint8_t *bytes, uint8_t one, uint32_t n,
                                       uint32_t u, uint32_t base);

/* Reads c positions that start at bit `bit` and adds base to each. Stops at `bits_end`: whatever the bytes, out gets c
 * numbers. */
void positions_get(const uint8_t *at, uint64_t bit, uint64_t bits_end, uint32_t c, uint32_t u, uint32_t base,
                   uint32_t *out);

/* The same for two and up to POSITIONS_FEW, without a call and without a base; returns how many there are: fewer than c
 * where bytes are damaged. */
static inline uint32_t positions_get_few(const uint8_t *at, uint64_t bit, uint32_t c, uint32_t u, uint32_t *out)
{
    uint32_t m = u > c ? u - c : 0, r = positions_low_bits(c, m), i = 0;
    uint64_t lows = bit, upper = bit + (uint64_t)c * r;
    uint64_t word = bits_load64(at + upper / 8) >> (upper & 7) & bits_low(c + (m >> r));
    for (; word && i < c; i++, word &= word - 1, lows += r) {
        uint64_t low = bits_load64(at + lows / 8) >> (lows & 7) & bits_low(r);
        out[i] = i + ((bits_lowest(word) - i) << r | (uint32_t)low);
    }
    return i;
}

/* What phrases spend their time on, for each instruction set; all give the same answers. Loads may go 64 bytes beyond
 * the end of the input. */
typedef struct positions_kernels {
    /* positions_get. Writes up to 15 more than c. */
    void (*get)(const uint8_t *at, uint64_t bit, uint64_t bits_end, uint32_t c, uint32_t u, uint32_t base,
                uint32_t *out);
    /* Where each of n groups starts, the first at `bit`: group i has c[i] positions among u[i] places. Reads and
     * writes up to 15 more than n. */
    void (*starts)(const uint32_t *c, const uint32_t *u, uint32_t n, uint64_t bit, uint64_t *out);
    /* For each bit of `wanted`, which are bits of `all`, how many bits of `all` are below; returns how many bits there
     * are. Writes 64. */
    uint32_t (*ranks)(uint64_t all, uint64_t wanted, uint8_t out[64]);
    /* What is before each of 64 groups: out[i] = the sum of sizes[wdf[k]] for k < i. Returns for how many groups that
     * is known: up to the first whose size is not. */
    uint32_t (*offsets)(const uint8_t sizes[POSITIONS_SIZES], const uint8_t wdf[64], uint16_t out[64]);
    /* The numbers that stand, as byte planes, at the set bits of mask, without those at the `skip` lowest; returns how
     * many. Writes up to 15 more. */
    uint32_t (*pick)(const uint8_t *const plane[4], uint32_t planes, uint64_t mask, uint32_t skip, uint32_t *out);
    /* Keeps of `count` ascending places those behind which, `offset` further, one of n ascending positions is. Returns
     * how many. Reads up to 15 more of either, and writes within count rounded up to 16. */
    uint32_t (*keep)(uint32_t *places, uint32_t count, const uint32_t *positions, uint32_t n, uint32_t offset);
} positions_kernels;

const positions_kernels *positions_kernels_get(enum isa isa);

extern const positions_kernels positions_kernels_scalar;
#if ISA_X86
extern const positions_kernels positions_kernels_avx2, positions_kernels_avx512;
#elif ISA_ARM64
extern const positions_kernels positions_kernels_neon;
#endif

/* A count before a group whose size does not follow from wdf: Elias's gamma code of count + 1. */
void positions_put_count(bit_writer *w, uint32_t count);
/* *bit is moved behind it. Counts above what fits before bits_end come back as 0. */
uint32_t positions_get_count(const uint8_t *at, uint64_t *bit, uint64_t bits_end);

#endif
