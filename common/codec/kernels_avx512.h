/* What the files of kernels with AVX-512 share: kernels_avx512.c has their table. A range's 64 documents are the 64
 * bytes of a register, and the masks of ranges and documents are mask registers, so that most steps are one instruction
 * for all of a range or window. */
#ifndef CODEC_KERNELS_AVX512_H
#define CODEC_KERNELS_AVX512_H

#include "base/bits.h"
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

/* kernels_avx512_dense.c */
bool kernels_avx512_dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w);
bool kernels_avx512_dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64]);
uint64_t kernels_avx512_dense_range(const dense_window *w, uint32_t range, uint32_t *before);
void kernels_avx512_dense_all(const dense_window *w, uint64_t words[64]);
void kernels_avx512_dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64]);

/* kernels_avx512_weigh.c */
uint64_t kernels_avx512_weigh(const weigh_input *in, uint64_t wanted, float threshold);
void kernels_avx512_weigh_exactly(const weigh_input *in, uint64_t wanted, double *out);
size_t kernels_avx512_weigh_split(double *weights, uint64_t *places, size_t n, double least, double *rest,
                                  uint64_t *rest_places);
void kernels_avx512_weigh_saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                                   uint8_t *out);

#endif

#endif
