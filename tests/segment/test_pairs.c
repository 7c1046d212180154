/* Lists of pairs are what the positions say, also where several words stand at one place, and keep within their
 * budget; the check compares them. Threads that help find the same, and end when they shall or memory does. */
#include <limits.h>
#include <oir/memory.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/paths.h"
#include "harness.h"
#include "helper/damage.h"
#include "helper/scratch.h"
#include "segment/container.h"
#include "segment/pairs_check.h"
#include "segment/pairs_marks.h"
#include "segment/pairs_writer.h"
#include "segment/segment_writer.h"

enum { WORDS = 14, PLACES = 40 };

/* By document and place, a bit for each word that stands there. */
typedef struct text {
    uint32_t documents;
    uint16_t (*at)[PLACES];
} text;

static void text_make(text *t, uint32_t documents, bool doubles)
{
    t->documents = documents;
    t->at = calloc(documents, sizeof *t->at);
    REQUIRE(t->at);
    for (uint32_t d = 0; d < documents; d++) {
        uint32_t size = harness_below(PLACES + 1);
        for (uint32_t p = 0; p < size; p++) {
            t->at[d][p] = (uint16_t)(1u << harness_below(1 + harness_below(WORDS)));
            if (doubles && harness_below(4) == 0)
                t->at[d][p] |= (uint16_t)(1u << harness_below(WORDS) | 1u << harness_below(WORDS));
            if (harness_below(9) == 0)
                t->at[d][p] = 0;
        }
    }
}

static uint32_t count_words(const text *t, uint32_t document)
{
    uint32_t n = 0;
    for (uint32_t p = 0; p < PLACES; p++)
        n += bits_count(t->at[document][p]);
    return n;
}

static void write_word(segment_writer *w, const text *t, uint32_t word)
{
    static uint32_t documents[20000], wdf[20000], positions[20000 * PLACES];
    char name[2] = {(char)('a' + word)};
    uint32_t count = 0, total = 0;
    oir_error err;
    for (uint32_t d = 0; d < t->documents; d++) {
        uint32_t before = total;
        for (uint32_t p = 0; p < PLACES; p++)
            if (t->at[d][p] >> word & 1)
                positions[total++] = p + 1;
        if (total == before)
            continue;
        documents[count] = d;
        wdf[count++] = total - before;
    }
    term_postings postings = {count, documents, wdf, NULL, positions, NULL};
    if (count)
        REQUIRE_OK(segment_writer_add_term(w, name, 1, &postings, &err), err);
}

static uint32_t large_each;  /* one of so many documents has far more places than words; 0: none has */
static team *helpers;        /* NULL at first */
static size_t memory;        /* for lists until they are written; 0: any */
static pairs_scan_tell tell; /* NULL at first */
static uint32_t told;

/* All but the end. */
static segment_writer *write_text(const char *path, const text *t, bool pairs)
{
    const segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .pairs = pairs, .pairs_memory = memory,
                                     .helpers = helpers, .tell = tell};
    oir_error err;
    segment_writer *w;
    REQUIRE_OK(segment_writer_open(&w, path, &options, &err), err);
    for (uint32_t d = 0; d < t->documents; d++) {
        uint32_t n = count_words(t, d);
        segment_document document = {.docid = d + 1, .length = n, .has_positions = n > 0, .position_min = 1,
                                     .position_max = large_each && d % large_each == 0 ? 70000 : PLACES};
        REQUIRE_OK(segment_writer_add_document(w, &document, &err), err);
    }
    for (uint32_t word = 0; word < WORDS; word++)
        write_word(w, t, word);
    return w;
}

static segment *write_and_open(const char *path, const text *t, bool pairs)
{
    oir_error err;
    segment *s;
    REQUIRE_OK(segment_writer_commit(write_text(path, t, pairs), &err), err);
    REQUIRE_OK(segment_open(&s, path, &err), err);
    return s;
}

static bool has_pair(const text *t, uint32_t document, uint32_t first, uint32_t second)
{
    for (uint32_t p = 0; p + 1 < PLACES; p++)
        if (t->at[document][p] >> first & 1 && t->at[document][p + 1] >> second & 1)
            return true;
    return false;
}

static void open_word(postings_window *p, const segment *s, uint32_t word, arena *a)
{
    char name[2] = {(char)('a' + word)};
    term_entry entry;
    oir_error err;
    bool found;
    REQUIRE_OK(terms_find(&s->terms, name, 1, &entry, &found, &err), err);
    REQUIRE(found);
    REQUIRE_OK(postings_window_open(p, kernels_get(isa_best()), s->container, &s->context, &entry, NULL, a, &err), err);
}

