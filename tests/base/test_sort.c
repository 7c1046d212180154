/* All sorts against the C library's, on random numbers and on the shapes that make quick sorts slow. */
#include "base/sort.h"

#include "harness.h"

enum { MOST = 3000 };

static int compare_u64(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;
    return (left > right) - (left < right);
}

static uint64_t number(int shape, size_t i, size_t count)
{
    switch (shape) {
    case 0: return harness_random();
    case 1: return harness_below(10);
    case 2: return i;
    case 3: return count - i;
    case 4: return i < count / 2 ? i : count - i;
    default: return i + 1 == count ? 0 : i;
    }
}

static void as_the_library(void)
{
    static uint64_t wide[MOST], expected[MOST];
    static uint32_t narrow[MOST];
    for (int round = 0; round < 600; round++) {
        size_t count = round < 60 ? (size_t)round / 6 : harness_below(MOST);
        for (size_t i = 0; i < count; i++) {
            wide[i] = number(round % 6, i, count);
            narrow[i] = (uint32_t)wide[i];
            expected[i] = wide[i];
        }
        qsort(expected, count, sizeof *expected, compare_u64);
        sort_u64(wide, count);
        EXPECT(count == 0 || memcmp(wide, expected, count * sizeof *wide) == 0);
        sort_u32(narrow, count);
        for (size_t i = 1; i < count; i++)
            EXPECT(narrow[i - 1] <= narrow[i]);
        if (round % 6)
            for (size_t i = 0; i < count; i++)
                EXPECT(narrow[i] == expected[i]);
    }
}

/* Low halves tell equal high ones apart: what came first stays first. */
static void by_high_halves(void)
{
    enum { MANY = 10000 };
    static uint64_t numbers[MANY], other[MANY], expected[MANY];
    for (int round = 0; round < 200; round++) {
        size_t count = round < 10 ? (size_t)round : harness_below(round % 2 ? 100 : MANY);
        uint32_t highest = (uint32_t)harness_random() >> round % 32;
        for (size_t i = 0; i < count; i++)
            expected[i] = numbers[i] = (harness_random() % (highest + UINT64_C(1))) << 32 | i;
        qsort(expected, count, sizeof *expected, compare_u64);
        const uint64_t *sorted = sort_u64_by_high(numbers, other, count, highest);
        EXPECT(count == 0 || memcmp(sorted, expected, count * sizeof *sorted) == 0);
    }
}

/* Each number once, ascending: whether they came so, with some twice, or in any order. */
static void each_once(void)
{
    static uint32_t numbers[MOST], expected[MOST];
    for (int round = 0; round < 600; round++) {
        size_t count = round < 60 ? (size_t)round / 6 : harness_below(MOST), kept = 0;
        for (size_t i = 0; i < count; i++)
            expected[i] = numbers[i] = (uint32_t)number(round % 6, i, count);
        if (round % 2) /* in order, some twice */
            for (size_t i = 0; i < count; i++)
                expected[i] = numbers[i] = (uint32_t)(i - i / 3);
        sort_u32(expected, count);
        for (size_t i = 0; i < count; i++)
            if (i == 0 || expected[i] != expected[kept - 1])
                expected[kept++] = expected[i];
        EXPECT_EQ(sort_u32_distinct(numbers, count), kept);
        EXPECT(kept == 0 || memcmp(numbers, expected, kept * sizeof *numbers) == 0);
    }
}

int main(void)
{
    harness_seed(1);
    TEST(as_the_library);
    TEST(by_high_halves);
    TEST(each_once);
    return harness_end();
}
