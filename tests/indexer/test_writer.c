/* The writer against a model in memory: random sequences of everything it can do, with buffers so small that much of it
 * happens across segments. */
#include "indexer/writer.h"

#include "base/hash.h"
#include "index_world.h"
#include "segment/stored.h"

enum { LAST_MAX = 20000 };

typedef struct session {
    char folder[200];
    oir_writer_options options;
    oir_writable_database *writer;
    oir_document *document;
    world_model now, committed;
    uint32_t live;
} session;

static void copy_model(world_model *to, const world_model *from)
{
    memcpy(to->seeds, from->seeds, (LAST_MAX + 1) * sizeof *to->seeds);
    to->last = from->last;
}

static uint64_t draw_seed(void)
{
    return harness_random() | 1;
}

/* 0: flushes with each document; 1: now and then; 2: only when it commits. */
static void set_memory_limit(session *s)
{
    static const size_t limits[] = {1, 900 << 10, (size_t)64 << 20};
    s->writer->buffer_limit = limits[harness_below(3)];
}

static void open_writer(session *s)
{
    s->options.mode = OIR_CREATE_OR_OPEN;
    REQUIRE_OK(oir_writable_database_open(&s->writer, s->folder, &s->options, &world_error), world_error);
    set_memory_limit(s);
}

static uint32_t random_docid(const session *s)
{
    return 1 + harness_below(s->now.last + 2);
}

static void add(session *s)
{
    uint64_t seed = draw_seed();
    oir_docid docid;
    world_fill(s->document, seed);
    REQUIRE_OK(oir_writable_database_add_document(s->writer, s->document, &docid, &world_error), world_error);
    EXPECT_EQ(docid, s->now.last + 1);
    s->now.seeds[++s->now.last] = seed;
}

static void replace(session *s)
{
    uint64_t seed = draw_seed();
    uint32_t docid = random_docid(s);
    world_fill(s->document, seed);
    REQUIRE_OK(oir_writable_database_replace_document(s->writer, docid, s->document, &world_error), world_error);
    s->now.seeds[docid] = seed;
    if (docid > s->now.last)
        s->now.last = docid;
}

static void replace_by_term(session *s)
{
    uint64_t seed = draw_seed();
    char term[40];
    uint32_t size = world_key(seed, term), lowest = 0;
    oir_docid docid;
    world_fill(s->document, seed);
    REQUIRE_OK(oir_writable_database_replace_document_by_term(s->writer, term, size, s->document, &docid,
                                                              &world_error), world_error);
    for (uint32_t i = s->now.last; i > 0; i--)
        if (s->now.seeds[i] && s->now.seeds[i] % WORLD_KEYS == seed % WORLD_KEYS) {
            s->now.seeds[i] = 0;
            lowest = i;
        }
    if (!lowest)
        lowest = ++s->now.last;
    EXPECT_EQ(docid, lowest);
    s->now.seeds[lowest] = seed;
}

static void delete(session *s)
{
    uint32_t docid = random_docid(s);
    bool there = docid <= s->now.last && s->now.seeds[docid];
    EXPECT_EQ(oir_writable_database_delete_document(s->writer, docid, &world_error), there ? OIR_OK : OIR_NOT_FOUND);
    s->now.seeds[docid] = 0;
}

static void delete_by_term(session *s)
{
    char term[40];
    uint64_t key = harness_below(WORLD_KEYS);
    uint32_t size = world_key(key, term), expected = 0;
    oir_doccount deleted;
    bool there;
    for (uint32_t i = 1; i <= s->now.last; i++)
        expected += s->now.seeds[i] && s->now.seeds[i] % WORLD_KEYS == key;
    REQUIRE_OK(oir_writable_database_has_term(s->writer, term, size, &there, &world_error), world_error);
    EXPECT_EQ(there, expected > 0);
    REQUIRE_OK(oir_writable_database_delete_document_by_term(s->writer, term, size, &deleted, &world_error),
               world_error);
    EXPECT_EQ(deleted, expected);
    for (uint32_t i = 1; i <= s->now.last; i++)
        if (s->now.seeds[i] && s->now.seeds[i] % WORLD_KEYS == key)
            s->now.seeds[i] = 0;
}

static void commit(session *s, bool optimise)
{
    if (optimise)
        REQUIRE_OK(oir_writable_database_optimise(s->writer, &world_error), world_error);
    else
        REQUIRE_OK(oir_writable_database_commit(s->writer, &world_error), world_error);
    if (optimise)
        EXPECT(s->writer->segment_count <= 1);
    copy_model(&s->committed, &s->now);
    EXPECT_EQ(world_count_files(s->folder, "segment-"), s->writer->segment_count);
    EXPECT_EQ(world_count_files(s->folder, "generation-"), 1);
}

static void compare(session *s, bool thorough)
{
    uint32_t live = 0;
    for (uint32_t i = 1; i <= s->now.last; i++)
        live += s->now.seeds[i] != 0;
    EXPECT_EQ(oir_writable_database_get_doccount(s->writer), live);
    EXPECT_EQ(oir_writable_database_get_lastdocid(s->writer), s->now.last);
    world_compare(s->folder, &s->committed, !s->options.no_stored_data, thorough);
}

static void reopen(session *s)
{
    oir_writable_database_close(s->writer);
    EXPECT_EQ(world_count_files(s->folder, "generation-"), 1);
    open_writer(s);
    copy_model(&s->now, &s->committed);
}

