#include <oir/version.h>

#include "codec/isa.h"
#include "harness.h"

/* Users write these. */
static void named(void)
{
    EXPECT_STR(isa_name(ISA_SCALAR), "scalar");
    for (int isa = ISA_SCALAR + 1; isa < ISA_COUNT; isa++) {
        const char *name = isa_name((enum isa)isa);
        EXPECT(!strcmp(name, "avx2") || !strcmp(name, "avx512") || !strcmp(name, "neon"));
        EXPECT(strcmp(name, isa_name((enum isa)(isa - 1))) != 0);
    }
}

static void forced_only_down(void)
{
    for (int machine = ISA_SCALAR; machine < ISA_COUNT; machine++) {
        for (int wanted = ISA_SCALAR; wanted < ISA_COUNT; wanted++)
            EXPECT_EQ(isa_choose((enum isa)machine, isa_name((enum isa)wanted)), wanted < machine ? wanted : machine);
        EXPECT_EQ(isa_choose((enum isa)machine, NULL), machine);
        EXPECT_EQ(isa_choose((enum isa)machine, "sse9"), machine);
        EXPECT_EQ(isa_choose((enum isa)machine, ""), machine);
    }
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
