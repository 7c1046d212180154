#include "codec/word_masks.h"

#if ISA_X86
enum {
    DIGIT = WORD_MASKS_DIGIT, TO_O = WORD_MASKS_TO_O, FROM_P = WORD_MASKS_FROM_P, LOW_LINE = WORD_MASKS_LOW_LINE,
    SUFFIX = WORD_MASKS_SUFFIX, PUNCTUATION = WORD_MASKS_PUNCTUATION, SEMICOLON = WORD_MASKS_SEMICOLON,
    ALL = DIGIT | TO_O | FROM_P
};

const uint8_t word_masks_high[16] = {
    [2] = SUFFIX | PUNCTUATION, [3] = DIGIT | SEMICOLON,
    [4] = TO_O, [5] = FROM_P | LOW_LINE, [6] = TO_O, [7] = FROM_P,
};
const uint8_t word_masks_low[16] = {
    DIGIT | FROM_P, ALL, ALL, ALL | SUFFIX, ALL, ALL, ALL | PUNCTUATION, ALL | PUNCTUATION, ALL, ALL,
    TO_O | FROM_P, TO_O | SUFFIX | SEMICOLON, TO_O | PUNCTUATION, TO_O, TO_O | PUNCTUATION, TO_O | LOW_LINE,
};
#endif

word_masks_function word_masks_get(enum isa isa)
{
#if ISA_X86
    if (isa == ISA_AVX512)
        return word_masks_avx512;
    if (isa == ISA_AVX2)
        return word_masks_avx2;
#endif
    (void)isa;
    return NULL;
}
