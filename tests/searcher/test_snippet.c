#include <oir/snippet.h>

#include "helper/scratch.h"
#include "searcher/snippet_world.h"
#include "text/unicode.h"

#define MARK_START "\x01"
#define MARK_END "\x02"
#define OMIT "\x03"

/* ---- records ---- */

/* Words with spaces between: len=N n=N html ansi b (the default marks) lines empty lang=NAME; "-" for none. */
static void read_options(const char *from, oir_snippet_options *o, char language[20])
{
    char copy[200], *state;
    snprintf(copy, sizeof copy, "%s", from);
    o->escape = OIR_ESCAPE_NONE;
    o->mark_start = "{";
    o->mark_end = "}";
    for (char *word = strtok_r(copy, " ", &state); word; word = strtok_r(NULL, " ", &state)) {
        if (strncmp(word, "len=", 4) == 0)
            o->length = strtoul(word + 4, NULL, 10);
        else if (strncmp(word, "n=", 2) == 0)
            o->passages = strtoul(word + 2, NULL, 10);
        else if (strncmp(word, "lang=", 5) == 0)
            snprintf(language, 20, "%s", word + 5);
        else if (strcmp(word, "html") == 0)
            o->escape = OIR_ESCAPE_HTML;
        else if (strcmp(word, "ansi") == 0)
            o->escape = OIR_ESCAPE_ANSI;
        else if (strcmp(word, "b") == 0)
            o->mark_start = "<b>", o->mark_end = "</b>", o->escape = OIR_ESCAPE_HTML;
        else if (strcmp(word, "lines") == 0)
            o->one_line = false;
        else if (strcmp(word, "empty") == 0)
            o->empty_without_match = true;
        else
            REQUIRE(strcmp(word, "-") == 0);
    }
}

/* As typed, or built by hand when it begins with =. */
static oir_query *read_query(const char *from, const char *language)
{
    oir_error err;
    oir_query *query;
    oir_query_parser *parser;
    if (*from == '=') {
        from++;
        return world_build(&from);
    }
    REQUIRE_OK(oir_query_parser_new(&parser, &err), err);
    REQUIRE_OK(oir_query_parser_set_stemmer(parser, language, &err), err);
    REQUIRE_OK(oir_query_parser_add_prefix(parser, "title", "S", &err), err);
    REQUIRE_OK(oir_query_parser_add_boolean_prefix(parser, "type", "K", &err), err);
    REQUIRE_OK(oir_query_parser_parse(parser, from, strlen(from), OIR_PARSE_DEFAULT, "", &query, &err), err);
    oir_query_parser_free(parser);
    return query;
}

/* Cuts the snippet of one record, escaped as records are. */
static void run_record(const char *options, const char *question, const char *text, buffer *got)
{
    oir_error err;
    oir_snippeter *snippeter;
    oir_bytes snippet;
    oir_snippet_options o = OIR_SNIPPET_OPTIONS_INIT;
    char language[20] = "english";
    buffer bytes = BUFFER_INIT, words = BUFFER_INIT;
    read_options(options, &o, language);
    world_unescape(text, strlen(text), &bytes);
    world_unescape(question, strlen(question), &words);
    oir_query *query = read_query((const char *)words.data, language);
    REQUIRE_OK(oir_snippeter_new(&snippeter, query, NULL, language, &o, &err), err);
    oir_query_free(query);
    REQUIRE_OK(oir_snippeter_get(snippeter, (const char *)bytes.data, bytes.size, &snippet, &err), err);
    EXPECT(utf8_is_valid(snippet.data, snippet.size));
    EXPECT_EQ(strlen(snippet.data), snippet.size);
    world_escape(snippet.data, snippet.size, got);
    oir_snippeter_free(snippeter);
    buffer_release(&bytes);
    buffer_release(&words);
}

