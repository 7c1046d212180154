/* Several indexes added together answer exactly as one index of the same documents; and pages, counts, ties and bounds
 * are what mset.h and enquire.h say, on one index and on several. */
#include "api_world.h"

enum { DOCUMENTS = 900, COLLECTIONS_MAX = 5 };

static api_answer whole, got, again;

/* n indexes so filled that the numbering rule gives each document the number that it has in the one index: document d
 * of the i-th is (d - 1) * n + i + 1 there. */
typedef struct world {
    char one[API_PATH], many[COLLECTIONS_MAX][API_PATH];
    oir_database *single, *together;
    uint32_t n;
} world;

static void begin(world *w, uint32_t n)
{
    w->n = n;
    api_folder(w->one);
    api_index(w->one, 1, 1, DOCUMENTS, 250);
    w->single = api_open(w->one);
    for (uint32_t i = 0; i < n; i++) {
        api_folder(w->many[i]);
        api_index(w->many[i], 1 + i, n, DOCUMENTS / n + (i < DOCUMENTS % n), 100 + 70 * i);
    }
    w->together = api_open(w->many[0]);
    for (uint32_t i = 1; i < n; i++) {
        oir_database *d = api_open(w->many[i]);
        API_OK(oir_database_add_database(w->together, d, &api_error));
        oir_database_close(d);
    }
}

static void end(world *w)
{
    oir_database_close(w->single);
    oir_database_close(w->together);
    api_remove(w->one);
    for (uint32_t i = 0; i < w->n; i++)
        api_remove(w->many[i]);
}

static void expect_same_statistics(const world *w)
{
    const oir_database *a = w->single, *b = w->together;
    EXPECT_EQ(oir_database_get_size(a), 1);
    EXPECT_EQ(oir_database_get_size(b), w->n);
    EXPECT_EQ(oir_database_get_doccount(b), oir_database_get_doccount(a));
    EXPECT_EQ(oir_database_get_total_length(b), oir_database_get_total_length(a));
    EXPECT(oir_database_get_average_length(b) == oir_database_get_average_length(a));
    EXPECT_EQ(oir_database_get_lastdocid(b), oir_database_get_lastdocid(a));
    EXPECT(oir_database_has_positions(b));
    for (uint32_t i = 0; i < 60; i++) {
        char word[7];
        oir_doccount n, m;
        oir_totallength f, g;
        oir_termcount most;
        api_word(i, word);
        API_OK(oir_database_get_termfreq(a, word, 6, &n, &api_error));
        API_OK(oir_database_get_termfreq(b, word, 6, &m, &api_error));
        API_OK(oir_database_get_collection_freq(a, word, 6, &f, &api_error));
        API_OK(oir_database_get_collection_freq(b, word, 6, &g, &api_error));
        API_OK(oir_database_get_wdf_upper_bound(b, word, 6, &most, &api_error));
        EXPECT(n == m && f == g && most >= (f + n - 1) / (n ? n : 1));
    }
}

static void expect_same_answers(const world *w)
{
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        api_ask(w->single, api_questions[i], API_HITS, &whole);
        api_ask(w->together, api_questions[i], API_HITS, &got);
        EXPECT(api_equal(&whole, &got));
        EXPECT(whole.max_possible == got.max_possible);
        EXPECT_EQ(whole.size, whole.lower);
    }
}

static void together_as_one(void)
{
    world w;
    for (uint32_t n = 2; n <= COLLECTIONS_MAX; n += harness_is_slow() ? 3 : 1) {
        begin(&w, n);
        expect_same_statistics(&w);
        expect_same_answers(&w);
        EXPECT_EQ(api_picture(w.together, 40), api_picture(w.single, 40));
        end(&w);
    }
}

