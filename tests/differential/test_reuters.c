/* The searcher against the exhaustive scorer over Reuters-21578, with deletions and replacements, in 8 segments or
 * more and in one. Runs where OIR_SHARED names the folder of collections; OIR_QUERIES sets how many questions each. */
#include <oir/inspect.h>

#include "differential/compare_search.h"
#include "differential/differential_world.h"
#include "differential/reuters.h"

enum { QUERIES = 500, SKIPPED = 77 };

static reuters *articles;

/* Where commits are made: large parts, then small ones, so few of each that merging leaves them. */
static bool ends_part(oir_docid docid)
{
    static const oir_docid ends[] = {4000, 8000, 12000, 16000, 20000, 20700, 20800, 20900};
    bool found = false;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        found |= docid == ends[i];
    return found;
}

/* Some articles go, some take the place of others, some come again under their own number. */
static void change(world *w, oir_document *d)
{
    reuters *again = reuters_open();
    for (oir_docid docid = 1; reuters_next(again, d); docid++) {
        uint32_t what = harness_below(20);
        if (what == 0 && w->model->documents[docid].live)
            world_remove(w, docid);
        else if (what == 1)
            world_put(w, 1 + harness_below(w->model->last), d);
        else if (what == 2)
            world_put(w, docid, d);
    }
    reuters_close(again);
    world_commit(w);
}

static void fill(world *w)
{
    oir_document *d;
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    for (oir_docid docid = 1; reuters_next(articles, d); docid++) {
        world_put(w, docid, d);
        if (ends_part(docid))
            world_commit(w);
    }
    world_commit(w);
    change(w, d);
    oir_document_free(d);
}

static size_t ask(const world *w, const char *what)
{
    random_query_source source;
    oir_database *database = world_ask(w);
    size_t segments = oir_database_get_segment_count(database);
    uint32_t queries = world_queries(QUERIES);
    printf("%s: %u documents, %zu segments, %u queries\n", what, w->model->live, segments, queries);
    fflush(stdout);
    EXPECT_EQ(oir_database_get_doccount(database), w->model->live);
    EXPECT_EQ(oir_database_get_total_length(database), w->model->length);
    random_query_init(&source, w->model, harness_random);
    EXPECT_EQ(compare_search_many(database, w->model, &source, queries), 0);
    random_query_release(&source);
    oir_database_close(database);
    return segments;
}

static void same_answers(void)
{
    world w;
    world_open(&w, OIR_REORDER_LIGHT);
    fill(&w);
    EXPECT(ask(&w, "as written") >= 8);
    REQUIRE_OK(oir_writable_database_optimise(w.writer, &world_error), world_error);
    EXPECT_EQ(ask(&w, "optimised"), 1);
    world_close(&w);
}

int main(void)
{
    articles = reuters_open();
    if (!articles) {
        printf("OIR_SHARED is not set: skipped\n");
        return SKIPPED;
    }
    harness_seed(21578);
    TEST(same_answers);
    reuters_close(articles);
    return harness_end();
}
