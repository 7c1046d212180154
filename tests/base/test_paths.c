/* Names of ways choose their bits, and what tests set holds. */
#include "base/paths.h"

#include "../harness.h"

static const uint64_t all = (UINT64_C(1) << PATHS_COUNT) - 1;

static void names_choose(void)
{
    EXPECT(paths_choose(NULL) == all);
    EXPECT(paths_choose("") == all);
    EXPECT(paths_choose(",nothing,pair,pairss") == all);
    EXPECT(paths_choose("pairs") == (all & ~PATHS_PAIRS));
    EXPECT(paths_choose("skips,inlined") == (all & ~PATHS_SKIPS & ~PATHS_INLINED));
    for (unsigned i = 0; i < PATHS_COUNT; i++)
        EXPECT(paths_choose(paths_name(i)) == (all & ~(UINT64_C(1) << i)));
}

static void what_is_set_holds(void)
{
    paths_set(all & ~PATHS_HEAP);
    EXPECT(!paths_use(PATHS_HEAP));
    EXPECT(paths_use(PATHS_GATHER | PATHS_SKIPS));
    EXPECT(!paths_use(PATHS_GATHER | PATHS_HEAP));
    paths_set(0);
    EXPECT(!paths_use(PATHS_SKIPS));
}

int main(void)
{
    TEST(names_choose);
    TEST(what_is_set_holds);
    return harness_end();
}
