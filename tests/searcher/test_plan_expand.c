/* What wildcards and fuzzy terms stand for, against a plain look at every term: words of few letters that share much,
 * of letters beyond ASCII, and of bytes that are no text. */
#include <oir/oir.h>

#include "harness.h"
#include "helper/plain_match.h"
#include "helper/scratch.h"
#include "searcher/database.h"
#include "searcher/plan_expand.h"
#include "searcher/search_control.h"

static oir_error err;

typedef struct word {
    char bytes[OIR_TERM_MAX];
    size_t size;
} word;

/* What expanding found. */
typedef struct found {
    word *words;
    size_t count, most;
    uint64_t postings;
} found;

static const char *const pieces[] = {"a", "a", "b", "b", "c", "\xc3\xa9", "\xc3\xa8", "\xe4\xb8\xad", "d", "e",
                                     "\xf0\x9f\x98\x80", "A", "X", "\xff", "\xc3", "\xa9", "\x01", "*", "?",
                                     "\xe4\xb8"};

/* Kinds 0 to 3: plain letters, Unicode, anything, long words. */
static void make_word(word *w, uint32_t kind)
{
    uint32_t length = kind == 3 && !harness_below(3) ? 60 + harness_below(240) : 1 + harness_below(9);
    static const uint32_t choices[] = {5, 11, 20, 9};
    w->size = 0;
    if (kind < 2 && !harness_below(6))
        w->bytes[w->size++] = 'X';
    for (uint32_t i = 0; i < length; i++) {
        const char *piece = pieces[harness_below(choices[kind])];
        if (w->size + strlen(piece) <= OIR_TERM_MAX) {
            memcpy(w->bytes + w->size, piece, strlen(piece));
            w->size += strlen(piece);
        }
    }
}

static int compare_words(const void *a, const void *b)
{
    const word *x = a, *y = b;
    int order = memcmp(x->bytes, y->bytes, x->size < y->size ? x->size : y->size);
    return order ? order : (x->size > y->size) - (x->size < y->size);
}

static size_t make_words(word *words, size_t count, uint32_t kind)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        make_word(&words[i], kind);
    qsort(words, count, sizeof *words, compare_words);
    for (size_t i = 0; i < count; i++)
        if (!i || compare_words(&words[kept - 1], &words[i]) != 0)
            words[kept++] = words[i];
    return kept;
}

static oir_database *make_index(const char *folder, const word *words, size_t count)
{
    oir_writable_database *writer;
    oir_document *document;
    oir_database *database;
    REQUIRE_OK(oir_writable_database_open(&writer, folder, NULL, &err), err);
    REQUIRE_OK(oir_document_new(&document, &err), err);
    for (size_t i = 0; i < count; i++) {
        oir_termcount wdf = 1 + (oir_termcount)(i % 7);
        REQUIRE_OK(oir_document_add_term(document, words[i].bytes, words[i].size, wdf, &err), err);
    }
    REQUIRE_OK(oir_writable_database_add_document(writer, document, NULL, &err), err);
    REQUIRE_OK(oir_writable_database_commit(writer, &err), err);
    oir_writable_database_close(writer);
    oir_document_free(document);
    REQUIRE_OK(oir_database_open(&database, folder, &err), err);
    return database;
}

static oir_status keep(void *context, const terms_cursor *at, oir_error *e)
{
    found *f = context;
    (void)e;
    REQUIRE(f->count < f->most);
    memcpy(f->words[f->count].bytes, at->term, at->term_size);
    f->words[f->count++].size = at->term_size;
    f->postings += at->entry.collection_freq;
    return OIR_OK;
}

/* Some letters of it for others, or gone, or doubled, or exchanged. */
static void change(word *w)
{
    size_t at = harness_below((uint32_t)w->size), rest = w->size - at;
    switch (harness_below(4)) {
    case 0:
        w->bytes[at] = "abcXd"[harness_below(5)];
        break;
    case 1:
        if (w->size > 1) {
            memmove(w->bytes + at, w->bytes + at + 1, rest - 1);
            w->size--;
        }
        break;
    case 2:
        if (w->size < OIR_TERM_MAX) {
            memmove(w->bytes + at + 1, w->bytes + at, rest);
            w->size++;
        }
        break;
    default:
        if (rest > 1) {
            char c = w->bytes[at];
            w->bytes[at] = w->bytes[at + 1];
            w->bytes[at + 1] = c;
        }
    }
}

static oir_query *make_fuzzy(const word *words, size_t count)
{
    oir_query *query;
    word w = words[harness_below((uint32_t)count)];
    for (uint32_t i = harness_below(4); i > 0; i--)
        change(&w);
    REQUIRE_OK(oir_query_new_fuzzy(&query, w.bytes, w.size, 1 + harness_below(2),
                                   harness_below(2) ? 0 : harness_below(6), 0, &err), err);
    return query;
}

