/* What the files of kernels with AVX-512 share: kernels_avx512.c has their table. A range's 64 documents are the 64
 * bytes of a register, and the masks of ranges and documents are mask registers, so that most steps are one instruction
 * for all of a range or window. */
#ifndef CODEC_KERNELS_AVX512_H
#define CODEC_KERNELS_AVX512_H

#include "base/bits.h"
#include "codec/dense_layout.h"
#include "codec/kernels.h"

#if ISA_X86

#include <immintrin.h>

#define AVX512_INLINE static inline __attribute__((always_inline)) ISA_TARGET_AVX512

AVX512_INLINE uint64_t avx512_low_ones(uint32_t n)
{
    return _bzhi_u64(UINT64_MAX, n < 64 ? n : 64);
}

AVX512_INLINE uint32_t avx512_lower_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

AVX512_INLINE __m512i avx512_set8(uint32_t v)
{
    return _mm512_set1_epi8((char)v);
}

AVX512_INLINE __m512i avx512_set16(uint32_t v)
{
    return _mm512_set1_epi16((short)v);
}

/* For each width the bytes that eight times eight numbers stand in: lane q of 64 bits takes the `width` bytes from
 * q * width on and some more, so that number i of a lane starts at its bit i * width. */
#define AVX512_LANE(from) (from), (from) + 1, (from) + 2, (from) + 3, (from) + 4, (from) + 5, (from) + 6, (from) + 7
#define AVX512_LANES(w)                                                                      \
    {AVX512_LANE(0),       AVX512_LANE(w),       AVX512_LANE(2 * (w)), AVX512_LANE(3 * (w)), \
     AVX512_LANE(4 * (w)), AVX512_LANE(5 * (w)), AVX512_LANE(6 * (w)), AVX512_LANE(7 * (w))}
alignas(64) static const uint8_t avx512_lanes[9][64] = {AVX512_LANES(0), AVX512_LANES(1), AVX512_LANES(2),
                                                        AVX512_LANES(3), AVX512_LANES(4), AVX512_LANES(5),
                                                        AVX512_LANES(6), AVX512_LANES(7), AVX512_LANES(8)};

/* 64 numbers of width 0 to 8 from any bit; width 8 from the first bit of a byte. Reads 64 bytes. */
AVX512_INLINE __m512i avx512_unpack64(const uint8_t *at, uint64_t bit, uint32_t width)
{
    uint64_t shifts = UINT64_C(0x0706050403020100) * width + UINT64_C(0x0101010101010101) * (bit & 7);
    __m512i v = _mm512_permutexvar_epi8(_mm512_load_si512(avx512_lanes[width]), _mm512_loadu_si512(at + (bit >> 3)));
    v = _mm512_multishift_epi64_epi8(_mm512_set1_epi64((long long)shifts), v);
    return _mm512_and_si512(v, avx512_set8((1u << width) - 1));
}

/* Those of 64 numbers that stand for an exception. */
AVX512_INLINE uint64_t avx512_escapes_of(__m512i v, uint32_t width)
{
    return _mm512_cmpeq_epi8_mask(v, avx512_set8((1u << width) - 1));
}

/* The escapes among n <= 64 numbers from number i on. */
AVX512_INLINE uint32_t avx512_count_escapes(const uint8_t *wdf, uint32_t i, uint32_t n, uint32_t width)
{
    __m512i v = avx512_unpack64(wdf, (uint64_t)i * width, width);
    return bits_count(avx512_escapes_of(v, width) & avx512_low_ones(n));
}

/* The escapes before number `before`; remembers how far it counted whole registers. */
AVX512_INLINE uint32_t avx512_escapes_before(dense_window *w, uint32_t before)
{
    if (w->escapes_to > before)
        w->escapes = w->escapes_to = 0;
    for (; w->escapes_to + 64 <= before; w->escapes_to += 64)
        w->escapes += avx512_count_escapes(w->wdf, w->escapes_to, 64, w->width);
    return w->escapes + avx512_count_escapes(w->wdf, w->escapes_to, before - w->escapes_to, w->width);
}

