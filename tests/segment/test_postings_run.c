/* Runs hold what was gathered, window by window, however often they are merged. */
#include "../harness.h"
#include "base/bits.h"
#include "segment/postings_run.h"

enum { DOCUMENTS = 20000, WINDOWS = (DOCUMENTS + WINDOW_SIZE - 1) / WINDOW_SIZE };

static uint64_t expected[DOCUMENTS];
static bool there[DOCUMENTS];

static void gather(postings_heap *h, uint32_t count, bool with_wdf)
{
    REQUIRE(postings_heap_reserve(h, count, with_wdf));
    for (uint32_t i = 0; i < count; i++) {
        uint32_t document = harness_below(DOCUMENTS), wdf = harness_below(harness_below(4) ? 5 : 2000);
        wdf = harness_below(1000) ? wdf : UINT32_MAX - harness_below(3);
        REQUIRE(!with_wdf || postings_heap_add_excess(h, document, wdf));
        h->documents[h->count] = document;
        if (with_wdf)
            h->wdf[h->count] = (uint8_t)(wdf < 255 ? wdf : 255);
        h->count++;
        expected[document] += wdf;
        there[document] = true;
    }
}

static void compare(const postings_run *r)
{
    static uint32_t sums[WINDOW_SIZE];
    for (uint32_t w = 0; w < WINDOWS; w++) {
        uint64_t words[RANGES] = {0}, ranges = harness_below(2) ? UINT64_MAX : UINT64_C(1) << harness_below(RANGES);
        uint32_t found = 0;
        memset(sums, 0, sizeof sums);
        postings_run_add_words(r, w, ranges, words);
        if (r->wdf) {
            postings_run_add_wdf(r, w, ranges, sums);
            postings_run_add_excess(r, w, ranges, sums);
        }
        for (uint32_t i = 0, d = w * WINDOW_SIZE; i < WINDOW_SIZE && d < DOCUMENTS; i++, d++) {
            bool in = there[d] && ranges >> (i >> 6) & 1;
            EXPECT((words[i >> 6] >> (i & 63) & 1) == in);
            if (r->wdf)
                EXPECT_EQ(sums[i], !in ? 0 : expected[d] < UINT32_MAX ? expected[d] : UINT32_MAX);
            found += there[d];
        }
        EXPECT(postings_run_count(r, w) >= found);
    }
}

static void merged(bool with_wdf)
{
    oir_error err;
    postings_heap heap = {0};
    postings_run all = {0};
    memset(expected, 0, sizeof expected);
    memset(there, 0, sizeof there);
    for (uint32_t times = 0; times < 6; times++) {
        postings_run newest, both;
        gather(&heap, harness_below(10000), with_wdf);
        REQUIRE_OK(postings_run_make(&newest, &heap, WINDOWS, with_wdf, &err), err);
        EXPECT_EQ(heap.count, 0);
        if (times) {
            REQUIRE_OK(postings_run_merge(&both, &all, &newest, &err), err);
            all = both;
            EXPECT(all.count <= DOCUMENTS);
        } else {
            all = newest;
        }
        compare(&all);
    }
    postings_run_release(&all);
    postings_heap_release(&heap);
}

static void with_wdf(void)
{
    for (int i = 0; i < 5; i++)
        merged(true);
}

static void without_wdf(void)
{
    for (int i = 0; i < 5; i++)
        merged(false);
}

int main(void)
{
    harness_seed(17);
    TEST(with_wdf);
    TEST(without_wdf);
    return harness_end();
}
