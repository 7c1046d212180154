/* NEAR against trying every choice of positions; and words that come again and again. */
#include <oir/oir.h>

#include "harness.h"
#include "helper/scratch.h"

enum { TERMS = 3, DOCUMENTS = 300, POSITIONS = 12, PARTS_MAX = 5 };

static oir_error err;
static const char *const names[TERMS] = {"a", "b", "c"};
/* places[d][t] has a bit for each position of term t in document d; different terms may stand at one position. */
static uint32_t places[DOCUMENTS][TERMS];

static void add_document(oir_writable_database *writer, uint32_t d)
{
    oir_document *document;
    REQUIRE_OK(oir_document_new(&document, &err), err);
    for (int t = 0; t < TERMS; t++)
        for (uint32_t p = 0; p < POSITIONS; p++)
            if (places[d][t] >> p & 1)
                REQUIRE_OK(oir_document_add_posting(document, names[t], 1, p + 1, 1, &err), err);
    REQUIRE_OK(oir_writable_database_add_document(writer, document, NULL, &err), err);
    oir_document_free(document);
}

static oir_database *make_index(const char *folder)
{
    oir_writable_database *writer;
    oir_database *database;
    REQUIRE_OK(oir_writable_database_open(&writer, folder, NULL, &err), err);
    for (uint32_t d = 0; d < DOCUMENTS; d++) {
        for (int t = 0; t < TERMS; t++)
            for (uint32_t p = 0; p < POSITIONS; p++)
                places[d][t] |= (uint32_t)(harness_below(5) == 0) << p;
        add_document(writer, d);
    }
    REQUIRE_OK(oir_writable_database_commit(writer, &err), err);
    oir_writable_database_close(writer);
    REQUIRE_OK(oir_database_open(&database, folder, &err), err);
    return database;
}

/* Whether parts [part, count) find positions in [start, start + window) that are not in `taken`. */
static bool fits(uint32_t d, const uint32_t *terms, uint32_t part, uint32_t count, uint32_t in_window, uint32_t taken)
{
    if (part == count)
        return true;
    uint32_t free_places = places[d][terms[part]] & in_window & ~taken;
    for (; free_places; free_places &= free_places - 1)
        if (fits(d, terms, part + 1, count, in_window, taken | (free_places & (0 - free_places))))
            return true;
    return false;
}

static bool is_near(uint32_t d, const uint32_t *terms, uint32_t count, uint32_t window)
{
    for (uint32_t start = 0; start < POSITIONS; start++)
        if (fits(d, terms, 0, count, ((1u << window) - 1) << start, 0))
            return true;
    return false;
}

static oir_query *make_query(const uint32_t *terms, uint32_t count, uint32_t window)
{
    oir_query *parts[PARTS_MAX], *query;
    for (uint32_t i = 0; i < count; i++)
        REQUIRE_OK(oir_query_new_term(&parts[i], names[terms[i]], 1, &err), err);
    REQUIRE_OK(oir_query_new_operator(&query, OIR_OP_NEAR, parts, count, window, &err), err);
    return query;
}

static void random_words(void)
{
    char *folder = scratch_open();
    oir_database *database = make_index(folder);
    oir_enquire *enquire;
    REQUIRE_OK(oir_enquire_new(&enquire, database, &err), err);
    for (int i = 0; i < 400; i++) {
        uint32_t count = 2 + harness_below(PARTS_MAX - 1), window = count + harness_below(4), terms[PARTS_MAX] = {0};
        bool found[DOCUMENTS] = {false};
        for (uint32_t p = 0; p < count; p++)
            terms[p] = harness_below(TERMS);
        oir_query *query = make_query(terms, count, window);
        oir_mset *matches;
        oir_enquire_set_query(enquire, query);
        REQUIRE_OK(oir_enquire_get_mset(enquire, 0, DOCUMENTS, 0, &matches, &err), err);
        for (oir_doccount m = 0; m < oir_mset_get_size(matches); m++)
            found[oir_mset_get_docid(matches, m) - 1] = true;
        for (uint32_t d = 0; d < DOCUMENTS; d++)
            EXPECT_EQ(found[d], is_near(d, terms, count, window));
        oir_mset_free(matches);
        oir_query_free(query);
    }
    oir_enquire_free(enquire);
    oir_database_close(database);
    scratch_close(folder);
}

/* "a NEAR a NEAR a ...": each wants a position of its own. Time and memory that grow with the square or the cube of
 * their number would not come to an end here. */
static void one_word_many_times(void)
{
    enum { TIMES = 5000 };
    char *folder = scratch_open();
    oir_writable_database *writer;
    oir_database *database;
    oir_document *document;
    oir_enquire *enquire;
    static oir_query *parts[TIMES + 1];
    REQUIRE_OK(oir_document_new(&document, &err), err);
    REQUIRE_OK(oir_writable_database_open(&writer, folder, NULL, &err), err);
    for (oir_termpos p = 1; p <= TIMES; p++)
        REQUIRE_OK(oir_document_add_posting(document, "a", 1, p, 1, &err), err);
    REQUIRE_OK(oir_writable_database_add_document(writer, document, NULL, &err), err);
    REQUIRE_OK(oir_writable_database_commit(writer, &err), err);
    oir_writable_database_close(writer);
    REQUIRE_OK(oir_database_open(&database, folder, &err), err);
    REQUIRE_OK(oir_enquire_new(&enquire, database, &err), err);
    for (uint32_t more = 0; more <= 1; more++)
        for (int phrase = 0; phrase <= 1; phrase++) {
            oir_query *query;
            oir_doccount count;
            for (uint32_t i = 0; i < TIMES + more; i++)
                REQUIRE_OK(oir_query_new_term(&parts[i], "a", 1, &err), err);
            REQUIRE_OK(oir_query_new_operator(&query, phrase ? OIR_OP_PHRASE : OIR_OP_NEAR, parts, TIMES + more, 0,
                                              &err), err);
            oir_enquire_set_query(enquire, query);
            REQUIRE_OK(oir_enquire_get_count(enquire, &count, &err), err);
            EXPECT_EQ(count, !more);
            oir_query_free(query);
        }
    oir_enquire_free(enquire);
    oir_database_close(database);
    oir_document_free(document);
    scratch_close(folder);
}

int main(void)
{
    harness_seed(20250712);
    TEST(random_words);
    TEST(one_word_many_times);
    return harness_end();
}
