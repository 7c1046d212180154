/* Records of what texts are read as, in tests/data/parser.txt, whose head explains them; and what no record can say. */
#include <oir/memory.h>
#include <oir/query_parser.h>

#include "harness.h"

static oir_error err;

/* What lines that begin with @ set. */
typedef struct settings {
    oir_query_parser *parser;
    oir_stopper *stopper;
    unsigned flags;
    char prefix[32];
} settings;

static void reset(settings *s)
{
    oir_query_parser_free(s->parser);
    oir_stopper_free(s->stopper);
    *s = (settings){.flags = OIR_PARSE_DEFAULT};
    REQUIRE_OK(oir_query_parser_new(&s->parser, &err), err);
    REQUIRE_OK(oir_stopper_new(&s->stopper, &err), err);
}

static unsigned flag_named(const char *name)
{
    static const struct {
        const char *name;
        unsigned flag;
    } flags[] = {
        {"boolean", OIR_PARSE_BOOLEAN},   {"phrase", OIR_PARSE_PHRASE},     {"lovehate", OIR_PARSE_LOVEHATE},
        {"any_case", OIR_PARSE_BOOLEAN_ANY_CASE}, {"wildcard", OIR_PARSE_WILDCARD},
        {"pure_not", OIR_PARSE_PURE_NOT}, {"partial", OIR_PARSE_PARTIAL},   {"default", OIR_PARSE_DEFAULT},
        {"multi", OIR_PARSE_WILDCARD_MULTI}, {"single", OIR_PARSE_WILDCARD_SINGLE}, {"fuzzy", OIR_PARSE_FUZZY},
    };
    for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
        if (strcmp(flags[i].name, name) == 0)
            return flags[i].flag;
    }
    bool flag_is_known = false;
    REQUIRE(flag_is_known);
    return 0;
}

static int index_of(const char *const *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(names[i], name) == 0)
            return (int)i;
    }
    bool value_is_known = false;
    REQUIRE(value_is_known);
    return 0;
}

static void apply(settings *s, const char *key, char *value)
{
    static const char *const strategies[] = {"none", "some", "some_full_pos", "all", "all_z"};
    static const char *const names[] = {"or", "and", "near", "phrase"};
    static const oir_query_op ops[] = {OIR_OP_OR, OIR_OP_AND, OIR_OP_NEAR, OIR_OP_PHRASE};
    char *colon = strchr(value, ':');
    if (strcmp(key, "stem") == 0) {
        REQUIRE_OK(oir_query_parser_set_stemmer(s->parser, value, &err), err);
    } else if (strcmp(key, "strategy") == 0) {
        oir_query_parser_set_stem_strategy(s->parser, (oir_stem_strategy)index_of(strategies, 5, value));
    } else if (strcmp(key, "capitals") == 0) {
        oir_query_parser_set_stem_capitals(s->parser, strcmp(value, "on") == 0);
    } else if (strcmp(key, "ngrams") == 0) {
        oir_query_parser_set_ngrams(s->parser, strcmp(value, "on") == 0);
    } else if (strcmp(key, "stop") == 0) {
        REQUIRE_OK(oir_stopper_add(s->stopper, value, &err), err);
        oir_query_parser_set_stopper(s->parser, s->stopper);
    } else if (strcmp(key, "op") == 0) {
        REQUIRE_OK(oir_query_parser_set_default_op(s->parser, ops[index_of(names, 4, value)], &err), err);
    } else if (strcmp(key, "flags") == 0) {
        s->flags = 0;
        for (char *name = strtok(value, "+"); name; name = strtok(NULL, "+"))
            s->flags |= strcmp(name, "0") ? flag_named(name) : 0;
    } else if (strcmp(key, "prefix") == 0) {
        snprintf(s->prefix, sizeof s->prefix, "%s", value);
    } else {
        REQUIRE(colon);
        *colon = 0;
        oir_status status = strcmp(key, "boolean") == 0
                                ? oir_query_parser_add_boolean_prefix(s->parser, value, colon + 1, &err)
                                : oir_query_parser_add_prefix(s->parser, value, colon + 1, &err);
        REQUIRE_OK(status, err);
    }
}

