/* Documents whose data is large: it is compressed as it comes and lies in a file, and nothing else shows it. */
#include <oir/database.h>
#include <oir/inspect.h>

#include "helper/counting_memory.h"
#include "index_world.h"
#include "indexer/writer.h"

enum { DOCUMENTS = 40, LARGE_EACH = 13, LARGE = STORED_LARGE + 100000, TERMS = 30 };

/* Byte i of a document's data. */
static char data_byte(size_t number, size_t i)
{
    uint64_t z = (number * 7919 + i / 5) * UINT64_C(0x9e3779b97f4a7c15);
    return i % 5 == 0 ? ' ' : (char)('a' + (z >> 40) % 7);
}

/* Behind a large one comes one without data. */
static size_t data_size(size_t number)
{
    if (number % LARGE_EACH == 6)
        return 0;
    return number % LARGE_EACH == 5 ? LARGE + number : number % 11 * 900;
}

/* In one piece or in several. */
static oir_status set_data(oir_document *document, size_t number, oir_error *err)
{
    char piece[8192];
    size_t size = data_size(number), some = 0;
    oir_status status = OIR_OK;
    for (size_t i = 0; i < size && !status; i++) {
        piece[some++] = data_byte(number, i);
        if (some < sizeof piece - number % 100 && i + 1 < size)
            continue;
        status = oir_document_add_data(document, piece, some, err);
        some = 0;
    }
    return status;
}

static oir_status fill(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    (void)thread;
    oir_status status = set_data(document, number + *(const size_t *)context, err);
    for (uint32_t i = 0; i < TERMS && !status; i++) {
        char term[16];
        int size = snprintf(term, sizeof term, "t%zu", (number * 31 + i * 17) % 90);
        status = oir_document_add_posting(document, term, (size_t)size, i + 1, 1, err);
    }
    return status;
}

/* Documents 1 to DOCUMENTS, with data by number from 0 on, some of which are replaced by others and back. */
static void build(const char *folder, oir_reorder reorder, uint32_t threads, size_t memory, bool optimise)
{
    oir_writable_database *w;
    oir_document *document;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    size_t first = 0;
    options.no_sync = true;
    options.reorder = reorder;
    options.threads = threads;
    options.memory_limit = memory;
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_add_documents(w, DOCUMENTS / 2, fill, &first, NULL, &world_error), world_error);
    if (threads > 1)
        REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
    first = DOCUMENTS / 2;
    REQUIRE_OK(oir_writable_database_add_documents(w, DOCUMENTS / 2, fill, &first, NULL, &world_error), world_error);
    for (size_t i = 0; i < DOCUMENTS; i += 3) /* one object for large and small ones */
        for (size_t turn = 2; turn-- > 0;) {
            size_t zero = 0;
            oir_document_clear(document);
            REQUIRE_OK(fill(&zero, 0, i + turn, document, &world_error), world_error);
            REQUIRE_OK(oir_writable_database_replace_document(w, (oir_docid)i + 1, document, &world_error),
                       world_error);
        }
    REQUIRE_OK(optimise ? oir_writable_database_optimise(w, &world_error)
                        : oir_writable_database_commit(w, &world_error), world_error);
    oir_writable_database_close(w);
    oir_document_free(document);
}

static void expect_all(const char *folder)
{
    oir_database *database;
    oir_document *document;
    uint64_t findings = 1;
    REQUIRE_OK(oir_database_open(&database, folder, &world_error), world_error);
    EXPECT_EQ(oir_database_get_doccount(database), DOCUMENTS);
    for (size_t i = 0; i < DOCUMENTS; i++) {
        oir_bytes data;
        size_t wrong = 0;
        REQUIRE_OK(oir_database_get_document(database, (oir_docid)i + 1, &document, &world_error), world_error);
        REQUIRE_OK(oir_document_get_data(document, &data, &world_error), world_error);
        REQUIRE(data.size == data_size(i));
        for (size_t at = 0; at < data.size; at++)
            wrong += data.data[at] != data_byte(i, at);
        EXPECT_EQ(wrong, 0);
        oir_document_free(document);
    }
    REQUIRE_OK(oir_index_check(folder, NULL, NULL, &findings, &world_error), world_error);
    EXPECT_EQ(findings, 0);
    oir_database_close(database);
}

static void the_same_however_it_comes(void)
{
    uint32_t first_way = harness_sees_races_only(), ways = 4 - first_way; /* one thread has the first and the last */
    for (uint32_t reorder = 0; reorder < 2; reorder++) {
        char *first = NULL;
        size_t first_size = 0;
        for (uint32_t way = first_way; way < ways; way++) {
            char folder[200];
            size_t size;
            world_folder(folder);
            build(folder, reorder ? OIR_REORDER_LIGHT : OIR_REORDER_NONE, 1 + way % 3,
                  (size_t)(way % 2 ? 8 : 200) << 20, true);
            expect_all(folder);
            char *bytes = world_read_segment(folder, &size);
            world_remove(folder);
            EXPECT(!first || (size == first_size && memcmp(bytes, first, size) == 0));
            if (first)
                free(bytes);
            first = first ? first : bytes;
            first_size = size;
        }
        free(first);
    }
}

/* ---- what it takes ---- */

/* Of 60 MB of data, half of which is left when it is compressed, no more is in memory than what is not large. */
static void memory_does_not_follow_from_size(void)
{
    enum { PIECE = 1 << 20, PIECES = 60, MOST = 8 << 20 };
    char folder[200], *piece = malloc(PIECE);
    REQUIRE(piece);
    for (uint32_t threads = harness_sees_races_only() ? 2 : 1; threads < 3; threads++) {
        oir_writable_database *w;
        oir_document *document;
        oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
        options.no_sync = true;
        options.memory_limit = (size_t)16 << 20;
        options.threads = threads;
        world_folder(folder);
        counting_memory_begin();
        REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
        REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
        for (uint32_t i = 0; i < PIECES; i++) {
            for (size_t b = 0; b < PIECE; b++)
                piece[b] = data_byte(i, b);
            REQUIRE_OK(oir_document_add_data(document, piece, PIECE, &world_error), world_error);
        }
        for (uint32_t i = 0; i < 2; i++) {
            REQUIRE_OK(oir_writable_database_add_document(w, document, NULL, &world_error), world_error);
            REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
        }
        oir_document_free(document);
        REQUIRE_OK(oir_writable_database_optimise(w, &world_error), world_error);
        oir_writable_database_close(w);
        oir_allocator_set(NULL);
        printf("%u threads: %zu bytes at most\n", threads, (size_t)counting_memory_peak);
        EXPECT(counting_memory_peak < MOST);
        EXPECT_EQ(counting_memory_alive, 0);
        world_remove(folder);
    }
    free(piece);
}

int main(void)
{
    if (harness_is_slow()) /* it takes too long there */
        return harness_end();
    TEST(the_same_however_it_comes);
    TEST(memory_does_not_follow_from_size);
    return harness_end();
}
