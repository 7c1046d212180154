#include <oir/version.h>

#include "codec/isa.h"
#include "harness.h"

static void named(void)
{
    EXPECT_STR(isa_name(ISA_SCALAR), "scalar");
    EXPECT_STR(isa_name(ISA_AVX2), "avx2");
    EXPECT_STR(isa_name(ISA_AVX512), "avx512");
}

static void forced_only_down(void)
{
    EXPECT_EQ(isa_choose(ISA_AVX512, NULL), ISA_AVX512);
    EXPECT_EQ(isa_choose(ISA_AVX512, "avx2"), ISA_AVX2);
    EXPECT_EQ(isa_choose(ISA_AVX512, "scalar"), ISA_SCALAR);
    EXPECT_EQ(isa_choose(ISA_AVX2, "avx512"), ISA_AVX2);
    EXPECT_EQ(isa_choose(ISA_SCALAR, "avx2"), ISA_SCALAR);
    EXPECT_EQ(isa_choose(ISA_AVX2, "sse9"), ISA_AVX2);
    EXPECT_EQ(isa_choose(ISA_AVX2, ""), ISA_AVX2);
}

static void found_once(void)
{
    enum isa machine = isa_of_machine(), best = isa_best();
    EXPECT(best <= machine);
    EXPECT_EQ(best, isa_choose(machine, getenv("OIR_ISA")));
    setenv("OIR_ISA", "scalar", 1);
    EXPECT_EQ(isa_best(), best);
    EXPECT_STR(oir_instruction_set(), isa_name(best));
    printf("this machine has %s, %s is used\n", isa_name(machine), isa_name(best));
}

int main(void)
{
    TEST(named);
    TEST(forced_only_down);
    TEST(found_once);
    return harness_end();
}
