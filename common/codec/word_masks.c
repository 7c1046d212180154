#include "codec/word_masks.h"

#if ISA_X86
const uint8_t word_masks_high[16] = {[2] = 16 | 32, [3] = 1 | 64, [4] = 2, [5] = 4 | 8, [6] = 2, [7] = 4};
const uint8_t word_masks_low[16] = {
    1 | 4,           1 | 2 | 4,  1 | 2 | 4, 1 | 2 | 4 | 16, 1 | 2 | 4, 1 | 2 | 4, 1 | 2 | 4 | 32, 1 | 2 | 4 | 32,
    1 | 2 | 4,       1 | 2 | 4,  2 | 4,     2 | 16 | 64,    2 | 32,    2,         2 | 32,         2 | 8};
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
