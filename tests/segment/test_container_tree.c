/* Damaged files: whatever bit is flipped and wherever the file ends, opening and reading everything either says
 * OIR_CORRUPT or gives the bytes that were written. */
#include "container_world.h"

#include "base/bits.h"
#include "base/crc32c.h"
#include <oir/version.h>

enum { OBJECTS = 400, PAGE = 4096 };
static object objects[OBJECTS];
static size_t object_count, refused, survived;

static void write_objects(size_t count, uint64_t size_below)
{
    oir_error err;
    container_writer *w;
    object_count = count;
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    for (size_t i = 0; i < count; i++) {
        objects[i] = (object){1 + harness_below(8), 1, 0, 1 + harness_random() % size_below, 0};
        object_add(w, objects + i);
    }
    REQUIRE_OK(container_writer_commit(w, false, &err), err);
}

/* Opens and reads it all; the message must be there when it is refused. */
static bool reads_right(void)
{
    oir_error err = {OIR_OK, ""};
    container *c;
    oir_status status = container_open(&c, world_path, &err);
    uint64_t findings = 0;
    bool all = status == OIR_OK;
    for (size_t i = 0; status == OIR_OK && i < object_count; i++) {
        const object *o = objects + i;
        const uint8_t *bytes;
        oir_status got = container_get(c, o->kind, o->address, o->size, &bytes, &err);
        if (got == OIR_OK)
            EXPECT(object_equals(o, bytes));
        else
            EXPECT_EQ(got, OIR_CORRUPT);
        all = all && got == OIR_OK;
    }
    if (status == OIR_OK) {
        EXPECT_EQ(container_check(c, NULL, NULL, &findings, NULL), OIR_OK);
        EXPECT(all || findings > 0);
    } else {
        EXPECT_EQ(status, OIR_CORRUPT);
        EXPECT(strstr(err.message, world_path) != NULL);
    }
    container_close(c);
    all ? survived++ : refused++;
    return all;
}

static void flip(int fd, uint64_t at, uint8_t mask)
{
    uint8_t byte;
    REQUIRE(pread(fd, &byte, 1, (off_t)at) == 1);
    byte ^= mask;
    REQUIRE(pwrite(fd, &byte, 1, (off_t)at) == 1);
}

static void flip_and_read(int fd, uint64_t at, uint8_t mask)
{
    flip(fd, at, mask);
    reads_right();
    flip(fd, at, mask);
}

static void flips_anywhere(void)
{
    size_t size;
    write_objects(OBJECTS, 1500);
    free(world_read(&size));
    int fd = open(world_path, O_RDWR);
    REQUIRE(fd >= 0 && reads_right());
    refused = survived = 0;
    for (uint32_t i = harness_times(2000); i > 0; i--)
        flip_and_read(fd, harness_random() % size, (uint8_t)(1u << harness_below(8)));
    printf("flips anywhere in %zu bytes: %zu refused, %zu without effect\n", size, refused, survived);
    EXPECT(refused > harness_times(1500));
    REQUIRE(reads_right());
    close(fd);
}

/* Numbers of the file's meta, branch and leaf pages. */
static size_t tree_pages(const uint8_t *bytes, size_t size, uint64_t *pages, size_t room)
{
    size_t count = 0;
    for (uint64_t page = 0; page < size / PAGE && count < room; page++) {
        const uint8_t *at = bytes + page * PAGE;
        if (bits_load64(at) == page && (bits_load16(at + 10) & 11) && !(bits_load16(at + 10) & ~11))
            pages[count++] = page;
    }
    return count;
}

/* Where it hurts: headers, pointers and nodes of tree pages; single bits and whole bytes. */
static void flips_in_tree(uint32_t rounds)
{
    size_t size;
    uint64_t pages[64];
    uint8_t *bytes = world_read(&size);
    size_t count = tree_pages(bytes, size, pages, 64);
    int fd = open(world_path, O_RDWR);
    REQUIRE(fd >= 0 && count >= 3);
    refused = survived = 0;
    for (uint32_t i = harness_times(rounds); i > 0; i--) {
        const uint8_t *page = bytes + pages[harness_below((uint32_t)count)] * PAGE;
        uint32_t upper = bits_load16(page + 14), in_page = harness_below(150);
        if (harness_below(2) && upper < PAGE)
            in_page = upper + harness_below(PAGE - upper);
        uint8_t mask = (uint8_t)(harness_below(2) ? 1u << harness_below(8) : 1 + harness_below(255));
        flip_and_read(fd, (uint64_t)(page - bytes) + in_page, mask);
    }
    printf("flips in %zu tree pages: %zu refused, %zu without effect\n", count, refused, survived);
    REQUIRE(reads_right());
    close(fd);
    free(bytes);
}

