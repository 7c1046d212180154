/* The order of merged documents, in runs or one by one, and what local numbers become in it, against plain arrays. */
#include "indexer/merge_locals.h"

#include <string.h>

#include "harness.h"
#include "helper/failing_memory.h"
#include "helper/packed.h"

enum { SOURCES = 4, MOST = 3000 };

static oir_error err;
static segment segments[SOURCES];
static uint64_t deleted[SOURCES][MOST / 64 + 1];
static merge_source sources[SOURCES];

typedef enum shape { APART, SOME_REPLACED, MIXED, PERMUTED, SHAPES } shape;

/* How docids are spread over the sources: one behind the other, the last one with some that are between those of the
 * others, by chance, or by chance and not in order. */
static uint32_t choose_source(shape how, uint32_t i, uint32_t all)
{
    if (how == MIXED)
        return harness_below(SOURCES);
    if (how == SOME_REPLACED && harness_below(50) == 0)
        return SOURCES - 1;
    return i * SOURCES / all;
}

static void shuffle(uint32_t *numbers, uint32_t count)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t other = harness_below(i), swapped = numbers[i - 1];
        numbers[i - 1] = numbers[other];
        numbers[other] = swapped;
    }
}

/* Sources of that shape; in one of `share` documents is deleted. */
static void make_sources(shape how, uint32_t all, uint32_t share)
{
    static uint32_t docids[SOURCES][MOST];
    uint32_t counts[SOURCES] = {0};
    memset(deleted, 0, sizeof deleted);
    for (uint32_t i = 0; i < all; i++) {
        uint32_t s = choose_source(how, i, all);
        docids[s][counts[s]++] = i;
    }
    for (uint32_t s = 0; s < SOURCES; s++) {
        bool permuted = how == PERMUTED && s != 1 && counts[s] > 0;
        if (permuted)
            shuffle(docids[s], counts[s]);
        segments[s] = (segment){.docid_first = 1, .docid_last = all + 1, .name = "made up"};
        segments[s].context.document_count = counts[s];
        segments[s].docids = packed_make(docids[s], counts[s], all);
        segments[s].inverse.marks = permuted ? segments[s].docids.bytes : NULL; /* which nobody asks */
        for (uint32_t i = 0; share && i < counts[s]; i++)
            deleted[s][i / 64] |= (uint64_t)(harness_below(share) == 0) << (i % 64);
        sources[s] = (merge_source){&segments[s], share && harness_below(4) ? deleted[s] : NULL};
    }
}

static void free_sources(void)
{
    for (uint32_t s = 0; s < SOURCES; s++)
        free((void *)(uintptr_t)segments[s].docids.bytes);
}

static bool is_deleted(uint32_t s, uint32_t local)
{
    return sources[s].deleted && sources[s].deleted[local / 64] >> (local % 64) & 1;
}

/* By docid, each live document once. */
static void expect_docids(const merge_order *order)
{
    uint32_t live = 0, documents = 0;
    oir_docid before = 0;
    for (uint32_t s = 0; s < SOURCES; s++)
        for (uint32_t i = 0; i < segments[s].context.document_count; i++)
            live += !is_deleted(s, i);
    for (merge_stretch m = {0}; merge_order_next(order, &m);) {
        EXPECT_EQ(m.first, documents);
        for (uint32_t i = 0; i < m.count; i++) {
            oir_docid docid = segment_get_docid(&segments[m.source], m.local + i);
            EXPECT(docid > before && !is_deleted(m.source, m.local + i));
            before = docid;
        }
        documents += m.count;
    }
    EXPECT_EQ(documents, live);
    EXPECT_EQ(order->count, live);
}

/* The same stretches, however it is kept. */
static void expect_same(const merge_order *runs, merge_order *each)
{
    merge_stretch a = {0}, b = {0};
    for (;;) {
        bool more = merge_order_next(runs, &a);
        REQUIRE(merge_order_next(each, &b) == more);
        if (!more)
            return;
        EXPECT(a.first == b.first && a.count == b.count && a.source == b.source && a.local == b.local);
    }
}

