#include "segment/documents.h"

#include <math.h>
#include <unistd.h>

#include "base/bits.h"
#include "harness.h"
#include "helper/damage.h"
#include "helper/scratch.h"
#include "segment/container.h"
#include "segment/documents_format.h"
#include "segment/segment.h"

static const documents_settings plain = {1.2, 0.75, 0, false, false, 0};

typedef struct sample {
    oir_docid docid;
    uint32_t length;
    bool positioned;
    oir_termpos lowest, highest;
} sample;

/* Writes samples and opens them as a segment of nothing else; its container is the caller's to close. */
static void write_and_open(const char *path, const sample *samples, uint32_t count, const documents_settings *settings,
                           segment *s)
{
    oir_error err;
    container_writer *file;
    documents_writer *w;
    unlink(path);
    REQUIRE_OK(container_writer_open(&file, path, &err), err);
    REQUIRE_OK(documents_writer_new(&w, file, &err), err);
    for (uint32_t i = 0; i < count; i++) {
        const sample *d = samples + i;
        oir_status status = d->positioned ? documents_writer_add_positioned(w, d->docid, d->length, d->lowest,
                                                                            d->highest, &err)
                                          : documents_writer_add(w, d->docid, d->length, &err);
        REQUIRE_OK(status, err);
    }
    EXPECT_EQ(documents_writer_get_count(w), count);
    REQUIRE_OK(documents_writer_end(w, settings, &err), err);
    postings_context context = *documents_writer_get_context(w);
    for (uint32_t i = 0; i < count; i++)
        EXPECT_EQ(length_get(&context.lengths, i), samples[i].length);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
    documents_writer_free(w);

    *s = (segment){0};
    REQUIRE_OK(container_open(&s->container, path, &err), err);
    REQUIRE_OK(documents_open(s, &err), err);
    REQUIRE_OK(documents_check(s, &err), err);
    EXPECT_EQ(s->context.document_count, count);
    EXPECT_EQ(s->context.lengths.count, context.lengths.count);
    EXPECT_EQ(s->context.extents.count, context.extents.count);
    EXPECT_EQ(s->context.position_base, context.position_base);
    EXPECT(s->context.average == context.average);
}

/* The local number of a docid, or UINT32_MAX. */
static uint32_t find(const segment *s, oir_docid docid)
{
    oir_error err;
    uint32_t local = UINT32_MAX;
    bool found;
    REQUIRE_OK(segment_find_docid(s, docid, &local, &found, &err), err);
    return found ? local : UINT32_MAX;
}

static void compare(const segment *s, const sample *samples, uint32_t count)
{
    uint64_t total = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t extent = samples[i].length;
        if (samples[i].positioned)
            extent = samples[i].highest + 1 - s->context.position_base;
        else if (extent && extent < UINT32_MAX)
            extent += 1 - s->context.position_base;
        total += samples[i].length;
        EXPECT_EQ(segment_get_length(s, i), samples[i].length);
        EXPECT_EQ(length_get(&s->context.extents, i), extent);
        EXPECT_EQ(segment_get_docid(s, i), samples[i].docid);
        EXPECT_EQ(find(s, samples[i].docid), i);
    }
    EXPECT_EQ(s->total_length, total);
}

static void lengths_take_one_to_four_bytes(void)
{
    static const uint32_t most[] = {0, 1, 255, 256, 65535, 65536, 0xffffff, 0x1000000, UINT32_MAX};
    char *folder = scratch_open(), path[SCRATCH_PATH];
    scratch_path(path, folder, "documents");
    for (size_t i = 0; i < sizeof most / sizeof *most; i++) {
        sample samples[] = {{7, 0, false, 0, 0}, {8, most[i], false, 0, 0}, {9, most[i] / 2, false, 0, 0}};
        segment s;
        write_and_open(path, samples, 3, &plain, &s);
        compare(&s, samples, 3);
        EXPECT_EQ(s.context.lengths.count, most[i] ? (bits_width(most[i]) + 7) / 8 : 1);
        EXPECT_EQ(s.context.length_max, most[i]);
        EXPECT_EQ(s.context.length_min, most[i] > 1 ? most[i] / 2 : most[i]);
        EXPECT(s.context.extents.plane[0] == s.context.lengths.plane[0]);
        EXPECT(!s.docids.bytes && segment_docids_ascend(&s) && !s.has_positions);
        container_close(s.container);
    }
    scratch_close(folder);
}

