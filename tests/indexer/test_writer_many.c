/* Documents added by several threads whose buffer is full time and again: the optimised index has the bytes that one
 * thread with a large buffer writes. The buffer is smaller than the options of a writer with threads allow. */
#include "helper/failing_memory.h"
#include "indexer/writer.h"

#include "index_world.h"

enum { DOCUMENTS = 3000 };

static oir_status fill(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    (void)context;
    (void)thread;
    (void)err;
    world_fill(document, 2 * number + 1);
    return OIR_OK;
}

static char *build(uint32_t threads, size_t buffer_limit, size_t *segments, size_t *size)
{
    char folder[200];
    oir_writable_database *w;
    oir_docid first;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.threads = threads;
    world_folder(folder);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    EXPECT_EQ(w->threads, threads); /* so much memory is the default */
    w->buffer_limit = buffer_limit;
    for (uint32_t turn = 0; turn < 2; turn++) { /* the second begins anew with threads' documents */
        REQUIRE_OK(oir_writable_database_add_documents(w, DOCUMENTS, fill, NULL, &first, &world_error), world_error);
        EXPECT_EQ(first, turn * DOCUMENTS + 1);
        *segments = w->segment_count;
        REQUIRE_OK(oir_writable_database_optimise(w, &world_error), world_error);
    }
    oir_writable_database_close(w);
    char *bytes = world_read_segment(folder, size);
    world_remove(folder);
    return bytes;
}

static void small_buffers_are_as_one(void)
{
    static const uint32_t threads[] = {2, 5};
    size_t size, other_size, segments;
    char *bytes = build(1, (size_t)64 << 20, &segments, &size);
    EXPECT_EQ(segments, 1); /* that of the first turn */
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        char *other = build(threads[i], 256 << 10, &segments, &other_size);
        EXPECT(segments > 1); /* and how many follows from how threads take turns */
        EXPECT_EQ(other_size, size);
        EXPECT(other_size == size && memcmp(other, bytes, size) == 0);
        free(other);
    }
    free(bytes);
}

/* ---- memory that runs out while it is written ---- */

enum { BLOCKS = 600, BYTES = 3000 };

static void make_data(uint64_t number, char *out)
{
    uint64_t state = number + 1;
    for (size_t i = 0; i < BYTES; i += sizeof state) {
        uint64_t r = world_next(&state);
        memcpy(out + i, &r, sizeof r);
    }
}

static oir_status fill_data(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    char data[BYTES];
    (void)context;
    (void)thread;
    make_data(number, data);
    return oir_document_set_data(document, data, sizeof data, err);
}

/* Blocks that were handed out before it failed are not handed out again. */
static void a_commit_without_memory_is_made_again(void)
{
    char folder[200], data[BYTES];
    oir_writable_database *w;
    snapshot *s;
    buffer got = BUFFER_INIT;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.threads = 2;
    options.reorder = OIR_REORDER_NONE; /* so that data is compressed as it comes */
    world_folder(folder);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_add_documents(w, BLOCKS, fill_data, NULL, NULL, &world_error), world_error);
    oir_status status = OIR_NO_MEMORY;
    oir_allocator_set(&failing_memory);
    for (long allocations = 1; status == OIR_NO_MEMORY; allocations++) {
        failing_memory_left = allocations;
        status = oir_writable_database_commit(w, &world_error);
    }
    failing_memory_left = -1;
    oir_allocator_set(NULL);
    REQUIRE_OK(status, world_error);
    oir_writable_database_close(w);
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &world_error), world_error);
    REQUIRE(s->segment_count == 1);
    for (uint32_t i = 0; i < BLOCKS; i++) {
        buffer_clear(&got);
        REQUIRE_OK(segment_get_stored(s->segments[0].segment, i, &got, &world_error), world_error);
        make_data(i, data);
        EXPECT(got.size == BYTES && memcmp(got.data, data, BYTES) == 0);
    }
    buffer_release(&got);
    snapshot_close(s);
    world_remove(folder);
}

static uint32_t threads_of(uint32_t asked, size_t memory)
{
    char folder[200];
    oir_writable_database *w;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.threads = asked;
    options.memory_limit = memory;
    world_folder(folder);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    uint32_t threads = w->threads;
    oir_writable_database_close(w);
    world_remove(folder);
    return threads;
}

static void threads_follow_from_memory(void)
{
    EXPECT_EQ(threads_of(8, (size_t)4 << 20), 1);
    EXPECT_EQ(threads_of(8, (size_t)64 << 20), 2);
    EXPECT_EQ(threads_of(8, ((size_t)128 << 20) - 1), 3);
    EXPECT_EQ(threads_of(8, (size_t)256 << 20), 8);
    EXPECT_EQ(threads_of(3, (size_t)1 << 30), 3);
}

int main(void)
{
    TEST(small_buffers_are_as_one);
    TEST(a_commit_without_memory_is_made_again);
    TEST(threads_follow_from_memory);
    return harness_end();
}
