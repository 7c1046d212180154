/* Classes of 64 bytes of text with AVX-512. */
#include "codec/word_masks.h"

#if ISA_X86

#include <immintrin.h>

#define TARGET ISA_TARGET_AVX512

TARGET static __m512i all(const uint8_t table[16])
{
    return _mm512_broadcast_i32x4(_mm_loadu_si128((const void *)table));
}

TARGET void word_masks_avx512(const uint8_t bytes[64], uint64_t out[4])
{
    __m512i v = _mm512_loadu_si512(bytes), digits = _mm512_set1_epi8(15);
    __m512i high = _mm512_shuffle_epi8(all(word_masks_high), _mm512_and_si512(_mm512_srli_epi16(v, 4), digits));
    /* Looks at the lower digit, and gives 0 for what is above 127. */
    __m512i kinds = _mm512_and_si512(high, _mm512_shuffle_epi8(all(word_masks_low), v));
    out[0] = _mm512_test_epi8_mask(kinds, digits);
    out[1] = _mm512_movepi8_mask(v);
    out[2] = _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(WORD_MASKS_SUFFIX));
    out[3] = _mm512_test_epi8_mask(kinds, _mm512_set1_epi8(WORD_MASKS_JOINER));
}

_Static_assert(WORD_MASKS_WORD == 15, "as the digits' mask");

#endif
