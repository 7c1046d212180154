/* What types.h says of null pointers: bytes of size 0 may stand at one, and so may what a call says. */
#include "api_world.h"

enum { DOCUMENTS = 20 };

static char folder[API_PATH];

static void documents(void)
{
    oir_document *d;
    oir_bytes bytes;
    API_OK(oir_document_new(&d, &api_error));
    API_OK(oir_document_set_data(d, NULL, 0, &api_error));
    API_OK(oir_document_add_data(d, NULL, 0, &api_error));
    API_OK(oir_document_add_data(d, "a", 1, &api_error));
    API_OK(oir_document_add_data(d, NULL, 0, &api_error));
    API_OK(oir_document_get_data(d, &bytes, &api_error));
    EXPECT_EQ(bytes.size, 1);
    API_OK(oir_document_set_value(d, 3, "a", 1, &api_error));
    API_OK(oir_document_set_value(d, 3, NULL, 0, &api_error));
    API_OK(oir_document_get_value(d, 3, &bytes, &api_error));
    EXPECT_EQ(bytes.size, 0);
    API_FAILS(oir_document_add_term(d, NULL, 0, 1, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_document_add_boolean_term(d, NULL, 0, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_document_add_posting(d, NULL, 0, 1, 1, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_document_remove_term(d, NULL, 0, &api_error), OIR_NOT_FOUND);
    API_OK(oir_document_add_term(d, "a", 1, 1, &api_error));
    API_FAILS(oir_document_remove_term(d, NULL, 0, &api_error), OIR_NOT_FOUND);
    oir_document_free(d);
}

static void texts(void)
{
    oir_document *d;
    oir_term_generator *g;
    oir_stemmer *stemmer;
    oir_stopper *stopper;
    oir_termcount count;
    API_OK(oir_document_new(&d, &api_error));
    API_OK(oir_term_generator_new(&g, &api_error));
    oir_term_generator_set_document(g, d);
    oir_term_generator_set_stopper(g, NULL);
    API_OK(oir_term_generator_index_text(g, NULL, 0, 1, "", &api_error));
    API_OK(oir_term_generator_index_text_without_positions(g, NULL, 0, 1, "", &api_error));
    API_OK(oir_document_get_term_count(d, &count, &api_error));
    EXPECT_EQ(count, 0);
    API_OK(oir_stemmer_new(&stemmer, "english", &api_error));
    EXPECT_EQ(oir_stemmer_stem(stemmer, NULL, 0).size, 0);
    API_OK(oir_stopper_new_for(&stopper, "english", &api_error));
    EXPECT(!oir_stopper_has(stopper, NULL, 0));
    oir_stopper_free(stopper);
    oir_stemmer_free(stemmer);
    oir_term_generator_free(g);
    oir_document_free(d);
}

static void queries(void)
{
    oir_query *q;
    oir_query_parser *parser;
    API_FAILS(oir_query_new_term(&q, NULL, 0, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_query_new_term_at(&q, NULL, 0, 1, 1, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_query_new_wildcard(&q, NULL, 0, 0, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_query_new_fuzzy(&q, NULL, 0, 1, 0, 0, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_query_new_term(&q, NULL, 1, &api_error), OIR_INVALID_ARGUMENT);
    API_OK(oir_query_new_prefix(&q, NULL, 0, 0, &api_error));
    oir_query_free(q);
    API_OK(oir_query_new_operator(&q, OIR_OP_AND, NULL, 0, 0, &api_error));
    EXPECT_EQ(oir_query_get_op(q), OIR_OP_MATCH_NONE);
    oir_query_free(q);
    API_FAILS(oir_query_new_scale(&q, NULL, 1, &api_error), OIR_INVALID_ARGUMENT);
    API_OK(oir_query_parser_new(&parser, &api_error));
    oir_query_parser_set_stopper(parser, NULL);
    API_OK(oir_query_parser_parse(parser, NULL, 0, OIR_PARSE_DEFAULT, NULL, &q, &api_error));
    oir_query_free(q);
    oir_query_parser_free(parser);
}

static void searches(void)
{
    oir_enquire *enquire;
    oir_mset *mset;
    oir_term_iterator *terms;
    oir_posting_iterator *postings;
    oir_position_iterator *positions;
    oir_doccount n;
    oir_totallength f;
    oir_termcount most;
    bool found;
    oir_database *d = api_open(folder);
    API_OK(oir_database_get_termfreq(d, NULL, 0, &n, &api_error));
    API_OK(oir_database_get_collection_freq(d, NULL, 0, &f, &api_error));
    API_OK(oir_database_get_wdf_upper_bound(d, NULL, 0, &most, &api_error));
    API_OK(oir_database_get_terms(d, "", &terms, &api_error));
    API_OK(oir_term_iterator_seek(terms, NULL, 0, &found, &api_error));
    EXPECT(found);
    oir_term_iterator_free(terms);
    API_OK(oir_database_get_postings(d, NULL, 0, &postings, &api_error));
    API_OK(oir_posting_iterator_next(postings, &found, &api_error));
    EXPECT(found);
    oir_posting_iterator_free(postings);
    API_OK(oir_database_get_positions(d, 1, NULL, 0, &positions, &api_error));
    API_OK(oir_position_iterator_next(positions, &found, &api_error));
    EXPECT(!found);
    oir_position_iterator_free(positions);
    API_OK(oir_enquire_new(&enquire, d, &api_error));
    oir_enquire_set_query(enquire, NULL);
    oir_enquire_set_weight(enquire, NULL);
    oir_enquire_set_cancel(enquire, NULL, NULL);
    API_OK(oir_enquire_get_mset(enquire, 0, 10, 10, &mset, &api_error));
    EXPECT_EQ(oir_mset_get_size(mset), 0);
    EXPECT_EQ(oir_mset_get_termfreq(mset, NULL, 0), 0);
    oir_mset_free(mset);
    oir_enquire_free(enquire);
    API_OK(oir_database_reopen(d, NULL, &api_error));
    oir_database_close(d);
}

static void writers(void)
{
    bool found;
    oir_doccount deleted;
    oir_document *document;
    oir_writable_database *w = api_open_writer(folder);
    API_OK(oir_document_new(&document, &api_error));
    API_OK(oir_writable_database_set_setting(w, "some", "a", 1, &api_error));
    API_OK(oir_writable_database_set_setting(w, "some", NULL, 0, &api_error));
    EXPECT_EQ(oir_writable_database_get_setting(w, "some").size, 0);
    API_FAILS(oir_writable_database_has_term(w, NULL, 0, &found, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_writable_database_delete_document_by_term(w, NULL, 0, &deleted, &api_error), OIR_INVALID_ARGUMENT);
    API_FAILS(oir_writable_database_replace_document_by_term(w, NULL, 0, document, NULL, &api_error),
              OIR_INVALID_ARGUMENT);
    API_OK(oir_writable_database_add_document(w, document, NULL, &api_error));
    API_OK(oir_writable_database_delete_document_by_term(w, "nothing", 7, NULL, &api_error));
    API_OK(oir_writable_database_commit(w, NULL));
    oir_document_free(document);
    oir_writable_database_close(w);
    API_OK(oir_index_check(folder, NULL, NULL, &(uint64_t){0}, &api_error));
}

/* No query marks nothing. */
static void snippets(void)
{
    oir_snippeter *snippeter;
    oir_snippet_options options = OIR_SNIPPET_OPTIONS_INIT;
    oir_bytes out;
    options.mark_start = options.mark_end = options.omit = NULL;
    for (int empty = 0; empty < 2; empty++) {
        options.empty_without_match = empty;
        API_OK(oir_snippeter_new(&snippeter, NULL, NULL, NULL, &options, &api_error));
        API_OK(oir_snippeter_get(snippeter, "some words", 10, &out, &api_error));
        EXPECT_STR(out.data, empty ? "" : "some words");
        API_OK(oir_snippeter_get(snippeter, NULL, 0, &out, &api_error));
        EXPECT_EQ(out.size, 0);
        oir_snippeter_free(snippeter);
    }
}

int main(void)
{
    api_folder(folder);
    api_index(folder, 1, 1, DOCUMENTS, 10);
    TEST(documents);
    TEST(texts);
    TEST(queries);
    TEST(searches);
    TEST(writers);
    TEST(snippets);
    api_remove(folder);
    return harness_end();
}
