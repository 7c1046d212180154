/* The k best of random items, many of them equal, are those that sorting all of them gives. */
#include "../harness.h"
#include "codec/bitpack.h"
#include "searcher/database.h"
#include "searcher/topk.h"

enum { PARTS = 3 };

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

/* The docids, 1 to count, as a column in memory. */
static void pack(uint32_t *docids, uint32_t count)
{
    uint32_t width = bits_width(count);
    uint8_t *bytes = calloc(1, bitpack_bytes(count, width) + BITPACK_PADDING);
    REQUIRE(bytes);
    for (uint32_t i = 0; i < count; i++)
        docids[i]--;
    bitpack_get(ISA_SCALAR)->pack(docids, count, width, bytes);
    documents.docids =
        (packed_column){.bytes = bytes, .width = width, .mask = (uint32_t)bits_low(width), .most = count};
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
    documents.docid_first = 1;
    pack(docids, count);
    free(docids);
    return all;
}

/* Offers some of the items to t, and each of them to one of the parts; they come to stand at the front of `offered`. */
static uint32_t offer(topk *t, topk *parts, const topk_item *all, uint32_t count, topk_item *offered)
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
        REQUIRE_OK(topk_add(&parts[harness_below(PARTS)], weights, i, some, &err), err);
        EXPECT(topk_threshold(t) >= threshold);
        EXPECT_EQ(t->full, t->wanted <= total);
    }
    return total;
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
    oir_docid_order order = (oir_docid_order)harness_below(3);
    topk t, parts[PARTS], merged;
    topk_item *all = make_items(count, values, order), *offered = malloc((count + 1) * sizeof *offered);
    REQUIRE(offered);
    topk_init(&t, kernels_get(isa), wanted, order, &over);
    topk_init(&merged, kernels_get(isa), wanted, order, &over);
    for (size_t p = 0; p < PARTS; p++)
        topk_init(&parts[p], kernels_get(isa), wanted, order, &over);
    uint32_t total = offer(&t, parts, all, count, offered);
    qsort(offered, total, sizeof *offered, compare);
    if (t.full && values == 1) /* no earlier than will turn out at the end */
        EXPECT(topk_last_key(&t) >= topk_get_key(&t, 0) - all[0].key + offered[wanted - 1].key);
    REQUIRE_OK(topk_sort(&t, &err), err);
    for (size_t p = 0; p < PARTS; p++)
        REQUIRE_OK(topk_sort(&parts[p], &err), err);
    REQUIRE_OK(topk_merge(&merged, parts, PARTS, &err), err);
    expect_best(&t, offered, total);
    expect_best(&merged, offered, total);
    topk_release(&t);
    topk_release(&merged);
    for (size_t p = 0; p < PARTS; p++)
        topk_release(&parts[p]);
    free((void *)(uintptr_t)documents.docids.bytes);
    free(all);
    free(offered);
}

static void best_are_kept(void)
{
    static const size_t wanted[] = {1, 2, 10, 63, 64, 65, 66, 100, 1000, 5000};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        for (uint32_t values = 1; values <= 1000000; values *= harness_is_slow() ? 1000 : 10)
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