/* \n, \t, \\ and \xNN in place; returns the size. */
static size_t unescape(char *text)
{
    char *out = text;
    for (const char *in = text; *in; in++) {
        if (*in != '\\') {
            *out++ = *in;
        } else if (*++in == 'x') {
            char digits[3] = {in[1], in[2], 0};
            *out++ = (char)strtol(digits, NULL, 16);
            in += 2;
        } else {
            *out++ = (char)(*in == 'n' ? '\n' : *in == 't' ? '\t' : *in);
        }
    }
    *out = 0;
    return (size_t)(out - text);
}

/* The reading of a text in the manner of the records: description, then [stopped: ...] and [words] as they apply. */
static void describe(settings *s, const char *text, size_t size, char *out, size_t room)
{
    oir_query *query;
    char *description;
    REQUIRE_OK(oir_query_parser_parse(s->parser, text, size, s->flags, s->prefix, &query, &err), err);
    REQUIRE_OK(oir_query_get_description(query, &description, &err), err);
    const char *stopped = oir_query_parser_get_stopped(s->parser);
    snprintf(out, room, "%.*s%s%s%s%s", (int)strlen(description) - 7, description + 6, *stopped ? " [stopped: " : "",
             stopped, *stopped ? "]" : "", oir_query_parser_get_degraded(s->parser) ? " [words]" : "");
    oir_memory_free(description);
    oir_query_free(query);
}

static void records(void)
{
    char path[1024], line[4096], text[4096] = "", got[4096];
    const char *source = getenv("OIR_SOURCE_DIR");
    snprintf(path, sizeof path, "%s/tests/data/parser.txt", source ? source : ".");
    FILE *file = fopen(path, "r");
    REQUIRE(file);
    settings s = {0};
    reset(&s);
    size_t count = 0, number = 0, size = 0;
    while (fgets(line, sizeof line, file)) {
        number++;
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '@') {
            reset(&s);
            for (char *end, *at = line + 1 + strspn(line + 1, " "); *at; at = end + strspn(end, " ")) {
                end = at + strcspn(at, " ");
                char word[256];
                snprintf(word, sizeof word, "%.*s", (int)(end - at), at);
                char *equals = strchr(word, '=');
                REQUIRE(equals);
                *equals = 0;
                apply(&s, word, equals + 1);
            }
        } else if (line[0] == '=') {
            describe(&s, text, size, got, sizeof got);
            const char *expected = line + 1 + (line[1] == ' ');
            if (strcmp(got, expected) != 0)
                fprintf(stderr, "%s:%zu:\n", path, number);
            EXPECT_STR(got, expected);
            count++;
        } else if (line[0] == '<') {
            memcpy(text, line + 2, strlen(line + 2) + 1);
            size = unescape(text);
        }
    }
    fclose(file);
    oir_query_parser_free(s.parser);
    oir_stopper_free(s.stopper);
    printf("%zu records\n", count);
    EXPECT(count >= 200);
}

static void parse_only(settings *s, const char *text, size_t size)
{
    oir_query *query;
    REQUIRE_OK(oir_query_parser_parse(s->parser, text, size, s->flags, "", &query, &err), err);
    oir_query_free(query);
}

