/* The kernels with AVX-512: a range's 64 documents are the 64 bytes of a register, and the masks of ranges and
 * documents are mask registers, so that most steps are one instruction for all of a range or window. */
#include "codec/kernels.h"

#if ISA_X86

#include <immintrin.h>

#include "codec/dense_layout.h"
#include "codec/kernels_plain.h"

#define TARGET ISA_TARGET_AVX512
#define INLINE static inline __attribute__((always_inline)) TARGET

static const uint8_t numbers8[64] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15,
                                     16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
                                     32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 46, 47,
                                     48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
static const uint16_t numbers16[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                       16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};

INLINE uint64_t low_ones(uint32_t n)
{
    return _bzhi_u64(UINT64_MAX, n < 64 ? n : 64);
}

INLINE uint32_t lower_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

INLINE __m512i set8(uint32_t v)
{
    return _mm512_set1_epi8((char)v);
}

INLINE __m512i set16(uint32_t v)
{
    return _mm512_set1_epi16((short)v);
}

/* Without optimisation gcc's gathers are macros, which give their masks to functions of signed ones. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wsign-conversion"

INLINE __m512i gather64(const uint8_t *from, __m512i at)
{
    return _mm512_i64gather_epi64(at, from, 1);
}

/* Zeros where the mask is not set. */
INLINE __m512i gather64_masked(__mmask8 there, const uint8_t *from, __m512i at)
{
    return _mm512_mask_i64gather_epi64(_mm512_setzero_si512(), there, at, from, 1);
}

INLINE __m512i gather32_masked(__mmask16 there, const void *from, __m512i at)
{
    return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), there, at, from, 1);
}

#pragma GCC diagnostic pop

/* ---- numbers of one width ---- */

/* For each width the bytes that eight times eight numbers stand in: lane q of 64 bits takes the `width` bytes from
 * q * width on and some more, so that number i of a lane starts at its bit i * width. */
#define LANE(from) (from), (from) + 1, (from) + 2, (from) + 3, (from) + 4, (from) + 5, (from) + 6, (from) + 7
#define LANES(w)                                                                                                \
    {LANE(0), LANE(w), LANE(2 * (w)), LANE(3 * (w)), LANE(4 * (w)), LANE(5 * (w)), LANE(6 * (w)), LANE(7 * (w))}
alignas(64) static const uint8_t lanes[9][64] = {LANES(0), LANES(1), LANES(2), LANES(3), LANES(4),
                                                 LANES(5), LANES(6), LANES(7), LANES(8)};

/* 64 numbers of width 0 to 8 from any bit; width 8 from the first bit of a byte. Reads 64 bytes. */
INLINE __m512i unpack64(const uint8_t *at, uint64_t bit, uint32_t width)
{
    uint64_t shifts = UINT64_C(0x0706050403020100) * width + UINT64_C(0x0101010101010101) * (bit & 7);
    __m512i v = _mm512_permutexvar_epi8(_mm512_load_si512(lanes[width]), _mm512_loadu_si512(at + (bit >> 3)));
    v = _mm512_multishift_epi64_epi8(_mm512_set1_epi64((long long)shifts), v);
    return _mm512_and_si512(v, set8((1u << width) - 1));
}

/* 32 numbers of width 0 to 15 from any bit. Reads 64 bytes. */
INLINE __m512i unpack32(const uint8_t *at, uint64_t bit, uint32_t width)
{
    __m512i v = _mm512_loadu_si512(at + (bit >> 3));
    __m512i bits = _mm512_mullo_epi16(_mm512_loadu_si512(numbers16), set16(width));
    bits = _mm512_add_epi16(bits, set16(bit & 7));
    __m512i bytes = _mm512_srli_epi16(bits, 3);
    bytes = _mm512_add_epi16(_mm512_or_si512(bytes, _mm512_slli_epi16(bytes, 8)), set16(0x0100));
    __m512i low = _mm512_permutexvar_epi8(bytes, v);
    __m512i high = _mm512_permutexvar_epi8(_mm512_add_epi8(bytes, set8(2)), v);
    v = _mm512_shrdv_epi16(low, high, _mm512_and_si512(bits, set16(7)));
    return _mm512_and_si512(v, set16((1u << width) - 1));
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
    __m512i high = _mm512_permutexvar_epi8(_mm512_add_epi8(bytes, set8(4)), v);
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
        v = unpack64(at, bit, width);
    } else {
        v = _mm512_srl_epi64(_mm512_loadu_si512(at), _mm_cvtsi64_si128((long long)bit));
        v = _mm512_or_si512(v, _mm512_sll_epi64(_mm512_loadu_si512(at + 1), _mm_cvtsi64_si128((long long)(8 - bit))));
    }
    _mm512_storeu_si512(out, v);
}

