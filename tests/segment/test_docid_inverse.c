#include "segment/docid_inverse.h"

#include <stdlib.h>
#include <unistd.h>

#include "codec/bitpack.h"
#include "harness.h"
#include "helper/damage.h"
#include "helper/scratch.h"

static char *folder, path[SCRATCH_PATH];
static oir_error err;

typedef struct world {
    container *parts;
    packed_column docids;
    docid_inverse inverse;
    docid_inverse_places places;
    uint64_t address;
    uint32_t count, most;
} world;

static oir_status open_again(world *w)
{
    oir_status status = packed_column_open(&w->docids, w->parts, PART_DOCIDS, w->address, w->count, w->most, &err);
    return status == OIR_OK ? docid_inverse_open(&w->inverse, w->parts, w->count, &w->places, &err) : status;
}

/* Writes docids with their inverse, or without, into a file of their own, and opens that. */
static world write_one(const uint32_t *docids, uint32_t count, uint32_t most, bool ascending)
{
    container_writer *file;
    world w = {.count = count, .most = most};
    unlink(path);
    REQUIRE_OK(container_writer_open(&file, path, &err), err);
    REQUIRE_OK(packed_column_write(file, PART_DOCIDS, docids, count, most, &w.address, &err), err);
    if (!ascending)
        REQUIRE_OK(docid_inverse_write(file, docids, count, &w.places, &err), err);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
    REQUIRE_OK(container_open(&w.parts, path, &err), err);
    REQUIRE_OK(open_again(&w), err);
    return w;
}

static uint32_t find(const world *w, uint32_t docid)
{
    uint32_t local;
    bool found;
    REQUIRE_OK(docid_inverse_find(&w->inverse, &w->docids, docid, &local, &found, &err), err);
    return found ? local : UINT32_MAX;
}

/* Finds every docid, and nothing where there is none; those up to most + 1 are asked for. */
static void expect_found(const world *w, const uint32_t *docids)
{
    uint32_t *locals = malloc(((size_t)w->most + 2) * sizeof *locals);
    REQUIRE(locals);
    for (uint32_t i = 0; i <= w->most + 1; i++)
        locals[i] = UINT32_MAX;
    for (uint32_t i = 0; i < w->count; i++)
        locals[docids[i]] = i;
    for (uint32_t i = 0; i <= w->most + 1; i++)
        EXPECT_EQ(find(w, i), locals[i]);
    if (w->inverse.marks)
        REQUIRE_OK(docid_inverse_check(&w->inverse, &w->docids, &err), err);
    free(locals);
}

/* `count` docids less the lowest: 0, `most` and others between them; returns how many there are. */
static uint32_t make_docids(uint32_t *docids, uint32_t count, uint32_t most)
{
    uint32_t n = 0;
    for (uint32_t docid = 0; docid <= most; docid++)
        if (docid == 0 || docid == most || harness_below(most + 1 - docid) + n < count)
            docids[n++] = docid;
    return n;
}

static void shuffle(uint32_t *numbers, uint32_t count)
{
    for (uint32_t i = count; i > 1; i--) {
        uint32_t other = harness_below(i), swapped = numbers[i - 1];
        numbers[i - 1] = numbers[other];
        numbers[other] = swapped;
    }
}

static void start(void)
{
    folder = scratch_open();
    scratch_path(path, folder, "docids");
}

static void docids_in_any_order(void)
{
    enum { MOST = 5000 };
    static uint32_t docids[MOST + 1];
    start();
    for (uint32_t round = 0; round < 120; round++) {
        uint32_t most = 1 + harness_below(round < 60 ? 100 : MOST);
        uint32_t wanted = round % 3 == 0 ? most + 1 : 2 + harness_below(most);
        uint32_t count = make_docids(docids, wanted, most);
        bool ascending = round % 4 == 3;
        if (!ascending)
            shuffle(docids, count);
        world w = write_one(docids, count, most, ascending);
        expect_found(&w, docids);
        container_close(w.parts);
    }
    scratch_close(folder);
}

