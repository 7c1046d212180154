/* Golden indexes of every version of the format since it was frozen: they are whole, and answer as they did. Those of
 * this version are made anew, to the byte but for what zlib makes of documents' data. */
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/file.h"
#include "base/memory.h"
#include "catalog/catalog_path.h"
#include "catalog/generation_bytes.h"
#include "catalog/generation_file.h"
#include "golden/golden_documents.h"
#include "harness.h"
#include "helper/scratch.h"
#include "segment/container.h"
#include <oir/inspect.h>

static oir_error golden_error;

#define OK(call) REQUIRE_OK(call, golden_error)

static unsigned version; /* of the golden indexes at hand */

static void data_path(char path[SCRATCH_PATH], const char *name)
{
    const char *source = getenv("OIR_SOURCE_DIR");
    snprintf(path, SCRATCH_PATH, "%s/tests/data/golden-%u/%s", source ? source : ".", version, name);
}

/* ---- reading ---- */

static bool print_finding(const char *file, const char *part, const char *reason, void *context)
{
    (void)context;
    fprintf(stderr, "%s: %s: %s\n", file, part, reason);
    return true;
}

static void every_index_is_whole(void)
{
    for (size_t i = 0; i < GOLDEN_COUNT; i++) {
        char path[SCRATCH_PATH];
        uint64_t findings = 1;
        data_path(path, golden_names[i]);
        OK(oir_index_check(path, print_finding, NULL, &findings, &golden_error));
        EXPECT_EQ(findings, 0);
    }
}

/* Other libraries' logarithms may differ in the last bit. */
static bool is_same(const char *a, const char *b)
{
    char *a_end, *b_end;
    double x = strtod(a, &a_end), y = strtod(b, &b_end), difference = x > y ? x - y : y - x;
    if (strcmp(a, b) == 0)
        return true;
    return *a && !*a_end && *b && !*b_end && strchr(a, '.') && strchr(b, '.') && difference <= 1e-13 * x;
}

static void expect_same_answers(char *got, char *expected)
{
    char *got_left, *expected_left;
    char *a = strtok_r(got, " \n", &got_left), *b = strtok_r(expected, " \n", &expected_left);
    for (; a && b; a = strtok_r(NULL, " \n", &got_left), b = strtok_r(NULL, " \n", &expected_left))
        if (!is_same(a, b))
            EXPECT_STR(a, b);
    EXPECT(!a && !b);
}

static void answers_stay(void)
{
    char path[SCRATCH_PATH], *got = NULL;
    size_t size;
    buffer expected = BUFFER_INIT;
    FILE *out = open_memstream(&got, &size);
    for (size_t i = 0; i < GOLDEN_COUNT; i++) {
        data_path(path, golden_names[i]);
        OK(golden_answer(golden_names[i], path, out, &golden_error));
    }
    REQUIRE(fclose(out) == 0);
    data_path(path, "answers.txt");
    OK(file_read_all(path, 1 << 20, &expected, &golden_error));
    buffer_add_byte(&expected, 0);
    REQUIRE(!expected.failed);
    EXPECT(size > 1000);
    expect_same_answers(got, (char *)expected.data);
    buffer_release(&expected);
    free(got);
}

/* ---- making ---- */

static bool are_same_bytes(const char *a, const char *b)
{
    buffer one = BUFFER_INIT, other = BUFFER_INIT;
    OK(file_read_all(a, 1 << 26, &one, &golden_error));
    OK(file_read_all(b, 1 << 26, &other, &golden_error));
    bool same = one.size == other.size && memcmp(one.data, other.data, one.size) == 0;
    buffer_release(&one);
    buffer_release(&other);
    return same;
}

static void expect_same_part(const container_part *a, const container_part *b)
{
    EXPECT_EQ(a->bytes, b->bytes);
    EXPECT_EQ(a->root_address, b->root_address);
    EXPECT_EQ(a->root_size, b->root_size);
    REQUIRE(a->slot_count == b->slot_count);
    for (uint32_t i = 0; i < a->slot_count; i++) {
        const container_slot *x = a->slots + i, *y = b->slots + i;
        uint32_t end = x->limit < CONTAINER_SLOT_SIZE ? x->limit : CONTAINER_SLOT_SIZE;
        REQUIRE(x->start == y->start && x->limit == y->limit);
        EXPECT(memcmp(x->base + x->start, y->base + y->start, end - x->start) == 0);
    }
}

