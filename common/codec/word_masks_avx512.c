/* Classes of 64 bytes of text with AVX-512. */
#include "codec/word_masks.h"

#if ISA_X86

#include <immintrin.h>

#define TARGET ISA_TARGET_AVX512

TARGET static uint64_t equal(__m512i v, char c)
{
    return _mm512_cmpeq_epi8_mask(v, _mm512_set1_epi8(c));
}

/* Bytes from `first` on, `count` of them. */
TARGET static uint64_t among(__m512i v, char first, char count)
{
    return _mm512_cmplt_epu8_mask(_mm512_sub_epi8(v, _mm512_set1_epi8(first)), _mm512_set1_epi8(count));
}

TARGET void word_masks_avx512(const uint8_t bytes[64], uint64_t out[4])
{
    __m512i v = _mm512_loadu_si512(bytes), lower = _mm512_or_si512(v, _mm512_set1_epi8(0x20));
    out[0] = among(lower, 'a', 26) | among(v, '0', 10) | equal(v, '_');
    out[1] = _mm512_movepi8_mask(v);
    out[2] = equal(v, '+') | equal(v, '#');
    out[3] = equal(v, '\'') | equal(v, '&') | equal(v, ',') | equal(v, '.') | equal(v, ';');
}

#endif
