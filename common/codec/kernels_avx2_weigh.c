/* Weights with AVX2, of eight neighbours at a time. */
#include "codec/kernels.h"

#if ISA_X86

#include "codec/kernels_avx2.h"
#include "codec/kernels_plain.h"

#define TARGET ISA_TARGET_AVX2
#define INLINE AVX2_INLINE

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

TARGET uint64_t kernels_avx2_weigh(const weigh_input *in, uint64_t wanted, float threshold)
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

/* Mostly few are wanted, and scattered: bringing four together costs more than dividing them at once saves. */
TARGET void kernels_avx2_weigh_exactly(const weigh_input *in, uint64_t wanted, double *out)
{
    plain_weigh_exactly(in, wanted, out);
}

/* For each mask of 4 lanes those that are set, in order. */
static const uint8_t chosen[16][4] = {{0, 0, 0, 0}, {0, 0, 0, 0}, {1, 0, 0, 0}, {0, 1, 0, 0},
                                      {2, 0, 0, 0}, {0, 2, 0, 0}, {1, 2, 0, 0}, {0, 1, 2, 0},
                                      {3, 0, 0, 0}, {0, 3, 0, 0}, {1, 3, 0, 0}, {0, 1, 3, 0},
                                      {2, 3, 0, 0}, {0, 2, 3, 0}, {1, 2, 3, 0}, {0, 1, 2, 3}};

/* Writes the chosen ones of 4 pairs. */
INLINE void put_chosen(__m256i weights, __m256i places, uint32_t which, double *to, uint64_t *to_places)
{
    const __m256i halves = _mm256_setr_epi32(0, 1, 0, 1, 0, 1, 0, 1);
    __m256i at = _mm256_cvtepu8_epi64(_mm_cvtsi32_si128((int)bits_load32(chosen[which])));
    at = _mm256_or_si256(_mm256_or_si256(_mm256_slli_epi64(at, 1), _mm256_slli_epi64(at, 33)), halves);
    _mm256_storeu_si256((void *)to, _mm256_permutevar8x32_epi32(weights, at));
    _mm256_storeu_si256((void *)to_places, _mm256_permutevar8x32_epi32(places, at));
}

TARGET size_t kernels_avx2_weigh_split(double *weights, uint64_t *places, size_t n, double least, double *rest,
                                       uint64_t *rest_places)
{
    const __m256d pivot = _mm256_set1_pd(least);
    size_t front = 0, behind = 0;
    for (size_t i = 0; i + 4 <= n; i += 4) {
        __m256d w = _mm256_loadu_pd(weights + i);
        __m256i p = _mm256_loadu_si256((const void *)(places + i));
        uint32_t good = (uint32_t)_mm256_movemask_pd(_mm256_cmp_pd(w, pivot, _CMP_GE_OQ));
        /* What is written behind the kept ones was read before. */
        put_chosen(_mm256_castpd_si256(w), p, good, weights + front, places + front);
        put_chosen(_mm256_castpd_si256(w), p, good ^ 15, rest + behind, rest_places + behind);
        front += bits_count(good);
        behind += 4 - bits_count(good);
    }
    return plain_split_from(n & ~(size_t)3, front, weights, places, n, least, rest, rest_places);
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

TARGET void kernels_avx2_weigh_saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf,
                                        uint32_t n, uint8_t *out)
{
    const __m256i most = _mm256_set1_epi32(255), least = _mm256_set1_epi32(1);
    const __m256i numbers = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    for (uint32_t i = 0; i < n; i += 8) {
        __m256i there = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)avx2_lower_of(n - i, 8)), numbers);
        __m256i bytes = eight_bytes(wdf + i);
        __m256 f = _mm256_cvtepi32_ps(bytes);
        __m256 norm = norms(in, gather_lengths(in, avx2_load(documents + i), there));
        __m256 s = _mm256_mul_ps(_mm256_div_ps(f, _mm256_add_ps(f, norm)), _mm256_set1_ps(255 * 1.000002f));
        __m256i up = _mm256_cvttps_epi32(_mm256_ceil_ps(s));
        up = _mm256_min_epi32(_mm256_max_epi32(up, least), most);
        up = _mm256_blendv_epi8(up, most, _mm256_cmpeq_epi32(bytes, most));
        __m128i eight = _mm_packus_epi32(_mm256_castsi256_si128(up), _mm256_extracti128_si256(up, 1));
        _mm_storel_epi64((void *)(out + i), _mm_packus_epi16(eight, eight));
    }
}

#else

typedef int kernels_avx2_weigh_is_empty; /* ISO C wants something in a file */

#endif
