/* Where a text may be cut to be shown: between words, at sentences, never within a character. All places are offsets
 * in bytes; any bytes are text. */
#ifndef SEARCHER_SNIPPET_CUT_H
#define SEARCHER_SNIPPET_CUT_H

#include <oir/types.h>

typedef struct snippet_text {
    const uint8_t *bytes;
    size_t size;
    bool one_line; /* runs of white space are shown, and counted, as one byte */
} snippet_text;

/* The place behind the character at `at`, which must be below the text's end. */
size_t snippet_cut_next(const snippet_text *t, size_t at);
/* The place `count` shown bytes behind `at`, or the text's end; of very long runs of white space not all is looked at.
 * Always between two characters. */
size_t snippet_cut_forward(const snippet_text *t, size_t at, size_t count);
/* The same backward, down to `low`. */
size_t snippet_cut_backward(const snippet_text *t, size_t at, size_t count, size_t low);

/* The first place from `at` on that is not white space; the text's end if there is none. */
size_t snippet_cut_skip_space(const snippet_text *t, size_t at);
/* The end of the text between `low` and `at` without white space, and brackets just opened, at its end. */
size_t snippet_cut_trim(const snippet_text *t, size_t at, size_t low);
/* The same, also without commas and their like: for the end of a passage that breaks off. */
size_t snippet_cut_trim_pause(const snippet_text *t, size_t at, size_t low);

/* Whether a sentence or paragraph begins at `at`, where a character other than white space is. Wrong after some
 * abbreviations; a capital or two before the full stop (U.S., Mr.) is taken for one. */
bool snippet_cut_is_sentence(const snippet_text *t, size_t at);
/* The last beginning of a sentence in [low, high], SIZE_MAX if there is none. */
size_t snippet_cut_last_sentence(const snippet_text *t, size_t low, size_t high);

/* The first break in (at, high]: the beginning of a paragraph, behind an empty line, if it is a heading or if what is
 * before it does not lead over to it, because no full stop or colon is there. SIZE_MAX if there is none, and always
 * where lines are shown as they are: there one sees it. */
size_t snippet_cut_next_break(const snippet_text *t, size_t at, size_t high);

/* The last place in (low, at] where no word is cut; low if there is none near. */
size_t snippet_cut_before(const snippet_text *t, size_t at, size_t low);
/* The first place in [at, high) where something to show begins and no word is cut; high if there is none near. */
size_t snippet_cut_after(const snippet_text *t, size_t at, size_t high);

/* The place before a few signs that stand right before a word ("( $), with white space before them; else `at`. */
size_t snippet_cut_before_signs(const snippet_text *t, size_t at, size_t low);
/* The place behind a few signs that stand right behind a word (.") ,), with white space behind them; else `at`. */
size_t snippet_cut_after_signs(const snippet_text *t, size_t at, size_t high);

#endif
