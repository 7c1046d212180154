/* The kernels with AVX-512: numbers, places, sparse lists and bounds here, dense windows in kernels_avx512_dense.c,
 * weights in kernels_avx512_weigh.c. */
#include "codec/kernels.h"

#if ISA_X86

#include "codec/kernels_avx512.h"
#include "codec/kernels_plain.h"

#define TARGET ISA_TARGET_AVX512
#define INLINE AVX512_INLINE

static const uint8_t numbers8[64] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15,
                                     16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                     32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                     48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
static const uint16_t numbers16[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                       16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

/* ---- numbers of one width ---- */

/* 32 numbers of width 0 to 15 from any bit. Reads 64 bytes. */
INLINE __m512i unpack32(const uint8_t *at, uint64_t bit, uint32_t width)
{
    __m512i v = _mm512_loadu_si512(at + (bit >> 3));
    __m512i bits = _mm512_mullo_epi16(_mm512_loadu_si512(numbers16), avx512_set16(width));
    bits = _mm512_add_epi16(bits, avx512_set16(bit & 7));
    __m512i bytes = _mm512_srli_epi16(bits, 3);
    bytes = _mm512_add_epi16(_mm512_or_si512(bytes, _mm512_slli_epi16(bytes, 8)), avx512_set16(0x0100));
    __m512i low = _mm512_permutexvar_epi8(bytes, v);
    __m512i high = _mm512_permutexvar_epi8(_mm512_add_epi8(bytes, avx512_set8(2)), v);
    v = _mm512_shrdv_epi16(low, high, _mm512_and_si512(bits, avx512_set16(7)));
    return _mm512_and_si512(v, avx512_set16((1u << width) - 1));
}

/* 16 numbers of width 0 to 31 from any bit. Reads 64 bytes. */
INLINE __m512i unpack16(const uint8_t *at, uint64_t bit, uint32_t width)
{
    __m512i v = _mm512_loadu_si512(at + (bit >> 3));
    __m512i numbers = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)numbers16));
    __m512i bits = _mm512_add_epi32(_mm512_mullo_epi16(numbers, _mm512_set1_epi32((int)width)),
                                    _mm512_set1_epi32((int)(bit & 7)));
    __m512i bytes = _mm512_srli_epi32(bits, 3);
    bytes = _mm512_or_si512(bytes, _mm512_slli_epi32(bytes, 8));
    bytes = _mm512_or_si512(bytes, _mm512_slli_epi32(bytes, 16));
    bytes = _mm512_add_epi8(bytes, _mm512_set1_epi32(0x03020100));
    __m512i low = _mm512_permutexvar_epi8(bytes, v);
    __m512i high = _mm512_permutexvar_epi8(_mm512_add_epi8(bytes, avx512_set8(4)), v);
    v = _mm512_shrdv_epi32(low, high, _mm512_and_si512(bits, _mm512_set1_epi32(7)));
    return _mm512_and_si512(v, _mm512_set1_epi32((int)bits_low(width)));
}

TARGET static void unpack(const uint8_t *at, uint64_t bit, uint32_t width, uint32_t n, uint8_t *out)
{
    __m512i v;
    (void)n;
    at += bit >> 3;
    bit &= 7;
    if (width < 8 || !bit) {
        v = avx512_unpack64(at, bit, width);
    } else {
        v = _mm512_srl_epi64(_mm512_loadu_si512(at), _mm_cvtsi64_si128((long long)bit));
        v = _mm512_or_si512(v, _mm512_sll_epi64(_mm512_loadu_si512(at + 1), _mm_cvtsi64_si128((long long)(8 - bit))));
    }
    _mm512_storeu_si512(out, v);
}

/* ---- places ---- */

/* The documents that the chosen ones of 32 places say; they are in one range. */
INLINE uint64_t places_mask(__m512i places, uint32_t chosen)
{
    __m512i mask = _mm512_setzero_si512(), v = _mm512_maskz_compress_epi16(chosen, places);
    uint32_t n = bits_count(chosen);
    do { /* mostly once: no guess whether there are any */
        __m512i at = _mm512_cvtepu16_epi64(_mm512_castsi512_si128(v));
        at = _mm512_maskz_rolv_epi64((__mmask8)avx512_low_ones(n), _mm512_set1_epi64(1), at);
        mask = _mm512_or_si512(mask, at);
        v = _mm512_shuffle_i64x2(v, v, 0x39);
        n -= n < 8 ? n : 8;
    } while (n);
    return (uint64_t)_mm512_reduce_or_epi64(mask);
}

