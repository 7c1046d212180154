/* Several inverters as one buffer: the order of documents and terms, what is deleted, and what writing them out takes.
 * That the index does not show how many there were is for test_index_threads. */
#include "indexer/inverters.h"

#include <oir/memory.h>
#include <stdatomic.h>
#include <stddef.h>

#include "base/memory.h"
#include "index_world.h"

enum { COUNT = 3, MANY = 24 };

/* ---- counting what is taken, by any thread ---- */

typedef union head {
    size_t size;
    max_align_t align;
} head;

static atomic_size_t taken, most;

static void note_taken(size_t size)
{
    size_t now = atomic_fetch_add(&taken, size) + size, before = atomic_load(&most);
    while (now > before && !atomic_compare_exchange_weak(&most, &before, now)) {
    }
}

static void *count_allocate(size_t size, void *context)
{
    (void)context;
    head *h = malloc(sizeof *h + size);
    REQUIRE(h);
    h->size = size;
    note_taken(size);
    return h + 1;
}

static void count_release(void *block, void *context)
{
    (void)context;
    head *h = (head *)block - 1;
    atomic_fetch_sub(&taken, h->size);
    free(h);
}

/* Both are there for a moment, as they may be with any allocator. */
static void *count_reallocate(void *block, size_t size, void *context)
{
    void *grown = count_allocate(size, context);
    if (block) {
        size_t before = ((head *)block - 1)->size;
        memcpy(grown, block, before < size ? before : size);
        count_release(block, context);
    }
    return grown;
}

static const oir_allocator counting = {count_allocate, count_reallocate, count_release, NULL};

/* ---- ---- */

static oir_document *document;
static inverters buffered;

static void begin_some(uint32_t count, size_t memory, bool term_lists)
{
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverters_init(&buffered, count, memory, term_lists, false, &world_error), world_error);
}

static void begin(size_t memory)
{
    begin_some(COUNT, memory, false);
}

static void end(void)
{
    inverters_release(&buffered);
    oir_document_free(document);
}

/* A document with one term, and another that all have. */
static void add(uint32_t to, oir_docid docid, const char *term)
{
    oir_document_clear(document);
    REQUIRE_OK(oir_document_add_posting(document, term, strlen(term), docid, 1, &world_error), world_error);
    REQUIRE_OK(oir_document_add_term(document, "all", 3, 1, &world_error), world_error);
    REQUIRE_OK(inverter_add(buffered.items[to], docid, document, &world_error), world_error);
}

/* Docids of all that live, as text. */
static void expect_order(const char *expected)
{
    char got[200] = "";
    size_t size = 0;
    inverters_place *order = inverters_order(&buffered);
    REQUIRE(order);
    for (uint32_t i = 0; i < inverters_get_live_count(&buffered); i++)
        size += (size_t)snprintf(got + size, sizeof got - size, "%s%u", i ? " " : "",
                                 inverter_get_document(buffered.items[order[i].inverter], order[i].number)->docid);
    EXPECT_STR(got, expected);
    memory_free(order);
}

static void documents_by_docid(void)
{
    oir_docid lowest = 0;
    uint32_t count;
    bool found;
    begin(16 << 20);
    add(0, 3, "a");
    add(0, 4, "b");
    add(2, 1, "a");
    add(2, 9, "c");
    add(1, 5, "b");
    add(1, 2, "d"); /* descends */
    expect_order("1 2 3 4 5 9");
    EXPECT(inverters_delete(&buffered, 4) && !inverters_delete(&buffered, 4));
    EXPECT_EQ(inverters_get_live_length(&buffered), 10);
    REQUIRE_OK(inverters_delete_by_term(&buffered, "a", 1, &count, &lowest, &world_error), world_error);
    EXPECT(count == 2 && lowest == 1);
    REQUIRE_OK(inverters_has_term(&buffered, "c", 1, &found, &world_error), world_error);
    EXPECT(found);
    REQUIRE_OK(inverters_has_term(&buffered, "a", 1, &found, &world_error), world_error);
    EXPECT(!found);
    expect_order("2 5 9");
    add(0, 1, "a");
    expect_order("1 2 5 9");
    inverters_clear(&buffered);
    EXPECT_EQ(inverters_get_live_count(&buffered), 0);
    end();
}