/* A change to one of them is seen after reopening the whole. */
static void reopen_together(void)
{
    world w;
    bool changed;
    begin(&w, 3);
    API_OK(oir_database_reopen(w.together, &changed, &api_error));
    EXPECT(!changed);
    oir_writable_database *one = api_open_writer(w.one), *part = api_open_writer(w.many[1]);
    for (oir_docid d = 5; d <= DOCUMENTS; d += 15) {
        API_OK(oir_writable_database_delete_document(one, d, &api_error));
        if ((d - 1) % 3 == 1)
            API_OK(oir_writable_database_delete_document(part, (d - 1) / 3 + 1, &api_error));
    }
    API_OK(oir_writable_database_commit(one, &api_error));
    API_OK(oir_writable_database_commit(part, &api_error));
    oir_writable_database_close(one);
    oir_writable_database_close(part);
    expect_same_answers(&w); /* both old */
    API_OK(oir_database_reopen(w.single, &changed, &api_error));
    EXPECT(changed);
    API_OK(oir_database_reopen(w.together, &changed, &api_error));
    EXPECT(changed);
    expect_same_answers(&w); /* both new: 5, 20, 35, ... are all the second part's */
    end(&w);
}

/* An index added twice, and one that is itself several. */
static void added_to_itself(void)
{
    world w;
    begin(&w, 2);
    API_OK(oir_database_add_database(w.single, w.single, &api_error));
    EXPECT_EQ(oir_database_get_size(w.single), 2);
    EXPECT_EQ(oir_database_get_doccount(w.single), 2 * DOCUMENTS);
    api_ask(w.single, "id:17", API_HITS, &got);
    EXPECT_EQ(got.size, 2);
    EXPECT(got.hits[0].docid == 33 && got.hits[1].docid == 34); /* (17 - 1) * 2 + 0 + 1, and + 1 + 1 */
    API_OK(oir_database_add_database(w.single, w.together, &api_error));
    EXPECT_EQ(oir_database_get_size(w.single), 4);
    EXPECT_EQ(oir_database_get_doccount(w.single), 3 * DOCUMENTS);
    api_ask(w.single, "id:17", API_HITS, &got);
    EXPECT_EQ(got.size, 3);
    EXPECT(got.hits[0].docid == 35); /* 17 is document 9 of the first part, the third of four */
    EXPECT(got.hits[1].docid == 65 && got.hits[2].docid == 66);
    for (oir_doccount i = 0; i < got.size; i++) {
        oir_document *document;
        oir_bytes value;
        API_OK(oir_database_get_document(w.single, got.hits[i].docid, &document, &api_error));
        EXPECT_EQ(oir_document_get_docid(document), got.hits[i].docid);
        API_OK(oir_document_get_value(document, 0, &value, &api_error));
        EXPECT(value.size == 2 && memcmp(value.data, "17", 2) == 0);
        oir_document_free(document);
    }
    end(&w);
}

/* ---- pages ---- */

static void expect_page(oir_enquire *e, oir_query *query, oir_doccount first, oir_doccount max_items)
{
    oir_doccount end = whole.size, from = first < end ? first : end;
    oir_doccount size = end - from < max_items ? end - from : max_items;
    oir_mset *mset;
    oir_enquire_set_query(e, query);
    API_OK(oir_enquire_get_mset(e, first, max_items, 0, &mset, &api_error));
    EXPECT_EQ(oir_mset_get_size(mset), size);
    EXPECT_EQ(oir_mset_get_firstitem(mset), first);
    EXPECT(oir_mset_get_matches_lower_bound(mset) <= whole.size);
    EXPECT(oir_mset_get_matches_upper_bound(mset) >= whole.size);
    EXPECT(oir_mset_get_matches_lower_bound(mset) >= (size ? from + size : 0));
    EXPECT(oir_mset_get_max_possible(mset) == whole.max_possible);
    for (oir_doccount i = 0; i < size && i < oir_mset_get_size(mset); i++) {
        double weight = oir_mset_get_weight(mset, i);
        EXPECT_EQ(oir_mset_get_docid(mset, i), whole.hits[from + i].docid);
        EXPECT(memcmp(&weight, &whole.hits[from + i].weight, sizeof weight) == 0);
    }
    oir_mset_free(mset);
}