/* All parts but the one that zlib has a hand in: what is in that shows in what the index says. */
static void expect_same_segment(const char *a, const char *b)
{
    container *one, *other;
    OK(container_open(&one, a, &golden_error));
    OK(container_open(&other, b, &golden_error));
    /* Others have no such excuse; pages are as large as this machine's. */
    EXPECT(container_has_part(one, PART_STORED) || sysconf(_SC_PAGESIZE) != 4096);
    for (uint32_t kind = 0; kind < PART_KIND_END; kind++)
        if (kind != PART_STORED)
            expect_same_part(&one->parts[kind], &other->parts[kind]);
    container_close(one);
    container_close(other);
}

/* But for the uuid, which is random, and the sizes of files, which follow from zlib. */
static void expect_same_generation(const generation *a, generation *b)
{
    buffer one = BUFFER_INIT, other = BUFFER_INIT;
    memcpy(b->uuid, a->uuid, sizeof b->uuid);
    REQUIRE(a->segment_count == b->segment_count);
    for (size_t i = 0; i < a->segment_count; i++)
        b->segments[i].bytes = a->segments[i].bytes;
    OK(generation_bytes_add(&one, a, &golden_error));
    OK(generation_bytes_add(&other, b, &golden_error));
    EXPECT(one.size == other.size && memcmp(one.data, other.data, one.size) == 0);
    buffer_release(&one);
    buffer_release(&other);
}

static void read_generation(const char *folder, generation *out)
{
    uint64_t revision;
    OK(catalog_path_highest(folder, CATALOG_PATH_GENERATION, &revision, &golden_error));
    char *path = catalog_path_new(folder, CATALOG_PATH_GENERATION, revision);
    OK(generation_file_read(path, out, &golden_error));
    memory_free(path);
}

/* All that they say; under valgrind what documents do: of segments whose other parts are the same, the rest is. */
static void expect_same_dump(const char *a, const char *b)
{
    oir_status (*dump)(const char *, FILE *, oir_error *) =
        harness_is_slow() ? golden_dump_documents : golden_dump;
    char *one, *other;
    size_t size, other_size;
    FILE *out = open_memstream(&one, &size);
    OK(dump(a, out, &golden_error));
    REQUIRE(fclose(out) == 0);
    out = open_memstream(&other, &other_size);
    OK(dump(b, out, &golden_error));
    REQUIRE(fclose(out) == 0);
    EXPECT(size == other_size && memcmp(one, other, size) == 0);
    free(one);
    free(other);
}

static void expect_same_index(const char *a, const char *b, bool to_the_byte)
{
    generation one, other;
    bool all = true;
    read_generation(a, &one);
    read_generation(b, &other);
    expect_same_generation(&one, &other);
    for (size_t i = 0; i < one.segment_count; i++) {
        char *x = catalog_path_new(a, CATALOG_PATH_SEGMENT, one.segments[i].number);
        char *y = catalog_path_new(b, CATALOG_PATH_SEGMENT, other.segments[i].number);
        bool same = are_same_bytes(x, y);
        all = all && same;
        EXPECT(same || !to_the_byte);
        if (!same)
            expect_same_segment(x, y);
        memory_free(x);
        memory_free(y);
    }
    if (!all)
        expect_same_dump(a, b);
    generation_release(&one);
    generation_release(&other);
}

static void remove_index(const char *folder)
{
    DIR *opened = opendir(folder);
    for (struct dirent *entry; opened && (entry = readdir(opened));) {
        char path[SCRATCH_PATH + 256];
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    if (opened)
        closedir(opened);
    rmdir(folder);
}

/* Makes each twice, and compares it with the committed one where there is one. Under valgrind once then: bytes that
 * nobody set, and that could differ, it sees when they are written. */
static void make_anew(bool committed)
{
    char *scratch = scratch_open();
    for (size_t i = 0; i < GOLDEN_COUNT; i++) {
        char data[SCRATCH_PATH], first[SCRATCH_PATH], second[SCRATCH_PATH];
        data_path(data, golden_names[i]);
        scratch_path(first, scratch, "first");
        scratch_path(second, scratch, "second");
        OK(golden_make(golden_names[i], first, &golden_error));
        if (!committed || !harness_is_slow()) {
            OK(golden_make(golden_names[i], second, &golden_error));
            expect_same_index(first, second, true);
        }
        if (committed)
            expect_same_index(data, first, false);
        remove_index(first);
        remove_index(second);
    }
    scratch_close(scratch);
}

static void made_twice_it_is_the_same(void)
{
    make_anew(false);
}

static void made_anew_it_is_the_same(void)
{
    make_anew(true);
}

int main(void)
{
    for (version = 1; version <= oir_format_version(); version++) {
        TEST(every_index_is_whole);
        TEST(answers_stay);
    }
    version = oir_format_version();
    if (version == 0)
        TEST(made_twice_it_is_the_same);
    else
        TEST_UNLESS_SLOW(made_anew_it_is_the_same);
    return harness_end();
}
