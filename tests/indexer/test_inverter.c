/* The buffer by itself: what it takes, what it finds, what it deletes. What it writes is compared by test_writer. */
#include "indexer/inverter.h"

#include <oir/memory.h>
#include <stddef.h>

#include "index_world.h"

/* ---- counting what is really taken ---- */

typedef union head {
    size_t size;
    max_align_t align;
} head;

static size_t taken;

static void *count_allocate(size_t size, void *context)
{
    (void)context;
    head *h = malloc(sizeof *h + size);
    if (!h)
        return NULL;
    h->size = size;
    taken += size;
    return h + 1;
}

static void count_release(void *block, void *context)
{
    (void)context;
    head *h = (head *)block - 1;
    taken -= h->size;
    free(h);
}

static void *count_reallocate(void *block, size_t size, void *context)
{
    if (!block)
        return count_allocate(size, context);
    head *h = (head *)block - 1;
    size_t before = h->size;
    h = realloc(h, sizeof *h + size);
    if (!h)
        return NULL;
    h->size = size;
    taken += size - before;
    return h + 1;
}

static const oir_allocator counting = {count_allocate, count_reallocate, count_release, NULL};

/* ---- */

static oir_document *document;
static inverter *buffered;

static void add(oir_docid docid, uint64_t seed)
{
    world_fill(document, seed);
    REQUIRE_OK(inverter_add(buffered, docid, document, &world_error), world_error);
}

static bool has_key(uint64_t key)
{
    char term[40];
    bool found;
    REQUIRE_OK(inverter_has_term(buffered, term, world_key(key, term), &found, &world_error), world_error);
    return found;
}

static uint32_t delete_key(uint64_t key, oir_docid *lowest)
{
    char term[40];
    uint32_t count;
    REQUIRE_OK(inverter_delete_by_term(buffered, term, world_key(key, term), &count, lowest, &world_error),
               world_error);
    return count;
}

static void memory_is_counted(void)
{
    oir_allocator_set(&counting);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverter_new(&buffered, 32 << 20, true, true, &world_error), world_error);
    for (int round = 0; round < 2; round++) {
        for (oir_docid i = 1; i <= (harness_is_slow() ? 4000 : 20000); i++) {
            add(i, harness_random() | 1);
            size_t own = document->data.capacity + document->terms.vocabulary.byte_capacity;
            if (i % 100 == 0) {
                /* The document's own memory is not the buffer's: it is a few KiB, below the slack that is checked. */
                EXPECT(taken <= inverter_get_memory(buffered) + own + (64 << 10));
                EXPECT(inverter_get_memory(buffered) <= taken * 2 + (1 << 20));
            }
        }
        EXPECT(!inverter_is_full(buffered));
        uint32_t term_count = buffered->term_count;
        buffered->term_count = UINT32_C(7) << (INVERTER_STREAM_TERM_BITS - 3); /* as if there were so many */
        EXPECT(inverter_is_full(buffered));
        buffered->term_count = term_count;
        inverter_clear(buffered);
        EXPECT(taken < 64 << 10);
        EXPECT(inverter_get_memory(buffered) < 4096);
    }
    inverter_free(buffered);
    oir_document_free(document);
    EXPECT_EQ(taken, 0);
    oir_allocator_set(NULL);
}

static void finding_and_deleting(void)
{
    oir_docid lowest = 0;
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverter_new(&buffered, 32 << 20, false, false, &world_error), world_error);
    EXPECT(!has_key(1) && !inverter_has_docid(buffered, 1) && !inverter_delete(buffered, 1));
    EXPECT_EQ(delete_key(1, &lowest), 0);
    add(9, WORLD_KEYS * 11 + 1);
    add(5, WORLD_KEYS * 12 + 1);
    add(7, WORLD_KEYS * 13 + 2);
    EXPECT(has_key(1) && has_key(2) && !has_key(3));
    EXPECT(inverter_has_docid(buffered, 5) && !inverter_has_docid(buffered, 6));
    EXPECT_EQ(buffered->live_count, 3);
    EXPECT_EQ(delete_key(1, &lowest), 2);
    EXPECT_EQ(lowest, 5);
    EXPECT(!has_key(1) && !inverter_has_docid(buffered, 5) && !inverter_delete(buffered, 9));
    add(5, WORLD_KEYS * 14 + 1);
    EXPECT(has_key(1) && inverter_has_docid(buffered, 5));
    EXPECT_EQ(buffered->live_count, 2);
    EXPECT(inverter_delete(buffered, 7) && !has_key(2));
    inverter_clear(buffered);
    EXPECT(!has_key(1) && !inverter_has_docid(buffered, 5));
    EXPECT_EQ(buffered->live_length, 0);
    add(1, WORLD_KEYS * 11 + 1);
    EXPECT(has_key(1));
    inverter_free(buffered);
    inverter_free(NULL);
    oir_document_free(document);
}

