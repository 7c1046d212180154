/* Lists of terms by document, written from several inverters by one thread and by several: what each document was given
 * comes back, whatever its size and its place. */
#include "indexer/inverters_termlists.h"

#include <pthread.h>

#include "base/memory.h"
#include "index_world.h"
#include "segment/segment.h"

enum { INVERTERS = 3, DOCUMENTS = 1500, TERMS = 3000, LONG = 90000 };

/* What a document has of each term, by docid; 0: not the term. */
static uint32_t (*expected)[TERMS];
static inverters buffered;

static size_t spell(uint32_t term, char out[16])
{
    return (size_t)snprintf(out, 16, "t%05u", term);
}

/* None, few, some, or more than are encoded together; as text, by count, or anywhere. */
static void fill(oir_document *d, oir_docid docid)
{
    static const uint32_t sizes[] = {0, 5, 100, 400};
    uint32_t size = harness_below(200) ? sizes[harness_below(4)] : LONG;
    oir_document_clear(d);
    for (uint32_t i = 0; i < size; i++) {
        char bytes[16];
        uint32_t term = (uint32_t)harness_below(1 + harness_below(TERMS)), kind = (uint32_t)harness_below(6);
        uint32_t wdf = kind == 0 ? 1 : kind == 1 ? (uint32_t)harness_below(2000) : kind == 2 ? 2 : 1;
        size_t length = spell(term, bytes);
        if (kind < 3)
            REQUIRE_OK(oir_document_add_term(d, bytes, length, wdf, &world_error), world_error);
        else
            REQUIRE_OK(oir_document_add_posting(d, bytes, length, kind == 3 ? (oir_termpos)harness_below(size) : i, wdf,
                                                &world_error), world_error);
        /* One more than the sum, so that a term whose wdf is 0 is there too. */
        expected[docid][term] += wdf + (expected[docid][term] == 0);
    }
}

static void expect_list(const termlist *list, oir_docid docid, const segment *s)
{
    uint32_t at = 0;
    for (uint32_t term = 0; term < TERMS; term++) {
        char bytes[16];
        term_entry entry;
        bool found;
        if (expected[docid][term] == 0)
            continue;
        REQUIRE(at < list->count);
        REQUIRE_OK(segment_find_term(s, bytes, spell(term, bytes), &entry, &found, &world_error), world_error);
        REQUIRE(found);
        EXPECT_EQ(list->ordinals[at], entry.ordinal);
        EXPECT_EQ(list->wdf[at++], expected[docid][term] - 1);
    }
    EXPECT_EQ(at, list->count);
}

static void expect_segment(const char *path, const inverters_place *order)
{
    segment *s;
    termlist list = {0};
    REQUIRE_OK(segment_open(&s, path, &world_error), world_error);
    REQUIRE_OK(termlists_check(s->termlists, &world_error), world_error);
    for (uint32_t i = 0; i < inverters_get_live_count(&buffered); i++) {
        REQUIRE_OK(termlists_get(s->termlists, i, &list, &world_error), world_error);
        expect_list(&list, inverters_get_document(&buffered, order[i])->docid, s);
    }
    termlists_release(&list);
    segment_close(s);
}

static void write_and_expect(team *helpers, size_t memory)
{
    char folder[200], path[240];
    segment_writer *writer;
    const segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .term_lists = true};
    const progress nobody = {0};
    inverters_place *order = inverters_order(&buffered);
    REQUIRE(order);
    world_folder(folder);
    REQUIRE(mkdir(folder, 0777) == 0);
    snprintf(path, sizeof path, "%s/segment-1", folder);
    REQUIRE_OK(segment_writer_open(&writer, path, &options, &world_error), world_error);
    REQUIRE_OK(inverters_flush(&buffered, NULL, true, memory, writer, helpers, NULL, &nobody, &world_error),
               world_error);
    REQUIRE_OK(segment_writer_commit(writer, &world_error), world_error);
    expect_segment(path, order);
    memory_free(order);
    world_remove(folder);
}

