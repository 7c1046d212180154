/* A dense list as it is written, its bounds and windows: postings_writer.c has the bytes. One thread at a time. */
#ifndef SEGMENT_POSTINGS_DENSE_H
#define SEGMENT_POSTINGS_DENSE_H

#include <oir/error.h>

#include "base/buffer.h"
#include "segment/postings_scale.h"

/* The ranges of some windows that are not empty, from 1 on, and how many there are. */
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
    /* The list at hand. */
    uint32_t windows, next; /* windows of the segment; those that are there */
    size_t at;              /* where it begins */
    bool in_pieces;         /* what follows is used: */
    uint32_t *most;         /* of all ranges so far that are not empty */
    size_t most_count, most_capacity;
    uint32_t *best;         /* saturations of documents, among them the POSTINGS_TOPS_MOST highest, */
    uint32_t best_count, least; /* and below which they are not of these */
} postings_dense;

/* Documents to be written, all that the list has in some windows. */
typedef struct postings_dense_piece {
    uint32_t count;
    const uint32_t *documents; /* local numbers, ascending */
    const uint8_t *clipped;    /* their wdf, less the base, and DENSE_WRITER_SLACK bytes that can be read */
    const uint32_t *reached;   /* their saturations, see postings_saturation; valid until the list ends, if it comes in
                                  one piece */
} postings_dense_piece;

/* Appends a list among so many windows: its scale, then all that follows. It comes in one piece or in several, each
 * behind the ones before. A failure to allocate within `to`, which is the same for all, shows in to->failed only.
 * OIR_NO_MEMORY. */
oir_status postings_dense_begin(postings_dense *d, uint32_t windows, bool in_pieces, buffer *to, oir_error *err);
oir_status postings_dense_add(postings_dense *d, const postings_dense_piece *piece, buffer *to, oir_error *err);
/* last: the only piece, of one that came so. */
oir_status postings_dense_end(postings_dense *d, const postings_dense_piece *last, buffer *to, oir_error *err);

/* Gives its memory back; it can be used again. */
void postings_dense_release(postings_dense *d);

#endif