static void records(void)
{
    const char *source = getenv("OIR_SOURCE_DIR");
    char path[1000], line[8000], *state;
    snprintf(path, sizeof path, "%s/tests/data/snippets.txt", source ? source : ".");
    FILE *file = fopen(path, "r");
    REQUIRE(file);
    int count = 0;
    buffer got = BUFFER_INIT;
    for (int number = 1; fgets(line, sizeof line, file); number++) {
        line[strcspn(line, "\n")] = 0;
        if (line[0] == '#' || !line[0])
            continue;
        char *fields[4];
        for (int i = 0; i < 4; i++)
            REQUIRE((fields[i] = strtok_r(i ? NULL : line, "\t", &state)) != NULL);
        int failed = harness_failed;
        run_record(fields[0], fields[1], fields[2], &got);
        EXPECT_STR((const char *)got.data, fields[3]);
        if (harness_failed > failed)
            fprintf(stderr, "%s:%d: query %s\n", path, number, fields[1]);
        count++;
    }
    fclose(file);
    buffer_release(&got);
    EXPECT(count >= 60);
}

/* ---- random texts and queries ---- */

static const char *const pieces[] = {
    " ", " ", " ", " ", " ", ". ", ", ", "\n", "\n\n", "  \t", "! ", "? ", "-", "'", "\"", "(", ")", "/", ".",
    "run", "runs", "running", "Running", "runner", "iraq", "Iraq", "iraqi", "combat", "Combat", "mission", "missions",
    "the", "the", "of", "U.N.", "c++", "3.14", "x", "\xe4\xb8\xad", "\xe5\x9b\xbd", "\xe4\xb8\xad\xe5\x9b\xbd",
    "\xc3\xa9t\xc3\xa9", "\xe9", "\xff", "\xc2\x9b", "\x9b", "\x1b[31m", "\x07", "\x7f", "\x01", "\x02", "\x03",
    "<b>", "</b>", "<script>", "&amp;", "&", "&#39;", "\xe2\x80\x9d", "\xe2\x80\xa6", "\xe2\x80\xa8",
    "\xf0\x9f\x98\x80", "\xc2\xa0", "\xcc\x81", "\xe3\x80\x82",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
static const char *const asked[] = {"run", "runs", "running", "iraq", "combat", "mission", "missions", "the", "of",
                                    "un", "c++", "3.14", "x", "\xe4\xb8\xad", "\xe5\x9b\xbd",
                                    "\xc3\xa9t\xc3\xa9", "none"};
static const char *const asked_other[] = {"Zrun", "Ziraq", "Zmission", "Siraq", "ZSmission", "Zcombat", "run*", "mi*",
                                          "Sr*", "t*", "Zmis*", "m*n", "Sm?ssion", "*n", "\xc3\xa9?*", "r?n", "rnu~",
                                          "mision~", "\xc3\xa9te~"};

#define COUNT(array) ((uint32_t)(sizeof(array) / sizeof(array)[0]))

static void random_text(buffer *text)
{
    uint32_t count = harness_below(harness_below(8) ? 60 : 600), plain = harness_below(3);
    buffer_clear(text);
    for (uint32_t i = 0; i < count; i++) {
        /* Often only words and spaces, or phrases would be rare. */
        const char *piece = pieces[plain ? 19 + harness_below(16) : harness_below(COUNT(pieces))];
        buffer_add(text, piece, strlen(piece));
        if (plain)
            buffer_add(text, harness_below(9) ? " " : ". ", harness_below(9) ? 1 : 2);
    }
    buffer_add_byte(text, 0);
    text->size--;
}

static oir_query *random_query(int depth)
{
    static const oir_query_op ops[] = {OIR_OP_AND, OIR_OP_OR, OIR_OP_OR, OIR_OP_AND_NOT, OIR_OP_XOR, OIR_OP_AND_MAYBE,
                                       OIR_OP_FILTER};
    oir_error err;
    oir_query *query = NULL, *parts[4];
    uint32_t kind = harness_below(depth ? 8 : 4), count = 2 + harness_below(3);
    const char *term = kind < 2 ? asked[harness_below(COUNT(asked))] : asked_other[harness_below(COUNT(asked_other))];
    if (kind < 4 && term[strlen(term) - 1] == '~')
        REQUIRE_OK(oir_query_new_fuzzy(&query, term, strlen(term) - 1, 1 + harness_below(2), harness_below(2), 0, &err),
                   err);
    else if (kind < 4 && strcspn(term, "*?") + 1 < strlen(term))
        REQUIRE_OK(oir_query_new_wildcard(&query, term, strlen(term), 0, &err), err);
    else if (kind < 4 && term[strlen(term) - 1] == '*')
        REQUIRE_OK(oir_query_new_prefix(&query, term, strlen(term) - 1, 0, &err), err);
    else if (kind < 4)
        REQUIRE_OK(oir_query_new_term(&query, term, strlen(term), &err), err);
    if (kind < 4)
        return query;
    for (uint32_t i = 0; i < count; i++) {
        const char *word = asked[harness_below(COUNT(asked) - 1)];
        if (kind < 6)
            REQUIRE_OK(oir_query_new_term(&parts[i], word, strlen(word), &err), err);
        else
            parts[i] = random_query(depth - 1);
    }
    if (kind < 6)
        REQUIRE_OK(oir_query_new_operator(&query, kind == 4 ? OIR_OP_PHRASE : OIR_OP_NEAR, parts, count,
                                          harness_below(2) ? 0 : count + harness_below(8), &err), err);
    else
        REQUIRE_OK(oir_query_new_operator(&query, ops[harness_below(COUNT(ops))], parts, count, 0, &err), err);
    return query;
}

/* The whole text as it must be written, control characters and white space seen to, with `marked` bytes between marks
 * (NULL for none). */
static void reference(const char *text, size_t size, const bool *marked, const oir_snippet_options *o, buffer *out)
{
    static const char *const entities[] = {"&&amp;", "<&lt;", ">&gt;", "\"&quot;", "'&#39;"};
    bool space = false;
    buffer_clear(out);
    for (size_t at = 0; at < size;) {
        uint8_t bytes[UTF8_MAX];
        uint32_t step, c = utf8_decode((const uint8_t *)text + at, (const uint8_t *)text + size, &step);
        bool control = c < 32 || (c >= 127 && c < 160), white = unicode_is_whitespace(c);
        if (control && o->escape == OIR_ESCAPE_ANSI && !(c >= 9 && c <= 13) && c != 0x85) {
            control = white = false;
            c = 0xfffd;
        }
        if (o->one_line && white) {
            space = out->size > 0;
            at += step;
            continue;
        }
        if (space)
            buffer_add_byte(out, ' ');
        space = false;
        if (marked && marked[at] && (at == 0 || !marked[at - 1]))
            buffer_add(out, MARK_START, 1);
        const char *entity = NULL;
        for (uint32_t i = 0; o->escape == OIR_ESCAPE_HTML && i < COUNT(entities); i++)
            entity = (uint8_t)entities[i][0] == c ? entities[i] + 1 : entity;
        if (entity)
            buffer_add(out, entity, strlen(entity));
        else
            buffer_add(out, bytes, utf8_encode(control && c != '\n' ? ' ' : c, bytes));
        at += step;
        if (marked && marked[at - 1] && !marked[at])
            buffer_add(out, MARK_END, 1);
    }
    buffer_add_byte(out, 0);
    out->size--;
}

/* Takes the marks out, and splits at what is left out: each piece must be in the reference, in order. */
static void check_passages(oir_bytes snippet, const buffer *whole, size_t *shown, size_t *passages)
{
    char *bare = malloc(snippet.size + 1), *at = bare;
    REQUIRE(bare);
    for (size_t i = 0; i < snippet.size; i++) {
        if (snippet.data[i] != MARK_START[0] && snippet.data[i] != MARK_END[0])
            *at++ = snippet.data[i];
    }
    *at = 0;
    const char *from = (const char *)whole->data;
    char *state;
    for (char *piece = strtok_r(bare, OMIT, &state); piece; piece = strtok_r(NULL, OMIT, &state)) {
        size_t size = strlen(piece);
        while (size && piece[size - 1] == ' ')
            piece[--size] = 0;
        piece += strspn(piece, " ");
        const char *found = strstr(from, piece);
        EXPECT(found != NULL);
        if (!found)
            fprintf(stderr, "passage \"%s\"\nof \"%s\"\n", piece, from);
        from = found ? found + strlen(piece) : from;
        *shown += strlen(piece);
        ++*passages;
    }
    free(bare);
}

static void check_bytes(oir_bytes snippet, const oir_snippet_options *o)
{
    bool open = false;
    EXPECT(utf8_is_valid(snippet.data, snippet.size));
    EXPECT_EQ(snippet.data[snippet.size], 0);
    for (size_t i = 0; i < snippet.size; i++) {
        uint8_t c = (uint8_t)snippet.data[i];
        if (c == 1 || c == 2) {
            EXPECT_EQ(open, c == 2);
            EXPECT(c == 1 || snippet.data[i - 1] != 1);
            open = c == 1;
            continue;
        }
        EXPECT(c >= 32 || c == 3 || (c == '\n' && !o->one_line));
        EXPECT(c != 127 && !(c == 0xc2 && (uint8_t)snippet.data[i + 1] < 0xa0));
        if (o->escape == OIR_ESCAPE_HTML) {
            EXPECT(!strchr("<>\"'", c));
            EXPECT(c != '&' || !strncmp(snippet.data + i, "&amp;", 5) || !strncmp(snippet.data + i, "&lt;", 4) ||
                   !strncmp(snippet.data + i, "&gt;", 4) || !strncmp(snippet.data + i, "&quot;", 6) ||
                   !strncmp(snippet.data + i, "&#39;", 5));
        }
    }
    EXPECT(!open);
}

/* The text of a mark, entities read back where there are any. */
static void read_mark(const char *at, size_t size, bool html, buffer *out)
{
    buffer_clear(out);
    for (const char *end = at + size; at < end; at++) {
        static const char *const entities[] = {"&&amp;", "<&lt;", ">&gt;", "\"&quot;", "'&#39;"};
        uint32_t i = 0;
        while (i < COUNT(entities) && strncmp(at, entities[i] + 1, strlen(entities[i]) - 1) != 0)
            i++;
        buffer_add_byte(out, (uint8_t)(html && i < COUNT(entities) ? entities[i][0] : *at));
        if (html && i < COUNT(entities))
            at += strlen(entities[i]) - 2;
    }
}

/* Whether each marked piece of the snippet holds only words that the query marks somewhere. */
static void check_marks(oir_bytes snippet, const oir_query *query, bool html)
{
    buffer mark = BUFFER_INIT;
    for (const char *at = snippet.data; (at = memchr(at, 1, (size_t)(snippet.data + snippet.size - at))); at++) {
        const char *end = strchr(at, 2);
        world_words w;
        REQUIRE(end);
        read_mark(at + 1, (size_t)(end - at) - 1, html, &mark);
        world_words_init(&w, (const char *)mark.data, mark.size, "english");
        world_mark_all(&w, query);
        EXPECT(w.count > 0);
        for (size_t i = 0; i < w.count; i++) {
            /* Words of NEAR were near a word outside of the mark. */
            bool marked = w.marked[w.tokens[i].begin];
            for (uint32_t k = 0; k < COUNT(asked) && !marked; k++)
                marked = strlen(asked[k]) == w.tokens[i].size && !memcmp(asked[k], w.terms[i], w.tokens[i].size);
            EXPECT(marked || (w.tokens[i].flags & WORD_PAIR));
        }
        world_words_release(&w);
    }
    buffer_release(&mark);
}

static void check_random(const buffer *text, const oir_query *query, bool whole, buffer *expected)
{
    oir_error err;
    oir_snippeter *snippeter;
    oir_bytes snippet;
    oir_snippet_options o = OIR_SNIPPET_OPTIONS_INIT;
    o.length = whole ? text->size * 2 : harness_below(harness_below(2) ? 20 : 300);
    o.passages = harness_below(5);
    o.escape = (oir_snippet_escape)harness_below(3);
    o.one_line = whole ? false : harness_below(3);
    o.empty_without_match = harness_below(2);
    o.mark_start = MARK_START;
    o.mark_end = MARK_END;
    o.omit = OMIT;
    REQUIRE_OK(oir_snippeter_new(&snippeter, query, NULL, "english", &o, &err), err);
    for (int repeat = 0; repeat < 2; repeat++) /* the second time from the memo */
        REQUIRE_OK(oir_snippeter_get(snippeter, (const char *)text->data, text->size, &snippet, &err), err);
    world_words w;
    world_words_init(&w, (const char *)text->data, text->size, "english");
    world_mark_all(&w, query);
    bool any = memchr(w.marked, true, text->size + 1) != NULL;
    EXPECT_EQ(any, memchr(snippet.data, 1, snippet.size) != NULL);
    EXPECT(any || !o.empty_without_match || snippet.size == 0);
    check_bytes(snippet, &o);
    check_marks(snippet, query, o.escape == OIR_ESCAPE_HTML);
    reference((const char *)text->data, text->size, whole ? w.marked : NULL, &o, expected);
    size_t shown = 0, passages = 0;
    if (whole && snippet.size) {
        EXPECT_EQ(memchr(snippet.data, 3, snippet.size) != NULL, false);
        EXPECT(strstr((const char *)expected->data, snippet.data) != NULL);
        if (!strstr((const char *)expected->data, snippet.data))
            fprintf(stderr, "got      \"%s\"\nexpected \"%s\"\n", snippet.data, (const char *)expected->data);
    } else if (!whole) {
        check_passages(snippet, expected, &shown, &passages);
        /* Beside what was asked for: a mark, a word, or an entity for each byte. */
        EXPECT(passages <= (o.passages ? o.passages : 1));
        EXPECT(shown <= (o.length + o.length / 6 + passages * (128 + OIR_TERM_MAX + 16)) * 6);
        if (o.escape == OIR_ESCAPE_NONE && !memchr(snippet.data, 1, snippet.size))
            EXPECT(shown <= 2 * (o.length + o.length / 6) + 2 * 72);
    }
    world_words_release(&w);
    oir_snippeter_free(snippeter);
}

static void random_snippets(void)
{
    buffer text = BUFFER_INIT, expected = BUFFER_INIT;
    harness_seed(20261121);
    for (uint32_t i = 0, rounds = harness_times(6000); i < rounds; i++) {
        int failed = harness_failed;
        random_text(&text);
        oir_query *query = random_query(2);
        check_random(&text, query, i % 2, &expected);
        if (harness_failed > failed) {
            char *description;
            oir_error err;
            REQUIRE_OK(oir_query_get_description(query, &description, &err), err);
            fprintf(stderr, "round %u: %s\ntext \"%s\"\n", i, description, (const char *)text.data);
            oir_memory_free(description);
        }
        oir_query_free(query);
    }
    buffer_release(&text);
    buffer_release(&expected);
}

/* ---- headings ---- */

enum { PARAGRAPHS = 40 };

/* A text made of headings and paragraphs, as it is and as it is shown in one line; where in the latter there are
 * breaks: before headings, and behind them. */
typedef struct headed_text {
    buffer text, line;
    size_t breaks[PARAGRAPHS];
    size_t break_count;
} headed_text;

/* Words are asked for or have a number, so that each passage is found at its place. */
static void add_words(headed_text *h, uint32_t count, uint32_t *number)
{
    static const char *const words[] = {"iraq", "combat", "mission"};
    for (uint32_t i = 0; i < count; i++) {
        char word[20];
        snprintf(word, sizeof word, "%s%c%u", i ? " " : "", i ? 'w' : 'W', (*number)++);
        if (harness_below(9) == 0)
            snprintf(word, sizeof word, "%s%s", i ? " " : "", words[harness_below(COUNT(words))]);
        buffer_add(&h->text, word, strlen(word));
        buffer_add(&h->line, word, strlen(word));
    }
}

static void make_headed(headed_text *h)
{
    static const char *const empty_lines[] = {"\n\n", "\n\n", "\r\n\r\n", " \n \n\n", "\n\xc2\xa0\n"};
    uint32_t number = 0, count = 1 + harness_below(PARAGRAPHS);
    bool headed = false;
    buffer_clear(&h->text);
    buffer_clear(&h->line);
    h->break_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool heading = i + 1 < count && harness_below(3) == 0, before = headed;
        if (i) {
            const char *empty = empty_lines[harness_below(COUNT(empty_lines))];
            buffer_add(&h->text, empty, strlen(empty));
            if (heading || before)
                h->breaks[h->break_count++] = h->line.size + 1;
            buffer_add_byte(&h->line, ' ');
        }
        for (uint32_t k = heading ? 1 : 1 + harness_below(4); k > 0; k--) {
            add_words(h, heading ? 1 + harness_below(8) : 2 + harness_below(20), &number);
            const char *end = heading ? "" : k > 1 ? ". " : harness_below(6) ? "." : ".)";
            buffer_add(&h->text, end, strlen(end));
            buffer_add(&h->line, end, strlen(end));
        }
        headed = heading;
    }
    buffer_add_byte(&h->text, 0);
    buffer_add_byte(&h->line, 0);
    h->text.size--;
    h->line.size--;
}

