#include "searcher/query_lexer.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "searcher/query_pattern.h"
#include "text/unicode.h"
#include "text/utf8.h"

/* Stands for the text's end where a code point is asked for; white space, for all that follows from it. */
#define END_OF_TEXT 0x20u

/* No place in a text. */
#define NOWHERE SIZE_MAX

static uint32_t code_at(const query_lexer *lexer, size_t at, uint32_t *step)
{
    *step = 0;
    if (at >= lexer->size)
        return END_OF_TEXT;
    const uint8_t *text = (const uint8_t *)lexer->text;
    return utf8_decode(text + at, text + lexer->size, step);
}

static uint32_t peek(const query_lexer *lexer, size_t at)
{
    uint32_t step;
    return code_at(lexer, at, &step);
}

bool query_lexer_has_flag(const query_lexer *lexer, unsigned flag)
{
    return !lexer->options.plain && (lexer->options.flags & flag);
}

static bool is_quote(uint32_t c)
{
    return c == '"' || c == 0x201c || c == 0x201d;
}

static bool joins_phrase(uint32_t c)
{
    return c == '.' || c == '-' || c == '/' || c == ':' || c == '\\' || c == '@';
}

bool query_lexer_starts_word(const query_lexer *lexer, size_t at)
{
    return at < lexer->size && unicode_is_wordchar(peek(lexer, at));
}

static size_t skip_joins(const query_lexer *lexer, size_t at)
{
    while (at < lexer->size && joins_phrase((uint8_t)lexer->text[at]))
        at++;
    return at;
}

static size_t skip_spaces(const query_lexer *lexer, size_t at)
{
    uint32_t step, c;
    while (at < lexer->size && (c = code_at(lexer, at, &step), unicode_is_whitespace(c)))
        at += step;
    return at;
}

/* The last byte before `at` is enough: all that is asked for is ASCII, or white space. */
uint32_t query_lexer_code_before(const query_lexer *lexer, size_t at)
{
    if (at == 0)
        return END_OF_TEXT;
    size_t from = at - 1;
    while (from > 0 && at - from < UTF8_MAX && ((uint8_t)lexer->text[from] & 0xc0) == 0x80)
        from--;
    uint32_t step, c = code_at(lexer, from, &step);
    return from + step == at ? c : (uint8_t)lexer->text[at - 1];
}

static query_token *add_token(query_lexer *lexer, query_token_kind kind, const query_field *field)
{
    bool group = lexer->group;
    lexer->group = false;
    query_token *token = &lexer->spare;
    if (memory_reserve(&lexer->tokens, &lexer->token_capacity, lexer->token_count + 1, sizeof *lexer->tokens))
        token = &lexer->tokens[lexer->token_count++];
    else
        lexer->failed = true;
    *token = (query_token){.kind = kind, .field = field, .in_group = group, .first_word = (uint32_t)lexer->word_count};
    return token;
}

/* A token of words, which are to follow. Among plain words, each within excluded brackets is excluded for itself. */
query_token *query_lexer_add_word_token(query_lexer *lexer, query_token_kind kind, const query_field *field)
{
    if (lexer->excluded)
        add_token(lexer, QUERY_TOKEN_HATE, NULL);
    return add_token(lexer, kind, field);
}

/* The last of the lexer's bytes, from `offset` on, as a word. */
query_word *query_lexer_add_entry(query_lexer *lexer, size_t offset)
{
    size_t size = lexer->bytes.size - offset;
    if (!memory_reserve(&lexer->words, &lexer->word_capacity, lexer->word_count + 1, sizeof *lexer->words)) {
        lexer->failed = true;
        return NULL;
    }
    query_word *entry = &lexer->words[lexer->word_count++];
    *entry = (query_word){.offset = (uint32_t)offset, .size = (uint32_t)size, .too_long = size > OIR_TERM_MAX};
    return entry;
}

static void add_word(query_lexer *lexer, const word_token *w, oir_termpos position, bool stems)
{
    size_t offset = lexer->bytes.size;
    buffer_add(&lexer->bytes, w->term, w->size < WORD_BYTES ? w->size : WORD_BYTES);
    query_word *entry = query_lexer_add_entry(lexer, offset);
    if (entry) {
        entry->position = position;
        entry->stems = stems;
    }
}