/* Behind the last position that there is comes none, though its number would be that of no position. */
static void positions_at_the_end(void)
{
    static const oir_termpos positions[] = {INVERTER_STREAM_NOWHERE - 1, INVERTER_STREAM_NOWHERE, 0, 1};
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverter_new(&buffered, 32 << 20, false, false, &world_error), world_error);
    for (oir_docid docid = 1; docid <= 4; docid++) {
        oir_document_clear(document);
        for (oir_docid i = 0; i < docid; i++)
            if (positions[i] == INVERTER_STREAM_NOWHERE)
                REQUIRE_OK(oir_document_add_term(document, "a", 1, 1, &world_error), world_error);
            else
                REQUIRE_OK(oir_document_add_posting(document, "a", 1, positions[i], 1, &world_error), world_error);
        REQUIRE_OK(inverter_add(buffered, docid, document, &world_error), world_error);
        const inverter_document *d = inverter_get_document(buffered, docid - 1);
        EXPECT_EQ(d->position_max, INVERTER_STREAM_NOWHERE - 1);
        EXPECT_EQ(d->position_min, docid < 3 ? INVERTER_STREAM_NOWHERE - 1 : 0);
        EXPECT_EQ(d->descends, docid >= 3);
        inverter_reader r = inverter_read(buffered, docid - 1);
        for (oir_docid i = 0; i < docid; i++) {
            EXPECT_EQ(inverter_reader_next(&r),
                      positions[i] == INVERTER_STREAM_NOWHERE ? INVERTER_READER_OTHER : INVERTER_READER_PLAIN);
            EXPECT_EQ(r.position, positions[i]);
        }
        EXPECT_EQ(inverter_reader_next(&r), INVERTER_READER_END);
    }
    inverter_free(buffered);
    oir_document_free(document);
}

/* Documents whose terms have their places do not hide some of them from the sampling. */
static void samples_are_fair(void)
{
    enum { DOCUMENTS = 16000, TERMS_MAX = 40 };
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverter_new(&buffered, 32 << 20, false, false, &world_error), world_error);
    for (uint32_t each = 1; each <= TERMS_MAX; each++) {
        uint64_t sum = 0;
        oir_document_clear(document);
        for (uint32_t t = 0; t < each; t++)
            REQUIRE_OK(oir_document_add_posting(document, (char[]){(char)('0' + t)}, 1, t + 1, 1, &world_error),
                       world_error);
        for (oir_docid docid = 1; docid <= DOCUMENTS; docid++)
            REQUIRE_OK(inverter_add(buffered, docid, document, &world_error), world_error);
        EXPECT_EQ(buffered->occurrence_count, DOCUMENTS * each);
        EXPECT_EQ(buffered->term_count, each);
        for (uint32_t t = 0; t < each; t++) {
            EXPECT(buffered->samples[t] > DOCUMENTS / INVERTER_SAMPLE / 10 * 9);
            EXPECT(buffered->samples[t] < DOCUMENTS / INVERTER_SAMPLE / 10 * 11);
            sum += buffered->samples[t];
        }
        EXPECT_EQ(sum, DOCUMENTS * each / INVERTER_SAMPLE);
        inverter_clear(buffered);
    }
    inverter_free(buffered);
    oir_document_free(document);
}

/* Quadratic work would show as a test that never ends. */
static void replacing_one_document_often(void)
{
    oir_docid lowest;
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverter_new(&buffered, 32 << 20, false, false, &world_error), world_error);
    add(3, WORLD_KEYS + 1);
    for (uint32_t i = harness_times(100000); i > 0; i--) {
        REQUIRE(delete_key(1, &lowest) == 1 && lowest == 3);
        REQUIRE_OK(inverter_add(buffered, 3, document, &world_error), world_error);
    }
    EXPECT_EQ(buffered->live_count, 1);
    inverter_free(buffered);
    oir_document_free(document);
}

/* The same for asking for what many had that are dead. */
static void asking_for_dead_documents_often(void)
{
    uint32_t documents = harness_times(100000);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(inverter_new(&buffered, 32 << 20, false, false, &world_error), world_error);
    for (oir_docid docid = 1; docid <= documents; docid++)
        add(docid, WORLD_KEYS + 1);
    EXPECT(has_key(1));
    for (oir_docid docid = documents; docid > 1; docid--) {
        REQUIRE(inverter_delete(buffered, docid));
        REQUIRE(has_key(1));
    }
    for (uint32_t i = 0; i < documents; i++)
        REQUIRE(has_key(1));
    REQUIRE(inverter_delete(buffered, 1));
    EXPECT(!has_key(1));
    add(1, WORLD_KEYS + 1);
    EXPECT(has_key(1));
    inverter_free(buffered);
    oir_document_free(document);
}

int main(void)
{
    harness_seed(1);
    TEST(memory_is_counted);
    TEST(finding_and_deleting);
    TEST(positions_at_the_end);
    TEST(samples_are_fair);
    TEST(replacing_one_document_often);
    TEST(asking_for_dead_documents_often);
    return harness_end();
}