static void step(session *s)
{
    switch (harness_below(24)) {
    case 0:
        REQUIRE_OK(oir_writable_database_rollback(s->writer, &world_error), world_error);
        copy_model(&s->now, &s->committed);
        break;
    case 1:
        reopen(s);
        break;
    case 2:
        commit(s, true);
        break;
    case 3: case 4: case 5:
        commit(s, false);
        break;
    case 6: case 7:
        delete(s);
        break;
    case 8:
        delete_by_term(s);
        break;
    case 9: case 10:
        replace(s);
        break;
    case 11: case 12:
        replace_by_term(s);
        break;
    case 13:
        set_memory_limit(s);
        break;
    default:
        add(s);
    }
}

static void begin(session *s, uint64_t *memory)
{
    *s = (session){.options = OIR_WRITER_OPTIONS_INIT};
    s->options.no_sync = true;
    s->options.no_term_lists = harness_below(3) == 0;
    s->options.no_stored_data = harness_below(4) == 0;
    s->now.seeds = memory;
    s->committed.seeds = memory + LAST_MAX + 1;
    memset(memory, 0, 2 * (LAST_MAX + 1) * sizeof *memory);
    world_folder(s->folder);
    REQUIRE_OK(oir_document_new(&s->document, &world_error), world_error);
    open_writer(s);
}

static void end(session *s)
{
    oir_document_free(s->document);
    oir_writable_database_close(s->writer);
    world_remove(s->folder);
}

static void random_sequences(void)
{
    const char *count = getenv("OIR_SEQUENCES");
    uint64_t *memory = malloc(2 * (LAST_MAX + 1) * sizeof *memory);
    REQUIRE(memory);
    for (uint32_t i = 0, rounds = count ? (uint32_t)atoi(count) : harness_times(300); i < rounds; i++) {
        session s;
        begin(&s, memory);
        for (uint32_t steps = 10 + harness_below(90); steps > 0; steps--) {
            step(&s);
            if (harness_below(30) == 0)
                compare(&s, false);
        }
        compare(&s, true);
        commit(&s, false);
        compare(&s, i % 4 == 0);
        end(&s);
    }
    free(memory);
}

/* Enough documents for every form of list, several windows, and merges of several tiers. */
static void many_documents(void)
{
    uint32_t count = harness_is_slow() ? 5000 : 12000;
    uint64_t *memory = malloc(2 * (LAST_MAX + 1) * sizeof *memory);
    REQUIRE(memory);
    for (int round = harness_is_slow(); round < 2; round++) {
        session s;
        begin(&s, memory);
        s.writer->buffer_limit = 2 << 20;
        for (uint32_t i = 0; i < count; i++)
            add(&s);
        for (uint32_t i = 0; i < 500; i++)
            replace(&s);
        for (uint32_t i = 0; i < 500; i++)
            delete(&s);
        commit(&s, false);
        compare(&s, true);
        for (uint32_t i = 0; i < 300; i++)
            replace(&s);
        delete_by_term(&s);
        commit(&s, round == 1);
        compare(&s, true);
        end(&s);
    }
    free(memory);
}

static oir_status fill_data(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    char data[40 * 50];
    (void)context;
    (void)thread;
    for (size_t i = 0; i < 40; i++) { /* phrases that return, but rarely in one block */
        uint64_t letters = hash_u64(number * 40 + i) % 400;
        for (size_t k = 0; k < 50; k++, letters = hash_u64(letters))
            data[i * 50 + k] = (char)('a' + letters % 26);
    }
    oir_status status = oir_document_add_term(document, "x", 1, 1, err);
    return status ? status : oir_document_set_data(document, data, sizeof data, err);
}

/* Segments after the first have its dictionary, however documents are added. */
static void one_dictionary(void)
{
    for (uint32_t many = 0; many < 2; many++) {
        session s = {.options = OIR_WRITER_OPTIONS_INIT};
        stored_dictionary first, second;
        s.options.no_sync = true;
        s.options.reorder = OIR_REORDER_NONE;
        world_folder(s.folder);
        REQUIRE_OK(oir_document_new(&s.document, &world_error), world_error);
        REQUIRE_OK(oir_writable_database_open(&s.writer, s.folder, &s.options, &world_error), world_error);
        for (uint32_t part = 0; part < 2; part++) {
            if (many)
                REQUIRE_OK(oir_writable_database_add_documents(s.writer, 500, fill_data, NULL, NULL, &world_error),
                           world_error);
            for (size_t i = 0; i < 500 && !many; i++) {
                oir_document_clear(s.document);
                REQUIRE_OK(fill_data(NULL, 0, part * 1000 + i, s.document, &world_error), world_error);
                REQUIRE_OK(oir_writable_database_add_document(s.writer, s.document, NULL, &world_error), world_error);
            }
            REQUIRE_OK(oir_writable_database_commit(s.writer, &world_error), world_error);
        }
        REQUIRE(s.writer->segment_count == 2);
        first = stored_get_dictionary(s.writer->segments[0].segment->stored);
        second = stored_get_dictionary(s.writer->segments[1].segment->stored);
        EXPECT(first.size > 0 && first.learned > 0 && second.learned == 0);
        EXPECT(second.size == first.size && memcmp(second.bytes, first.bytes, first.size) == 0);
        oir_writable_database_close(s.writer);
        oir_document_free(s.document);
        world_remove(s.folder);
    }
}

int main(void)
{
    harness_seed(1);
    TEST(random_sequences);
    TEST(many_documents);
    TEST(one_dictionary);
    return harness_end();
}
