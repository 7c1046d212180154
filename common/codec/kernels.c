#include "codec/kernels.h"

const kernels *kernels_get(enum isa isa)
{
#if ISA_X86
    if (isa == ISA_AVX512)
        return &kernels_avx512;
    if (isa == ISA_AVX2)
        return &kernels_avx2;
#elif ISA_ARM64
    if (isa == ISA_NEON)
        return &kernels_neon;
#endif
    (void)isa;
    return &kernels_scalar;
}
