/* Lists of pairs are what the positions say, also where several words stand at one place, and keep within their
 * budget; the check compares them. */
#include "helper/damage.h"
#include "pairs_world.h"
#include "segment/container.h"
#include "segment/pairs_check.h"
#include "segment/pairs_marks.h"
#include "segment/pairs_writer.h"

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
    for (size_t i = 0; i < 3 * (2 * sizeof sizes / sizeof *sizes); i += harness_is_slow() ? 5 : 1) {
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

int main(void)
{
    harness_seed(11);
    TEST(lists_are_what_positions_say);
    TEST(check_compares_lists);
    TEST(damaged_pairs_are_safe);
    return harness_end();
}
