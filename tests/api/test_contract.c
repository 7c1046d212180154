/* Failures as the headers list them: each that can be provoked is, with an error and without one; what is handed out on
 * failure is a null pointer; what ends takes a null pointer; the message is a line that says what to do with it. */
#include <math.h>

#include "api_world.h"

enum { DOCUMENTS = 120 };

static char folder[API_PATH];
static oir_error *E; /* where the call under test writes its error: somewhere, or nowhere */

/* The call is made twice, with E at an error and with E at none. */
#define FAILS(expected, call)                                                     \
    do {                                                                          \
        E = &api_error;                                                           \
        API_FAILS(call, expected);                                                \
        E = NULL;                                                                 \
        EXPECT_STR(oir_status_name(call), oir_status_name(expected));             \
    } while (0)

/* And what it hands out through `out` is NULL each time. */
#define FAILS_OUT(expected, out, call)                                            \
    do {                                                                          \
        E = &api_error;                                                           \
        (out) = (void *)folder;                                                   \
        API_FAILS(call, expected);                                                \
        EXPECT((out) == NULL);                                                    \
        E = NULL;                                                                 \
        (out) = (void *)folder;                                                   \
        EXPECT_STR(oir_status_name(call), oir_status_name(expected));             \
        EXPECT((out) == NULL);                                                    \
    } while (0)

static char big_term[OIR_TERM_MAX + 2];

static void begin(void)
{
    api_folder(folder);
    api_index(folder, 1, 1, DOCUMENTS, 50);
}

/* ---- errors ---- */

static void status_names(void)
{
    static const char *const names[] = {
        "OIR_OK",        "OIR_INVALID_ARGUMENT", "OIR_INVALID_OPERATION", "OIR_NOT_FOUND", "OIR_EXISTS",
        "OIR_LOCKED",    "OIR_CORRUPT",          "OIR_VERSION",           "OIR_IO",        "OIR_NO_SPACE",
        "OIR_NO_MEMORY", "OIR_LIMIT",            "OIR_TOO_BIG",           "OIR_CANCELLED", "OIR_UNSUPPORTED",
    };
    for (int i = 0; i <= OIR_UNSUPPORTED; i++)
        EXPECT_STR(oir_status_name((oir_status)i), names[i]);
    EXPECT_STR(oir_status_name((oir_status)(OIR_UNSUPPORTED + 1)), "OIR_UNKNOWN");
    EXPECT_STR(oir_status_name((oir_status)99), "OIR_UNKNOWN");
}

static void version(void)
{
    char expected[40];
    snprintf(expected, sizeof expected, "%d.%d.%d", OIR_VERSION_MAJOR, OIR_VERSION_MINOR, OIR_VERSION_PATCH);
    EXPECT_STR(oir_version(), expected);
    EXPECT_STR(OIR_VERSION_STRING, expected);
    EXPECT_EQ(oir_format_version(), 1);
    const char *set = oir_instruction_set();
    EXPECT(!strcmp(set, "scalar") || !strcmp(set, "avx2") || !strcmp(set, "avx512") ||
           !strcmp(set, "neon"));
}

/* Written only when the status is not OIR_OK. */
static void error_is_left_alone(void)
{
    oir_document *document;
    oir_error before;
    memset(&before, 'x', sizeof before);
    oir_error err = before;
    EXPECT_EQ(oir_document_new(&document, &err), OIR_OK);
    EXPECT_EQ(oir_document_add_term(document, "a", 1, 1, &err), OIR_OK);
    EXPECT(memcmp(&err, &before, sizeof err) == 0);
    EXPECT_EQ(oir_document_remove_term(document, "b", 1, NULL), OIR_NOT_FOUND);
    EXPECT_EQ(oir_document_remove_term(document, "b", 1, &err), OIR_NOT_FOUND);
    EXPECT_EQ(err.status, OIR_NOT_FOUND);
    oir_document_free(document);
}

static void nothing_is_freed(void)
{
    oir_database_close(NULL);
    oir_writable_database_close(NULL);
    oir_document_free(NULL);
    oir_enquire_free(NULL);
    oir_mset_free(NULL);
    oir_query_free(NULL);
    oir_query_parser_free(NULL);
    oir_snippeter_free(NULL);
    oir_stemmer_free(NULL);
    oir_stopper_free(NULL);
    oir_term_generator_free(NULL);
    oir_weight_free(NULL);
    oir_term_iterator_free(NULL);
    oir_posting_iterator_free(NULL);
    oir_position_iterator_free(NULL);
    oir_memory_free(NULL);
}

/* ---- opening ---- */

static void opening_what_is_not_there(void)
{
    oir_database *d;
    oir_writable_database *w;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    uint64_t findings;
    char inside[API_PATH + 20];
    api_folder(folder);
    FAILS_OUT(OIR_NOT_FOUND, d, oir_database_open(&d, folder, E));
    EXPECT(api_says(folder));
    FAILS(OIR_NOT_FOUND, oir_index_check(folder, NULL, NULL, &findings, E));
    EXPECT(api_says(folder));
    options.mode = OIR_OPEN;
    FAILS_OUT(OIR_NOT_FOUND, w, oir_writable_database_open(&w, folder, &options, E));
    EXPECT(api_says(folder));
    EXPECT(access(folder, F_OK) != 0); /* nothing was made */
    snprintf(inside, sizeof inside, "%s/not/there", folder);
    FAILS_OUT(OIR_IO, w, oir_writable_database_open(&w, inside, NULL, E));
    EXPECT(api_says("not/there"));
    EXPECT(mkdir(folder, 0777) == 0);
    FAILS_OUT(OIR_NOT_FOUND, d, oir_database_open(&d, folder, E)); /* an empty folder */
    FAILS_OUT(OIR_NOT_FOUND, w, oir_writable_database_open(&w, folder, &options, E));
    options.mode = OIR_CREATE; /* which does to make an index in */
    API_OK(oir_writable_database_open(&w, folder, &options, &api_error));
    oir_writable_database *second;
    FAILS_OUT(OIR_LOCKED, second, oir_writable_database_open(&second, folder, &options, E));
    EXPECT(api_says(folder));
    oir_writable_database_close(w);
    api_remove(folder);
}

static void opening_what_is_there(void)
{
    oir_writable_database *w;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    begin();
    options.mode = OIR_CREATE;
    FAILS_OUT(OIR_EXISTS, w, oir_writable_database_open(&w, folder, &options, E));
    EXPECT(api_says(folder));
    w = api_open_writer(folder); /* which took no lock */
    EXPECT_EQ(oir_writable_database_get_doccount(w), DOCUMENTS);
    oir_writable_database_close(w);
    api_remove(folder);
}

static void opening_a_file(void)
{
    oir_database *d;
    oir_writable_database *w;
    api_folder(folder);
    fclose(fopen(folder, "w"));
    E = &api_error;
    oir_status status = oir_database_open(&d, folder, E);
    EXPECT((status == OIR_NOT_FOUND || status == OIR_IO) && !d && api_is_message(api_error.message));
    EXPECT(api_says(folder));
    FAILS_OUT(OIR_IO, w, oir_writable_database_open(&w, folder, NULL, E));
    EXPECT(api_says(folder));
    unlink(folder);
}

static void options_out_of_bounds(void)
{
    oir_writable_database *w;
    const oir_writer_options good = OIR_WRITER_OPTIONS_INIT;
    oir_writer_options o;
    api_folder(folder);
#define REFUSED(change)                                                                                  \
    do {                                                                                                 \
        o = good;                                                                                        \
        change;                                                                                          \
        FAILS_OUT(OIR_INVALID_ARGUMENT, w, oir_writable_database_open(&w, folder, &o, E));               \
    } while (0)
    REFUSED(o.struct_size = 0);
    REFUSED(o.struct_size = sizeof o + 8);
    REFUSED(o.mode = (oir_open_mode)7);
    EXPECT(api_says("7"));
    REFUSED(o.memory_limit = (4 << 20) - 1);
    EXPECT(api_says("4 MiB"));
    REFUSED(o.bound_k1 = -1);
    REFUSED(o.bound_k1 = NAN);
    REFUSED(o.bound_k1 = INFINITY);
    REFUSED(o.bound_b = 1.01);
    REFUSED(o.bound_b = -0.01);
    REFUSED(o.bound_b = NAN);
    REFUSED(o.lock_wait = NAN);
#undef REFUSED
    EXPECT(access(folder, F_OK) != 0);
}

