/* What the headers call shared is used by eight threads at once: a database, queries, a weight, a match set, a stop
 * list; while a writer changes the index under them and others open and reopen databases of their own. */
#include <pthread.h>
#include <stdatomic.h>

#include "api_world.h"

enum { DOCUMENTS = 500, SEARCHERS = 8, OPENERS = 2, ROUNDS = 3, PAGE = 20, COMMITS = 30 };

static char folder[API_PATH];
static oir_database *shared;
static oir_query *queries[API_QUESTIONS];
static oir_weight *weight;
static oir_stopper *stopper;
static oir_mset *shared_matches;
static api_answer expected[API_QUESTIONS];
static uint64_t expected_documents[PAGE];
static atomic_int writing, failures;

/* The harness counts without locks, so threads count here. */
#define CHECK(condition)                                                             \
    do {                                                                             \
        if (!(condition)) {                                                          \
            fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            atomic_fetch_add(&failures, 1);                                          \
        }                                                                            \
    } while (0)

/* What one thread has for itself. */
typedef struct searcher {
    oir_enquire *enquire;
    oir_query_parser *parser;
    oir_snippeter *snippeter;
    oir_stemmer *stemmer;
    api_answer answer;
} searcher;

static void searcher_init(searcher *s)
{
    oir_error err;
    CHECK(oir_enquire_new(&s->enquire, shared, &err) == OIR_OK);
    oir_enquire_set_weight(s->enquire, weight);
    s->parser = api_parser_new();
    oir_query_parser_set_stopper(s->parser, stopper);
    CHECK(oir_snippeter_new(&s->snippeter, queries[1], shared, "english", NULL, &err) == OIR_OK);
    CHECK(oir_stemmer_new(&s->stemmer, "english", &err) == OIR_OK);
}

static void searcher_release(searcher *s)
{
    oir_stemmer_free(s->stemmer);
    oir_snippeter_free(s->snippeter);
    oir_query_parser_free(s->parser);
    oir_enquire_free(s->enquire);
}

static void get(searcher *s, oir_query *query)
{
    oir_mset *mset;
    oir_error err;
    oir_enquire_set_query(s->enquire, query);
    CHECK(oir_enquire_get_mset(s->enquire, 0, PAGE, UINT32_MAX, &mset, &err) == OIR_OK);
    s->answer.size = oir_mset_get_size(mset);
    s->answer.lower = oir_mset_get_matches_lower_bound(mset);
    s->answer.upper = oir_mset_get_matches_upper_bound(mset);
    for (oir_doccount i = 0; i < s->answer.size && i < PAGE; i++)
        s->answer.hits[i] = (api_hit){oir_mset_get_docid(mset, i), oir_mset_get_weight(mset, i)};
    oir_mset_free(mset);
}

static void ask(searcher *s, size_t question)
{
    oir_error err;
    oir_doccount count;
    get(s, queries[question]);
    CHECK(api_equal(&s->answer, &expected[question]));
    CHECK(oir_enquire_get_count(s->enquire, &count, &err) == OIR_OK && count == expected[question].lower);
    const char *text = api_questions[question];
    oir_query *own;
    unsigned flags = OIR_PARSE_DEFAULT | OIR_PARSE_WILDCARD_GLOB | OIR_PARSE_FUZZY;
    CHECK(oir_query_parser_parse(s->parser, text, strlen(text), flags, NULL, &own, &err) == OIR_OK);
    get(s, own);
    CHECK(api_equal(&s->answer, &expected[question]));
    oir_query_free(own);
    oir_query_free(oir_query_copy(queries[question]));
}

static uint64_t look(oir_document *document)
{
    oir_error err;
    oir_bytes data, value;
    oir_termcount terms;
    uint64_t hash = 0;
    CHECK(oir_document_get_data(document, &data, &err) == OIR_OK);
    CHECK(oir_document_get_value(document, 0, &value, &err) == OIR_OK);
    CHECK(oir_document_get_term_count(document, &terms, &err) == OIR_OK);
    api_mix(&hash, data.data, data.size);
    api_mix(&hash, value.data, value.size);
    api_mix_number(&hash, terms);
    return hash;
}

static void read_documents(searcher *s)
{
    for (oir_doccount i = 0; i < oir_mset_get_size(shared_matches); i++) {
        oir_document *document;
        oir_error err;
        oir_bytes data, snippet;
        CHECK(oir_mset_get_document(shared_matches, i, &document, &err) == OIR_OK);
        CHECK(look(document) == expected_documents[i]);
        CHECK(oir_document_get_data(document, &data, &err) == OIR_OK);
        CHECK(oir_snippeter_get(s->snippeter, data.data, data.size, &snippet, &err) == OIR_OK);
        CHECK(strstr(snippet.data, "<b>"));
        oir_document_free(document);
    }
    CHECK(oir_stemmer_stem(s->stemmer, "missions", 8).size == 7);
}