/* Terms that are the same come together, in the order of inverters, and are never parted. */
static void terms_of_all(void)
{
    static const uint32_t sizes[] = {2, 3, 1, 1}; /* a, all, b, c */
    inverters_terms t;
    uint32_t at = 0, owner, last;
    begin(16 << 20);
    add(2, 1, "a");
    add(1, 2, "c");
    add(0, 3, "b");
    add(0, 4, "a");
    REQUIRE_OK(inverters_sort_terms(&buffered, &t, &world_error), world_error);
    EXPECT_EQ(t.count, 7);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        EXPECT_EQ(inverters_group_term(&t, at, t.count), sizes[i]);
        last = 0;
        for (uint32_t k = 0; k < sizes[i]; k++, last = owner) {
            EXPECT(inverters_get_number(&t, at + k, &owner) < buffered.items[owner]->term_count);
            EXPECT(k == 0 || owner > last);
        }
        at += sizes[i];
    }
    EXPECT_EQ(at, t.count);
    inverters_release_terms(&t);
    end();
}

/* Long lists, more of them than there are threads. */
static void fill_long(uint32_t number)
{
    enum { TERMS = 24 };
    for (uint32_t t = 0; t < TERMS; t++)
        REQUIRE_OK(oir_document_add_posting(document, (char[]){(char)('a' + t)}, 1, t + number % 3, 1, &world_error),
                   world_error);
}

/* As many terms as documents. */
static void fill_rare(uint32_t number)
{
    char term[20];
    size_t size = (size_t)snprintf(term, sizeof term, "Q%u", number);
    REQUIRE_OK(oir_document_add_boolean_term(document, term, size, &world_error), world_error);
}

/* Counted words, no text. */
static void fill_counted(uint32_t number)
{
    char term[20];
    for (uint32_t t = 0; t < 40; t++) {
        size_t size = (size_t)snprintf(term, sizeof term, "w%u", (number * 40 + t) % 10007);
        REQUIRE_OK(oir_document_add_term(document, term, size, 2, &world_error), world_error);
    }
}

/* Writing out takes what was said, however many threads there are, and however few of them have added documents. */
static void expect_told(uint32_t threads, uint32_t adding, uint32_t documents, bool term_lists,
                        void (*fill)(uint32_t number))
{
    enum { SLACK = 8 << 20, THREAD_SLACK = 256 << 10 /* whatever is buffered */ };
    char folder[200], path[240];
    segment_writer *writer;
    segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .term_lists = term_lists};
    progress nobody = {0};
    world_folder(folder);
    REQUIRE(mkdir(folder, 0777) == 0);
    snprintf(path, sizeof path, "%s/segment-1", folder);
    oir_allocator_set(&counting);
    begin_some(threads, 256 << 20, term_lists);
    team *helpers = threads > 1 ? team_new(threads - 1) : NULL;
    REQUIRE(threads == 1 || helpers);
    for (uint32_t i = 0; i < documents; i++) {
        oir_document_clear(document);
        fill(i);
        REQUIRE_OK(inverter_add(buffered.items[i / 32 % adding], i + 1, document, &world_error), world_error);
    }
    REQUIRE_OK(segment_writer_open(&writer, path, &options, &world_error), world_error);
    size_t told = inverters_get_memory(&buffered);
    atomic_store(&most, atomic_load(&taken));
    REQUIRE_OK(inverters_flush(&buffered, NULL, true, 0, writer, helpers, NULL, &nobody, &world_error), world_error);
    if (atomic_load(&most) > told + SLACK + threads * THREAD_SLACK) {
        fprintf(stderr, "%zu bytes were taken, %zu told\n", atomic_load(&most), told);
        harness_fail(__FILE__, __LINE__, "more was taken than was told");
    }
    segment_writer_abort(writer);
    team_free(helpers);
    end();
    EXPECT_EQ(atomic_load(&taken), 0);
    oir_allocator_set(NULL);
    world_remove(folder);
}

