/* Memory from the caller's hooks: all of it comes back, and when any allocation fails the call says OIR_NO_MEMORY and
 * nothing else happens: no leak of memory or files, the last commit readable, answers right or none. */
#include "api_world.h"

enum { DOCUMENTS = 48, CREATED = 10 };

static long left = -1; /* allocations until one fails; negative: none does */
static bool once;      /* only that one, or all from there on */
static bool injected;
static long alive, allocations;

static bool fails(void)
{
    allocations++;
    if (left < 0)
        return false;
    if (left > 0) {
        left--;
        return false;
    }
    injected = true;
    if (once)
        left = -1;
    return true;
}

static void *hook_allocate(size_t size, void *context)
{
    EXPECT(context == &alive);
    EXPECT(size > 0);
    void *block = fails() ? NULL : malloc(size);
    alive += block != NULL;
    return block;
}

static void *hook_reallocate(void *block, size_t size, void *context)
{
    EXPECT(context == &alive);
    EXPECT(size > 0);
    void *grown = fails() ? NULL : realloc(block, size);
    alive += grown && !block;
    return grown;
}

static void hook_release(void *block, void *context)
{
    EXPECT(context == &alive);
    EXPECT(block != NULL);
    alive--;
    free(block);
}

static const oir_allocator hooks = {hook_allocate, hook_reallocate, hook_release, &alive};

/* Runs what follows with memory enough, and goes on as before. */
static long pause_failing(void)
{
    long was = left;
    left = -1;
    return was;
}

static bool exists(const char *path)
{
    (void)path;
    return true;
}

static size_t open_files(void)
{
    return api_each_file("/proc/self/fd", "", exists);
}

/* ---- what is tried: each begins and ends with nothing alive, and stops at the first failure ---- */

static char folder[API_PATH], made[API_PATH];
static const char *question;
static api_answer expected_answer, answer;
static char expected_snippet[2000], expected_description[2000];
static uint64_t expected_picture, created_picture;

#define STEP(call)                             \
    do {                                       \
        if ((status = (call)) != OIR_OK)       \
            goto done;                         \
    } while (0)

static oir_status fill(oir_document *document, oir_term_generator *generator, uint32_t number)
{
    char text[API_TEXT], id[16];
    oir_status status;
    size_t size = api_text(number, text), id_size = (size_t)snprintf(id, sizeof id, "Q%u", number);
    oir_document_clear(document);
    oir_term_generator_set_document(generator, document);
    STEP(oir_term_generator_index_text(generator, text, size, 1, "", &api_error));
    STEP(oir_term_generator_index_text(generator, text, 6, 1, "S", &api_error));
    STEP(oir_document_add_boolean_term(document, id, id_size, &api_error));
    STEP(oir_document_set_data(document, text, size, &api_error));
    STEP(oir_document_set_value(document, 0, id + 1, id_size - 1, &api_error));
    STEP(oir_document_set_value(document, 1, (char[]){(char)('0' + number % 7)}, 1, &api_error));
done:
    return status;
}

static oir_status make_filler(oir_document **document, oir_term_generator **generator)
{
    oir_status status;
    STEP(oir_document_new(document, &api_error));
    STEP(oir_term_generator_new(generator, &api_error));
    STEP(oir_term_generator_set_stemmer(*generator, "english", &api_error));
done:
    return status;
}

static oir_writer_options quick(void)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    return options;
}

static oir_status create(void)
{
    oir_document *document = NULL;
    oir_term_generator *generator = NULL;
    oir_writable_database *w = NULL;
    oir_writer_options options = quick();
    oir_status status;
    api_remove(made);
    STEP(make_filler(&document, &generator));
    STEP(oir_writable_database_open(&w, made, &options, &api_error));
    for (uint32_t i = 1; i <= CREATED; i++) {
        STEP(fill(document, generator, i));
        STEP(oir_writable_database_add_document(w, document, NULL, &api_error));
    }
    STEP(oir_writable_database_commit(w, &api_error));
done:
    oir_writable_database_close(w);
    oir_term_generator_free(generator);
    oir_document_free(document);
    return status;
}

