/* Documents against a plain model, limits, and documents that load themselves. */
#include <oir/document.h>

#include "document/document.h"
#include "segment/stored_large.h"

#include "harness.h"
#include "helper/failing_memory.h"

#include <signal.h>
#include <sys/resource.h>

static oir_error error;

/* ---- a model: terms as small numbers, positions as a bit set ---- */

enum { TERMS = 40, POSITIONS = 200 };

typedef struct model {
    bool there[TERMS], at[TERMS][POSITIONS];
    uint32_t wdf[TERMS];
} model;

static size_t spell(uint32_t term, char *out)
{
    /* Different sizes, and bytes that are no text. */
    size_t size = 1 + term % 20;
    memset(out, (int)(term * 37 & 0xff), size);
    out[size - 1] = (char)term;
    return size;
}

static int compare(uint32_t a, uint32_t b)
{
    char left[32], right[32];
    size_t left_size = spell(a, left), right_size = spell(b, right);
    int order = memcmp(left, right, left_size < right_size ? left_size : right_size);
    return order ? order : (int)left_size - (int)right_size;
}

static void compare_with_model(oir_document *document, const model *m)
{
    uint32_t order[TERMS], count = 0;
    uint64_t length = 0;
    for (uint32_t i = 0; i < TERMS; i++) {
        if (!m->there[i])
            continue;
        uint32_t at = count++;
        for (; at > 0 && compare(order[at - 1], i) > 0; at--)
            order[at] = order[at - 1];
        order[at] = i;
        length += m->wdf[i];
    }
    oir_termcount term_count;
    oir_term_iterator *terms;
    REQUIRE_OK(oir_document_get_term_count(document, &term_count, &error), error);
    EXPECT_EQ(term_count, count);
    REQUIRE_OK(document_complete(document, &error), error);
    EXPECT_EQ(document->terms.length, length);
    REQUIRE_OK(oir_document_get_terms(document, &terms, &error), error);
    bool found;
    for (uint32_t i = 0; i < count; i++) {
        char term[32];
        size_t size = spell(order[i], term);
        REQUIRE_OK(oir_term_iterator_next(terms, &found, &error), error);
        REQUIRE(found);
        oir_bytes got = oir_term_iterator_get_term(terms);
        EXPECT(got.size == size && memcmp(got.data, term, size) == 0);
        EXPECT_EQ(oir_term_iterator_get_wdf(terms), m->wdf[order[i]]);
        const document_term *inside = &document->terms.terms[document->terms.order[i]];
        const oir_termpos *positions = document->terms.positions + inside->first;
        uint32_t n = 0;
        for (uint32_t p = 0; p < POSITIONS; p++)
            if (m->at[order[i]][p]) {
                EXPECT(n < inside->positions && positions[n] == p);
                n++;
            }
        EXPECT_EQ(inside->positions, n);
    }
    REQUIRE_OK(oir_term_iterator_next(terms, &found, &error), error);
    EXPECT(!found);
    oir_term_iterator_free(terms);
}

static void change(oir_document *document, model *m)
{
    char term[32];
    uint32_t t = harness_below(TERMS), wdf = harness_below(4), position = harness_below(POSITIONS);
    size_t size = spell(t, term);
    switch (harness_below(8)) {
    case 0:
        REQUIRE_OK(oir_document_add_boolean_term(document, term, size, &error), error);
        m->there[t] = true;
        break;
    case 1:
        REQUIRE_OK(oir_document_add_term(document, term, size, wdf, &error), error);
        m->there[t] = true;
        m->wdf[t] += wdf;
        break;
    case 2:
        EXPECT_EQ(oir_document_remove_term(document, term, size, &error), m->there[t] ? OIR_OK : OIR_NOT_FOUND);
        m->there[t] = false;
        m->wdf[t] = 0;
        memset(m->at[t], 0, sizeof m->at[t]);
        break;
    default:
        REQUIRE_OK(oir_document_add_posting(document, term, size, position, wdf, &error), error);
        m->there[t] = true;
        m->wdf[t] += wdf;
        m->at[t][position] = true;
    }
}

