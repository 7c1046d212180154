/* The k best of random items, many of them equal, are those that sorting all of them gives. */
#include "../harness.h"
#include "searcher/topk.h"

enum { PARTS = 3 };

static int compare(const void *a, const void *b)
{
    const topk_item *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return (x->docid > y->docid) - (x->docid < y->docid);
}

static void expect_best(const topk *t, const topk_item *all, uint32_t count)
{
    size_t expected = t->wanted < count ? t->wanted : count;
    EXPECT_EQ(t->held, expected);
    EXPECT_EQ(t->offered, count);
    for (size_t i = 0; i < expected && i < t->held; i++) {
        EXPECT(t->items[i].weight == all[i].weight);
        EXPECT_EQ(t->items[i].docid, all[i].docid);
    }
}

/* Given to one, and to some that are merged. */
static void trial(enum isa isa, size_t wanted, uint32_t count, uint32_t values)
{
    oir_error err;
    topk t, parts[PARTS], merged;
    topk_item *all = malloc((count + 1) * sizeof *all);
    topk_init(&t, kernels_get(isa), wanted);
    topk_init(&merged, kernels_get(isa), wanted);
    for (size_t p = 0; p < PARTS; p++)
        topk_init(&parts[p], kernels_get(isa), wanted);
    for (uint32_t i = 0; i < count; i++) {
        all[i] = (topk_item){harness_below(values), i + 1};
        uint32_t other = harness_below(i + 1); /* in no order of docids */
        oir_docid docid = all[i].docid;
        all[i].docid = all[other].docid;
        all[other].docid = docid;
    }
    for (uint32_t i = 0, n; i < count; i += n) {
        double threshold = topk_threshold(&t), weights[TOPK_ADD_MOST];
        oir_docid docids[TOPK_ADD_MOST];
        n = 1 + harness_below(TOPK_ADD_MOST);
        n = n < count - i ? n : count - i;
        for (uint32_t j = 0; j < n; j++) {
            weights[j] = all[i + j].weight;
            docids[j] = all[i + j].docid;
        }
        REQUIRE_OK(topk_add(&t, weights, docids, n, &err), err);
        REQUIRE_OK(topk_add(&parts[harness_below(PARTS)], weights, docids, n, &err), err);
        EXPECT(topk_threshold(&t) >= threshold);
        EXPECT_EQ(t.full, wanted <= (size_t)i + n);
    }
    REQUIRE_OK(topk_sort(&t, &err), err);
    for (size_t p = 0; p < PARTS; p++)
        REQUIRE_OK(topk_sort(&parts[p], &err), err);
    REQUIRE_OK(topk_merge(&merged, parts, PARTS, &err), err);
    qsort(all, count, sizeof *all, compare);
    expect_best(&t, all, count);
    expect_best(&merged, all, count);
    topk_release(&t);
    topk_release(&merged);
    for (size_t p = 0; p < PARTS; p++)
        topk_release(&parts[p]);
    free(all);
}

static void best_are_kept(void)
{
    static const size_t wanted[] = {1, 2, 10, 63, 64, 65, 66, 100, 1000, 5000};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        for (uint32_t values = 1; values <= 1000000; values *= 10)
            for (uint32_t count = 1; count < 12000; count = count * 3 + harness_below(5))
                for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++)
                    trial(isa, wanted[i], count, values);
}

int main(void)
{
    harness_seed(7);
    TEST(best_are_kept);
    return harness_end();
}
