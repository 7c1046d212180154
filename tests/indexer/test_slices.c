/* Many lists that grow at the same time, read back whole and from a mark. */
#include "indexer/slices.h"

#include "harness.h"

enum { LISTS = 300, NUMBERS = 200000 };

static uint64_t number_of(uint32_t list, uint32_t i)
{
    uint64_t x = (list * UINT64_C(7919) + i) * UINT64_C(0x9e3779b97f4a7c15);
    return x >> (x % 64);
}

static void interleaved_lists(void)
{
    static slice_list lists[LISTS];
    static slice_mark marks[LISTS];
    static uint32_t counts[LISTS], marked[LISTS];
    slices pool;
    slices_init(&pool);
    for (uint32_t i = 0; i < LISTS; i++)
        REQUIRE(slices_start(&pool, &lists[i]));
    for (uint32_t n = 0; n < NUMBERS; n++) {
        uint8_t bytes[10];
        uint32_t which = harness_below(1 + harness_below(LISTS));
        uint8_t *end = slices_encode(bytes, number_of(which, counts[which]++));
        REQUIRE(slices_add(&pool, &lists[which], bytes, (size_t)(end - bytes)));
        if (harness_below(50) == 0) {
            marks[which] = slices_get_mark(&lists[which]);
            marked[which] = counts[which];
        }
    }
    for (uint32_t i = 0; i < LISTS; i++) {
        slice_reader reader = slices_read_list(&pool, &lists[i]);
        for (uint32_t n = 0; n < counts[i]; n++)
            EXPECT(slices_next(&reader) == number_of(i, n));
        if (!marked[i])
            continue;
        reader = slices_read(&pool, marks[i]);
        for (uint32_t n = marked[i]; n < counts[i]; n++)
            EXPECT(slices_next(&reader) == number_of(i, n));
    }
    slices_release(&pool);
}

static void allocations_do_not_overlap(void)
{
    static uint32_t addresses[3000], sizes[3000];
    slices pool;
    slices_init(&pool);
    for (uint32_t i = 0; i < 3000; i++) {
        sizes[i] = 1 + harness_below(i % 100 == 0 ? SLICES_CHUNK_SIZE - 8 : 250);
        addresses[i] = slices_allocate(&pool, sizes[i]);
        REQUIRE(addresses[i] != 0);
        memset(slices_at(&pool, addresses[i]), (int)(i & 0xff), sizes[i]);
    }
    for (uint32_t i = 0; i < 3000; i++) {
        const uint8_t *at = slices_at(&pool, addresses[i]);
        EXPECT(at[0] == (i & 0xff) && at[sizes[i] - 1] == (i & 0xff));
    }
    EXPECT(slices_get_memory(&pool) >= SLICES_CHUNK_SIZE);
    slices_release(&pool);
    EXPECT_EQ(slices_get_memory(&pool), 0);
}

int main(void)
{
    harness_seed(1);
    TEST(interleaved_lists);
    TEST(allocations_do_not_overlap);
    return harness_end();
}
