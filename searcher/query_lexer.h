/* What a person typed, cut into tokens: words, groups, phrases, signs, operators, brackets, filters.
 *
 * Where two readings differ only by a space or a sign (a-b, a -b, a - b), this file decides; the grammar above sees no
 * text. Words come from text/word.h, as in indexing. One pass, in time linear in the text. */
#ifndef SEARCHER_QUERY_LEXER_H
#define SEARCHER_QUERY_LEXER_H

#include <oir/query_parser.h>

#include "base/buffer.h"
#include "searcher/query_fields.h"
#include "text/word.h"

typedef enum query_token_kind {
    QUERY_TOKEN_END,
    QUERY_TOKEN_WORD,       /* a word alone, or the first of a group */
    QUERY_TOKEN_GROUP_WORD, /* a word with only white space between it and the one before */
    QUERY_TOKEN_PHRASE,     /* words in quotes, or joined by . - / : \ @ */
    QUERY_TOKEN_WILDCARD,   /* word* */
    QUERY_TOKEN_PATTERN,    /* w*rd, w?rd */
    QUERY_TOKEN_FUZZY,      /* word~ */
    QUERY_TOKEN_PARTIAL,    /* the last word, perhaps still being typed */
    QUERY_TOKEN_NGRAMS,     /* a run of a script without spaces: characters, and the pairs of them */
    QUERY_TOKEN_FILTER,     /* the value of a boolean field */
    QUERY_TOKEN_OPEN,
    QUERY_TOKEN_CLOSE,
    QUERY_TOKEN_LOVE,
    QUERY_TOKEN_HATE,
    QUERY_TOKEN_AND,
    QUERY_TOKEN_OR,
    QUERY_TOKEN_XOR,
    QUERY_TOKEN_NOT,
    QUERY_TOKEN_NEAR,
    QUERY_TOKEN_ADJ,
    QUERY_TOKEN_BAD         /* what can only be read as plain words */
} query_token_kind;

/* A word of a token. */
typedef struct query_word {
    uint32_t offset, size; /* lower-cased, in the lexer's bytes; a filter's value as written */
    oir_termpos position;  /* 1 and up; 0 for a filter's value */
    uint32_t stopped_by;   /* the grammar's: which list left it out as a stop word, 0 for none */
    bool stems;            /* begins with a letter, is no name, and nothing after it says that it is meant as written */
    bool too_long;         /* longer than any term: it is in no document */
} query_word;

typedef struct query_token {
    query_token_kind kind;
    uint32_t first_word, word_count;
    const query_field *field; /* NULL for the default */
    oir_termpos distance;     /* NEAR and ADJ: as given, 0 if none is; FUZZY: edits */
    bool in_group;            /* only white space between it and the word before */
} query_token;

/* How to read. `flags` are oir_parse_flags; with `plain` only words and excluded words are read, whatever they say. */
typedef struct query_lexer_options {
    unsigned flags;
    bool plain, ngrams, stem_capitals;
    const query_fields *fields;
} query_lexer_options;

/* The tokens of a text, the last of them END. */
typedef struct query_lexer {
    query_token *tokens;
    size_t token_count, token_capacity;
    query_word *words;
    size_t word_count, word_capacity;
    buffer bytes;
    /* While reading: */
    query_lexer_options options;
    const char *text;
    size_t size, at;
    word_breaker breaker;
    oir_termpos position;
    bool group;                                 /* a word was read, and since then only white space */
    bool after_and;                             /* AND was read, and since then only white space */
    size_t joined;                              /* the place behind the last word and what may join it to another */
    const query_field *field;                   /* that of the brackets around */
    const query_field *outer[OIR_QUERY_DEPTH_MAX];
    uint32_t depth;                             /* brackets open */
    uint32_t excluded;                          /* plain: brackets open since -( */
    bool failed;
    query_token spare;                          /* what is written to when there is no memory for a token */
} query_lexer;

#define QUERY_LEXER_INIT {0}

void query_lexer_release(query_lexer *lexer);

/* Reads a text of at most UINT32_MAX bytes; forgets the text before. OIR_NO_MEMORY. */
oir_status query_lexer_read(query_lexer *lexer, const char *text, size_t size, const query_lexer_options *options,
                            oir_error *err);

/* ---- for query_pattern.c, while reading ---- */

/* Whether one of the flags is on. */
bool query_lexer_has_flag(const query_lexer *lexer, unsigned flag);
bool query_lexer_starts_word(const query_lexer *lexer, size_t at);
/* The code point before a place, as far as it is ASCII or white space. */
uint32_t query_lexer_code_before(const query_lexer *lexer, size_t at);
/* The place behind a word: the last full stop of U.N. belongs to it. */
size_t query_lexer_word_behind(const query_lexer *lexer, const word_token *w);
/* A token of words, which are to follow. */
query_token *query_lexer_add_word_token(query_lexer *lexer, query_token_kind kind, const query_field *field);
/* The last of the lexer's bytes, from `offset` on, as a word; NULL when there is no memory, which is noted. */
query_word *query_lexer_add_entry(query_lexer *lexer, size_t offset);

#endif