/* Nothing was made, or an empty index, or all of it. */
static void created(bool succeeded)
{
    oir_database *d;
    oir_status status = oir_database_open(&d, made, &api_error);
    EXPECT(status == OIR_OK || (status == OIR_NOT_FOUND && !succeeded));
    if (status)
        return;
    EXPECT(api_is_whole(made));
    EXPECT(oir_database_get_doccount(d) == CREATED || (!succeeded && !oir_database_get_doccount(d)));
    if (oir_database_get_doccount(d))
        EXPECT_EQ(api_picture(d, 3), created_picture);
    oir_database_close(d);
}

/* Changes that leave the index as it is: documents replaced by their likes. */
static oir_status change(oir_writable_database *w, oir_document *document, oir_term_generator *generator)
{
    oir_status status;
    bool found;
    STEP(fill(document, generator, 5));
    STEP(oir_writable_database_replace_document_by_term(w, "Q5", 2, document, NULL, &api_error));
    STEP(fill(document, generator, 40));
    STEP(oir_writable_database_replace_document(w, 40, document, &api_error));
    STEP(oir_writable_database_delete_document(w, 17, &api_error));
    STEP(fill(document, generator, 17));
    STEP(oir_writable_database_replace_document(w, 17, document, &api_error));
    STEP(oir_writable_database_delete_document_by_term(w, "Q30", 3, NULL, &api_error));
    STEP(fill(document, generator, 30));
    STEP(oir_writable_database_replace_document(w, 30, document, &api_error));
    STEP(oir_writable_database_has_term(w, "bababa", 6, &found, &api_error));
    STEP(oir_writable_database_set_setting(w, "note", "the note", 8, &api_error));
    STEP(oir_writable_database_set_setting(w, "gone", "a", 1, &api_error));
    STEP(oir_writable_database_set_setting(w, "gone", "", 0, &api_error));
done:
    return status;
}

/* After a failure: rollback always helps, and then the same goes through. */
static void mend(oir_writable_database *w, oir_document *document, oir_term_generator *generator)
{
    long was = pause_failing();
    API_OK(oir_writable_database_rollback(w, &api_error));
    EXPECT_EQ(oir_writable_database_get_doccount(w), DOCUMENTS);
    API_OK(change(w, document, generator));
    API_OK(oir_writable_database_commit(w, &api_error));
    left = was;
}

static oir_status change_and(oir_status (*end)(oir_writable_database *w, oir_error *err))
{
    oir_document *document = NULL;
    oir_term_generator *generator = NULL;
    oir_writable_database *w = NULL;
    oir_writer_options options = quick();
    oir_status status;
    STEP(make_filler(&document, &generator));
    STEP(oir_writable_database_open(&w, folder, &options, &api_error));
    STEP(change(w, document, generator));
    STEP(end(w, &api_error));
done:
    if (w && status) {
        oir_error last = api_error;
        mend(w, document, generator);
        api_error = last;
    }
    oir_writable_database_close(w);
    oir_term_generator_free(generator);
    oir_document_free(document);
    return status;
}

static oir_status replace_and_commit(void)
{
    return change_and(oir_writable_database_commit);
}

static oir_status replace_and_optimise(void)
{
    return change_and(oir_writable_database_optimise);
}

static oir_status replace_and_roll_back(void)
{
    return change_and(oir_writable_database_rollback);
}

/* The last commit is there, whole. */
static void unchanged(bool succeeded)
{
    static unsigned calls;
    oir_database *d = api_open(folder);
    (void)succeeded;
    EXPECT_EQ(oir_database_get_doccount(d), DOCUMENTS);
    if (calls++ % 8 == 0) {
        EXPECT_EQ(api_picture(d, 9), expected_picture);
        EXPECT(api_is_whole(folder));
    }
    oir_database_close(d);
}

