/* Positions with AVX-512: sixteen at a time. */
#include "codec/positions_put.h"

#if ISA_X86

#include <immintrin.h>
#include <stdalign.h>

#define TARGET ISA_TARGET_AVX512
#define INLINE static inline __attribute__((always_inline)) TARGET

enum { PLACES_MAX = 1 << 25 }; /* low parts of 25 bits are within 4 bytes wherever they start; sums fit 32 bits */

alignas(64) static const uint8_t numbers[64] = {
    0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
    22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
    44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};

INLINE __m512i lanes(void)
{
    return _mm512_cvtepu8_epi32(_mm_load_si128((const void *)numbers));
}

INLINE __mmask16 first_lanes(uint32_t n)
{
    return (__mmask16)_bzhi_u32(0xffff, n < 16 ? n : 16);
}

/* 16 numbers of r bits, 0 to 25, from a bit on. */
INLINE __m512i lows16(const uint8_t *at, uint64_t bit, uint32_t r)
{
    __m512i v = _mm512_loadu_si512(at + (bit >> 3));
    __m512i from = _mm512_add_epi32(_mm512_mullo_epi32(lanes(), _mm512_set1_epi32((int)r)),
                                    _mm512_set1_epi32((int)(bit & 7)));
    __m512i bytes = _mm512_mullo_epi32(_mm512_srli_epi32(from, 3), _mm512_set1_epi32(0x01010101));
    v = _mm512_permutexvar_epi8(_mm512_add_epi32(bytes, _mm512_set1_epi32(0x03020100)), v);
    v = _mm512_srlv_epi32(v, _mm512_and_si512(from, _mm512_set1_epi32(7)));
    return _mm512_and_si512(v, _mm512_set1_epi32((int)((1u << r) - 1)));
}

/* Each lane plus all before it: within 128 bits, then over them. */
INLINE __m512i sums16(__m512i v)
{
    v = _mm512_add_epi32(v, _mm512_bslli_epi128(v, 4));
    v = _mm512_add_epi32(v, _mm512_bslli_epi128(v, 8));
    __m512i sums = _mm512_shuffle_epi32(v, 0xff);
    __m512i one = _mm512_maskz_shuffle_i64x2(0xfc, sums, sums, 0x90);
    __m512i two = _mm512_maskz_shuffle_i64x2(0xf0, sums, sums, 0x40);
    __m512i three = _mm512_maskz_shuffle_i64x2(0xc0, sums, sums, 0x00);
    return _mm512_add_epi32(_mm512_add_epi32(v, one), _mm512_add_epi32(two, three));
}

TARGET static void get(const uint8_t *at, positions_place place, uint64_t highs_end, uint32_t c, uint32_t u,
                       uint32_t base, uint32_t *out)
{
    uint32_t m = u > c ? u - c : 0, r = c > 1 ? positions_low_bits(c, m) : 0;
    bool damaged = place.lows > highs_end || positions_lows(c, u) > highs_end - place.lows;
    if (!positions_highs(c, u) || u - 1 >= PLACES_MAX || damaged) {
        positions_get(at, place, highs_end, c, u, base, out);
        return;
    }
    const __m512i most = _mm512_set1_epi32((int)(u - 1)), zeros_most = _mm512_set1_epi32((int)(m >> r));
    __m512i sum = _mm512_setzero_si512(); /* of low parts so far, in every lane */
    uint32_t i = 0;
    for (uint64_t bit = place.highs; bit < highs_end && i < c; bit += 56) {
        uint64_t word = bits_load64(at + (bit >> 3)) >> (bit & 7), done = bit - place.highs;
        word &= bits_low(highs_end - bit < 56 ? (uint32_t)(highs_end - bit) : 56);
        uint32_t ones = bits_count(word), before = (uint32_t)(done < PLACES_MAX ? done : PLACES_MAX);
        __m512i places = _mm512_maskz_compress_epi8(word, _mm512_load_si512(numbers));
        for (uint32_t k = 0; k < ones && i < c; k += 16) {
            uint32_t n = ones - k < 16 ? ones - k : 16;
            n = n < c - i ? n : c - i;
            /* A 1 at place p of the high parts has i ones and so p - i zeros before it. */
            __m512i index = _mm512_add_epi32(lanes(), _mm512_set1_epi32((int)i));
            __m512i zeros = _mm512_sub_epi32(_mm512_add_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(places)),
                                                              _mm512_set1_epi32((int)before)), index);
            zeros = _mm512_min_epu32(zeros, zeros_most);
            __m512i lows = sums16(_mm512_maskz_mov_epi32(first_lanes(n), lows16(at, place.lows + (uint64_t)i * r, r)));
            lows = _mm512_add_epi32(lows, sum);
            sum = _mm512_permutexvar_epi32(_mm512_set1_epi32(15), lows);
            __m512i v = _mm512_add_epi32(_mm512_sllv_epi32(zeros, _mm512_set1_epi32((int)r)), lows);
            v = _mm512_min_epu32(_mm512_add_epi32(v, index), most);
            _mm512_storeu_si512(out + i, _mm512_add_epi32(v, _mm512_set1_epi32((int)base)));
            places = _mm512_shuffle_i64x2(places, places, 0x39);
            i += n;
        }
    }
    for (; i < c; i++) /* damaged */
        out[i] = base + u - 1;
}

