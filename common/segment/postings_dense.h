/* A dense list as it is written, its bounds and windows: postings_writer.c has the bytes. One thread at a time. */
#ifndef SEGMENT_POSTINGS_DENSE_H
#define SEGMENT_POSTINGS_DENSE_H

#include <oir/error.h>

#include "base/buffer.h"
#include "segment/postings_scale.h"

/* The ranges of a list that are not empty, from 1 on, and how many there are. */
typedef struct postings_dense_ranges {
    uint32_t count;
    uint32_t *numbers; /* in the segment */
    uint32_t *ends;    /* postings before the range's end; ends[0] is 0 */
    uint32_t *most;    /* the highest saturation, see postings_saturation */
    uint64_t *words;   /* documents as bits */
    uint8_t *counts;   /* documents */
    uint8_t *bounds;
    size_t capacity;
} postings_dense_ranges;

/* What is used for one list after the other; begins as zeros. */
typedef struct postings_dense {
    uint8_t *places;   /* of documents within their ranges */
    size_t place_capacity;
    postings_dense_ranges ranges;
} postings_dense;

/* A list to be written. */
typedef struct postings_dense_list {
    uint32_t count, windows;   /* documents; windows of the segment */
    const uint32_t *documents; /* local numbers, ascending */
    const uint8_t *clipped;    /* their wdf, less the base, and DENSE_WRITER_SLACK bytes that can be read */
    const uint32_t *reached;   /* their saturations, see postings_saturation */
} postings_dense_list;

/* Appends the list: its scale, then all that follows. A failure to allocate within `to` shows in to->failed only.
 * OIR_NO_MEMORY. */
oir_status postings_dense_add(postings_dense *d, const postings_dense_list *list, buffer *to, oir_error *err);

/* Gives its memory back; it can be used again. */
void postings_dense_release(postings_dense *d);

#endif
