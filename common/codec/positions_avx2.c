/* Positions with AVX2 and BMI2: eight at a time, bits to numbers by pext. */
#include "codec/positions_put.h"

#if ISA_X86

#include "codec/kernels_avx2.h"

#define TARGET ISA_TARGET_AVX2
#define INLINE AVX2_INLINE

enum { PLACES_MAX = 1 << 25 }; /* low parts of 25 bits are within 4 bytes wherever they start; sums fit 32 bits */

#define BYTES_0_TO_7 UINT64_C(0x0706050403020100)

INLINE __m256i lanes(void)
{
    return _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
}

INLINE __m256i set32(uint32_t v)
{
    return _mm256_set1_epi32((int)v);
}

INLINE __m256i eight_bytes(uint64_t bytes)
{
    return _mm256_cvtepu8_epi32(_mm_cvtsi64_si128((long long)bytes));
}

/* The numbers of a byte's set bits, one after another as bytes. */
INLINE uint64_t places_of(uint64_t eight)
{
    return _pext_u64(BYTES_0_TO_7, _pdep_u64(eight, AVX2_ONES) * 255);
}

/* 8 numbers of r bits, 0 to 25, from a bit on: four from its byte, four from the byte where the fifth begins. */
INLINE __m256i lows8(const uint8_t *at, uint64_t bit, uint32_t r)
{
    const __m256i spread = _mm256_setr_epi8(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12, 0, 0, 0, 0, 4, 4, 4, 4,
                                            8, 8, 8, 8, 12, 12, 12, 12);
    uint32_t low = bit & 7, high = (uint32_t)((bit + 4 * r) & 7);
    __m256i from = _mm256_mullo_epi16(_mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3), set32(r));
    from = _mm256_add_epi32(from, _mm256_blend_epi32(set32(low), set32(high), 0xf0));
    __m256i bytes = _mm256_shuffle_epi8(_mm256_srli_epi32(from, 3), spread);
    __m256i v = avx2_load_pair(at + (bit >> 3), at + ((bit + 4 * r) >> 3));
    v = _mm256_shuffle_epi8(v, _mm256_add_epi8(bytes, set32(0x03020100)));
    v = _mm256_srlv_epi32(v, _mm256_and_si256(from, set32(7)));
    return _mm256_and_si256(v, set32((1u << r) - 1));
}

/* Each lane plus all before it. */
INLINE __m256i sums8(__m256i v)
{
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 4));
    v = _mm256_add_epi32(v, _mm256_slli_si256(v, 8));
    __m256i half = _mm256_permutevar8x32_epi32(v, set32(3));
    return _mm256_add_epi32(v, _mm256_blend_epi32(_mm256_setzero_si256(), half, 0xf0));
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
    const __m256i most = set32(u - 1), zeros_most = set32(m >> r);
    __m256i sum = _mm256_setzero_si256(); /* of low parts so far, in every lane */
    uint32_t i = 0;
    for (uint64_t bit = place.highs; bit < highs_end && i < c; bit += 56) {
        uint64_t word = bits_load64(at + (bit >> 3)) >> (bit & 7), done = bit - place.highs;
        word &= bits_low(highs_end - bit < 56 ? (uint32_t)(highs_end - bit) : 56);
        uint32_t before = (uint32_t)(done < PLACES_MAX ? done : PLACES_MAX);
        for (uint32_t byte = 0; word && i < c; byte += 8, word >>= 8) {
            /* A 1 at place p of the high parts has i ones and so p - i zeros before it. */
            uint32_t n = bits_count(word & 255);
            __m256i index = _mm256_add_epi32(lanes(), set32(i)), there = _mm256_cmpgt_epi32(set32(n), lanes());
            __m256i zeros = _mm256_add_epi32(eight_bytes(places_of(word & 255)), set32(before + byte));
            zeros = _mm256_min_epu32(_mm256_sub_epi32(zeros, index), zeros_most);
            __m256i lows = sums8(_mm256_and_si256(lows8(at, place.lows + (uint64_t)i * r, r), there));
            lows = _mm256_add_epi32(lows, sum);
            sum = _mm256_permutevar8x32_epi32(lows, set32(7));
            __m256i v = _mm256_add_epi32(_mm256_sll_epi32(zeros, _mm_cvtsi32_si128((int)r)), lows);
            v = _mm256_min_epu32(_mm256_add_epi32(v, index), most);
            avx2_store(out + i, _mm256_add_epi32(v, set32(base)));
            i += n;
        }
    }
    for (i = i < c ? i : c; i < c; i++) /* damaged */
        out[i] = base + u - 1;
}