static void random_changes(void)
{
    oir_document *document;
    REQUIRE_OK(oir_document_new(&document, &error), error);
    for (int round = 0; round < 200; round++) {
        model m = {0};
        if (round % 7 == 3)
            oir_document_clear_terms(document);
        else
            oir_document_clear(document);
        for (uint32_t i = harness_below(400); i > 0; i--) {
            change(document, &m);
            if (harness_below(50) == 0)
                compare_with_model(document, &m);
        }
        compare_with_model(document, &m);
    }
    oir_document_free(document);
}

static void many_terms_and_seek(void)
{
    oir_document *document;
    oir_term_iterator *terms;
    bool found;
    REQUIRE_OK(oir_document_new(&document, &error), error);
    for (uint32_t i = 0; i < 5000; i++) {
        char term[16];
        int size = snprintf(term, sizeof term, "t%04u", i * 2);
        REQUIRE_OK(oir_document_add_posting(document, term, (size_t)size, i, 1, &error), error);
    }
    REQUIRE_OK(oir_document_get_terms(document, &terms, &error), error);
    REQUIRE_OK(oir_term_iterator_seek(terms, "t5001", 5, &found, &error), error);
    REQUIRE(found);
    EXPECT(memcmp(oir_term_iterator_get_term(terms).data, "t5002", 5) == 0);
    REQUIRE_OK(oir_term_iterator_seek(terms, "t4", 2, &found, &error), error);
    EXPECT(found && memcmp(oir_term_iterator_get_term(terms).data, "t5002", 5) == 0);
    REQUIRE_OK(oir_term_iterator_next(terms, &found, &error), error);
    EXPECT(found && memcmp(oir_term_iterator_get_term(terms).data, "t5004", 5) == 0);
    REQUIRE_OK(oir_term_iterator_seek(terms, "u", 1, &found, &error), error);
    EXPECT(!found);
    oir_term_iterator_free(terms);
    oir_document_free(document);
}

static void limits(void)
{
    oir_document *document;
    char term[OIR_TERM_MAX + 1];
    memset(term, 'x', sizeof term);
    REQUIRE_OK(oir_document_new(&document, &error), error);
    EXPECT_EQ(oir_document_add_term(document, term, 0, 1, &error), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_document_add_term(document, term, OIR_TERM_MAX + 1, 1, &error), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_document_add_term(document, term, OIR_TERM_MAX, 1, &error), OIR_OK);
    EXPECT_EQ(oir_document_add_posting(document, "a", 1, UINT32_MAX, 1, &error), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_document_add_posting(document, "a", 1, UINT32_MAX - 1, UINT32_MAX - 1, &error), OIR_OK);
    EXPECT_EQ(oir_document_add_posting(document, "b", 1, 1, 1, &error), OIR_TOO_BIG);
    EXPECT_EQ(oir_document_remove_term(document, "b", 1, &error), OIR_NOT_FOUND);
    EXPECT_EQ(oir_document_add_boolean_term(document, "b", 1, &error), OIR_OK);
    EXPECT_EQ(oir_document_set_value(document, OIR_BAD_VALUENO, "x", 1, &error), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_document_set_value(document, 0, term, (1 << 20) + 1, &error), OIR_TOO_BIG);
    /* More than a segment can hold must fail here, not when it is written out: no commit would ever succeed. */
    EXPECT_EQ(oir_document_set_data(document, term, PRESSED_DATA_MAX + 1, &error), OIR_TOO_BIG);
    EXPECT_EQ(oir_document_add_data(document, term, PRESSED_DATA_MAX + 1, &error), OIR_TOO_BIG);
    EXPECT_EQ(oir_document_set_data(document, "ab", 2, &error), OIR_OK);
    EXPECT_EQ(oir_document_add_data(document, term, SIZE_MAX, &error), OIR_TOO_BIG);
    EXPECT_EQ(oir_document_get_docid(document), 0);
    oir_document_free(document);
    oir_document_free(NULL);
}