TARGET static uint64_t places_ranges(const uint16_t *places, uint32_t n)
{
    __m512i ranges = _mm512_setzero_si512();
    for (uint32_t i = 0; i < n; i += 8) {
        __m512i at = _mm512_cvtepu16_epi64(_mm_srli_epi16(_mm_loadu_si128((const void *)(places + i)), 6));
        __mmask8 there = (__mmask8)avx512_low_ones(n - i);
        ranges = _mm512_or_si512(ranges, _mm512_maskz_sllv_epi64(there, _mm512_set1_epi64(1), at));
    }
    return (uint64_t)_mm512_reduce_or_epi64(ranges);
}

TARGET static uint64_t places_range(const uint16_t *places, uint32_t n, uint32_t range, uint32_t *before)
{
    uint64_t mask = 0;
    *before = 0;
    for (uint32_t i = 0; i < n; i += 32) {
        __m512i v = _mm512_loadu_si512(places + i), at = _mm512_srli_epi16(v, 6);
        uint32_t there = (uint32_t)avx512_low_ones(n - i);
        uint32_t same = _mm512_cmpeq_epi16_mask(at, avx512_set16(range)) & there;
        *before += bits_count(_mm512_cmplt_epu16_mask(at, avx512_set16(range)) & there);
        mask |= places_mask(v, same);
        if (_mm512_cmpgt_epu16_mask(at, avx512_set16(range)) & there)
            break;
    }
    return mask;
}

/* ---- sparse lists ---- */

/* The postings whose bits are `ones`, from posting number i on: `passed` is how many buckets
 * lie before the bits. */
INLINE void put_places(const sparse_list *s, uint64_t ones, uint32_t i, uint32_t n, uint32_t passed, uint16_t *places)
{
    __m512i at = _mm512_maskz_compress_epi8(ones, _mm512_loadu_si512(numbers8));
    for (uint32_t d = 0; d < n; d += 32) {
        __m512i bucket = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(at));
        bucket = _mm512_add_epi16(_mm512_sub_epi16(bucket, _mm512_loadu_si512(numbers16)), avx512_set16(passed - d));
        __m512i low = unpack32(s->lows, (uint64_t)(i + d) * s->low_bits, s->low_bits);
        __m512i high = _mm512_sll_epi16(bucket, _mm_cvtsi32_si128((int)s->low_bits));
        _mm512_storeu_si512(places + d, _mm512_or_si512(low, high));
        at = _mm512_shuffle_i64x2(at, at, 0x4e);
    }
}

TARGET static void sparse_window(const sparse_list *s, uint32_t window, uint16_t *places, sparse_span *span)
{
    uint32_t per = 1u << (12 - s->low_bits), n = 0, left = per;
    plain_seek seek = plain_seek_window(s, window, per, span);
    uint64_t bit = seek.bit, zeros = (uint64_t)window * per;
    if (seek.skip)
        bit += bits_lowest(_pdep_u64(UINT64_C(1) << (seek.skip - 1), seek.zeros)) + 1;
    uint32_t begin = bit < zeros ? 0 : bit - zeros < s->count ? (uint32_t)(bit - zeros) : s->count;
    uint32_t room = avx512_lower_of(s->count - begin, 4096);
    while (left && n < room && bit < s->upper_bits) {
        uint64_t x = bits_load64(s->upper + (bit >> 3)) >> (bit & 7), none = ~x & avx512_low_ones(56);
        uint32_t passed = bits_count(none), width = 56;
        if (passed >= left) {
            width = bits_lowest(_pdep_u64(UINT64_C(1) << (left - 1), none));
            passed = left;
        }
        uint64_t ones = x & avx512_low_ones(width);
        uint32_t more = avx512_lower_of(bits_count(ones), room - n);
        put_places(s, ones, begin + n, more, per - left, places + n);
        n += more;
        left -= passed;
        bit += width;
    }
    span->begin = begin;
    span->count = n;
}

