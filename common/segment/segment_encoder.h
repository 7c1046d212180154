/* Terms of a segment that is being written, encoded by another thread than the one that writes it: a stretch of them,
 * in byte order, which segment_writer_add_encoded then takes one by one.
 *
 * One thread at a time, any number of them beside each other, beside the writer too. */
#ifndef SEGMENT_SEGMENT_ENCODER_H
#define SEGMENT_SEGMENT_ENCODER_H

#include "base/buffer.h"
#include "segment/postings.h"

typedef struct segment_encoded_term {
    term_entry entry; /* but for its place */
    size_t list_size, positions_size;
    uint8_t inlined[POSTINGS_INLINED_MAX];
} segment_encoded_term;

typedef struct segment_encoder {
    postings_writer *lists;
    buffer bytes; /* of each term its list, then its positions */
    segment_encoded_term *terms;
    size_t count, capacity;
    size_t taken; /* bytes of those that the writer has taken */
} segment_encoder;

/* What the writer shares must outlive it. OIR_NO_MEMORY. */
oir_status segment_encoder_init(segment_encoder *e, const postings_writer *of, oir_error *err);
void segment_encoder_release(segment_encoder *e);
/* Forgets its terms; memory that is more than is usual is given back. */
void segment_encoder_clear(segment_encoder *e);
/* Gives back the memory that encoding took, after a long list; its terms are kept. */
void segment_encoder_give_back(segment_encoder *e);
/* Room for so many terms in all. OIR_NO_MEMORY. */
oir_status segment_encoder_reserve(segment_encoder *e, size_t terms, oir_error *err);
/* Encodes the next term. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status segment_encoder_add(segment_encoder *e, const term_postings *postings, oir_error *err);

#endif
