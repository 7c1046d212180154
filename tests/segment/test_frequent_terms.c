/* The table of frequent terms: which terms are in it, how they are found, and what damage does. That it agrees with the
 * dictionary is tested with that. */
#include "segment/frequent_terms.h"

#include <unistd.h>

#include "harness.h"
#include "helper/damage.h"
#include "helper/scratch.h"
#include "segment/container.h"
#include "segment/terms.h"

enum { TERMS = 20000, TERM_MOST = 40 };

static char *folder, path[SCRATCH_PATH];
static oir_error err;
static term_entry entries[TERMS];

static size_t name_of(uint32_t i, char name[TERM_MOST])
{
    /* Every hundredth is too long for the table. */
    return (size_t)snprintf(name, TERM_MOST, i % 100 ? "t%05u" : "t%05u-and-what-makes-it-too-long", i);
}

/* A dictionary of `count` terms, each with a list and any frequency up to `most`. */
static container *write_terms(uint32_t count, uint32_t most)
{
    container_writer *file;
    terms_writer *w;
    container *c;
    char name[TERM_MOST];
    uint64_t address = 16;
    unlink(path);
    REQUIRE_OK(container_writer_open(&file, path, &err), err);
    REQUIRE_OK(terms_writer_new(&w, file, &err), err);
    for (uint32_t i = 0; i < count; i++) {
        term_entry *e = &entries[i];
        uint32_t termfreq = 3 + harness_below(most);
        *e = (term_entry){.ordinal = i, .form = POSTINGS_SHORT, .termfreq = termfreq, .collection_freq = termfreq,
                          .wdf_max = 1, .postings_address = address, .postings_size = 1 + harness_below(1000)};
        address += e->postings_size;
        REQUIRE_OK(terms_writer_add(w, name, name_of(i, name), e, false, &err), err);
    }
    REQUIRE_OK(terms_writer_end(w, &err), err);
    terms_writer_free(w);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
    REQUIRE_OK(container_open(&c, path, &err), err);
    return c;
}

static int compare_frequencies(const void *a, const void *b)
{
    const term_entry *x = &entries[*(const uint32_t *)a], *y = &entries[*(const uint32_t *)b];
    if (x->termfreq != y->termfreq)
        return x->termfreq > y->termfreq ? -1 : 1;
    return x->ordinal < y->ordinal ? -1 : 1;
}

/* Of each term how many are at least as frequent, equally frequent ones up to it included, that may be in it. */
static void rank_all(uint32_t count, uint32_t ranks[TERMS])
{
    static uint32_t sorted[TERMS];
    uint32_t n = 0;
    for (uint32_t i = 0; i < count; i++)
        if (i % 100)
            sorted[n++] = i;
    qsort(sorted, n, sizeof *sorted, compare_frequencies);
    for (uint32_t i = 0; i < n; i++)
        ranks[sorted[i]] = i + 1;
}

static bool find_frequent(const terms *t, uint32_t i)
{
    char name[TERM_MOST];
    term_entry entry;
    bool found = false;
    size_t size = name_of(i, name);
    uint32_t place = frequent_terms_locate(&t->frequent, frequent_terms_hash(name, size));
    if (place)
        REQUIRE_OK(frequent_terms_get(&t->frequent, place, name, size, UINT32_MAX, &entry, &found, &err), err);
    if (found)
        EXPECT_EQ(entry.ordinal, i);
    return found;
}