/* Those of 64 numbers that stand for an exception. */
INLINE uint64_t escapes_of(__m512i v, uint32_t width)
{
    return _mm512_cmpeq_epi8_mask(v, set8((1u << width) - 1));
}

/* The escapes among n <= 64 numbers from number i on. */
INLINE uint32_t count_escapes(const uint8_t *wdf, uint32_t i, uint32_t n, uint32_t width)
{
    return bits_count(escapes_of(unpack64(wdf, (uint64_t)i * width, width), width) & low_ones(n));
}

/* ---- dense windows ---- */

/* The sums of 64 bytes in a and 64 in b, in the low and the high half. */
INLINE uint64_t sum_two(__m512i a, __m512i b)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i both = _mm512_add_epi64(_mm512_sad_epu8(a, zero), _mm512_slli_epi64(_mm512_sad_epu8(b, zero), 32));
    return (uint64_t)_mm512_reduce_add_epi64(both);
}

TARGET static bool dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w)
{
    dense_layout l;
    if (!dense_layout_read(payload, size, count, &l))
        return false;
    uint64_t both = count;
    dense_layout_open(&l, count, base, w);
    if (l.kind != DENSE_BITSET) {
        __m512i n;
        if (l.kind == DENSE_NIBBLES) {
            n = _mm512_cvtepu8_epi16(_mm256_loadu_si256((const void *)l.counts));
            n = _mm512_and_si512(_mm512_or_si512(n, _mm512_slli_epi16(n, 4)), set8(15));
        } else {
            n = _mm512_loadu_si512(l.counts);
        }
        n = _mm512_maskz_expand_epi8(l.present, n);
        __m512i twice = _mm512_add_epi8(n, n), bits = _mm512_add_epi8(_mm512_add_epi8(twice, twice), twice);
        bits = _mm512_mask_mov_epi8(bits, _mm512_cmpgt_epu8_mask(n, set8(DENSE_LIST_MAX)), set8(64));
        _mm512_store_si512(w->counts, n);
        _mm512_store_si512(w->bits, bits);
        both = sum_two(n, bits);
    }
    return dense_layout_end(&l, payload + size, (uint32_t)both, (uint32_t)(both >> 32), w);
}

TARGET static bool dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64])
{
    _mm512_storeu_si512(bounds, _mm512_setzero_si512());
    if (size < DENSE_HEADER)
        return false;
    uint64_t present = bits_load64(payload + 1);
    if (size < DENSE_HEADER + bits_count(present))
        return false;
    _mm512_storeu_si512(bounds, _mm512_maskz_expand_epi8(present, _mm512_loadu_si512(payload + DENSE_HEADER)));
    return true;
}

/* The documents that up to 8 places of 6 bits say. Rotating looks at the low 6 bits of how far only. */
INLINE uint64_t list_mask(uint64_t x, uint32_t n)
{
    const __m512i shifts = _mm512_setr_epi64(0, 6, 12, 18, 24, 30, 36, 42);
    __m512i v = _mm512_srlv_epi64(_mm512_set1_epi64((long long)x), shifts);
    v = _mm512_maskz_rolv_epi64((__mmask8)low_ones(n), _mm512_set1_epi64(1), v);
    return (uint64_t)_mm512_reduce_or_epi64(v);
}

/* The documents that the chosen ones of 32 places say; they are in one range. */
INLINE uint64_t places_mask(const uint16_t *places, uint32_t chosen)
{
    uint64_t mask = 0;
    for (; chosen; chosen &= chosen - 1)
        mask |= UINT64_C(1) << (places[bits_lowest(chosen)] & 63);
    return mask;
}

