/* Stop words: words so frequent that a stem of them, or a query word among others, is not worth its room. */
#ifndef OIR_STOPPER_H
#define OIR_STOPPER_H

#include <oir/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A set of words. The generators and parsers it is set on refer to it: it must outlive them. Shared once filled. */
typedef struct oir_stopper oir_stopper;

/* An empty set. OIR_NO_MEMORY. */
OIR_API oir_status oir_stopper_new(oir_stopper **out, oir_error *err);

/* The set for a language, by the names of oir_stemmer_new. OIR_NOT_FOUND when there is none for it. */
OIR_API oir_status oir_stopper_new_for(oir_stopper **out, const char *language, oir_error *err);

/* NULL is accepted. */
OIR_API void oir_stopper_free(oir_stopper *stopper);

/* Adds a word, compared byte by byte with lower-cased unstemmed words. OIR_NO_MEMORY. */
OIR_API oir_status oir_stopper_add(oir_stopper *stopper, const char *word, oir_error *err);

/* Whether the word of `size` bytes is in the set. */
OIR_API bool oir_stopper_has(const oir_stopper *stopper, const char *word, size_t size);

#ifdef __cplusplus
}
#endif
#endif
