/* The kernels with AVX2 and BMI2: bytes are spread and gathered eight at a time with pdep; documents are weighed eight
 * neighbours at a time, those left out that have none wanted. */
#include "codec/kernels.h"

#if ISA_X86

#include <immintrin.h>

#include "codec/dense_layout.h"
#include "codec/kernels_plain.h"

#define TARGET ISA_TARGET_AVX2
#define INLINE static inline __attribute__((always_inline)) TARGET

#define ONES UINT64_C(0x0101010101010101)

INLINE uint32_t lower_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

INLINE __m256i load(const void *at)
{
    return _mm256_loadu_si256(at);
}

INLINE void store(void *at, __m256i v)
{
    _mm256_storeu_si256(at, v);
}

INLINE __m256i set8(uint32_t v)
{
    return _mm256_set1_epi8((char)v);
}

INLINE __m256i set16(uint32_t v)
{
    return _mm256_set1_epi16((short)v);
}

/* ---- numbers of one width ---- */

/* n numbers of width 0 to 8, written by eights. The first bit of width 8 is that of a byte. */
INLINE void unpack_eights(const uint8_t *at, uint64_t bit, uint32_t width, uint32_t n, uint8_t *out)
{
    uint64_t each = ONES * (uint32_t)bits_low(width);
    at += bit >> 3;
    for (uint32_t i = 0; i < n; i += 8, at += width)
        bits_store64(out + i, _pdep_u64(bits_load64(at) >> (bit & 7), each));
}

TARGET static void unpack(const uint8_t *at, uint64_t bit, uint32_t width, uint32_t n, uint8_t *out)
{
    if (width < 8 || !(bit & 7))
        unpack_eights(at, bit, width, n, out);
    else
        for (uint32_t i = 0; i < n; i += 8)
            bits_store64(out + i, plain_word(at, bit + (uint64_t)i * 8));
}

/* Those of 64 bytes that are the escape. */
INLINE uint64_t escapes_of(const uint8_t *codes, uint32_t width)
{
    __m256i escape = set8((1u << width) - 1);
    uint64_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(codes), escape));
    uint64_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(load(codes + 32), escape));
    return low | high << 32;
}

/* The escapes among n <= 64 numbers from number i on. */
INLINE uint32_t count_escapes(const uint8_t *wdf, uint32_t i, uint32_t n, uint32_t width)
{
    alignas(32) uint8_t codes[64];
    unpack_eights(wdf, (uint64_t)i * width, width, 64, codes);
    return bits_count(escapes_of(codes, width) & bits_low(n));
}

/* ---- dense windows ---- */

/* out gets bytes from `in` one after another where mask is set, else 0. */
INLINE void spread64(uint64_t mask, const uint8_t *in, uint8_t *out)
{
    for (uint32_t i = 0; i < 64; i += 8) {
        uint64_t wanted = mask >> i & 255;
        bits_store64(out + i, _pdep_u64(bits_load64(in), _pdep_u64(wanted, ONES) * 255));
        in += bits_count(wanted);
    }
}

TARGET static void spread(uint64_t mask, const uint8_t *in, uint8_t out[64])
{
    spread64(mask, in, out);
}

INLINE uint64_t sum4(__m256i v)
{
    __m128i two = _mm_add_epi64(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    return (uint64_t)_mm_cvtsi128_si64(_mm_add_epi64(two, _mm_unpackhi_epi64(two, two)));
}

/* The sums of counts and bits, in the low and the high half, of the ranges before one. */
INLINE uint64_t sum_before(const dense_window *w, uint32_t range)
{
    const __m256i zero = _mm256_setzero_si256();
    const __m256i numbers = _mm256_setr_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
                                             21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31);
    __m256i low = _mm256_cmpgt_epi8(set8(range), numbers);
    __m256i high = _mm256_cmpgt_epi8(set8(range), _mm256_add_epi8(numbers, set8(32)));
    __m256i n = _mm256_add_epi64(_mm256_sad_epu8(_mm256_and_si256(load(w->counts), low), zero),
                                 _mm256_sad_epu8(_mm256_and_si256(load(w->counts + 32), high), zero));
    __m256i bits = _mm256_add_epi64(_mm256_sad_epu8(_mm256_and_si256(load(w->bits), low), zero),
                                    _mm256_sad_epu8(_mm256_and_si256(load(w->bits + 32), high), zero));
    return sum4(_mm256_add_epi64(n, _mm256_slli_epi64(bits, 32)));
}