TARGET static uint64_t places_ranges(const uint16_t *places, uint32_t n)
{
    __m512i ranges = _mm512_setzero_si512();
    for (uint32_t i = 0; i < n; i += 8) {
        __m512i at = _mm512_cvtepu16_epi64(_mm_srli_epi16(_mm_loadu_si128((const void *)(places + i)), 6));
        __mmask8 there = (__mmask8)low_ones(n - i);
        ranges = _mm512_or_si512(ranges, _mm512_maskz_sllv_epi64(there, _mm512_set1_epi64(1), at));
    }
    return (uint64_t)_mm512_reduce_or_epi64(ranges);
}

TARGET static uint64_t places_range(const uint16_t *places, uint32_t n, uint32_t range, uint32_t *before)
{
    uint64_t mask = 0;
    *before = 0;
    for (uint32_t i = 0; i < n; i += 32) {
        __m512i at = _mm512_srli_epi16(_mm512_loadu_si512(places + i), 6);
        uint32_t there = (uint32_t)low_ones(n - i), same = _mm512_cmpeq_epi16_mask(at, set16(range)) & there;
        *before += bits_count(_mm512_cmplt_epu16_mask(at, set16(range)) & there);
        mask |= places_mask(places + i, same);
        if (_mm512_cmpgt_epu16_mask(at, set16(range)) & there)
            break;
    }
    return mask;
}

TARGET static uint64_t dense_range(const dense_window *w, uint32_t range, uint32_t *before)
{
    if (w->kind == DENSE_BITSET) {
        const uint8_t *bits = w->documents + DENSE_RANKS;
        __m512i eight = _mm512_maskz_loadu_epi64((__mmask8)low_ones(range & 7), bits + (range & ~7u) * 8);
        uint32_t rank = bits_load16(w->documents + (range >> 3) * 2);
        *before = lower_of(rank + (uint32_t)_mm512_reduce_add_epi64(_mm512_popcnt_epi64(eight)), w->count);
        return bits_load64(bits + range * 8);
    }
    uint64_t lower = low_ones(range);
    uint64_t both = sum_two(_mm512_maskz_loadu_epi8(lower, w->counts), _mm512_maskz_loadu_epi8(lower, w->bits));
    *before = (uint32_t)both;
    uint32_t n = w->counts[range];
    return n > DENSE_LIST_MAX ? plain_word(w->documents, both >> 32)
                              : list_mask(bits_load64(w->documents + (both >> 35)) >> (both >> 32 & 7), n);
}

/* x[0], x[0] + x[1], ... */
INLINE __m512i prefix_sums(__m512i x)
{
    const __m512i zero = _mm512_setzero_si512();
    x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 7));
    x = _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 6));
    return _mm512_add_epi64(x, _mm512_alignr_epi64(x, zero, 4));
}

/* The documents of 8 ranges that begin at bits `at`. */
INLINE __m512i eight_ranges(const uint8_t *documents, __m512i at, __m512i counts)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i byte = _mm512_srli_epi64(at, 3), shift = _mm512_and_si512(at, _mm512_set1_epi64(7)), words = zero;
    __m512i x = _mm512_srlv_epi64(gather64(documents, byte), shift);
    __mmask8 full = _mm512_cmpgt_epu64_mask(counts, _mm512_set1_epi64(DENSE_LIST_MAX)), lists = (__mmask8)~full;
    if (full) {
        __m512i rest = gather64_masked(full, documents + 8, byte);
        rest = _mm512_sllv_epi64(rest, _mm512_sub_epi64(_mm512_set1_epi64(64), shift));
        words = _mm512_maskz_or_epi64(full, x, rest);
    }
    for (int i = 0; i < DENSE_LIST_MAX; i++, x = _mm512_srli_epi64(x, 6)) {
        __mmask8 more = _mm512_mask_cmpgt_epu64_mask(lists, counts, _mm512_set1_epi64(i));
        if (!more)
            break;
        words = _mm512_or_si512(words, _mm512_maskz_rolv_epi64(more, _mm512_set1_epi64(1), x));
    }
    return words;
}

