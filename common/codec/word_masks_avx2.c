/* Classes of 64 bytes of text with AVX2, 32 at a time. */
#include "codec/word_masks.h"

#if ISA_X86

#include <immintrin.h>

#define TARGET ISA_TARGET_AVX2

TARGET static __m256i all(const uint8_t table[16])
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const void *)table));
}

TARGET static uint64_t mask_of(__m256i v)
{
    return (uint32_t)_mm256_movemask_epi8(v);
}

/* Which bytes are of one of the kinds: none has the highest bit. */
TARGET static uint64_t some(__m256i kinds, char wanted)
{
    return mask_of(_mm256_cmpgt_epi8(_mm256_and_si256(kinds, _mm256_set1_epi8(wanted)), _mm256_setzero_si256()));
}

TARGET static void classify(const uint8_t *bytes, uint64_t out[4], uint32_t shift)
{
    __m256i v = _mm256_loadu_si256((const void *)bytes);
    __m256i digit = _mm256_and_si256(_mm256_srli_epi16(v, 4), _mm256_set1_epi8(15));
    /* The second shuffle looks at the lower digit, and gives 0 for what is above 127. */
    __m256i kinds = _mm256_and_si256(_mm256_shuffle_epi8(all(word_masks_high), digit),
                                     _mm256_shuffle_epi8(all(word_masks_low), v));
    out[0] |= some(kinds, WORD_MASKS_WORD) << shift;
    out[1] |= mask_of(v) << shift;
    out[2] |= some(kinds, WORD_MASKS_SUFFIX) << shift;
    out[3] |= some(kinds, WORD_MASKS_JOINER) << shift;
}

TARGET void word_masks_avx2(const uint8_t bytes[64], uint64_t out[4])
{
    for (int m = 0; m < 4; m++)
        out[m] = 0;
    classify(bytes, out, 0);
    classify(bytes + 32, out, 32);
}

#endif
