/* Which instruction set's kernels to use, found out once.
 *
 * A kernel of a level carries the level's target attribute and stands in a file of its own, named after it; the file's
 * whole body is inside `#if ISA_X86` or `#if ISA_ARM64`. Whoever dispatches takes the level once, when a handle is
 * opened, and keeps the table of functions; every level must give the scalar one's results to the bit. */
#ifndef CODEC_ISA_H
#define CODEC_ISA_H

#include <oir/types.h>

#if defined(__x86_64__) && defined(__GNUC__)
#define ISA_X86 1
#define ISA_ARM64 0
#define ISA_TARGET_AVX2 __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,fma")))
#define ISA_TARGET_AVX512                                                                        \
    __attribute__((target("avx2,bmi,bmi2,popcnt,lzcnt,fma,avx512f,avx512bw,avx512vl,avx512dq,"   \
                          "avx512cd,avx512vbmi,avx512vbmi2,avx512vpopcntdq,avx512bitalg")))
#elif defined(__aarch64__) && defined(__GNUC__)
#define ISA_X86 0
#define ISA_ARM64 1
#else
#define ISA_X86 0
#define ISA_ARM64 0
#endif

/* The levels of the machine's kind, each with all that is below it. */
enum isa {
    ISA_SCALAR, /* C11, any machine */
#if ISA_X86
    ISA_AVX2,   /* AVX2, BMI1, BMI2, POPCNT, LZCNT, FMA: x86-64-v3 */
    ISA_AVX512, /* and F, BW, VL, DQ, CD, VBMI, VBMI2, VPOPCNTDQ, BITALG: Ice Lake and Zen 4 on */
#elif ISA_ARM64
    ISA_NEON,   /* Advanced SIMD: every AArch64 */
#endif
    ISA_COUNT
};

/* The level to use: the machine's, or a lower one where the environment variable OIR_ISA names one. Shared. */
enum isa isa_best(void);
/* The highest level that machine and system have, asked anew and whatever OIR_ISA says: for tests. */
enum isa isa_of_machine(void);
/* The level that OIR_ISA's words choose on a machine: `wanted` may be NULL; a word that is none changes nothing. */
enum isa isa_choose(enum isa machine, const char *wanted);
/* From now on this one, which the machine must have, whatever the environment says. For tests. */
void isa_set(enum isa isa);
/* "scalar", "avx2", "avx512" or "neon". A constant. */
const char *isa_name(enum isa isa);

#endif
