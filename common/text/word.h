/* What a word is: the one definition, for text that is indexed, queries that are asked and snippets that are shown.
 *
 * A word is a run of word characters (letters, marks, numbers, connectors by Unicode category), lower-cased one code
 * point to one. Within it
 *   - one of ' & U+00B7 U+05F4 U+2027 is kept between two word characters; U+2019 and U+201B become ';
 *   - between two decimal digits instead one of , . ; U+037E U+0589 U+060D U+07F8 U+2044 U+FE10 U+FE13 U+FE14 is;
 *   - one of U+00AD U+200C U+200D U+2060 U+FEFF between two word characters is dropped, and the word goes on.
 * Capitals A to Z with a full stop between each two (two of them at least, and no word character after) are one word
 * without the stops. Up to three + or # at the end are kept if no word character follows; of four or more none is.
 * With n-grams on, a character of a script written without spaces is a word of its own and ends the one before it;
 * each two side by side are a pair besides. docs/text.md says the same with examples. */
#ifndef TEXT_WORD_H
#define TEXT_WORD_H

#include <oir/types.h>

/* Bytes of a word that are kept; longer words are read to their end, but only this much of them is given. */
#define WORD_BYTES 256

enum {
    WORD_LETTER = 1,  /* begins with a letter once lower-cased: such words have stems */
    WORD_CAPITAL = 2, /* begins with an upper-case letter as written */
    WORD_ACRONYM = 4, /* written with full stops: U.N. */
    WORD_NGRAM = 8,   /* one character of a script written without spaces */
    WORD_PAIR = 16    /* two of them; overlaps the words before and after it and takes no position */
};

/* A word as found. Belongs to the breaker and is valid until its next call. */
typedef struct word_token {
    const char *term;  /* lower-cased, as indexed; size bytes of it, but never more than WORD_BYTES */
    size_t size;       /* the true length in bytes, also above WORD_BYTES */
    size_t begin, end; /* its place in the text; an acronym's last full stop is outside */
    size_t suffix;     /* how many of the last bytes are + or # */
    uint32_t flags;
} word_token;

/* Reads the words of a text, one after another. No resources, nothing to release. One thread at a time. */
typedef struct word_breaker {
    const uint8_t *text, *at, *end;
    const uint8_t *pair; /* the character just given, when the pair it begins comes next; else NULL */
    const uint8_t *letters_begin, *letters_end; /* a run of letters with full stops that is no acronym */
    bool ngrams;
    uint8_t term[WORD_BYTES];
} word_breaker;

/* Begins at the start of `size` bytes of text, which must outlive their use here. */
void word_breaker_init(word_breaker *breaker, const char *text, size_t size, bool ngrams);

/* The next word; false at the end of the text. */
bool word_next(word_breaker *breaker, word_token *out);

/* The word that begins exactly at byte `at` of the text; false when no word character is there. word_next goes on
 * behind it. */
bool word_read(word_breaker *breaker, size_t at, word_token *out);

#endif
