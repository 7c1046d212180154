/* Which library this is. */
#ifndef OIR_VERSION_H
#define OIR_VERSION_H

#include <oir/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of these headers. */
#define OIR_VERSION_MAJOR 0
#define OIR_VERSION_MINOR 1
#define OIR_VERSION_PATCH 0
#define OIR_VERSION_STRING "0.1.0"

/* The version of the library that runs, as "major.minor.patch". A constant. Shared. */
OIR_API const char *oir_version(void);
/* The number of the index format that it writes: 1. It reads that and all lower ones from 1 on; an index of another is
 * refused with OIR_VERSION. Shared. */
OIR_API unsigned oir_format_version(void);
/* The instruction set whose kernels it uses on this machine: "scalar", "avx2", "avx512" or "neon". The environment
 * variable OIR_ISA=scalar|avx2|avx512|neon forces one, where the machine has it. A constant. Shared. */
OIR_API const char *oir_instruction_set(void);

#ifdef __cplusplus
}
#endif
#endif