/* ---- an empty index ---- */

static void empty_index(void)
{
    oir_database *d;
    oir_term_iterator *terms;
    oir_posting_iterator *postings;
    oir_position_iterator *positions;
    oir_enquire *e;
    oir_document *document;
    oir_doccount n;
    oir_totallength f;
    oir_termcount most;
    oir_segment_information information;
    bool found = true, changed = true;
    static api_answer answer;
    api_folder(folder);
    oir_writable_database_close(api_open_writer(folder));
    EXPECT(api_is_whole(folder));
    d = api_open(folder);
    EXPECT_EQ(oir_database_get_doccount(d), 0);
    EXPECT_EQ(oir_database_get_lastdocid(d), 0);
    EXPECT_EQ(oir_database_get_total_length(d), 0);
    EXPECT(oir_database_get_average_length(d) == 0);
    EXPECT(!oir_database_has_positions(d));
    EXPECT_EQ(oir_database_get_segment_count(d), 0);
    FAILS(OIR_INVALID_ARGUMENT, oir_database_get_segment(d, 0, &information, E));
    EXPECT_EQ(oir_database_get_setting(d, "stemmer").size, 0);
    API_OK(oir_database_reopen(d, &changed, &api_error));
    EXPECT(!changed);
    API_OK(oir_database_get_termfreq(d, "a", 1, &n, &api_error));
    API_OK(oir_database_get_collection_freq(d, "a", 1, &f, &api_error));
    API_OK(oir_database_get_wdf_upper_bound(d, "a", 1, &most, &api_error));
    EXPECT(n == 0 && f == 0 && most == 0);
    API_OK(oir_database_get_terms(d, "", &terms, &api_error));
    API_OK(oir_term_iterator_next(terms, &found, &api_error));
    EXPECT(!found);
    API_OK(oir_term_iterator_seek(terms, "a", 1, &found, &api_error));
    EXPECT(!found);
    API_OK(oir_database_get_postings(d, "", 0, &postings, &api_error));
    API_OK(oir_posting_iterator_next(postings, &found, &api_error));
    EXPECT(!found);
    API_OK(oir_database_get_positions(d, 1, "a", 1, &positions, &api_error));
    API_OK(oir_position_iterator_next(positions, &found, &api_error));
    EXPECT(!found);
    FAILS_OUT(OIR_NOT_FOUND, document, oir_database_get_document(d, 1, &document, E));
    FAILS_OUT(OIR_NOT_FOUND, document, oir_database_get_document(d, 0, &document, E));
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        api_ask(d, api_questions[i], 10, &answer);
        EXPECT(answer.size == 0 && answer.lower == 0 && answer.upper == 0);
    }
    API_OK(oir_enquire_new(&e, d, &api_error));
    api_get(e, NULL, 0, 10, 0, &answer);
    EXPECT(answer.size == 0 && answer.upper == 0 && answer.max_possible == 0);
    oir_enquire_free(e);
    oir_position_iterator_free(positions);
    oir_posting_iterator_free(postings);
    oir_term_iterator_free(terms);
    oir_database_close(d);
    api_remove(folder);
}

/* ---- a database ---- */

static void database_lookups(void)
{
    oir_document *document;
    oir_termcount length;
    oir_doccount n = 1;
    oir_segment_information information;
    begin();
    oir_database *d = api_open(folder);
    FAILS_OUT(OIR_NOT_FOUND, document, oir_database_get_document(d, DOCUMENTS + 1, &document, E));
    EXPECT(api_says("121"));
    FAILS_OUT(OIR_NOT_FOUND, document, oir_database_get_document(d, 0, &document, E));
    FAILS_OUT(OIR_NOT_FOUND, document, oir_database_get_document(d, UINT32_MAX, &document, E));
    FAILS(OIR_NOT_FOUND, oir_database_get_doclength(d, 0, &length, E));
    FAILS(OIR_NOT_FOUND, oir_database_get_doclength(d, DOCUMENTS + 1, &length, E));
    EXPECT(api_says("121"));
    API_OK(oir_database_get_termfreq(d, "", 0, &n, &api_error));
    EXPECT_EQ(n, 0);
    API_OK(oir_database_get_termfreq(d, big_term, OIR_TERM_MAX + 1, &n, &api_error));
    EXPECT_EQ(n, 0);
    size_t segments = oir_database_get_segment_count(d);
    FAILS(OIR_INVALID_ARGUMENT, oir_database_get_segment(d, segments, &information, E));
    oir_doccount documents = 0;
    for (size_t i = 0; i < segments; i++) {
        uint64_t parts = 0;
        char path[600];
        API_OK(oir_database_get_segment(d, i, &information, &api_error));
        documents += information.documents - information.deleted;
        EXPECT(information.part_count > 0 && information.part_count <= OIR_PARTS_MAX);
        for (size_t p = 0; p < information.part_count; p++) {
            EXPECT(*information.parts[p].name);
            parts += information.parts[p].bytes;
        }
        EXPECT(parts <= information.bytes);
        snprintf(path, sizeof path, "%s/%s", folder, information.file);
        EXPECT(access(path, R_OK) == 0);
        EXPECT(information.terms > 0 && information.postings >= information.terms);
    }
    EXPECT_EQ(documents, DOCUMENTS);
    oir_database_close(d);
    api_remove(folder);
}

static void iterators(void)
{
    oir_term_iterator *terms;
    oir_posting_iterator *postings;
    oir_position_iterator *positions;
    bool found;
    begin();
    oir_database *d = api_open(folder);
    API_OK(oir_database_get_terms(d, "ba", &terms, &api_error));
    API_OK(oir_term_iterator_seek(terms, "aa", 2, &found, &api_error)); /* before all: stands on the first */
    EXPECT(found && memcmp(oir_term_iterator_get_term(terms).data, "ba", 2) == 0);
    char first[OIR_TERM_MAX];
    oir_bytes term = oir_term_iterator_get_term(terms);
    size_t size = term.size;
    memcpy(first, term.data, size);
    EXPECT_EQ(oir_term_iterator_get_wdf(terms), 0);
    EXPECT(oir_term_iterator_get_termfreq(terms) > 0);
    API_OK(oir_term_iterator_seek(terms, first, size, &found, &api_error)); /* stays */
    term = oir_term_iterator_get_term(terms);
    EXPECT(found && term.size == size && memcmp(term.data, first, size) == 0);
    API_OK(oir_term_iterator_next(terms, &found, &api_error));
    API_OK(oir_term_iterator_seek(terms, first, size, &found, &api_error)); /* never back */
    term = oir_term_iterator_get_term(terms);
    EXPECT(found && memcmp(term.data, first, size) > 0);
    API_OK(oir_term_iterator_seek(terms, "bz", 2, &found, &api_error)); /* out of the prefix */
    EXPECT(!found);
    API_OK(oir_term_iterator_next(terms, &found, &api_error));
    EXPECT(!found);
    API_OK(oir_term_iterator_seek(terms, "ba", 2, &found, &api_error));
    EXPECT(!found);
    oir_term_iterator_free(terms);

    API_OK(oir_database_get_postings(d, "", 0, &postings, &api_error));
    API_OK(oir_posting_iterator_seek(postings, 30, &found, &api_error));
    EXPECT(found && oir_posting_iterator_get_docid(postings) == 30);
    EXPECT_EQ(oir_posting_iterator_get_wdf(postings), 1);
    API_OK(oir_posting_iterator_seek(postings, 10, &found, &api_error));
    EXPECT(found && oir_posting_iterator_get_docid(postings) == 30);
    API_OK(oir_posting_iterator_next(postings, &found, &api_error));
    EXPECT(found && oir_posting_iterator_get_docid(postings) == 31);
    API_OK(oir_posting_iterator_seek(postings, UINT32_MAX, &found, &api_error));
    EXPECT(!found);
    API_OK(oir_posting_iterator_next(postings, &found, &api_error));
    EXPECT(!found);
    oir_posting_iterator_free(postings);
    API_OK(oir_database_get_postings(d, "nothing", 7, &postings, &api_error));
    API_OK(oir_posting_iterator_next(postings, &found, &api_error));
    EXPECT(!found);
    oir_posting_iterator_free(postings);

    API_OK(oir_database_get_positions(d, 1, "Q1", 2, &positions, &api_error)); /* has none */
    API_OK(oir_position_iterator_next(positions, &found, &api_error));
    EXPECT(!found);
    oir_position_iterator_free(positions);
    API_OK(oir_database_get_positions(d, 0, "bababa", 6, &positions, &api_error));
    API_OK(oir_position_iterator_next(positions, &found, &api_error));
    EXPECT(!found);
    oir_position_iterator_free(positions);
    oir_database_close(d);
    api_remove(folder);
}

