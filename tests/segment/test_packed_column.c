#include "segment/packed_column.h"

#include <fcntl.h>
#include <unistd.h>

#include "codec/bitpack.h"
#include "harness.h"
#include "helper/damage.h"
#include "helper/scratch.h"
#include "segment/segment.h"

static char *folder, path[SCRATCH_PATH];
static oir_error err;

static void start(void)
{
    folder = scratch_open();
    scratch_path(path, folder, "columns");
}

static void read_numbers(const void *context, uint32_t first, uint32_t n, uint32_t *out)
{
    memcpy(out, (const uint32_t *)context + first, n * sizeof *out);
}

/* Writes one column into a file of its own, and opens that. Every other time the numbers are asked for later. */
static container *write_one(const uint32_t *numbers, uint32_t count, uint32_t most, uint64_t *address)
{
    container_writer *w;
    container *c;
    packed_column_source source = {read_numbers, numbers, count, most};
    unlink(path);
    REQUIRE_OK(container_writer_open(&w, path, &err), err);
    oir_status status = harness_below(2) ? packed_column_write(w, PART_DOCIDS, numbers, count, most, address, &err)
                                         : packed_column_write_later(w, PART_DOCIDS, &source, address, &err);
    REQUIRE_OK(status, err);
    REQUIRE_OK(container_writer_commit(w, false, &err), err);
    REQUIRE_OK(container_open(&c, path, &err), err);
    return c;
}

/* 0 to most, both included. */
static uint32_t number_to(uint32_t most)
{
    return (uint32_t)(harness_random() % ((uint64_t)most + 1));
}

static void every_width(void)
{
    enum { COUNT = 5000 };
    static uint32_t numbers[COUNT];
    start();
    for (uint32_t width = 1; width <= 32; width++) {
        uint32_t highest = (uint32_t)bits_low(width), most = highest - number_to(highest / 2);
        uint32_t count = 1 + harness_below(COUNT);
        packed_column column;
        uint64_t address;
        for (uint32_t i = 0; i < count; i++)
            numbers[i] = harness_below(10) ? number_to(most) : most;
        container *c = write_one(numbers, count, most, &address);
        REQUIRE_OK(packed_column_open(&column, c, PART_DOCIDS, address, count, most, &err), err);
        EXPECT_EQ(column.width, width);
        EXPECT_EQ(container_part_size(c, PART_DOCIDS), bitpack_bytes(count, width));
        for (uint32_t i = 0; i < count; i++) {
            EXPECT_EQ(packed_column_get(&column, i), numbers[i]);
            REQUIRE_OK(packed_column_verify(&column, i, harness_below(count - i) + 1, &err), err);
        }
        EXPECT_EQ(packed_column_open(&column, c, PART_DOCIDS, address, count + 64, most, &err), OIR_CORRUPT);
        EXPECT_EQ(packed_column_open(&column, c, PART_DOCIDS, address + (1 << 20), count, most, &err), OIR_CORRUPT);
        REQUIRE_OK(packed_column_open(&column, c, PART_DOCIDS, 0, count, most, &err), err);
        EXPECT(!column.bytes);
        REQUIRE_OK(packed_column_verify(&column, 0, count, &err), err);
        container_close(c);
    }
    scratch_close(folder);
}

/* Whatever the bytes, a number is at most the largest. */
static void damaged_bytes_are_safe(void)
{
    enum { COUNT = 300 };
    uint32_t numbers[COUNT], over = 0;
    start();
    for (uint32_t round = 0; round < 500; round++) {
        uint32_t count = 1 + harness_below(COUNT), most = 1 + number_to(UINT32_MAX >> harness_below(32)) / 2;
        uint64_t address;
        packed_column column;
        for (uint32_t i = 0; i < count; i++)
            numbers[i] = number_to(most);
        container *c = write_one(numbers, count, most, &address);
        damage *d = damage_new(c);
        container_close(c);
        REQUIRE(damage_make(d, PART_DOCIDS, harness_random));
        c = damage_open(d);
        REQUIRE_OK(packed_column_open(&column, c, PART_DOCIDS, address, count, most, &err), err);
        for (uint32_t i = 0; i < count; i++) {
            EXPECT(packed_column_get(&column, i) <= most);
            over += packed_column_get_raw(&column, i) > most;
        }
        container_close(c);
        damage_free(d);
    }
    EXPECT(over > 0);
    scratch_close(folder);
}

