/* A world for tests that see the public headers only: documents that follow from their number, questions that bring
 * every operator, their answers, and a picture of all that an index says. */
#ifndef TESTS_API_API_WORLD_H
#define TESTS_API_API_WORLD_H

#include <dirent.h>
#include <sys/stat.h>
#include <unistd.h>

#include <oir/oir.h>

#include "harness.h"

static oir_error api_error;

/* ---- failures as the headers promise them ---- */

/* Non-empty, one line, no final stop. */
static inline bool api_is_message(const char *message)
{
    size_t size = strlen(message);
    return size > 0 && size < OIR_MESSAGE_MAX && !strchr(message, '\n') && !strchr(message, '\r') &&
           message[size - 1] != '.' && message[size - 1] != ' ';
}

#define API_FAILS(call, expected)                                                                  \
    do {                                                                                           \
        memset(&api_error, 'x', sizeof api_error);                                                 \
        oir_status api_got = (call);                                                               \
        EXPECT_STR(oir_status_name(api_got), oir_status_name(expected));                           \
        EXPECT_EQ(api_error.status, expected);                                                     \
        api_error.message[OIR_MESSAGE_MAX - 1] = 0;                                                \
        if (!api_is_message(api_error.message)) {                                                  \
            fprintf(stderr, "\"%s\"\n", api_error.message);                                       \
            harness_fail(__FILE__, __LINE__, "not a message as error.h promises");                 \
        }                                                                                          \
    } while (0)

#define API_OK(call) REQUIRE_OK(call, api_error)

/* Whether the last message speaks of something. */
static inline bool api_says(const char *words)
{
    if (strstr(api_error.message, words))
        return true;
    fprintf(stderr, "\"%s\" does not say \"%s\"\n", api_error.message, words);
    return false;
}

/* ---- folders ---- */

enum { API_PATH = 200 };

/* The name of a folder that is not there yet. */
static inline void api_folder(char out[API_PATH])
{
    const char *base = getenv("TMPDIR");
    snprintf(out, API_PATH, "%.150s/oir-test-XXXXXX", base ? base : "/tmp");
    REQUIRE(mkdtemp(out));
    REQUIRE(rmdir(out) == 0);
}

static inline size_t api_each_file(const char *folder, const char *start, bool (*each)(const char *path))
{
    size_t count = 0;
    DIR *opened = opendir(folder);
    for (struct dirent *entry; opened && (entry = readdir(opened));) {
        char path[1024];
        if (entry->d_name[0] == '.' || strncmp(entry->d_name, start, strlen(start)) != 0)
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        count += each(path);
    }
    if (opened)
        closedir(opened);
    return count;
}

static inline bool api_unlink(const char *path)
{
    return unlink(path) == 0;
}

static inline bool api_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static inline void api_remove(const char *folder)
{
    api_each_file(folder, "", api_unlink);
    rmdir(folder);
}

static inline size_t api_count_files(const char *folder, const char *start)
{
    return api_each_file(folder, start, api_exists);
}

/* ---- documents ---- */

enum { API_TEXT = 800, API_WORDS = 512 };

static inline uint32_t api_next(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(*state >> 33);
}

/* A word of three syllables; low numbers are frequent in documents. */
static inline void api_word(uint32_t number, char out[7])
{
    static const char syllables[] = "bakelominurasito";
    for (uint32_t i = 0; i < 3; i++, number >>= 3)
        memcpy(out + 2 * i, syllables + 2 * (number & 7), 2);
    out[6] = 0;
}

/* The text of document `number`; returns its size. */
static inline size_t api_text(uint32_t number, char out[API_TEXT])
{
    uint64_t state = number * UINT64_C(0x9e3779b97f4a7c15) + 1;
    uint32_t words = 8 + api_next(&state) % 60;
    size_t size = 0;
    for (uint32_t i = 0; i < words; i++) {
        uint64_t r = api_next(&state) % 1024;
        char word[7];
        api_word((uint32_t)(r * r * r * API_WORDS >> 30), word);
        size += (size_t)snprintf(out + size, API_TEXT - size, "%s%s", word, i % 9 == 8 ? ". " : " ");
    }
    return size;
}

/* Every document has Q and its number, the value 0 its number, and in value 1 its number modulo 7. */
static inline void api_fill(oir_document *document, oir_term_generator *generator, uint32_t number)
{
    char text[API_TEXT], id[16];
    size_t size = api_text(number, text);
    oir_document_clear(document);
    oir_term_generator_set_document(generator, document);
    API_OK(oir_term_generator_index_text(generator, text, size, 1, "", &api_error));
    API_OK(oir_term_generator_index_text(generator, text, 6, 1, "S", &api_error));
    size_t id_size = (size_t)snprintf(id, sizeof id, "Q%u", number);
    API_OK(oir_document_add_boolean_term(document, id, id_size, &api_error));
    API_OK(oir_document_set_data(document, text, size, &api_error));
    API_OK(oir_document_set_value(document, 0, id + 1, id_size - 1, &api_error));
    API_OK(oir_document_set_value(document, 1, (char[]){(char)('0' + number % 7)}, 1, &api_error));
}

