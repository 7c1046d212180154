/* Which pairs of words are worth a list, judged by a sample of a segment's documents.
 *
 * A list saves a phrase the look at the positions of all documents that have both words; so do marks (pairs_marks.h),
 * nearly. Phrases are taken to be asked for as often as they occur, so what either is worth is the number of those
 * documents times the number of those that have the pair, and what it is worth for its size decides. */
#ifndef SEGMENT_PAIRS_CHOOSE_H
#define SEGMENT_PAIRS_CHOOSE_H

#include "segment/pairs_share.h"

enum { PAIRS_CHOOSE_MAX = 60000 };

typedef struct pairs_choice {
    uint32_t first, second; /* numbers of the scan's words */
    float worth;
    float together;         /* documents with both words, about */
    uint32_t size;          /* bytes, about */
    bool marked;            /* marks, no list */
} pairs_choice;

/* The pairs whose lists or marks are worth most, that first, until they take `budget` bytes, by an estimate. Freed by
 * the caller with memory_free. OIR_CORRUPT, OIR_NO_MEMORY, what source->tell returns. */
oir_status pairs_choose(const pairs_source *source, uint64_t budget, pairs_choice **out, size_t *count, oir_error *err);

#endif