TARGET static void sparse_all(const sparse_list *s, uint32_t *documents)
{
    if (!s->stride) {
        plain_short_all(s, documents);
        return;
    }
    const __m512i lane = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)numbers16));
    __m128i shift = _mm_cvtsi32_si128((int)s->low_bits);
    uint32_t i = 0;
    for (uint64_t bit = 0; bit < s->upper_bits && i < s->count; bit += 64) {
        uint64_t ones = bits_load64(s->upper + bit / 8);
        if (s->upper_bits - bit < 64)
            ones &= avx512_low_ones((uint32_t)(s->upper_bits - bit));
        uint32_t n = avx512_lower_of(bits_count(ones), s->count - i);
        __m512i at = _mm512_maskz_compress_epi8(ones, _mm512_loadu_si512(numbers8));
        for (uint32_t d = 0; d < n; d += 16) {
            __m512i bucket = _mm512_sub_epi32(_mm512_cvtepu8_epi32(_mm512_castsi512_si128(at)), lane);
            bucket = _mm512_add_epi32(bucket, _mm512_set1_epi32((int)((uint32_t)bit - (i + d))));
            __m512i low = unpack16(s->lows, (uint64_t)(i + d) * s->low_bits, s->low_bits);
            _mm512_storeu_si512(documents + i + d, _mm512_or_si512(low, _mm512_sll_epi32(bucket, shift)));
            at = _mm512_shuffle_i64x2(at, at, 0x39);
        }
        i += n;
    }
    for (; i < s->count; i++) /* damaged: fewer bits than said */
        documents[i] = UINT32_MAX;
}

TARGET static void sparse_wdf(const sparse_list *s, uint32_t first, uint32_t n, uint32_t sample_begin,
                              uint32_t sample_escapes, uint8_t *wdf)
{
    uint32_t used = sample_escapes, width = s->width;
    bool counted = false; /* used is right for posting number first + i */
    for (uint32_t i = 0; i < n; i += 64) {
        __m512i v = avx512_unpack64(s->wdf, (uint64_t)(first + i) * width, width);
        uint64_t escaped = width - 1u < 7u ? avx512_escapes_of(v, width) & avx512_low_ones(n - i) : 0;
        if (escaped) {
            for (uint32_t k = sample_begin; !counted && k < first; k += 64)
                used += avx512_count_escapes(s->wdf, k, first - k, width);
            counted = true;
            const uint8_t *exceptions = s->exceptions + avx512_lower_of(used, s->exceptions_size);
            v = _mm512_mask_expand_epi8(v, escaped, _mm512_loadu_si512(exceptions));
            used += bits_count(escaped);
        }
        _mm512_storeu_si512(wdf + i, _mm512_add_epi8(v, avx512_set8(s->base)));
    }
}

TARGET static void spread(uint64_t mask, const uint8_t *in, uint8_t out[64])
{
    _mm512_storeu_si512(out, _mm512_maskz_expand_epi8(mask, _mm512_loadu_si512(in)));
}

/* ---- bounds ---- */

TARGET static void bound_from(const uint8_t *bytes, uint32_t base, uint32_t factor, size_t n, uint16_t *out)
{
    __m512i f = avx512_set16(factor), b = avx512_set16(base), one = avx512_set16(1);
    for (size_t i = 0; i < n; i += 32) {
        __m512i v = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const void *)(bytes + i)));
        __m512i product = _mm512_add_epi16(_mm512_mulhi_epu16(_mm512_slli_epi16(v, 8), f), one);
        _mm512_storeu_si512(out + i, _mm512_maskz_adds_epu16(_mm512_test_epi16_mask(v, v), product, b));
    }
}

TARGET static void bound_add(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 32)
        _mm512_storeu_si512(to + i, _mm512_adds_epu16(_mm512_loadu_si512(to + i), _mm512_loadu_si512(other + i)));
}

TARGET static void bound_and(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 32) {
        __m512i a = _mm512_loadu_si512(to + i), b = _mm512_loadu_si512(other + i);
        __mmask32 both = _mm512_mask_test_epi16_mask(_mm512_test_epi16_mask(a, a), b, b);
        _mm512_storeu_si512(to + i, _mm512_maskz_adds_epu16(both, a, b));
    }
}

TARGET static void bound_mask(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 32) {
        __m512i b = _mm512_loadu_si512(other + i);
        __mmask32 there = _mm512_test_epi16_mask(b, b);
        _mm512_storeu_si512(to + i, _mm512_maskz_mov_epi16(there, _mm512_loadu_si512(to + i)));
    }
}

TARGET static uint64_t bound_live(const uint16_t *bounds, uint32_t least)
{
    if (least > UINT16_MAX)
        return 0;
    uint64_t low = _mm512_cmpge_epu16_mask(_mm512_loadu_si512(bounds), avx512_set16(least));
    uint64_t high = _mm512_cmpge_epu16_mask(_mm512_loadu_si512(bounds + 32), avx512_set16(least));
    return low | high << 32;
}