/* Windows are looked at from the last to the first. */
static void compare_marks(const segment *s, const text *t, uint32_t first, uint32_t second, const term_entry *entry)
{
    static postings_window words[2];
    pairs_marks marks;
    arena a;
    oir_error err;
    uint32_t n = 0;
    arena_init(&a);
    open_word(&words[0], s, first, &a);
    open_word(&words[1], s, second, &a);
    REQUIRE_OK(pairs_marks_open(&marks, s->container, &s->context, entry, &a, &err), err);
    for (uint32_t window = postings_view_windows(t->documents); window--;) {
        postings_window_seek(&words[0], window);
        postings_window_seek(&words[1], window);
        pairs_marks_seek(&marks, &words[0], &words[1]);
        for (uint32_t r = 0; r < RANGES; r++) {
            uint64_t documents = pairs_marks_documents(&marks, r);
            uint32_t d = window << WINDOW_BITS | r << RANGE_BITS;
            n += bits_count(documents);
            for (uint32_t i = 0; i < RANGE_SIZE && d + i < t->documents; i++)
                EXPECT_EQ(documents >> i & 1, has_pair(t, d + i, first, second));
        }
    }
    EXPECT_EQ(n, entry->termfreq);
    EXPECT(!words[1].damaged);
    term_entry wrong = *entry;
    wrong.termfreq = t->documents + 1; /* which counts are made of */
    EXPECT_EQ(pairs_marks_open(&marks, s->container, &s->context, &wrong, &a, &err), OIR_CORRUPT);
    arena_release(&a);
}

static void compare_list(const segment *s, const text *t, uint32_t first, uint32_t second, const term_entry *entry)
{
    postings_list list = {0};
    oir_error err;
    uint32_t n = 0;
    if (entry->form == POSTINGS_MARKS) {
        compare_marks(s, t, first, second, entry);
        return;
    }
    REQUIRE_OK(postings_decode(s->container, &s->context, entry, &list, &err), err);
    for (uint32_t d = 0; d < t->documents; d++) {
        if (!has_pair(t, d, first, second))
            continue;
        EXPECT(n < list.count && list.documents[n] == d && list.wdf[n] == 1);
        n++;
    }
    EXPECT_EQ(n, list.count);
    postings_list_release(&list);
}

/* Returns how many pairs there are; adds up those of either form. */
static uint32_t compare(const segment *s, const text *t, uint32_t forms[2])
{
    uint32_t found = 0;
    oir_error err;
    for (uint32_t first = 0; first < WORDS; first++)
        for (uint32_t second = 0; second < WORDS; second++) {
            term_entry entry;
            if (!pairs_find(&s->pairs, first, second, &entry))
                continue;
            found++;
            forms[entry.form == POSTINGS_MARKS]++;
            compare_list(s, t, first, second, &entry);
        }
    EXPECT_EQ(found, s->pairs.pair_count);
    uint64_t rest = 0, pairs = container_part_size(s->container, PART_PAIRS);
    for (enum part_kind kind = PART_SEGMENT; kind <= PART_LENGTHS; kind++)
        rest += container_part_size(s->container, kind);
    EXPECT(pairs * 100 <= rest * PAIRS_PERCENT || !found);
    REQUIRE_OK(pairs_check(s, &err), err);
    return found;
}

static void lists_are_what_positions_say(void)
{
    static const uint32_t sizes[] = {1, 64, PAIRS_DOCUMENTS_MIN - 1, PAIRS_DOCUMENTS_MIN, 4096, 4097, 20000};
    uint32_t forms[2] = {0};
    for (size_t i = 0; i < 3 * (2 * sizeof sizes / sizeof *sizes); i++) {
        char *folder = scratch_open(), path[SCRATCH_PATH];
        text t;
        large_each = i % 3 == 2 ? 100 : 0;
        text_make(&t, sizes[i / 6], i % 2);
        paths_set(paths_choose(i % 4 == 3 ? "marked" : NULL)); /* in so small a text all would have marks */
        scratch_path(path, folder, "segment");
        segment *s = write_and_open(path, &t, true);
        EXPECT_EQ(s->pairs.looked_for, t.documents >= PAIRS_DOCUMENTS_MIN);
        uint32_t found = compare(s, &t, forms);
        EXPECT((found > 0) == (t.documents >= PAIRS_DOCUMENTS_MIN));
        EXPECT(!found || found < WORDS * WORDS); /* the budget is not enough for all */
        segment_close(s);
        scratch_path(path, folder, "without");
        s = write_and_open(path, &t, false);
        EXPECT(!s->pairs.looked_for && !container_has_part(s->container, PART_PAIRS));
        segment_close(s);
        free(t.at);
        scratch_close(folder);
    }
    EXPECT(forms[0] && forms[1]);
    large_each = 0;
    paths_set(paths_choose(NULL));
}

/* The same segment, asked whether it has the pairs of another. */
static void check_compares_lists(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    oir_error err;
    text t, other;
    text_make(&t, 5000, true);
    other = t;
    other.at = malloc(t.documents * sizeof *t.at);
    REQUIRE(other.at);
    memcpy(other.at, t.at, t.documents * sizeof *t.at);
    uint16_t swapped = other.at[77][0];
    other.at[77][0] = other.at[77][1] = other.at[77][2] = 0x3ff;
    other.at[77][1] ^= swapped;
    scratch_path(path, folder, "segment");
    segment *s = write_and_open(path, &t, true);
    scratch_path(path, folder, "other");
    segment *o = write_and_open(path, &other, true);
    segment mixed = *s;
    mixed.pairs = o->pairs; /* the other's table over these lists: sizes no longer fit, or documents differ */
    EXPECT_EQ(pairs_check(&mixed, &err), OIR_CORRUPT);
    segment_close(s);
    segment_close(o);
    free(t.at);
    free(other.at);
    scratch_close(folder);
}