/* The documents of 8 ranges that all are numbers of 6 bits: unpacked together, then each range's to its own lane, of
 * which `there` has a bit for each number. */
INLINE __m512i eight_lists(const uint8_t *documents, uint64_t bit, uint64_t there)
{
    __m512i x = _mm512_maskz_expand_epi8(there, unpack64(documents, bit, 6)), words = _mm512_setzero_si512();
    __m512i numbers = _mm512_cvtepu8_epi64(_mm_cvtsi64_si128((long long)there));
    /* Half of them or all: how many there are at most is guessed wrong too often. */
    for (int half = 0; half < DENSE_LIST_MAX; half += DENSE_LIST_MAX / 2) {
        for (int i = half; i < half + DENSE_LIST_MAX / 2; i++, x = _mm512_srli_epi64(x, 8)) {
            __mmask8 more = _mm512_test_epi64_mask(numbers, _mm512_set1_epi64(1 << i));
            words = _mm512_or_si512(words, _mm512_maskz_rolv_epi64(more, _mm512_set1_epi64(1), x));
        }
        if (!(there & UINT64_C(0xf0f0f0f0f0f0f0f0)))
            break;
    }
    return words;
}

TARGET static void dense_all(const dense_window *w, uint64_t words[64])
{
    if (w->kind == DENSE_BITSET) {
        memcpy(words, w->documents + DENSE_RANKS, 512);
        return;
    }
    alignas(64) uint8_t there[64]; /* by range as many bits as it has numbers */
    const __m512i ones = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 3, 7, 15, 31, 63, 127, -1, 0, 0, 0, 0, 0, 0, 0));
    _mm512_store_si512(there, _mm512_shuffle_epi8(ones, _mm512_load_si512(w->counts)));
    uint64_t bit = 0;
    for (uint32_t r = 0; r < 64; r += 8) {
        uint64_t eight = bits_load64(w->counts + r), lists = bits_load64(there + r);
        /* More than 8 in some range; only damaged ones have 128 or more. */
        if ((eight | (eight + UINT64_C(0x7777777777777777))) & UINT64_C(0x8080808080808080)) {
            __m512i bits = _mm512_cvtepu8_epi64(_mm_loadl_epi64((const void *)(w->bits + r)));
            __m512i counts = _mm512_cvtepu8_epi64(_mm_cvtsi64_si128((long long)eight)), end = prefix_sums(bits);
            __m512i at = _mm512_add_epi64(_mm512_sub_epi64(end, bits), _mm512_set1_epi64((long long)bit));
            _mm512_storeu_si512(words + r, eight_ranges(w->documents, at, counts));
            bit += (uint64_t)_mm512_reduce_add_epi64(bits);
        } else {
            _mm512_storeu_si512(words + r, eight_lists(w->documents, bit, lists));
            bit += 6 * bits_count(lists);
        }
    }
}

/* The escapes before number `before`; remembers how far it counted whole registers. */
INLINE uint32_t escapes_before(dense_window *w, uint32_t before)
{
    if (w->escapes_to > before)
        w->escapes = w->escapes_to = 0;
    for (; w->escapes_to + 64 <= before; w->escapes_to += 64)
        w->escapes += count_escapes(w->wdf, w->escapes_to, 64, w->width);
    return w->escapes + count_escapes(w->wdf, w->escapes_to, before - w->escapes_to, w->width);
}

TARGET static void dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    __m512i v = unpack64(w->wdf, (uint64_t)before * w->width, w->width);
    uint64_t escaped = w->width - 1u < 7u ? escapes_of(v, w->width) & low_ones(bits_count(mask)) : 0;
    if (escaped) {
        uint32_t from = lower_of(escapes_before(w, before), w->exceptions_size);
        v = _mm512_mask_expand_epi8(v, escaped, _mm512_loadu_si512(w->exceptions + from));
    }
    _mm512_storeu_si512(out, _mm512_maskz_expand_epi8(mask, _mm512_add_epi8(v, set8(w->base))));
}