TARGET static size_t bound_count(const uint16_t *bounds, size_t n, uint32_t least)
{
    size_t count = 0;
    if (least > UINT16_MAX)
        return 0;
    for (size_t i = 0; i < n; i += 64) {
        uint64_t low = _mm512_cmpge_epu16_mask(_mm512_loadu_si512(bounds + i), avx512_set16(least));
        uint64_t high = _mm512_cmpge_epu16_mask(_mm512_loadu_si512(bounds + i + 32), avx512_set16(least));
        count += bits_count(low | high << 32);
    }
    return count;
}

/* As bound_from, of 32 ranges. */
INLINE __m512i bounds_of(__m256i bytes, const bound_list *l)
{
    __m512i v = _mm512_cvtepu8_epi16(bytes);
    __m512i product = _mm512_mulhi_epu16(_mm512_slli_epi16(v, 8), avx512_set16(l->units));
    product = _mm512_add_epi16(product, avx512_set16(1));
    return _mm512_maskz_adds_epu16(_mm512_test_epi16_mask(v, v), product, avx512_set16(l->base));
}

TARGET static uint64_t bound_lists(const bound_list *lists, bound_roles roles, uint32_t least, uint16_t out[64])
{
    uint32_t count = roles.needed + roles.any + roles.added;
    uint64_t all = UINT64_MAX, some = roles.any ? 0 : UINT64_MAX;
    __m512i low = _mm512_setzero_si512(), high = low;
    for (uint32_t j = 0; j < count; j++) {
        __m512i v = _mm512_maskz_expand_epi8(lists[j].ranges, _mm512_loadu_si512(lists[j].bytes));
        uint64_t there = _mm512_test_epi8_mask(v, v);
        all &= j < roles.needed ? there : UINT64_MAX;
        some |= j - roles.needed < roles.any ? there : 0;
        low = _mm512_adds_epu16(low, bounds_of(_mm512_castsi512_si256(v), &lists[j]));
        high = _mm512_adds_epu16(high, bounds_of(_mm512_extracti64x4_epi64(v, 1), &lists[j]));
    }
    all &= some;
    low = _mm512_maskz_mov_epi16((__mmask32)all, low);
    high = _mm512_maskz_mov_epi16((__mmask32)(all >> 32), high);
    _mm512_storeu_si512(out, low);
    _mm512_storeu_si512(out + 32, high);
    if (least > UINT16_MAX)
        return 0;
    return _mm512_cmpge_epu16_mask(low, avx512_set16(least)) |
           (uint64_t)_mm512_cmpge_epu16_mask(high, avx512_set16(least)) << 32;
}

TARGET static uint32_t count_words(const uint64_t words[64])
{
    __m512i n = _mm512_setzero_si512();
    for (uint32_t i = 0; i < 64; i += 8)
        n = _mm512_add_epi64(n, _mm512_popcnt_epi64(_mm512_loadu_si512(words + i)));
    return (uint32_t)_mm512_reduce_add_epi64(n);
}

TARGET static uint32_t intersect(const uint64_t a[64], const uint64_t b[64], uint64_t both[64], uint16_t before[64])
{
    return plain_intersect(a, b, both, before);
}

const kernels kernels_avx512 = {
    .isa = ISA_AVX512,
    .unpack = unpack,
    .dense_open = kernels_avx512_dense_open,
    .dense_bounds = kernels_avx512_dense_bounds,
    .dense_range = kernels_avx512_dense_range,
    .dense_ranges = kernels_avx512_dense_ranges,
    .dense_all = kernels_avx512_dense_all,
    .dense_wdf = kernels_avx512_dense_wdf,
    .places_ranges = places_ranges,
    .places_range = places_range,
    .sparse_window = sparse_window,
    .sparse_all = sparse_all,
    .sparse_wdf = sparse_wdf,
    .spread = spread,
    .bound_from = bound_from,
    .bound_add = bound_add,
    .bound_and = bound_and,
    .bound_mask = bound_mask,
    .bound_live = bound_live,
    .bound_count = bound_count,
    .bound_lists = bound_lists,
    .weigh = kernels_avx512_weigh,
    .weigh_lists = kernels_avx512_weigh_lists,
    .weigh_exactly = kernels_avx512_weigh_exactly,
    .weigh_dense = kernels_avx512_weigh_dense,
    .weigh_documents = kernels_avx512_weigh_documents,
    .split = kernels_avx512_weigh_split,
    .saturate = kernels_avx512_weigh_saturate,
    .count_words = count_words,
    .intersect = intersect,
};

#else

typedef int kernels_avx512_is_empty; /* ISO C wants something in a file */

#endif
