#include "container_world.h"

#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "base/error.h"

enum { OBJECTS = 3000 };
static object objects[OBJECTS];

static uint64_t random_size(void)
{
    switch (harness_below(100)) {
    case 0:
        return harness_below(3000000);
    case 1:
        return 1048400 + harness_below(300); /* around what a slot holds */
    case 2:
    case 3:
        return harness_below(200000);
    default:
        return harness_below(3000);
    }
}

static void write_random(size_t count, bool large)
{
    static const uint32_t aligns[] = {1, 2, 4, 8, 64};
    oir_error err;
    container_writer *w;
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    for (size_t i = 0; i < count; i++) {
        objects[i].kind = 1 + harness_below(PART_KIND_END - 1);
        objects[i].align = aligns[harness_below(5)];
        objects[i].size = large ? random_size() : harness_below(200);
        object_add(w, objects + i);
    }
    REQUIRE_OK(container_writer_commit(w, false, &err), err);
}

static void expect_objects(const container *c, size_t count)
{
    oir_error err;
    uint64_t sums[PART_KIND_END] = {0};
    volatile uint8_t sink = 0;
    for (size_t i = 0; i < count; i++) {
        const object *o = objects + i;
        const uint8_t *bytes;
        REQUIRE_OK(container_get(c, o->kind, o->address, o->size, &bytes, &err), err);
        EXPECT(object_equals(o, bytes));
        sums[o->kind] += o->size;
        if (o->size == 0)
            continue;
        EXPECT_EQ((uintptr_t)bytes % o->align, 0);
        EXPECT(o->address != 0 && bytes == container_at(c, o->kind, o->address));
        for (int j = 0; j < CONTAINER_TAIL; j++)
            sink ^= bytes[o->size + (size_t)j]; /* inside the map */
        uint64_t at = harness_random() % o->size, size = harness_random() % (o->size - at + 1);
        const uint8_t *inner;
        REQUIRE_OK(container_get(c, o->kind, o->address + at, size, &inner, &err), err);
        EXPECT(size == 0 || inner == bytes + at);
    }
    (void)sink;
    for (uint32_t kind = 1; kind < PART_KIND_END; kind++)
        EXPECT_EQ(container_part_size(c, (enum part_kind)kind), sums[kind]);
}

static void round_trip(void)
{
    oir_error err;
    container *c, *again;
    uint64_t findings;
    size_t count = harness_times(OBJECTS);
    write_random(count, true);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    REQUIRE_OK(container_open(&again, world_path, &err), err); /* twice in a process */
    expect_objects(c, count);
    REQUIRE_OK(container_check(again, NULL, NULL, &findings, &err), err);
    EXPECT_EQ(findings, 0);
    container_close(c);
    unlink(world_path); /* mapped files stay */
    expect_objects(again, count);
    pid_t child = fork();
    if (child == 0) {
        harness_failed = 0;
        expect_objects(again, count);
        container_close(again);
        _exit(harness_failed != 0);
    }
    int status;
    REQUIRE(waitpid(child, &status, 0) == child);
    EXPECT_EQ(status, 0);
    container_close(again);
}

static void *read_in_thread(void *argument)
{
    const container *c = argument;
    size_t wrong = 0;
    for (size_t i = 0; i < 600; i++) {
        const uint8_t *bytes;
        if (container_get(c, objects[i].kind, objects[i].address, objects[i].size, &bytes, NULL) != OIR_OK ||
            !object_equals(objects + i, bytes))
            wrong++;
    }
    return (void *)(uintptr_t)wrong;
}

static void shared_by_threads(void)
{
    oir_error err;
    container *c;
    pthread_t threads[4];
    write_random(600, true);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    for (int i = 0; i < 4; i++)
        REQUIRE(pthread_create(threads + i, NULL, read_in_thread, c) == 0);
    for (int i = 0; i < 4; i++) {
        void *wrong;
        REQUIRE(pthread_join(threads[i], &wrong) == 0);
        EXPECT_EQ((uintptr_t)wrong, 0);
    }
    container_close(c);
    unlink(world_path);
}

