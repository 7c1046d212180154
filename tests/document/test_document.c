/* Documents against a plain model, limits, and documents that load themselves. */
#include <oir/document.h>

#include "document/document.h"

#include "harness.h"

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
    EXPECT_EQ(oir_document_set_data(document, term, 1000000001, &error), OIR_TOO_BIG);
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
    TEST(loads_itself_once);
    return harness_end();
}
