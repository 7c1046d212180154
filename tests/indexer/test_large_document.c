/* Documents that are put away in parts, and written part by part: what is written, and what a document says of itself,
 * does not show it. Parts are forced on small documents (base/paths.h), and once come by themselves. */
#include <oir/term_generator.h>

#include "indexer/writer.h"
#include "large_world.h"

enum { DOCUMENTS = 20, LAST_CHANGE = 8 };

static const char *const ways[] = {"", "intact", "buffered", "intact,buffered"};
enum { WAYS = sizeof ways / sizeof *ways };

static oir_status fill(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    (void)thread;
    return large_make(document, *(const uint64_t *)context + number, err);
}

/* ---- the same changes in all ways ---- */

static oir_status change(oir_writable_database *w, oir_document *document, uint64_t seed, oir_error *err)
{
    char key[40];
    uint32_t size = world_key(seed + 3, key);
    oir_status status = oir_writable_database_add_documents(w, DOCUMENTS, fill, &seed, NULL, err);
    for (uint32_t i = 0; !status && i < LAST_CHANGE; i++) {
        status = large_make(document, seed + 100 + i, err);
        if (!status && i % 4 == 0)
            status = oir_writable_database_replace_document(w, 1 + i, document, err);
        else if (!status && i % 4 == 1)
            status = oir_writable_database_replace_document_by_term(w, key, size, document, NULL, err);
        else if (!status && i % 4 == 2)
            (void)oir_writable_database_delete_document(w, 10 + i, err); /* it may be gone already */
        else if (!status) /* twice the same one */
            status = oir_writable_database_add_document(w, document, NULL, err);
        if (!status && i % 4 == 3)
            status = oir_writable_database_add_document(w, document, NULL, err);
    }
    return status;
}

static char *build(const char *way, const oir_writer_options *options, uint64_t seed, bool commits, size_t *size)
{
    char folder[200];
    oir_writable_database *w;
    oir_document *document;
    world_folder(folder);
    large_without(way);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, options, &world_error), world_error);
    REQUIRE_OK(change(w, document, seed, &world_error), world_error);
    if (commits) {
        REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
        large_check_folder(folder);
        REQUIRE_OK(change(w, document, seed + 1000, &world_error), world_error);
    }
    REQUIRE_OK(oir_writable_database_optimise(w, &world_error), world_error);
    oir_writable_database_close(w);
    oir_document_free(document);
    large_check_folder(folder);
    large_without("");
    char *bytes = world_read_segment(folder, size);
    world_remove(folder);
    return bytes;
}

static void all_ways_give_the_same_bytes(void)
{
    for (uint32_t turn = 0; turn < harness_times(4); turn++) {
        oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
        uint64_t seed = 1 + turn * 10000;
        options.no_sync = true;
        options.no_term_lists = turn % 4 == 1;
        options.no_stored_data = turn % 4 == 2;
        size_t size, other_size;
        char *bytes = build("", &options, seed, turn % 2, &size);
        for (uint32_t way = 1; way < WAYS; way++) {
            options.threads = 1 + (way + turn) % 3;
            char *other = build(ways[way], &options, seed, turn % 2, &other_size);
            EXPECT_EQ(other_size, size);
            EXPECT(other_size == size && memcmp(other, bytes, size) == 0);
            free(other);
        }
        free(bytes);
    }
}

/* ---- text ---- */

static oir_status index_text(oir_term_generator *generator, oir_document *document, const char *text, size_t size)
{
    oir_term_generator_set_document(generator, document);
    oir_status status = oir_term_generator_index_text(generator, text, size, 1, "", &world_error);
    if (!status)
        status = oir_term_generator_index_text_without_positions(generator, text, size / 2, 2, "S", &world_error);
    return status;
}