/* 64 KiB of one thing again and again: what is quadratic or exponential, or recurs for each, does not come back. */
static void hostile_texts(void)
{
    static const char *const pieces[] = {
        "(",      ")",      "()",      "((a ",       "(a -(", "\"",      "\"a",   "\"\" ",   "+",     "-",     "+a -b ",
        "-a ",    "AND ",   "a AND ",  "a NOT ",     "NOT ",  "a NEAR ", "NEAR/", "NEAR/9 ", "a* ",   "*",     "A.",
        "a-",     "a-b ",   "title:",  "title:(",    "title:\"a", "site:", "site:\"", "\xff", "\xe6\x97\xa5", "a",
        "a OR b XOR c AND d NOT ", "the -(", "(the, of) ", "\t", "-(-(a ", "a XOR ", "both:a NEAR ", "site:a -site:b ",
        "\xe2\x80\x9c", "a -b c)", "\xe0\xb8\xa0", "a\xcc\x81", "'", "3,",     "a?",
        "?",      " ?",     "a*?",     "*a ",        "a~ ",   "a~1",     "~",     " *",
    };
    static char text[65536];
    size_t length = harness_times(sizeof text);
    settings s = {0};
    reset(&s);
    REQUIRE_OK(oir_query_parser_set_stemmer(s.parser, "english", &err), err);
    char fields[][16] = {"title:S", "both:XA", "both:XB", "site:H", "the", "of"};
    for (int i = 0; i < 6; i++)
        apply(&s, i > 3 ? "stop" : i == 3 ? "boolean" : "field", fields[i]);
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        size_t size = strlen(pieces[i]);
        for (size_t at = 0; at < sizeof text; at++)
            text[at] = pieces[i][at % size];
        for (unsigned flags = 0; flags < 128; flags += 17) {
            s.flags = flags == 119 ? OIR_PARSE_DEFAULT : flags;
            parse_only(&s, text, length);
            s.flags |= OIR_PARSE_WILDCARD_GLOB | OIR_PARSE_FUZZY;
            parse_only(&s, text, length);
        }
    }
    oir_query *query;
    EXPECT_EQ(oir_query_parser_parse(s.parser, text, sizeof text + 1, s.flags, "", &query, &err), OIR_LIMIT);
    EXPECT(query == NULL);
    reset(&s);
    oir_query_parser_free(s.parser);
    oir_stopper_free(s.stopper);
}

static void random_bytes(void)
{
    static const char alphabet[] = "aZ \"()+-*:/.\\@'&,NOTANDR1\xc3\xa9\xe6\x97\xa5\xff\t~#?";
    settings s = {0};
    reset(&s);
    char fields[][16] = {"a:S", "Z:XA", "Z:XB", "N:H"};
    for (int i = 0; i < 4; i++)
        apply(&s, i == 3 ? "boolean" : "field", fields[i]);
    for (uint32_t i = harness_times(20000); i > 0; i--) {
        char text[64];
        size_t size = harness_below(sizeof text);
        for (size_t at = 0; at < size; at++)
            text[at] = harness_below(8) ? alphabet[harness_below(sizeof alphabet)] : (char)harness_random();
        s.flags = harness_below(128) | (harness_below(8) << 13);
        char *exact = malloc(size + 1); /* of the text's size: the address sanitizer sees a read behind it */
        REQUIRE(exact);
        exact = realloc(exact, size ? size : 1);
        memcpy(exact, text, size);
        parse_only(&s, exact, size);
        free(exact);
    }
    oir_query_parser_free(s.parser);
    oir_stopper_free(s.stopper);
}

/* The size instead of the value, behind what is given as context. */
static size_t shorten_to_size(const char *prefix, const char *value, size_t size, char *out, void *context)
{
    (void)value;
    return (size_t)snprintf(out, OIR_TERM_MAX, "%s%s%zu", prefix, (const char *)context, size);
}

/* What is searched for, with weight or without. */
static oir_query_op read_leaf(oir_query_parser *parser, const char *text, char term[OIR_TERM_MAX + 1])
{
    oir_query *query;
    REQUIRE_OK(oir_query_parser_parse(parser, text, strlen(text), OIR_PARSE_DEFAULT, NULL, &query, &err), err);
    const oir_query *leaf = oir_query_get_op(query) == OIR_OP_SCALE ? oir_query_get_part(query, 0) : query;
    oir_query_op op = oir_query_get_op(leaf);
    oir_bytes bytes = op == OIR_OP_TERM ? oir_query_get_term(leaf) : (oir_bytes){"", 0};
    memcpy(term, bytes.data, bytes.size);
    term[bytes.size] = 0;
    oir_query_free(query);
    return op;
}