/* Windows may be read whole at the end. */
static void planes_are_padded(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    sample samples[] = {{1, 300, false, 0, 0}};
    segment s;
    scratch_path(path, folder, "documents");
    write_and_open(path, samples, 1, &plain, &s);
    for (uint32_t i = 1; i <= WINDOW_SIZE; i++)
        EXPECT_EQ(segment_get_length(&s, i), 0);
    container_close(s.container);
    scratch_close(folder);
}

static void extents_follow_positions(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    sample samples[] = {{1, 5, true, 1, 5}, {2, 3, false, 0, 0}, {3, 4, true, 2, 4}};
    segment s;
    scratch_path(path, folder, "documents");

    write_and_open(path, samples, 3, &plain, &s); /* as far as they are long: not stored */
    compare(&s, samples, 3);
    EXPECT_EQ(s.context.position_base, 1);
    EXPECT(s.has_positions);
    EXPECT(s.context.extents.plane[0] == s.context.lengths.plane[0]);
    container_close(s.container);

    samples[2].highest = 1000;
    write_and_open(path, samples, 3, &plain, &s);
    compare(&s, samples, 3);
    EXPECT_EQ(s.context.lengths.count, 1);
    EXPECT_EQ(s.context.extents.count, 2);
    container_close(s.container);

    samples[0].lowest = 0;
    write_and_open(path, samples, 3, &plain, &s);
    compare(&s, samples, 3);
    EXPECT_EQ(s.context.position_base, 0);
    EXPECT_EQ(length_get(&s.context.extents, 1), 4);
    container_close(s.container);

    samples[2].highest = UINT32_MAX - 1;
    write_and_open(path, samples, 3, &plain, &s);
    compare(&s, samples, 3);
    EXPECT_EQ(s.context.extents.count, 4);
    container_close(s.container);
    scratch_close(folder);
}

/* As a merge does: samples are what a segment says of them. */
static void read_ranges(const segment *s, sample *samples, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        samples[i].positioned = segment_get_position_range(s, i, &samples[i].lowest, &samples[i].highest);
}

/* Documents without positions have the same extents whether they are written beside a position 0 at once, or first in
 * a segment that has none. */
static void extents_without_positions_follow_the_base(void)
{
    static const uint32_t lengths[] = {0, 1, 254, 255, 256, 65535, 65536, UINT32_MAX - 1, UINT32_MAX};
    enum { COUNT = sizeof lengths / sizeof *lengths };
    char *folder = scratch_open(), path[SCRATCH_PATH];
    scratch_path(path, folder, "documents");
    for (uint32_t round = 0; round < 2 * COUNT; round++) {
        uint32_t count = 1 + round / 2; /* so that the last is the longest */
        sample samples[COUNT + 1];
        segment s;
        for (uint32_t i = 0; i < count; i++)
            samples[i] = (sample){i + 1, lengths[i], false, 0, 0};
        samples[count] = (sample){count + 1, 5, true, round % 2, 5};
        write_and_open(path, samples, count + 1, &plain, &s);
        compare(&s, samples, count + 1);
        read_ranges(&s, samples, count);
        container_close(s.container);

        samples[count] = (sample){count + 1, 5, true, 0, 5};
        write_and_open(path, samples, count + 1, &plain, &s);
        EXPECT_EQ(s.context.position_base, 0);
        for (uint32_t i = 0; i < count; i++)
            EXPECT_EQ(length_get(&s.context.extents, i),
                      lengths[i] && lengths[i] < UINT32_MAX ? lengths[i] + 1 : lengths[i]);
        container_close(s.container);
    }
    scratch_close(folder);
}

static void even_extents_are_windows_largest(void)
{
    enum { COUNT = WINDOW_SIZE + 100 };
    static sample samples[COUNT];
    char *folder = scratch_open(), path[SCRATCH_PATH];
    segment s;
    scratch_path(path, folder, "documents");
    for (uint32_t i = 0; i < COUNT; i++)
        samples[i] = (sample){i + 1, 50, true, 1, i % 10 ? 50 : 40};
    samples[7].highest = 53;
    samples[COUNT - 1].highest = 52;
    write_and_open(path, samples, COUNT, &plain, &s);
    compare(&s, samples, COUNT);
    REQUIRE(s.context.even_extents);
    EXPECT_EQ(s.context.even_extents[0], 53);
    EXPECT_EQ(s.context.even_extents[1], 52);
    EXPECT_EQ(postings_extent(&s.context, 10), 53);
    container_close(s.container);

    for (uint32_t i = 0; i < COUNT; i++)
        samples[i].highest = i % 2 ? 50 : 20;
    write_and_open(path, samples, COUNT, &plain, &s);
    EXPECT(!s.context.even_extents);
    EXPECT_EQ(postings_extent(&s.context, 10), 20);
    container_close(s.container);
    scratch_close(folder);
}

