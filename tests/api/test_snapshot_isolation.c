/* A database goes on seeing the commit that it was opened on, whatever writers do to the folder. */
#include "api_world.h"

enum { DOCUMENTS = 400, EVERY = 7 };

static char folder[API_PATH];

static void begin(void)
{
    api_folder(folder);
    api_index(folder, 1, 1, DOCUMENTS, 60);
}

static bool reopen(oir_database *d)
{
    bool changed;
    API_OK(oir_database_reopen(d, &changed, &api_error));
    return changed;
}

/* A document got before the change is read after it. */
static void documents_outlive_their_files(void)
{
    begin();
    oir_database *d = api_open(folder);
    oir_document *document;
    oir_bytes data;
    oir_term_iterator *terms;
    oir_posting_iterator *postings;
    bool found;
    char expected[API_TEXT];
    uint32_t seen = 0;
    API_OK(oir_database_get_document(d, 33, &document, &api_error));
    API_OK(oir_database_get_terms(d, "", &terms, &api_error));
    API_OK(oir_database_get_postings(d, "", 0, &postings, &api_error));
    API_OK(oir_term_iterator_next(terms, &found, &api_error));
    API_OK(oir_posting_iterator_next(postings, &found, &api_error));
    oir_writable_database *w = api_open_writer(folder);
    for (oir_docid docid = 1; docid <= DOCUMENTS; docid++)
        API_OK(oir_writable_database_delete_document(w, docid, &api_error));
    API_OK(oir_writable_database_optimise(w, &api_error));
    oir_writable_database_close(w);
    API_OK(oir_document_get_data(document, &data, &api_error));
    EXPECT_EQ(data.size, api_text(33, expected));
    EXPECT(memcmp(data.data, expected, data.size) == 0);
    for (found = true; found; seen++)
        API_OK(oir_posting_iterator_next(postings, &found, &api_error));
    EXPECT_EQ(seen, DOCUMENTS);
    for (seen = 0, found = true; found; seen++)
        API_OK(oir_term_iterator_next(terms, &found, &api_error));
    EXPECT(seen > DOCUMENTS);
    oir_posting_iterator_free(postings);
    oir_term_iterator_free(terms);
    oir_document_free(document);
    EXPECT(reopen(d));
    EXPECT_EQ(oir_database_get_doccount(d), 0);
    EXPECT_EQ(oir_database_get_lastdocid(d), DOCUMENTS);
    oir_database_close(d);
    api_remove(folder);
}

static void each_step_leaves_the_picture(void)
{
    begin();
    api_maker m;
    oir_database *d = api_open(folder);
    uint64_t before = api_picture(d, EVERY), revision = oir_database_get_revision(d);
    oir_writable_database *w = api_open_writer(folder);
    api_maker_init(&m);

    for (uint32_t i = 0; i < 50; i++)
        api_add(w, &m, 1000 + i);
    EXPECT_EQ(api_picture(d, EVERY), before); /* nothing is committed */
    EXPECT(!reopen(d));
    EXPECT_EQ(api_picture(d, EVERY), before);

    for (oir_docid docid = 1; docid <= 100; docid += 2)
        API_OK(oir_writable_database_delete_document(w, docid, &api_error));
    api_fill(m.document, m.generator, 2000);
    API_OK(oir_writable_database_replace_document(w, 200, m.document, &api_error));
    API_OK(oir_writable_database_set_setting(w, "note", "new", 3, &api_error));
    API_OK(oir_writable_database_commit(w, &api_error));
    EXPECT_EQ(oir_database_get_setting(d, "note").size, 0);
    EXPECT_EQ(api_picture(d, EVERY), before);

    API_OK(oir_writable_database_optimise(w, &api_error));
    EXPECT_EQ(api_count_files(folder, "segment-"), 1);
    EXPECT_EQ(api_picture(d, EVERY), before); /* its files have no names any more */
    EXPECT_EQ(oir_database_get_revision(d), revision);

    EXPECT(reopen(d));
    EXPECT(oir_database_get_revision(d) > revision);
    EXPECT_EQ(oir_database_get_doccount(d), DOCUMENTS); /* 50 more, 50 fewer */
    EXPECT_EQ(oir_database_get_setting(d, "note").size, 3);
    uint64_t after = api_picture(d, EVERY);
    EXPECT(after != before);
    EXPECT(!reopen(d));
    oir_database *fresh = api_open(folder);
    EXPECT_EQ(api_picture(fresh, EVERY), after);
    oir_database_close(fresh);

    oir_writable_database_close(w);
    api_each_file(folder, "", api_unlink);
    EXPECT_EQ(api_picture(d, EVERY), after); /* the whole index is deleted */
    API_FAILS(oir_database_reopen(d, NULL, &api_error), OIR_NOT_FOUND);
    EXPECT_EQ(api_picture(d, EVERY), after); /* a failure leaves the old snapshot */
    api_maker_release(&m);
    oir_database_close(d);
    api_remove(folder);
}