/* Bits of the low parts of 16 groups. */
INLINE __m512i sizes16(__m512i c, __m512i u)
{
    const __m512i one = _mm512_set1_epi32(1), zero = _mm512_setzero_si512(), top = _mm512_set1_epi32(31);
    __m512i m = _mm512_maskz_sub_epi32(_mm512_cmpgt_epu32_mask(u, c), u, c);
    __mmask16 has_lows = _mm512_cmpgt_epu32_mask(m, c);
    __m512i r = _mm512_sub_epi32(_mm512_lzcnt_epi32(c), _mm512_lzcnt_epi32(m));
    r = _mm512_mask_sub_epi32(r, _mm512_cmplt_epu32_mask(_mm512_srlv_epi32(m, r), c), r, one);
    r = _mm512_maskz_mov_epi32(has_lows, r);
    __m512i size = _mm512_mullo_epi32(c, r);
    /* One position: the width of u - 1; none: nothing. */
    __m512i single = _mm512_sub_epi32(top, _mm512_lzcnt_epi32(_mm512_sub_epi32(u, one)));
    single = _mm512_maskz_add_epi32(_mm512_cmpgt_epu32_mask(u, zero), single, one);
    size = _mm512_mask_mov_epi32(size, _mm512_cmpeq_epi32_mask(c, one), single);
    /* Two: the width of the last number of two. */
    __m512i last = _mm512_sub_epi32(_mm512_srli_epi32(_mm512_mullo_epi32(u, _mm512_sub_epi32(u, one)), 1), one);
    __mmask16 two = _mm512_cmpeq_epi32_mask(c, _mm512_set1_epi32(2));
    two &= _mm512_cmple_epu32_mask(u, _mm512_set1_epi32(POSITIONS_TWO_MOST));
    __m512i width = _mm512_sub_epi32(_mm512_set1_epi32(32), _mm512_lzcnt_epi32(last));
    size = _mm512_mask_mov_epi32(size, two, _mm512_maskz_mov_epi32(_mm512_cmpgt_epu32_mask(u, one), width));
    return _mm512_maskz_mov_epi32(_mm512_cmpneq_epi32_mask(c, zero), size);
}

TARGET static void ends(const uint32_t *c, const uint32_t *u, uint32_t n, uint64_t *out)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        __m512i many = _mm512_loadu_si512(c + i), places = _mm512_loadu_si512(u + i);
        if (_mm512_mask_cmpgt_epu32_mask(first_lanes(n - i), many, _mm512_set1_epi32(1 << 20))) {
            positions_kernels_scalar.ends(c + i, u + i, n - i, out + i); /* sums may pass 32 bits */
            for (; i < n; i++)
                out[i] += sum;
            return;
        }
        __m512i each = _mm512_maskz_mov_epi32(first_lanes(n - i), sizes16(many, places));
        __m512i sums = sums16(each), base = _mm512_set1_epi64((long long)sum);
        _mm512_storeu_si512(out + i, _mm512_add_epi64(base, _mm512_cvtepu32_epi64(_mm512_castsi512_si256(sums))));
        _mm512_storeu_si512(out + i + 8,
                            _mm512_add_epi64(base, _mm512_cvtepu32_epi64(_mm512_extracti64x4_epi64(sums, 1))));
        sum += (uint32_t)_mm_extract_epi32(_mm512_extracti32x4_epi32(sums, 3), 3);
    }
}

TARGET static uint32_t ranks(uint64_t all, uint64_t wanted, uint8_t out[64])
{
    uint64_t packed = _pext_u64(wanted, all);
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi8(packed, _mm512_load_si512(numbers)));
    return bits_count(packed);
}