/* ---- documents ---- */

static void document_limits(void)
{
    oir_document *d;
    oir_term_iterator *terms;
    oir_bytes bytes;
    oir_termcount count;
    bool found;
    API_OK(oir_document_new(&d, &api_error));
    EXPECT_EQ(oir_document_get_docid(d), 0);
    FAILS(OIR_INVALID_ARGUMENT, oir_document_add_term(d, "", 0, 1, E));
    FAILS(OIR_INVALID_ARGUMENT, oir_document_add_term(d, big_term, OIR_TERM_MAX + 1, 1, E));
    EXPECT(api_says("246"));
    FAILS(OIR_INVALID_ARGUMENT, oir_document_add_boolean_term(d, "", 0, E));
    FAILS(OIR_INVALID_ARGUMENT, oir_document_add_posting(d, big_term, OIR_TERM_MAX + 1, 1, 1, E));
    FAILS(OIR_INVALID_ARGUMENT, oir_document_add_posting(d, "a", 1, UINT32_MAX, 1, E));
    FAILS(OIR_NOT_FOUND, oir_document_remove_term(d, "a", 1, E));
    EXPECT(api_says("a"));
    API_OK(oir_document_get_term_count(d, &count, &api_error));
    EXPECT_EQ(count, 0); /* nothing came of all that */
    API_OK(oir_document_add_term(d, big_term, OIR_TERM_MAX, 1, &api_error));
    API_OK(oir_document_add_posting(d, "a", 1, UINT32_MAX - 1, 1, &api_error));
    API_OK(oir_document_add_posting(d, "a", 1, 0, 1, &api_error));
    API_OK(oir_document_add_boolean_term(d, "a", 1, &api_error));
    API_OK(oir_document_get_terms(d, &terms, &api_error));
    API_OK(oir_term_iterator_next(terms, &found, &api_error));
    EXPECT(found && oir_term_iterator_get_term(terms).size == 1);
    EXPECT_EQ(oir_term_iterator_get_wdf(terms), 2);
    EXPECT_EQ(oir_term_iterator_get_termfreq(terms), 0);
    oir_term_iterator_free(terms);
    FAILS(OIR_TOO_BIG, oir_document_add_term(d, "a", 1, UINT32_MAX, E));
    FAILS(OIR_TOO_BIG, oir_document_add_term(d, "b", 1, UINT32_MAX - 2, E)); /* the length */
    oir_document_clear_terms(d);
    API_OK(oir_document_get_term_count(d, &count, &api_error));
    EXPECT_EQ(count, 0);
    API_OK(oir_document_add_term(d, "b", 1, UINT32_MAX, &api_error));

    FAILS(OIR_INVALID_ARGUMENT, oir_document_set_value(d, OIR_BAD_VALUENO, "a", 1, E));
    size_t size = (1 << 20) + 1;
    char *value = calloc(1, size);
    FAILS(OIR_TOO_BIG, oir_document_set_value(d, 0, value, size, E));
    EXPECT(api_says("1048577"));
    API_OK(oir_document_set_value(d, UINT32_MAX - 1, value, size - 1, &api_error));
    API_OK(oir_document_get_value(d, UINT32_MAX - 1, &bytes, &api_error));
    EXPECT_EQ(bytes.size, size - 1);
    API_OK(oir_document_get_value(d, 0, &bytes, &api_error));
    EXPECT_EQ(bytes.size, 0);
    API_OK(oir_document_set_value(d, UINT32_MAX - 1, NULL, 0, &api_error));
    API_OK(oir_document_get_value(d, UINT32_MAX - 1, &bytes, &api_error));
    EXPECT_EQ(bytes.size, 0);
    FAILS(OIR_TOO_BIG, oir_document_set_data(d, value, ((size_t)1 << 31) + 1, E)); /* refused before it is read */
    EXPECT(api_says("2147483649"));
    free(value);
    API_OK(oir_document_set_data(d, "a\0b", 3, &api_error));
    API_OK(oir_document_get_data(d, &bytes, &api_error));
    EXPECT(bytes.size == 3 && memcmp(bytes.data, "a\0b", 3) == 0);
    oir_document_clear(d);
    API_OK(oir_document_get_data(d, &bytes, &api_error));
    EXPECT_EQ(bytes.size, 0);
    oir_document_free(d);
}

/* Values and terms of the largest sizes go into an index and come back. */
static void largest_of_all(void)
{
    oir_document *document;
    oir_bytes bytes;
    size_t size = 1 << 20;
    char *value = malloc(size);
    memset(value, 'v', size);
    api_folder(folder);
    oir_writable_database *w = api_open_writer(folder);
    API_OK(oir_document_new(&document, &api_error));
    API_OK(oir_document_add_posting(document, big_term, OIR_TERM_MAX, UINT32_MAX - 1, UINT32_MAX, &api_error));
    API_OK(oir_document_set_value(document, UINT32_MAX - 1, value, size, &api_error));
    API_OK(oir_document_set_data(document, value, size, &api_error));
    API_OK(oir_writable_database_add_document(w, document, NULL, &api_error));
    API_OK(oir_writable_database_commit(w, &api_error));
    oir_writable_database_close(w);
    oir_document_free(document);
    EXPECT(api_is_whole(folder));
    oir_database *d = api_open(folder);
    API_OK(oir_database_get_document(d, 1, &document, &api_error));
    API_OK(oir_document_get_value(document, UINT32_MAX - 1, &bytes, &api_error));
    EXPECT(bytes.size == size && memcmp(bytes.data, value, size) == 0);
    API_OK(oir_document_get_data(document, &bytes, &api_error));
    EXPECT(bytes.size == size && memcmp(bytes.data, value, size) == 0);
    oir_termcount length;
    oir_position_iterator *positions;
    bool found;
    API_OK(oir_database_get_doclength(d, 1, &length, &api_error));
    EXPECT_EQ(length, UINT32_MAX);
    API_OK(oir_database_get_positions(d, 1, big_term, OIR_TERM_MAX, &positions, &api_error));
    API_OK(oir_position_iterator_next(positions, &found, &api_error));
    EXPECT(found && oir_position_iterator_get_position(positions) == UINT32_MAX - 1);
    oir_position_iterator_free(positions);
    oir_document_free(document);
    oir_database_close(d);
    free(value);
    api_remove(folder);
}

/* ---- writing ---- */