static void shuffle(sample *samples, uint32_t count)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t other = harness_below(i);
        sample swapped = samples[i - 1];
        samples[i - 1] = samples[other];
        samples[other] = swapped;
    }
}

static void docids_in_any_order(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    scratch_path(path, folder, "documents");
    for (uint32_t round = 0; round < 60; round++) {
        uint32_t count = 1 + harness_below(round < 50 ? 40 : 3000), docid = 1 + harness_below(5);
        uint32_t step = round % 3 ? 3 : 1, unknown = 0;
        sample *samples = calloc(count, sizeof *samples);
        REQUIRE(samples);
        for (uint32_t i = 0; i < count; i++) {
            samples[i].docid = docid;
            samples[i].length = harness_below(1000);
            docid += 1 + harness_below(step);
        }
        if (round % 3 == 2)
            shuffle(samples, count);
        segment s;
        write_and_open(path, samples, count, &plain, &s);
        compare(&s, samples, count);
        for (uint32_t id = 0; id <= docid + 1; id++)
            unknown += find(&s, id) == UINT32_MAX;
        EXPECT_EQ(unknown, docid + 2 - count);
        EXPECT(round % 3 != 0 || !s.docids.bytes);
        EXPECT(round % 3 == 2 || segment_docids_ascend(&s));
        container_close(s.container);
        free(samples);
    }
    scratch_close(folder);
}

/* Docids as runs of some, where there are few runs and where there are too many of them to be kept so; the column of
 * those that ascend is large enough to be made when it goes to the file. */
static void docids_in_runs(void)
{
    enum { COUNT = 450000 };
    static const uint32_t longest[] = {2, 9, 200, 5000};
    char *folder = scratch_open(), path[SCRATCH_PATH];
    sample *samples = calloc(COUNT, sizeof *samples);
    REQUIRE(samples);
    scratch_path(path, folder, "documents");
    for (uint32_t round = 0; round < 2 * sizeof longest / sizeof *longest; round++) {
        uint32_t docid = 1 + harness_below(5), length = longest[round / 2];
        for (uint32_t i = 0, left = 0; i < COUNT; i++, left--) {
            if (!left) {
                docid += 1 + harness_below(10 * length);
                left = 1 + harness_below(length);
            }
            samples[i] = (sample){docid++, i % 300, false, 0, 0};
        }
        if (round % 2) /* the last comes before all others */
            samples[COUNT - 1].docid = samples[0].docid - 1;
        segment s;
        write_and_open(path, samples, COUNT, &plain, &s);
        for (uint32_t i = 0; i < COUNT; i++)
            EXPECT_EQ(segment_get_docid(&s, i), samples[i].docid);
        for (uint32_t i = 0; i < 1000; i++) {
            uint32_t local = harness_below(COUNT);
            EXPECT_EQ(find(&s, samples[local].docid), local);
        }
        EXPECT_EQ(segment_docids_ascend(&s), round % 2 == 0);
        container_close(s.container);
    }
    free(samples);
    scratch_close(folder);
}

/* Numbers that need a plane which those before did not, and extents that need one less than highest positions. */
static void planes_come_late(void)
{
    enum { COUNT = 3 * WINDOW_SIZE + 5 };
    static const uint32_t late[] = {255, 256, 65535, 65536, 1 << 24};
    static sample samples[COUNT];
    char *folder = scratch_open(), path[SCRATCH_PATH];
    scratch_path(path, folder, "documents");
    for (size_t k = 0; k < sizeof late / sizeof *late; k++) {
        segment s;
        for (uint32_t i = 0; i < COUNT; i++)
            samples[i] = (sample){i + 1, i % 200, i % 3 != 0, 1, 1 + i % 100};
        samples[COUNT - 9].length = samples[COUNT - 8].length = late[k];
        samples[COUNT - 7].highest = k % 2 ? 1 : late[k];
        write_and_open(path, samples, COUNT, &plain, &s);
        for (uint32_t i = 0; i < COUNT; i++) {
            EXPECT_EQ(segment_get_length(&s, i), samples[i].length);
            EXPECT_EQ(length_get(&s.context.extents, i), i % 3 ? samples[i].highest : samples[i].length);
        }
        EXPECT_EQ(s.context.lengths.count, (bits_width(late[k]) + 7) / 8);
        EXPECT_EQ(s.context.extents.count, s.context.lengths.count);
        container_close(s.container);
    }
    scratch_close(folder);
}