/* Fills in counts and bits. */
INLINE void open_ranges(dense_window *w, const dense_layout *l)
{
    const __m256i list_max = set8(DENSE_LIST_MAX);
    if (l->kind == DENSE_NIBBLES) {
        uint8_t counts[64 + 8];
        for (uint32_t i = 0; i < 64; i += 16) {
            uint64_t eight = bits_load64(l->counts + i / 2);
            bits_store64(counts + i, _pdep_u64(eight, ONES * 15));
            bits_store64(counts + i + 8, _pdep_u64(eight >> 32, ONES * 15));
        }
        bits_store64(counts + 64, 0);
        spread64(l->present, counts, w->counts);
    } else {
        spread64(l->present, l->counts, w->counts);
    }
    for (uint32_t i = 0; i < 64; i += 32) {
        __m256i n = load(w->counts + i), twice = _mm256_add_epi8(n, n);
        __m256i bits = _mm256_add_epi8(_mm256_add_epi8(twice, twice), twice);
        __m256i list = _mm256_cmpeq_epi8(_mm256_min_epu8(n, list_max), n);
        store(w->bits + i, _mm256_blendv_epi8(set8(64), bits, list));
    }
}

TARGET static bool dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w)
{
    dense_layout l;
    if (!dense_layout_read(payload, size, count, &l))
        return false;
    uint64_t both = count;
    dense_layout_open(&l, count, base, w);
    if (l.kind != DENSE_BITSET) {
        open_ranges(w, &l);
        both = sum_before(w, 64);
    }
    return dense_layout_end(&l, payload + size, (uint32_t)both, (uint32_t)(both >> 32), w);
}

TARGET static bool dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64])
{
    uint64_t present = size < DENSE_HEADER ? 0 : bits_load64(payload + 1);
    bool whole = size >= DENSE_HEADER + bits_count(present);
    spread64(whole ? present : 0, payload + (whole ? DENSE_HEADER : 0), bounds);
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

INLINE uint64_t range_mask(const uint8_t *documents, uint64_t bit, uint32_t n)
{
    if (n > DENSE_LIST_MAX)
        return plain_word(documents, bit);
    return n ? list_mask(bits_load64(documents + (bit >> 3)) >> (bit & 7), n) : 0;
}

TARGET static uint64_t places_ranges(const uint16_t *places, uint32_t n)
{
    uint64_t ranges = 0;
    for (uint32_t i = 0; i < n; i++)
        ranges |= UINT64_C(1) << (places[i] >> 6 & 63);
    return ranges;
}

/* A bit for each of 16 numbers of 16 bits that are all ones or zeros. */
INLINE uint32_t mask16(__m256i v, uint32_t n)
{
    return _pext_u32((uint32_t)_mm256_movemask_epi8(v) & (uint32_t)bits_low(2 * n), 0x55555555);
}

TARGET static uint64_t places_range(const uint16_t *places, uint32_t n, uint32_t range, uint32_t *before)
{
    uint64_t mask = 0;
    *before = 0;
    for (uint32_t i = 0; i < n; i += 16) {
        __m256i at = _mm256_srli_epi16(load(places + i), 6);
        uint32_t there = n - i < 16 ? n - i : 16, same = mask16(_mm256_cmpeq_epi16(at, set16(range)), there);
        *before += bits_count(mask16(_mm256_cmpgt_epi16(set16(range), at), there));
        for (; same; same &= same - 1)
            mask |= UINT64_C(1) << (places[i + bits_lowest(same)] & 63);
        if (mask16(_mm256_cmpgt_epi16(at, set16(range)), there))
            break;
    }
    return mask;
}

TARGET static uint64_t dense_range(const dense_window *w, uint32_t range, uint32_t *before)
{
    if (w->kind == DENSE_BITSET) {
        const uint8_t *bits = w->documents + DENSE_RANKS;
        uint32_t n = bits_load16(w->documents + (range >> 3) * 2);
        for (uint32_t r = range & ~7u; r < range; r++)
            n += bits_count(bits_load64(bits + r * 8));
        *before = lower_of(n, w->count);
        return bits_load64(bits + range * 8);
    }
    uint64_t both = sum_before(w, range);
    *before = (uint32_t)both;
    return range_mask(w->documents, both >> 32, w->counts[range]);
}

TARGET static void dense_all(const dense_window *w, uint64_t words[64])
{
    if (w->kind == DENSE_BITSET) {
        memcpy(words, w->documents + DENSE_RANKS, 512);
        return;
    }
    for (uint32_t r = 0, bit = 0; r < 64; bit += w->bits[r++])
        words[r] = range_mask(w->documents, bit, w->counts[r]);
}

/* Puts exceptions, from number `used` on, in the place of escapes. */
INLINE void put_exceptions(uint8_t *codes, uint64_t escaped, const uint8_t *exceptions, uint32_t size, uint32_t used)
{
    for (; escaped; escaped &= escaped - 1, used++)
        codes[bits_lowest(escaped)] = exceptions[used < size ? used : 0];
}

INLINE void add_base(const uint8_t *codes, uint8_t base, uint8_t *out)
{
    store(out, _mm256_add_epi8(load(codes), set8(base)));
    store(out + 32, _mm256_add_epi8(load(codes + 32), set8(base)));
}

/* The escapes before number `before`; remembers how far it counted whole 64s. */
INLINE uint32_t escapes_before(dense_window *w, uint32_t before)
{
    if (w->escapes_to > before)
        w->escapes = w->escapes_to = 0;
    for (; w->escapes_to + 64 <= before; w->escapes_to += 64)
        w->escapes += count_escapes(w->wdf, w->escapes_to, 64, w->width);
    return w->escapes + count_escapes(w->wdf, w->escapes_to, before - w->escapes_to, w->width);
}

/* A range's wdf when there are exceptions. */
TARGET __attribute__((noinline))
static void escaped_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    alignas(32) uint8_t codes[64 + 8];
    unpack_eights(w->wdf, (uint64_t)before * w->width, w->width, 64, codes);
    uint64_t escaped = escapes_of(codes, w->width) & bits_low(bits_count(mask));
    put_exceptions(codes, escaped, w->exceptions, w->exceptions_size, escapes_before(w, before));
    add_base(codes, w->base, codes);
    bits_store64(codes + 64, 0);
    spread64(mask, codes, out);
}

