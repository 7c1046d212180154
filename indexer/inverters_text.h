/* The text of buffered documents for finding pairs of words, for pairs_scan.h: so that it need not be put together
 * again from the lists that were just made of it. Anybody may read it, once words are chosen. */
#ifndef INDEXER_INVERTERS_TEXT_H
#define INDEXER_INVERTERS_TEXT_H

#include "indexer/inverters.h"

typedef struct inverters_text {
    pairs_text text;        /* for segment_writer_set_text; its context is this */
    const inverters *v;
    inverters_place *order; /* by document of the segment */
    uint32_t document_count;
    uint32_t *firsts;       /* as in inverters_terms */
    uint32_t *ordinals;     /* by term: its ordinal in the segment; UINT32_MAX: only deleted documents have it */
    uint16_t *numbers;      /* by term, once words are chosen: 1 + the word's number, or 0 */
} inverters_text;

/* Takes over what is handed in, of inverters that must outlive it and not change. */
void inverters_text_init(inverters_text *t, const inverters *v, inverters_place *order, uint32_t *firsts,
                         uint32_t *ordinals);
/* All zero is accepted. */
void inverters_text_release(inverters_text *t);

#endif