static void writer_arguments(void)
{
    oir_document *document;
    oir_docid docid = 0;
    oir_doccount deleted = 7;
    bool found;
    begin();
    oir_writable_database *w = api_open_writer(folder);
    API_OK(oir_document_new(&document, &api_error));
    API_OK(oir_document_add_term(document, "a", 1, 1, &api_error));
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_replace_document(w, 0, document, E));
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_replace_document_by_term(w, "", 0, document, &docid, E));
    FAILS(OIR_INVALID_ARGUMENT,
          oir_writable_database_replace_document_by_term(w, big_term, OIR_TERM_MAX + 1, document, &docid, E));
    FAILS(OIR_NOT_FOUND, oir_writable_database_delete_document(w, 0, E));
    FAILS(OIR_NOT_FOUND, oir_writable_database_delete_document(w, DOCUMENTS + 1, E));
    EXPECT(api_says("121"));
    EXPECT(api_says(folder));
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_delete_document_by_term(w, "", 0, &deleted, E));
    API_OK(oir_writable_database_delete_document_by_term(w, "nothing", 7, &deleted, &api_error));
    EXPECT_EQ(deleted, 0);
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_has_term(w, "", 0, &found, E));
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_set_setting(w, "", "a", 1, E));
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_set_setting(w, "a b", "a", 1, E));
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_set_setting(w, "a\n", "a", 1, E));
    memset(big_term, 's', OIR_TERM_MAX);
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_set_setting(w, big_term, "a", 1, E));
    char *value = calloc(1, (64 << 10) + 1);
    FAILS(OIR_INVALID_ARGUMENT, oir_writable_database_set_setting(w, "note", value, (64 << 10) + 1, E));
    EXPECT(api_says("note"));
    API_OK(oir_writable_database_set_setting(w, "note", value, 64 << 10, &api_error));
    free(value);
    EXPECT_EQ(oir_writable_database_get_setting(w, "note").size, 64 << 10);
    EXPECT_EQ(oir_writable_database_get_setting(w, "not").size, 0);
    /* None of these is such a failure that the writer has to go back. */
    API_OK(oir_writable_database_replace_document_by_term(w, "Q7", 2, document, &docid, &api_error));
    EXPECT_EQ(docid, 7);
    API_OK(oir_writable_database_replace_document_by_term(w, "new", 3, document, &docid, &api_error));
    EXPECT_EQ(docid, DOCUMENTS + 1);
    EXPECT_EQ(oir_writable_database_get_lastdocid(w), DOCUMENTS + 1);
    API_OK(oir_writable_database_has_term(w, "Q7", 2, &found, &api_error));
    EXPECT(!found);
    API_OK(oir_writable_database_has_term(w, "a", 1, &found, &api_error));
    EXPECT(found);
    API_OK(oir_writable_database_replace_document(w, UINT32_MAX, document, &api_error));
    FAILS(OIR_TOO_BIG, oir_writable_database_add_document(w, document, &docid, E));
    FAILS(OIR_TOO_BIG, oir_writable_database_replace_document_by_term(w, "new", 3, document, &docid, E));
    API_OK(oir_writable_database_commit(w, &api_error));
    API_OK(oir_writable_database_delete_document(w, UINT32_MAX, &api_error));
    FAILS(OIR_TOO_BIG, oir_writable_database_add_document(w, document, &docid, E)); /* never used twice */
    API_OK(oir_writable_database_optimise(w, &api_error));
    oir_writable_database_close(w);
    oir_document_free(document);
    EXPECT(api_is_whole(folder));
    oir_database *d = api_open(folder);
    EXPECT_EQ(oir_database_get_lastdocid(d), UINT32_MAX);
    EXPECT_EQ(oir_database_get_doccount(d), DOCUMENTS + 1);
    EXPECT_EQ(oir_database_get_setting(d, "note").size, 64 << 10);
    oir_database_close(d);
    memset(big_term, 'b', OIR_TERM_MAX + 1);
    api_remove(folder);
}

/* No change, no commit; a rollback forgets; so does closing. */
static void commits(void)
{
    api_maker m;
    begin();
    api_maker_init(&m);
    oir_database *d = api_open(folder);
    uint64_t revision = oir_database_get_revision(d);
    bool changed;
    oir_writable_database *w = api_open_writer(folder);
    API_OK(oir_writable_database_commit(w, &api_error));
    API_OK(oir_writable_database_rollback(w, &api_error));
    API_OK(oir_database_reopen(d, &changed, &api_error));
    EXPECT(!changed && oir_database_get_revision(d) == revision);
    api_add(w, &m, 1000);
    API_OK(oir_writable_database_set_setting(w, "note", "x", 1, &api_error));
    API_OK(oir_writable_database_delete_document(w, 1, &api_error));
    EXPECT_EQ(oir_writable_database_get_doccount(w), DOCUMENTS);
    API_OK(oir_writable_database_rollback(w, &api_error));
    EXPECT_EQ(oir_writable_database_get_setting(w, "note").size, 0);
    EXPECT_EQ(oir_writable_database_get_lastdocid(w), DOCUMENTS);
    EXPECT_EQ(oir_writable_database_get_doccount(w), DOCUMENTS);
    api_add(w, &m, 1000);
    oir_writable_database_close(w);
    API_OK(oir_database_reopen(d, &changed, &api_error));
    EXPECT(!changed);
    oir_database_close(d);
    api_maker_release(&m);
    api_remove(folder);
}

static void without_term_lists_and_data(void)
{
    oir_document *document;
    oir_term_iterator *terms;
    oir_termcount count;
    oir_bytes bytes;
    oir_writable_database *w;
    api_maker m;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    api_folder(folder);
    options.no_term_lists = options.no_stored_data = options.no_sync = true;
    API_OK(oir_writable_database_open(&w, folder, &options, &api_error));
    api_maker_init(&m);
    for (uint32_t i = 1; i <= 40; i++)
        api_add(w, &m, i);
    API_OK(oir_writable_database_commit(w, &api_error));
    oir_database *d = api_open(folder);
    API_OK(oir_database_get_document(d, 3, &document, &api_error));
    FAILS(OIR_UNSUPPORTED, oir_document_get_term_count(document, &count, E));
    FAILS_OUT(OIR_UNSUPPORTED, terms, oir_document_get_terms(document, &terms, E));
    API_OK(oir_document_get_data(document, &bytes, &api_error));
    EXPECT_EQ(bytes.size, 0);
    API_OK(oir_document_get_value(document, 0, &bytes, &api_error));
    EXPECT(bytes.size == 1 && *bytes.data == '3');
    oir_document_free(document);
    /* Deleting is slower, and as exact. */
    API_OK(oir_writable_database_delete_document_by_term(w, "Q5", 2, NULL, &api_error));
    API_OK(oir_writable_database_commit(w, &api_error));
    API_OK(oir_database_reopen(d, NULL, &api_error));
    oir_doccount n;
    API_OK(oir_database_get_termfreq(d, "Q5", 2, &n, &api_error));
    EXPECT_EQ(n, 0);
    oir_database_close(d);
    oir_writable_database_close(w);
    api_maker_release(&m);
    EXPECT(api_is_whole(folder));
    api_remove(folder);
}

/* ---- queries ---- */

static oir_query *term(const char *text)
{
    oir_query *query;
    API_OK(oir_query_new_term(&query, text, strlen(text), &api_error));
    return query;
}

static void query_arguments(void)
{
    oir_query *q, *parts[2], *t = term("a");
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_term(&q, "", 0, E));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_term(&q, big_term, OIR_TERM_MAX + 1, E));
    EXPECT(api_says("246"));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_term_at(&q, "a", 1, 0, 1, E));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_prefix(&q, big_term, OIR_TERM_MAX + 1, 0, E));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_wildcard(&q, big_term, OIR_TERM_MAX + 1, 0, E));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_fuzzy(&q, "a", 1, OIR_QUERY_DISTANCE_MAX + 1, 0, 0, E));
    EXPECT(api_says("edits"));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_scale(&q, NULL, 1, E));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_scale(&q, oir_query_copy(t), -1, E));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_scale(&q, oir_query_copy(t), NAN, E));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, oir_query_new_scale(&q, oir_query_copy(t), INFINITY, E));
