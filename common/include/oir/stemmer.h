/* Stemming: words to their stems, by the Snowball algorithms of libstemmer. */
#ifndef OIR_STEMMER_H
#define OIR_STEMMER_H

#include <oir/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* One language's stemmer. Freed with oir_stemmer_free; the objects it is set on keep a copy of the choice, not the
 * handle. One thread at a time. */
typedef struct oir_stemmer oir_stemmer;

/* Makes the stemmer for `language`: an English name ("english", "german") or an ISO 639-1 code ("en", "de"); "none" or
 * "" makes one that returns each word as it is. OIR_NOT_FOUND when libstemmer has no such language (the message lists
 * those it has), OIR_NO_MEMORY. */
OIR_API oir_status oir_stemmer_new(oir_stemmer **out, const char *language, oir_error *err);

/* NULL is accepted. */
OIR_API void oir_stemmer_free(oir_stemmer *stemmer);

/* The stem of a word of `size` bytes of UTF-8, lower case for a useful answer. The result belongs to the stemmer and
 * is valid until the next call on it; it is not longer than OIR_TERM_MAX bytes. Words that are longer, and all words
 * when memory runs out, are returned as they are. */
OIR_API oir_bytes oir_stemmer_stem(oir_stemmer *stemmer, const char *word, size_t size);

/* True for the stemmer that changes nothing. */
OIR_API bool oir_stemmer_is_none(const oir_stemmer *stemmer);

/* The language's English name, "none" for no stemming. Belongs to the library. */
OIR_API const char *oir_stemmer_language(const oir_stemmer *stemmer);

/* The languages there are, in alphabetical order, closed by a null pointer. Belongs to the library. Shared. */
OIR_API const char *const *oir_stemmer_languages(void);

#ifdef __cplusplus
}
#endif
#endif