/* A document and what fills it. */
typedef struct api_maker {
    oir_document *document;
    oir_term_generator *generator;
} api_maker;

static inline void api_maker_init(api_maker *m)
{
    API_OK(oir_document_new(&m->document, &api_error));
    API_OK(oir_term_generator_new(&m->generator, &api_error));
    API_OK(oir_term_generator_set_stemmer(m->generator, "english", &api_error));
}

static inline void api_maker_release(api_maker *m)
{
    oir_term_generator_free(m->generator);
    oir_document_free(m->document);
}

static inline void api_add(oir_writable_database *writer, api_maker *m, uint32_t number)
{
    api_fill(m->document, m->generator, number);
    API_OK(oir_writable_database_add_document(writer, m->document, NULL, &api_error));
}

static inline oir_writable_database *api_open_writer(const char *folder)
{
    oir_writable_database *writer;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    API_OK(oir_writable_database_open(&writer, folder, &options, &api_error));
    return writer;
}

/* Adds documents first, first + step, ..., `count` of them, with a commit after every `each`. */
static inline void api_index(const char *folder, uint32_t first, uint32_t step, uint32_t count, uint32_t each)
{
    api_maker m;
    oir_writable_database *writer = api_open_writer(folder);
    api_maker_init(&m);
    for (uint32_t i = 0; i < count; i++) {
        api_add(writer, &m, first + i * step);
        if (i % each == each - 1)
            API_OK(oir_writable_database_commit(writer, &api_error));
    }
    API_OK(oir_writable_database_commit(writer, &api_error));
    oir_writable_database_close(writer);
    api_maker_release(&m);
}

static inline oir_database *api_open(const char *folder)
{
    oir_database *database;
    API_OK(oir_database_open(&database, folder, &api_error));
    return database;
}

/* ---- questions and answers ---- */

static const char *const api_questions[] = {
    "bababa",
    "bababa kebaba mibaba",
    "bababa AND kebaba",
    "\"bababa kebaba\"",
    "bababa NOT lobaba",
    "+nubaba -bababa rababa",
    "kebaba NEAR/4 lobaba",
    "bake*",
    "tototo OR lo* OR bababa",
    "bababa XOR kebaba",
    "(mibaba OR nubaba) AND rababa",
    "kebaba ADJ/3 bababa",
    "-bababa",
    "title:bababa kebaba",
    "b*ba -title:?ababa",
    "babbaa~1 OR title:kebba~",
    "id:17",
    "nothingofthekind",
    "",
};

enum { API_QUESTIONS = sizeof api_questions / sizeof *api_questions, API_HITS = 3000 };

typedef struct api_hit {
    oir_docid docid;
    double weight;
} api_hit;

typedef struct api_answer {
    oir_doccount size, lower, upper;
    double max_possible;
    api_hit hits[API_HITS];
} api_answer;

static inline oir_query_parser *api_parser_new(void)
{
    oir_query_parser *parser;
    API_OK(oir_query_parser_new(&parser, &api_error));
    API_OK(oir_query_parser_set_stemmer(parser, "english", &api_error));
    API_OK(oir_query_parser_add_prefix(parser, "title", "S", &api_error));
    API_OK(oir_query_parser_add_boolean_prefix(parser, "id", "Q", &api_error));
    return parser;
}

static inline oir_query *api_parse(oir_query_parser *parser, const char *text)
{
    oir_query *query;
    unsigned flags = OIR_PARSE_DEFAULT | OIR_PARSE_WILDCARD_GLOB | OIR_PARSE_FUZZY;
    API_OK(oir_query_parser_parse(parser, text, strlen(text), flags, NULL, &query, &api_error));
    return query;
}

/* A parser of its own, for tests that ask once. */
static inline oir_query *api_query(const char *text)
{
    oir_query_parser *parser = api_parser_new();
    oir_query *query = api_parse(parser, text);
    oir_query_parser_free(parser);
    return query;
}

static inline void api_get(oir_enquire *enquire, oir_query *query, oir_doccount first, oir_doccount max_items,
                           oir_doccount count_at_least, api_answer *out)
{
    oir_mset *mset;
    oir_enquire_set_query(enquire, query);
    API_OK(oir_enquire_get_mset(enquire, first, max_items, count_at_least, &mset, &api_error));
    out->size = oir_mset_get_size(mset);
    out->lower = oir_mset_get_matches_lower_bound(mset);
    out->upper = oir_mset_get_matches_upper_bound(mset);
    out->max_possible = oir_mset_get_max_possible(mset);
    REQUIRE(out->size <= API_HITS);
    for (oir_doccount i = 0; i < out->size; i++)
        out->hits[i] = (api_hit){oir_mset_get_docid(mset, i), oir_mset_get_weight(mset, i)};
    oir_mset_free(mset);
}

/* The first `max_items` and the exact number of matches. */
static inline void api_ask(const oir_database *database, const char *text, oir_doccount max_items, api_answer *out)
{
    oir_enquire *enquire;
    oir_query *query = api_query(text);
    API_OK(oir_enquire_new(&enquire, database, &api_error));
    api_get(enquire, query, 0, max_items, UINT32_MAX, out);
    oir_enquire_free(enquire);
    oir_query_free(query);
}

