/* The data of a large document, of more than STORED_LARGE bytes: a block by itself, which holds it as document/
 * pressed_data.h has it. So the block is the same in the buffer and in any segment: it is copied, and never made again,
 * and what that takes in memory does not follow from its size. */
#ifndef SEGMENT_STORED_LARGE_H
#define SEGMENT_STORED_LARGE_H

#include "document/pressed_data.h"

enum { STORED_LARGE = PRESSED_DATA_LEAST };

/* Such a block, wherever it lies. */
typedef struct stored_large {
    uint64_t data_size;   /* of the document */
    size_t size;          /* of the block */
    const uint8_t *bytes; /* where it is, or NULL: */
    const spill *file;    /* in this one, */
    uint64_t at;          /* from here on */
} stored_large;

/* Adds the block of some data, all of it, to a file, which must outlive *block. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status stored_large_put(stored_large *block, spill *to, const pressed_data *data, oir_error *err);
/* Reads bytes of the block, from `at` on. OIR_IO. */
oir_status stored_large_get(const stored_large *l, uint64_t at, void *to, size_t size, oir_error *err);

#endif