static void expect_value(oir_document *document, oir_valueno slot, const char *expected)
{
    oir_bytes got;
    REQUIRE_OK(oir_document_get_value(document, slot, &got, &error), error);
    EXPECT(got.size == strlen(expected) && memcmp(got.data, expected, got.size) == 0);
}

static void values_and_data(void)
{
    oir_document *document;
    oir_bytes data;
    REQUIRE_OK(oir_document_new(&document, &error), error);
    REQUIRE_OK(oir_document_set_value(document, 7, "seven", 5, &error), error);
    REQUIRE_OK(oir_document_set_value(document, 3, "three", 5, &error), error);
    REQUIRE_OK(oir_document_set_value(document, 5, "five", 4, &error), error);
    REQUIRE_OK(oir_document_set_value(document, 7, "vii", 3, &error), error);
    REQUIRE_OK(oir_document_set_value(document, 3, NULL, 0, &error), error);
    REQUIRE_OK(oir_document_set_value(document, 4, NULL, 0, &error), error);
    expect_value(document, 3, "");
    expect_value(document, 5, "five");
    expect_value(document, 7, "vii");
    EXPECT_EQ(document->values.count, 2);
    REQUIRE_OK(oir_document_get_data(document, &data, &error), error);
    EXPECT_EQ(data.size, 0);
    REQUIRE_OK(oir_document_set_data(document, "a\0b", 3, &error), error);
    REQUIRE_OK(oir_document_get_data(document, &data, &error), error);
    EXPECT(data.size == 3 && memcmp(data.data, "a\0b", 3) == 0);
    oir_document_clear(document);
    REQUIRE_OK(oir_document_get_data(document, &data, &error), error);
    EXPECT_EQ(data.size, 0);
    expect_value(document, 7, "");
    REQUIRE_OK(oir_document_set_value(document, 1, "one", 3, &error), error);
    expect_value(document, 1, "one");
    oir_document_free(document);
}

/* ---- data that is compressed as it comes ---- */

enum { LARGE = PRESSED_DATA_LEAST + 700000 };

static void expect_data(oir_document *document, const char *expected, size_t size)
{
    oir_bytes data;
    REQUIRE_OK(oir_document_get_data(document, &data, &error), error);
    EXPECT(data.size == size && memcmp(data.data, expected, size) == 0);
}

/* Adds some of it in pieces of any size. */
static void add_pieces(oir_document *document, const char *data, size_t size)
{
    for (size_t at = 0, piece; at < size; at += piece) {
        piece = harness_below(harness_below(2) ? 300000 : 2000);
        piece = piece < size - at ? piece : size - at;
        REQUIRE_OK(oir_document_add_data(document, data + at, piece, &error), error);
    }
}

/* What is put away of it. */
static stored_large put_pressed(oir_document *document, spill *file)
{
    stored_large block;
    REQUIRE_OK(document_complete(document, &error), error);
    REQUIRE(document_has_large_data(document));
    REQUIRE_OK(stored_large_put(&block, file, &document->pressed, &error), error);
    return block;
}

static void expect_same_block(const stored_large *a, const stored_large *b)
{
    char *bytes = malloc(2 * a->size);
    REQUIRE(bytes);
    EXPECT_EQ(a->size, b->size);
    REQUIRE_OK(stored_large_get(a, 0, bytes, a->size, &error), error);
    REQUIRE_OK(stored_large_get(b, 0, bytes + a->size, a->size, &error), error);
    EXPECT(memcmp(bytes, bytes + a->size, a->size) == 0);
    free(bytes);
}