/* What is taken depends neither on races nor on valgrind, which see all that they look for in fewer documents. */
static void memory_is_told(void)
{
    uint32_t share = harness_sees_races_only() || harness_effort() < 100 ? 20 : 1;
    expect_told(COUNT, COUNT, 120000 / share, false, fill_long);
    expect_told(COUNT, COUNT, 400000 / share, false, fill_rare);
    expect_told(1, 1, 100000 / share, false, fill_counted);
    expect_told(COUNT, COUNT, 400000 / share, true, fill_rare);
    expect_told(1, 1, 100000 / share, true, fill_counted);
    expect_told(MANY, 1, 600000 / share, true, fill_rare);
}

/* A document of any data: none, little, or more than a block has. */
static void fill_data(oir_docid docid)
{
    static char data[40000];
    world_fill(document, docid);
    size_t size = docid % 7 == 0 ? 0 : docid % 50 == 0 ? sizeof data : docid % 3 * 400 + docid % 100;
    for (size_t i = 0; i < size; i++)
        data[i] = (char)('a' + (docid * 31 + i * i / (docid % 13 + 2)) % 23);
    REQUIRE_OK(oir_document_set_data(document, data, size, &world_error), world_error);
}

/* The segment that comes of documents in some inverters, in which each has a stretch of them now and then, when what
 * waits is compressed after some; some come twice, the first time to be deleted. */
static char *build_with_data(uint32_t inverter_count, uint32_t often, bool again, team *helpers, size_t *size)
{
    enum { DOCUMENTS = 3000 };
    char folder[200], path[240];
    segment_writer *writer;
    segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .stored = true, .helpers = helpers};
    progress nobody = {0};
    world_folder(folder);
    REQUIRE(mkdir(folder, 0777) == 0);
    snprintf(path, sizeof path, "%s/segment-1", folder);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverters_init(&buffered, inverter_count, 64 << 20, false, true, &world_error), world_error);
    inverters_set_helpers(&buffered, helpers);
    for (oir_docid docid = 1; docid <= DOCUMENTS; docid++) {
        uint32_t to = docid / 16 * 7 % inverter_count;
        for (bool twice = again && docid % 100 == 5; ; twice = false) {
            fill_data(docid + twice);
            REQUIRE_OK(inverter_add(buffered.items[to], docid, document, &world_error), world_error);
            if (!twice)
                break;
            REQUIRE(inverters_delete(&buffered, docid));
            to = (to + 1) % inverter_count;
        }
        if (docid % often == 0)
            REQUIRE_OK(inverters_pack(&buffered, &world_error), world_error);
        EXPECT(docid % often || buffered.items[to]->raw_size == 0);
    }
    REQUIRE_OK(segment_writer_open(&writer, path, &options, &world_error), world_error);
    REQUIRE_OK(inverters_flush(&buffered, NULL, true, SIZE_MAX, writer, helpers, NULL, &nobody, &world_error),
               world_error);
    REQUIRE_OK(segment_writer_commit(writer, &world_error), world_error);
    end();
    char *bytes = world_read_segment(folder, size);
    world_remove(folder);
    return bytes;
}

/* The data of several inverters becomes the bytes that one has, however often it is compressed, and by whom. */
static void data_is_as_of_one(void)
{
    static const uint32_t often[] = {1, 48, 700, 100000};
    team *helpers = team_new(2);
    size_t size, other_size;
    REQUIRE(helpers);
    char *bytes = build_with_data(1, 1, false, NULL, &size);
    uint32_t i = harness_sees_races_only(), step = harness_is_slow() ? 5 : 1 + i; /* helpers have every second */
    for (; i < 4 * sizeof often / sizeof *often; i += step) {
        char *other = build_with_data(i & 1 ? COUNT : MANY, often[i / 4], i & 2, i & 1 ? helpers : NULL, &other_size);
        EXPECT_EQ(other_size, size);
        EXPECT(other_size == size && memcmp(other, bytes, size) == 0);
        free(other);
    }
    free(bytes);
    team_free(helpers);
}

int main(void)
{
    TEST(documents_by_docid);
    TEST(terms_of_all);
    TEST(data_is_as_of_one);
    TEST(memory_is_told);
    return harness_end();
}