static void flips_in_small_tree(void)
{
    flips_in_tree(2000);
    unlink(world_path);
}

static void flips_in_branches(void)
{
    oir_error err;
    container_writer *w;
    object_count = 240;
    REQUIRE_OK(container_writer_open(&w, world_path, &err), err);
    for (size_t i = 0; i < object_count; i++) {
        /* Of each chunk only a little is read back: the rest only makes the tree deep. */
        uint8_t *room;
        objects[i] = (object){PART_POSTINGS, 1, 0, 600000, harness_random()};
        REQUIRE_OK(container_writer_reserve(w, PART_POSTINGS, 600000, 1, &room, &objects[i].address, &err), err);
        objects[i].size = 8;
        for (uint64_t j = 0; j < 8; j++)
            room[j] = object_byte(objects[i].seed, j);
    }
    REQUIRE_OK(container_writer_commit(w, false, &err), err);
    size_t size;
    uint64_t pages[64];
    uint8_t *bytes = world_read(&size);
    size_t count = tree_pages(bytes, size, pages, 64), branches = 0;
    for (size_t i = 0; i < count; i++)
        branches += bits_load16(bytes + pages[i] * PAGE + 10) == 1;
    EXPECT(branches > 0);
    int fd = open(world_path, O_RDWR);
    REQUIRE(fd >= 0);
    for (uint32_t i = harness_times(1500); i > 0; i--) {
        uint64_t page = pages[harness_below((uint32_t)count)];
        uint32_t upper = bits_load16(bytes + page * PAGE + 14), at = harness_below(60);
        if (harness_below(3) && upper < PAGE)
            at = upper + harness_below(PAGE - upper);
        flip(fd, page * PAGE + at, (uint8_t)(1u << harness_below(8)));
        container *c;
        oir_status status = container_open(&c, world_path, NULL);
        EXPECT(status == OIR_OK || status == OIR_CORRUPT);
        for (size_t j = 0; status == OIR_OK && j < object_count; j += 60) {
            const uint8_t *got;
            if (container_get(c, PART_POSTINGS, objects[j].address, 8, &got, NULL) == OIR_OK)
                EXPECT(object_equals(objects + j, got));
        }
        container_close(c);
        REQUIRE(pwrite(fd, bytes + page * PAGE, PAGE, (off_t)(page * PAGE)) == PAGE);
    }
    close(fd);
    free(bytes);
    unlink(world_path);
}

static void truncations(void)
{
    size_t size;
    write_objects(100, 20000);
    uint8_t *bytes = world_read(&size);
    for (size_t end = 0; end < size; end += PAGE) {
        world_write(bytes, end);
        EXPECT(!reads_right());
        world_write(bytes, end + 1 + harness_below(PAGE - 1));
        EXPECT(!reads_right());
    }
    world_write(bytes, size);
    EXPECT(reads_right());
    free(bytes);
    unlink(world_path);
}

/* A file as another library would have written it; its message says some words. */
static void refuse_other(uint32_t version, uint32_t draft, const char *words)
{
    size_t size;
    oir_error err;
    write_objects(3, 100);
    uint8_t *bytes = world_read(&size);
    size_t at = 0;
    while (memcmp(bytes + at, "\x89oirseg\n", 8) != 0)
        at++;
    EXPECT_EQ(bits_load16(bytes + at + 8), oir_format_version());
    bits_store16(bytes + at + 8, (uint16_t)version);
    bits_store16(bytes + at + 10, (uint16_t)draft);
    uint32_t directory = bits_load32(bytes + at + 16);
    bits_store32(bytes + at + 12, crc32c_add(crc32c_add(0, bytes + at, 12), bytes + at + 16, directory - 16));
    world_write(bytes, size);
    EXPECT_EQ(container_open(&(container *){NULL}, world_path, &err), OIR_VERSION);
    EXPECT(strstr(err.message, world_path) == err.message);
    EXPECT(strstr(err.message, words) != NULL);
    free(bytes);
    unlink(world_path);
}

static void other_versions(void)
{
    const char *older = "before the format was frozen", *newer = "made by a newer oir";
    for (uint32_t draft = 0; draft < 20; draft++)
        refuse_other(0, draft, older);
    refuse_other(oir_format_version() + 1, 0, newer);
    refuse_other(oir_format_version(), 1, newer);
    refuse_other(UINT16_MAX, UINT16_MAX, newer);
}

int main(void)
{
    harness_seed(20250102);
    world_open();
    TEST(flips_anywhere);
    TEST(flips_in_small_tree);
    TEST(flips_in_branches);
    TEST(truncations);
    TEST(other_versions);
    world_close();
    return harness_end();
}
