/* Documents that are put away in parts, and written part by part: what is written, and what a document says of itself,
 * does not show it. Parts are forced on small documents (base/paths.h), and once come by themselves. */
#include <oir/memory.h>
#include <oir/term_generator.h>

#include "base/paths.h"
#include "document/document.h"
#include "index_world.h"
#include "indexer/writer.h"

enum { DOCUMENTS = 40, WORDS = 600, LAST_CHANGE = 12 };

static const char *const ways[] = {"", "intact", "buffered", "intact,buffered"};
enum { WAYS = sizeof ways / sizeof *ways };

static void without(const char *names)
{
    paths_set(paths_choose(names));
}

/* ---- documents of some hundred words, which follow from a number ---- */

static size_t spell(uint32_t number, char *out)
{
    size_t size = (size_t)snprintf(out, 48, "%x", number), wanted = number % 7 ? 1 + number % 5 : 1 + number % 40;
    while (size < wanted)
        out[size++] = 'x';
    return size;
}

static oir_status add_words(oir_document *document, uint64_t seed, oir_error *err)
{
    uint64_t state = seed;
    uint32_t words = seed % 3 ? 5 + (uint32_t)(world_next(&state) % WORDS) : 3, position = (uint32_t)(seed % 2);
    bool descends = seed % 5 == 0;
    for (uint32_t i = 0; i < words; i++) {
        char word[48];
        uint64_t r = world_next(&state);
        uint32_t number = (uint32_t)(r % 1000), kind = (uint32_t)(r / 1000 % 16);
        size_t size = spell(number * number / 1000, word);
        position = descends && kind == 3 ? position / 2 : position + (kind == 4 ? 300 : kind != 5);
        oir_status status = kind < 3 ? oir_document_add_term(document, word, size, kind ? 3 * kind : 0, err)
                                     : oir_document_add_posting(document, word, size, position, kind == 6 ? 2 : 1, err);
        if (status)
            return status;
    }
    return OIR_OK;
}

static oir_status make(oir_document *document, uint64_t seed, oir_error *err)
{
    char key[40], data[200];
    uint32_t size = world_key(seed, key);
    size_t length = (size_t)snprintf(data, sizeof data, "data of %llu, which is a number", (unsigned long long)seed);
    oir_document_clear(document);
    oir_status status = add_words(document, seed, err);
    if (!status)
        status = oir_document_add_boolean_term(document, key, size, err);
    if (!status && seed % 4)
        status = oir_document_set_data(document, data, length, err);
    return status ? status : oir_document_set_value(document, (oir_valueno)(seed % 3), key, size, err);
}

static oir_status fill(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    (void)thread;
    return make(document, *(const uint64_t *)context + number, err);
}

/* ---- the same changes in all ways ---- */

static oir_status change(oir_writable_database *w, oir_document *document, uint64_t seed, oir_error *err)
{
    char key[40];
    uint32_t size = world_key(seed + 3, key);
    oir_status status = oir_writable_database_add_documents(w, DOCUMENTS, fill, &seed, NULL, err);
    for (uint32_t i = 0; !status && i < LAST_CHANGE; i++) {
        status = make(document, seed + 100 + i, err);
        if (!status && i % 4 == 0)
            status = oir_writable_database_replace_document(w, 1 + i, document, err);
        else if (!status && i % 4 == 1)
            status = oir_writable_database_replace_document_by_term(w, key, size, document, NULL, err);
        else if (!status && i % 4 == 2)
            (void)oir_writable_database_delete_document(w, 20 + i, err); /* it may be gone already */
        else if (!status) /* twice the same one */
            status = oir_writable_database_add_document(w, document, NULL, err);
        if (!status && i % 4 == 3)
            status = oir_writable_database_add_document(w, document, NULL, err);
    }
    return status;
}

/* Whether all its segments are whole. */
static void check_folder(const char *folder)
{
    snapshot *s;
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &world_error), world_error);
    for (size_t i = 0; i < s->segment_count; i++) {
        uint64_t findings = 0;
        REQUIRE_OK(segment_check(s->segments[i].segment, world_report, (void *)(uintptr_t) "segment", &findings,
                                 &world_error), world_error);
        EXPECT_EQ(findings, 0);
    }
    snapshot_close(s);
}

static char *build(const char *way, const oir_writer_options *options, uint64_t seed, bool commits, size_t *size)
{
    char folder[200];
    oir_writable_database *w;
    oir_document *document;
    world_folder(folder);
    without(way);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, options, &world_error), world_error);
    REQUIRE_OK(change(w, document, seed, &world_error), world_error);
    if (commits) {
        REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
        check_folder(folder);
        REQUIRE_OK(change(w, document, seed + 1000, &world_error), world_error);
    }
    REQUIRE_OK(oir_writable_database_optimise(w, &world_error), world_error);
    oir_writable_database_close(w);
    oir_document_free(document);
    check_folder(folder);
    without("");
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
    static const char *const kinds[] = {"running ", "The ", "caf\xc3\xa9 ", "a,b;c:", "x-ray's ", "12.5 ", "AT&T\n", "of "};
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
    without(way);
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
    without("");
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
        size_t text_size = make_text(text, TEXT, 5 + turn), size, other_size;
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

