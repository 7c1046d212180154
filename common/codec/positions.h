/* The positions of one term in some documents, a run of groups, as bits without headers: how many they are in each
 * document and how many places there are says how long a group's low parts are, and high parts end with a one each.
 *
 * c positions p_0 < p_1 < ... among u places 0 to u - 1:
 *     c = 0   nothing
 *     c = 1   p_0, a low part of as many bits as u - 1 needs (0 needs none)
 *     c = 2   if u is 65,536 at most, the number p_1 (p_1 - 1) / 2 + p_0 of the two, a low part of as many bits as the
 *             last such number, u (u - 1) / 2 - 1, needs
 *     else    gaps p_0, p_1 - p_0 - 1, ... in Rice's code: the lowest r = floor(log2((u - c) / c)) bits of each, none
 *             where u is below 2 c, are its low part, the rest its high part, as many zeros and a one
 * A run of groups is some whole bytes: first the high parts, one group after the other; zeros, less than 8; then the
 * low parts, those of the last group first, within a group in order; bits are as in bitpack.h. Where a group has its
 * count, that stands before its high parts: of count + 1, which has n + 1 bits, n zeros, a one, and the n bits below
 * the highest. So both are found by adding up what is before a group, low parts from the end of the run, and high parts
 * by counting ones. (R. F. Rice, Some practical universal noiseless coding techniques, JPL 79-22, 1979. Gaps take half
 * a bit less than the code of Elias and Fano, which has room for all places in each group.) */
#ifndef CODEC_POSITIONS_H
#define CODEC_POSITIONS_H

#include <math.h>

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

enum { POSITIONS_TWO_MOST = 1 << 16 }; /* so that numbers of two are less than 2^31 */

/* How many high parts a group has. */
static inline uint32_t positions_highs(uint32_t c, uint32_t u)
{
    return c > 2 || (c == 2 && u > POSITIONS_TWO_MOST) ? c : 0;
}

/* The bits of a group's low parts. */
static inline uint64_t positions_lows(uint32_t c, uint32_t u)
{
    if (c <= 1)
        return c && u ? bits_width(u - 1) : 0;
    if (c == 2 && u <= POSITIONS_TWO_MOST)
        return u > 1 ? bits_width((uint64_t)u * (u - 1) / 2 - 1) : 0;
    return (uint64_t)c * positions_low_bits(c, u > c ? u - c : 0);
}

/* The most bits that a group takes. */
static inline uint64_t positions_bits_most(uint32_t c, uint32_t u)
{
    uint32_t m = u > c ? u - c : 0;
    return !positions_highs(c, u) ? positions_lows(c, u) : positions_lows(c, u) + c + (m >> positions_low_bits(c, m));
}

/* Where a group lies, in bits. */
typedef struct positions_place {
    uint64_t lows, highs; /* highs counts only where there are some */
} positions_place;

/* Two positions from their number. A double has it exactly, and the root is only whole where it should be. */
static inline void positions_get_two(uint64_t number, uint32_t out[2])
{
    uint32_t second = (uint32_t)((1 + sqrt((double)(int64_t)(8 * number + 1))) * 0.5);
    out[1] = second;
    out[0] = (uint32_t)(number - (uint64_t)second * (second - 1) / 2);
}

enum {
    POSITIONS_SIZES = 64,      /* wdf that positions_sizes knows the sizes of: 0 to 63 */
    POSITIONS_SIZE_UNKNOWN = 255,
    POSITIONS_MASK_MAX = 64,   /* places that fit a mask */
    POSITIONS_FEW = 18         /* high parts of so many are less than 55 bits, which one load has */
};

/* The bits of the low parts of 0 to 63 positions among u places; POSITIONS_SIZE_UNKNOWN for those above. */
void positions_sizes(uint32_t u, uint8_t sizes[POSITIONS_SIZES]);

/* Whether positions_mask can read a group. */
static inline bool positions_fit_mask(uint32_t c, uint32_t u)
{
    return u <= POSITIONS_MASK_MAX && c <= POSITIONS_FEW;
}