static oir_status open_reopen_add(void)
{
    oir_database *d = NULL, *other = NULL;
    oir_status status;
    bool changed;
    STEP(oir_database_open(&d, folder, &api_error));
    STEP(oir_database_open(&other, folder, &api_error));
    STEP(oir_database_add_database(d, other, &api_error));
    status = oir_database_reopen(d, &changed, &api_error);
    EXPECT_EQ(oir_database_get_size(d), 2); /* the old snapshot stays */
    EXPECT_EQ(oir_database_get_doccount(d), 2 * DOCUMENTS);
done:
    oir_database_close(other);
    oir_database_close(d);
    return status;
}

static oir_status parse(void)
{
    oir_query_parser *parser = NULL;
    oir_stopper *stopper = NULL, *own = NULL;
    oir_query *query = NULL;
    char *description = NULL;
    oir_status status;
    STEP(oir_stopper_new_for(&stopper, "english", &api_error));
    STEP(oir_stopper_new(&own, &api_error));
    STEP(oir_stopper_add(own, "word", &api_error));
    EXPECT(oir_stopper_has(own, "word", 4));
    STEP(oir_query_parser_new(&parser, &api_error));
    STEP(oir_query_parser_set_stemmer(parser, "english", &api_error));
    STEP(oir_query_parser_add_prefix(parser, "title", "S", &api_error));
    STEP(oir_query_parser_add_prefix(parser, "title", "XS", &api_error));
    STEP(oir_query_parser_add_boolean_prefix(parser, "id", "Q", &api_error));
    STEP(oir_query_parser_set_default_op(parser, OIR_OP_AND, &api_error));
    oir_query_parser_set_stopper(parser, stopper);
    const char *text = "the title:missions OR (combat-mission NEAR/3 \"of a kind\") -syria +iraq advis* "
                       "id:1 id:2 w?rd *ing title:missoin~ XOR x";
    STEP(oir_query_parser_parse(parser, text, strlen(text),
                                OIR_PARSE_DEFAULT | OIR_PARSE_PARTIAL | OIR_PARSE_WILDCARD_GLOB | OIR_PARSE_FUZZY, "T",
                                &query, &api_error));
    STEP(oir_query_get_description(query, &description, &api_error));
    if (*expected_description)
        EXPECT_STR(description, expected_description);
    else
        snprintf(expected_description, sizeof expected_description, "%s", description);
done:
    oir_memory_free(description);
    oir_query_free(query);
    oir_query_parser_free(parser);
    oir_stopper_free(own);
    oir_stopper_free(stopper);
    return status;
}

/* Every way to build; a failed one has freed its parts. */
static oir_status build(void)
{
    static const oir_query_op ops[] = {OIR_OP_AND,    OIR_OP_OR,     OIR_OP_AND_NOT, OIR_OP_XOR,    OIR_OP_AND_MAYBE,
                                       OIR_OP_FILTER, OIR_OP_PHRASE, OIR_OP_NEAR,    OIR_OP_SYNONYM};
    oir_query *root = NULL, *scaled = NULL;
    char *description = NULL;
    oir_status status;
    STEP(oir_query_new_all(&root, &api_error));
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        oir_query *parts[3] = {NULL}, *made_of = NULL, *both[2];
        oir_query_new_term(&parts[0], "combat", 6, NULL);
        oir_query_new_term_at(&parts[1], "mission", 7, 2, 3, NULL);
        oir_query_new_term(&parts[2], "iraq", 4, NULL);
        status = oir_query_new_operator(&made_of, ops[i], parts, 3, 0, &api_error);
        if (status == OIR_INVALID_ARGUMENT) /* a part is NULL for want of memory */
            status = injected ? OIR_NO_MEMORY : status;
        EXPECT(!status == !!made_of);
        if (status)
            goto done;
        both[0] = root;
        both[1] = made_of;
        root = NULL;
        STEP(oir_query_new_operator(&root, OIR_OP_OR, both, 2, 0, &api_error));
    }
    oir_query *part = root;
    root = NULL;
    STEP(oir_query_new_scale(&scaled, part, 2.5, &api_error));
    STEP(oir_query_new_none(&root, &api_error));
    oir_query_free(root);
    root = NULL;
    STEP(oir_query_new_prefix(&root, "com", 3, 10, &api_error));
    oir_query_free(root);
    root = NULL;
    STEP(oir_query_new_wildcard(&root, "c*m", 3, 10, &api_error));
    oir_query_free(root);
    root = NULL;
    STEP(oir_query_new_fuzzy(&root, "com", 3, 2, 1, 10, &api_error));
    STEP(oir_query_get_description(scaled, &description, &api_error));
