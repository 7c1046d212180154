/* Dense windows with AVX-512. */
#include "codec/kernels.h"

#if ISA_X86

#include "codec/dense_layout.h"
#include "codec/kernels_avx512.h"
#include "codec/kernels_plain.h"

#define TARGET ISA_TARGET_AVX512
#define INLINE AVX512_INLINE

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

#pragma GCC diagnostic pop

TARGET bool kernels_avx512_dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base,
                                      dense_window *w)
{
    dense_layout l;
    if (!dense_layout_read(payload, size, count, &l))
        return false;
    uint64_t both = count;
    dense_layout_open(&l, count, base, w);
    if (l.kind != DENSE_BITSET) {
        __m512i n = _mm512_add_epi8(avx512_unpack64(l.counts, 0, l.count_width), avx512_set8(1));
        n = _mm512_maskz_expand_epi8(l.present, n);
        __m512i twice = _mm512_add_epi8(n, n), bits = _mm512_add_epi8(_mm512_add_epi8(twice, twice), twice);
        bits = _mm512_mask_mov_epi8(bits, _mm512_cmpgt_epu8_mask(n, avx512_set8(DENSE_LIST_MAX)), avx512_set8(64));
        _mm512_store_si512(w->counts, n);
        _mm512_store_si512(w->bits, bits);
        both = avx512_sum_two(n, bits);
    }
    return dense_layout_end(&l, payload + size, (uint32_t)both, (uint32_t)(both >> 32), w);
}

TARGET bool kernels_avx512_dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64])
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

TARGET uint64_t kernels_avx512_dense_range(const dense_window *w, uint32_t range, uint32_t *before)
{
    return w->kind == DENSE_BITSET ? avx512_bitset_range(w, range, before) : avx512_counted_range(w, range, before);
}

TARGET void kernels_avx512_dense_ranges(const dense_window *w, uint64_t ranges, uint64_t words[64],
                                        uint16_t before[64])
{
    uint32_t first;
    if (w->kind == DENSE_BITSET) {
        for (; ranges; ranges &= ranges - 1) {
            uint32_t range = bits_lowest(ranges);
            words[range] = avx512_bitset_range(w, range, &first);
            before[range] = (uint16_t)first;
        }
        return;
    }
    for (; ranges; ranges &= ranges - 1) {
        uint32_t range = bits_lowest(ranges);
        words[range] = avx512_counted_range(w, range, &first);
        before[range] = (uint16_t)first;
    }
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
    __m512i x = _mm512_maskz_expand_epi8(there, avx512_unpack64(documents, bit, 6)), words = _mm512_setzero_si512();
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

TARGET void kernels_avx512_dense_all(const dense_window *w, uint64_t words[64])
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

TARGET void kernels_avx512_dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    _mm512_storeu_si512(out, _mm512_maskz_expand_epi8(mask, avx512_dense_wdf(w, bits_count(mask), before)));
}

#else

typedef int kernels_avx512_dense_is_empty; /* ISO C wants something in a file */

#endif
