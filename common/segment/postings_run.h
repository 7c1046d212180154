/* The postings of very many short lists as one, sorted by window, so that a window's are found without looking at each
 * list. Places of a window are in any order and may repeat; what repeats adds up. Made in memory. Shared once made. */
#ifndef SEGMENT_POSTINGS_RUN_H
#define SEGMENT_POSTINGS_RUN_H

#include "segment/postings.h"

/* Postings as they are gathered, list after list, in any order of documents. Begins as {0}. */
typedef struct postings_heap {
    uint32_t count;
    uint32_t *documents;
    uint8_t *wdf;             /* 255 at most */
    size_t documents_capacity, wdf_capacity;
    uint64_t *excess;         /* document << 32 | what its wdf has above 255 */
    size_t excess_count, excess_capacity;
} postings_heap;

typedef struct postings_run {
    uint32_t windows, count;
    uint32_t *starts;         /* by window, and the end: its first posting */
    uint16_t *places;         /* documents within their windows */
    uint8_t *wdf;             /* 255 at most; NULL: not kept */
    uint64_t *excess;         /* as above, ascending */
    size_t excess_count;
} postings_run;

/* Room for `count` postings more and what kernels write behind them. False when out of memory. */
bool postings_heap_reserve(postings_heap *h, size_t count, bool with_wdf);
/* What a posting of wdf 255 or more has above. False when out of memory. */
bool postings_heap_add_excess(postings_heap *h, uint32_t document, uint32_t wdf);
void postings_heap_release(postings_heap *h);

/* The postings of a heap, which is emptied; with_wdf says whether it has wdf. OIR_NO_MEMORY. */
oir_status postings_run_make(postings_run *out, postings_heap *h, uint32_t windows, bool with_wdf, oir_error *err);
/* The postings of two runs with each document once; takes both over. OIR_NO_MEMORY. */
oir_status postings_run_merge(postings_run *out, postings_run *a, postings_run *b, oir_error *err);
void postings_run_release(postings_run *r);

static inline uint32_t postings_run_count(const postings_run *r, uint32_t window)
{
    return r->count ? r->starts[window + 1] - r->starts[window] : 0;
}

/* Adds the documents of some ranges of a window to words of bits. */
void postings_run_add_words(const postings_run *r, uint32_t window, uint64_t ranges, uint64_t words[RANGES]);
/* Adds their wdf to their sums, 255 at most of each posting. */
void postings_run_add_wdf(const postings_run *r, uint32_t window, uint64_t ranges, uint32_t sums[WINDOW_SIZE]);
/* Adds what wdf have above 255: after all that is 255 at most, so that it is seen when a sum would wrap. */
void postings_run_add_excess(const postings_run *r, uint32_t window, uint64_t ranges, uint32_t sums[WINDOW_SIZE]);

#endif