static oir_query *make_pattern(const word *words, size_t count)
{
    oir_query *query;
    word w = words[harness_below((uint32_t)count)];
    for (uint32_t i = harness_below(5); i > 0; i--) {
        size_t at = harness_below((uint32_t)w.size), gone = harness_below(4);
        gone = gone < w.size - at - 1 ? gone : w.size - at - 1;
        w.bytes[at] = harness_below(2) ? '*' : '?';
        memmove(w.bytes + at + 1, w.bytes + at + 1 + gone, w.size - at - 1 - gone);
        w.size -= gone;
    }
    REQUIRE_OK(oir_query_new_wildcard(&query, w.bytes, w.size, 0, &err), err);
    return query;
}

static void compare(const segment *s, const oir_query *query, const word *words, size_t count, found *f)
{
    search_control control = {0};
    size_t expected = 0;
    uint64_t postings = 0;
    bool same = true;
    f->count = 0;
    f->postings = 0;
    REQUIRE_OK(plan_expand(s, query, &control, keep, f, &err), err);
    for (size_t i = 0; i < count; i++)
        if (plain_match(query, words[i].bytes, words[i].size)) {
            same = same && expected < f->count && compare_words(&f->words[expected], &words[i]) == 0;
            expected++;
            postings += 1 + i % 7;
        }
    EXPECT(same && expected == f->count && postings == f->postings);
    if (!same || expected != f->count) {
        char *text;
        REQUIRE_OK(oir_query_get_description(query, &text, &err), err);
        fprintf(stderr, "%s: %zu terms, not %zu\n", text, f->count, expected);
        oir_memory_free(text);
    }
}

static void expansions(void)
{
    for (uint32_t round = 0; round < 8; round++) {
        char *folder = scratch_open();
        size_t count = round < 4 ? 30 + harness_below(300) : 6000;
        word *words = malloc(count * sizeof *words);
        found f = {.words = malloc(count * sizeof *words), .most = count};
        REQUIRE(words && f.words);
        count = make_words(words, count, round % 4);
        oir_database *database = make_index(folder, words, count);
        const segment *s = database->shards[0]->segments[0].segment;
        for (uint32_t i = harness_times(round < 4 ? 600 : 150); i > 0; i--) {
            oir_query *query = i % 2 ? make_fuzzy(words, count) : make_pattern(words, count);
            compare(s, query, words, count, &f);
            oir_query_free(query);
        }
        oir_database_close(database);
        scratch_close(folder);
        free(words);
        free(f.words);
    }
}

static size_t count_of(const segment *s, const oir_query *query)
{
    search_control control = {0};
    word words[64];
    found f = {.words = words, .most = 64};
    REQUIRE_OK(plan_expand(s, query, &control, keep, &f, &err), err);
    return f.count;
}

/* What every reader of the documentation would try. */
static void well_known(void)
{
    static const char *const texts[] = {"mission", "missions", "missing", "omission", "fission", "Smission", "Sfission",
                                        "caf\xc3\xa9", "cafe", "ab", "ba", "abc", "ca"};
    static const struct {
        const char *text;
        unsigned distance, fixed; /* distance 0: a pattern */
        size_t count;
    } asked[] = {
        {"m*", 0, 0, 3},          {"*ission", 0, 0, 3},        {"?ission", 0, 0, 2},  {"S*ssion", 0, 0, 2},
        {"*", 0, 0, 11},          {"caf?", 0, 0, 2},           {"caf\xc3\xa9", 0, 0, 1}, {"mission", 0, 0, 1},
        {"*s*s*s*", 0, 0, 1},     {"missino", 1, 0, 2},        {"missino", 2, 0, 5},  {"mission", 1, 0, 4},
        {"mission", 1, 1, 2},     {"Smision", 2, 1, 2},        {"Smision", 2, 0, 2},  {"cafe", 1, 0, 2},
        {"ca", 1, 0, 2},          {"ca", 2, 0, 5},             {"ab", 1, 0, 3},       {"ab", 1, 9, 2},
    };
    word words[sizeof texts / sizeof *texts];
    char *folder = scratch_open();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        words[i].size = strlen(texts[i]);
        memcpy(words[i].bytes, texts[i], words[i].size);
    }
    oir_database *database = make_index(folder, words, sizeof texts / sizeof *texts);
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        oir_query *query;
        const char *text = asked[i].text;
        oir_status status = asked[i].distance ? oir_query_new_fuzzy(&query, text, strlen(text), asked[i].distance,
                                                                    asked[i].fixed, 0, &err)
                                              : oir_query_new_wildcard(&query, text, strlen(text), 0, &err);
        REQUIRE_OK(status, err);
        EXPECT_EQ(count_of(database->shards[0]->segments[0].segment, query), asked[i].count);
        oir_query_free(query);
    }
    oir_database_close(database);
    scratch_close(folder);
}

int main(void)
{
    TEST(expansions);
    TEST(well_known);
    return harness_end();
}
