/* Data that is more than should be in memory: compressed as it comes, into a file (base/spill.h), as one blob without a
 * dictionary. The blob follows from the data alone, and not from the pieces in which it came. */
#ifndef DOCUMENT_PRESSED_DATA_H
#define DOCUMENT_PRESSED_DATA_H

#include "base/buffer.h"
#include "base/spill.h"
#include "codec/blob.h"

enum { PRESSED_DATA_LEAST = 4 << 20 /* bytes of a document's data, above which it is pressed */ };
/* The most bytes of a document's data: even where deflate makes them more they are an object of a segment. */
#define PRESSED_DATA_MAX ((UINT64_C(1) << 30) - (UINT64_C(1) << 20))

/* While it comes, and after that. All zero: none. It must not be moved. One thread at a time. */
typedef struct pressed_data {
    blob_stream *stream; /* NULL: it is all there */
    spill file;          /* the blob */
    uint64_t size;       /* of the data */
    bool lost;           /* its end could not be written */
} pressed_data;

void pressed_data_release(pressed_data *p);
/* Adds bytes behind those that came; not after the end. After a failure only release may follow. OIR_IO, OIR_NO_SPACE,
 * OIR_NO_MEMORY. */
oir_status pressed_data_add(pressed_data *p, const void *bytes, size_t size, oir_error *err);
/* That was all of it; it may be said again. OIR_IO, OIR_NO_SPACE; then the data is lost, which this says from then on,
 * so that nobody takes it for data that is empty; else only release may follow. */
oir_status pressed_data_end(pressed_data *p, oir_error *err);
/* Appends the data, all of it, to `out`. OIR_IO, OIR_NO_MEMORY. */
oir_status pressed_data_read(const pressed_data *p, buffer *out, oir_error *err);

#endif
