/* Writes one window of a dense list; dense_layout.h has its bytes. */
#ifndef CODEC_DENSE_WRITER_H
#define CODEC_DENSE_WRITER_H

#include "base/buffer.h"

enum { DENSE_WRITER_SLACK = 8 /* readable bytes behind the bytes of documents and of counts */ };

/* The documents of a window, 1 to 4,096, ascending. */
typedef struct dense_documents {
    uint32_t count;
    const uint8_t *places; /* of each within its range, 0 to 63 */
    const uint8_t *wdf;    /* of each, less the base and clipped so that wdf + base is 255 at most */
    /* of each range that is not empty, ascending: */
    uint32_t range_count;
    const uint32_t *ranges; /* its number in the window; bits above the 6 low ones do not matter */
    const uint64_t *words;  /* its documents as bits */
    const uint8_t *counts;  /* how many these are */
    const uint8_t *bounds;  /* any, if they are put in afterwards */
} dense_documents;

/* Appends the window's payload. A failure to allocate shows in to->failed. */
void dense_writer_add(buffer *to, const dense_documents *d);

/* Puts bounds into a payload in place of those that it has; returns how many. */
uint32_t dense_writer_put_bounds(uint8_t *payload, const uint8_t *bounds);

#endif
