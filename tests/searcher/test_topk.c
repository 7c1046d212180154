/* The k best of random items, many of them equal, are those that sorting all of them gives. */
#include "../harness.h"
#include "searcher/database.h"
#include "searcher/topk.h"

/* A plan over one segment whose documents have docids in no order. */
static segment documents;
static snapshot_segment place = {.segment = &documents};
static oir_database database = {.shard_count = 1};
static plan_unit unit = {.segment = &place};
static plan over = {.database = &database, .units = &unit, .unit_count = 1};

static int compare(const void *a, const void *b)
{
    const topk_item *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    return (x->key > y->key) - (x->key < y->key);
}

static topk_item *make_items(uint32_t count, uint32_t values, oir_docid_order order)
{
    topk_item *all = malloc((count + 1) * sizeof *all);
    uint32_t *docids = malloc((count + 1) * sizeof *docids);
    REQUIRE(all && docids);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t other = harness_below(i + 1);
        docids[i] = docids[other];
        docids[other] = i + 1;
    }
    for (uint32_t i = 0; i < count; i++) {
        uint64_t key = order == OIR_DOCID_DONT_CARE ? i : order == OIR_DOCID_ASCENDING ? docids[i] : count - docids[i];
        all[i] = (topk_item){harness_below(values), key, docids[i]};
    }
    documents.docids = docids;
    return all;
}

/* Offers some of the items; those come to stand at the front of `offered`. */
static uint32_t offer(topk *t, const topk_item *all, uint32_t count, topk_item *offered)
{
    oir_error err;
    uint32_t total = 0;
    for (uint32_t i = 0, size; i < count; i += size) {
        double threshold = topk_threshold(t), weights[64];
        size = 1 + harness_below(64);
        size = size < count - i ? size : count - i;
        uint64_t some = harness_below(3) ? UINT64_MAX : harness_random();
        some &= UINT64_MAX >> (64 - size);
        uint32_t n = 0;
        for (uint32_t j = 0; j < size; j++)
            if (some >> j & 1)
                weights[n++] = (offered[total++] = all[i + j]).weight;
        REQUIRE_OK(topk_add(t, weights, i, some, &err), err);
        EXPECT(topk_threshold(t) >= threshold);
        EXPECT_EQ(t->full, t->wanted <= total);
    }
    return total;
}

static void trial(enum isa isa, size_t wanted, uint32_t count, uint32_t values)
{
    oir_error err;
    topk t;
    oir_docid_order order = (oir_docid_order)harness_below(3);
    topk_item *all = make_items(count, values, order), *offered = malloc((count + 1) * sizeof *offered);
    REQUIRE(offered);
    topk_init(&t, kernels_get(isa), wanted, order, &over);
    uint32_t total = offer(&t, all, count, offered);
    size_t expected = wanted < total ? wanted : total;
    qsort(offered, total, sizeof *offered, compare);
    if (t.full && values == 1) /* no earlier than will turn out at the end */
        EXPECT(topk_last_key(&t) >= topk_get_key(&t, 0) - all[0].key + offered[wanted - 1].key);
    REQUIRE_OK(topk_sort(&t, &err), err);
    EXPECT_EQ(t.held, expected);
    EXPECT_EQ(t.offered, total);
    for (size_t i = 0; i < expected && i < t.held; i++) {
        EXPECT(t.items[i].weight == offered[i].weight);
        EXPECT_EQ(t.items[i].docid, offered[i].docid);
    }
    topk_release(&t);
    free((void *)(uintptr_t)documents.docids);
    free(all);
    free(offered);
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