/* A passage, without marks, that begins at `begin`, and in `marked` the letters that marked words begin with. */
static void check_headed(const headed_text *h, const char *passage, const char *marked, size_t begin, size_t enough)
{
    for (size_t i = 0; i < h->break_count; i++) {
        size_t at = h->breaks[i], end = begin + strlen(passage);
        if (at <= begin || at >= end)
            continue;
        bool before = false, behind = false, differ = false;
        for (size_t k = begin; k < end; k++) {
            before = before || (marked[k - begin] && k < at);
            behind = behind || (marked[k - begin] && k >= at);
            for (size_t other = begin; other < k; other++)
                differ = differ || (marked[k - begin] && marked[other - begin] &&
                                    marked[k - begin] != marked[other - begin]);
        }
        /* Only what were too short alone goes on, and what has different words before and behind it. */
        before = before || h->text.size <= enough;
        EXPECT(before || !behind);
        EXPECT(at - begin < enough || (behind && differ));
        if ((!before && behind) || !(at - begin < enough || (behind && differ)))
            fprintf(stderr, "passage \"%s\"\nof \"%s\"\n", passage, (const char *)h->text.data);
    }
}

static void check_headed_snippet(const headed_text *h, oir_bytes snippet, size_t enough)
{
    char *bare = calloc(snippet.size + 1, 1), *marked = calloc(snippet.size + 1, 1);
    REQUIRE(bare && marked);
    const char *from = (const char *)h->line.data;
    for (size_t i = 0; i < snippet.size;) {
        size_t size = 0;
        bool in_mark = false;
        memset(marked, 0, snippet.size + 1);
        for (; i < snippet.size && snippet.data[i] != OMIT[0]; i++) {
            char c = snippet.data[i];
            in_mark = c == MARK_START[0] || (in_mark && c != MARK_END[0]);
            if (c == MARK_START[0] || c == MARK_END[0] || (size == 0 && c == ' '))
                continue;
            if (in_mark && (snippet.data[i - 1] == MARK_START[0] || snippet.data[i - 1] == ' '))
                marked[size] = c;
            bare[size++] = c;
        }
        i++;
        while (size && bare[size - 1] == ' ')
            size--;
        bare[size] = 0;
        const char *found = strstr(from, bare);
        REQUIRE(found);
        /* A passage of nothing but what is asked for may be found where it is not. */
        if (strchr(bare, 'w') || strchr(bare, 'W'))
            check_headed(h, bare, marked, (size_t)(found - (const char *)h->line.data), enough);
        from = found + size;
    }
    free(bare);
    free(marked);
}