/* The wdf of n <= 64 documents from number `before` on, in order. */
AVX512_INLINE __m512i avx512_dense_wdf(dense_window *w, uint32_t n, uint32_t before)
{
    __m512i v = avx512_unpack64(w->wdf, (uint64_t)before * w->width, w->width);
    uint64_t escaped = w->width - 1u < 7u ? avx512_escapes_of(v, w->width) & avx512_low_ones(n) : 0;
    if (escaped) {
        uint32_t from = avx512_lower_of(avx512_escapes_before(w, before), w->exceptions_size);
        v = _mm512_mask_expand_epi8(v, escaped, _mm512_loadu_si512(w->exceptions + from));
    }
    return _mm512_add_epi8(v, avx512_set8(w->base));
}

/* The sums of 64 bytes in a and 64 in b, in the low and the high half. */
AVX512_INLINE uint64_t avx512_sum_two(__m512i a, __m512i b)
{
    const __m512i zero = _mm512_setzero_si512();
    __m512i both = _mm512_add_epi64(_mm512_sad_epu8(a, zero), _mm512_slli_epi64(_mm512_sad_epu8(b, zero), 32));
    return (uint64_t)_mm512_reduce_add_epi64(both);
}

/* The documents that up to 8 places of 6 bits say. Rotating looks at the low 6 bits of how far only. */
AVX512_INLINE uint64_t avx512_list_mask(uint64_t x, uint32_t n)
{
    const __m512i shifts = _mm512_setr_epi64(0, 6, 12, 18, 24, 30, 36, 42);
    __m512i v = _mm512_srlv_epi64(_mm512_set1_epi64((long long)x), shifts);
    v = _mm512_maskz_rolv_epi64((__mmask8)avx512_low_ones(n), _mm512_set1_epi64(1), v);
    return (uint64_t)_mm512_reduce_or_epi64(v);
}

AVX512_INLINE uint64_t avx512_bitset_range(const dense_window *w, uint32_t range, uint32_t *before)
{
    const uint8_t *bits = w->documents + DENSE_RANKS;
    __m512i eight = _mm512_maskz_loadu_epi64((__mmask8)avx512_low_ones(range & 7), bits + (range & ~7u) * 8);
    uint32_t rank = bits_load16(w->documents + (range >> 3) * 2);
    *before = avx512_lower_of(rank + (uint32_t)_mm512_reduce_add_epi64(_mm512_popcnt_epi64(eight)), w->count);
    return bits_load64(bits + range * 8);
}

/* Whether it is a list or a word is guessed wrong too often, so it is read as both. */
AVX512_INLINE uint64_t avx512_counted_range(const dense_window *w, uint32_t range, uint32_t *before)
{
    uint64_t lower = avx512_low_ones(range);
    uint64_t both = avx512_sum_two(_mm512_maskz_loadu_epi8(lower, w->counts), _mm512_maskz_loadu_epi8(lower, w->bits));
    const uint8_t *at = w->documents + (both >> 35);
    uint32_t shift = both >> 32 & 7, n = w->counts[range];
    uint64_t x = bits_load64(at) >> shift, word = x | bits_load64(at + 8) << 1 << (63 - shift);
    uint64_t is_word = -(uint64_t)(n > DENSE_LIST_MAX);
    *before = (uint32_t)both;
    return (word & is_word) | (avx512_list_mask(x, n) & ~is_word);
}

/* kernels_avx512_dense.c */
bool kernels_avx512_dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w);
bool kernels_avx512_dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64]);
uint64_t kernels_avx512_dense_range(const dense_window *w, uint32_t range, uint32_t *before);
void kernels_avx512_dense_ranges(const dense_window *w, uint64_t ranges, uint64_t words[64], uint16_t before[64]);
void kernels_avx512_dense_all(const dense_window *w, uint64_t words[64]);
void kernels_avx512_dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64]);

/* kernels_avx512_weigh.c */
uint64_t kernels_avx512_weigh(const weigh_input *in, uint64_t wanted, float threshold);
uint64_t kernels_avx512_weigh_lists(const weigh_input *in, const weigh_list *lists, uint64_t wanted, float threshold);
void kernels_avx512_weigh_exactly(const weigh_input *in, uint64_t wanted, double *out);
size_t kernels_avx512_weigh_dense(const weigh_input *in, dense_window *w, uint64_t ranges, double least, uint64_t first,
                                  double *weights, uint64_t *places, uint32_t *matched);
size_t kernels_avx512_weigh_documents(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                                      double least, uint64_t first, double *weights, uint64_t *places);
size_t kernels_avx512_weigh_split(double *weights, uint64_t *places, size_t n, double least, double *rest,
                                  uint64_t *rest_places);
void kernels_avx512_weigh_saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                                   uint8_t *out);

#endif

#endif
