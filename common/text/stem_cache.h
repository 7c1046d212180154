/* A stemmer that remembers: texts repeat their words, and stemming costs several times what finding the word does.
 *
 * Direct-mapped and of fixed size: a word has one place, by its hash, and pushes out what was there. Only words and
 * stems of ordinary length are remembered; the others are stemmed each time. */
#ifndef TEXT_STEM_CACHE_H
#define TEXT_STEM_CACHE_H

#include <oir/stemmer.h>

#define STEM_CACHE_WORD 24 /* the longest word remembered, in bytes */
#define STEM_CACHE_TAIL 6  /* the most bytes of a stem that differ from its word's */

typedef struct stem_cache_entry stem_cache_entry;

/* Owns its stemmer and the table. One thread at a time. */
typedef struct stem_cache {
    oir_stemmer *stemmer; /* NULL when nothing is stemmed */
    stem_cache_entry *entries;
    char stem[STEM_CACHE_WORD + STEM_CACHE_TAIL];
} stem_cache;

#define STEM_CACHE_INIT {0}

/* Takes a language by the names of oir_stemmer_new; "none" frees all it has. On failure nothing has changed.
 * OIR_NOT_FOUND, OIR_NO_MEMORY. */
oir_status stem_cache_set(stem_cache *cache, const char *language, oir_error *err);
void stem_cache_release(stem_cache *cache);

/* The stem of a lower-cased word: valid until the next call. There must be a stemmer. The word holds no zero byte, and
 * STEM_CACHE_WORD bytes must be readable from its start, whatever its size, as they are in a word_breaker. */
oir_bytes stem_cache_get(stem_cache *cache, const char *word, size_t size);

#endif