static void random_headings(void)
{
    headed_text h = {.text = BUFFER_INIT, .line = BUFFER_INIT};
    static const char *const questions[] = {"(OR iraq combat mission)", "(OR iraq combat)", "iraq", "none",
                                            "(OR (PHRASE iraq combat) mission)"};
    harness_seed(9);
    for (uint32_t i = harness_times(4000); i > 0; i--) {
        oir_error err;
        oir_snippeter *snippeter;
        oir_bytes snippet;
        oir_snippet_options o = OIR_SNIPPET_OPTIONS_INIT;
        const char *at = questions[harness_below(COUNT(questions))];
        oir_query *query = world_build(&at);
        o.length = 40 + harness_below(300);
        o.passages = 1 + harness_below(3);
        o.escape = OIR_ESCAPE_NONE;
        o.mark_start = MARK_START;
        o.mark_end = MARK_END;
        o.omit = OMIT;
        make_headed(&h);
        REQUIRE_OK(oir_snippeter_new(&snippeter, query, NULL, "english", &o, &err), err);
        REQUIRE_OK(oir_snippeter_get(snippeter, (const char *)h.text.data, h.text.size, &snippet, &err), err);
        EXPECT(h.text.size == 0 || snippet.size > 0);
        check_headed_snippet(&h, snippet, o.length / 2 < 40 ? o.length / 2 : 40);
        oir_snippeter_free(snippeter);
        oir_query_free(query);
    }
    buffer_release(&h.text);
    buffer_release(&h.line);
}

