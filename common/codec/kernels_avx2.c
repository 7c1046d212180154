/* The kernels with AVX2 and BMI2: dense windows and weights have files of their own, here is the rest and the table. */
#include "codec/kernels.h"

#if ISA_X86

#include "codec/bitpack.h"
#include "codec/kernels_avx2.h"
#include "codec/kernels_plain.h"

#define TARGET ISA_TARGET_AVX2
#define INLINE AVX2_INLINE

TARGET static void unpack(const uint8_t *at, uint64_t bit, uint32_t width, uint32_t n, uint8_t *out)
{
    bitpack_avx2.unpack8(at, bit, n, width, out);
}

TARGET static void spread(uint64_t mask, const uint8_t *in, uint8_t out[64])
{
    avx2_bytes v = avx2_spread(mask, in);
    avx2_store(out, v.low);
    avx2_store(out + 32, v.high);
}

/* ---- places ---- */

TARGET static uint64_t places_ranges(const uint16_t *places, uint32_t n)
{
    const __m256i one = _mm256_set1_epi64x(1), numbers = _mm256_setr_epi64x(0, 1, 2, 3);
    __m256i ranges = _mm256_setzero_si256();
    for (uint32_t i = 0; i < n; i += 4) {
        __m256i at = _mm256_srli_epi64(_mm256_cvtepu16_epi64(_mm_loadl_epi64((const void *)(places + i))), 6);
        __m256i there = _mm256_cmpgt_epi64(_mm256_set1_epi64x(n - i), numbers);
        ranges = _mm256_or_si256(ranges, _mm256_and_si256(_mm256_sllv_epi64(one, at), there));
    }
    __m128i two = _mm_or_si128(_mm256_castsi256_si128(ranges), _mm256_extracti128_si256(ranges, 1));
    return (uint64_t)_mm_cvtsi128_si64(_mm_or_si128(two, _mm_unpackhi_epi64(two, two)));
}

/* Ranges as bytes, 32 at a time; a place beyond all of them stays so. */
TARGET static uint64_t places_range(const uint16_t *places, uint32_t n, uint32_t range, uint32_t *before)
{
    const __m256i wanted = avx2_set8(range);
    uint64_t mask = 0;
    *before = 0;
    for (uint32_t i = 0; i < n; i += 32) {
        __m256i low = _mm256_srli_epi16(avx2_load(places + i), 6);
        __m256i high = _mm256_srli_epi16(avx2_load(places + i + 16), 6);
        __m256i at = _mm256_permute4x64_epi64(_mm256_packus_epi16(low, high), 0xd8);
        uint32_t there = (uint32_t)bits_low(n - i);
        uint32_t same = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(at, wanted)) & there;
        uint32_t less = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(_mm256_max_epu8(at, wanted), at)) & there;
        *before += bits_count(less);
        for (uint32_t left = same; left; left &= left - 1)
            mask |= UINT64_C(1) << (places[i + bits_lowest(left)] & 63);
        if (there & ~(same | less))
            break;
    }
    return mask;
}

/* ---- sparse lists ---- */

TARGET static void sparse_window(const sparse_list *s, uint32_t window, uint16_t *places, sparse_span *span)
{
    uint32_t low_bits = s->low_bits, per = 1u << (12 - low_bits), n = 0, left = per;
    plain_seek seek = plain_seek_window(s, window, per, span);
    uint64_t bit = seek.bit, zeros = (uint64_t)window * per;
    if (seek.skip)
        bit += bits_lowest(_pdep_u64(UINT64_C(1) << (seek.skip - 1), seek.zeros)) + 1;
    uint32_t begin = bit < zeros ? 0 : bit - zeros < s->count ? (uint32_t)(bit - zeros) : s->count;
    uint32_t room = avx2_lower_of(s->count - begin, 4096);
    uint64_t low = (uint64_t)begin * low_bits;
    while (left && n < room && bit < s->upper_bits) {
        uint64_t x = bits_load64(s->upper + (bit >> 3)) >> (bit & 7), none = ~x & bits_low(56);
        uint32_t passed = bits_count(none), width = 56;
        if (passed >= left) {
            width = bits_lowest(_pdep_u64(UINT64_C(1) << (left - 1), none));
            passed = left;
        }
        uint64_t ones = x & bits_low(width);
        uint32_t end = n + avx2_lower_of(bits_count(ones), room - n), bucket = per - left;
        for (; n < end; n++, bucket--, ones &= ones - 1, low += low_bits)
            places[n] = (uint16_t)((bucket + bits_lowest(ones)) << low_bits | plain_number(s->lows, low, low_bits));
        left -= passed;
        bit += width;
    }
    span->begin = begin;
    span->count = n;
}

