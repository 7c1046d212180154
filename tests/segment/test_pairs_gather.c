/* Pairs are gathered the same by threads that help, and with little memory, for which lists wait in a file; it ends
 * when it shall, or memory does. */
#include <limits.h>
#include <oir/memory.h>
#include <stdatomic.h>

#include "pairs_world.h"
#include "segment/pairs_check.h"

static buffer read_file(const char *path)
{
    buffer b = BUFFER_INIT;
    FILE *file = fopen(path, "rb");
    size_t n;
    REQUIRE(file);
    do {
        REQUIRE(buffer_reserve(&b, 1 << 16));
        n = fread(b.data + b.size, 1, 1 << 16, file);
        b.size += n;
    } while (n);
    fclose(file);
    return b;
}

/* What is written as told by `helpers` and `memory` is sound, and these bytes. */
static void expect_same(const char *path, const text *t, const buffer *expected)
{
    oir_error err;
    segment *s = write_and_open(path, t, true);
    EXPECT(s->pairs.pair_count > 0);
    REQUIRE_OK(pairs_check(s, &err), err);
    segment_close(s);
    buffer got = read_file(path);
    EXPECT(got.size == expected->size && !memcmp(got.data, expected->data, got.size));
    buffer_release(&got);
    unlink(path);
}

/* The bytes that one thread writes, with any memory. */
static buffer write_alone(const char *path, const text *t)
{
    segment_close(write_and_open(path, t, true));
    buffer bytes = read_file(path);
    unlink(path);
    return bytes;
}

static void threads_write_the_same(void)
{
    static const size_t counts[] = {1, 3, 11}; /* of helpers */
    char *folder = scratch_open(), path[SCRATCH_PATH];
    scratch_path(path, folder, "segment");
    for (uint32_t round = 0; round < 2; round++) {
        text t;
        text_make(&t, round ? 20000 : 5000, round > 0);
        paths_set(paths_choose(round ? "marked" : NULL));
        buffer alone = write_alone(path, &t);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            helpers = team_new(counts[i]);
            REQUIRE(helpers);
            expect_same(path, &t, &alone);
            team_free(helpers);
            helpers = NULL;
        }
        buffer_release(&alone);
        free(t.at);
    }
    paths_set(paths_choose(NULL));
    scratch_close(folder);
}

/* Lists that went to a file meanwhile are what they would be, whoever helps; and a limit that is not reached does not
 * matter. */
static void little_memory_writes_the_same(void)
{
    static const size_t limits[] = {1, 5000, 100000, 1 << 30};
    char *folder = scratch_open(), path[SCRATCH_PATH];
    scratch_path(path, folder, "segment");
    for (uint32_t round = 0, rounds = harness_times(3); round < rounds; round++) {
        text t;
        text_make(&t, round ? 20000 : 9000, round > 0);
        paths_set(paths_choose(round == 2 ? "marked" : NULL));
        buffer much = write_alone(path, &t);
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            memory = limits[i];
            helpers = i % 2 ? team_new(2) : NULL;
            expect_same(path, &t, &much);
            team_free(helpers);
            helpers = NULL;
            memory = 0;
        }
        buffer_release(&much);
        free(t.at);
    }
    paths_set(paths_choose(NULL));
    scratch_close(folder);
}

/* A folder that does not take the file is said. */
static void nowhere_to_put_lists(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    oir_error err;
    text t;
    text_make(&t, 9000, false);
    scratch_path(path, folder, "segment");
    setenv("TMPDIR", "/nowhere/at/all", 1);
    memory = 1;
    EXPECT_EQ(segment_writer_commit(write_text(path, &t, true), &err), OIR_IO);
    EXPECT(strstr(err.message, "TMPDIR") != NULL);
    EXPECT(access(path, F_OK) != 0);
    memory = 0;
    REQUIRE_OK(segment_writer_commit(write_text(path, &t, true), &err), err);
    unsetenv("TMPDIR");
    free(t.at);
    scratch_close(folder);
}

static uint32_t told;

/* Says no the third time. */
static oir_status refuse(void *context, uint64_t done, uint64_t total, oir_error *err)
{
    (void)context;
    EXPECT(done <= total);
    if (++told < 3)
        return OIR_OK;
    if (err) {
        err->status = OIR_CANCELLED;
        snprintf(err->message, sizeof err->message, "enough");
    }
    return OIR_CANCELLED;
}

static void telling_ends_it(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    oir_error err;
    text t;
    text_make(&t, 20000, false);
    scratch_path(path, folder, "segment");
    tell = refuse;
    for (size_t count = 0; count < 4; count++) {
        helpers = count ? team_new(count) : NULL;
        told = 0;
        oir_status status = segment_writer_commit(write_text(path, &t, true), &err);
        EXPECT(told >= 3 ? status == OIR_CANCELLED && !strcmp(err.message, "enough") : status == OIR_OK);
        EXPECT(told == 3 || (count && told < 3)); /* others may be faster than its own windows */
        EXPECT((access(path, F_OK) == 0) == (status == OIR_OK));
        unlink(path);
        team_free(helpers);
    }
    helpers = NULL;
    tell = NULL;
    free(t.at);
    scratch_close(folder);
}

static atomic_long left, alive; /* allocations until all fail */

static void *limited_allocate(size_t size, void *context)
{
    (void)context;
    void *block = atomic_fetch_sub(&left, 1) > 0 ? malloc(size) : NULL;
    atomic_fetch_add(&alive, block != NULL);
    return block;
}

static void *limited_reallocate(void *block, size_t size, void *context)
{
    (void)context;
    void *grown = atomic_fetch_sub(&left, 1) > 0 ? realloc(block, size) : NULL;
    atomic_fetch_add(&alive, grown && !block);
    return grown;
}

static void limited_release(void *block, void *context)
{
    (void)context;
    atomic_fetch_sub(&alive, 1);
    free(block);
}

static const oir_allocator limited = {limited_allocate, limited_reallocate, limited_release, NULL};

/* Returns how many allocations finding them took. */
static long write_with(const char *path, const text *t, long allocations, size_t count)
{
    oir_error err;
    atomic_store(&left, LONG_MAX);
    atomic_store(&alive, 0);
    oir_allocator_set(&limited);
    helpers = count ? team_new(count) : NULL;
    segment_writer *w = write_text(path, t, true);
    atomic_store(&left, allocations);
    oir_status status = segment_writer_commit(w, &err);
    long taken = allocations - atomic_load(&left);
    EXPECT(taken <= allocations ? status == OIR_OK : status == OIR_NO_MEMORY);
    EXPECT((access(path, F_OK) == 0) == (status == OIR_OK));
    unlink(path);
    team_free(helpers);
    helpers = NULL;
    EXPECT_EQ(atomic_load(&alive), 0);
    oir_allocator_set(NULL);
    return taken;
}

static void memory_may_end(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    text t;
    text_make(&t, 4500, true); /* two windows */
    scratch_path(path, folder, "segment");
    for (size_t count = 0; count < 4; count++) {
        memory = count % 2 ? 1000 : 0;
        long all = write_with(path, &t, LONG_MAX / 2, count);
        for (uint32_t round = 0, rounds = harness_times(25); round < rounds; round++)
            write_with(path, &t, (long)harness_below((uint32_t)all), count);
    }
    memory = 0;
    free(t.at);
    scratch_close(folder);
}

int main(void)
{
    harness_seed(11);
    TEST(threads_write_the_same);
    TEST_ALONE(little_memory_writes_the_same);
    TEST_ALONE(nowhere_to_put_lists);
    TEST(telling_ends_it);
    TEST(memory_may_end);
    return harness_end();
}