/* The place behind a word: the last full stop of U.N. belongs to it. */
size_t query_lexer_word_behind(const query_lexer *lexer, const word_token *w)
{
    bool stop = (w->flags & WORD_ACRONYM) && w->end < lexer->size && lexer->text[w->end] == '.';
    return w->end + stop;
}

static bool word_stems(const query_lexer *lexer, const word_token *w, size_t behind)
{
    if (!(w->flags & WORD_LETTER) || ((w->flags & WORD_CAPITAL) && !lexer->options.stem_capitals))
        return false;
    return behind >= lexer->size || !memchr("(/\\@<>=*[{\"", lexer->text[behind], 11);
}

/* One word, at its next position; returns the place behind it. */
static size_t read_plain_word(query_lexer *lexer, const word_token *w)
{
    size_t behind = query_lexer_word_behind(lexer, w);
    add_word(lexer, w, ++lexer->position, word_stems(lexer, w, behind));
    return behind;
}

/* A run of a script without spaces, from its first character `w` on; all of it stands at one position. In quotes its
 * characters are words like others; else they and the pairs of them are taken as written, which is how they are found
 * whether or not there are stems. Returns the place behind it. */
static size_t read_ngrams(query_lexer *lexer, word_token *w, bool quoted)
{
    size_t first = lexer->word_count, behind = w->end;
    lexer->position++;
    for (;;) {
        if (!quoted || !(w->flags & WORD_PAIR))
            add_word(lexer, w, lexer->position, false);
        if (lexer->breaker.pair == NULL && !(w->flags & WORD_PAIR))
            break;
        word_next(&lexer->breaker, w);
        behind = w->end;
    }
    bool stems = quoted && word_stems(lexer, w, behind);
    for (size_t i = first; i < lexer->word_count; i++)
        lexer->words[i].stems = stems;
    return behind;
}

static bool read_distance(const query_lexer *lexer, size_t *at, oir_termpos *distance)
{
    size_t digit = *at + 1;
    oir_termpos value = 0;
    for (; digit < lexer->size && lexer->text[digit] >= '0' && lexer->text[digit] <= '9'; digit++) {
        if (value < 100000000)
            value = value * 10 + (oir_termpos)(lexer->text[digit] - '0');
    }
    if (value == 0 || !unicode_is_whitespace(peek(lexer, digit)))
        return false;
    *at = digit;
    *distance = value;
    return true;
}

static bool is_spelled(const char *text, const char *name, size_t size, bool any_case)
{
    for (size_t i = 0; i < size; i++) {
        char c = any_case && text[i] >= 'a' && text[i] <= 'z' ? (char)(text[i] - 'a' + 'A') : text[i];
        if (c != name[i])
            return false;
    }
    return true;
}

/* Reads an operator if the word is one. */
static bool read_operator(query_lexer *lexer, const word_token *w)
{
    static const struct {
        const char *name;
        query_token_kind kind;
    } operators[] = {
        {"AND", QUERY_TOKEN_AND}, {"OR", QUERY_TOKEN_OR},     {"NOT", QUERY_TOKEN_NOT},
        {"XOR", QUERY_TOKEN_XOR}, {"NEAR", QUERY_TOKEN_NEAR}, {"ADJ", QUERY_TOKEN_ADJ},
    };
    if (!query_lexer_has_flag(lexer, OIR_PARSE_BOOLEAN) || (w->flags & WORD_ACRONYM))
        return false;
    size_t behind = w->end, size = w->end - w->begin;
    char next = behind < lexer->size ? lexer->text[behind] : ' ';
    if (next == '*' && query_lexer_has_flag(lexer, OIR_PARSE_WILDCARD))
        return false;
    for (size_t i = 0; i < sizeof operators / sizeof *operators; i++) {
        if (strlen(operators[i].name) != size || !is_spelled(lexer->text + w->begin, operators[i].name, size,
                                                             query_lexer_has_flag(lexer, OIR_PARSE_BOOLEAN_ANY_CASE)))
            continue;
        oir_termpos distance = 0;
        bool near = operators[i].kind == QUERY_TOKEN_NEAR || operators[i].kind == QUERY_TOKEN_ADJ;
        if (near && next == '/' && !read_distance(lexer, &behind, &distance))
            return false;
        add_token(lexer, operators[i].kind, NULL)->distance = distance;
        lexer->at = behind;
        lexer->after_and = operators[i].kind == QUERY_TOKEN_AND;
        return true;
    }
    return false;
}

