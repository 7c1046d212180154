/* Writes the positions of one term; postings_writer.c has their bytes. */
#ifndef SEGMENT_POSITIONS_WRITER_H
#define SEGMENT_POSITIONS_WRITER_H

#include "base/buffer.h"
#include "segment/postings.h"

/* Fills an empty buffer. entry says the list's form and that of its positions. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status positions_writer_put(buffer *to, const postings_context *context, const term_postings *postings,
                                const term_entry *entry, oir_error *err);

#endif