static void roots_and_order(void)
{
    oir_error err;
    container_writer *w;
    container *c;
    uint64_t first, second, size;
    const uint8_t *bytes;
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    REQUIRE_OK(container_writer_add(w, PART_POSTINGS, "abc", 3, 1, &first, &err), err);
    REQUIRE_OK(container_writer_add_root(w, PART_TERMS, "root", 4, 8, &err), err);
    REQUIRE_OK(container_writer_add(w, PART_POSTINGS, "", 0, 1, NULL, &err), err);
    REQUIRE_OK(container_writer_add(w, PART_POSTINGS, "defg", 4, 1, &second, &err), err);
    REQUIRE_OK(container_writer_add_root(w, PART_SEGMENT, "", 0, 8, &err), err);
    REQUIRE_OK(container_writer_commit(w, true, &err), err);
    EXPECT_EQ(second, first + 3);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    REQUIRE_OK(container_get(c, PART_POSTINGS, first, 7, &bytes, &err), err);
    EXPECT(memcmp(bytes, "abcdefg", 7) == 0);
    for (int i = 0; i < CONTAINER_TAIL; i++)
        EXPECT_EQ(bytes[7 + i], 0);
    REQUIRE_OK(container_get_root(c, PART_TERMS, &bytes, &size, &err), err);
    EXPECT(size == 4 && memcmp(bytes, "root", 4) == 0);
    REQUIRE_OK(container_get_root(c, PART_SEGMENT, &bytes, &size, &err), err);
    EXPECT_EQ(size, 0);
    EXPECT(container_has_part(c, PART_TERMS) && !container_has_part(c, PART_STORED));
    EXPECT_EQ(container_get_root(c, PART_POSTINGS, &bytes, &size, &err), OIR_CORRUPT);
    EXPECT_EQ(container_get_root(c, PART_STORED, &bytes, &size, &err), OIR_CORRUPT);
    EXPECT_EQ(container_get(c, PART_POSTINGS, 0, 4, &bytes, &err), OIR_CORRUPT);
    EXPECT_EQ(container_get(c, PART_POSTINGS, first, 8, &bytes, &err), OIR_CORRUPT);
    EXPECT_EQ(container_get(c, PART_POSTINGS, UINT64_MAX, 1, &bytes, &err), OIR_CORRUPT);
    EXPECT_EQ(container_get(c, PART_POSTINGS, first, UINT64_MAX, &bytes, &err), OIR_CORRUPT);
    container_close(c);
    unlink(world_path);
}

static void small_file(void)
{
    size_t size;
    oir_error err;
    container *c;
    write_random(60, false);
    free(world_read(&size));
    EXPECT(size <= 6 * 4096); /* two metas, a leaf, the shared chunk: no page for each part */
    struct timespec a, b;
    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < 64; i++) {
        REQUIRE_OK(container_open(&c, world_path, &err), err);
        container_close(c);
    }
    clock_gettime(CLOCK_MONOTONIC, &b);
    printf("small file %zu bytes, open and close %.1f us\n", size,
           ((double)(b.tv_sec - a.tv_sec) * 1e9 + (double)(b.tv_nsec - a.tv_nsec)) / 64e3);
    unlink(world_path);
}

static void same_bytes(void)
{
    size_t size, size_again;
    uint64_t seed = harness_state;
    write_random(300, true);
    uint8_t *first = world_read(&size);
    unlink(world_path);
    harness_state = seed;
    write_random(300, true);
    uint8_t *second = world_read(&size_again);
    EXPECT(size == size_again && memcmp(first, second, size) == 0);
    free(first);
    free(second);
    unlink(world_path);
}

static void many_chunks(void)
{
    /* Enough keys for branch pages, more bytes than the first map, and several transactions. */
    enum { COUNT = 230, SIZE = 400000 };
    oir_error err;
    container_writer *w;
    container *c;
    uint64_t findings;
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    for (int i = 0; i < COUNT; i++) {
        object *o = objects + i;
        *o = (object){PART_POSTINGS, 1, 0, i % 50 ? SIZE / 2 * 3 : SIZE, 0};
        uint8_t *room;
        REQUIRE_OK(container_writer_reserve(w, PART_POSTINGS, o->size, 1, &room, &o->address, &err), err);
        room[0] = (uint8_t)i;
    }
    REQUIRE_OK(container_writer_commit(w, false, &err), err);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    EXPECT(c->chunk_count > 200);
    for (int i = 0; i < COUNT; i++) {
        const uint8_t *bytes;
        REQUIRE_OK(container_get(c, PART_POSTINGS, objects[i].address, objects[i].size, &bytes, &err), err);
        EXPECT_EQ(bytes[0], (uint8_t)i);
    }
    REQUIRE_OK(container_check(c, NULL, NULL, &findings, &err), err);
    EXPECT_EQ(findings, 0);
    container_close(c);
    unlink(world_path);
}