/* Few terms are left out for one of the same hash, or because all their slots are taken; none is there instead. */
static void the_most_frequent_are_in_it(void)
{
    static const uint32_t most[] = {1, 50, 1u << 30};
    static uint32_t ranks[TERMS];
    for (size_t round = 0; round < 3; round++) {
        terms t;
        uint32_t count = TERMS, wanted = count / FREQUENT_TERMS_SHARE, there = 0;
        container *c = write_terms(count, most[round]);
        REQUIRE_OK(terms_open(&t, c, &err), err);
        REQUIRE_OK(terms_check(&t, &err), err);
        rank_all(count, ranks);
        for (uint32_t i = 0; i < count; i++) {
            if (!find_frequent(&t, i))
                continue;
            there++;
            EXPECT(i % 100 != 0);
            EXPECT(ranks[i] <= wanted);
        }
        EXPECT_EQ(there, t.frequent.count);
        EXPECT(there <= wanted && there > wanted - wanted / 50);
        container_close(c);
    }
}

static void there_are_no_more_than_its_most(void)
{
    frequent_terms_writer w = {0};
    frequent_terms f;
    container_writer *file;
    container *c;
    uint8_t info[2] = {POSTINGS_SHORT, 0};
    unlink(path);
    REQUIRE_OK(container_writer_open(&file, path, &err), err);
    for (uint32_t i = 0; i < TERMS; i++) {
        char name[TERM_MOST];
        term_entry e = {.form = POSTINGS_SHORT, .termfreq = i + 1};
        REQUIRE_OK(frequent_terms_writer_add(&w, name, name_of(i, name), &e, i, info, sizeof info, &err), err);
    }
    REQUIRE_OK(frequent_terms_writer_end(&w, UINT32_MAX, file, &err), err);
    frequent_terms_writer_release(&w);
    REQUIRE_OK(container_writer_commit(file, false, &err), err);
    REQUIRE_OK(container_open(&c, path, &err), err);
    REQUIRE_OK(frequent_terms_open(&f, c, &err), err);
    EXPECT(f.count <= FREQUENT_TERMS_MAX && f.count > FREQUENT_TERMS_MAX - FREQUENT_TERMS_MAX / 50);
    EXPECT(f.entries_size > 0);
    container_close(c);
}

static void few_terms_have_none(void)
{
    terms t;
    container *c = write_terms(FREQUENT_TERMS_SHARE - 1, 10);
    REQUIRE_OK(terms_open(&t, c, &err), err);
    EXPECT(!container_has_part(c, PART_FREQUENT));
    EXPECT(!t.frequent.slots);
    EXPECT(!find_frequent(&t, 1));
    REQUIRE_OK(terms_check(&t, &err), err);
    container_close(c);
}

/* Whatever its bytes are, what is asked for is found as it is or refused, and checking says so. */
static void damaged_bytes_are_safe(void)
{
    uint32_t count = 2000, rounds = harness_times(3000), refused = 0, noticed = 0;
    container *c = write_terms(count, 1000);
    damage *d = damage_new(c);
    container_close(c);
    for (uint32_t round = 0; round < rounds; round++) {
        terms t;
        REQUIRE(damage_make(d, PART_FREQUENT, harness_random));
        c = damage_open(d);
        refused += terms_open(&t, c, &err) != OIR_OK;
        for (uint32_t i = 0; t.frequent.slots && i < count; i++) {
            char name[TERM_MOST];
            term_entry entry;
            bool found;
            size_t size = name_of(i, name);
            terms_place place = terms_locate(&t, frequent_terms_hash(name, size), name, size, true);
            oir_status status = terms_find_at(&t, place, name, size, &entry, &found, &err);
            EXPECT(status == OIR_CORRUPT || (status == OIR_OK && found));
        }
        noticed += t.frequent.slots && terms_check(&t, &err) == OIR_CORRUPT;
        container_close(c);
        damage_undo(d);
    }
    damage_free(d);
    EXPECT(refused > 0);
    EXPECT(noticed > rounds / 3);
}

int main(void)
{
    harness_seed(1);
    folder = scratch_open();
    scratch_path(path, folder, "terms");
    TEST(the_most_frequent_are_in_it);
    TEST(there_are_no_more_than_its_most);
    TEST(few_terms_have_none);
    TEST(damaged_bytes_are_safe);
    scratch_close(folder);
    return harness_end();
}