/* The wdf of up to 8 documents. */
INLINE void few_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    uint64_t each = ONES * (uint32_t)bits_low(w->width), bit = (uint64_t)before * w->width;
    uint64_t codes = _pdep_u64(bits_load64(w->wdf + (bit >> 3)) >> (bit & 7), each);
    uint64_t other = codes ^ each, escaped = (other - ONES) & ~other & ONES << 7;
    if (w->width - 1u < 7u && escaped & bits_low(8 * bits_count(mask))) {
        escaped_wdf(w, mask, before, out);
        return;
    }
    store(out, _mm256_setzero_si256());
    store(out + 32, _mm256_setzero_si256());
    for (; mask; mask &= mask - 1, codes >>= 8)
        out[bits_lowest(mask)] = (uint8_t)(codes + w->base);
}

/* Eight documents at a time: pdep makes bytes of their codes and, once more, puts these by their documents. A code that
 * is the escape leaves a byte of 0 in `other`, which a subtraction shows. */
TARGET static void dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    uint32_t width = w->width;
    uint64_t each = ONES * (uint32_t)bits_low(width), base = ONES * w->base, bit = (uint64_t)before * width;
    uint64_t escaped = 0;
    if (bits_count(mask) <= 8) {
        few_wdf(w, mask, before, out);
        return;
    }
    for (uint32_t i = 0; i < 64; i += 8) {
        uint64_t wanted = mask >> i & 255, there = _pdep_u64(wanted, ONES);
        uint64_t codes = _pdep_u64(bits_load64(w->wdf + (bit >> 3)) >> (bit & 7), each);
        codes = _pdep_u64(codes, there * 255);
        uint64_t other = codes ^ each;
        escaped |= (other - ONES) & ~other & there << 7;
        bits_store64(out + i, codes + (base & there * 255));
        bit += bits_count(wanted) * width;
    }
    if (escaped && width - 1u < 7u)
        escaped_wdf(w, mask, before, out);
}

/* ---- sparse lists ---- */

TARGET static void sparse_window(const sparse_list *s, uint32_t window, uint16_t *places, sparse_span *span)
{
    uint32_t per = 1u << (12 - s->low_bits);
    plain_seek seek = plain_seek_window(s, window, per, span);
    uint64_t bit = seek.bit;
    if (seek.skip)
        bit += bits_lowest(_pdep_u64(UINT64_C(1) << (seek.skip - 1), seek.zeros)) + 1;
    plain_scan_window(s, window, per, bit, places, span);
}