static void long_values_are_shortened(void)
{
    char text[8 + OIR_TERM_MAX], term[OIR_TERM_MAX + 1];
    oir_query_parser *parser;
    REQUIRE_OK(oir_query_parser_new(&parser, &err), err);
    REQUIRE_OK(oir_query_parser_add_boolean_prefix(parser, "site", "H", &err), err);
    snprintf(text, sizeof text, "site:%0*d", OIR_TERM_MAX, 7);
    EXPECT_EQ(read_leaf(parser, text, term), OIR_OP_MATCH_NONE);
    oir_query_parser_set_shortener(parser, shorten_to_size, "#");
    EXPECT_EQ(read_leaf(parser, text, term), OIR_OP_TERM);
    EXPECT_STR(term, "H#245");
    EXPECT_EQ(read_leaf(parser, text + 5, term), OIR_OP_TERM); /* a word, which is not too long without a prefix */
    snprintf(text, sizeof text, "%0*d", OIR_TERM_MAX + 1, 7);
    EXPECT_EQ(read_leaf(parser, text, term), OIR_OP_MATCH_NONE);
    snprintf(text, sizeof text, "site:%0*d", OIR_TERM_MAX - 1, 7);
    EXPECT_EQ(read_leaf(parser, text, term), OIR_OP_TERM);
    EXPECT_EQ(strlen(term), OIR_TERM_MAX);
    EXPECT_EQ(strcmp(term + 1, text + 5), 0);
    oir_query_parser_free(parser);
}

static void settings_are_checked(void)
{
    oir_query_parser *parser;
    REQUIRE_OK(oir_query_parser_new(&parser, &err), err);
    EXPECT_EQ(oir_query_parser_set_stemmer(parser, "klingon", &err), OIR_NOT_FOUND);
    EXPECT_EQ(oir_query_parser_set_default_op(parser, OIR_OP_XOR, &err), OIR_INVALID_ARGUMENT);
    EXPECT_STR(err.message, "XOR cannot stand between words: use OR, AND, NEAR or PHRASE");
    REQUIRE_OK(oir_query_parser_add_prefix(parser, "title", "S", &err), err);
    REQUIRE_OK(oir_query_parser_add_boolean_prefix(parser, "site", "H", &err), err);
    EXPECT_EQ(oir_query_parser_add_prefix(parser, "site", "H", &err), OIR_INVALID_OPERATION);
    EXPECT_EQ(oir_query_parser_add_boolean_prefix(parser, "title", "S", &err), OIR_INVALID_OPERATION);
    EXPECT_EQ(oir_query_parser_add_boolean_prefix(parser, "", "S", &err), OIR_INVALID_OPERATION);
    EXPECT_STR(oir_query_parser_get_stopped(parser), "");
    EXPECT(!oir_query_parser_get_degraded(parser));
    oir_query *query;
    oir_query_parser_set_max_expansion(parser, 50);
    REQUIRE_OK(oir_query_parser_parse(parser, "ab*", 3, OIR_PARSE_DEFAULT, NULL, &query, &err), err);
    EXPECT_EQ(oir_query_get_max_expansion(query), 50);
    oir_query_free(query);
    REQUIRE_OK(oir_query_parser_parse(parser, NULL, 0, OIR_PARSE_DEFAULT, NULL, &query, &err), err);
    EXPECT_EQ(oir_query_get_op(query), OIR_OP_MATCH_NONE);
    oir_query_free(query);
    oir_query_parser_free(parser);
    oir_query_parser_free(NULL);
}