static void refusals(void)
{
    oir_error err;
    container_writer *w;
    container *c;
    EXPECT_EQ(container_open(&c, world_path, &err), OIR_NOT_FOUND);
    EXPECT(c == NULL);
    world_write((const uint8_t *)"", 0);
    EXPECT_EQ(container_open(&c, world_path, &err), OIR_CORRUPT);
    EXPECT_EQ(container_writer_open(&w, world_path, &err), OIR_EXISTS);
    unlink(world_path);
    EXPECT_EQ(container_open(&c, world_folder, &err), OIR_CORRUPT);
    EXPECT_EQ(container_writer_open(&w, "/nonexistent/segment", &err), OIR_IO);
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    EXPECT_EQ(container_writer_add(w, PART_STORED, NULL, CONTAINER_OBJECT_MAX + 1, 1, NULL, &err), OIR_TOO_BIG);
    container_writer_abort(w);
    EXPECT(access(world_path, F_OK) != 0);
    container_writer_abort(NULL);
    container_close(NULL);
}

static void unknown_part(uint32_t kind, bool skippable, oir_status expected)
{
    oir_error err;
    container_writer *w;
    container *c;
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    REQUIRE_OK(container_writer_add(w, kind, "x", 1, 1, NULL, &err), err);
    REQUIRE_OK(container_writer_add_root(w, PART_TERMS, "y", 1, 1, &err), err);
    if (skippable)
        REQUIRE_OK(container_writer_set_skippable(w, kind, &err), err);
    REQUIRE_OK(container_writer_commit(w, false, &err), err);
    EXPECT_EQ(container_open(&c, world_path, &err), expected);
    container_close(c);
    unlink(world_path);
}

static void unknown_parts(void)
{
    unknown_part(200, false, OIR_VERSION);
    unknown_part(200, true, OIR_OK);
    unknown_part(PART_KIND_END, false, OIR_VERSION);
}

static void full_disk(void)
{
    oir_error err;
    container_writer *w;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit old, limit;
    REQUIRE(getrlimit(RLIMIT_FSIZE, &old) == 0);
    for (rlim_t bytes = 100; bytes < 30000000; bytes = bytes * 3 + 777) {
        limit = (struct rlimit){bytes, old.rlim_max};
        REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
        oir_status status = container_writer_open(&w, world_path, &err);
        for (int i = 0; status == OIR_OK && i < 60; i++) {
            uint8_t *room;
            status = container_writer_reserve(w, PART_STORED, 700000, 1, &room, NULL, &err);
        }
        if (status == OIR_OK)
            status = container_writer_commit(w, true, &err);
        else
            container_writer_abort(w);
        EXPECT_EQ(status, OIR_NO_SPACE);
        EXPECT(access(world_path, F_OK) != 0);
    }
    REQUIRE(setrlimit(RLIMIT_FSIZE, &old) == 0);
}

/* ---- a root that is filled in later ---- */

static oir_status fill_later(const void *context, uint8_t *to, oir_error *err)
{
    uint32_t size = *(const uint32_t *)context;
    for (uint32_t i = 0; i < size; i++)
        to[i] = (uint8_t)(i * 7 + i / 256);
    return size == 77 ? error_set(err, OIR_IO, "as asked for") : OIR_OK;
}

static uint8_t *write_root(bool later, uint32_t size, size_t *file_size)
{
    oir_error err;
    container_writer *w;
    uint8_t *bytes = malloc(size), *other = calloc(1, 3 << 20);
    REQUIRE(bytes && other);
    REQUIRE_OK(fill_later(&size, bytes, &err), err);
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    REQUIRE_OK(container_writer_add(w, PART_TERMS, other, 100, 1, NULL, &err), err);
    if (later)
        REQUIRE_OK(container_writer_add_root_later(w, PART_TERMS, size, 8, fill_later, &size, &err), err);
    else
        REQUIRE_OK(container_writer_add_root(w, PART_TERMS, bytes, size, 8, &err), err);
    REQUIRE_OK(container_writer_add(w, PART_POSTINGS, other, 3 << 20, 1, NULL, &err), err);
    if (size % 2) /* it is written before the end */
        REQUIRE_OK(container_writer_add(w, PART_TERMS, other, 2 << 20, 1, NULL, &err), err);
    REQUIRE_OK(container_writer_add(w, PART_POSTINGS, other, 500, 1, NULL, &err), err);
    REQUIRE_OK(container_writer_commit(w, false, &err), err);
    free(bytes);
    free(other);
    bytes = world_read(file_size);
    unlink(world_path);
    return bytes;
}