static void lists_what_was_added(void)
{
    oir_document *d;
    team *helpers = team_new(2);
    uint32_t documents = harness_is_slow() || harness_sees_races_only() ? DOCUMENTS / 3 : DOCUMENTS;
    expected = calloc(DOCUMENTS + 1, sizeof *expected);
    REQUIRE(helpers && expected);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    REQUIRE_OK(inverters_init(&buffered, INVERTERS, 64 << 20, true, false, &world_error), world_error);
    for (oir_docid docid = 1; docid <= documents; docid++) {
        fill(d, docid);
        REQUIRE_OK(inverter_add(buffered.items[harness_below(INVERTERS)], docid, d, &world_error), world_error);
    }
    for (uint32_t i = 0; i < documents / 10; i++)
        inverters_delete(&buffered, (oir_docid)harness_below(documents) + 1);
    /* Built while terms are written; given up for lack of memory, at once or later; by several threads. */
    write_and_expect(NULL, SIZE_MAX);
    write_and_expect(NULL, 0);
    write_and_expect(NULL, 512 << 10);
    write_and_expect(helpers, SIZE_MAX);
    inverters_release(&buffered);
    oir_document_free(d);
    team_free(helpers);
    free(expected);
}

/* What progress was told of. */
typedef struct told {
    pthread_t thread;
    uint32_t lists;      /* how often of lists of terms; */
    uint64_t done;       /* the last of it */
    uint32_t most;       /* stops once it was so often */
} told;

static bool note_told(const char *what, uint64_t done, uint64_t total, void *context)
{
    told *t = context;
    EXPECT(pthread_equal(pthread_self(), t->thread));
    if (strcmp(what, "writing term lists") != 0)
        return true;
    EXPECT(done <= total && (t->lists == 0 || done > t->done));
    t->done = done;
    return ++t->lists <= t->most;
}

static uint32_t write_and_tell(team *helpers, uint32_t most)
{
    char folder[200], path[240];
    segment_writer *writer;
    const segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .term_lists = true};
    told t = {.thread = pthread_self(), .most = most};
    const progress p = {note_told, &t};
    world_folder(folder);
    REQUIRE(mkdir(folder, 0777) == 0);
    snprintf(path, sizeof path, "%s/segment-1", folder);
    REQUIRE_OK(segment_writer_open(&writer, path, &options, &world_error), world_error);
    EXPECT_EQ(inverters_flush(&buffered, NULL, true, SIZE_MAX, writer, helpers, NULL, &p, &world_error),
              t.lists > most ? OIR_CANCELLED : OIR_OK);
    segment_writer_abort(writer);
    world_remove(folder);
    return t.lists;
}

/* Progress is asked in the caller's thread only, often enough, and may stop it. */
static void progress_of_many(void)
{
    enum { MANY = 200000, LEAST = 10 };
    oir_document *d;
    team *helpers = team_new(3);
    REQUIRE(helpers);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    REQUIRE_OK(oir_document_add_term(d, "a", 1, 1, &world_error), world_error);
    REQUIRE_OK(inverters_init(&buffered, 1, 64 << 20, true, false, &world_error), world_error);
    for (oir_docid docid = 1; docid <= MANY; docid++)
        REQUIRE_OK(inverter_add(buffered.items[0], docid, d, &world_error), world_error);
    EXPECT(write_and_tell(NULL, UINT32_MAX) >= LEAST);
    EXPECT(write_and_tell(helpers, UINT32_MAX) >= LEAST);
    EXPECT_EQ(write_and_tell(NULL, LEAST / 2), LEAST / 2 + 1);
    EXPECT_EQ(write_and_tell(helpers, LEAST / 2), LEAST / 2 + 1);
    inverters_release(&buffered);
    oir_document_free(d);
    team_free(helpers);
}

int main(void)
{
    harness_seed(1);
    TEST(lists_what_was_added);
    TEST(progress_of_many);
    return harness_end();
}
