/* Memory that runs out at any allocation: the call says OIR_NO_MEMORY, nothing leaks, and the last commit is whole. */
#include "helper/failing_memory.h"
#include "index_world.h"
#include "indexer/writer.h"

static char folder[200];
static uint64_t before_seeds[200], after_seeds[200];
static world_model before = {before_seeds, 0}, after = {after_seeds, 0};

static oir_status expected(oir_status status)
{
    if (status != OIR_OK && status != OIR_NO_MEMORY && status != OIR_INVALID_OPERATION) {
        fprintf(stderr, "%s: %s\n", oir_status_name(status), world_error.message);
        EXPECT(false);
    }
    return status;
}

/* Fills the document without expecting that there is memory for it. */
static oir_status fill(oir_document *document, uint64_t seed)
{
    static world_document d;
    oir_status status = OIR_OK;
    world_make(&d, seed);
    oir_document_clear(document);
    for (uint32_t i = 0; i < d.term_count && !status; i++) {
        const world_term *t = &d.terms[i];
        status = oir_document_add_term(document, t->bytes, t->size, t->wdf, &world_error);
        for (uint32_t p = 0; p < t->count && !status; p++)
            status = oir_document_add_posting(document, t->bytes, t->size, d.positions[t->first + p], 0,
                                              &world_error);
    }
    if (!status)
        status = oir_document_set_data(document, d.data, d.data_size, &world_error);
    for (uint32_t i = 0; i < WORLD_SLOTS && !status; i++)
        status = oir_document_set_value(document, i * 3, d.values[i], strlen(d.values[i]), &world_error);
    return expected(status);
}

static void change(oir_writable_database *w, oir_document *document, bool *committed)
{
    after = before;
    after.seeds = after_seeds;
    memcpy(after_seeds, before_seeds, sizeof after_seeds);
    for (uint32_t i = 0; i < 12; i++) {
        uint64_t seed = i + 1;
        if (fill(document, seed) || expected(oir_writable_database_add_document(w, document, NULL, &world_error)))
            return;
        after_seeds[++after.last] = seed;
    }
    if (fill(document, 77) || expected(oir_writable_database_replace_document(w, 2, document, &world_error)))
        return;
    after_seeds[2] = 77;
    if (expected(oir_writable_database_delete_document(w, 3, &world_error)))
        return;
    after_seeds[3] = 0;
    if (expected(oir_writable_database_set_setting(w, "name", "value", 5, &world_error)))
        return;
    *committed = expected(oir_writable_database_optimise(w, &world_error)) == OIR_OK;
}

/* One life of a writer with memory for so many allocations. True when it was enough. */
static bool live(long allocations, bool flush_each, unsigned threads)
{
    oir_writable_database *w = NULL;
    oir_document *document = NULL;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    bool committed = false, rolled_back = true;
    options.no_sync = true;
    options.threads = threads;
    failing_memory_left = allocations;
    failing_memory_alive = 0;
    oir_allocator_set(&failing_memory);
    if (!expected(oir_document_new(&document, &world_error)) &&
        !expected(oir_writable_database_open(&w, folder, &options, &world_error))) {
        if (flush_each)
            w->memory_limit = 1;
        change(w, document, &committed);
        failing_memory_left = -1;
        if (!committed)
            rolled_back = oir_writable_database_rollback(w, &world_error) == OIR_OK;
    }
    EXPECT(rolled_back);
    oir_writable_database_close(w);
    oir_document_free(document);
    EXPECT_EQ(failing_memory_alive, 0);
    oir_allocator_set(NULL);
    failing_memory_left = -1;
    world_compare(folder, committed ? &after : &before, true, false);
    return committed;
}

/* An index of a few segments with deletions, the same each time. */
static void make_index(void)
{
    oir_writable_database *w;
    oir_document *document;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    world_folder(folder);
    before.last = 0;
    memset(before_seeds, 0, sizeof before_seeds);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    for (uint32_t i = 1; i <= 20; i++) {
        world_fill(document, i * 1000);
        REQUIRE_OK(oir_writable_database_add_document(w, document, NULL, &world_error), world_error);
        before_seeds[++before.last] = i * 1000;
        if (i % 7 == 0)
            REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
    }
    REQUIRE_OK(oir_writable_database_delete_document(w, 5, &world_error), world_error);
    before_seeds[5] = 0;
    REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
    oir_writable_database_close(w);
    oir_document_free(document);
}

static void at_any_allocation(void)
{
    for (int turn = 0; turn < 3; turn++) { /* at the end by several threads */
        long allocations = 0;
        make_index();
        while (!live(allocations, turn > 0, turn > 1 ? 3 : 1))
            allocations += 1 + allocations / (harness_is_slow() || harness_sees_races_only() ? 10 : 60);
        printf("about %ld allocations\n", allocations);
        world_remove(folder);
    }
}

int main(void)
{
    TEST(at_any_allocation);
    return harness_end();
}