/* ---- edges ---- */

static void languages(void)
{
    oir_error err;
    oir_query *query;
    oir_snippeter *snippeter;
    REQUIRE_OK(oir_query_new_term(&query, "Zrun", 4, &err), err);
    EXPECT_EQ(oir_snippeter_new(&snippeter, query, NULL, "klingon", NULL, &err), OIR_NOT_FOUND);
    EXPECT(snippeter == NULL);
    REQUIRE_OK(oir_snippeter_new(&snippeter, query, NULL, NULL, NULL, &err), err);
    oir_bytes out;
    REQUIRE_OK(oir_snippeter_get(snippeter, NULL, 0, &out, &err), err);
    EXPECT_EQ(out.size, 0);
    REQUIRE_OK(oir_snippeter_get(snippeter, "run runs", 8, &out, &err), err);
    EXPECT_STR(out.data, "<b>run</b> runs");
    oir_snippeter_free(snippeter);
    oir_snippeter_free(NULL);
    oir_query_free(query);
}

/* Whether a word whose stem this is can be passed over by its first bytes for another's sake: how much of their
 * beginning stems keep is what the matcher relies on (KEEPS_ in snippet_match.c). */
static bool keeps(const char *how, const char *word, size_t size, oir_bytes stem)
{
    char second = size > 1 ? word[1] : 0;
    bool first = stem.size == 0 || stem.data[0] == word[0];
    if (*how == 'a')
        return first || (uint8_t)word[0] >= 0x80;
    if (*how == '1' || stem.size == 0)
        return first;
    if (stem.size == 1)
        return first && (!second || strchr("ies'", second));
    return first && (stem.data[1] == second || (strchr("iy", stem.data[1]) && second && strchr("iy", second)));
}