#define COMBINE(op, a, b, n, window) \
    (parts[0] = (a), parts[1] = (b), oir_query_new_operator(&q, op, parts, n, window, E))
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_AND, oir_query_copy(t), NULL, 2, 0));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_AND, NULL, oir_query_copy(t), 2, 0));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_AND, oir_query_copy(t), oir_query_copy(t), 2, 5));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_NEAR, oir_query_copy(t), oir_query_copy(t), 2, 1));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_SCALE, oir_query_copy(t), oir_query_copy(t), 2, 0));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_TERM, oir_query_copy(t), oir_query_copy(t), 2, 0));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE((oir_query_op)99, oir_query_copy(t), oir_query_copy(t), 2, 0));
    oir_query *inner;
    E = &api_error;
    API_OK((COMBINE(OIR_OP_OR, term("b"), term("c"), 2, 0)));
    inner = q;
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_PHRASE, oir_query_copy(t), oir_query_copy(inner), 2, 0));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_NEAR, oir_query_copy(t), oir_query_copy(inner), 2, 0));
    FAILS_OUT(OIR_INVALID_ARGUMENT, q, COMBINE(OIR_OP_SYNONYM, oir_query_copy(t), oir_query_copy(inner), 2, 0));
    E = &api_error;
    API_OK(oir_query_new_operator(&q, OIR_OP_AND, NULL, 0, 0, &api_error));
    EXPECT_EQ(oir_query_get_op(q), OIR_OP_MATCH_NONE);
    EXPECT_EQ(oir_query_get_part_count(q), 0);
    oir_query_free(q);
    API_OK((COMBINE(OIR_OP_AND, oir_query_copy(t), NULL, 1, 0)));
    EXPECT_EQ(oir_query_get_op(q), OIR_OP_TERM); /* handed back as it is */
    oir_query_free(q);
    API_OK((COMBINE(OIR_OP_SYNONYM, oir_query_copy(t), NULL, 1, 0)));
    EXPECT_EQ(oir_query_get_op(q), OIR_OP_SYNONYM);
    EXPECT_EQ(oir_query_get_op(oir_query_get_part(q, 0)), OIR_OP_TERM);
    oir_query_free(q);
    API_OK((COMBINE(OIR_OP_NEAR, term("x"), term("y"), 2, 0)));
    EXPECT_EQ(oir_query_get_window(q), 2); /* 0 stands for count */
    EXPECT_EQ(oir_query_get_length(q), 2);
    EXPECT_EQ(oir_query_get_term(q).size, 0);
    oir_query_free(q);
    API_OK(oir_query_new_scale(&q, term("x"), 0.5, &api_error));
    EXPECT(oir_query_get_factor(q) == 0.5);
    oir_query_free(q);
    API_OK(oir_query_new_prefix(&q, "", 0, 9, &api_error));
    EXPECT_EQ(oir_query_get_max_expansion(q), 9);
    oir_query_free(q);
    API_OK(oir_query_new_term_at(&q, "a", 1, 4, 3, &api_error));
    EXPECT(oir_query_get_wqf(q) == 4 && oir_query_get_position(q) == 3 && oir_query_get_factor(q) == 1);
    oir_query_free(q);
    oir_query_free(inner);
    oir_query_free(t);
}

static void query_limits(void)
{
    oir_query *q = term("a");
    oir_status status = OIR_OK;
    int depth = 1;
    while (status == OIR_OK && depth < 1000) {
        oir_query *parts[2] = {q, term("b")};
        status = oir_query_new_operator(&q, depth % 2 ? OIR_OP_AND : OIR_OP_OR, parts, 2, 0, &api_error);
        depth += status == OIR_OK;
    }
    EXPECT_EQ(status, OIR_LIMIT);
    EXPECT(!q);
    EXPECT_EQ(depth, OIR_QUERY_DEPTH_MAX);
    EXPECT(api_says("64") && api_is_message(api_error.message));

    oir_query **many = malloc((OIR_QUERY_NODES_MAX + 1) * sizeof *many), *one = term("a");
    for (size_t i = 0; i <= OIR_QUERY_NODES_MAX; i++)
        many[i] = oir_query_copy(one);
    API_FAILS(oir_query_new_operator(&q, OIR_OP_OR, many, OIR_QUERY_NODES_MAX, 0, &api_error), OIR_LIMIT);
    EXPECT(!q && api_says("65536"));
    oir_query_free(many[OIR_QUERY_NODES_MAX]);
    for (size_t i = 0; i < OIR_QUERY_NODES_MAX - 1; i++)
        many[i] = oir_query_copy(one);
    API_OK(oir_query_new_operator(&q, OIR_OP_OR, many, OIR_QUERY_NODES_MAX - 1, 0, &api_error));
    oir_query_free(q);
    oir_query_free(one);
    free(many);
}

static void expansion_limit(void)
{
    oir_query *q;
    oir_mset *mset;
    oir_enquire *e;
    oir_doccount count;
    begin();
    oir_database *d = api_open(folder);
    API_OK(oir_enquire_new(&e, d, &api_error));
    API_OK(oir_query_new_prefix(&q, "ba", 2, 2, &api_error));
    oir_enquire_set_query(e, q);
    oir_query_free(q);
    FAILS_OUT(OIR_LIMIT, mset, oir_enquire_get_mset(e, 0, 10, 0, &mset, E));
    EXPECT(api_says("ba*") && api_says("2"));
    FAILS(OIR_LIMIT, oir_enquire_get_count(e, &count, E));
    API_OK(oir_query_new_wildcard(&q, "?a*", 3, 2, &api_error));
    oir_enquire_set_query(e, q);
    oir_query_free(q);
    FAILS(OIR_LIMIT, oir_enquire_get_count(e, &count, E));
    EXPECT(api_says("?a*") && api_says("2"));
    API_OK(oir_query_new_fuzzy(&q, "baba", 4, 2, 0, 1, &api_error));
    oir_enquire_set_query(e, q);
    oir_query_free(q);
    FAILS(OIR_LIMIT, oir_enquire_get_count(e, &count, E));
    EXPECT(api_says("baba~2"));
    oir_query_parser *parser = api_parser_new();
    oir_query_parser_set_max_expansion(parser, 3);
    q = api_parse(parser, "kebaba AND lo*");
    oir_enquire_set_query(e, q);
    oir_query_free(q);
    FAILS_OUT(OIR_LIMIT, mset, oir_enquire_get_mset(e, 0, 10, 0, &mset, E));
    oir_query_parser_set_max_expansion(parser, 0);
    q = api_parse(parser, "kebaba AND lo*");
    oir_enquire_set_query(e, q);
    oir_query_free(q);
    API_OK(oir_enquire_get_mset(e, 0, 10, 0, &mset, &api_error));
    oir_mset_free(mset);
    oir_query_parser_free(parser);
    oir_enquire_free(e);
    oir_database_close(d);
    api_remove(folder);
}

static void parser_arguments(void)
{
    oir_query_parser *parser;
    oir_query *q;
    API_OK(oir_query_parser_new(&parser, &api_error));
    FAILS(OIR_NOT_FOUND, oir_query_parser_set_stemmer(parser, "klingon", E));
    EXPECT(api_says("klingon"));
    FAILS(OIR_INVALID_ARGUMENT, oir_query_parser_set_default_op(parser, OIR_OP_XOR, E));
    API_OK(oir_query_parser_add_prefix(parser, "title", "S", &api_error));
    API_OK(oir_query_parser_add_boolean_prefix(parser, "id", "Q", &api_error));
    FAILS(OIR_INVALID_OPERATION, oir_query_parser_add_boolean_prefix(parser, "title", "S", E));
    EXPECT(api_says("title"));
    FAILS(OIR_INVALID_OPERATION, oir_query_parser_add_prefix(parser, "id", "Q", E));
    FAILS(OIR_INVALID_OPERATION, oir_query_parser_add_boolean_prefix(parser, "", "Q", E));
    size_t size = (64 << 10) + 1;
    char *text = malloc(size);
    memset(text, 'a', size);
    FAILS_OUT(OIR_LIMIT, q, oir_query_parser_parse(parser, text, size, OIR_PARSE_DEFAULT, NULL, &q, E));
    EXPECT(api_says("65537"));
    for (size_t i = 0; i < size; i++)
        text[i] = "( a\"*-+:"[i * 2654435761u >> 7 & 7];
    API_OK(oir_query_parser_parse(parser, text, size - 1, OIR_PARSE_DEFAULT, "", &q, &api_error));
    EXPECT(q);
    oir_query_free(q);
    API_OK(oir_query_parser_parse(parser, "a AND", 5, OIR_PARSE_DEFAULT, NULL, &q, &api_error));
    EXPECT(q);
    oir_query_free(q);
    API_OK(oir_query_parser_parse(parser, NULL, 0, OIR_PARSE_DEFAULT, NULL, &q, &api_error));
    EXPECT_EQ(oir_query_get_op(q), OIR_OP_MATCH_NONE);
    oir_query_free(q);
    EXPECT_STR(oir_query_parser_get_stopped(parser), "");
    EXPECT(!oir_query_parser_get_degraded(parser));
    oir_stopper *stopper;
    API_OK(oir_stopper_new_for(&stopper, "en", &api_error));
    oir_query_parser_set_stopper(parser, stopper);
    API_OK(oir_query_parser_parse(parser, "the cat and a dog", 17, OIR_PARSE_DEFAULT, NULL, &q, &api_error));
    EXPECT_STR(oir_query_parser_get_stopped(parser), "the and a");
    oir_query_free(q);
    oir_query_parser_free(parser);
    oir_stopper_free(stopper);
    free(text);
}