static void expect_pages(const oir_database *d, const char *text)
{
    static const oir_doccount firsts[] = {0, 1, 9, 10, 64, 100, DOCUMENTS - 1, DOCUMENTS, UINT32_MAX};
    static const oir_doccount sizes[] = {0, 1, 2, 10, 100, DOCUMENTS, UINT32_MAX};
    oir_query *query = api_query(text);
    oir_enquire *e;
    API_OK(oir_enquire_new(&e, d, &api_error));
    api_get(e, query, 0, UINT32_MAX, UINT32_MAX, &whole);
    EXPECT_EQ(whole.lower, whole.upper);
    EXPECT_EQ(whole.size, whole.lower);
    for (oir_doccount i = 0; i < whole.size; i++) {
        EXPECT(whole.hits[i].weight <= whole.max_possible);
        if (i && whole.hits[i - 1].weight == whole.hits[i].weight)
            EXPECT(whole.hits[i - 1].docid < whole.hits[i].docid);
        else if (i)
            EXPECT(whole.hits[i - 1].weight > whole.hits[i].weight);
    }
    for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
            expect_page(e, query, firsts[f], sizes[s]);
    for (oir_doccount first = 0; first < whole.size; first += 37)
        expect_page(e, query, first, 37);
    oir_enquire_free(e);
    oir_query_free(query);
}

static void pages(void)
{
    world w;
    begin(&w, 3);
    for (size_t i = 0; i < API_QUESTIONS; i += harness_is_slow() ? 3 : 1) {
        expect_pages(w.single, api_questions[i]);
        expect_pages(w.together, api_questions[i]);
    }
    end(&w);
}

/* ---- counts ---- */

static void expect_counts(const oir_database *d, const char *text)
{
    oir_query *query = api_query(text);
    oir_enquire *e;
    oir_doccount count;
    API_OK(oir_enquire_new(&e, d, &api_error));
    oir_enquire_set_query(e, query);
    API_OK(oir_enquire_get_count(e, &count, &api_error));
    static const oir_doccount least[] = {0, 1, 10, 100, 300, DOCUMENTS, UINT32_MAX};
    static const oir_doccount sizes[] = {0, 1, 10, 100};
    for (size_t i = 0; i < sizeof least / sizeof *least; i++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            api_get(e, query, 0, sizes[s], least[i], &got);
            EXPECT(got.lower <= count && count <= got.upper);
            /* Up to so many are counted exactly: fewer matches than that are all known. */
            EXPECT(got.lower >= (count < least[i] ? count : least[i]));
            if (count < least[i])
                EXPECT_EQ(got.upper, count);
            EXPECT_EQ(got.size, count < sizes[s] ? count : sizes[s]);
        }
    oir_enquire_free(e);
    oir_query_free(query);
}

static void counts(void)
{
    world w;
    begin(&w, 2);
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        expect_counts(w.single, api_questions[i]);
        expect_counts(w.together, api_questions[i]);
    }
    end(&w);
}

/* ---- ties ---- */

