/* Lists of terms by document, built term by term: what termlists_encode makes of a document's terms. */
#include "segment/termlists_builder.h"

#include <stdlib.h>

#include "harness.h"
#include "segment/termlists.h"

enum { DOCUMENTS = 700, TERMS = 3000 };

typedef struct model {
    uint32_t count, ordinals[TERMS], wdf[TERMS];
} model;

static model *models;

static uint32_t random_wdf(void)
{
    uint32_t kind = harness_below(10);
    return kind < 6 ? 1 : kind < 8 ? harness_below(200) : kind < 9 ? 0 : (uint32_t)harness_random();
}

/* A term of some documents, noted with each. */
static bool add_term(termlists_builder *b, uint32_t ordinal, uint32_t most)
{
    uint32_t documents[DOCUMENTS], wdf[DOCUMENTS], count = 0;
    for (uint32_t d = harness_below(most); d < DOCUMENTS; d += 1 + harness_below(most)) {
        documents[count] = d;
        wdf[count++] = random_wdf();
        model *m = &models[d];
        m->ordinals[m->count] = ordinal;
        m->wdf[m->count++] = wdf[count - 1];
    }
    const term_postings postings = {.count = count, .documents = documents, .wdf = wdf};
    return termlists_builder_add(b, ordinal, &postings);
}

static void expect_lists(const termlists_builder *b)
{
    buffer expected = BUFFER_INIT, list = BUFFER_INIT;
    for (uint32_t d = 0; d < DOCUMENTS; d++) {
        buffer_clear(&expected);
        buffer_clear(&list);
        termlists_encode(&expected, models[d].ordinals, models[d].wdf, models[d].count);
        termlists_builder_get(b, d, &list);
        REQUIRE(!list.failed && !expected.failed);
        EXPECT_EQ(list.size, expected.size);
        EXPECT(memcmp(list.data, expected.data, expected.size) == 0);
    }
    buffer_release(&expected);
    buffer_release(&list);
}

/* Few documents to a term or nearly all, and ordinals beside each other or far apart. */
static void builds(uint32_t most, uint32_t gap)
{
    termlists_builder b;
    models = calloc(DOCUMENTS, sizeof *models);
    REQUIRE(models && termlists_builder_init(&b, DOCUMENTS, SIZE_MAX));
    uint32_t ordinal = 0;
    for (uint32_t i = 0; i < TERMS; i++, ordinal += 1 + harness_below(gap))
        REQUIRE(add_term(&b, ordinal, most));
    expect_lists(&b);
    termlists_builder_release(&b);
    free(models);
}

static void builds_lists(void)
{
    builds(1, 1);
    builds(3, 1000);
    builds(300, 10);
    builds(2 * DOCUMENTS, 1000000);
}

static void has_highest_ordinal(void)
{
    termlists_builder b;
    models = calloc(DOCUMENTS, sizeof *models);
    REQUIRE(models && termlists_builder_init(&b, DOCUMENTS, SIZE_MAX));
    REQUIRE(add_term(&b, 0, 2) && add_term(&b, UINT32_MAX - 1, 2));
    expect_lists(&b);
    termlists_builder_release(&b);
    free(models);
}

/* It ends below the limit or has all, and what comes after its end is lost. */
static void gives_up(void)
{
    termlists_builder b;
    uint32_t ended = 0;
    EXPECT(!termlists_builder_init(&b, DOCUMENTS, 100) && !b.lists);
    for (size_t limit = 1 << 14; limit <= 1 << 23; limit *= 2) {
        models = calloc(DOCUMENTS, sizeof *models);
        REQUIRE(models);
        bool goes_on = termlists_builder_init(&b, DOCUMENTS, limit / 2);
        termlists_builder_allow(&b, limit - limit / 2);
        for (uint32_t i = 0; i < TERMS; i++) {
            bool added = add_term(&b, i, 3);
            EXPECT(goes_on || !added);
            goes_on = added;
            REQUIRE(goes_on == (b.lists != NULL));
            REQUIRE(b.slab_count * ((16 << 10) - 64) <= limit);
        }
        ended += !goes_on;
        if (goes_on)
            expect_lists(&b);
        termlists_builder_release(&b);
        free(models);
    }
    EXPECT(ended > 2 && ended < 9);
}

int main(void)
{
    harness_seed(1);
    TEST(builds_lists);
    TEST(has_highest_ordinal);
    TEST(gives_up);
    return harness_end();
}