/* ---- stemmers, stop lists, generators, weights, snippets ---- */

static void languages(void)
{
    oir_stemmer *stemmer;
    oir_stopper *stopper;
    FAILS_OUT(OIR_NOT_FOUND, stemmer, oir_stemmer_new(&stemmer, "klingon", E));
    EXPECT(api_says("klingon") && api_says("english"));
    FAILS_OUT(OIR_NOT_FOUND, stopper, oir_stopper_new_for(&stopper, "klingon", E));
    const char *const *names = oir_stemmer_languages();
    size_t count = 0;
    for (; names[count]; count++) {
        API_OK(oir_stemmer_new(&stemmer, names[count], &api_error));
        EXPECT_STR(oir_stemmer_language(stemmer), names[count]);
        EXPECT(!oir_stemmer_is_none(stemmer));
        EXPECT(oir_stemmer_stem(stemmer, "word", 4).size > 0);
        oir_bytes same = oir_stemmer_stem(stemmer, big_term, OIR_TERM_MAX + 1); /* longer: as it is */
        EXPECT_EQ(same.size, OIR_TERM_MAX + 1);
        oir_stemmer_free(stemmer);
        if (count)
            EXPECT(strcmp(names[count - 1], names[count]) < 0);
    }
    EXPECT(count > 20);
    for (int i = 0; i < 2; i++) {
        API_OK(oir_stemmer_new(&stemmer, i ? "" : "none", &api_error));
        EXPECT(oir_stemmer_is_none(stemmer));
        EXPECT_STR(oir_stemmer_language(stemmer), "none");
        EXPECT_EQ(oir_stemmer_stem(stemmer, "missions", 8).size, 8);
        oir_stemmer_free(stemmer);
    }
    API_OK(oir_stopper_new(&stopper, &api_error));
    EXPECT(!oir_stopper_has(stopper, "a", 1));
    API_OK(oir_stopper_add(stopper, "a", &api_error));
    EXPECT(oir_stopper_has(stopper, "a", 1) && !oir_stopper_has(stopper, "", 0));
    oir_stopper_free(stopper);
}

static void generator_arguments(void)
{
    oir_term_generator *g;
    oir_document *document;
    oir_termcount count;
    API_OK(oir_term_generator_new(&g, &api_error));
    FAILS(OIR_INVALID_OPERATION, oir_term_generator_index_text(g, "a", 1, 1, "", E));
    FAILS(OIR_INVALID_OPERATION, oir_term_generator_index_text_without_positions(g, "a", 1, 1, "", E));
    FAILS(OIR_NOT_FOUND, oir_term_generator_set_stemmer(g, "klingon", E));
    API_OK(oir_document_new(&document, &api_error));
    oir_term_generator_set_document(g, document);
    API_OK(oir_term_generator_index_text(g, NULL, 0, 1, "", &api_error));
    EXPECT_EQ(oir_term_generator_get_termpos(g), 0);
    API_OK(oir_term_generator_index_text(g, "one two", 7, 1, "", &api_error));
    EXPECT_EQ(oir_term_generator_get_termpos(g), 2);
    oir_term_generator_increase_termpos(g, 100);
    EXPECT_EQ(oir_term_generator_get_termpos(g), 102);
    API_OK(oir_term_generator_index_text_without_positions(g, "three", 5, 1, "", &api_error));
    EXPECT_EQ(oir_term_generator_get_termpos(g), 102);
    oir_term_generator_set_max_word_length(g, 3);
    API_OK(oir_term_generator_index_text(g, "four", 4, 1, "", &api_error)); /* left out */
    EXPECT_EQ(oir_term_generator_get_termpos(g), 102);
    API_OK(oir_document_get_term_count(document, &count, &api_error));
    EXPECT_EQ(count, 3);
    oir_term_generator_set_termpos(g, UINT32_MAX - 3);
    FAILS(OIR_TOO_BIG, oir_term_generator_index_text(g, "a b c d", 7, 1, "", E));
    oir_term_generator_increase_termpos(g, UINT32_MAX);
    FAILS(OIR_TOO_BIG, oir_term_generator_index_text(g, "a", 1, 1, "", E));
    oir_term_generator_set_document(g, document);
    EXPECT_EQ(oir_term_generator_get_termpos(g), 0);
    FAILS(OIR_TOO_BIG, oir_term_generator_index_text(g, "one", 3, UINT32_MAX, "", E));
    oir_document_free(document);
    oir_term_generator_free(g);
}

/* Terms of the text as the strategies say, closed by spaces. */
static void expect_terms(oir_term_generator *g, oir_document *document, const char *text, const char *expected)
{
    oir_term_iterator *terms;
    char got[300] = "";
    bool found;
    oir_document_clear(document);
    oir_term_generator_set_document(g, document);
    API_OK(oir_term_generator_index_text(g, text, strlen(text), 1, "", &api_error));
    API_OK(oir_document_get_terms(document, &terms, &api_error));
    while (!oir_term_iterator_next(terms, &found, &api_error) && found) {
        oir_bytes t = oir_term_iterator_get_term(terms);
        size_t used = strlen(got);
        snprintf(got + used, sizeof got - used, "%.*s ", (int)t.size, t.data);
    }
    oir_term_iterator_free(terms);
    EXPECT_STR(got, expected);
}

static void strategies(void)
{
    oir_term_generator *g;
    oir_document *document;
    oir_stopper *stopper;
    API_OK(oir_term_generator_new(&g, &api_error));
    API_OK(oir_document_new(&document, &api_error));
    API_OK(oir_stopper_new_for(&stopper, "english", &api_error));
    API_OK(oir_term_generator_set_stemmer(g, "english", &api_error));
    expect_terms(g, document, "the missions", "Zmission Zthe missions the ");
    oir_term_generator_set_stopper(g, stopper);
    expect_terms(g, document, "the missions", "Zmission missions the ");
    oir_term_generator_set_stop_strategy(g, OIR_STOP_ALL);
    expect_terms(g, document, "the missions", "Zmission missions ");
    oir_term_generator_set_stop_strategy(g, OIR_STOP_NONE);
    oir_term_generator_set_stem_strategy(g, OIR_STEM_NONE);
    expect_terms(g, document, "the missions", "missions the ");
    oir_term_generator_set_stem_strategy(g, OIR_STEM_ALL);
    expect_terms(g, document, "the missions", "mission the ");
    oir_term_generator_set_stem_strategy(g, OIR_STEM_ALL_Z);
    expect_terms(g, document, "the missions", "Zmission Zthe ");
    oir_term_generator_set_stem_strategy(g, OIR_STEM_SOME_FULL_POS);
    expect_terms(g, document, "missions", "Zmission missions ");
    oir_term_generator_set_stem_strategy(g, OIR_STEM_NONE);
    expect_terms(g, document, "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad \xe4\xb8\xad\xe6\x96\x87 \xe6\x96\x87 ");
    oir_term_generator_set_ngrams(g, false);
    expect_terms(g, document, "\xe4\xb8\xad\xe6\x96\x87", "\xe4\xb8\xad\xe6\x96\x87 ");
    oir_stopper_free(stopper);
    oir_document_free(document);
    oir_term_generator_free(g);
}

static void expect_parsed(oir_query_parser *parser, const char *text, const char *expected)
{
    char *description;
    oir_query *query = api_parse(parser, text);
    API_OK(oir_query_get_description(query, &description, &api_error));
    EXPECT_STR(description, expected);
    oir_memory_free(description);
    oir_query_free(query);
}

