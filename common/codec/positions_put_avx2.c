/* Groups of positions with AVX2 and LZCNT: those of up to eight positions whole, without a branch on how many they
 * are, which is hard to guess. */
#include "codec/positions_put.h"

#if ISA_X86

#include "codec/kernels_avx2.h"

#define TARGET ISA_TARGET_AVX2
#define INLINE AVX2_INLINE

enum { EIGHT = 8 };

INLINE __m256i lanes(void)
{
    return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
}

INLINE __m256i set32(uint32_t v)
{
    return _mm256_set1_epi32((int)v);
}

INLINE uint32_t width32(uint32_t v)
{
    return 32 - _lzcnt_u32(v);
}

/* positions_low_bits, without a branch. */
INLINE uint32_t low_bits(uint32_t c, uint32_t m)
{
    uint32_t r = _lzcnt_u32(c) - _lzcnt_u32(m);
    r -= m >> (r & 31) < c;
    return r & ((r >> 31) - 1); /* what is below 0 is 0 */
}

/* Each lane plus all before it. */
INLINE __m256i sums8(__m256i v)
{
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    __m256i half = _mm256_permutevar8x32_epi32(v, set32(3));
    return _mm256_add_epi32(v, _mm256_blend_epi32(_mm256_setzero_si256(), half, 0xf0));
}

INLINE __m256i low_half(__m256i v)
{
    return _mm256_cvtepu32_epi64(_mm256_castsi256_si128(v));
}

INLINE __m256i high_half(__m256i v)
{
    return _mm256_cvtepu32_epi64(_mm256_extracti128_si256(v, 1));
}

/* In the low number the sum of a, in the high one that of b. */
INLINE __m128i sums_of_two(__m256i a, __m256i b)
{
    __m256i v = _mm256_add_epi64(_mm256_unpacklo_epi64(a, b), _mm256_unpackhi_epi64(a, b));
    return _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
}

/* What of a group is looked at together: the gaps before up to EIGHT positions, after the one that is `last`. Reads
 * eight. */
typedef struct gaps_of_some {
    __m256i gaps, some; /* in these lanes */
} gaps_of_some;

INLINE gaps_of_some gaps_get(const uint32_t *positions, uint32_t n, uint32_t last)
{
    __m256i v = avx2_load(positions);
    __m256i before = _mm256_permutevar8x32_epi32(v, _mm256_setr_epi32(0, 0, 1, 2, 3, 4, 5, 6));
    before = _mm256_blend_epi32(before, set32(last), 1);
    return (gaps_of_some){_mm256_sub_epi32(_mm256_sub_epi32(v, before), set32(1)),
                          _mm256_cmpgt_epi32(set32(n), lanes())};
}

/* How many zeros are before each position's 1 in the high parts, up to `most`. */
INLINE __m256i zeros_before(gaps_of_some g, uint32_t r, uint32_t most)
{
    __m256i zeros = _mm256_and_si256(_mm256_srl_epi32(g.gaps, _mm_cvtsi32_si128((int)r)), g.some);
    return _mm256_min_epu32(sums8(_mm256_min_epu32(zeros, set32(most))), set32(most));
}

/* High parts of less than 64 bits. */
INLINE uint64_t high_word(gaps_of_some g, __m256i zeros)
{
    const __m256i one = _mm256_set1_epi64x(1);
    __m256i at = _mm256_or_si256(_mm256_add_epi32(zeros, lanes()), _mm256_xor_si256(g.some, set32(UINT32_MAX)));
    __m128i sums = sums_of_two(_mm256_sllv_epi64(one, low_half(at)), _mm256_sllv_epi64(one, high_half(at)));
    return (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(sums, _mm_unpackhi_epi64(sums, sums)));
}

/* The low parts of n gaps: two words of four. */
INLINE void put_lows(bit_writer_back *lows, gaps_of_some g, uint32_t n, uint32_t r)
{
    __m256i low = _mm256_and_si256(g.gaps, _mm256_and_si256(g.some, set32((1u << r) - 1)));
    __m256i shift = _mm256_mul_epu32(_mm256_setr_epi64x(0, 1, 2, 3), set32(r));
    __m128i words = sums_of_two(_mm256_sllv_epi64(low_half(low), shift), _mm256_sllv_epi64(high_half(low), shift));
    uint64_t first = (uint64_t)_mm_cvtsi128_si64(words), others = (uint64_t)_mm_extract_epi64(words, 1);
    if (n * r > BIT_WRITER_WIDTH_MAX) {
        bit_writer_back_add(lows, others, (n - 4) * r);
        bit_writer_back_add(lows, first, 4 * r);
    } else {
        bit_writer_back_add(lows, first | others << 4 * r, n * r);
    }
}

