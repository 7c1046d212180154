/* The terms of several segments in byte order, each with the segments that have it.
 *
 *     merge_terms_init(&t, sources, count, err);
 *     while (merge_terms_next(&t, &found, err) == OIR_OK && found)
 *         for (size_t i = 0; i < t.having_count; i++)
 *             ... merge_terms_get(&t, i), which is an entry of sources[t.having[i]]
 *     merge_terms_release(&t);                                whatever came back
 * One thread at a time. */
#ifndef INDEXER_MERGE_TERMS_H
#define INDEXER_MERGE_TERMS_H

#include "indexer/merge.h"

struct merge_terms_input;

typedef struct merge_terms {
    const char *term;    /* valid until the next call */
    size_t term_size;
    uint32_t *having;    /* sources with the term, the older first */
    size_t having_count;
    /* private */
    struct merge_terms_input *inputs;
    uint32_t *heap;      /* inputs by the term they stand at, lowest first; of the same term the older first */
    size_t heap_count;
} merge_terms;

/* Before the first term. sources must outlive it. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status merge_terms_init(merge_terms *t, const merge_source *sources, size_t count, oir_error *err);
void merge_terms_release(merge_terms *t);
/* To the next term; *found false at the end. OIR_CORRUPT. */
oir_status merge_terms_next(merge_terms *t, bool *found, oir_error *err);
/* What source having[i] says of the term, valid until the next call. */
const term_entry *merge_terms_get(const merge_terms *t, size_t i);

#endif