TARGET static void sparse_all(const sparse_list *s, uint32_t *documents)
{
    plain_sparse_all(s, documents);
}

TARGET static void sparse_wdf(const sparse_list *s, uint32_t first, uint32_t n, uint32_t sample_begin,
                              uint32_t sample_escapes, uint8_t *wdf)
{
    uint32_t used = sample_escapes, width = s->width;
    bool counted = false; /* used is right for posting number first + i */
    for (uint32_t i = 0; i < n; i += 64) {
        uint8_t *codes = wdf + i;
        unpack_eights(s->wdf, (uint64_t)(first + i) * width, width, 64, codes);
        uint64_t escaped = width - 1u < 7u ? escapes_of(codes, width) & bits_low(n - i) : 0;
        if (escaped) {
            for (uint32_t k = sample_begin; !counted && k < first; k += 64)
                used += count_escapes(s->wdf, k, lower_of(first - k, 64), width);
            counted = true;
            put_exceptions(codes, escaped, s->exceptions, s->exceptions_size, used);
            used += bits_count(escaped);
        }
        add_base(codes, s->base, codes);
    }
}

/* ---- bounds ---- */

/* All ones where not 0. */
INLINE __m256i is_there(__m256i v)
{
    return _mm256_xor_si256(_mm256_cmpeq_epi16(v, _mm256_setzero_si256()), set16(UINT16_MAX));
}

TARGET static void bound_from(const uint8_t *bytes, uint32_t base, uint32_t factor, size_t n, uint16_t *out)
{
    __m256i f = set16(factor), b = set16(base), one = set16(1);
    for (size_t i = 0; i < n; i += 16) {
        __m256i v = _mm256_cvtepu8_epi16(_mm_loadu_si128((const void *)(bytes + i)));
        __m256i product = _mm256_mulhi_epu16(_mm256_slli_epi16(v, 8), f);
        store(out + i, _mm256_and_si256(_mm256_adds_epu16(_mm256_add_epi16(product, one), b), is_there(v)));
    }
}

TARGET static void bound_add(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 16)
        store(to + i, _mm256_adds_epu16(load(to + i), load(other + i)));
}

TARGET static void bound_and(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 16) {
        __m256i a = load(to + i), b = load(other + i), none = _mm256_min_epu16(a, b);
        store(to + i, _mm256_and_si256(_mm256_adds_epu16(a, b), is_there(none)));
    }
}

TARGET static void bound_mask(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 16)
        store(to + i, _mm256_and_si256(load(to + i), is_there(load(other + i))));
}

TARGET static uint64_t bound_live(const uint16_t *bounds, uint32_t least)
{
    uint64_t live = 0;
    if (least > UINT16_MAX)
        return 0;
    for (uint32_t i = 0; i < 64; i += 32) {
        __m256i a = load(bounds + i), b = load(bounds + i + 16);
        a = _mm256_cmpeq_epi16(_mm256_max_epu16(a, set16(least)), a);
        b = _mm256_cmpeq_epi16(_mm256_max_epu16(b, set16(least)), b);
        __m256i both = _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xd8);
        live |= (uint64_t)(uint32_t)_mm256_movemask_epi8(both) << i;
    }
    return live;
}

/* ---- weights ---- */

/* Lengths of any 32 bits; conversions take them as signed, so large ones go in two halves. */
INLINE __m256 norms(const weigh_input *in, __m256i lengths)
{
    __m256 length = _mm256_cvtepi32_ps(lengths);
    if (in->planes == 4) {
        __m256 high = _mm256_mul_ps(_mm256_cvtepi32_ps(_mm256_srli_epi32(lengths, 16)), _mm256_set1_ps(65536));
        length = _mm256_add_ps(high, _mm256_cvtepi32_ps(_mm256_and_si256(lengths, _mm256_set1_epi32(0xffff))));
    }
    __m256 norm = _mm256_add_ps(_mm256_mul_ps(length, _mm256_set1_ps(in->norm_slope)), _mm256_set1_ps(in->norm_base));
    return _mm256_max_ps(norm, _mm256_set1_ps(in->norm_min));
}

INLINE __m256i eight_bytes(const uint8_t *at)
{
    return _mm256_cvtepu8_epi32(_mm_loadl_epi64((const void *)at));
}