/* Chains of one length each, around multiples of the step, closed and open. */
static void chains_of_every_length(void)
{
    enum { MOST = 2000 };
    static uint32_t docids[MOST];
    start();
    for (uint32_t length = 2; length <= 4 * DOCID_INVERSE_STEP + 2; length += harness_is_slow() ? 5 : 1) {
        uint32_t count = MOST / length * length, shortcuts = (length - 1) / DOCID_INVERSE_STEP;
        for (uint32_t i = 0; i < count; i++) /* to the next of `length` neighbours, from the last to the first */
            docids[i] = i % length == length - 1 ? i + 1 - length : i + 1;
        world w = write_one(docids, count, count - 1, false);
        expect_found(&w, docids);
        EXPECT_EQ(w.places.shortcut_count, count / length * (shortcuts + (shortcuts > 0)));
        EXPECT_EQ(w.places.far_count, 0);
        container_close(w.parts);

        for (uint32_t i = 1; i < count / length; i++) /* but for one each: the last one's docid is far */
            docids[i * length - 1] = count + 3 * i;
        docids[count - 1] = count + 3 * count;
        docids[length - 1] = 0;
        w = write_one(docids, count, 4 * count, false);
        expect_found(&w, docids);
        EXPECT_EQ(w.places.far_count, count / length - 1);
        container_close(w.parts);
    }
    scratch_close(folder);
}

static void docids_twice_are_refused(void)
{
    static const uint32_t docids[][4] = {{0, 2, 2, 1}, {9, 0, 5, 9}};
    container_writer *file;
    docid_inverse_places places;
    start();
    for (size_t i = 0; i < 2; i++) {
        REQUIRE_OK(container_writer_open(&file, path, &err), err);
        EXPECT_EQ(docid_inverse_write(file, docids[i], 4, &places, &err), OIR_INVALID_ARGUMENT);
        container_writer_abort(file);
    }
    scratch_close(folder);
}

/* Whatever the bytes: OIR_CORRUPT, nothing, or a document that has the docid. */
static void damaged_bytes_are_safe(void)
{
    enum { MOST = 3000 };
    static uint32_t docids[MOST + 1];
    uint32_t found = 0, missing = 0, refused = 0, unsound = 0;
    start();
    uint32_t count = make_docids(docids, MOST - 200, MOST);
    shuffle(docids, count);
    world w = write_one(docids, count, MOST, false);
    damage *d = damage_new(w.parts);
    container_close(w.parts);
    for (uint32_t round = 0; round < 2000; round++) {
        docid_inverse_places places = w.places;
        REQUIRE(damage_make(d, PART_DOCIDS, harness_random));
        w.parts = damage_open(d);
        if (round % 4 == 0)
            w.places.shortcut_count -= harness_below(3);
        if (round % 4 == 1)
            w.places.marks += 64 * (uint64_t)harness_below(20);
        if (open_again(&w) == OIR_OK) {
            for (uint32_t i = 0; i < 50; i++) {
                uint32_t docid = harness_below(MOST + 1), local;
                bool is;
                oir_status status = docid_inverse_find(&w.inverse, &w.docids, docid, &local, &is, &err);
                EXPECT(status == OIR_OK || status == OIR_CORRUPT);
                EXPECT(!is || (local < count && packed_column_get(&w.docids, local) == docid));
                found += is;
                missing += status == OIR_OK && !is;
                refused += status == OIR_CORRUPT;
            }
            unsound += docid_inverse_check(&w.inverse, &w.docids, &err) == OIR_CORRUPT;
        }
        w.places = places;
        container_close(w.parts);
        damage_undo(d);
    }
    EXPECT(found > 0 && missing > 0 && refused > 0 && unsound > 1000);
    damage_free(d);
    scratch_close(folder);
}

int main(void)
{
    harness_seed(1);
    TEST(docids_in_any_order);
    TEST(chains_of_every_length);
    TEST(docids_twice_are_refused);
    TEST(damaged_bytes_are_safe);
    return harness_end();
}