static void parser_strategies(void)
{
    oir_query_parser *parser;
    API_OK(oir_query_parser_new(&parser, &api_error));
    API_OK(oir_query_parser_set_stemmer(parser, "english", &api_error));
    expect_parsed(parser, "Missions", "Query(Zmission@1)");
    oir_query_parser_set_stem_capitals(parser, false);
    expect_parsed(parser, "Missions", "Query(missions@1)");
    oir_query_parser_set_stem_capitals(parser, true);
    oir_query_parser_set_stem_strategy(parser, OIR_STEM_NONE);
    expect_parsed(parser, "missions", "Query(missions@1)");
    oir_query_parser_set_stem_strategy(parser, OIR_STEM_ALL);
    expect_parsed(parser, "missions", "Query(mission@1)");
    oir_query_parser_set_stem_strategy(parser, OIR_STEM_NONE);
    oir_query_parser_set_ngrams(parser, false);
    expect_parsed(parser, "\xe4\xb8\xad\xe6\x96\x87", "Query(\xe4\xb8\xad\xe6\x96\x87@1)");
    oir_query_parser_free(parser);
}

static void weight_arguments(void)
{
    oir_weight *weight;
    const oir_bm25 good = OIR_BM25_INIT;
    oir_bm25 b;
#define REFUSED(change)                                                                \
    do {                                                                               \
        b = good;                                                                      \
        change;                                                                        \
        FAILS_OUT(OIR_INVALID_ARGUMENT, weight, oir_weight_new_bm25(&weight, &b, E));  \
    } while (0)
    REFUSED(b.struct_size = 0);
    REFUSED(b.struct_size = sizeof b + 8);
    REFUSED(b.k1 = -1);
    REFUSED(b.k1 = NAN);
    REFUSED(b.k1 = INFINITY);
    REFUSED(b.k3 = -1);
    REFUSED(b.b = 1.5);
    REFUSED(b.b = -0.5);
    REFUSED(b.min_normlen = -1);
    REFUSED(b.min_normlen = NAN);
    REFUSED(b.idf = (oir_idf)5);
    EXPECT(api_says("5"));
#undef REFUSED
    /* As an older header had it: what follows is not looked at. */
    b = good;
    b.struct_size = offsetof(oir_bm25, idf);
    b.idf = (oir_idf)5;
    API_OK(oir_weight_new_bm25(&weight, &b, &api_error));
    oir_weight_free(weight);
}

static void snippet_arguments(void)
{
    oir_snippeter *s;
    oir_bytes out;
    oir_query *q = term("combat");
    FAILS_OUT(OIR_NOT_FOUND, s, oir_snippeter_new(&s, q, NULL, "klingon", NULL, E));
    oir_snippet_options options = OIR_SNIPPET_OPTIONS_INIT;
    options.struct_size = 0;
    FAILS_OUT(OIR_INVALID_ARGUMENT, s, oir_snippeter_new(&s, q, NULL, NULL, &options, E));
    API_OK(oir_snippeter_new(&s, q, NULL, NULL, NULL, &api_error));
    oir_query_free(q); /* refers to it no more */
    API_OK(oir_snippeter_get(s, NULL, 0, &out, &api_error));
    EXPECT(out.size == 0 && out.data[0] == 0);
    API_OK(oir_snippeter_get(s, "A <combat> mission", 18, &out, &api_error));
    EXPECT_STR(out.data, "A &lt;<b>combat</b>&gt; mission");
    EXPECT_EQ(out.size, strlen(out.data));
    oir_snippeter_free(s);
}

/* ---- match sets ---- */

static void match_sets(void)
{
    oir_enquire *e;
    oir_mset *mset;
    oir_document *document;
    oir_doccount n;
    oir_search_statistics statistics;
    begin();
    oir_database *d = api_open(folder);
    oir_query *q = api_query("bababa kebaba");
    API_OK(oir_enquire_new(&e, d, &api_error));
    oir_enquire_get_statistics(e, &statistics);
    EXPECT(!statistics.windows && !statistics.postings_decoded && !statistics.documents_scored);
    oir_enquire_set_query(e, q);
    oir_query_free(q); /* the enquire has a handle of its own */
    API_OK(oir_enquire_get_mset(e, 0, 5, 0, &mset, &api_error));
    oir_enquire_get_statistics(e, &statistics);
    EXPECT(statistics.windows >= statistics.windows_visited && statistics.windows_visited > 0);
    EXPECT(statistics.documents_scored >= 5);
    EXPECT_EQ(oir_mset_get_size(mset), 5);
    FAILS_OUT(OIR_INVALID_ARGUMENT, document, oir_mset_get_document(mset, 5, &document, E));
    EXPECT(api_says("5"));
    API_OK(oir_mset_get_document(mset, 4, &document, &api_error));
    EXPECT_EQ(oir_document_get_docid(document), oir_mset_get_docid(mset, 4));
    API_OK(oir_database_get_termfreq(d, "Zbababa", 7, &n, &api_error));
    EXPECT_EQ(oir_mset_get_termfreq(mset, "Zbababa", 7), n);
    EXPECT(n > 0);
    EXPECT_EQ(oir_mset_get_termfreq(mset, "Zmibaba", 7), 0);
    EXPECT_EQ(oir_mset_get_termfreq(mset, "", 0), 0);
    oir_document_free(document);
    oir_mset_free(mset);
    oir_enquire_set_query(e, NULL);
    oir_enquire_set_weight(e, NULL);
    API_OK(oir_enquire_get_count(e, &n, &api_error));
    EXPECT_EQ(n, 0);
    oir_enquire_free(e);
    oir_database_close(d);
    api_remove(folder);
}

/* ---- cancelling ---- */

typedef struct patience {
    int left, calls;
} patience;

static bool keep_going(void *context)
{
    patience *p = context;
    p->calls++;
    return p->left-- > 0;
}

static bool keep_working(const char *what, uint64_t done, uint64_t total, void *context)
{
    EXPECT(*what);
    EXPECT(total == 0 || done <= total);
    return keep_going(context);
}

static void cancelling_a_search(void)
{
    oir_enquire *e;
    oir_mset *mset;
    oir_doccount count;
    oir_query *q = api_query("\"bababa kebaba\" lo*");
    begin();
    oir_database *d = api_open(folder);
    patience p = {0, 0};
    API_OK(oir_enquire_new(&e, d, &api_error));
    oir_enquire_set_query(e, q);
    oir_query_free(q);
    oir_enquire_set_cancel(e, keep_going, &p);
    FAILS_OUT(OIR_CANCELLED, mset, oir_enquire_get_mset(e, 0, 10, 0, &mset, E));
    FAILS(OIR_CANCELLED, oir_enquire_get_count(e, &count, E));
    EXPECT(p.calls >= 4);
    p.left = 1 << 30;
    API_OK(oir_enquire_get_mset(e, 0, 10, 0, &mset, &api_error));
    oir_mset_free(mset);
    p.left = 0;
    oir_enquire_set_cancel(e, NULL, NULL);
    API_OK(oir_enquire_get_count(e, &count, &api_error));
    oir_enquire_free(e);
    oir_database_close(d);
    api_remove(folder);
}

typedef struct nested {
    oir_enquire *enquire;
    bool inside;
    oir_doccount count;
} nested;

static bool search_within(void *context)
{
    nested *n = context;
    if (!n->inside) {
        n->inside = true;
        API_OK(oir_enquire_get_count(n->enquire, &n->count, &api_error));
        n->inside = false;
    }
    return true;
}

static void searching_within_a_search(void)
{
    oir_mset *mset;
    oir_query *q = api_query("\"bababa kebaba\" lo*");
    nested n = {0};
    begin();
    oir_database *d = api_open(folder);
    API_OK(oir_enquire_new(&n.enquire, d, &api_error));
    oir_enquire_set_query(n.enquire, q);
    oir_query_free(q);
    oir_enquire_set_cancel(n.enquire, search_within, &n);
    API_OK(oir_enquire_get_mset(n.enquire, 0, 10, UINT32_MAX, &mset, &api_error));
    EXPECT(n.count > 0);
    EXPECT_EQ(oir_mset_get_matches_lower_bound(mset), n.count);
    EXPECT_EQ(oir_mset_get_matches_upper_bound(mset), n.count);
    oir_mset_free(mset);
    oir_enquire_free(n.enquire);
    oir_database_close(d);
    api_remove(folder);
}