TARGET uint64_t positions_avx2_skip(const uint8_t *at, uint64_t bit, uint64_t highs_end, uint64_t ones)
{
    while (ones && bit < highs_end) {
        uint64_t word = bits_load64(at + (bit >> 3)) >> (bit & 7);
        word &= bits_low(highs_end - bit < 56 ? (uint32_t)(highs_end - bit) : 56);
        uint32_t n = bits_count(word);
        if (n >= ones)
            return bit + bits_lowest(_pdep_u64(UINT64_C(1) << (ones - 1), word)) + 1;
        ones -= n;
        bit += 56;
    }
    return ones ? highs_end : bit;
}

/* floor(log2(v)) of numbers from 1 to INT32_MAX: by the exponent of a float, which cannot have been rounded up where
 * only every other bit is left below the highest. */
INLINE __m256i highest8(__m256i v)
{
    v = _mm256_andnot_si256(_mm256_srli_epi32(v, 1), v);
    v = _mm256_srli_epi32(_mm256_castps_si256(_mm256_cvtepi32_ps(v)), 23);
    return _mm256_sub_epi32(v, set32(127));
}

/* Bits of the low parts of 8 groups; numbers are not negative. */
INLINE __m256i sizes8(__m256i c, __m256i u)
{
    const __m256i one = set32(1), zero = _mm256_setzero_si256();
    __m256i m = _mm256_max_epi32(_mm256_sub_epi32(u, c), zero);
    __m256i r = _mm256_sub_epi32(highest8(m), highest8(c));
    r = _mm256_add_epi32(r, _mm256_cmpgt_epi32(c, _mm256_srlv_epi32(m, r)));
    r = _mm256_and_si256(r, _mm256_cmpgt_epi32(m, c));
    __m256i size = _mm256_mullo_epi32(c, r);
    /* One position: the width of u - 1; none: nothing. */
    __m256i most = _mm256_sub_epi32(u, one);
    __m256i single = _mm256_and_si256(_mm256_add_epi32(highest8(most), one), _mm256_cmpgt_epi32(most, zero));
    size = _mm256_blendv_epi8(size, single, _mm256_cmpeq_epi32(c, one));
    /* Two: the width of the last number of two. */
    __m256i last = _mm256_sub_epi32(_mm256_srli_epi32(_mm256_mullo_epi32(u, most), 1), one);
    __m256i two = _mm256_andnot_si256(_mm256_cmpgt_epi32(u, set32(POSITIONS_TWO_MOST)),
                                      _mm256_cmpeq_epi32(c, set32(2)));
    __m256i width = _mm256_and_si256(_mm256_add_epi32(highest8(last), one), _mm256_cmpgt_epi32(last, zero));
    size = _mm256_blendv_epi8(size, width, two);
    return _mm256_and_si256(size, _mm256_cmpgt_epi32(c, zero));
}

TARGET static void ends(const uint32_t *c, const uint32_t *u, uint32_t n, uint64_t *out)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i += 8) {
        __m256i many = avx2_load(c + i), places = avx2_load(u + i), there = _mm256_cmpgt_epi32(set32(n - i), lanes());
        __m256i large = _mm256_or_si256(places, _mm256_or_si256(many, _mm256_cmpgt_epi32(many, set32(1 << 20))));
        if (_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_and_si256(large, there)))) {
            positions_kernels_scalar.ends(c + i, u + i, n - i, out + i); /* 31 bits may not do */
            for (; i < n; i++)
                out[i] += sum;
            return;
        }
        __m256i each = _mm256_and_si256(sizes8(many, places), there), sums = sums8(each);
        __m256i base = _mm256_set1_epi64x((long long)sum);
        avx2_store(out + i, _mm256_add_epi64(base, _mm256_cvtepu32_epi64(_mm256_castsi256_si128(sums))));
        avx2_store(out + i + 4, _mm256_add_epi64(base, _mm256_cvtepu32_epi64(_mm256_extracti128_si256(sums, 1))));
        sum += (uint32_t)_mm256_extract_epi32(sums, 7);
    }
}

TARGET static uint32_t ranks(uint64_t all, uint64_t wanted, uint8_t out[64])
{
    uint64_t packed = _pext_u64(wanted, all);
    uint32_t n = 0;
    /* Never more than were looked at: so eight more bytes are within 64. */
    for (uint64_t eights = 0; packed; packed >>= 8, eights += 8 * AVX2_ONES) {
        bits_store64(out + n, places_of(packed & 255) + eights);
        n += bits_count(packed & 255);
    }
    return n;
}

/* The sizes of 32 groups, 0 where wdf is POSITIONS_SIZES or more. A table has 16; a number that is not in it gets its
 * highest bit set, which makes it 0. */
INLINE __m256i sizes32(const uint8_t *sizes, __m256i wdf)
{
    __m256i each = _mm256_setzero_si256();
    for (uint32_t i = 0; i < POSITIONS_SIZES; i += 16) {
        __m256i table = _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)(sizes + i)));
        __m256i at = _mm256_adds_epu8(_mm256_xor_si256(wdf, avx2_set8(i)), avx2_set8(0x70));
        each = _mm256_or_si256(each, _mm256_shuffle_epi8(table, at));
    }
    return each;
}

