/* Dense windows with AVX2 and BMI2: a range's numbers are put by its documents with pdep, eight at a time, and four
 * ranges' documents are made at once. */
#include "codec/kernels.h"

#if ISA_X86

#include "codec/dense_layout.h"
#include "codec/kernels_avx2.h"
#include "codec/kernels_plain.h"

#define TARGET ISA_TARGET_AVX2
#define INLINE AVX2_INLINE

INLINE uint64_t sum4(__m256i v)
{
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    return (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
}

/* The sums of 64 counts and 64 numbers of bits, in the low and the high half. */
INLINE uint64_t sum_two(avx2_bytes counts, avx2_bytes bits)
{
    const __m256i zero = _mm256_setzero_si256();
    __m256i n = _mm256_add_epi64(_mm256_sad_epu8(counts.low, zero), _mm256_sad_epu8(counts.high, zero));
    __m256i b = _mm256_add_epi64(_mm256_sad_epu8(bits.low, zero), _mm256_sad_epu8(bits.high, zero));
    return sum4(_mm256_add_epi64(n, _mm256_slli_epi64(b, 32)));
}

/* The same of the ranges before one. */
INLINE uint64_t sum_before(const dense_window *w, uint32_t range)
{
    const __m256i numbers = _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                                             21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    __m256i low = _mm256_cmpgt_epi8(avx2_set8(range), numbers);
    __m256i high = _mm256_cmpgt_epi8(avx2_set8(range), _mm256_add_epi8(numbers, avx2_set8(32)));
    avx2_bytes counts = {_mm256_and_si256(avx2_load(w->counts), low),
                         _mm256_and_si256(avx2_load(w->counts + 32), high)};
    avx2_bytes bits = {_mm256_and_si256(avx2_load(w->bits), low), _mm256_and_si256(avx2_load(w->bits + 32), high)};
    return sum_two(counts, bits);
}

/* The bits that 32 ranges take. */
INLINE __m256i bits_of(__m256i counts)
{
    __m256i twice = _mm256_add_epi8(counts, counts), bits = _mm256_add_epi8(_mm256_add_epi8(twice, twice), twice);
    __m256i list = _mm256_cmpeq_epi8(_mm256_min_epu8(counts, avx2_set8(DENSE_LIST_MAX)), counts);
    return _mm256_blendv_epi8(avx2_set8(64), bits, list);
}

/* As avx2_spread_numbers, and 1 more each. */
INLINE avx2_bytes read_counts(const dense_layout *l)
{
    uint64_t each = bits_low(l->count_width), bit = 0, v[8];
    for (uint32_t i = 0; i < 8; i++) {
        uint64_t wanted = l->present >> 8 * i & 255, there = _pdep_u64(wanted, AVX2_ONES);
        v[i] = _pdep_u64(bits_load64(l->counts + (bit >> 3)) >> (bit & 7), there * each) + there;
        bit += bits_count(wanted) * l->count_width;
    }
    avx2_bytes out = {
        _mm256_setr_epi64x((long long)v[0], (long long)v[1], (long long)v[2], (long long)v[3]),
        _mm256_setr_epi64x((long long)v[4], (long long)v[5], (long long)v[6], (long long)v[7])};
    return out;
}

TARGET bool kernels_avx2_dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w)
{
    dense_layout l;
    if (!dense_layout_read(payload, size, count, &l))
        return false;
    uint64_t both = count;
    dense_layout_open(&l, count, base, w);
    if (l.kind != DENSE_BITSET) {
        avx2_bytes counts = read_counts(&l), bits = {bits_of(counts.low), bits_of(counts.high)};
        avx2_store(w->counts, counts.low);
        avx2_store(w->counts + 32, counts.high);
        avx2_store(w->bits, bits.low);
        avx2_store(w->bits + 32, bits.high);
        both = sum_two(counts, bits);
    }
    return dense_layout_end(&l, payload + size, (uint32_t)both, (uint32_t)(both >> 32), w);
}

TARGET bool kernels_avx2_dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64])
{
    uint64_t present = size < DENSE_HEADER ? 0 : bits_load64(payload + 1);
    bool whole = size >= DENSE_HEADER + bits_count(present);
    avx2_bytes v = avx2_spread(whole ? present : 0, payload + (whole ? DENSE_HEADER : 0));
    avx2_store(bounds, v.low);
    avx2_store(bounds + 32, v.high);
    return whole;
}

