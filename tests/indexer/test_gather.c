/* Postings gathered in any order come out sorted, each with its own wdf and positions. */
#include "indexer/gather.h"

#include "harness.h"

enum { DOCUMENTS = 2000 };

static oir_error error;

static uint32_t wdf_of(uint32_t document)
{
    return document % 5;
}

static uint32_t positions_of(uint32_t document, int shape)
{
    return shape == 0 ? wdf_of(document) : shape == 1 ? 0 : document % 3;
}

static void fill(gather *g, const uint32_t *documents, uint32_t count, int shape)
{
    gather_clear(g);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t positions = positions_of(documents[i], shape);
        REQUIRE(gather_reserve(g, i + 1, g->position_count + positions));
        for (uint32_t p = 0; p < positions; p++)
            g->positions[g->position_count + p] = documents[i] + p;
        gather_add(g, documents[i], wdf_of(documents[i]), positions);
    }
}

static void check(gather *g, uint32_t count, int shape)
{
    term_postings out;
    size_t at = 0;
    REQUIRE_OK(gather_finish(g, &out, &error), error);
    EXPECT_EQ(out.count, count);
    EXPECT_EQ(out.positions != NULL, g->position_count > 0);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t expected = positions_of(out.documents[i], shape);
        EXPECT(i == 0 || out.documents[i] > out.documents[i - 1]);
        EXPECT_EQ(out.wdf[i], wdf_of(out.documents[i]));
        if (out.positions)
            EXPECT_EQ(out.position_counts ? out.position_counts[i] : out.wdf[i], expected);
        for (uint32_t p = 0; p < expected; p++)
            EXPECT_EQ(out.positions[at++], out.documents[i] + p);
    }
}

static void any_order(void)
{
    static uint32_t documents[DOCUMENTS];
    gather g;
    gather_init(&g);
    for (int round = 0; round < 60; round++) {
        uint32_t count = round < 6 ? (uint32_t)round : harness_below(DOCUMENTS);
        int shape = round % 3;
        for (uint32_t i = 0; i < count; i++)
            documents[i] = i * 3;
        if (round % 2)
            for (uint32_t i = count; i > 1; i--) {
                uint32_t other = harness_below(i), swapped = documents[i - 1];
                documents[i - 1] = documents[other];
                documents[other] = swapped;
            }
        fill(&g, documents, count, shape);
        check(&g, count, shape);
    }
    gather_release(&g);
}

/* Lists of several one after the other: runs that ascend each for itself, or not. */
static void runs(void)
{
    gather g;
    gather_init(&g);
    for (int round = 0; round < 60; round++) {
        uint32_t of[DOCUMENTS], count = harness_below(DOCUMENTS), kinds = 1 + harness_below(5), stretch = 1;
        for (uint32_t i = 0; i < count; i += stretch) { /* documents of one run lie side by side, or not */
            uint32_t run = harness_below(kinds);
            stretch = round % 2 ? 1 : 1 + harness_below(50);
            for (uint32_t k = i; k < count && k < i + stretch; k++)
                of[k] = run;
        }
        gather_clear(&g);
        for (uint32_t run = 0; run < kinds; run++)
            for (uint32_t k = 0; k < count; k++) {
                uint32_t i = round % 7 == 6 && run == 1 ? count - 1 - k : k;
                if (of[i] != run)
                    continue;
                uint32_t document = i * 2, positions = positions_of(document, round % 3);
                REQUIRE(gather_reserve(&g, g.count + (size_t)1, g.position_count + positions));
                for (uint32_t p = 0; p < positions; p++)
                    g.positions[g.position_count + p] = document + p;
                gather_add(&g, document, wdf_of(document), positions);
            }
        check(&g, count, round % 3);
    }
    gather_release(&g);
}

int main(void)
{
    harness_seed(1);
    TEST(any_order);
    TEST(runs);
    return harness_end();
}