static void roots_filled_later(void)
{
    static const uint32_t sizes[] = {1, 1000, 1 << 20, (1 << 20) - 64, 3000001, 20 << 20};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        size_t size, other_size;
        uint8_t *bytes = write_root(false, sizes[i], &size), *other = write_root(true, sizes[i], &other_size);
        EXPECT_EQ(other_size, size);
        EXPECT(other_size == size && memcmp(other, bytes, size) == 0);
        free(bytes);
        free(other);
    }
    oir_error err;
    container_writer *w;
    uint32_t fails = 77;
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    EXPECT_EQ(container_writer_add_root_later(w, PART_TERMS, 77, 8, fill_later, &fails, &err), OIR_IO);
    container_writer_abort(w);
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    REQUIRE_OK(container_writer_add_root_later(w, PART_TERMS, 5 << 20, 8, fill_later, &fails, &err), err);
    EXPECT_EQ(container_writer_commit(w, false, &err), OIR_IO);
    EXPECT(access(world_path, F_OK) != 0);
}

/* ---- objects that are read piece by piece ---- */

static oir_status read_object(const void *context, uint64_t at, uint8_t *to, size_t size, oir_error *err)
{
    const object *o = context;
    REQUIRE(at + size <= o->size);
    if (o->seed == UINT64_MAX)
        return error_set(err, OIR_CORRUPT, "cannot read it");
    for (size_t i = 0; i < size; i++)
        to[i] = object_byte(o->seed, at + i);
    return OIR_OK;
}

/* Among others, in one part and in several, and read while the file is written. */
static void objects_from_elsewhere(void)
{
    enum { COUNT = 60 };
    oir_error err;
    container_writer *w;
    container *c;
    const container *half;
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    for (size_t i = 0; i < COUNT; i++) {
        object *o = &objects[i];
        static const uint64_t sizes[] = {0, 1, 1048480, 1048496, 1048497, 1048560, 1100000, 2097152, 3333333, 70};
        *o = (object){.kind = 1 + harness_below(3), .align = 1, .size = sizes[i % 10], .seed = harness_random() / 2};
        if (i % 3)
            REQUIRE_OK(container_writer_add_from(w, o->kind, o->size, read_object, o, &o->address, &err), err);
        else
            object_add(w, o);
        if (i == COUNT / 2) {
            REQUIRE_OK(container_writer_read(w, &half, &err), err);
            expect_objects(half, i + 1);
            container_writer_end_read(w);
        }
    }
    REQUIRE_OK(container_writer_commit(w, true, &err), err);
    REQUIRE_OK(container_open(&c, world_path, &err), err);
    expect_objects(c, COUNT);
    uint64_t findings = 1;
    REQUIRE_OK(container_check(c, NULL, NULL, &findings, &err), err);
    EXPECT_EQ(findings, 0);
    container_close(c);
    unlink(world_path);
    /* What reading fails with is told. */
    object bad = {.kind = 1, .size = 2000000, .seed = UINT64_MAX};
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    EXPECT_EQ(container_writer_add_from(w, bad.kind, bad.size, read_object, &bad, &bad.address, &err), OIR_CORRUPT);
    EXPECT_STR(err.message, "cannot read it");
    container_writer_abort(w);
}

int main(void)
{
    harness_seed(20250101);
    world_open();
    TEST(round_trip);
    TEST(shared_by_threads);
    TEST(roots_and_order);
    TEST(roots_filled_later);
    TEST(objects_from_elsewhere);
    TEST(small_file);
    TEST(same_bytes);
    TEST_UNLESS_SLOW(many_chunks);
    TEST(refusals);
    TEST(unknown_parts);
    TEST(full_disk);
    world_close();
    return harness_end();
}