static void walk(void)
{
    oir_term_iterator *terms;
    oir_error err;
    bool found;
    CHECK(oir_database_get_terms(shared, "ba", &terms, &err) == OIR_OK);
    for (int i = 0; i < 10 && oir_term_iterator_next(terms, &found, &err) == OIR_OK && found; i++) {
        oir_bytes term = oir_term_iterator_get_term(terms);
        oir_posting_iterator *postings;
        oir_position_iterator *positions;
        oir_doccount count = 0;
        bool more;
        CHECK(oir_database_get_postings(shared, term.data, term.size, &postings, &err) == OIR_OK);
        while (oir_posting_iterator_next(postings, &more, &err) == OIR_OK && more)
            count++;
        CHECK(count == oir_term_iterator_get_termfreq(terms));
        oir_posting_iterator_free(postings);
        CHECK(oir_database_get_positions(shared, 1 + (oir_docid)i, term.data, term.size, &positions, &err) == OIR_OK);
        CHECK(oir_position_iterator_next(positions, &more, &err) == OIR_OK);
        oir_position_iterator_free(positions);
    }
    oir_term_iterator_free(terms);
}

static void *search(void *context)
{
    searcher *s = calloc(1, sizeof *s);
    size_t offset = (size_t)(uintptr_t)context;
    CHECK(s);
    searcher_init(s);
    for (size_t round = 0; round < ROUNDS; round++) {
        for (size_t i = 0; i < API_QUESTIONS; i++)
            ask(s, (i + offset) % API_QUESTIONS);
        read_documents(s);
        walk();
    }
    searcher_release(s);
    free(s);
    return NULL;
}

/* Documents come in pairs and the setting says how many there are, so that half a commit would show. */
static void *write_index(void *context)
{
    api_maker m;
    oir_error err;
    oir_writable_database *w = api_open_writer(folder);
    (void)context;
    api_maker_init(&m);
    for (uint32_t i = 0; i < COMMITS; i++) {
        char note[16];
        for (uint32_t n = 0; n < 10; n++) {
            api_add(w, &m, 10000 + i * 10 + n);
            if (n % 5 == 4) {
                CHECK(oir_writable_database_delete_document(w, 1 + i * 4 + n / 5, &err) == OIR_OK);
                CHECK(oir_writable_database_delete_document(w, 1 + i * 4 + n / 5 + 2, &err) == OIR_OK);
            }
        }
        int size = snprintf(note, sizeof note, "%u", oir_writable_database_get_doccount(w));
        CHECK(oir_writable_database_set_setting(w, "note", note, (size_t)size, &err) == OIR_OK);
        if (i % 10 == 9)
            CHECK(oir_writable_database_optimise(w, &err) == OIR_OK);
        else
            CHECK(oir_writable_database_commit(w, &err) == OIR_OK);
    }
    oir_writable_database_close(w);
    api_maker_release(&m);
    atomic_store(&writing, 0);
    return NULL;
}

/* Everything that one snapshot says belongs together. */
static void check_snapshot(const oir_database *d)
{
    oir_posting_iterator *postings;
    oir_enquire *enquire;
    oir_query *query;
    oir_error err;
    oir_doccount seen = 0, found_by_search;
    oir_totallength length = 0;
    bool found;
    oir_bytes note = oir_database_get_setting(d, "note");
    oir_doccount count = oir_database_get_doccount(d);
    CHECK(note.size == 0 || strtoul(note.data, NULL, 10) == count);
    CHECK(oir_database_get_postings(d, "", 0, &postings, &err) == OIR_OK);
    while (oir_posting_iterator_next(postings, &found, &err) == OIR_OK && found) {
        length += oir_posting_iterator_get_doclength(postings);
        seen++;
    }
    oir_posting_iterator_free(postings);
    CHECK(seen == count && length == oir_database_get_total_length(d));
    CHECK(oir_enquire_new(&enquire, d, &err) == OIR_OK);
    CHECK(oir_query_new_prefix(&query, "Q", 1, 0, &err) == OIR_OK); /* each document has one */
    oir_enquire_set_query(enquire, query);
    CHECK(oir_enquire_get_count(enquire, &found_by_search, &err) == OIR_OK && found_by_search == count);
    oir_query_free(query);
    oir_enquire_free(enquire);
}