/* Compares all that two documents say of their terms; they may be asked again. */
static void compare_documents(oir_document *a, oir_document *b)
{
    oir_termcount count, other;
    oir_term_iterator *left, *right;
    REQUIRE_OK(oir_document_get_term_count(a, &count, &world_error), world_error);
    REQUIRE_OK(oir_document_get_term_count(b, &other, &world_error), world_error);
    EXPECT_EQ(count, other);
    REQUIRE_OK(oir_document_get_terms(a, &left, &world_error), world_error);
    REQUIRE_OK(oir_document_get_terms(b, &right, &world_error), world_error);
    for (bool found = true, also; found;) {
        REQUIRE_OK(oir_term_iterator_next(left, &found, &world_error), world_error);
        REQUIRE_OK(oir_term_iterator_next(right, &also, &world_error), world_error);
        EXPECT_EQ(found, also);
        if (!found || !also)
            break;
        oir_bytes x = oir_term_iterator_get_term(left), y = oir_term_iterator_get_term(right);
        EXPECT(x.size == y.size && memcmp(x.data, y.data, x.size) == 0);
        EXPECT_EQ(oir_term_iterator_get_wdf(left), oir_term_iterator_get_wdf(right));
    }
    oir_term_iterator_free(left);
    oir_term_iterator_free(right);
    EXPECT_EQ(a->terms.length, b->terms.length);
}

static void a_document_says_what_it_has(void)
{
    oir_document *parts, *whole;
    REQUIRE_OK(oir_document_new(&parts, &world_error), world_error);
    REQUIRE_OK(oir_document_new(&whole, &world_error), world_error);
    for (uint64_t seed = 1; seed < 60; seed++) {
        char word[48];
        REQUIRE_OK(make(whole, seed, &world_error), world_error);
        without("intact");
        REQUIRE_OK(make(parts, seed, &world_error), world_error);
        compare_documents(parts, whole);
        REQUIRE_OK(add_words(parts, seed + 1, &world_error), world_error);
        REQUIRE_OK(add_words(whole, seed + 1, &world_error), world_error);
        if (seed % 3 == 2) {
            EXPECT(parts->terms.parts != NULL);
            EXPECT(parts->terms.log_count < 200);
        }
        for (uint32_t i = 0; i < 30 && seed % 2; i++) {
            size_t size = spell(i, word);
            oir_status status = oir_document_remove_term(parts, word, size, &world_error);
            EXPECT_EQ(status, oir_document_remove_term(whole, word, size, &world_error));
        }
        REQUIRE_OK(add_words(parts, seed + 2, &world_error), world_error);
        REQUIRE_OK(add_words(whole, seed + 2, &world_error), world_error);
        compare_documents(parts, whole);
        without("");
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
    without("intact,buffered");
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(make(document, 2, &world_error), world_error);
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
    without("");
    world_remove(folder);
}

/* ---- failures ---- */

static void no_folder_for_parts(void)
{
    char kept[400];
    const char *before = getenv("TMPDIR");
    snprintf(kept, sizeof kept, "%s", before ? before : "");
    oir_document *document, *whole;
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_document_new(&whole, &world_error), world_error);
    REQUIRE(setenv("TMPDIR", "/nowhere/at/all", 1) == 0);
    without("intact");
    oir_status status = make(document, 2, &world_error);
    EXPECT_EQ(status, OIR_IO);
    EXPECT(strstr(world_error.message, "/nowhere/at/all") && strstr(world_error.message, "TMPDIR"));
    if (*kept)
        setenv("TMPDIR", kept, 1);
    else
        unsetenv("TMPDIR");
    REQUIRE_OK(make(document, 2, &world_error), world_error);
    without("");
    REQUIRE_OK(make(whole, 2, &world_error), world_error);
    compare_documents(document, whole);
    oir_document_free(document);
    oir_document_free(whole);
}

static uint64_t calls_left;

static bool stops(const char *what, uint64_t done, uint64_t total, void *context)
{
    (void)what;
    (void)done;
    (void)total;
    (void)context;
    return calls_left == 0 || --calls_left > 0;
}