static void expect_locals(const merge_order *order, const merge_locals *all)
{
    static uint32_t known[SOURCES][MOST], documents[MOST], wanted[MOST];
    memset(known, 0xff, sizeof known);
    for (merge_stretch m = {0}; merge_order_next(order, &m);)
        for (uint32_t i = 0; i < m.count; i++)
            known[m.source][m.local + i] = m.first + i;
    for (uint32_t s = 0; s < SOURCES; s++) {
        uint32_t count = segments[s].context.document_count, n = 0, last = 0;
        bool ascend = true;
        for (uint32_t i = 0; i < count; i++) {
            EXPECT_EQ(merge_locals_get(&all[s], i), known[s][i]);
            if (known[s][i] != MERGE_LOCALS_GONE) {
                ascend &= known[s][i] >= last;
                last = known[s][i];
            }
        }
        EXPECT_EQ(all[s].ascend, ascend);
        for (uint32_t i = 0; i < count; i += 1 + harness_below(5)) {
            documents[n] = i;
            wanted[n++] = known[s][i];
        }
        merge_locals_map(&all[s], documents, n);
        EXPECT(!memcmp(documents, wanted, n * sizeof *wanted));
    }
}

static void all_shapes(void)
{
    uint32_t small = 0, large = 0, runs = 0;
    for (uint32_t round = 0; round < 400; round++) {
        static const uint32_t shares[] = {0, 100, 10, 2, 1};
        shape how = round % SHAPES;
        uint32_t all = 1 + harness_below(round % 3 ? MOST : 200), share = shares[harness_below(5)];
        merge_order order, copy;
        merge_locals locals[SOURCES];
        make_sources(how, all, share);
        REQUIRE_OK(merge_order_by_docid(&order, sources, SOURCES, &err), err);
        REQUIRE_OK(merge_order_by_docid(&copy, sources, SOURCES, &err), err);
        REQUIRE_OK(merge_order_spread(&copy, &err), err);
        expect_docids(&order);
        expect_same(&order, &copy);
        runs += !order.locals;
        REQUIRE_OK(merge_locals_init(locals, sources, SOURCES, harness_below(2) ? &order : &copy, &err), err);
        expect_locals(&order, locals);
        for (uint32_t s = 0; s < SOURCES; s++) {
            large += locals[s].each != NULL;
            small += locals[s].bases != NULL;
            if (how == APART && !sources[s].deleted && segments[s].context.document_count)
                EXPECT(locals[s].shifted);
            if (how == APART && segments[s].context.document_count > 16)
                EXPECT(!locals[s].each);
            merge_locals_release(&locals[s]);
        }
        merge_order_release(&order);
        merge_order_release(&copy);
        free_sources();
    }
    printf("%u orders in runs, %u sources with few numbers, %u with one for each document\n", runs, small, large);
    EXPECT(small > 300 && large > 100 && runs > 100 && runs < 390);
}

/* Documents that are neither deleted nor in the order. */
static void some_left_out(void)
{
    for (uint32_t round = 0; round < 50; round++) {
        merge_order order;
        merge_locals locals[SOURCES];
        uint32_t count = 0;
        make_sources(APART, MOST, 10);
        for (int pass = 0; pass < 2; pass++) {
            if (pass)
                merge_order_init(&order, count);
            for (uint32_t s = 0; s < SOURCES; s++) {
                for (uint32_t i = 0; i < segments[s].context.document_count; i++) {
                    if (is_deleted(s, i) || (i * 31 + round + s) % 30 == 0)
                        continue;
                    if (pass)
                        REQUIRE_OK(merge_order_add(&order, s, i, &err), err);
                    else
                        count++;
                }
            }
        }
        REQUIRE_OK(merge_locals_init(locals, sources, SOURCES, &order, &err), err);
        expect_locals(&order, locals);
        for (uint32_t s = 0; s < SOURCES; s++)
            merge_locals_release(&locals[s]);
        merge_order_release(&order);
        free_sources();
    }
}

static void memory_that_runs_out(void)
{
    oir_allocator_set(&failing_memory);
    for (uint32_t how = 0; how < SHAPES; how++) {
        oir_status status = OIR_NO_MEMORY;
        make_sources((shape)how, 1000, 10);
        long alive = failing_memory_alive;
        for (long n = 0; status == OIR_NO_MEMORY && n < 100; n++) {
            merge_order order;
            merge_locals locals[SOURCES] = {{0}};
            failing_memory_left = n;
            status = merge_order_by_docid(&order, sources, SOURCES, &err);
            if (status == OIR_OK)
                status = merge_locals_init(locals, sources, SOURCES, &order, &err);
            failing_memory_left = -1;
            EXPECT(status == OIR_OK || status == OIR_NO_MEMORY);
            for (uint32_t s = 0; s < SOURCES; s++)
                merge_locals_release(&locals[s]);
            merge_order_release(&order);
            EXPECT_EQ(failing_memory_alive, alive);
        }
        EXPECT_EQ(status, OIR_OK);
        free_sources();
    }
    oir_allocator_set(NULL);
}

int main(void)
{
    harness_seed(1);
    TEST(all_shapes);
    TEST(some_left_out);
    TEST(memory_that_runs_out);
    return harness_end();
}