static void first_bytes(void)
{
    static const struct {
        const char *name, *how;
    } languages[] = {{"danish", "1"}, {"english", "2"}, {"norwegian", "1"}, {"porter", "2"}, {"swedish", "1"},
                     {"finnish", "a"}, {"french", "a"}, {"german", "a"}, {"italian", "a"}, {"portuguese", "a"},
                     {"spanish", "a"}};
    static const char *const bits[] = {"a", "b", "c", "d", "e", "g", "h", "i", "l", "m", "n", "o", "r", "s", "t", "u",
                                       "y", "qu", "\xc3\xa4", "\xc3\xb6", "\xc3\xbc", "\xc3\xa9", "\xc3\x9f",
                                       "\xc3\xa3", "ing", "ed", "ies", "ement", "ation", "en", "'", "'s"};
    harness_seed(5);
    for (uint32_t i = 0; i < COUNT(languages); i++) {
        oir_error err;
        oir_stemmer *stemmer;
        REQUIRE_OK(oir_stemmer_new(&stemmer, languages[i].name, &err), err);
        for (uint32_t n = 0, words = harness_times(100000); n < words; n++) {
            char word[80] = "";
            size_t size = 0;
            for (uint32_t k = 0, count = 1 + harness_below(8); k < count; k++) {
                const char *bit = bits[harness_below(k ? COUNT(bits) : COUNT(bits) - 2)];
                size += (size_t)snprintf(word + size, sizeof word - size, "%s", bit);
            }
            oir_bytes stem = oir_stemmer_stem(stemmer, word, size);
            /* Words with an apostrophe are always looked up in French: later versions take off what is elided. */
            bool kept = keeps(languages[i].how, word, size, stem) ||
                        (strcmp(languages[i].name, "french") == 0 && strchr(word, '\''));
            EXPECT(kept);
            if (!kept)
                fprintf(stderr, "%s: %s is %.*s\n", languages[i].name, word, (int)stem.size, stem.data);
        }
        oir_stemmer_free(stemmer);
    }
}