/* Three to EIGHT positions. */
INLINE void put_some(bit_writer *highs, bit_writer_back *lows, const uint32_t *positions, uint32_t c, uint32_t u,
                     uint32_t base)
{
    uint32_t m = u - c, r = low_bits(c, m);
    gaps_of_some g = gaps_get(positions, c, base - 1);
    uint64_t high = high_word(g, zeros_before(g, r, m >> r));
    put_lows(lows, g, c, r);
    bit_writer_add(highs, high, 64 - (uint32_t)_lzcnt_u64(high));
}

/* High parts that a word may not have room for; returns how many zeros. */
TARGET static uint32_t put_long_highs(bit_writer *highs, const uint32_t *positions, uint32_t n, uint32_t r,
                                      uint32_t most, uint32_t last)
{
    uint32_t done = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t zeros = (positions[i] - last - 1) >> r, width;
        zeros = zeros < most - done ? zeros : most - done;
        done += zeros;
        for (; zeros >= BIT_WRITER_WIDTH_MAX; zeros -= width)
            bit_writer_add(highs, 0, width = BIT_WRITER_WIDTH_MAX);
        bit_writer_add(highs, UINT64_C(1) << zeros, zeros + 1);
        last = positions[i];
    }
    return done;
}

/* More than EIGHT. */
TARGET static void put_many(bit_writer *highs, bit_writer_back *lows, const uint32_t *positions, uint32_t c,
                            uint32_t u, uint32_t base)
{
    uint32_t m = u - c, r = low_bits(c, m), most = m >> r;
    bit_writer high_part = *highs; /* copies that nothing else can see are kept in registers */
    bit_writer_back low_part = *lows;
    for (uint32_t i = 0; i < c; i += EIGHT) {
        uint32_t n = c - i < EIGHT ? c - i : EIGHT, last = i ? positions[i - 1] : base - 1;
        gaps_of_some g = gaps_get(positions + i, n, last);
        __m256i before = zeros_before(g, r, most);
        uint32_t zeros = (uint32_t)_mm256_extract_epi32(before, EIGHT - 1);
        if (zeros + n <= BIT_WRITER_WIDTH_MAX) {
            bit_writer_add(&high_part, high_word(g, before), zeros + n);
        } else {
            bit_writer to = high_part;
            zeros = put_long_highs(&to, positions + i, n, r, most, last);
            high_part = to;
        }
        most -= zeros;
    }
    for (uint32_t n, left = c; left; left -= n) {
        n = left % EIGHT ? left % EIGHT : EIGHT;
        uint32_t i = left - n;
        put_lows(&low_part, gaps_get(positions + i, n, i ? positions[i - 1] : base - 1), n, r);
    }
    *highs = high_part;
    *lows = low_part;
}

/* One or two positions, without a branch on which. */
INLINE void put_number(bit_writer_back *lows, const uint32_t *positions, uint32_t c, uint32_t u, uint32_t base)
{
    uint32_t second = positions[c - 1] - base, two = 1 - c; /* all bits, or none */
    uint32_t number = positions[0] - base + (second * (second - 1) / 2 & two);
    uint32_t last = u - 1, last_two = u * (u - 1) / 2 - 1;
    uint32_t width = width32(last ^ ((last ^ last_two) & two));
    bit_writer_back_add(lows, _bzhi_u32(number, width), width);
}

TARGET const uint32_t *positions_put_avx2(positions_put_run *run, const positions_put_groups *g)
{
    const uint32_t *positions = g->positions, *counts = g->counts, *places = g->places, base = g->base;
    uint32_t whole = g->n; /* groups up to here, behind which eight positions may be read */
    if (g->counted)
        return positions_put_scalar(run, g);
    for (uint32_t left = 0; left < EIGHT && whole > 0;)
        left += counts[--whole];
    bit_writer highs = run->highs; /* copies that nothing else can see are kept in registers */
    bit_writer_back lows = run->lows;
    for (uint32_t i = 0, n = g->n; i < n; i++) {
        uint32_t c = counts[i], u = places[i];
        if (c - 1 < 2 && c <= u && u <= POSITIONS_TWO_MOST) {
            put_number(&lows, positions, c, u, base);
        } else if (i < whole && c - 1 < EIGHT && c <= u && u <= POSITIONS_TWO_MOST) {
            put_some(&highs, &lows, positions, c, u, base);
        } else {
            bit_writer high_part = highs;
            bit_writer_back low_part = lows;
            if (i < whole && c && c <= u && u <= POSITIONS_TWO_MOST)
                put_many(&high_part, &low_part, positions, c, u, base);
            else
                positions_put_group(&high_part, &low_part, positions, c, u, base);
            highs = high_part;
            lows = low_part;
        }
        positions += c;
    }
    run->highs = highs;
    run->lows = lows;
    return positions;
}

#else

typedef int positions_put_avx2_is_empty; /* ISO C wants something in a file */

#endif