static void large_data(void)
{
    oir_document *pieces, *whole;
    spill file = {0};
    char *data = malloc(LARGE);
    REQUIRE(data);
    for (size_t i = 0; i < LARGE; i++)
        data[i] = (char)(i / 100000 % 3 ? 'a' + harness_below(9) : harness_below(256));
    REQUIRE_OK(oir_document_new(&pieces, &error), error);
    REQUIRE_OK(oir_document_new(&whole, &error), error);
    REQUIRE_OK(oir_document_set_data(whole, data, LARGE, &error), error);
    EXPECT_EQ(whole->data.capacity, 0);
    add_pieces(pieces, data, LARGE);
    EXPECT_EQ(pieces->data.capacity, 0);
    stored_large block = put_pressed(whole, &file), other = put_pressed(pieces, &file);
    expect_same_block(&block, &other);
    expect_data(pieces, data, LARGE);
    expect_data(whole, data, LARGE);
    /* After somebody has looked at it, it may go on, */
    REQUIRE_OK(oir_document_set_data(pieces, data, LARGE - 100, &error), error);
    expect_data(pieces, data, LARGE - 100);
    EXPECT_EQ(oir_document_add_data(pieces, data, PRESSED_DATA_MAX, &error), OIR_TOO_BIG);
    add_pieces(pieces, data + LARGE - 100, 100);
    other = put_pressed(pieces, &file);
    expect_same_block(&block, &other);
    /* be set to some of itself, */
    oir_bytes all;
    REQUIRE_OK(oir_document_get_data(pieces, &all, &error), error);
    REQUIRE_OK(oir_document_set_data(pieces, all.data + 1000, PRESSED_DATA_LEAST + 1, &error), error);
    expect_data(pieces, data + 1000, PRESSED_DATA_LEAST + 1);
    /* and become small. */
    REQUIRE_OK(oir_document_set_data(pieces, data, PRESSED_DATA_LEAST, &error), error);
    EXPECT(!document_has_large_data(pieces));
    expect_data(pieces, data, PRESSED_DATA_LEAST);
    oir_document_clear(whole);
    expect_data(whole, "", 0);
    add_pieces(whole, "abc", 3);
    expect_data(whole, "abc", 3);
    spill_release(&file);
    oir_document_free(pieces);
    oir_document_free(whole);
    free(data);
}

/* Memory and the disk's room run out: there is no data then, and nothing leaks. */
static void large_data_that_fails(void)
{
    oir_document *document;
    oir_bytes got;
    char *data = calloc(1, LARGE), folder[] = "/tmp/oir-there-is-no-such-folder";
    REQUIRE(data);
    oir_allocator_set(&failing_memory);
    REQUIRE_OK(oir_document_new(&document, &error), error);
    oir_status status = OIR_NO_MEMORY;
    long left = 0;
    for (; status; left++) {
        REQUIRE_OK(oir_document_set_data(document, "abc", 3, &error), error);
        failing_memory_left = left;
        status = oir_document_add_data(document, data, LARGE, &error);
        failing_memory_left = -1;
        REQUIRE_OK(oir_document_get_data(document, &got, &error), error);
        EXPECT_EQ(got.size, status ? 0 : LARGE + 3);
        EXPECT(!status || status == OIR_NO_MEMORY);
    }
    EXPECT(left > 3);
    setenv("TMPDIR", folder, 1);
    EXPECT_EQ(oir_document_set_data(document, data, LARGE, &error), OIR_IO);
    EXPECT(strstr(error.message, folder) && strstr(error.message, "TMPDIR"));
    unsetenv("TMPDIR");
    REQUIRE_OK(oir_document_get_data(document, &got, &error), error);
    EXPECT_EQ(got.size, 0);
    oir_document_free(document);
    EXPECT_EQ(failing_memory_alive, 0);
    oir_allocator_set(NULL);
    free(data);
}

/* The end of large data cannot be written: it is lost, which everybody is told who asks for it or adds the document,
 * until it is set again. */