static void *open_and_reopen(void *context)
{
    oir_error err;
    oir_database *d = NULL;
    uint64_t last = 0;
    (void)context;
    for (int i = 0; i == 0 || atomic_load(&writing); i++) {
        bool changed = false;
        if (!d && oir_database_open(&d, folder, &err) != OIR_OK) {
            fprintf(stderr, "%s\n", err.message);
            atomic_fetch_add(&failures, 1); /* a database opens at any moment */
            return NULL;
        }
        uint64_t before = oir_database_get_revision(d);
        CHECK(before >= last);
        check_snapshot(d);
        if (oir_database_reopen(d, &changed, &err) != OIR_OK) {
            fprintf(stderr, "%s\n", err.message);
            atomic_fetch_add(&failures, 1);
        }
        last = oir_database_get_revision(d);
        CHECK(changed == (last != before));
        if (i % 3 == 2) {
            oir_database_close(d);
            d = NULL;
        }
    }
    oir_database_close(d);
    return NULL;
}

static void all_at_once(void)
{
    pthread_t searchers[SEARCHERS], openers[OPENERS], writer;
    atomic_store(&writing, 1);
    REQUIRE(pthread_create(&writer, NULL, write_index, NULL) == 0);
    for (size_t i = 0; i < OPENERS; i++)
        REQUIRE(pthread_create(&openers[i], NULL, open_and_reopen, NULL) == 0);
    for (size_t i = 0; i < SEARCHERS; i++)
        REQUIRE(pthread_create(&searchers[i], NULL, search, (void *)(uintptr_t)i) == 0);
    for (size_t i = 0; i < SEARCHERS; i++)
        pthread_join(searchers[i], NULL);
    for (size_t i = 0; i < OPENERS; i++)
        pthread_join(openers[i], NULL);
    pthread_join(writer, NULL);
    EXPECT_EQ(atomic_load(&failures), 0);
    EXPECT(api_is_whole(folder));
}

/* Several databases are one shared database, too. */
static void collections_are_shared(void)
{
    oir_database *own = shared, *other;
    api_answer *before = malloc(sizeof *before * API_QUESTIONS);
    pthread_t searchers[SEARCHERS];
    REQUIRE(before);
    memcpy(before, expected, sizeof expected);
    shared = api_open(folder);
    other = api_open(folder);
    API_OK(oir_database_add_database(shared, other, &api_error));
    oir_database_close(other);
    for (size_t i = 0; i < API_QUESTIONS; i++)
        api_ask(shared, api_questions[i], PAGE, &expected[i]);
    oir_mset *matches = shared_matches;
    oir_enquire *enquire;
    API_OK(oir_enquire_new(&enquire, shared, &api_error));
    oir_enquire_set_query(enquire, queries[1]);
    API_OK(oir_enquire_get_mset(enquire, 0, PAGE, 0, &shared_matches, &api_error));
    for (oir_doccount i = 0; i < PAGE; i++) {
        oir_document *document;
        API_OK(oir_mset_get_document(shared_matches, i, &document, &api_error));
        expected_documents[i] = look(document);
        oir_document_free(document);
    }
    for (size_t i = 0; i < SEARCHERS; i++)
        REQUIRE(pthread_create(&searchers[i], NULL, search, (void *)(uintptr_t)i) == 0);
    for (size_t i = 0; i < SEARCHERS; i++)
        pthread_join(searchers[i], NULL);
    EXPECT_EQ(atomic_load(&failures), 0);
    oir_mset_free(shared_matches);
    oir_enquire_free(enquire);
    oir_database_close(shared);
    shared_matches = matches;
    shared = own;
    memcpy(expected, before, sizeof expected);
    free(before);
}

static void prepare(void)
{
    oir_enquire *enquire;
    api_folder(folder);
    api_index(folder, 1, 1, DOCUMENTS, 130);
    shared = api_open(folder);
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        queries[i] = api_query(api_questions[i]);
        api_ask(shared, api_questions[i], PAGE, &expected[i]);
    }
    API_OK(oir_weight_new_bm25(&weight, NULL, &api_error));
    API_OK(oir_stopper_new(&stopper, &api_error));
    API_OK(oir_stopper_add(stopper, "never", &api_error));
    API_OK(oir_enquire_new(&enquire, shared, &api_error));
    oir_enquire_set_query(enquire, queries[1]);
    API_OK(oir_enquire_get_mset(enquire, 0, PAGE, 0, &shared_matches, &api_error));
    oir_enquire_free(enquire);
    REQUIRE(oir_mset_get_size(shared_matches) == PAGE);
    for (oir_doccount i = 0; i < PAGE; i++) {
        oir_document *document;
        API_OK(oir_mset_get_document(shared_matches, i, &document, &api_error));
        expected_documents[i] = look(document);
        oir_document_free(document);
    }
}

int main(void)
{
    prepare();
    TEST(all_at_once);
    TEST(collections_are_shared);
    oir_mset_free(shared_matches);
    for (size_t i = 0; i < API_QUESTIONS; i++)
        oir_query_free(queries[i]);
    oir_stopper_free(stopper);
    oir_weight_free(weight);
    oir_database_close(shared);
    api_remove(folder);
    return harness_end();
}
