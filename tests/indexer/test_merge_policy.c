/* The choice alone, and what comes of it over a long life. */
#include "indexer/merge_policy.h"

#include "harness.h"

enum { MOST = 300 };

static void nothing_to_do(void)
{
    bool chosen[8];
    merge_size sizes[8] = {{1000, 10, 0}, {1000, 10, 3}};
    EXPECT_EQ(merge_policy_choose(sizes, 0, chosen), 0);
    EXPECT_EQ(merge_policy_choose(sizes, 2, chosen), 0);
    for (int i = 0; i < 7; i++)
        sizes[i] = (merge_size){5000, 100, 0};
    EXPECT_EQ(merge_policy_choose(sizes, 7, chosen), 0);
}

static void a_full_tier(void)
{
    bool chosen[10];
    merge_size sizes[10];
    for (int i = 0; i < 10; i++)
        sizes[i] = (merge_size){5000, 100, 0};
    sizes[0].bytes = (uint64_t)1 << 30;
    EXPECT_EQ(merge_policy_choose(sizes, 10, chosen), 9);
    EXPECT(!chosen[0] && chosen[1] && chosen[9]);
}

static void a_hollow_segment(void)
{
    bool chosen[3];
    merge_size sizes[3] = {{5000, 100, 30}, {5000, 100, 31}, {(uint64_t)1 << 40, UINT32_MAX, UINT32_MAX / 2}};
    /* One at a time, for they need not be merged with each other. */
    EXPECT_EQ(merge_policy_choose(sizes, 3, chosen), 1);
    EXPECT(!chosen[0] && chosen[1] && !chosen[2]);
    sizes[1].deleted = 0;
    EXPECT_EQ(merge_policy_choose(sizes, 3, chosen), 1);
    EXPECT(!chosen[0] && !chosen[1] && chosen[2]);
    sizes[2] = (merge_size){0, 0, 0};
    EXPECT_EQ(merge_policy_choose(sizes, 3, chosen), 0);
}

/* Many flushes: segments stay few, and a byte is written few times. */
static void a_long_life(void)
{
    static merge_size sizes[MOST];
    static bool chosen[MOST];
    size_t count = 0, most = 0;
    uint64_t written = 0, total = 0;
    for (int flush = 0; flush < 20000; flush++) {
        uint64_t bytes = 4096 + harness_below(1 << 20);
        sizes[count++] = (merge_size){bytes, (uint32_t)(bytes >> 8), 0};
        total += bytes;
        for (size_t n; (n = merge_policy_choose(sizes, count, chosen)) > 0;) {
            merge_size merged = {0};
            size_t kept = 0, seen = 0;
            for (size_t i = 0; i < count; i++)
                if (chosen[i]) {
                    merged.bytes += sizes[i].bytes;
                    merged.documents += sizes[i].documents;
                    seen++;
                } else {
                    sizes[kept++] = sizes[i];
                }
            REQUIRE(seen == n && n > 1);
            sizes[kept++] = merged;
            count = kept;
            written += merged.bytes;
        }
        most = count > most ? count : most;
        REQUIRE(count < MOST);
    }
    printf("%zu segments at most, every byte merged %.1f times\n", most, (double)written / (double)total);
    EXPECT(most <= 40);
    EXPECT(written <= total * 7);
}

int main(void)
{
    harness_seed(1);
    TEST(nothing_to_do);
    TEST(a_full_tier);
    TEST(a_hollow_segment);
    TEST(a_long_life);
    return harness_end();
}