done:
    oir_memory_free(description);
    oir_query_free(root);
    oir_query_free(scaled);
    return status;
}

static oir_status search(void)
{
    oir_database *d = NULL;
    oir_query *query = NULL;
    oir_enquire *e = NULL;
    oir_weight *weight = NULL, *boolean = NULL;
    oir_mset *mset = NULL;
    oir_document *document = NULL;
    oir_bytes data;
    oir_doccount count;
    oir_status status;
    long was = pause_failing();
    API_OK(oir_database_open(&d, folder, &api_error));
    query = api_query(question);
    left = was;
    STEP(oir_weight_new_bm25(&weight, NULL, &api_error));
    STEP(oir_weight_new_bool(&boolean, &api_error));
    STEP(oir_enquire_new(&e, d, &api_error));
    oir_enquire_set_query(e, query);
    oir_enquire_set_weight(e, weight);
    STEP(oir_enquire_get_count(e, &count, &api_error));
    EXPECT_EQ(count, expected_answer.lower);
    STEP(oir_enquire_get_mset(e, 0, 10, UINT32_MAX, &mset, &api_error));
    EXPECT_EQ(oir_mset_get_matches_lower_bound(mset), expected_answer.lower);
    EXPECT_EQ(oir_mset_get_size(mset), expected_answer.size);
    for (oir_doccount i = 0; i < oir_mset_get_size(mset); i++)
        answer.hits[i] = (api_hit){oir_mset_get_docid(mset, i), oir_mset_get_weight(mset, i)};
    EXPECT(api_same(answer.hits, expected_answer.hits, expected_answer.size));
    if (oir_mset_get_size(mset)) {
        STEP(oir_mset_get_document(mset, 0, &document, &api_error));
        STEP(oir_document_get_data(document, &data, &api_error));
        EXPECT(data.size > 0);
    }
done:
    oir_document_free(document);
    oir_mset_free(mset);
    oir_enquire_free(e);
    oir_weight_free(weight);
    oir_weight_free(boolean);
    oir_query_free(query);
    oir_database_close(d);
    return status;
}

static oir_status cut(void)
{
    oir_database *d = NULL;
    oir_query *query = NULL;
    oir_snippeter *s = NULL;
    oir_snippet_options options = OIR_SNIPPET_OPTIONS_INIT;
    oir_bytes out;
    char text[API_TEXT];
    oir_status status;
    size_t size = api_text(7, text);
    long was = pause_failing();
    API_OK(oir_database_open(&d, folder, &api_error));
    query = api_query("\"bababa kebaba\" lo* kebaba NEAR/5 bababa title:mibaba");
    left = was;
    options.passages = 3;
    STEP(oir_snippeter_new(&s, query, d, "english", &options, &api_error));
    STEP(oir_snippeter_get(s, text, size, &out, &api_error));
    STEP(oir_snippeter_get(s, text, size / 2, &out, &api_error));
    STEP(oir_snippeter_get(s, text, size, &out, &api_error));
    EXPECT_EQ(out.data[out.size], 0);
    if (*expected_snippet)
        EXPECT_STR(out.data, expected_snippet);
    else
        snprintf(expected_snippet, sizeof expected_snippet, "%s", out.data);
done:
    oir_snippeter_free(s);
    oir_query_free(query);
    oir_database_close(d);
    return status;
}

