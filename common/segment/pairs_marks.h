/* A pair's documents as marks: a bit for each document that has both words, in order, which is set where the second
 * stands right behind the first somewhere. Where many do, marks take a fraction of a list. To read them the lists of
 * both words are needed, which a phrase has at hand.
 *
 *     pairs_marks_open(&m, ...);
 *     pairs_marks_seek(&m, first, second);     both lists at the same window
 *     documents = pairs_marks_documents(&m, range);
 * One thread at a time. */
#ifndef SEGMENT_PAIRS_MARKS_H
#define SEGMENT_PAIRS_MARKS_H

#include "base/buffer.h"
#include "segment/postings_window.h"

typedef struct pairs_marks {
    const uint8_t *bits;
    const uint32_t *starts;   /* by window, and behind the last: the marks before it */
    uint32_t window;          /* the one at hand; PAIRS_MARKS_NOWHERE: none */
    uint64_t both[RANGES];    /* its documents that have both words */
    uint16_t before[RANGES];  /* how many of them there are before each range */
} pairs_marks;

#define PAIRS_MARKS_NOWHERE UINT32_MAX

/* Opens the marks of an entry of form POSTINGS_MARKS; they stay in the arena and the container. OIR_CORRUPT,
 * OIR_NO_MEMORY. */
oir_status pairs_marks_open(pairs_marks *m, const struct container *parts, const postings_context *context,
                            const term_entry *entry, arena *a, oir_error *err);
/* To the window at which the lists of both words are. Where there are not as many documents as marks, there are none,
 * and `second` is damaged. */
void pairs_marks_seek(pairs_marks *m, postings_window *first, postings_window *second);
/* The documents of a range of the window at hand that have the pair. */
uint64_t pairs_marks_documents(const pairs_marks *m, uint32_t range);

/* Marks as they are made, window by window. */
typedef struct pairs_marker {
    buffer bits;
    buffer counts;            /* of marks, by window, 16 bits each */
    uint32_t windows;         /* so far */
    uint32_t both, most;      /* marks in all, and in a window */
    size_t away;              /* whole bytes of bits that are not here any more (pairs_gather.c) */
} pairs_marker;

void pairs_marker_release(pairs_marker *m);
/* Adds a window: what kernels->intersect says of the two words there, and the places, 16 bits
 * each, of the documents that have the pair. Without memory, or where places are without it, bits.failed is set. */
void pairs_marker_add(pairs_marker *m, uint32_t total, const uint64_t both[RANGES], const uint16_t before[RANGES],
                      const buffer *places);
/* Appends the windows that another one has. Without memory bits.failed is set. */
void pairs_marker_append(pairs_marker *m, const pairs_marker *more);
/* The object's size, and the object to the end of `out`, for which nothing may be away. */
uint64_t pairs_marker_size(const pairs_marker *m);
void pairs_marker_write(const pairs_marker *m, buffer *out);

#endif