/* Options of a caller compiled against an older, shorter struct. */
static void short_options(void)
{
    oir_error err;
    oir_query *query;
    oir_snippeter *snippeter;
    oir_bytes out;
    oir_snippet_options o = {.struct_size = offsetof(oir_snippet_options, passages), .length = 10, .mark_start = "?"};
    REQUIRE_OK(oir_query_new_term(&query, "b", 1, &err), err);
    REQUIRE_OK(oir_snippeter_new(&snippeter, query, NULL, "", &o, &err), err);
    REQUIRE_OK(oir_snippeter_get(snippeter, "a b c", 5, &out, &err), err);
    EXPECT_STR(out.data, "a <b>b</b> c");
    oir_snippeter_free(snippeter);
    oir_query_free(query);
}

/* Twenty documents have one word, one has the other. */
static void fill_index(const char *folder)
{
    oir_error err;
    oir_writable_database *writer;
    oir_document *document;
    REQUIRE_OK(oir_writable_database_open(&writer, folder, NULL, &err), err);
    REQUIRE_OK(oir_document_new(&document, &err), err);
    for (int i = 0; i < 20; i++) {
        oir_document_clear(document);
        REQUIRE_OK(oir_document_add_term(document, "often", 5, 1, &err), err);
        if (i == 7)
            REQUIRE_OK(oir_document_add_term(document, "Zseldom", 7, 1, &err), err);
        REQUIRE_OK(oir_writable_database_add_document(writer, document, NULL, &err), err);
    }
    REQUIRE_OK(oir_writable_database_commit(writer, &err), err);
    oir_document_free(document);
    oir_writable_database_close(writer);
}