/* Documents that are all the same weigh the same, and come by docid, over windows, segments and indexes. */
static void ties_by_docid(void)
{
    enum { SAME = 600, INDEXES = 3 };
    char folders[INDEXES][API_PATH];
    oir_database *d = NULL;
    oir_document *document;
    API_OK(oir_document_new(&document, &api_error));
    API_OK(oir_document_add_posting(document, "same", 4, 1, 1, &api_error));
    API_OK(oir_document_add_posting(document, "again", 5, 2, 1, &api_error));
    API_OK(oir_document_add_term(document, "Zsame", 5, 1, &api_error));
    API_OK(oir_document_add_term(document, "Zagain", 6, 1, &api_error));
    for (uint32_t i = 0; i < INDEXES; i++) {
        api_folder(folders[i]);
        oir_writable_database *w = api_open_writer(folders[i]);
        for (uint32_t n = 0; n < SAME; n++) {
            API_OK(oir_writable_database_add_document(w, document, NULL, &api_error));
            if (n % 97 == 0)
                API_OK(oir_writable_database_commit(w, &api_error));
        }
        API_OK(oir_writable_database_commit(w, &api_error));
        oir_writable_database_close(w);
        oir_database *other = api_open(folders[i]);
        if (d) {
            API_OK(oir_database_add_database(d, other, &api_error));
            oir_database_close(other);
        } else {
            d = other;
        }
    }
    oir_document_free(document);
    static const char *const texts[] = {"same", "same again", "\"same again\"", "same AND again", "sam*"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        api_ask(d, texts[i], API_HITS, &whole);
        EXPECT_EQ(whole.size, SAME * INDEXES);
        for (oir_doccount h = 0; h < whole.size; h++)
            EXPECT_EQ(whole.hits[h].docid, h + 1);
        expect_pages(d, texts[i]);
    }
    oir_weight *boolean;
    oir_enquire *e;
    oir_query *query = api_query("same again");
    API_OK(oir_weight_new_bool(&boolean, &api_error));
    API_OK(oir_enquire_new(&e, d, &api_error));
    oir_enquire_set_weight(e, boolean);
    oir_weight_free(boolean);
    api_get(e, query, 100, 50, 0, &again);
    EXPECT_EQ(again.size, 50);
    EXPECT(again.max_possible == 0);
    for (oir_doccount h = 0; h < again.size; h++)
        EXPECT(again.hits[h].docid == 101 + h && again.hits[h].weight == 0);
    oir_query_free(query);
    oir_enquire_free(e);
    oir_database_close(d);
    for (uint32_t i = 0; i < INDEXES; i++)
        api_remove(folders[i]);
}

/* ---- numbers that do not fit ---- */

static void too_big_together(void)
{
    char folder[API_PATH], small[API_PATH];
    api_maker m;
    api_folder(folder);
    api_folder(small);
    api_index(small, 1, 1, 3, 10);
    api_maker_init(&m);
    oir_writable_database *w = api_open_writer(folder);
    api_fill(m.document, m.generator, 1);
    API_OK(oir_writable_database_replace_document(w, UINT32_C(1) << 31, m.document, &api_error));
    API_OK(oir_writable_database_commit(w, &api_error));
    oir_database *d = api_open(small), *large = api_open(folder);
    EXPECT_EQ(oir_database_get_lastdocid(large), UINT32_C(1) << 31);
    API_FAILS(oir_database_add_database(d, large, &api_error), OIR_TOO_BIG);
    EXPECT(api_says("2147483648"));
    EXPECT_EQ(oir_database_get_size(d), 1);
    EXPECT_EQ(oir_database_get_doccount(d), 3);
    API_FAILS(oir_database_add_database(large, d, &api_error), OIR_TOO_BIG);
    oir_database_close(d);
    oir_database_close(large);

    /* Numbers that grow out of the 32 bits after they were joined. */
    d = api_open(small);
    oir_database *other = api_open(small);
    API_OK(oir_database_add_database(d, other, &api_error));
    oir_database_close(other);
    oir_writable_database *s = api_open_writer(small);
    API_OK(oir_writable_database_replace_document(s, UINT32_C(1) << 31, m.document, &api_error));
    API_OK(oir_writable_database_commit(s, &api_error));
    oir_writable_database_close(s);
    API_FAILS(oir_database_reopen(d, NULL, &api_error), OIR_TOO_BIG);
    EXPECT_EQ(oir_database_get_lastdocid(d), 6);
    oir_database_close(d);
    oir_writable_database_close(w);
    api_maker_release(&m);
    api_remove(folder);
    api_remove(small);
}

int main(void)
{
    TEST(together_as_one);
    TEST(reopen_together);
    TEST(added_to_itself);
    TEST(pages);
    TEST(counts);
    TEST(ties_by_docid);
    TEST(too_big_together);
    return harness_end();
}
