/* Text to terms: breaks text into words and adds them to a document, with positions and stems.
 *
 * A word is a run of letters, digits, marks and connectors by Unicode category; an apostrophe and a few others join
 * two halves, digits are joined by . and , (3.14), A.B.C. is one word, and up to three + or # end one (c++). Each is
 * lower-cased and added with its position; its stem is added with the prefix Z and without one. See docs/text.md.
 *
 * Calling sequence:
 *     oir_term_generator_new(&generator, &err);
 *     oir_term_generator_set_stemmer(generator, "english", &err);
 *     for each document:
 *         oir_term_generator_set_document(generator, document);
 *         oir_term_generator_index_text(generator, title, title_size, 1, "S", &err);
 *         oir_term_generator_increase_termpos(generator, 100);
 *         oir_term_generator_index_text(generator, body, body_size, 1, "", &err);
 *     oir_term_generator_free(generator); */
#ifndef OIR_TERM_GENERATOR_H
#define OIR_TERM_GENERATOR_H

#include <oir/document.h>
#include <oir/stopper.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Freed with oir_term_generator_free. One thread at a time. */
typedef struct oir_term_generator oir_term_generator;

/* Which words are stemmed. */
typedef enum oir_stem_strategy {
    OIR_STEM_NONE,          /* words only */
    OIR_STEM_SOME,          /* words with positions, stems (under Z) without: the default */
    OIR_STEM_SOME_FULL_POS, /* words and stems, both with positions */
    OIR_STEM_ALL,           /* stems only, with positions and without the Z */
    OIR_STEM_ALL_Z          /* stems only, with positions, under Z */
} oir_stem_strategy;

/* What a stopper stops. */
typedef enum oir_stop_strategy {
    OIR_STOP_NONE,   /* nothing */
    OIR_STOP_ALL,    /* the word: it is not added and takes no position */
    OIR_STOP_STEMMED /* its stem only: the default */
} oir_stop_strategy;

/* The longest word in bytes unless set otherwise; longer ones are left out and take no position. */
#define OIR_WORD_MAX_DEFAULT 64

/* No stemmer, no stopper, OIR_STEM_SOME, OIR_STOP_STEMMED, n-grams on. OIR_NO_MEMORY. */
OIR_API oir_status oir_term_generator_new(oir_term_generator **out, oir_error *err);
/* NULL is accepted. */
OIR_API void oir_term_generator_free(oir_term_generator *generator);

/* The language to stem in, by the names of oir_stemmer_new; "none" for no stems. OIR_NOT_FOUND, OIR_NO_MEMORY. */
OIR_API oir_status oir_term_generator_set_stemmer(oir_term_generator *generator, const char *language, oir_error *err);
/* Which words get stems; see oir_stem_strategy. */
OIR_API void oir_term_generator_set_stem_strategy(oir_term_generator *generator, oir_stem_strategy strategy);
/* Refers to the stopper until another is set; NULL for none. */
OIR_API void oir_term_generator_set_stopper(oir_term_generator *generator, const oir_stopper *stopper);
/* What becomes of stop words; see oir_stop_strategy. */
OIR_API void oir_term_generator_set_stop_strategy(oir_term_generator *generator, oir_stop_strategy strategy);
/* The longest word in bytes, after lower-casing and before prefix and stem. */
OIR_API void oir_term_generator_set_max_word_length(oir_term_generator *generator, size_t bytes);
/* Whether text in scripts written without spaces (Chinese, Japanese, Korean, Thai and their like) is added as single
 * characters with positions and pairs of them without. Otherwise a run of it is one word. */
OIR_API void oir_term_generator_set_ngrams(oir_term_generator *generator, bool on);

/* The document that following text goes to; sets the position to 0. It must outlive its use here. One document that is
 * cleared and used again is quickest: the words of those before are known then. */
OIR_API void oir_term_generator_set_document(oir_term_generator *generator, oir_document *document);

/* Adds the words of `size` bytes of text (any bytes; UTF-8, a byte that is not is read as Latin-1) with
 * `wdf_increment` each, `prefix` (closed by a zero byte, "" for none) put before each term. A long text may come in
 * pieces, each in a call of its own, if it is cut between words, such as at spaces.
 * OIR_INVALID_OPERATION without a document, OIR_NO_MEMORY, OIR_TOO_BIG when positions run out; of a large document
 * (document.h) OIR_IO, OIR_NO_SPACE. */
OIR_API oir_status oir_term_generator_index_text(oir_term_generator *generator, const char *text, size_t size,
                                                 oir_termcount wdf_increment, const char *prefix, oir_error *err);
/* The same without positions: for text in which phrases are not searched. */
OIR_API oir_status oir_term_generator_index_text_without_positions(oir_term_generator *generator, const char *text,
                                                                   size_t size, oir_termcount wdf_increment,
                                                                   const char *prefix, oir_error *err);

/* Leaves a gap, so that no phrase matches across two texts; 100 is usual. */
OIR_API void oir_term_generator_increase_termpos(oir_term_generator *generator, oir_termpos by);
/* The position of the last word added, 0 at first. */
OIR_API oir_termpos oir_term_generator_get_termpos(const oir_term_generator *generator);
/* Continues after `position`: the next word gets the one after it. */
OIR_API void oir_term_generator_set_termpos(oir_term_generator *generator, oir_termpos position);

#ifdef __cplusplus
}
#endif
#endif