static int compare_samples(const void *a, const void *b)
{
    oir_docid x = ((const sample *)a)->docid, y = ((const sample *)b)->docid;
    return (x > y) - (x < y);
}

/* Docids from `first` to first + spread, both included, each once, ascending. Returns how many. */
static uint32_t make_docids(sample *samples, uint32_t wanted, uint32_t first, uint32_t spread)
{
    uint32_t count = 2, kept = 0;
    samples[0] = (sample){first, 5, false, 0, 0};
    samples[1] = (sample){first + spread, 5, false, 0, 0};
    while (count < wanted)
        samples[count++] = (sample){first + (uint32_t)(harness_random() % ((uint64_t)spread + 1)), 5, false, 0, 0};
    qsort(samples, count, sizeof *samples, compare_samples);
    for (uint32_t i = 0; i < count; i++)
        if (!kept || samples[i].docid != samples[kept - 1].docid)
            samples[kept++] = samples[i];
    return kept;
}

/* The highest docid there is comes up with each width. */
static void docids_of_every_width(void)
{
    enum { COUNT = 700 };
    static sample samples[COUNT];
    char *folder = scratch_open(), path[SCRATCH_PATH];
    segment s;
    scratch_path(path, folder, "documents");
    for (uint32_t round = 0; round < 4 * 32; round++) {
        uint32_t width = round / 4 + 1, most = (uint32_t)bits_low(width) - (width == 32), least = 1u << (width - 1);
        uint32_t spread = least + (uint32_t)(harness_random() % ((uint64_t)most - least + 1));
        uint32_t first = round & 1 ? UINT32_MAX - spread : 1 + (uint32_t)(harness_random() % (UINT32_MAX - spread));
        uint32_t count = make_docids(samples, 2 + harness_below(COUNT - 2), first, spread);
        if (round & 2)
            shuffle(samples, count);
        write_and_open(path, samples, count, &plain, &s);
        compare(&s, samples, count);
        EXPECT_EQ(s.docid_first, first);
        EXPECT_EQ(s.docid_last, first + spread);
        EXPECT(!s.docids.bytes || s.docids.width == width);
        EXPECT(!s.inverse.far.bytes || s.inverse.far.width == bits_width(count - 1));
        EXPECT(first == 1 || find(&s, first - 1) == UINT32_MAX);
        EXPECT_EQ(find(&s, 0), UINT32_MAX);
        container_close(s.container);
    }
    scratch_close(folder);
}

static void one_document(void)
{
    static const oir_docid docids[] = {1, 77, UINT32_MAX};
    char *folder = scratch_open(), path[SCRATCH_PATH];
    scratch_path(path, folder, "documents");
    for (size_t i = 0; i < sizeof docids / sizeof *docids; i++) {
        sample one = {docids[i], 3, false, 0, 0};
        segment s;
        write_and_open(path, &one, 1, &plain, &s);
        compare(&s, &one, 1);
        EXPECT(!s.docids.bytes && !s.inverse.marks);
        EXPECT_EQ(find(&s, docids[i] - 1), UINT32_MAX);
        EXPECT_EQ(find(&s, docids[i] + 1), UINT32_MAX);
        container_close(s.container);
    }
    scratch_close(folder);
}

static void no_documents(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    segment s;
    scratch_path(path, folder, "documents");
    write_and_open(path, NULL, 0, &plain, &s);
    EXPECT_EQ(find(&s, 0), UINT32_MAX);
    EXPECT_EQ(find(&s, 1), UINT32_MAX);
    EXPECT(s.context.average > 0);
    container_close(s.container);
    scratch_close(folder);
}

static void the_reference_is_kept(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    sample samples[] = {{1, 10, false, 0, 0}, {2, 20, false, 0, 0}};
    const documents_settings given = {0.9, 0.4, 123.5, true, true, 2};
    segment s;
    scratch_path(path, folder, "documents");
    write_and_open(path, samples, 2, &plain, &s);
    EXPECT(s.context.k1 == 1.2 && s.context.b == 0.75 && s.context.average == 15);
    EXPECT(!s.has_term_lists && !s.has_stored && s.reordered == 0);
    container_close(s.container);
    write_and_open(path, samples, 2, &given, &s);
    EXPECT(s.context.k1 == 0.9 && s.context.b == 0.4 && s.context.average == 123.5);
    EXPECT(s.has_term_lists && s.has_stored && s.reordered == 2);
    container_close(s.container);
    scratch_close(folder);
}