/* A word that no index can hold finds nothing, whatever stands around it. */
static void words_too_long(void)
{
    settings s = {0};
    reset(&s);
    char text[700], got[2000];
    memset(text, 'x', sizeof text);
    describe(&s, text, OIR_TERM_MAX + 1, got, sizeof got);
    EXPECT_STR(got, "");
    memcpy(text + 600, " AND b", 6);
    describe(&s, text, 606, got, sizeof got);
    EXPECT_STR(got, "(<nodocuments> AND b@2)");
    memcpy(text + 600, "-b", 2);
    describe(&s, text, 602, got, sizeof got);
    EXPECT_STR(got, "");
    memcpy(text + 600, "*", 1);
    describe(&s, text, 601, got, sizeof got);
    EXPECT_STR(got, "");
    memcpy(text + 600, " NEAR b OR c", 12);
    describe(&s, text, 612, got, sizeof got);
    EXPECT_STR(got, "(<nodocuments> OR c@3)");
    snprintf(s.prefix, sizeof s.prefix, "XLONG");
    describe(&s, text, OIR_TERM_MAX, got, sizeof got);
    EXPECT_STR(got, "");
    oir_query_parser_free(s.parser);
    oir_stopper_free(s.stopper);
}

/* More terms than a query may have: as many words as fit. */
static void too_many_terms(void)
{
    settings s = {0};
    reset(&s);
    static char text[65536];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = i % 2 ? ' ' : 'a';
    for (char c = 'A'; c <= 'F'; c++) {
        char field[] = {':', 'X', c, 0};
        apply(&s, "field", field);
    }
    oir_query *query;
    REQUIRE_OK(oir_query_parser_parse(s.parser, text, sizeof text, s.flags, "", &query, &err), err);
    EXPECT(oir_query_parser_get_degraded(s.parser));
    EXPECT_EQ(oir_query_get_length(query), 6 * 8192);
    oir_query_free(query);
    oir_query_parser_free(s.parser);
    oir_stopper_free(s.stopper);
}

static size_t allocations_left;

static void *allocate_or_fail(size_t size, void *context)
{
    (void)context;
    return allocations_left && allocations_left-- ? malloc(size) : NULL;
}

static void *reallocate_or_fail(void *block, size_t size, void *context)
{
    (void)context;
    return allocations_left && allocations_left-- ? realloc(block, size) : NULL;
}

static void release(void *block, void *context)
{
    (void)context;
    free(block);
}

/* Wherever memory runs out: the status says so, nothing is lost (the leak checker looks on), the next call works. */
static void no_memory(void)
{
    static const char *const texts[] = {
        "a b \"c d\" -e +(f OR g) NOT h", "both:a NEAR both:b", "both:x* site:a site:b kind:c d", "a) b -(c d) site:e",
        "both:\"a b c\" the of x, the", "the, of", "\xe6\x97\xa5\xe6\x9c\xac both:\xe6\x97\xa5", "-a", "NOT a",
        "both:par", "site:a", "a AND NOT site:b", "the of run* x",
    };
    const oir_allocator failing = {allocate_or_fail, reallocate_or_fail, release, NULL};
    oir_allocator_set(&failing);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        oir_status status = OIR_NO_MEMORY;
        for (size_t allowed = 0; status != OIR_OK; allowed++) {
            settings s = {0};
            allocations_left = SIZE_MAX;
            reset(&s);
            char fields[][16] = {"both:XA", "both:XB", "site:H", "kind:K", "the", "of"};
            for (int j = 0; j < 6; j++)
                apply(&s, j > 3 ? "stop" : j > 1 ? "boolean" : "field", fields[j]);
            oir_query *query;
            allocations_left = allowed;
            status = oir_query_parser_parse(s.parser, texts[i], strlen(texts[i]), OIR_PARSE_DEFAULT | OIR_PARSE_PARTIAL,
                                            "P", &query, &err);
            EXPECT(status == OIR_OK ? query != NULL : status == OIR_NO_MEMORY && query == NULL);
            oir_query_free(query);
            allocations_left = SIZE_MAX;
            parse_only(&s, texts[i], strlen(texts[i]));
            oir_query_parser_free(s.parser);
            oir_stopper_free(s.stopper);
        }
    }
    oir_allocator_set(NULL);
}

int main(void)
{
    harness_seed(7);
    TEST(records);
    TEST(hostile_texts);
    TEST(random_bytes);
    TEST(long_values_are_shortened);
    TEST(settings_are_checked);
    TEST(words_too_long);
    TEST(too_many_terms);
    TEST(no_memory);
    return harness_end();
}
