/* Classes of 64 bytes of text with AVX2, 32 at a time. */
#include "codec/word_masks.h"

#if ISA_X86

#include <immintrin.h>

#define TARGET ISA_TARGET_AVX2

TARGET static __m256i equal(__m256i v, char c)
{
    return _mm256_cmpeq_epi8(v, _mm256_set1_epi8(c));
}

/* Bytes from `first` on, `count` of them: what is not lowered by taking the least of it and the last. */
TARGET static __m256i among(__m256i v, char first, char count)
{
    __m256i from = _mm256_sub_epi8(v, _mm256_set1_epi8(first));
    return _mm256_cmpeq_epi8(_mm256_min_epu8(from, _mm256_set1_epi8((char)(count - 1))), from);
}

TARGET static uint64_t mask_of(__m256i v)
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

TARGET static void classify(const uint8_t *bytes, uint64_t out[4], uint32_t shift)
{
    __m256i v = _mm256_loadu_si256((const void *)bytes), lower = _mm256_or_si256(v, _mm256_set1_epi8(0x20));
    __m256i word = _mm256_or_si256(_mm256_or_si256(among(lower, 'a', 26), among(v, '0', 10)), equal(v, '_'));
    __m256i joiner = _mm256_or_si256(_mm256_or_si256(equal(v, '\''), equal(v, '&')),
                                     _mm256_or_si256(equal(v, ','), _mm256_or_si256(equal(v, '.'), equal(v, ';'))));
    out[0] |= mask_of(word) << shift;
    out[1] |= mask_of(v) << shift;
    out[2] |= mask_of(_mm256_or_si256(equal(v, '+'), equal(v, '#'))) << shift;
    out[3] |= mask_of(joiner) << shift;
}

TARGET void word_masks_avx2(const uint8_t bytes[64], uint64_t out[4])
{
    for (int m = 0; m < 4; m++)
        out[m] = 0;
    classify(bytes, out, 0);
    classify(bytes + 32, out, 32);
}

#endif