static void expect_same_page(oir_enquire *a, oir_enquire *b)
{
    oir_mset *x, *y;
    API_OK(oir_enquire_get_mset(a, 0, 100, UINT32_MAX, &x, &api_error));
    API_OK(oir_enquire_get_mset(b, 0, 100, UINT32_MAX, &y, &api_error));
    EXPECT_EQ(oir_mset_get_size(x), oir_mset_get_size(y));
    EXPECT_EQ(oir_mset_get_matches_lower_bound(x), oir_mset_get_matches_lower_bound(y));
    for (oir_doccount i = 0; i < oir_mset_get_size(x) && i < oir_mset_get_size(y); i++) {
        EXPECT_EQ(oir_mset_get_docid(x, i), oir_mset_get_docid(y, i));
        EXPECT(oir_mset_get_weight(x, i) == oir_mset_get_weight(y, i));
    }
    oir_mset_free(x);
    oir_mset_free(y);
}

/* What a search keeps for the next, whole, stopped anywhere, small or large, does not show. */
static void one_enquire_for_many_searches(void)
{
    static const char *const queries[] = {"bababa", "\"bababa kebaba\" lo*", "b* l* k* m*", "bababa kebaba -lo*",
                                          "nowhere", "+bababa +kebaba"};
    enum { COUNT = sizeof queries / sizeof *queries };
    oir_enquire *kept, *fresh;
    begin();
    oir_database *d = api_open(folder);
    API_OK(oir_enquire_new(&kept, d, &api_error));
    for (uint32_t round = 0; round < 20 * COUNT; round++) {
        oir_query *q = api_query(queries[round * 5 % COUNT]);
        oir_mset *mset = NULL;
        patience p = {(int)round / COUNT, 0};
        oir_enquire_set_query(kept, q);
        oir_enquire_set_cancel(kept, keep_going, &p);
        oir_status status = oir_enquire_get_mset(kept, 0, 10, round % 2 ? UINT32_MAX : 0, &mset, &api_error);
        EXPECT(status == OIR_OK || status == OIR_CANCELLED);
        oir_mset_free(mset);
        oir_enquire_set_cancel(kept, NULL, NULL);
        API_OK(oir_enquire_new(&fresh, d, &api_error));
        oir_enquire_set_query(fresh, q);
        expect_same_page(kept, fresh);
        oir_enquire_free(fresh);
        oir_query_free(q);
    }
    oir_enquire_free(kept);
    oir_database_close(d);
    api_remove(folder);
}

/* Stops at each of its calls in turn; the last commit stays, and after a rollback it goes through. */
static void cancelling_a_writer(bool optimise)
{
    patience p = {1 << 30, 0};
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    oir_writable_database *w;
    api_maker m;
    begin();
    oir_database *d = api_open(folder);
    uint64_t picture = api_picture(d, 9);
    oir_status status = OIR_CANCELLED;
    api_maker_init(&m);
    options.no_sync = true;
    options.progress = keep_working;
    options.progress_context = &p;
    API_OK(oir_writable_database_open(&w, folder, &options, &api_error));
    int stopped = 0;
    for (int left = 0; status == OIR_CANCELLED && left < 1000; left++) {
        for (uint32_t i = 0; i < 30; i++)
            api_add(w, &m, 1000 + i);
        API_OK(oir_writable_database_delete_document(w, 3, &api_error));
        p = (patience){left, 0};
        memset(&api_error, 0, sizeof api_error);
        status = optimise ? oir_writable_database_optimise(w, &api_error) : oir_writable_database_commit(w, &api_error);
        if (status == OIR_OK)
            break;
        EXPECT_EQ(status, OIR_CANCELLED);
        EXPECT(api_is_message(api_error.message));
        stopped++;
        EXPECT(api_is_whole(folder));
        API_OK(oir_database_reopen(d, NULL, &api_error));
        EXPECT_EQ(api_picture(d, 9), picture);
        p.left = 1 << 30;
        API_OK(oir_writable_database_rollback(w, &api_error));
        EXPECT_EQ(oir_writable_database_get_doccount(w), DOCUMENTS);
    }
    EXPECT_EQ(status, OIR_OK);
    EXPECT(!optimise || stopped > 0);
    oir_writable_database_close(w);
    API_OK(oir_database_reopen(d, NULL, &api_error));
    EXPECT_EQ(oir_database_get_doccount(d), DOCUMENTS + 29);
    oir_database_close(d);
    api_maker_release(&m);
    api_remove(folder);
}

static void cancelling_an_optimise(void)
{
    cancelling_a_writer(true);
}

static void cancelling_a_commit(void)
{
    cancelling_a_writer(false);
}

/* ---- damage ---- */

static int damage_at;

static bool damage(const char *path)
{
    FILE *file = fopen(path, "r+b");
    fseek(file, 0, SEEK_END);
    long size = ftell(file), at = size / 7 * damage_at;
    fseek(file, at < size ? at : 0, SEEK_SET);
    for (int i = 0; i < 64; i++)
        fputc(0xa5, file);
    fclose(file);
    return true;
}

static int reported;

static bool report(const char *file, const char *part, const char *reason, void *context)
{
    EXPECT(*file && *part && api_is_message(reason));
    reported++;
    return context != NULL;
}

static void checking_damage(void)
{
    uint64_t findings;
    int found = 0;
    for (damage_at = 0; damage_at < 7; damage_at++) {
        begin();
        api_each_file(folder, "segment-", damage);
        API_OK(oir_index_check(folder, NULL, NULL, &findings, &api_error));
        reported = 0;
        uint64_t again;
        API_OK(oir_index_check(folder, report, &damage_at, &again, &api_error));
        EXPECT_EQ(again, findings);
        EXPECT_EQ(reported, findings);
        found += findings > 0;
        if (findings)
            FAILS(OIR_CANCELLED, oir_index_check(folder, report, NULL, &findings, E));
        api_remove(folder);
    }
    EXPECT(found >= 5); /* the rest may hit padding */
}

static void opening_damage(void)
{
    oir_database *d;
    begin();
    damage_at = 0;
    api_each_file(folder, "segment-", damage);
    FAILS_OUT(OIR_CORRUPT, d, oir_database_open(&d, folder, E));
    EXPECT(api_says("segment-"));
    api_remove(folder);

    begin();
    api_each_file(folder, "segment-", api_unlink);
    FAILS_OUT(OIR_CORRUPT, d, oir_database_open(&d, folder, E));
    EXPECT(api_says("segment-"));
    oir_writable_database *w;
    FAILS_OUT(OIR_CORRUPT, w, oir_writable_database_open(&w, folder, NULL, E));
    EXPECT(api_says("segment-"));
    api_remove(folder);

    begin();
    api_each_file(folder, "generation-", api_unlink);
    FAILS_OUT(OIR_CORRUPT, d, oir_database_open(&d, folder, E));
    EXPECT(api_says("generation-"));
    FAILS_OUT(OIR_CORRUPT, w, oir_writable_database_open(&w, folder, NULL, E));
    api_remove(folder);
}

int main(void)
{
    memset(big_term, 'b', OIR_TERM_MAX + 1);
    TEST(status_names);
    TEST(version);
    TEST(error_is_left_alone);
    TEST(nothing_is_freed);
    TEST(opening_what_is_not_there);
    TEST(opening_what_is_there);
    TEST(opening_a_file);
    TEST(options_out_of_bounds);
    TEST(empty_index);
    TEST(database_lookups);
    TEST(iterators);
    TEST(document_limits);
    TEST(largest_of_all);
    TEST(writer_arguments);
    TEST(commits);
    TEST(without_term_lists_and_data);
    TEST(query_arguments);
    TEST(query_limits);
    TEST(expansion_limit);
    TEST(parser_arguments);
    TEST(languages);
    TEST(generator_arguments);
    TEST(strategies);
    TEST(parser_strategies);
    TEST(weight_arguments);
    TEST(snippet_arguments);
    TEST(match_sets);
    TEST(cancelling_a_search);
    TEST(searching_within_a_search);
    TEST(one_enquire_for_many_searches);
    TEST(cancelling_an_optimise);
    TEST(cancelling_a_commit);
    TEST(checking_damage);
    TEST(opening_damage);
    return harness_end();
}
