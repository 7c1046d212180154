/* Writes the positions of one term; postings_writer.c has their bytes. */
#ifndef SEGMENT_POSITIONS_WRITER_H
#define SEGMENT_POSITIONS_WRITER_H

#include "base/buffer.h"
#include "segment/postings.h"

/* A dense list's positions, window by window. */
typedef struct positions_windows {
    buffer *to;              /* empty at the beginning */
    const postings_context *context;
    bool counted;            /* POSITIONS_COUNTED */
    /* private */
    uint32_t offset_size, next;
    uint8_t *blocks;         /* of each window before `next`: its runs */
} positions_windows;

/* OIR_NO_MEMORY; to be released either way. */
oir_status positions_writer_begin(positions_windows *w, buffer *to, const postings_context *context, bool counted,
                                  oir_error *err);
/* Adds those of whole windows, which come in order; each in one piece. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status positions_writer_add(positions_windows *w, const term_postings *postings, oir_error *err);
/* What is behind the last window. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status positions_writer_end(positions_windows *w, oir_error *err);
void positions_writer_release(positions_windows *w);

/* Fills an empty buffer. entry says the list's form and that of its positions. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status positions_writer_put(buffer *to, const postings_context *context, const term_postings *postings,
                                const term_entry *entry, oir_error *err);

#endif
