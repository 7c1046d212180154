/* Writes the positions of one term; postings_writer.c has their bytes. */
#ifndef SEGMENT_POSITIONS_WRITER_H
#define SEGMENT_POSITIONS_WRITER_H

#include "base/buffer.h"
#include "segment/postings.h"

enum { POSITIONS_WRITER_SLACK = 8 /* readable bytes behind those of wdf */ };

/* Fills an empty buffer. wdf are the list's less `base` (0 or 1), and clipped so that wdf + base is 255 at most; NULL
 * for an inlined list. entry says its form and that of its positions. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status positions_writer_put(buffer *to, const postings_context *context, const term_postings *postings,
                                const term_entry *entry, const uint8_t *wdf, uint8_t base, oir_error *err);

#endif