/* A group as bits: place p is bit p. Damaged bytes give some c bits or fewer. */
static inline uint64_t positions_mask(const uint8_t *at, positions_place place, uint32_t c, uint32_t u)
{
    uint64_t lows = place.lows;
    if (c <= 1)
        return c ? UINT64_C(1) << (bits_load64(at + lows / 8) >> (lows & 7) & bits_low(bits_width(u - 1)) & 63) : 0;
    if (c == 2) {
        uint32_t two[2];
        positions_get_two(bits_load64(at + lows / 8) >> (lows & 7) & bits_low((uint32_t)positions_lows(2, u)), two);
        return UINT64_C(1) << (two[0] & 63) | UINT64_C(1) << (two[1] & 63);
    }
    uint32_t r = positions_low_bits(c, u > c ? u - c : 0);
    uint64_t word = bits_load64(at + place.highs / 8) >> (place.highs & 7), mask = 0, sum = 0;
    for (uint32_t i = 0; word && i < c; i++, word &= word - 1, lows += r) {
        sum += bits_load64(at + lows / 8) >> (lows & 7) & bits_low(r);
        mask |= UINT64_C(1) << ((i + ((uint64_t)(bits_lowest(word) - i) << r) + sum) & 63);
    }
    return mask;
}

/* Reads c positions and adds base to each; high parts end before the bit highs_end, and low parts too. Whatever the
 * bytes, out gets c numbers, none less than the one before or above u - 1 and base. */
void positions_get(const uint8_t *at, positions_place place, uint64_t highs_end, uint32_t c, uint32_t u, uint32_t base,
                   uint32_t *out);

/* Where high parts go on behind some ones from a bit on; highs_end when there are not so many before that. */
uint64_t positions_skip(const uint8_t *at, uint64_t bit, uint64_t highs_end, uint64_t ones);

/* The same for up to POSITIONS_FEW high parts of one group. */
static inline uint64_t positions_skip_few(const uint8_t *at, uint64_t bit, uint32_t ones)
{
    uint64_t word = bits_load64(at + bit / 8) >> (bit & 7);
    for (uint32_t i = 1; i < ones; i++)
        word &= word - 1;
    return bit + bits_lowest(word | UINT64_C(1) << 63) + 1;
}

typedef struct positions_put_run positions_put_run; /* codec/positions_put.h */
typedef struct positions_put_groups positions_put_groups;

/* What phrases spend their time on, and writing; for each instruction set; all give the same answers. Loads may go 64
 * bytes beyond the end of the input that is read. */
typedef struct positions_kernels {
    /* positions_get. Writes up to 15 more than c. */
    void (*get)(const uint8_t *at, positions_place place, uint64_t highs_end, uint32_t c, uint32_t u, uint32_t base,
                uint32_t *out);
    /* positions_skip. */
    uint64_t (*skip)(const uint8_t *at, uint64_t bit, uint64_t highs_end, uint64_t ones);
    /* The bits of low parts of each of n groups and those before it: group i has c[i] positions among u[i] places.
     * Reads and writes up to 15 more than n. */
    void (*ends)(const uint32_t *c, const uint32_t *u, uint32_t n, uint64_t *out);
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
    /* Writes groups behind those that are in a run; returns what is behind their positions. */
    const uint32_t *(*put)(positions_put_run *run, const positions_put_groups *groups);
} positions_kernels;

const positions_kernels *positions_kernels_get(enum isa isa);

extern const positions_kernels positions_kernels_scalar;
#if ISA_X86
extern const positions_kernels positions_kernels_avx2, positions_kernels_avx512;
/* positions_skip with BMI2, for both of them. */
uint64_t positions_avx2_skip(const uint8_t *at, uint64_t bit, uint64_t highs_end, uint64_t ones);
#elif ISA_ARM64
extern const positions_kernels positions_kernels_neon;
#endif

/* A count before a group whose size does not follow from wdf: Elias's gamma code of count + 1, see above. */
void positions_put_count(bit_writer *w, uint32_t count);
/* *bit is moved behind it. Counts above what fits before bits_end come back as 0. */
uint32_t positions_get_count(const uint8_t *at, uint64_t *bit, uint64_t bits_end);

#endif