/* x[0], x[0] + x[1], ...: within 128 bits, then over them. */
INLINE __m512i prefix_sums16(__m512i x)
{
    const __m512i last = _mm512_set1_epi16(0x0f0e);
    x = _mm512_add_epi16(x, _mm512_bslli_epi128(x, 2));
    x = _mm512_add_epi16(x, _mm512_bslli_epi128(x, 4));
    x = _mm512_add_epi16(x, _mm512_bslli_epi128(x, 8));
    __m512i sums = _mm512_shuffle_epi8(x, last);
    __m512i one = _mm512_maskz_shuffle_i64x2(0xfc, sums, sums, 0x90);
    __m512i two = _mm512_maskz_shuffle_i64x2(0xf0, sums, sums, 0x40);
    __m512i three = _mm512_maskz_shuffle_i64x2(0xc0, sums, sums, 0x00);
    return _mm512_add_epi16(_mm512_add_epi16(x, one), _mm512_add_epi16(two, three));
}

TARGET static uint32_t offsets(const uint8_t sizes[POSITIONS_SIZES], const uint8_t wdf[64], uint16_t out[64])
{
    const __m512i end = _mm512_set1_epi16(31);
    __m512i v = _mm512_loadu_si512(wdf), each = _mm512_permutexvar_epi8(v, _mm512_loadu_si512(sizes));
    __mmask64 unknown = _mm512_cmpge_epu8_mask(v, _mm512_set1_epi8(POSITIONS_SIZES));
    unknown |= _mm512_cmpeq_epi8_mask(each, _mm512_set1_epi8((char)POSITIONS_SIZE_UNKNOWN));
    __m512i low = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(each));
    __m512i high = _mm512_cvtepu8_epi16(_mm512_extracti64x4_epi64(each, 1));
    __m512i low_sums = prefix_sums16(low), high_sums = prefix_sums16(high);
    high_sums = _mm512_add_epi16(high_sums, _mm512_permutexvar_epi16(end, low_sums));
    _mm512_storeu_si512(out, _mm512_sub_epi16(low_sums, low));
    _mm512_storeu_si512(out + 32, _mm512_sub_epi16(high_sums, high));
    return unknown ? bits_lowest(unknown) + 1 : 64;
}

TARGET static uint32_t pick(const uint8_t *const plane[4], uint32_t planes, uint64_t mask, uint32_t skip, uint32_t *out)
{
    mask = _pdep_u64(~bits_low(skip), mask);
    uint32_t n = bits_count(mask);
    for (uint32_t p = 0; p < planes; p++) {
        __m512i bytes = _mm512_maskz_compress_epi8(mask, _mm512_loadu_si512(plane[p]));
        __m128i shift = _mm_cvtsi32_si128((int)(8 * p));
        for (uint32_t i = 0; i < n; i += 16) {
            __m512i v = _mm512_sll_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(bytes)), shift);
            _mm512_storeu_si512(out + i, p ? _mm512_or_si512(v, _mm512_loadu_si512(out + i)) : v);
            bytes = _mm512_shuffle_i64x2(bytes, bytes, 0x39);
        }
    }
    return n;
}

TARGET static uint32_t keep(uint32_t *places, uint32_t count, const uint32_t *positions, uint32_t n, uint32_t offset)
{
    uint32_t kept = 0, from = 0;
    for (uint32_t i = 0; i < count; i += 16) {
        __mmask16 here = first_lanes(count - i), found = 0;
        __m512i place = _mm512_loadu_si512(places + i);
        __m512i wanted = _mm512_add_epi32(place, _mm512_set1_epi32((int)offset));
        here &= _mm512_cmpge_epu32_mask(wanted, place); /* not past 32 bits */
        uint64_t first = (uint64_t)places[i] + offset;
        uint64_t last = (uint64_t)places[(count - i < 16 ? count : i + 16) - 1] + offset;
        while (from + 16 <= n && positions[from + 15] < first)
            from += 16;
        for (uint32_t p = from; p < n && positions[p] <= last; p++)
            found |= _mm512_cmpeq_epi32_mask(wanted, _mm512_set1_epi32((int)positions[p]));
        found &= here;
        _mm512_storeu_si512(places + kept, _mm512_maskz_compress_epi32(found, place));
        kept += bits_count(found);
    }
    return kept;
}

const positions_kernels positions_kernels_avx512 = {get, positions_avx2_skip, ends, ranks, offsets, pick, keep,
                                                    positions_put_avx2};

#else

typedef int positions_avx512_is_empty; /* ISO C wants something in a file */

#endif