/* To the bit, and so that a difference is easy to find. */
static inline bool api_same(const api_hit *a, const api_hit *b, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (a[i].docid != b[i].docid || memcmp(&a[i].weight, &b[i].weight, sizeof a[i].weight) != 0) {
            fprintf(stderr, "hit %zu: %u with %.17g, and %u with %.17g\n", i, a[i].docid, a[i].weight, b[i].docid,
                    b[i].weight);
            return false;
        }
    return true;
}

static inline bool api_equal(const api_answer *a, const api_answer *b)
{
    return a->size == b->size && a->lower == b->lower && a->upper == b->upper && api_same(a->hits, b->hits, a->size);
}

/* ---- all that an index says, as one number ---- */

static inline void api_mix(uint64_t *hash, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++)
        *hash = (*hash ^ at[i]) * UINT64_C(0x100000001b3);
    *hash ^= size;
}

static inline void api_mix_number(uint64_t *hash, uint64_t number)
{
    api_mix(hash, &number, sizeof number);
}

static inline void api_mix_positions(uint64_t *hash, const oir_database *d, oir_docid docid, oir_bytes term)
{
    oir_position_iterator *positions;
    bool found;
    API_OK(oir_database_get_positions(d, docid, term.data, term.size, &positions, &api_error));
    while (!oir_position_iterator_next(positions, &found, &api_error) && found)
        api_mix_number(hash, oir_position_iterator_get_position(positions));
    oir_position_iterator_free(positions);
}

/* `every` positions: of each so many-th posting, since each costs a walk of its own. */
static inline void api_mix_postings(uint64_t *hash, const oir_database *d, oir_bytes term, uint32_t every)
{
    oir_posting_iterator *postings;
    bool found;
    uint32_t n = 0;
    API_OK(oir_database_get_postings(d, term.data, term.size, &postings, &api_error));
    while (!oir_posting_iterator_next(postings, &found, &api_error) && found) {
        oir_docid docid = oir_posting_iterator_get_docid(postings);
        api_mix_number(hash, docid);
        api_mix_number(hash, oir_posting_iterator_get_wdf(postings));
        api_mix_number(hash, oir_posting_iterator_get_doclength(postings));
        if (n++ % every == 0 && term.size)
            api_mix_positions(hash, d, docid, term);
    }
    oir_posting_iterator_free(postings);
}

static inline void api_mix_document(uint64_t *hash, const oir_database *d, oir_docid docid)
{
    oir_document *document;
    oir_bytes bytes;
    oir_termcount length;
    API_OK(oir_database_get_document(d, docid, &document, &api_error));
    API_OK(oir_document_get_data(document, &bytes, &api_error));
    api_mix(hash, bytes.data, bytes.size);
    API_OK(oir_document_get_value(document, 0, &bytes, &api_error));
    api_mix(hash, bytes.data, bytes.size);
    API_OK(oir_database_get_doclength(d, docid, &length, &api_error));
    api_mix_number(hash, length);
    oir_document_free(document);
}

/* Equal for equal contents, whatever the segments; the revision is left out. */
static inline uint64_t api_picture(const oir_database *d, uint32_t every)
{
    static api_answer answer;
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    oir_term_iterator *terms;
    bool found;
    api_mix_number(&hash, oir_database_get_doccount(d));
    api_mix_number(&hash, oir_database_get_lastdocid(d));
    api_mix_number(&hash, oir_database_get_total_length(d));
    oir_bytes setting = oir_database_get_setting(d, "note");
    api_mix(&hash, setting.data, setting.size);
    API_OK(oir_database_get_terms(d, "", &terms, &api_error));
    while (!oir_term_iterator_next(terms, &found, &api_error) && found) {
        oir_bytes term = oir_term_iterator_get_term(terms);
        oir_totallength frequency;
        api_mix(&hash, term.data, term.size);
        api_mix_number(&hash, oir_term_iterator_get_termfreq(terms));
        API_OK(oir_database_get_collection_freq(d, term.data, term.size, &frequency, &api_error));
        api_mix_number(&hash, frequency);
        api_mix_postings(&hash, d, term, every);
    }
    oir_term_iterator_free(terms);
    for (oir_docid docid = 1; docid <= oir_database_get_lastdocid(d); docid++) {
        oir_termcount length;
        if (oir_database_get_doclength(d, docid, &length, NULL) == OIR_OK)
            api_mix_document(&hash, d, docid);
    }
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        api_ask(d, api_questions[i], API_HITS, &answer);
        api_mix_number(&hash, answer.lower);
        for (oir_doccount h = 0; h < answer.size; h++) {
            api_mix_number(&hash, answer.hits[h].docid);
            api_mix(&hash, &answer.hits[h].weight, sizeof answer.hits[h].weight);
        }
    }
    return hash;
}

/* Whether `check` finds nothing. */
static inline bool api_is_whole(const char *folder)
{
    uint64_t findings;
    API_OK(oir_index_check(folder, NULL, NULL, &findings, &api_error));
    return findings == 0;
}

#endif