/* Reads all of one document, and makes another of it. */
static oir_status document(void)
{
    oir_database *d = NULL;
    oir_document *from = NULL;
    oir_term_iterator *terms = NULL;
    oir_bytes bytes;
    oir_termcount count, seen = 0;
    oir_status status;
    bool found = true;
    long was = pause_failing();
    API_OK(oir_database_open(&d, folder, &api_error));
    left = was;
    STEP(oir_database_get_document(d, 9, &from, &api_error));
    STEP(oir_document_get_data(from, &bytes, &api_error));
    EXPECT(bytes.size > 20);
    STEP(oir_document_get_value(from, 0, &bytes, &api_error));
    EXPECT(bytes.size == 1 && *bytes.data == '9');
    STEP(oir_document_get_term_count(from, &count, &api_error));
    STEP(oir_document_get_terms(from, &terms, &api_error));
    while (found) {
        STEP(oir_term_iterator_next(terms, &found, &api_error));
        seen += found;
    }
    EXPECT_EQ(seen, count);
    oir_term_iterator_free(terms);
    terms = NULL;
    STEP(oir_document_add_posting(from, "new", 3, 7, 1, &api_error));
    STEP(oir_document_remove_term(from, "Q9", 2, &api_error));
    STEP(oir_document_set_value(from, 0, "", 0, &api_error));
    STEP(oir_document_set_data(from, "x", 1, &api_error));
    STEP(oir_document_get_terms(from, &terms, &api_error));
    STEP(oir_term_iterator_seek(terms, "new", 3, &found, &api_error));
    EXPECT(found && oir_term_iterator_get_term(terms).size == 3);
    STEP(oir_document_get_term_count(from, &seen, &api_error));
    EXPECT_EQ(seen, count);
done:
    oir_term_iterator_free(terms);
    oir_document_free(from);
    oir_database_close(d);
    return status;
}

static oir_status iterate(void)
{
    oir_database *d = NULL;
    oir_term_iterator *terms = NULL;
    oir_posting_iterator *postings = NULL;
    oir_position_iterator *positions = NULL;
    oir_totallength frequency;
    oir_doccount n;
    oir_termcount most;
    oir_status status;
    bool found = true;
    long was = pause_failing();
    API_OK(oir_database_open(&d, folder, &api_error));
    left = was;
    STEP(oir_database_get_termfreq(d, "bababa", 6, &n, &api_error));
    STEP(oir_database_get_collection_freq(d, "bababa", 6, &frequency, &api_error));
    STEP(oir_database_get_wdf_upper_bound(d, "bababa", 6, &most, &api_error));
    STEP(oir_database_get_terms(d, "", &terms, &api_error));
    while (found)
        STEP(oir_term_iterator_next(terms, &found, &api_error));
    STEP(oir_database_get_postings(d, "bababa", 6, &postings, &api_error));
    oir_doccount seen = 0;
    for (found = true; found; seen += found)
        STEP(oir_posting_iterator_next(postings, &found, &api_error));
    EXPECT_EQ(seen, n);
    oir_posting_iterator_free(postings);
    postings = NULL;
    STEP(oir_database_get_postings(d, "", 0, &postings, &api_error));
    STEP(oir_posting_iterator_seek(postings, 20, &found, &api_error));
    EXPECT(found && oir_posting_iterator_get_docid(postings) == 20);
    STEP(oir_database_get_positions(d, 9, "bababa", 6, &positions, &api_error));
    STEP(oir_position_iterator_seek(positions, 1, &found, &api_error));
done:
    oir_position_iterator_free(positions);
    oir_posting_iterator_free(postings);
    oir_term_iterator_free(terms);
    oir_database_close(d);
    return status;
}

static oir_status check(void)
{
    uint64_t findings = 0;
    oir_status status = oir_index_check(folder, NULL, NULL, &findings, &api_error);
    if (status == OIR_OK)
        EXPECT_EQ(findings, 0);
    return status;
}

/* A word that comes back unstemmed for want of memory is allowed; a crash is not. */
static oir_status stem(void)
{
    oir_stemmer *s = NULL;
    oir_status status;
    STEP(oir_stemmer_new(&s, "german", &api_error));
    EXPECT(oir_stemmer_stem(s, "missionen", 9).size >= 7);
    EXPECT_STR(oir_stemmer_language(s), "german");
    EXPECT(!oir_stemmer_is_none(s));
done:
    oir_stemmer_free(s);
    return status;
}

/* ---- ---- */