static void large_data_that_is_lost(void)
{
    struct rlimit before, none;
    oir_document *document;
    oir_bytes got;
    char *data = malloc(LARGE);
    REQUIRE(data);
    for (size_t i = 0; i < LARGE; i++)
        data[i] = (char)harness_below(256);
    REQUIRE_OK(oir_document_new(&document, &error), error);
    REQUIRE_OK(oir_document_set_data(document, data, LARGE, &error), error);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    none = before;
    none.rlim_cur = 0;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &none) == 0);
    oir_status status = document_complete(document, &error);
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    EXPECT_EQ(status, OIR_IO);
    EXPECT_EQ(document_complete(document, &error), OIR_IO);
    EXPECT(strstr(error.message, "lost"));
    EXPECT_EQ(oir_document_get_data(document, &got, &error), OIR_IO);
    REQUIRE_OK(oir_document_set_data(document, data, LARGE, &error), error);
    expect_data(document, data, LARGE);
    oir_document_free(document);
    free(data);
}

/* ---- a document that loads itself ---- */

typedef struct source_state {
    int data, value, values, terms, released;
    oir_status fail;
} source_state;

static oir_status load_data(void *context, buffer *out, oir_error *err)
{
    (void)err;
    ((source_state *)context)->data++;
    buffer_add(out, "stored", 6);
    return OIR_OK;
}

static oir_status load_value(void *context, oir_valueno slot, oir_bytes *out, oir_error *err)
{
    (void)err;
    ((source_state *)context)->value++;
    *out = slot == 2 ? (oir_bytes){"two", 3} : (oir_bytes){"", 0};
    return OIR_OK;
}

static oir_status load_values(void *context, document_values *values, oir_error *err)
{
    ((source_state *)context)->values++;
    return document_values_set(values, 2, "two", 3, err);
}

static oir_status load_terms(void *context, document_terms *terms, oir_error *err)
{
    source_state *state = context;
    state->terms++;
    oir_status status = document_terms_add(terms, "word", 4, 2, err);
    return status ? status : state->fail;
}

static void release(void *context)
{
    ((source_state *)context)->released++;
}

static const document_source source = {load_data, load_value, load_values, load_terms, release};

static void loads_itself_once(void)
{
    source_state state = {.fail = OIR_UNSUPPORTED};
    oir_document *document;
    oir_termcount count;
    oir_bytes data;
    REQUIRE_OK(document_new_from(&document, 12, &source, &state, &error), error);
    EXPECT_EQ(oir_document_get_docid(document), 12);
    EXPECT_EQ(oir_document_get_term_count(document, &count, &error), OIR_UNSUPPORTED);
    EXPECT_EQ(oir_document_add_term(document, "more", 4, 1, &error), OIR_UNSUPPORTED);
    state.fail = OIR_OK;
    REQUIRE_OK(oir_document_add_term(document, "more", 4, 1, &error), error);
    REQUIRE_OK(oir_document_get_term_count(document, &count, &error), error);
    EXPECT_EQ(count, 2);
    EXPECT_EQ(document->terms.length, 3);
    REQUIRE_OK(oir_document_get_data(document, &data, &error), error);
    REQUIRE_OK(oir_document_get_data(document, &data, &error), error);
    EXPECT(data.size == 6 && memcmp(data.data, "stored", 6) == 0);
    expect_value(document, 2, "two");
    REQUIRE_OK(oir_document_set_value(document, 1, "one", 3, &error), error);
    expect_value(document, 2, "two");
    REQUIRE_OK(document_complete(document, &error), error);
    EXPECT_EQ(state.data, 1);
    EXPECT_EQ(state.value, 1);
    EXPECT_EQ(state.values, 1);
    EXPECT_EQ(state.terms, 3);
    oir_document_clear(document);
    EXPECT_EQ(state.released, 1);
    EXPECT_EQ(oir_document_get_docid(document), 0);
    REQUIRE_OK(oir_document_get_term_count(document, &count, &error), error);
    EXPECT_EQ(count, 0);
    oir_document_free(document);
    EXPECT_EQ(state.released, 1);
}

int main(void)
{
    harness_seed(1);
    TEST(random_changes);
    TEST(many_terms_and_seek);
    TEST(limits);
    TEST(values_and_data);
    TEST(large_data);
    TEST(large_data_that_fails);
    TEST(large_data_that_is_lost);
    TEST(loads_itself_once);
    return harness_end();
}