/* Stopped wherever progress is told, the index is what it was, and can be gone on with. */
static void stopped_half_way(void)
{
    char folder[200];
    oir_writable_database *w;
    oir_document *document;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.progress = stops;
    world_folder(folder);
    without("intact,buffered");
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    REQUIRE_OK(make(document, 4, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_add_document(w, document, NULL, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
    size_t files = world_count_files(folder, "segment-");
    oir_status status = OIR_CANCELLED;
    uint32_t stopped = 0;
    for (uint64_t calls = 1; status == OIR_CANCELLED; calls += 1 + calls / 8) {
        calls_left = calls;
        status = oir_writable_database_replace_document(w, 1, document, &world_error);
        calls_left = 0;
        if (status == OIR_OK)
            break;
        EXPECT_EQ(status, OIR_CANCELLED);
        stopped++;
        EXPECT_EQ(oir_writable_database_commit(w, &world_error), OIR_INVALID_OPERATION);
        REQUIRE_OK(oir_writable_database_rollback(w, &world_error), world_error);
        EXPECT_EQ(oir_writable_database_get_doccount(w), 1);
        EXPECT_EQ(world_count_files(folder, "segment-"), files);
    }
    EXPECT(stopped > 3);
    EXPECT_EQ(oir_writable_database_get_doccount(w), 1);
    oir_writable_database_close(w); /* not committed: what was written goes */
    EXPECT_EQ(world_count_files(folder, "segment-"), files);
    check_folder(folder);
    oir_document_free(document);
    without("");
    world_remove(folder);
}

static long left; /* allocations until all fail; negative: none does */
static long alive;

static void *fail_allocate(size_t size, void *context)
{
    (void)context;
    left -= left > 0;
    void *block = left == 0 ? NULL : malloc(size);
    alive += block != NULL;
    return block;
}

static void *fail_reallocate(void *block, size_t size, void *context)
{
    if (!block)
        return fail_allocate(size, context);
    left -= left > 0;
    return left == 0 ? NULL : realloc(block, size);
}

static void fail_release(void *block, void *context)
{
    (void)context;
    alive--;
    free(block);
}

static const oir_allocator failing = {fail_allocate, fail_reallocate, fail_release, NULL};

/* True when there was memory enough. */
static bool lives(const char *folder, long allocations)
{
    oir_writable_database *w = NULL;
    oir_document *document = NULL;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    alive = 0;
    left = -1;
    oir_allocator_set(&failing);
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    left = allocations;
    oir_status status = make(document, 4, &world_error);
    if (!status)
        status = oir_writable_database_add_document(w, document, NULL, &world_error);
    left = -1;
    EXPECT(status == OIR_OK || status == OIR_NO_MEMORY);
    REQUIRE_OK(oir_writable_database_rollback(w, &world_error), world_error);
    EXPECT_EQ(oir_writable_database_get_doccount(w), 0);
    EXPECT_EQ(world_count_files(folder, "segment-"), 0);
    oir_writable_database_close(w);
    oir_document_free(document);
    EXPECT_EQ(alive, 0);
    oir_allocator_set(NULL);
    return status == OIR_OK;
}

static void memory_runs_out(void)
{
    char folder[200];
    long allocations = 1;
    world_folder(folder);
    without("intact,buffered");
    while (!lives(folder, allocations))
        allocations += 1 + allocations / 20;
    printf("about %ld allocations\n", allocations);
    EXPECT(allocations > 100);
    without("");
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
        return make(document, number + 1, err);
    for (uint32_t i = 0; i < LARGE; i++) {
        char word[48];
        uint64_t r = world_next(&state), number_of = r % 3 ? r / 3 % 50 : i / 4;
        oir_status status = oir_document_add_posting(document, word, spell((uint32_t)number_of, word), i + 1, 1, err);
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
    check_folder(folder);
    char *bytes = world_read_segment(folder, size);
    world_remove(folder);
    return bytes;
}

static void little_memory_gives_the_same_bytes(void)
{
    size_t size, other_size;
    if (harness_times(100) < 100) /* under valgrind it takes too long, and small ones say the same */
        return;
    char *bytes = build_large((size_t)1 << 30, 1, &size);
    for (uint32_t turn = 0; turn < 2; turn++) {
        char *other = build_large((size_t)(turn ? 64 : 8) << 20, 1 + turn, &other_size);
        EXPECT_EQ(other_size, size);
        EXPECT(other_size == size && memcmp(other, bytes, size) == 0);
        free(other);
    }
    free(bytes);
}

int main(void)
{
    TEST(all_ways_give_the_same_bytes);
    TEST(text_in_parts);
    TEST(a_document_says_what_it_has);
    TEST(terms_stay_while_it_is_added);
    TEST(no_folder_for_parts);
    TEST(stopped_half_way);
    TEST(memory_runs_out);
    TEST(little_memory_gives_the_same_bytes);
    return harness_end();
}