/* ---- sparse lists ---- */

/* The postings whose bits are `ones`, from posting number i on: `passed` is how many buckets
 * lie before the bits. */
INLINE void put_places(const sparse_list *s, uint64_t ones, uint32_t i, uint32_t n, uint32_t passed, uint16_t *places)
{
    __m512i at = _mm512_maskz_compress_epi8(ones, _mm512_loadu_si512(numbers8));
    for (uint32_t d = 0; d < n; d += 32) {
        __m512i bucket = _mm512_cvtepu8_epi16(_mm512_castsi512_si256(at));
        bucket = _mm512_add_epi16(_mm512_sub_epi16(bucket, _mm512_loadu_si512(numbers16)), set16(passed - d));
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
    uint32_t room = lower_of(s->count - begin, 4096);
    while (left && n < room && bit < s->upper_bits) {
        uint64_t x = bits_load64(s->upper + (bit >> 3)) >> (bit & 7), none = ~x & low_ones(56);
        uint32_t passed = bits_count(none), width = 56;
        if (passed >= left) {
            width = bits_lowest(_pdep_u64(UINT64_C(1) << (left - 1), none));
            passed = left;
        }
        uint64_t ones = x & low_ones(width);
        uint32_t more = lower_of(bits_count(ones), room - n);
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
    const __m512i lane = _mm512_cvtepu16_epi32(_mm256_loadu_si256((const void *)numbers16));
    __m128i shift = _mm_cvtsi32_si128((int)s->low_bits);
    uint32_t i = 0;
    for (uint64_t bit = 0; bit < s->upper_bits && i < s->count; bit += 64) {
        uint64_t ones = bits_load64(s->upper + bit / 8);
        if (s->upper_bits - bit < 64)
            ones &= low_ones((uint32_t)(s->upper_bits - bit));
        uint32_t n = lower_of(bits_count(ones), s->count - i);
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
        __m512i v = unpack64(s->wdf, (uint64_t)(first + i) * width, width);
        uint64_t escaped = width - 1u < 7u ? escapes_of(v, width) & low_ones(n - i) : 0;
        if (escaped) {
            for (uint32_t k = sample_begin; !counted && k < first; k += 64)
                used += count_escapes(s->wdf, k, first - k, width);
            counted = true;
            const uint8_t *exceptions = s->exceptions + lower_of(used, s->exceptions_size);
            v = _mm512_mask_expand_epi8(v, escaped, _mm512_loadu_si512(exceptions));
            used += bits_count(escaped);
        }
        _mm512_storeu_si512(wdf + i, _mm512_add_epi8(v, set8(s->base)));
    }
}

TARGET static void spread(uint64_t mask, const uint8_t *in, uint8_t out[64])
{
    _mm512_storeu_si512(out, _mm512_maskz_expand_epi8(mask, _mm512_loadu_si512(in)));
}

/* ---- bounds ---- */

TARGET static void bound_from(const uint8_t *bytes, uint32_t base, uint32_t factor, size_t n, uint16_t *out)
{
    __m512i f = set16(factor), b = set16(base), one = set16(1);
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
    uint64_t low = _mm512_cmpge_epu16_mask(_mm512_loadu_si512(bounds), set16(least));
    uint64_t high = _mm512_cmpge_epu16_mask(_mm512_loadu_si512(bounds + 32), set16(least));
    return low | high << 32;
}

/* ---- weights ---- */

INLINE __m512 norms(const weigh_input *in, __m512i lengths)
{
    __m512 norm = _mm512_mul_ps(_mm512_cvtepu32_ps(lengths), _mm512_set1_ps(in->norm_slope));
    return _mm512_max_ps(_mm512_add_ps(norm, _mm512_set1_ps(in->norm_base)), _mm512_set1_ps(in->norm_min));
}

INLINE __m512i sixteen_bytes(const uint8_t *at)
{
    return _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)at));
}