/* The words of a phrase joined by . - / : \ @, the first of which has been read. */
static void read_joined(query_lexer *lexer, query_token *token, size_t at)
{
    for (;;) {
        size_t next = skip_joins(lexer, at);
        word_token w;
        if (next == at || !word_read(&lexer->breaker, next, &w) || (w.flags & WORD_NGRAM))
            break;
        at = read_plain_word(lexer, &w);
        token->word_count++;
    }
    lexer->joined = skip_joins(lexer, at);
    lexer->at = at;
}

static void read_ngram_token(query_lexer *lexer, word_token *w, const query_field *field)
{
    query_token *token = query_lexer_add_word_token(lexer, QUERY_TOKEN_NGRAMS, field);
    lexer->at = read_ngrams(lexer, w, false);
    token->word_count = (uint32_t)lexer->word_count - token->first_word;
}

static bool may_be_partial(const query_lexer *lexer, const word_token *w, size_t behind)
{
    return behind == lexer->size && query_lexer_has_flag(lexer, OIR_PARSE_PARTIAL) &&
           utf8_count(lexer->text + w->begin, w->end - w->begin) >= 2;
}

/* What begins with the word at `at`: an operator where there is no field, else a word, phrase, word* or run. `alone`
 * means that a sign stands before it, so that it begins no group. */
static void read_words(query_lexer *lexer, size_t at, const query_field *field, bool has_field, bool alone)
{
    word_token w;
    if (query_pattern_read(lexer, at, field))
        return;
    word_read(&lexer->breaker, at, &w);
    if (!has_field && read_operator(lexer, &w))
        return;
    if (w.flags & WORD_NGRAM) {
        read_ngram_token(lexer, &w, field);
        return;
    }
    bool group = lexer->group && !lexer->excluded;
    query_token *token = query_lexer_add_word_token(lexer, group ? QUERY_TOKEN_GROUP_WORD : QUERY_TOKEN_WORD, field);
    token->word_count = 1;
    size_t behind = lexer->at = read_plain_word(lexer, &w), next = skip_joins(lexer, behind);
    lexer->joined = next;
    if (behind < lexer->size && lexer->text[behind] == '*' && query_lexer_has_flag(lexer, OIR_PARSE_WILDCARD)) {
        token->kind = QUERY_TOKEN_WILDCARD;
        lexer->at++;
    } else if (next > behind && query_lexer_starts_word(lexer, next) &&
               !(lexer->options.ngrams && unicode_is_ngram(peek(lexer, next)))) {
        token->kind = QUERY_TOKEN_PHRASE;
        read_joined(lexer, token, behind);
    } else if (may_be_partial(lexer, &w, behind)) {
        token->kind = QUERY_TOKEN_PARTIAL;
    } else {
        /* The first word of a group has white space right behind it, the others may end in a . or - first. */
        size_t gap = group ? next : behind;
        lexer->at = gap;
        lexer->group = !alone && unicode_is_whitespace(peek(lexer, gap));
    }
}

/* A phrase in quotes; lexer->at stands on the opening one. */
static void read_quoted(query_lexer *lexer, const query_field *field)
{
    uint32_t step, c = code_at(lexer, lexer->at, &step);
    size_t at = lexer->at + step, word_at = skip_spaces(lexer, at);
    lexer->group = false;
    c = code_at(lexer, word_at, &step);
    if (word_at >= lexer->size || is_quote(c)) { /* nothing in it, or a quote at the end of the text */
        lexer->at = word_at + step;
        if (field != lexer->field)
            add_token(lexer, QUERY_TOKEN_BAD, NULL);
        return;
    }
    query_token *token = query_lexer_add_word_token(lexer, QUERY_TOKEN_PHRASE, field);
    bool closed = false;
    while (at < lexer->size && !closed) {
        word_token w;
        c = code_at(lexer, at, &step);
        if (c == '"' && peek(lexer, at + 1) == '"') {
            at += 2;
        } else if (word_read(&lexer->breaker, at, &w)) {
            at = (w.flags & WORD_NGRAM) ? read_ngrams(lexer, &w, true) : read_plain_word(lexer, &w);
        } else {
            closed = is_quote(c);
            at += step;
        }
    }
    lexer->at = at;
    token->word_count = (uint32_t)lexer->word_count - token->first_word;
    if (token->word_count == 0)
        token->kind = QUERY_TOKEN_BAD;
}

