/* Text to terms: words, their positions and stems, handed one by one to whoever wants them.
 *
 * The engine of oir_term_generator, apart from documents, so that a bulk indexer can take terms without making one.
 *
 * Which terms a word gives (p is its position; Z stands before the prefix; only words that begin with a letter have Z
 * stems in the SOME strategies; empty stems are left out and take no position; without a stemmer every strategy is
 * NONE):
 *     NONE            word at p
 *     SOME            word at p; Z stem
 *     SOME_FULL_POS   word at p; Z stem at p
 *     ALL             stem at p
 *     ALL_Z           Z stem at p
 * A pair of n-gram characters takes no position in the first three, and one of its own in the last two. */
#ifndef TEXT_ANALYSER_H
#define TEXT_ANALYSER_H

#include <oir/term_generator.h>

#include "text/stem_cache.h"
#include "text/word.h"

/* Takes one term, valid during the call. Another status than OIR_OK ends the analysis and is handed back. */
typedef oir_status (*analyser_emit)(void *context, const char *term, size_t size, bool has_position,
                                    oir_termpos position, oir_termcount wdf_increment, oir_error *err);

/* Settings and the last position given. The fields may be set at any time between texts. One thread at a time. */
typedef struct analyser {
    oir_stem_strategy stem_strategy;
    oir_stop_strategy stop_strategy;
    const oir_stopper *stopper; /* not owned; NULL for none */
    size_t max_word_length;     /* in bytes after lower-casing */
    bool ngrams;
    oir_termpos termpos;
    stem_cache stems;
    word_breaker breaker;
} analyser;

/* The defaults of oir_term_generator_new. */
void analyser_init(analyser *a);
void analyser_release(analyser *a);

/* "none" for no stems. OIR_NOT_FOUND, OIR_NO_MEMORY. */
oir_status analyser_set_stemmer(analyser *a, const char *language, oir_error *err);

/* Emits the terms of `size` bytes of text, each with `wdf_increment` and `prefix` before it, in the order of the text.
 * Terms that would be longer than OIR_TERM_MAX are left out. Without `positions` none has a position and termpos stays.
 * OIR_TOO_BIG when positions run out, else what emit answers. */
oir_status analyser_text(analyser *a, const char *text, size_t size, oir_termcount wdf_increment, const char *prefix,
                         bool positions, analyser_emit emit, void *context, oir_error *err);

#endif
