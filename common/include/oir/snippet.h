/* The passage of a text that shows best why it matched, with the matching words marked. */
#ifndef OIR_SNIPPET_H
#define OIR_SNIPPET_H

#include <oir/database.h>
#include <oir/query.h>
#include <oir/term_generator.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Cuts snippets for one query. Made once, used for every hit. Freed with oir_snippeter_free. One thread at a time. */
typedef struct oir_snippeter oir_snippeter;

/* How text is escaped, so that marks cannot be forged by it. */
typedef enum oir_snippet_escape {
    OIR_ESCAPE_NONE, /* control characters but newline become spaces; all else as it is */
    OIR_ESCAPE_HTML, /* the same, and & < > " ' become entities */
    OIR_ESCAPE_ANSI  /* for terminals: control characters, C1 included, become U+FFFD, those that are white space (but
                        newline) spaces */
} oir_snippet_escape;

/* Start from OIR_SNIPPET_OPTIONS_INIT. The strings are not copied: they must live as long as the snippeter. They are
 * written as they are, not escaped; NULL stands for "". */
typedef struct oir_snippet_options {
    size_t struct_size;        /* sizeof(oir_snippet_options), set by the initialiser */
    size_t length;             /* bytes of text aimed at, of all passages together, marks not counted; default 200 */
    size_t passages;           /* at most so many passages; default 1 */
    oir_snippet_escape escape; /* default OIR_ESCAPE_HTML */
    const char *mark_start;    /* before a matching word or phrase; default "<b>" */
    const char *mark_end;      /* after it; default "</b>" */
    const char *omit;          /* where a sentence is cut, and between passages; default "..." */
    bool empty_without_match;  /* nothing rather than the text's start when nothing matches; default false */
    bool one_line;             /* runs of white space become one space; default true */
} oir_snippet_options;

#define OIR_SNIPPET_OPTIONS_INIT \
    {sizeof(oir_snippet_options), 200, 1, OIR_ESCAPE_HTML, "<b>", "</b>", "...", false, true}

/* For a query as it was run: words, stems (by `language`, the index's, as in oir_stemmer_new; NULL for none), prefixes,
 * phrases as one span, words of NEAR and of phrases with gaps where they are near. A field's terms mark the same words
 * in any text. What excludes or only restricts does not mark: right parts of AND_NOT and FILTER, ids (prefix Q),
 * boolean fields (prefixed terms scaled by 0). Bare stems (OIR_STEM_ALL) mark only words that are written as they are.
 * query may be NULL: nothing is marked. `database` gives the words' frequencies, so that rare ones count more; NULL
 * counts all alike. Refers to neither afterwards. options may be NULL.
 * OIR_NOT_FOUND for a language that is none, OIR_INVALID_ARGUMENT for options that were not started so, OIR_CORRUPT,
 * OIR_NO_MEMORY. */
OIR_API oir_status oir_snippeter_new(oir_snippeter **out, const oir_query *query, const oir_database *database,
                                     const char *language, const oir_snippet_options *options, oir_error *err);
/* NULL is accepted. */
OIR_API void oir_snippeter_free(oir_snippeter *snippeter);

/* The best passages of `size` bytes of text (any bytes; NULL for none), in the text's order. The result is UTF-8,
 * belongs to the snippeter and is valid until the next call on it; a zero byte follows it. With marks taken out it is
 * the escaped text of the passages, with `omit` and spaces between them. Words and phrases are not cut, so that it can
 * be longer than was aimed at. OIR_NO_MEMORY. */
OIR_API oir_status oir_snippeter_get(oir_snippeter *snippeter, const char *text, size_t size, oir_bytes *out,
                                     oir_error *err);

#ifdef __cplusplus
}
#endif
#endif
