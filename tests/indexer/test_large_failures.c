/* What fails while a document in parts is made or written: nothing leaks, and the index is what it was. */
#include "helper/failing_memory.h"
#include "indexer/writer.h"
#include "large_world.h"

static void no_folder_for_parts(void)
{
    char kept[400];
    const char *before = getenv("TMPDIR");
    snprintf(kept, sizeof kept, "%s", before ? before : "");
    oir_document *document, *whole;
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_document_new(&whole, &world_error), world_error);
    REQUIRE(setenv("TMPDIR", "/nowhere/at/all", 1) == 0);
    large_without("intact");
    oir_status status = large_make(document, 2, &world_error);
    EXPECT_EQ(status, OIR_IO);
    EXPECT(strstr(world_error.message, "/nowhere/at/all") && strstr(world_error.message, "TMPDIR"));
    if (*kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    REQUIRE_OK(large_make(document, 2, &world_error), world_error);
    large_without("");
    REQUIRE_OK(large_make(whole, 2, &world_error), world_error);
    large_compare(document, whole);
    oir_document_free(document);
    oir_document_free(whole);
}

static uint64_t calls_left;

static bool stops(const char *what, uint64_t done, uint64_t total, void *context)
{
    (void)what;
    (void)done;
    (void)total;
    (void)context;
    return calls_left == 0 || --calls_left > 0;
}

/* Stopped wherever progress is told, the index is what it was, and can be gone on with. */
static void stopped_half_way(void)
{
    char folder[200];
    oir_writable_database *w;
    oir_document *document;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.progress = stops;
    world_folder(folder);
    large_without("intact,buffered");
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    REQUIRE_OK(large_make(document, 4, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_add_document(w, document, NULL, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
    size_t files = world_count_files(folder, "segment-");
    oir_status status = OIR_CANCELLED;
    uint32_t stopped = 0;
    for (uint64_t calls = 1; status == OIR_CANCELLED; calls += 1 + calls / 8) {
        calls_left = calls;
        status = oir_writable_database_replace_document(w, 1, document, &world_error);
        calls_left = 0;
        if (status == OIR_OK)
            break;
        EXPECT_EQ(status, OIR_CANCELLED);
        stopped++;
        EXPECT_EQ(oir_writable_database_commit(w, &world_error), OIR_INVALID_OPERATION);
        REQUIRE_OK(oir_writable_database_rollback(w, &world_error), world_error);
        EXPECT_EQ(oir_writable_database_get_doccount(w), 1);
        EXPECT_EQ(world_count_files(folder, "segment-"), files);
    }
    EXPECT(stopped > 3);
    EXPECT_EQ(oir_writable_database_get_doccount(w), 1);
    oir_writable_database_close(w); /* not committed: what was written goes */
    EXPECT_EQ(world_count_files(folder, "segment-"), files);
    large_check_folder(folder);
    oir_document_free(document);
    large_without("");
    world_remove(folder);
}

/* True when there was memory enough. */
static bool lives(const char *folder, long allocations)
{
    oir_writable_database *w = NULL;
    oir_document *document = NULL;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    failing_memory_alive = 0;
    failing_memory_left = -1;
    oir_allocator_set(&failing_memory);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    failing_memory_left = allocations;
    oir_status status = large_make(document, 4, &world_error);
    if (!status)
        status = oir_writable_database_add_document(w, document, NULL, &world_error);
    failing_memory_left = -1;
    EXPECT(status == OIR_OK || status == OIR_NO_MEMORY);
    REQUIRE_OK(oir_writable_database_rollback(w, &world_error), world_error);
    EXPECT_EQ(oir_writable_database_get_doccount(w), 0);
    EXPECT_EQ(world_count_files(folder, "segment-"), 0);
    oir_writable_database_close(w);
    oir_document_free(document);
    EXPECT_EQ(failing_memory_alive, 0);
    oir_allocator_set(NULL);
    return status == OIR_OK;
}

static void memory_runs_out(void)
{
    char folder[200];
    long allocations = 1;
    world_folder(folder);
    large_without("intact,buffered");
    while (!lives(folder, allocations))
        allocations += 1 + allocations / 20;
    printf("about %ld allocations\n", allocations);
    EXPECT(allocations > 100);
    large_without("");
    world_remove(folder);
}

int main(void)
{
    TEST(no_folder_for_parts);
    TEST(stopped_half_way);
    TEST(memory_runs_out);
    return harness_end();
}