/* The passage with the rare word is shown, without a database the first. */
static void rare_words(void)
{
    static const char text[] = "It happens often that many words come first, and go on for a long while without an end "
                               "to them. Only then, and only seldom, comes what was looked for by those who asked.";
    oir_error err;
    oir_database *database;
    oir_bytes out;
    oir_snippet_options o = OIR_SNIPPET_OPTIONS_INIT;
    char *folder = scratch_open();
    const char *at = "(OR often Zseldom)";
    oir_query *query = world_build(&at);
    o.length = 40;
    fill_index(folder);
    REQUIRE_OK(oir_database_open(&database, folder, &err), err);
    for (int with = 0; with < 2; with++) {
        oir_snippeter *snippeter;
        REQUIRE_OK(oir_snippeter_new(&snippeter, query, with ? database : NULL, "english", &o, &err), err);
        REQUIRE_OK(oir_snippeter_get(snippeter, text, sizeof text - 1, &out, &err), err);
        EXPECT_EQ(strstr(out.data, "<b>often</b>") != NULL, !with);
        EXPECT_EQ(strstr(out.data, "<b>seldom</b>") != NULL, with);
        oir_snippeter_free(snippeter);
    }
    oir_database_close(database);
    oir_query_free(query);
    scratch_close(folder);
}

int main(void)
{
    TEST(records);
    TEST(languages);
    TEST(short_options);
    TEST(rare_words);
    TEST(first_bytes);
    TEST(random_snippets);
    TEST(random_headings);
    return harness_end();
}