/* The total weights of the 16 documents from d on. */
INLINE __m512 weigh_sixteen(const weigh_input *in, uint32_t d)
{
    __m512i lengths = sixteen_bytes(in->length[0] + d);
    for (uint32_t p = 1; p < in->planes; p++) {
        __m512i more = sixteen_bytes(in->length[p] + d);
        lengths = _mm512_or_si512(lengths, _mm512_sll_epi32(more, _mm_cvtsi32_si128((int)(8 * p))));
    }
    __m512 norm = norms(in, lengths), total = _mm512_setzero_ps();
    for (uint32_t j = 0; j < in->lists; j++) {
        __m512i bytes = sixteen_bytes(in->wdf[j] + d);
        __mmask16 endless = _mm512_cmpeq_epi32_mask(bytes, _mm512_set1_epi32(255));
        __m512 wdf = _mm512_mask_mov_ps(_mm512_cvtepi32_ps(bytes), endless, _mm512_set1_ps(PLAIN_ENDLESS));
        __m512 part = _mm512_div_ps(_mm512_mul_ps(wdf, _mm512_set1_ps(in->factor[j])), _mm512_add_ps(wdf, norm));
        total = _mm512_add_ps(total, part);
    }
    return total;
}

TARGET static uint64_t weigh(const weigh_input *in, uint64_t wanted, float threshold)
{
    uint64_t good = 0, left = wanted;
    while (left) {
        uint32_t d = bits_lowest(left) & ~15u;
        __mmask16 enough = _mm512_cmp_ps_mask(weigh_sixteen(in, d), _mm512_set1_ps(threshold), _CMP_GE_OQ);
        good |= (uint64_t)enough << d;
        left &= ~(UINT64_C(0xffff) << d);
    }
    return good & wanted;
}

TARGET static void weigh_exactly(const weigh_input *in, uint64_t wanted, double *out)
{
    uint32_t n = bits_count(wanted);
    __m512d norm[8], total[8];
    __m512i planes[4];
    if (n < 10) { /* bringing them together costs more than dividing them at once saves */
        plain_weigh_exactly(in, wanted, out);
        return;
    }
    for (uint32_t p = 0; p < in->planes; p++)
        planes[p] = _mm512_maskz_compress_epi8(wanted, _mm512_loadu_si512(in->length[p]));
    for (uint32_t i = 0; i < n; i += 8) {
        __m256i length = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(planes[0]));
        planes[0] = _mm512_alignr_epi64(planes[0], planes[0], 1);
        for (uint32_t p = 1; p < in->planes; p++) {
            __m256i more = _mm256_cvtepu8_epi32(_mm512_castsi512_si128(planes[p]));
            planes[p] = _mm512_alignr_epi64(planes[p], planes[p], 1);
            length = _mm256_or_si256(length, _mm256_sll_epi32(more, _mm_cvtsi32_si128((int)(8 * p))));
        }
        __m512d v = _mm512_mul_pd(_mm512_set1_pd(in->exact_slope), _mm512_cvtepu32_pd(length));
        norm[i / 8] = _mm512_max_pd(_mm512_add_pd(_mm512_set1_pd(in->exact_base), v), _mm512_set1_pd(in->exact_min));
        total[i / 8] = _mm512_setzero_pd();
    }
    for (uint32_t j = 0; j < in->lists; j++) {
        __m512i bytes = _mm512_maskz_compress_epi8(wanted, _mm512_loadu_si512(in->wdf[j]));
        for (uint32_t i = 0; i < n; i += 8) {
            __m512d wdf = _mm512_cvtepi32_pd(_mm256_cvtepu8_epi32(_mm512_castsi512_si128(bytes)));
            __mmask8 there = _mm512_cmp_pd_mask(wdf, _mm512_setzero_pd(), _CMP_GT_OQ);
            __m512d share = _mm512_maskz_div_pd(there, wdf, _mm512_add_pd(wdf, norm[i / 8]));
            total[i / 8] = _mm512_add_pd(total[i / 8], _mm512_mul_pd(_mm512_set1_pd(in->exact_factor[j]), share));
            bytes = _mm512_alignr_epi64(bytes, bytes, 1);
        }
    }
    for (uint32_t i = 0; i < n; i += 8)
        _mm512_storeu_pd(out + i, total[i / 8]);
}