/* Low bits all at once, then the high ones. (The unpacking writes by eights.) */
TARGET static void sparse_all(const sparse_list *s, uint32_t *documents)
{
    if (!s->stride) {
        plain_short_all(s, documents);
        return;
    }
    const uint8_t *upper = s->upper;
    uint64_t upper_bits = s->upper_bits;
    uint32_t i = 0, count = s->count, low_bits = s->low_bits;
    bitpack_avx2.unpack(s->lows, count, low_bits, documents);
    for (uint64_t at = 0; at < upper_bits && i < count; at += 64) {
        uint64_t word = bits_load64(upper + at / 8);
        if (upper_bits - at < 64)
            word &= bits_low((uint32_t)(upper_bits - at));
        for (uint32_t end = i + avx2_lower_of(bits_count(word), count - i); i < end; i++, word &= word - 1)
            documents[i] |= (uint32_t)((at + bits_lowest(word) - i) << low_bits);
    }
    for (; i < count; i++) /* damaged: fewer bits than said */
        documents[i] = UINT32_MAX;
}

/* Those of n codes, 32 at most, that are escapes, get their exceptions. */
INLINE uint32_t put_exceptions(const sparse_list *s, uint64_t escaped, uint32_t used, uint8_t *codes)
{
    for (; escaped; escaped &= escaped - 1, used++)
        codes[bits_lowest(escaped)] = s->exceptions[used < s->exceptions_size ? used : 0];
    return used;
}

TARGET static void sparse_wdf(const sparse_list *s, uint32_t first, uint32_t n, uint32_t sample_begin,
                              uint32_t sample_escapes, uint8_t *wdf)
{
    uint32_t used = sample_escapes, width = s->width;
    bool counted = sample_begin >= first; /* used is right for posting number first + i */
    __m256i escape = avx2_set8((1u << width) - 1), base = avx2_set8(s->base);
    bitpack_avx2.unpack8(s->wdf, (uint64_t)first * width, n, width, wdf);
    for (uint32_t i = 0; i < n; i += 32) {
        __m256i codes = avx2_load(wdf + i);
        uint64_t escaped = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(codes, escape)) & bits_low(n - i);
        if (escaped && width - 1u < 7u) {
            if (!counted)
                used += plain_count_escapes(s->wdf, sample_begin, first - sample_begin, width);
            counted = true;
            used = put_exceptions(s, escaped, used, wdf + i);
            codes = avx2_load(wdf + i);
        }
        avx2_store(wdf + i, _mm256_add_epi8(codes, base));
    }
}

/* ---- bounds ---- */

/* All ones where not 0. */
INLINE __m256i is_there(__m256i v)
{
    return _mm256_xor_si256(_mm256_cmpeq_epi16(v, _mm256_setzero_si256()), avx2_set16(UINT16_MAX));
}

TARGET static void bound_from(const uint8_t *bytes, uint32_t base, uint32_t factor, size_t n, uint16_t *out)
{
    __m256i f = avx2_set16(factor), b = avx2_set16(base), one = avx2_set16(1);
    for (size_t i = 0; i < n; i += 16) {
        __m256i v = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)(bytes + i)));
        __m256i product = _mm256_mulhi_epu16(_mm256_slli_epi16(v, 8), f);
        avx2_store(out + i, _mm256_and_si256(_mm256_adds_epu16(_mm256_add_epi16(product, one), b), is_there(v)));
    }
}

TARGET static void bound_add(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 16)
        avx2_store(to + i, _mm256_adds_epu16(avx2_load(to + i), avx2_load(other + i)));
}

TARGET static void bound_and(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        __m256i a = avx2_load(to + i), b = avx2_load(other + i), none = _mm256_min_epu16(a, b);
        avx2_store(to + i, _mm256_and_si256(_mm256_adds_epu16(a, b), is_there(none)));
    }
}