/* Inverts a byte of the file where so many bytes stand in it. */
static void spoil(const uint8_t *bytes, size_t size, size_t which)
{
    static uint8_t all[1 << 21];
    int fd = open(path, O_RDWR);
    REQUIRE(fd >= 0);
    ssize_t got = read(fd, all, sizeof all), at = 0;
    REQUIRE(got > 0 && got < (ssize_t)sizeof all);
    while (at + (ssize_t)size < got && memcmp(all + at, bytes, size) != 0)
        at++;
    REQUIRE(at + (ssize_t)size < got);
    uint8_t wrong = (uint8_t)~bytes[which];
    REQUIRE(pwrite(fd, &wrong, 1, at + (ssize_t)which) == 1);
    REQUIRE(close(fd) == 0);
}

/* Opening looks at nothing; whoever uses a number of the block is told, and the others are not. */
static void checksums_are_looked_at_when_used(void)
{
    enum { COUNT = 200000, MOST = 1 << 20 };
    static uint32_t numbers[COUNT];
    packed_column column;
    uint64_t address, findings;
    uint32_t refused = 0;
    start();
    for (uint32_t i = 0; i < COUNT; i++)
        numbers[i] = number_to(MOST);
    container *c = write_one(numbers, COUNT, MOST, &address);
    REQUIRE_OK(packed_column_open(&column, c, PART_DOCIDS, address, COUNT, MOST, &err), err);
    size_t size = bitpack_bytes(COUNT, column.width);
    spoil(column.bytes, size, size / 2);
    container_close(c);

    REQUIRE_OK(container_open(&c, path, &err), err);
    REQUIRE_OK(packed_column_open(&column, c, PART_DOCIDS, address, COUNT, MOST, &err), err);
    for (uint32_t i = 0, step = harness_is_slow() ? 100 : 1; i < COUNT; i += step) {
        oir_status status = packed_column_verify(&column, i, 1, &err);
        refused += status == OIR_CORRUPT ? step : 0;
        EXPECT(status == OIR_CORRUPT || packed_column_get(&column, i) == numbers[i]);
    }
    EXPECT(refused > 20000 && refused < 30000); /* 64 KiB of 21 bits each */
    EXPECT_EQ(packed_column_verify(&column, COUNT / 2, 1, &err), OIR_CORRUPT);
    EXPECT_EQ(packed_column_verify(&column, 0, COUNT, &err), OIR_CORRUPT);
    REQUIRE_OK(packed_column_verify(&column, 0, COUNT / 3, &err), err);
    REQUIRE_OK(container_check(c, NULL, NULL, &findings, &err), err);
    EXPECT_EQ(findings, 1);

    segment s = {.container = c, .docid_first = 1, .docid_last = MOST + 1, .docids = column};
    uint32_t local;
    bool found;
    s.context.document_count = s.inverse.count = COUNT;
    EXPECT_EQ(segment_find_docid(&s, MOST / 2, &local, &found, &err), OIR_CORRUPT);
    EXPECT(!found);
    EXPECT_EQ(segment_verify_docids(&s, COUNT / 2, 1, &err), OIR_CORRUPT);
    EXPECT_EQ(segment_verify_docids(&s, 0, COUNT, &err), OIR_CORRUPT);
    container_close(c);
    scratch_close(folder);
}

int main(void)
{
    harness_seed(1);
    TEST(every_width);
    TEST(damaged_bytes_are_safe);
    TEST(checksums_are_looked_at_when_used);
    return harness_end();
}