TARGET static size_t split(double *weights, uint64_t *places, size_t n, double least, double *rest,
                           uint64_t *rest_places)
{
    const __m512d pivot = _mm512_set1_pd(least);
    size_t front = 0, behind = 0;
    for (size_t i = 0; i < n; i += 8) {
        __mmask8 there = (__mmask8)low_ones(n - i < 8 ? (uint32_t)(n - i) : 8);
        __m512d w = _mm512_maskz_loadu_pd(there, weights + i);
        __m512i p = _mm512_maskz_loadu_epi64(there, places + i);
        __mmask8 good = _mm512_cmp_pd_mask(w, pivot, _CMP_GE_OQ) & there, bad = (__mmask8)(there & ~good);
        /* What is written behind the kept ones was read before, or is room. */
        _mm512_storeu_pd(weights + front, _mm512_maskz_compress_pd(good, w));
        _mm512_storeu_si512(places + front, _mm512_maskz_compress_epi64(good, p));
        _mm512_storeu_pd(rest + behind, _mm512_maskz_compress_pd(bad, w));
        _mm512_storeu_si512(rest_places + behind, _mm512_maskz_compress_epi64(bad, p));
        front += bits_count(good);
        behind += bits_count(bad);
    }
    return front;
}

/* Lengths of 16 documents; gathers take numbers as signed, so those are turned and the address is moved to match. */
INLINE __m512i gather_lengths(const weigh_input *in, __m512i documents, __mmask16 there)
{
    const __m512i byte = _mm512_set1_epi32(255);
    __m512i at = _mm512_xor_si512(documents, _mm512_set1_epi32(INT32_MIN)), lengths = _mm512_setzero_si512();
    for (uint32_t p = 0; p < in->planes; p++) {
        const void *plane = (const void *)((uintptr_t)in->length[p] + (UINT64_C(1) << 31));
        __m512i v = _mm512_and_si512(gather32_masked(there, plane, at), byte);
        lengths = _mm512_or_si512(lengths, _mm512_sll_epi32(v, _mm_cvtsi32_si128((int)(8 * p))));
    }
    return lengths;
}

TARGET static void saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                            uint8_t *out)
{
    const __m512i most = _mm512_set1_epi32(255), least = _mm512_set1_epi32(1);
    for (uint32_t i = 0; i < n; i += 16) {
        __mmask16 there = (__mmask16)low_ones(n - i);
        __m512i bytes = _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)(wdf + i)));
        __m512 f = _mm512_cvtepi32_ps(bytes);
        __m512 norm = norms(in, gather_lengths(in, _mm512_maskz_loadu_epi32(there, documents + i), there));
        __m512 s = _mm512_mul_ps(_mm512_div_ps(f, _mm512_add_ps(f, norm)), _mm512_set1_ps(255 * 1.000002f));
        __m512i up = _mm512_cvt_roundps_epi32(s, _MM_FROUND_TO_POS_INF | _MM_FROUND_NO_EXC);
        up = _mm512_min_epi32(_mm512_max_epi32(up, least), most);
        up = _mm512_mask_mov_epi32(up, _mm512_cmpeq_epi32_mask(bytes, most), most);
        _mm_storeu_si128((void *)(out + i), _mm512_cvtepi32_epi8(up));
    }
}

TARGET static uint32_t count_words(const uint64_t words[64])
{
    __m512i n = _mm512_setzero_si512();
    for (uint32_t i = 0; i < 64; i += 8)
        n = _mm512_add_epi64(n, _mm512_popcnt_epi64(_mm512_loadu_si512(words + i)));
    return (uint32_t)_mm512_reduce_add_epi64(n);
}

const kernels kernels_avx512 = {
    .isa = ISA_AVX512,
    .unpack = unpack,
    .dense_open = dense_open,
    .dense_bounds = dense_bounds,
    .dense_range = dense_range,
    .dense_all = dense_all,
    .dense_wdf = dense_wdf,
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
    .weigh = weigh,
    .weigh_exactly = weigh_exactly,
    .split = split,
    .saturate = saturate,
    .count_words = count_words,
};

#else

typedef int kernels_avx512_is_empty; /* ISO C wants something in a file */

#endif