/* As many databases as commits, all alive together, each at its own. */
static void many_commits_at_once(void)
{
    enum { COMMITS = 12 };
    oir_database *d[COMMITS];
    uint64_t pictures[COMMITS];
    uint32_t commits = harness_is_slow() ? COMMITS / 2 : COMMITS;
    api_maker m;
    api_folder(folder);
    oir_writable_database *w = api_open_writer(folder);
    api_maker_init(&m);
    for (uint32_t i = 0; i < commits; i++) {
        for (uint32_t n = 0; n < 30; n++)
            api_add(w, &m, i * 30 + n);
        if (i % 3 == 2)
            API_OK(oir_writable_database_delete_document(w, i, &api_error));
        API_OK(i % 4 == 3 ? oir_writable_database_optimise(w, &api_error)
                          : oir_writable_database_commit(w, &api_error));
        d[i] = api_open(folder);
        pictures[i] = api_picture(d[i], EVERY);
        EXPECT(i == 0 || oir_database_get_revision(d[i]) > oir_database_get_revision(d[i - 1]));
        EXPECT_STR(oir_database_get_uuid(d[i]), oir_database_get_uuid(d[0]));
        EXPECT_EQ(strlen(oir_database_get_uuid(d[i])), 36);
    }
    for (uint32_t i = commits; i-- > 0;)
        EXPECT_EQ(api_picture(d[i], EVERY), pictures[i]);
    for (uint32_t i = 0; i < commits; i++) {
        EXPECT(reopen(d[i]) == (i < commits - 1));
        EXPECT_EQ(api_picture(d[i], EVERY), pictures[commits - 1]);
    }
    for (uint32_t i = 0; i < commits; i++)
        oir_database_close(d[i]);
    oir_writable_database_close(w);
    api_maker_release(&m);
    api_remove(folder);
}

/* Emptied by a writer that makes it anew, the old contents stay readable. */
static void overwriting_disturbs_nobody(void)
{
    begin();
    oir_database *d = api_open(folder);
    uint64_t before = api_picture(d, EVERY);
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    oir_writable_database *w;
    options.mode = OIR_CREATE_OR_OVERWRITE;
    API_OK(oir_writable_database_open(&w, folder, &options, &api_error));
    EXPECT(!reopen(d)); /* emptied in the first commit, not before */
    API_OK(oir_writable_database_commit(w, &api_error));
    oir_writable_database_close(w);
    EXPECT_EQ(api_picture(d, EVERY), before);
    EXPECT(reopen(d));
    EXPECT_EQ(oir_database_get_doccount(d), 0);
    EXPECT_EQ(oir_database_get_lastdocid(d), 0);
    oir_database_close(d);
    api_remove(folder);
}

int main(void)
{
    TEST(documents_outlive_their_files);
    TEST(each_step_leaves_the_picture);
    TEST(many_commits_at_once);
    TEST(overwriting_disturbs_nobody);
    return harness_end();
}