TARGET static void bound_mask(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 16)
        avx2_store(to + i, _mm256_and_si256(avx2_load(to + i), is_there(avx2_load(other + i))));
}

TARGET static uint64_t bound_live(const uint16_t *bounds, uint32_t least)
{
    uint64_t live = 0;
    if (least > UINT16_MAX)
        return 0;
    for (uint32_t i = 0; i < 64; i += 32) {
        __m256i a = avx2_load(bounds + i), b = avx2_load(bounds + i + 16);
        a = _mm256_cmpeq_epi16(_mm256_max_epu16(a, avx2_set16(least)), a);
        b = _mm256_cmpeq_epi16(_mm256_max_epu16(b, avx2_set16(least)), b);
        __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8);
        live |= (uint64_t)(uint32_t)_mm256_movemask_epi8(both) << i;
    }
    return live;
}

/* Sums of four bits at a time by a table, for 64 words 128 in a byte at most. */
TARGET static uint32_t count_words(const uint64_t words[64])
{
    const __m256i low = avx2_set8(15), zero = _mm256_setzero_si256();
    const __m256i ones = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    __m256i sums = zero;
    for (uint32_t i = 0; i < 64; i += 4) {
        __m256i v = avx2_load(words + i), high = _mm256_and_si256(_mm256_srli_epi16(v, 4), low);
        v = _mm256_add_epi8(_mm256_shuffle_epi8(ones, _mm256_and_si256(v, low)), _mm256_shuffle_epi8(ones, high));
        sums = _mm256_add_epi8(sums, v);
    }
    sums = _mm256_sad_epu8(sums, zero);
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    return (uint32_t)_mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
}

TARGET static void dense_ranges(const dense_window *w, uint64_t ranges, uint64_t words[64], uint16_t before[64])
{
    plain_dense_ranges(w, ranges, words, before, &kernels_avx2);
}

TARGET static size_t bound_count(const uint16_t *bounds, size_t n, uint32_t least)
{
    return plain_bound_count(bounds, n, least);
}

TARGET static size_t weigh_dense(const weigh_input *in, dense_window *w, uint64_t ranges, double least, uint64_t first,
                          double *weights, uint64_t *places, uint32_t *matched)
{
    return plain_weigh_dense(in, w, ranges, least, first, weights, places, matched, &kernels_avx2);
}

TARGET static size_t weigh_documents(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                              double least, uint64_t first, double *weights, uint64_t *places)
{
    return plain_weigh_documents(in, documents, wdf, n, least, first, weights, places);
}

TARGET static uint64_t bound_lists(const bound_list *lists, bound_roles roles, uint32_t least, uint16_t out[64])
{
    return plain_bound_lists(lists, roles, least, out, &kernels_avx2);
}

TARGET static uint64_t weigh_lists(const weigh_input *in, const weigh_list *lists, uint64_t wanted, float threshold)
{
    return plain_weigh_lists(in, lists, wanted, threshold, &kernels_avx2);
}

TARGET static uint32_t intersect(const uint64_t a[64], const uint64_t b[64], uint64_t both[64], uint16_t before[64])
{
    return plain_intersect(a, b, both, before);
}

const kernels kernels_avx2 = {
    .isa = ISA_AVX2,
    .unpack = unpack,
    .dense_open = kernels_avx2_dense_open,
    .dense_bounds = kernels_avx2_dense_bounds,
    .dense_range = kernels_avx2_dense_range,
    .dense_ranges = dense_ranges,
    .dense_all = kernels_avx2_dense_all,
    .dense_wdf = kernels_avx2_dense_wdf,
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
    .weigh = kernels_avx2_weigh,
    .weigh_lists = weigh_lists,
    .weigh_exactly = kernels_avx2_weigh_exactly,
    .weigh_dense = weigh_dense,
    .weigh_documents = weigh_documents,
    .split = kernels_avx2_weigh_split,
    .saturate = kernels_avx2_weigh_saturate,
    .count_words = count_words,
    .intersect = intersect,
};

#else

typedef int kernels_avx2_is_empty; /* ISO C wants something in a file */

#endif
