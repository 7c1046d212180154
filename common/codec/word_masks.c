#include "codec/word_masks.h"

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