/* The value of a boolean field, from `at` on: in quotes, where "" stands for a quote; else up to white space or ). */
static void read_filter(query_lexer *lexer, size_t at, const query_field *field)
{
    query_token *token = query_lexer_add_word_token(lexer, QUERY_TOKEN_FILTER, field);
    size_t before = lexer->bytes.size;
    uint32_t step, c = code_at(lexer, at, &step);
    bool quoted = is_quote(c);
    if (quoted)
        at += step;
    for (; at < lexer->size; at += step) {
        c = code_at(lexer, at, &step);
        if (quoted && is_quote(c)) {
            at += step;
            if (at >= lexer->size || !is_quote(code_at(lexer, at, &step)))
                break;
            c = '"';
        } else if (!quoted && (c <= ' ' || c == ')')) {
            break;
        }
        uint8_t bytes[UTF8_MAX];
        buffer_add(&lexer->bytes, bytes, utf8_encode(c, bytes));
    }
    query_lexer_add_entry(lexer, before);
    token->word_count = 1;
    lexer->at = at;
}

static void open_bracket(query_lexer *lexer, const query_field *field)
{
    if (lexer->depth == OIR_QUERY_DEPTH_MAX - 4) { /* the grammar nests a little deeper than the brackets */
        add_token(lexer, QUERY_TOKEN_BAD, NULL);
        return;
    }
    add_token(lexer, QUERY_TOKEN_OPEN, field);
    lexer->outer[lexer->depth++] = lexer->field;
    lexer->field = field;
}

static void close_bracket(query_lexer *lexer)
{
    add_token(lexer, QUERY_TOKEN_CLOSE, NULL);
    if (lexer->depth)
        lexer->field = lexer->outer[--lexer->depth];
}

/* Reads what belongs to a field if one is named at lexer->at. */
static bool read_field(query_lexer *lexer, bool alone)
{
    size_t at = lexer->at;
    uint32_t step, c;
    while (at < lexer->size && (c = code_at(lexer, at, &step), unicode_is_wordchar(c)))
        at += step;
    if (at >= lexer->size || lexer->text[at] != ':')
        return false;
    size_t value = at + 1;
    uint32_t next = peek(lexer, value);
    if (next <= ' ' || next == ')')
        return false;
    const query_field *field = query_fields_get(lexer->options.fields, lexer->text + lexer->at, at - lexer->at);
    if (!field)
        return false;
    if (field->boolean) {
        read_filter(lexer, value, field);
        return true;
    }
    size_t start = skip_joins(lexer, value);
    if (next != ':' && query_lexer_starts_word(lexer, start)) {
        read_words(lexer, start, field, true, alone);
    } else if (query_pattern_read(lexer, value, field)) {
        return true;
    } else if (is_quote(next) && query_lexer_has_flag(lexer, OIR_PARSE_PHRASE)) {
        lexer->at = value;
        read_quoted(lexer, field);
    } else if (next == '(' && query_lexer_has_flag(lexer, OIR_PARSE_BOOLEAN)) {
        lexer->at = value + 1;
        open_bracket(lexer, field);
    } else {
        return false;
    }
    return true;
}

static void read_open(query_lexer *lexer)
{
    uint32_t before = query_lexer_code_before(lexer, lexer->at);
    if (lexer->joined == lexer->at)
        before = 'a'; /* what joins words belongs to the word before it */
    lexer->at++;
    if (lexer->excluded)
        lexer->excluded++;
    bool opens = unicode_is_whitespace(before) || before == '(' || before == ')' || before == '+' || before == '-';
    if (!opens || !query_lexer_has_flag(lexer, OIR_PARSE_BOOLEAN))
        return;
    size_t next = skip_spaces(lexer, lexer->at);
    if (next < lexer->size && lexer->text[next] == ')')
        lexer->at = next + 1;
    else if (next < lexer->size)
        open_bracket(lexer, lexer->field);
}

