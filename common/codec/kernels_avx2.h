/* What the files of kernels with AVX2 and BMI2 share: kernels_avx2.c has their table. */
#ifndef CODEC_KERNELS_AVX2_H
#define CODEC_KERNELS_AVX2_H

#include "base/bits.h"
#include "codec/kernels.h"

#if ISA_X86

#include <immintrin.h>

#define AVX2_INLINE static inline __attribute__((always_inline)) ISA_TARGET_AVX2

/* A byte of 1 eight times; times 255 it is a mask of bytes, after pdep has left out some. */
#define AVX2_ONES UINT64_C(0x0101010101010101)

/* 64 bytes: a number for each document of a range, or each range of a window. */
typedef struct avx2_bytes {
    __m256i low, high;
} avx2_bytes;

AVX2_INLINE __m256i avx2_load(const void *at)
{
    return _mm256_loadu_si256(at);
}

AVX2_INLINE __m256i avx2_load_pair(const uint8_t *low, const uint8_t *high)
{
    __m256i v = _mm256_castsi128_si256(_mm_loadu_si128((const void *)low));
    return _mm256_inserti128_si256(v, _mm_loadu_si128((const void *)high), 1);
}

AVX2_INLINE void avx2_store(void *at, __m256i v)
{
    _mm256_storeu_si256(at, v);
}

AVX2_INLINE __m256i avx2_set8(uint32_t v)
{
    return _mm256_set1_epi8((char)v);
}

AVX2_INLINE __m256i avx2_set16(uint32_t v)
{
    return _mm256_set1_epi16((short)v);
}

AVX2_INLINE uint32_t avx2_lower_of(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* The bytes of which every bit is set, as bits. */
AVX2_INLINE uint64_t avx2_bits(__m256i low, __m256i high)
{
    return (uint32_t)_mm256_movemask_epi8(low) | (uint64_t)(uint32_t)_mm256_movemask_epi8(high) << 32;
}

/* A byte of ones for each set bit. */
AVX2_INLINE __m256i avx2_mask32(uint32_t bits)
{
    const long long one = (long long)AVX2_ONES;
    const __m256i byte = _mm256_setr_epi64x(0, one, 2 * one, 3 * one);
    const __m256i bit = _mm256_set1_epi64x((long long)UINT64_C(0x8040201008040201));
    __m256i v = _mm256_shuffle_epi8(_mm256_set1_epi32((int)bits), byte);
    return _mm256_cmpeq_epi8(_mm256_and_si256(v, bit), bit);
}

/* For each of 32 bytes that are all ones or zeros how many are ones up to it, itself with it, in its half. */
AVX2_INLINE __m256i avx2_ranks(__m256i there)
{
    const __m256i first_half = _mm256_set_epi64x(7 * (long long)AVX2_ONES, -1, 7 * (long long)AVX2_ONES, -1);
    __m256i rank = _mm256_sub_epi8(_mm256_setzero_si256(), there);
    rank = _mm256_add_epi8(rank, _mm256_slli_epi64(rank, 8));
    rank = _mm256_add_epi8(rank, _mm256_slli_epi64(rank, 16));
    rank = _mm256_add_epi8(rank, _mm256_slli_epi64(rank, 32));
    return _mm256_add_epi8(rank, _mm256_shuffle_epi8(rank, first_half));
}

/* Bytes from `in` one after another where mask is set, else 0: each takes the byte whose number is its rank. */
AVX2_INLINE __m256i avx2_spread32(uint32_t mask, const uint8_t *in)
{
    __m256i there = avx2_mask32(mask), rank = avx2_ranks(there);
    __m256i from = avx2_load_pair(in, in + bits_count(mask & 0xffff));
    return _mm256_and_si256(_mm256_shuffle_epi8(from, _mm256_add_epi8(rank, there)), there);
}

AVX2_INLINE avx2_bytes avx2_spread(uint64_t mask, const uint8_t *in)
{
    avx2_bytes out = {avx2_spread32((uint32_t)mask, in),
                      avx2_spread32((uint32_t)(mask >> 32), in + bits_count((uint32_t)mask))};
    return out;
}

/* The same for up to 8 bytes in all, plus base. */
AVX2_INLINE __m256i avx2_spread_few(uint32_t mask, uint32_t before, uint64_t bytes, __m256i base)
{
    uint32_t next = before + bits_count(mask & 0xffff);
    __m256i there = avx2_mask32(mask), rank = _mm256_add_epi8(avx2_ranks(there), there);
    __m256i ahead = _mm256_set_m128i(_mm_set1_epi8((char)next), _mm_set1_epi8((char)before));
    __m256i v = _mm256_shuffle_epi8(_mm256_set1_epi64x((long long)bytes), _mm256_add_epi8(rank, ahead));
    return _mm256_and_si256(_mm256_add_epi8(v, base), there);
}

/* The same with numbers of a width up to 7, or 8 from the first bit of a byte on: pdep puts eight of them into the
 * low bits of their bytes. */
AVX2_INLINE avx2_bytes avx2_spread_numbers(uint64_t mask, const uint8_t *at, uint64_t bit, uint32_t width)
{
    uint64_t each = bits_low(width), v[8];
    for (uint32_t i = 0; i < 8; i++) {
        uint64_t wanted = mask >> 8 * i & 255;
        v[i] = _pdep_u64(bits_load64(at + (bit >> 3)) >> (bit & 7), _pdep_u64(wanted, AVX2_ONES) * each);
        bit += bits_count(wanted) * width;
    }
    avx2_bytes out = {
        _mm256_setr_epi64x((long long)v[0], (long long)v[1], (long long)v[2], (long long)v[3]),
        _mm256_setr_epi64x((long long)v[4], (long long)v[5], (long long)v[6], (long long)v[7])};
    return out;
}

/* kernels_avx2_dense.c */
bool kernels_avx2_dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w);
bool kernels_avx2_dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64]);
uint64_t kernels_avx2_dense_range(const dense_window *w, uint32_t range, uint32_t *before);
void kernels_avx2_dense_all(const dense_window *w, uint64_t words[64]);
void kernels_avx2_dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64]);

/* kernels_avx2_weigh.c */
uint64_t kernels_avx2_weigh(const weigh_input *in, uint64_t wanted, float threshold);
void kernels_avx2_weigh_exactly(const weigh_input *in, uint64_t wanted, double *out);
size_t kernels_avx2_weigh_split(double *weights, uint64_t *places, size_t n, double least, double *rest,
                                uint64_t *rest_places);
void kernels_avx2_weigh_saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                                 uint8_t *out);

#endif

#endif