/* Words, what is no simple word, and runs without a space that are longer than anything. */
static size_t make_text(char *text, size_t most, uint64_t seed)
{
    static const char *const kinds[] = {"running ", "The ",  "caf\xc3\xa9 ", "a,b;c:",
                                        "x-ray's ", "12.5 ", "AT&T\n",      "of "};
    uint64_t state = seed;
    size_t size = 0;
    bool run = false;
    while (size + 64 < most) {
        uint64_t r = world_next(&state);
        if (r % 400 == 0)
            run = !run;
        char word[64];
        int n = r % 3 ? snprintf(word, sizeof word, "w%llu%c", (unsigned long long)(r / 64 % 3000), run ? ',' : ' ')
                      : snprintf(word, sizeof word, "%s", kinds[r / 8 % 8]);
        for (int i = 0; i < n; i++)
            text[size++] = run && word[i] == ' ' ? ';' : word[i];
    }
    return size;
}

static char *build_text(const char *way, const char *text, size_t text_size, size_t *size)
{
    char folder[200];
    oir_writable_database *w;
    oir_document *document;
    oir_term_generator *generator;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    world_folder(folder);
    large_without(way);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_term_generator_new(&generator, &world_error), world_error);
    REQUIRE_OK(oir_term_generator_set_stemmer(generator, "english", &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    for (size_t i = 0; i < 4; i++) { /* the last ones are short, so that the table is not known */
        oir_document_clear(document);
        REQUIRE_OK(index_text(generator, document, text + i * 100, (text_size - i * 100) >> 2 * i), world_error);
        REQUIRE_OK(oir_writable_database_add_document(w, document, NULL, &world_error), world_error);
    }
    REQUIRE_OK(oir_writable_database_optimise(w, &world_error), world_error);
    oir_writable_database_close(w);
    oir_document_free(document);
    oir_term_generator_free(generator);
    large_without("");
    char *bytes = world_read_segment(folder, size);
    world_remove(folder);
    return bytes;
}

static void text_in_parts(void)
{
    enum { TEXT = 300000 };
    char *text = malloc(TEXT);
    REQUIRE(text);
    for (uint32_t turn = 0; turn < harness_times(4); turn++) {
        size_t text_size = make_text(text, harness_is_slow() ? TEXT / 3 : TEXT, 5 + turn), size, other_size;
        char *bytes = build_text("", text, text_size, &size);
        for (uint32_t way = 1; way < WAYS; way++) {
            char *other = build_text(ways[way], text, text_size, &other_size);
            EXPECT_EQ(other_size, size);
            EXPECT(other_size == size && memcmp(other, bytes, size) == 0);
            free(other);
        }
        free(bytes);
    }
    free(text);
}

/* ---- a document by itself ---- */

static void a_document_says_what_it_has(void)
{
    oir_document *parts, *whole;
    REQUIRE_OK(oir_document_new(&parts, &world_error), world_error);
    REQUIRE_OK(oir_document_new(&whole, &world_error), world_error);
    for (uint64_t seed = 1; seed < 60; seed++) {
        char word[48];
        REQUIRE_OK(large_make(whole, seed, &world_error), world_error);
        large_without("intact");
        REQUIRE_OK(large_make(parts, seed, &world_error), world_error);
        large_compare(parts, whole);
        REQUIRE_OK(large_add_words(parts, seed + 1, &world_error), world_error);
        REQUIRE_OK(large_add_words(whole, seed + 1, &world_error), world_error);
        if (seed % 3 == 2) {
            EXPECT(parts->terms.parts != NULL);
            EXPECT(parts->terms.log_count < 200);
        }
        for (uint32_t i = 0; i < 30 && seed % 2; i++) {
            size_t size = large_spell(i, word);
            oir_status status = oir_document_remove_term(parts, word, size, &world_error);
            EXPECT_EQ(status, oir_document_remove_term(whole, word, size, &world_error));
        }
        REQUIRE_OK(large_add_words(parts, seed + 2, &world_error), world_error);
        REQUIRE_OK(large_add_words(whole, seed + 2, &world_error), world_error);
        large_compare(parts, whole);
        large_without("");
    }
    oir_document_free(parts);
    oir_document_free(whole);
}

/* Somebody goes through the terms while the document is added. */
static void terms_stay_while_it_is_added(void)
{
    char folder[200];
    bool found;
    oir_writable_database *w;
    oir_document *document;
    oir_term_iterator *walk;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    world_folder(folder);
    large_without("intact,buffered");
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(large_make(document, 2, &world_error), world_error);
    REQUIRE_OK(oir_document_get_terms(document, &walk, &world_error), world_error);
    REQUIRE_OK(oir_term_iterator_next(walk, &found, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_add_document(w, document, NULL, &world_error), world_error);
    uint64_t length = 0;
    oir_termcount count, seen = 0;
    for (; found; seen++) {
        length += oir_term_iterator_get_wdf(walk);
        REQUIRE_OK(oir_term_iterator_next(walk, &found, &world_error), world_error);
    }
    oir_term_iterator_free(walk);
    EXPECT_EQ(length, document->terms.length);
    REQUIRE_OK(oir_document_get_term_count(document, &count, &world_error), world_error);
    EXPECT_EQ(seen, count);
    oir_writable_database_close(w);
    oir_document_free(document);
    large_without("");
    world_remove(folder);
}

/* ---- parts that come by themselves ---- */

enum { LARGE = 900000, OTHERS = 50 };

static oir_status fill_large(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    uint64_t state = number;
    (void)context;
    (void)thread;
    if (number != OTHERS / 2)
        return large_make(document, number + 1, err);
    for (uint32_t i = 0; i < LARGE; i++) {
        char word[48];
        uint64_t r = world_next(&state), number_of = r % 3 ? r / 3 % 50 : i / 4;
        oir_status status = oir_document_add_posting(document, word, large_spell((uint32_t)number_of, word),
                                                     i + 1, 1, err);
        if (status)
            return status;
    }
    EXPECT(document->terms.parts && document->terms.parts->count >= 3 && document->terms.parts->file.size > 0);
    static char data[3 * LARGE / 2]; /* a block by itself */
    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (char)('a' + world_next(&state) % 7);
    return oir_document_set_data(document, data, sizeof data, err);
}

static char *build_large(size_t memory, uint32_t threads, size_t *size)
{
    char folder[200];
    oir_writable_database *w;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.memory_limit = memory;
    options.threads = threads;
    world_folder(folder);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_add_documents(w, OTHERS, fill_large, NULL, NULL, &world_error), world_error);
    EXPECT_EQ(w->segment_count > 0, memory < (size_t)16 << 20);
    EXPECT_EQ(oir_writable_database_get_doccount(w), OTHERS);
    REQUIRE_OK(oir_writable_database_optimise(w, &world_error), world_error);
    oir_writable_database_close(w);
    large_check_folder(folder);
    char *bytes = world_read_segment(folder, size);
    world_remove(folder);
    return bytes;
}

static void little_memory_gives_the_same_bytes(void)
{
    size_t size, other_size;
    if (harness_is_slow() || harness_sees_races_only()) /* it takes too long, and small ones say the same */
        return;
    char *bytes = build_large((size_t)1 << 30, 1, &size);
    for (uint32_t turn = 0; turn < 2; turn++) {
        char *other = build_large((size_t)(turn ? 96 : 8) << 20, 1 + turn, &other_size);
        EXPECT_EQ(other_size, size);
        EXPECT(other_size == size && memcmp(other, bytes, size) == 0);
        free(other);
    }
    free(bytes);
}

int main(void)
{
    TEST(all_ways_give_the_same_bytes);
    TEST_ALONE(text_in_parts);
    TEST_ALONE(a_document_says_what_it_has);
    TEST_ALONE(terms_stay_while_it_is_added);
    TEST(little_memory_gives_the_same_bytes);
    return harness_end();
}
