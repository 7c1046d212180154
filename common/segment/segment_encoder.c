#include "segment/segment_encoder.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum { BYTES_KEPT = 4 << 20 };

oir_status segment_encoder_init(segment_encoder *e, const postings_writer *of, oir_error *err)
{
    *e = (segment_encoder){0};
    return postings_writer_new_encoder(&e->lists, of, err);
}

void segment_encoder_release(segment_encoder *e)
{
    postings_writer_free(e->lists);
    buffer_release(&e->bytes);
    memory_free(e->terms);
    *e = (segment_encoder){0};
}

void segment_encoder_clear(segment_encoder *e)
{
    if (e->bytes.capacity > BYTES_KEPT)
        buffer_release(&e->bytes);
    buffer_clear(&e->bytes);
    e->count = e->taken = 0;
}

void segment_encoder_give_back(segment_encoder *e)
{
    postings_writer_give_back(e->lists);
}

oir_status segment_encoder_reserve(segment_encoder *e, size_t terms, oir_error *err)
{
    return memory_reserve(&e->terms, &e->capacity, terms, sizeof *e->terms)
               ? OIR_OK
               : error_no_memory(err, "a list of postings");
}

oir_status segment_encoder_add(segment_encoder *e, const term_postings *postings, oir_error *err)
{
    postings_encoded encoded;
    ERROR_FORWARD(segment_encoder_reserve(e, e->count + 1, err));
    segment_encoded_term *t = &e->terms[e->count];
    *t = (segment_encoded_term){0};
    ERROR_FORWARD(postings_writer_encode(e->lists, postings, &t->entry, &encoded, err));
    t->list_size = encoded.list_size;
    t->positions_size = encoded.positions_size;
    if (t->entry.inlined_size)
        memcpy(t->inlined, t->entry.inlined, t->entry.inlined_size);
    buffer_add(&e->bytes, encoded.list, encoded.list_size);
    buffer_add(&e->bytes, encoded.positions, encoded.positions_size);
    if (e->bytes.failed)
        return error_no_memory(err, "a list of postings");
    e->count++;
    return OIR_OK;
}