static void what_cannot_be_kept_is_refused(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    oir_error err;
    container_writer *file;
    documents_writer *w;
    documents_settings bad[] = {plain, plain, plain};
    bad[0].b = 1.5;
    bad[1].k1 = NAN;
    bad[2].average = -1;
    scratch_path(path, folder, "documents");
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        REQUIRE_OK(container_writer_open(&file, path, &err), err);
        REQUIRE_OK(documents_writer_new(&w, file, &err), err);
        EXPECT_EQ(documents_writer_add(w, 0, 1, &err), OIR_INVALID_ARGUMENT);
        EXPECT_EQ(documents_writer_add_positioned(w, 1, 1, 5, 4, &err), OIR_INVALID_ARGUMENT);
        EXPECT_EQ(documents_writer_add_positioned(w, 1, 1, 5, UINT32_MAX, &err), OIR_TOO_BIG);
        REQUIRE_OK(documents_writer_add(w, 5, 1, &err), err);
        EXPECT_EQ(documents_writer_end(w, &bad[i], &err), OIR_INVALID_ARGUMENT);
        container_writer_abort(file);
        documents_writer_free(w);
    }
    documents_writer_free(NULL);
    scratch_close(folder);
}

/* UINT32_MAX: not found, or the bytes say what cannot be. */
static uint32_t find_any(const segment *s, oir_docid docid)
{
    oir_error err;
    uint32_t local = UINT32_MAX;
    bool found;
    oir_status status = segment_find_docid(s, docid, &local, &found, &err);
    EXPECT(status == OIR_OK || (status == OIR_CORRUPT && !found));
    EXPECT(!found || local < s->context.document_count);
    return status == OIR_OK && found ? local : UINT32_MAX;
}

/* Whatever the bytes: OIR_CORRUPT, or docids and lengths that can be asked for. */
static void damaged_bytes_are_safe(void)
{
    static const uint32_t kinds[] = {PART_SEGMENT, PART_DOCIDS, PART_DOCIDS, PART_LENGTHS};
    char *folder = scratch_open(), path[SCRATCH_PATH];
    sample samples[64];
    segment s;
    uint32_t refused = 0, found = 0, unsound = 0;
    scratch_path(path, folder, "documents");
    for (uint32_t i = 0; i < 64; i++)
        samples[i] = (sample){1 + (i * 37 & 63) * 3, i * 11, i & 1, 1, i * 12};
    samples[1].highest = 300;
    write_and_open(path, samples, 64, &plain, &s);
    damage *d = damage_new(s.container);
    container_close(s.container);
    for (uint32_t round = 0; round < 4000; round++) {
        oir_error err;
        REQUIRE(damage_make(d, kinds[round % 4], harness_random));
        s = (segment){.container = damage_open(d)};
        if (documents_open(&s, &err) != OIR_OK) {
            EXPECT_EQ(err.status, OIR_CORRUPT);
            refused++;
        } else {
            for (uint32_t i = 0; i < s.context.document_count; i++) {
                oir_docid docid = segment_get_docid(&s, i);
                EXPECT(docid >= s.docid_first && docid <= s.docid_last);
                uint32_t local = find_any(&s, docid);
                EXPECT(local == UINT32_MAX || segment_get_docid(&s, local) == docid);
                found += local != UINT32_MAX;
                found += length_get(&s.context.extents, i) == segment_get_length(&s, i);
            }
            unsound += documents_check(&s, &err) == OIR_CORRUPT;
        }
        container_close(s.container);
        damage_undo(d);
    }
    EXPECT(refused > 0 && found > 0 && unsound > 1000);
    damage_free(d);
    scratch_close(folder);
}

int main(void)
{
    harness_seed(1);
    TEST(lengths_take_one_to_four_bytes);
    TEST(planes_are_padded);
    TEST(extents_follow_positions);
    TEST(extents_without_positions_follow_the_base);
    TEST(even_extents_are_windows_largest);
    TEST(docids_in_any_order);
    TEST(docids_of_every_width);
    TEST(docids_in_runs);
    TEST(planes_come_late);
    TEST(one_document);
    TEST(no_documents);
    TEST(the_reference_is_kept);
    TEST(what_cannot_be_kept_is_refused);
    TEST(damaged_bytes_are_safe);
    return harness_end();
}