/* Groups of wdf 64 and up, or whose size the table does not have. */
INLINE __m256i unknown32(__m256i wdf, __m256i each)
{
    __m256i large = _mm256_cmpeq_epi8(_mm256_max_epu8(wdf, avx2_set8(POSITIONS_SIZES)), wdf);
    return _mm256_or_si256(large, _mm256_cmpeq_epi8(each, avx2_set8(POSITIONS_SIZE_UNKNOWN)));
}

/* Writes what is before each of 16 groups, and returns what is before the next, in every lane. */
INLINE __m256i put_offsets(__m128i sizes, __m256i before, uint16_t *out)
{
    __m256i v = _mm256_cvtepu8_epi16(sizes), x = v;
    x = _mm256_add_epi16(x, _mm256_bslli_epi128(x, 2));
    x = _mm256_add_epi16(x, _mm256_bslli_epi128(x, 4));
    x = _mm256_add_epi16(x, _mm256_bslli_epi128(x, 8));
    __m256i sums = _mm256_shuffle_epi8(x, _mm256_set1_epi16(0x0f0e));
    x = _mm256_add_epi16(_mm256_add_epi16(x, _mm256_permute2x128_si256(sums, sums, 0x08)), before);
    avx2_store(out, _mm256_sub_epi16(x, v));
    return _mm256_shuffle_epi8(_mm256_permute2x128_si256(x, x, 0x11), _mm256_set1_epi16(0x0f0e));
}

TARGET static uint32_t offsets(const uint8_t sizes[POSITIONS_SIZES], const uint8_t wdf[64], uint16_t out[64])
{
    __m256i v = avx2_load(wdf), w = avx2_load(wdf + 32), a = sizes32(sizes, v), b = sizes32(sizes, w);
    uint64_t unknown = avx2_bits(unknown32(v, a), unknown32(w, b));
    __m256i before = put_offsets(_mm256_castsi256_si128(a), _mm256_setzero_si256(), out);
    before = put_offsets(_mm256_extracti128_si256(a, 1), before, out + 16);
    before = put_offsets(_mm256_castsi256_si128(b), before, out + 32);
    put_offsets(_mm256_extracti128_si256(b, 1), before, out + 48);
    return unknown ? bits_lowest(unknown) + 1 : 64;
}

TARGET static uint32_t pick(const uint8_t *const plane[4], uint32_t planes, uint64_t mask, uint32_t skip, uint32_t *out)
{
    uint32_t n = 0;
    mask = _pdep_u64(~bits_low(skip), mask);
    while (mask) {
        uint32_t at = bits_lowest(mask) & ~7u;
        uint64_t eight = mask >> at & 255, bytes = _pdep_u64(eight, AVX2_ONES) * 255;
        __m256i v = eight_bytes(_pext_u64(bits_load64(plane[0] + at), bytes));
        for (uint32_t p = 1; p < planes; p++) {
            __m256i more = eight_bytes(_pext_u64(bits_load64(plane[p] + at), bytes));
            v = _mm256_or_si256(v, _mm256_sll_epi32(more, _mm_cvtsi32_si128((int)(8 * p))));
        }
        avx2_store(out + n, v);
        n += bits_count(eight);
        mask &= ~(UINT64_C(255) << at);
    }
    return n;
}

TARGET static uint32_t keep(uint32_t *places, uint32_t count, const uint32_t *positions, uint32_t n, uint32_t offset)
{
    uint32_t kept = 0, from = 0;
    for (uint32_t i = 0; i < count; i += 8) {
        __m256i place = avx2_load(places + i), wanted = _mm256_add_epi32(place, set32(offset));
        __m256i found = _mm256_setzero_si256();
        __m256i here = _mm256_cmpeq_epi32(_mm256_max_epu32(wanted, place), wanted); /* not past 32 bits */
        here = _mm256_and_si256(here, _mm256_cmpgt_epi32(set32(count - i), lanes()));
        uint64_t first = (uint64_t)places[i] + offset;
        uint64_t last = (uint64_t)places[(count - i < 8 ? count : i + 8) - 1] + offset;
        while (from + 8 <= n && positions[from + 7] < first)
            from += 8;
        for (uint32_t p = from; p < n && positions[p] <= last; p++)
            found = _mm256_or_si256(found, _mm256_cmpeq_epi32(wanted, set32(positions[p])));
        found = _mm256_and_si256(found, here);
        uint32_t which = (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(found));
        avx2_store(places + kept, _mm256_permutevar8x32_epi32(place, eight_bytes(places_of(which))));
        kept += bits_count(which);
    }
    return kept;
}

const positions_kernels positions_kernels_avx2 = {get, positions_avx2_skip, ends, ranks, offsets, pick, keep,
                                                  positions_put_avx2};

#else

typedef int positions_avx2_is_empty; /* ISO C wants something in a file */

#endif