/* The total weights of the 8 documents from d on. */
INLINE __m256 weigh_eight(const weigh_input *in, uint32_t d)
{
    __m256i lengths = eight_bytes(in->length[0] + d);
    for (uint32_t p = 1; p < in->planes; p++) {
        __m256i more = eight_bytes(in->length[p] + d);
        lengths = _mm256_or_si256(lengths, _mm256_sll_epi32(more, _mm_cvtsi32_si128((int)(8 * p))));
    }
    __m256 norm = norms(in, lengths), total = _mm256_setzero_ps();
    for (uint32_t j = 0; j < in->lists; j++) {
        __m256i bytes = eight_bytes(in->wdf[j] + d);
        __m256 endless = _mm256_castsi256_ps(_mm256_cmpeq_epi32(bytes, _mm256_set1_epi32(255)));
        __m256 wdf = _mm256_blendv_ps(_mm256_cvtepi32_ps(bytes), _mm256_set1_ps(PLAIN_ENDLESS), endless);
        __m256 part = _mm256_mul_ps(wdf, _mm256_set1_ps(in->factor[j]));
        total = _mm256_add_ps(total, _mm256_div_ps(part, _mm256_add_ps(wdf, norm)));
    }
    return total;
}

TARGET static uint64_t weigh(const weigh_input *in, uint64_t wanted, float threshold)
{
    uint64_t good = 0, left = wanted;
    while (left) {
        uint32_t d = bits_lowest(left) & ~7u;
        __m256 enough = _mm256_cmp_ps(weigh_eight(in, d), _mm256_set1_ps(threshold), _CMP_GE_OQ);
        good |= (uint64_t)(uint32_t)_mm256_movemask_ps(enough) << d;
        left &= ~(UINT64_C(255) << d);
    }
    return good & wanted;
}

/* Lengths of 8 documents; gathers take numbers as signed, so those are turned and the address is moved to match. */
INLINE __m256i gather_lengths(const weigh_input *in, __m256i documents, __m256i there)
{
    const __m256i byte = _mm256_set1_epi32(255), zero = _mm256_setzero_si256();
    __m256i at = _mm256_xor_si256(documents, _mm256_set1_epi32(INT32_MIN)), lengths = zero;
    for (uint32_t p = 0; p < in->planes; p++) {
        const void *plane = (const void *)((uintptr_t)in->length[p] + (UINT64_C(1) << 31));
        __m256i v = _mm256_and_si256(_mm256_mask_i32gather_epi32(zero, plane, at, there, 1), byte);
        lengths = _mm256_or_si256(lengths, _mm256_sll_epi32(v, _mm_cvtsi32_si128((int)(8 * p))));
    }
    return lengths;
}

TARGET static void weigh_exactly(const weigh_input *in, uint64_t wanted, double *out)
{
    plain_weigh_exactly(in, wanted, out);
}

TARGET static size_t split(double *weights, uint64_t *places, size_t n, double least, double *rest,
                           uint64_t *rest_places)
{
    return plain_split(weights, places, n, least, rest, rest_places);
}

TARGET static void saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                            uint8_t *out)
{
    const __m256i most = _mm256_set1_epi32(255), least = _mm256_set1_epi32(1);
    const __m256i numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (uint32_t i = 0; i < n; i += 8) {
        __m256i there = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)lower_of(n - i, 8)), numbers);
        __m256i bytes = eight_bytes(wdf + i);
        __m256 f = _mm256_cvtepi32_ps(bytes);
        __m256 norm = norms(in, gather_lengths(in, load(documents + i), there));
        __m256 s = _mm256_mul_ps(_mm256_div_ps(f, _mm256_add_ps(f, norm)), _mm256_set1_ps(255 * 1.000002f));
        __m256i up = _mm256_cvttps_epi32(_mm256_ceil_ps(s));
        up = _mm256_min_epi32(_mm256_max_epi32(up, least), most);
        up = _mm256_blendv_epi8(up, most, _mm256_cmpeq_epi32(bytes, most));
        __m128i eight = _mm_packus_epi32(_mm256_castsi256_si128(up), _mm256_extracti128_si256(up, 1));
        _mm_storel_epi64((void *)(out + i), _mm_packus_epi16(eight, eight));
    }
}

TARGET static uint32_t count_words(const uint64_t words[64])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < 64; i++)
        n += bits_count(words[i]);
    return n;
}

const kernels kernels_avx2 = {
    .isa = ISA_AVX2,
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

typedef int kernels_avx2_is_empty; /* ISO C wants something in a file */

#endif
