#include "codec/isa.h"

#include <oir/version.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#if ISA_X86

static const char *const names[ISA_COUNT] = {"scalar", "avx2", "avx512"};

#include <cpuid.h>

/* Bits of CPUID leaf 1 (ecx), leaf 7 (ebx, ecx), leaf 0x80000001 (ecx) and XCR0, by Intel's and AMD's manuals. */
enum {
    LEAF1_FMA = 1 << 12,
    LEAF1_POPCNT = 1 << 23,
    LEAF1_OSXSAVE = 1 << 27,
    LEAF1_AVX = 1 << 28,
    LEAF7_BMI1 = 1 << 3,
    LEAF7_AVX2 = 1 << 5,
    LEAF7_BMI2 = 1 << 8,
    LEAF7_AVX512F = 1 << 16,
    LEAF7_AVX512DQ = 1 << 17,
    LEAF7_AVX512CD = 1 << 28,
    LEAF7_AVX512BW = 1 << 30,
    LEAF7C_VBMI = 1 << 1,
    LEAF7C_VBMI2 = 1 << 6,
    LEAF7C_BITALG = 1 << 12,
    LEAF7C_VPOPCNTDQ = 1 << 14,
    EXTENDED_LZCNT = 1 << 5,
    XCR0_YMM = 0x06,
    XCR0_ZMM = 0xe6
};
#define LEAF7_AVX512VL (1u << 31)

static bool has(unsigned flags, unsigned wanted)
{
    return (flags & wanted) == wanted;
}

/* The register state that the system saves when it switches threads; only valid where OSXSAVE is set. */
static unsigned saved_state(void)
{
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return low;
}

enum isa isa_of_machine(void)
{
    unsigned a, b, c, d, leaf7b, leaf7c;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !has(c, LEAF1_FMA | LEAF1_POPCNT | LEAF1_OSXSAVE | LEAF1_AVX))
        return ISA_SCALAR;
    unsigned state = saved_state();
    if (!has(state, XCR0_YMM) || !__get_cpuid_count(7, 0, &a, &leaf7b, &leaf7c, &d)
        || !has(leaf7b, LEAF7_BMI1 | LEAF7_AVX2 | LEAF7_BMI2) || !__get_cpuid(0x80000001, &a, &b, &c, &d)
        || !has(c, EXTENDED_LZCNT))
        return ISA_SCALAR;
    if (!has(state, XCR0_ZMM)
        || !has(leaf7b, LEAF7_AVX512F | LEAF7_AVX512DQ | LEAF7_AVX512CD | LEAF7_AVX512BW | LEAF7_AVX512VL)
        || !has(leaf7c, LEAF7C_VBMI | LEAF7C_VBMI2 | LEAF7C_BITALG | LEAF7C_VPOPCNTDQ))
        return ISA_AVX2;
    return ISA_AVX512;
}

#elif ISA_ARM64

static const char *const names[ISA_COUNT] = {"scalar", "neon"};

enum isa isa_of_machine(void)
{
    return ISA_NEON;
}

#else

static const char *const names[ISA_COUNT] = {"scalar"};

enum isa isa_of_machine(void)
{
    return ISA_SCALAR;
}

#endif

enum isa isa_choose(enum isa machine, const char *wanted)
{
    for (int i = 0; wanted && i < (int)machine; i++)
        if (strcmp(wanted, names[i]) == 0)
            return (enum isa)i;
    return machine;
}

/* Level + 1, 0 while not known. Two threads that come first both find the same, so relaxed order is enough. */
static _Atomic int known;

enum isa isa_best(void)
{
    int level = atomic_load_explicit(&known, memory_order_relaxed);
    if (level == 0) {
        level = (int)isa_choose(isa_of_machine(), getenv("OIR_ISA")) + 1;
        atomic_store_explicit(&known, level, memory_order_relaxed);
    }
    return (enum isa)(level - 1);
}

void isa_set(enum isa isa)
{
    atomic_store_explicit(&known, (int)isa + 1, memory_order_relaxed);
}

const char *isa_name(enum isa isa)
{
    return names[isa];
}

const char *oir_instruction_set(void)
{
    return isa_name(isa_best());
}