typedef oir_status (*scenario)(void);

static oir_status run_with(scenario run, long allowed)
{
    size_t files = open_files();
    memset(&api_error, 0, sizeof api_error);
    injected = false;
    left = allowed;
    oir_status status = run();
    left = -1;
    EXPECT_EQ(alive, 0);
    EXPECT_EQ(open_files(), files);
    return status;
}

/* Fails each allocation up to the 150th, then ever fewer of them, until there are no more. */
static void fail_each(scenario run, void (*after)(bool succeeded))
{
    for (int mode = 0; mode < 2; mode++) {
        for (long n = 0;; n += 1 + (n > 150 ? (long)harness_below((uint32_t)n / 12) : 0)) {
            once = mode;
            oir_status status = run_with(run, n);
            if (status && (status != OIR_NO_MEMORY || !api_is_message(api_error.message))) {
                fprintf(stderr, "allocation %ld%s: %s: %s\n", n, once ? " only" : "", oir_status_name(status),
                        api_error.message);
                harness_fail(__FILE__, __LINE__, "neither OIR_NO_MEMORY nor success");
            }
            EXPECT(status == OIR_OK || injected);
            if (after)
                after(status == OIR_OK);
            EXPECT_EQ(alive, 0);
            if (!injected)
                break;
        }
    }
}

static void try_each(scenario run, void (*after)(bool succeeded))
{
    long before = allocations;
    EXPECT_EQ(run_with(run, -1), OIR_OK);
    EXPECT(allocations > before);
    fail_each(run, after);
}

static void creating(void)
{
    api_folder(made);
    REQUIRE(run_with(create, -1) == OIR_OK);
    oir_database *d = api_open(made);
    created_picture = api_picture(d, 3);
    oir_database_close(d);
    fail_each(create, created);
    api_remove(made);
}

static void committing(void)
{
    try_each(replace_and_commit, unchanged);
}

static void optimising(void)
{
    try_each(replace_and_optimise, unchanged);
}

static void rolling_back(void)
{
    try_each(replace_and_roll_back, unchanged);
}

static void opening(void)
{
    try_each(open_reopen_add, NULL);
}

static void parsing(void)
{
    try_each(parse, NULL);
}

static void building_queries(void)
{
    try_each(build, NULL);
}

static void searching(void)
{
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        question = api_questions[i];
        oir_database *d = api_open(folder);
        api_ask(d, question, 10, &expected_answer);
        oir_database_close(d);
        try_each(search, NULL);
    }
}

static void cutting_snippets(void)
{
    try_each(cut, NULL);
    EXPECT(strstr(expected_snippet, "<b>"));
}

static void reading_documents(void)
{
    try_each(document, NULL);
}

static void iterating(void)
{
    try_each(iterate, NULL);
}

static void checking(void)
{
    try_each(check, NULL);
}

static void stemming(void)
{
    try_each(stem, NULL);
}

int main(void)
{
    harness_seed(20);
    oir_allocator_set(&hooks);
    api_folder(folder);
    api_index(folder, 1, 1, DOCUMENTS, 20);
    oir_writable_database *w = api_open_writer(folder);
    API_OK(oir_writable_database_set_setting(w, "note", "the note", 8, &api_error));
    API_OK(oir_writable_database_commit(w, &api_error));
    oir_writable_database_close(w);
    oir_database *d = api_open(folder);
    expected_picture = api_picture(d, 9);
    oir_database_close(d);
    TEST(opening);
    TEST(creating);
    TEST(committing);
    TEST(optimising);
    TEST(rolling_back);
    TEST(parsing);
    TEST(building_queries);
    TEST(searching);
    TEST(cutting_snippets);
    TEST(reading_documents);
    TEST(iterating);
    TEST(checking);
    TEST(stemming);
    api_remove(folder);
    EXPECT_EQ(alive, 0);
    oir_allocator_set(NULL);
    long before = allocations;
    oir_document *plain;
    API_OK(oir_document_new(&plain, &api_error));
    oir_document_free(plain);
    EXPECT_EQ(allocations, before); /* back to malloc */
    return harness_end();
}