/* The documents that up to 8 places of 6 bits say. */
INLINE uint64_t list_mask(uint64_t x, uint32_t n)
{
    const __m256i low = _mm256_setr_epi64x(0, 6, 12, 18), numbers = _mm256_setr_epi64x(0, 1, 2, 3);
    const __m256i one = _mm256_set1_epi64x(1), places = _mm256_set1_epi64x(63);
    __m256i count = _mm256_set1_epi64x(n), v = _mm256_srlv_epi64(_mm256_set1_epi64x((long long)x), low);
    __m256i first = _mm256_and_si256(v, places), next = _mm256_and_si256(_mm256_srli_epi64(v, 24), places);
    first = _mm256_and_si256(_mm256_sllv_epi64(one, first), _mm256_cmpgt_epi64(count, numbers));
    next = _mm256_and_si256(_mm256_sllv_epi64(one, next),
                            _mm256_cmpgt_epi64(count, _mm256_add_epi64(numbers, _mm256_set1_epi64x(4))));
    first = _mm256_or_si256(first, next);
    __m128i two = _mm_or_si128(_mm256_castsi256_si128(first), _mm256_extracti128_si256(first, 1));
    return (uint64_t)_mm_cvtsi128_si64(_mm_or_si128(two, _mm_unpackhi_epi64(two, two)));
}

TARGET uint64_t kernels_avx2_dense_range(const dense_window *w, uint32_t range, uint32_t *before)
{
    if (w->kind == DENSE_BITSET) {
        const uint8_t *bits = w->documents + DENSE_RANKS;
        uint32_t n = bits_load16(w->documents + (range >> 3) * 2);
        for (uint32_t r = range & ~7u; r < range; r++)
            n += bits_count(bits_load64(bits + r * 8));
        *before = avx2_lower_of(n, w->count);
        return bits_load64(bits + range * 8);
    }
    uint64_t both = sum_before(w, range);
    uint32_t n = w->counts[range];
    *before = (uint32_t)both;
    return n > DENSE_LIST_MAX ? plain_word(w->documents, both >> 32)
                              : list_mask(bits_load64(w->documents + (both >> 35)) >> (both >> 32 & 7), n);
}

/* What no shift is behind n places of a list, which makes a bit shifted by it disappear. */
static const uint64_t no_place[DENSE_LIST_MAX + 1] = {
    UINT64_C(0x8080808080808080), UINT64_C(0x8080808080808000), UINT64_C(0x8080808080800000),
    UINT64_C(0x8080808080000000), UINT64_C(0x8080808000000000), UINT64_C(0x8080800000000000),
    UINT64_C(0x8080000000000000), UINT64_C(0x8000000000000000), 0};

/* The documents of four ranges whose places are the bytes of four words; no more than `most` in any. */
INLINE __m256i four_lists(__m256i places, uint32_t most)
{
    const __m256i one = _mm256_set1_epi64x(1);
    const __m256i first = _mm256_set_epi64x(-248, -256, -248, -256); /* the lowest byte of each, nothing else */
    __m256i words = _mm256_setzero_si256();
    for (uint32_t i = 0; i < most; i++) {
        __m256i place = _mm256_shuffle_epi8(places, _mm256_add_epi64(first, _mm256_set1_epi64x(i)));
        words = _mm256_or_si256(words, _mm256_sllv_epi64(one, place));
    }
    return words;
}

/* Lists in all ranges, with the documents of `most` at most; those that `lists` says have none are words. */
INLINE void all_ranges(const dense_window *w, const uint8_t lists[64], uint64_t full, uint32_t most, uint64_t words[64])
{
    uint64_t bit = 0;
    for (uint32_t r = 0; r < 64; r += 4) {
        uint64_t at[4], places[4];
        for (uint32_t i = 0; i < 4; i++) {
            uint64_t x = bits_load64(w->documents + (bit >> 3)) >> (bit & 7);
            places[i] = _pdep_u64(x, AVX2_ONES * 63) | no_place[lists[r + i]];
            at[i] = bit;
            bit += w->bits[r + i];
        }
        avx2_store(words + r, four_lists(_mm256_setr_epi64x((long long)places[0], (long long)places[1],
                                                            (long long)places[2], (long long)places[3]), most));
        for (uint64_t left = full >> r & 15; left; left &= left - 1)
            words[r + bits_lowest(left)] = plain_word(w->documents, at[bits_lowest(left)]);
    }
}