static void read_marks(const segment *s, uint32_t first, uint32_t second, const term_entry *entry)
{
    static postings_window words[2];
    pairs_marks marks;
    arena a;
    oir_error err;
    arena_init(&a);
    open_word(&words[0], s, first, &a);
    open_word(&words[1], s, second, &a);
    oir_status status = pairs_marks_open(&marks, s->container, &s->context, entry, &a, &err);
    EXPECT(status == OIR_OK || status == OIR_CORRUPT);
    for (uint32_t window = postings_view_windows(s->context.document_count); status == OIR_OK && window--;) {
        postings_window_seek(&words[0], window);
        postings_window_seek(&words[1], window);
        pairs_marks_seek(&marks, &words[0], &words[1]);
        for (uint32_t r = 0; r < RANGES; r++)
            EXPECT((pairs_marks_documents(&marks, r) & ~marks.both[r]) == 0);
    }
    arena_release(&a);
}

static void read_pairs(const segment *s)
{
    postings_list list = {0};
    oir_error err;
    for (uint32_t first = 0; first < WORDS; first++)
        for (uint32_t second = 0; second < WORDS; second++) {
            term_entry entry;
            if (!pairs_find(&s->pairs, first, second, &entry))
                continue;
            if (entry.form == POSTINGS_MARKS)
                read_marks(s, first, second, &entry);
            else
                (void)postings_decode(s->container, &s->context, &entry, &list, &err);
        }
    oir_status status = pairs_check(s, &err);
    EXPECT(status == OIR_OK || status == OIR_CORRUPT);
    postings_list_release(&list);
}

static void damaged_pairs_are_safe(void)
{
    char *folder = scratch_open(), path[SCRATCH_PATH];
    oir_error err;
    text t;
    text_make(&t, 9000, false);
    scratch_path(path, folder, "segment");
    segment *s = write_and_open(path, &t, true);
    damage *d = damage_new(s->container);
    segment_close(s);
    for (uint32_t round = 0, rounds = harness_times(60); round < rounds; round++) {
        REQUIRE(damage_make(d, PART_PAIRS, harness_random));
        if (segment_open_container(&s, damage_open(d), "damaged", &err) == OIR_OK) {
            read_pairs(s);
            segment_close(s);
        } else {
            EXPECT(err.status == OIR_CORRUPT);
        }
        damage_undo(d);
    }
    damage_free(d);
    free(t.at);
    scratch_close(folder);
}

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

static void threads_write_the_same(void)
{
    static const size_t counts[] = {1, 3, 11}; /* of helpers */
    char *folder = scratch_open(), path[SCRATCH_PATH];
    oir_error err;
    for (uint32_t round = 0; round < 2; round++) {
        text t;
        text_make(&t, round ? 20000 : 5000, round > 0);
        paths_set(paths_choose(round ? "marked" : NULL));
        scratch_path(path, folder, "alone");
        segment_close(write_and_open(path, &t, true));
        buffer alone = read_file(path);
        unlink(path);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            scratch_path(path, folder, "together");
            helpers = team_new(counts[i]);
            REQUIRE(helpers);
            segment *s = write_and_open(path, &t, true);
            EXPECT(s->pairs.pair_count > 0);
            REQUIRE_OK(pairs_check(s, &err), err);
            segment_close(s);
            buffer together = read_file(path);
            EXPECT(together.size == alone.size && !memcmp(together.data, alone.data, alone.size));
            buffer_release(&together);
            unlink(path);
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
    oir_error err;
    for (uint32_t round = 0, rounds = harness_times(3); round < rounds; round++) {
        text t;
        text_make(&t, round ? 20000 : 9000, round > 0);
        paths_set(paths_choose(round == 2 ? "marked" : NULL));
        scratch_path(path, folder, "much");
        segment_close(write_and_open(path, &t, true));
        buffer much = read_file(path);
        unlink(path);
        for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
            scratch_path(path, folder, "little");
            memory = limits[i];
            helpers = i % 2 ? team_new(2) : NULL;
            segment *s = write_and_open(path, &t, true);
            EXPECT(s->pairs.pair_count > 0);
            REQUIRE_OK(pairs_check(s, &err), err);
            segment_close(s);
            buffer little = read_file(path);
            EXPECT(little.size == much.size && !memcmp(little.data, much.data, much.size));
            buffer_release(&little);
            unlink(path);
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
    TEST_ALONE(lists_are_what_positions_say);
    TEST_ALONE(check_compares_lists);
    TEST_ALONE(damaged_pairs_are_safe);
    TEST(threads_write_the_same);
    TEST_ALONE(little_memory_writes_the_same);
    TEST_ALONE(nowhere_to_put_lists);
    TEST(telling_ends_it);
    TEST(memory_may_end);
    return harness_end();
}