static void read_close(query_lexer *lexer)
{
    lexer->at++;
    if (lexer->excluded)
        lexer->excluded--;
    if (query_lexer_has_flag(lexer, OIR_PARSE_BOOLEAN))
        close_bracket(lexer);
}

static void read_excluded(query_lexer *lexer, uint32_t next)
{
    if (next == '(') {
        lexer->excluded = 1;
        lexer->at++;
    } else if (is_quote(next) && (lexer->options.flags & OIR_PARSE_PHRASE)) {
        add_token(lexer, QUERY_TOKEN_HATE, NULL);
        read_quoted(lexer, lexer->field);
    } else if (query_lexer_starts_word(lexer, lexer->at)) {
        add_token(lexer, QUERY_TOKEN_HATE, NULL);
        if (!read_field(lexer, true))
            read_words(lexer, lexer->at, lexer->field, false, true);
    }
}

/* + or -: a sign when white space or a bracket stands before it and something to search for behind. */
static void read_sign(query_lexer *lexer)
{
    uint32_t before = query_lexer_code_before(lexer, lexer->at);
    bool love = lexer->text[lexer->at++] == '+', after_and = lexer->after_and;
    lexer->after_and = false;
    uint32_t next = peek(lexer, lexer->at);
    if (!(lexer->options.flags & OIR_PARSE_LOVEHATE) || lexer->excluded)
        return;
    if (!(unicode_is_whitespace(before) || before == '(') || unicode_is_whitespace(next) || next == '+' || next == '-')
        return;
    if (lexer->options.plain) {
        if (!love)
            read_excluded(lexer, next);
        return;
    }
    query_token_kind hate = after_and ? QUERY_TOKEN_NOT : QUERY_TOKEN_HATE;
    add_token(lexer, love ? QUERY_TOKEN_LOVE : hate, NULL);
    if (query_lexer_starts_word(lexer, lexer->at) && !read_field(lexer, true))
        read_words(lexer, lexer->at, lexer->field, false, true);
}

static void read_next(query_lexer *lexer)
{
    uint32_t step, c = code_at(lexer, lexer->at, &step);
    if (unicode_is_whitespace(c)) {
        lexer->at += step;
        return;
    }
    lexer->after_and = lexer->after_and && c == '-';
    if (unicode_is_wordchar(c)) {
        if (!read_field(lexer, false))
            read_words(lexer, lexer->at, lexer->field, false, false);
        return;
    }
    if (query_pattern_may_begin(lexer, c) && query_pattern_read(lexer, lexer->at, lexer->field))
        return;
    lexer->group = false;
    bool phrases = lexer->excluded ? lexer->options.flags & OIR_PARSE_PHRASE
                                   : query_lexer_has_flag(lexer, OIR_PARSE_PHRASE);
    if (is_quote(c) && phrases)
        read_quoted(lexer, lexer->field);
    else if (c == '(')
        read_open(lexer);
    else if (c == ')')
        read_close(lexer);
    else if (c == '+' || c == '-')
        read_sign(lexer);
    else
        lexer->at += step;
}

oir_status query_lexer_read(query_lexer *lexer, const char *text, size_t size, const query_lexer_options *options,
                            oir_error *err)
{
    lexer->token_count = lexer->word_count = lexer->at = 0;
    lexer->position = 0;
    lexer->depth = lexer->excluded = 0;
    lexer->group = lexer->after_and = lexer->failed = false;
    lexer->joined = NOWHERE;
    lexer->field = NULL;
    buffer_clear(&lexer->bytes);
    lexer->text = text;
    lexer->size = size;
    lexer->options = *options;
    word_breaker_init(&lexer->breaker, text, size, options->ngrams);
    while (lexer->at < size && !lexer->failed)
        read_next(lexer);
    add_token(lexer, QUERY_TOKEN_END, NULL);
    if (lexer->failed || lexer->bytes.failed)
        return error_no_memory(err, "a query's words");
    return OIR_OK;
}

void query_lexer_release(query_lexer *lexer)
{
    memory_free(lexer->tokens);
    memory_free(lexer->words);
    buffer_release(&lexer->bytes);
    *lexer = (query_lexer)QUERY_LEXER_INIT;
}
