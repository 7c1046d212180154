/* The terms of an inverter: bytes to numbers, given out from 0 as terms come. */
#ifndef INDEXER_INVERTER_TERMS_H
#define INDEXER_INVERTER_TERMS_H

#include "base/hash.h"
#include "indexer/inverter.h"

enum { INVERTER_TERMS_MAX = 1 << INVERTER_STREAM_TERM_BITS };

/* Looks a term up; k: hash_make_key of it. False when there is none such. */
bool inverter_terms_find(const inverter *v, const hash_key *k, const char *term, size_t size, uint32_t *number);

/* All words of a document get numbers, which are its hints less 1, so that adding its occurrences fails for no term.
 * OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status inverter_terms_find_hints(inverter *v, document_terms *from, oir_error *err);

#endif
