#include "searcher/query_pattern.h"

#include "text/unicode.h"

/* Edits of word~ that says none, and the most. */
enum { EDITS = OIR_QUERY_DISTANCE_MAX };

/* A pattern as far as it was read; its bytes are the lexer's last ones. */
typedef struct pattern {
    query_lexer *lexer;
    size_t end;           /* in the text */
    uint32_t words;       /* pieces that are */
    uint32_t wild, marks; /* * and ?; ? alone */
    bool begins_wild;
} pattern;

bool query_pattern_may_begin(const query_lexer *lexer, uint32_t c)
{
    if (!(c == '*' && query_lexer_has_flag(lexer, OIR_PARSE_WILDCARD_MULTI)) &&
        !(c == '?' && query_lexer_has_flag(lexer, OIR_PARSE_WILDCARD_SINGLE)))
        return false;
    uint32_t before = query_lexer_code_before(lexer, lexer->at);
    return unicode_is_whitespace(before) || before == '(' || before == ')' || before == '+' || before == '-';
}

/* Takes a * or ? where a flag allows it. With OIR_PARSE_WILDCARD alone a * stands at the end only. */
static bool take_wild(pattern *p, bool *last)
{
    const query_lexer *lexer = p->lexer;
    char c = p->end < lexer->size ? lexer->text[p->end] : ' ';
    bool multi = c == '*' && query_lexer_has_flag(lexer, OIR_PARSE_WILDCARD_MULTI);
    bool trailing = c == '*' && p->words && query_lexer_has_flag(lexer, OIR_PARSE_WILDCARD);
    bool single = c == '?' && query_lexer_has_flag(lexer, OIR_PARSE_WILDCARD_SINGLE);
    if (!multi && !trailing && !single)
        return false;
    buffer_add_byte(&p->lexer->bytes, (uint8_t)c);
    p->end++;
    p->wild++;
    p->marks += single;
    *last = !multi && !single;
    return true;
}

static bool take_word(pattern *p)
{
    word_token w;
    if (!word_read(&p->lexer->breaker, p->end, &w) || (w.flags & WORD_NGRAM))
        return false;
    buffer_add(&p->lexer->bytes, w.term, w.size < WORD_BYTES ? w.size : WORD_BYTES);
    p->end = query_lexer_word_behind(p->lexer, &w);
    p->words++;
    return true;
}

static void read_pieces(pattern *p)
{
    bool last = false, word = false;
    for (bool more = true; more && !last;) {
        bool wild = take_wild(p, &last);
        p->begins_wild = p->begins_wild || (wild && !p->words);
        more = wild || (!word && take_word(p));
        word = !wild;
    }
    buffer *bytes = &p->lexer->bytes;
    for (; p->marks && !bytes->failed && bytes->data[bytes->size - 1] == '?'; p->marks--) {
        bytes->size--;
        p->wild--;
        p->end--;
    }
}

/* The ~ behind a word, with a number up to EDITS or without one, and nothing that goes on as a word. 0 is the word as
 * written. Older programs take a similarity, ~0.5. */
static bool read_edits(const query_lexer *lexer, size_t *at, oir_termpos *edits)
{
    size_t end = *at;
    if (end == lexer->size || lexer->text[end++] != '~')
        return false;
    size_t digits = end;
    for (*edits = 0; end < lexer->size && lexer->text[end] >= '0' && lexer->text[end] <= '9'; end++)
        *edits = *edits < EDITS ? *edits * 10 + (oir_termpos)(lexer->text[end] - '0') : EDITS;
    bool given = end > digits;
    if (given && end + 1 < lexer->size && lexer->text[end] == '.' && lexer->text[end + 1] >= '0' &&
        lexer->text[end + 1] <= '9') {
        for (end++; end < lexer->size && lexer->text[end] >= '0' && lexer->text[end] <= '9';)
            end++;
        given = false;
    }
    *at = end;
    *edits = given && *edits < EDITS ? *edits : EDITS;
    return !query_lexer_starts_word(lexer, end);
}

static void add_pattern(pattern *p, size_t offset, query_token_kind kind, oir_termpos edits, const query_field *field)
{
    query_lexer *lexer = p->lexer;
    query_token *token = query_lexer_add_word_token(lexer, kind, field);
    token->word_count = 1;
    token->distance = edits;
    query_word *word = query_lexer_add_entry(lexer, offset);
    if (word)
        word->position = ++lexer->position;
    lexer->at = p->end;
}

bool query_pattern_read(query_lexer *lexer, size_t at, const query_field *field)
{
    size_t offset = lexer->bytes.size;
    oir_termpos edits = 0;
    if (!query_lexer_has_flag(lexer, OIR_PARSE_WILDCARD_GLOB | OIR_PARSE_FUZZY))
        return false;
    pattern p = {.lexer = lexer, .end = at};
    read_pieces(&p);
    query_token_kind kind = QUERY_TOKEN_PATTERN;
    if (p.words == 1 && p.wild == 0 && query_lexer_has_flag(lexer, OIR_PARSE_FUZZY) &&
        read_edits(lexer, &p.end, &edits)) {
        kind = edits ? QUERY_TOKEN_FUZZY : QUERY_TOKEN_WORD;
    } else if (p.words == 0 || p.wild == 0) {
        if (!lexer->bytes.failed)
            lexer->bytes.size = offset;
        return false;
    } else if (p.words == 1 && !p.begins_wild && p.marks == 0) {
        kind = QUERY_TOKEN_WILDCARD; /* stars at the end */
        lexer->bytes.size -= lexer->bytes.failed ? 0 : p.wild;
    }
    add_pattern(&p, offset, kind, edits, field);
    return true;
}