TARGET void kernels_avx2_dense_all(const dense_window *w, uint64_t words[64])
{
    if (w->kind == DENSE_BITSET) {
        memcpy(words, w->documents + DENSE_RANKS, 512);
        return;
    }
    alignas(32) uint8_t lists[64];
    const __m256i list_max = avx2_set8(DENSE_LIST_MAX), half = avx2_set8(DENSE_LIST_MAX / 2);
    __m256i low = avx2_load(w->counts), high = avx2_load(w->counts + 32);
    __m256i low_lists = _mm256_cmpeq_epi8(_mm256_min_epu8(low, list_max), low);
    __m256i high_lists = _mm256_cmpeq_epi8(_mm256_min_epu8(high, list_max), high);
    low = _mm256_and_si256(low, low_lists);
    high = _mm256_and_si256(high, high_lists);
    avx2_store(lists, low);
    avx2_store(lists + 32, high);
    uint64_t full = ~avx2_bits(low_lists, high_lists);
    if (avx2_bits(_mm256_cmpgt_epi8(low, half), _mm256_cmpgt_epi8(high, half)))
        all_ranges(w, lists, full, DENSE_LIST_MAX, words);
    else
        all_ranges(w, lists, full, DENSE_LIST_MAX / 2, words);
}

static uint8_t exception(const dense_window *w, uint32_t number)
{
    return w->exceptions[number < w->exceptions_size ? number : 0];
}

/* The escapes before number `before`; remembers where it counted to. */
INLINE uint32_t escapes_before(dense_window *w, uint32_t before)
{
    if (w->escapes_to > before)
        w->escapes = w->escapes_to = 0;
    w->escapes += plain_count_escapes(w->wdf, w->escapes_to, before - w->escapes_to, w->width);
    w->escapes_to = before;
    return w->escapes;
}

/* The wdf of up to 8 documents. */
INLINE void few_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    uint64_t each = AVX2_ONES * (uint32_t)bits_low(w->width), bit = (uint64_t)before * w->width;
    uint64_t codes = _pdep_u64(bits_load64(w->wdf + (bit >> 3)) >> (bit & 7), each);
    /* A code that is the escape leaves a byte of 0, in which 0x7f added to its lower bits sets no bit. */
    uint64_t other = codes ^ each, escaped = ~(other + AVX2_ONES * 0x7f) & AVX2_ONES << 7;
    escaped = w->width - 1u < 7u ? escaped & bits_low(8 * bits_count(mask)) : 0;
    for (uint32_t used = escaped ? escapes_before(w, before) : 0; escaped; escaped &= escaped - 1) {
        uint32_t at = bits_lowest(escaped) - 7;
        codes = (codes & ~(UINT64_C(255) << at)) | (uint64_t)exception(w, used++) << at;
    }
    __m256i base = avx2_set8(w->base);
    avx2_store(out, avx2_spread_few((uint32_t)mask, 0, codes, base));
    avx2_store(out + 32, avx2_spread_few((uint32_t)(mask >> 32), bits_count((uint32_t)mask), codes, base));
}

TARGET void kernels_avx2_dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    if (bits_count(mask) <= 8) {
        few_wdf(w, mask, before, out);
        return;
    }
    avx2_bytes codes = avx2_spread_numbers(mask, w->wdf, (uint64_t)before * w->width, w->width);
    __m256i base = avx2_set8(w->base), escape = avx2_set8((1u << w->width) - 1);
    uint64_t escaped = avx2_bits(_mm256_cmpeq_epi8(codes.low, escape), _mm256_cmpeq_epi8(codes.high, escape));
    escaped = w->width - 1u < 7u ? escaped : 0; /* codes of others than these documents are 0, which is no escape */
    avx2_store(out, _mm256_add_epi8(codes.low, _mm256_and_si256(base, avx2_mask32((uint32_t)mask))));
    avx2_store(out + 32, _mm256_add_epi8(codes.high, _mm256_and_si256(base, avx2_mask32((uint32_t)(mask >> 32)))));
    for (uint32_t used = escaped ? escapes_before(w, before) : 0; escaped; escaped &= escaped - 1)
        out[bits_lowest(escaped)] = (uint8_t)(exception(w, used++) + w->base);
}

#else

typedef int kernels_avx2_dense_is_empty; /* ISO C wants something in a file */

#endif
