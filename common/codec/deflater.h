/* Deflate (RFC 1951), written: any inflate reads it. More than twice as fast as zlib at the same size, for text in
 * blocks of some 24 KiB; blob.h is how it is used.
 *
 * Bytes are looked at 32 KiB at a time, each such piece a block of deflate's with codes of its own. For the last places
 * of every few bytes there is one word of 64 bits, so that finding is one load and noting one store. What a dictionary
 * leaves in that table is kept, and copied for each run of bytes. One thread at a time. */
#ifndef CODEC_DEFLATER_H
#define CODEC_DEFLATER_H

#include "base/buffer.h"

typedef struct deflater deflater;

enum { DEFLATER_DICTIONARY_MAX = 32768 };

/* Takes about 200 KB, 260 with a dictionary, of which the last DEFLATER_DICTIONARY_MAX bytes are copied. NULL when out
 * of memory. */
deflater *deflater_new(const uint8_t *dictionary, size_t size);
/* NULL is accepted. */
void deflater_free(deflater *d);

/* Appends what `size` bytes become; the same bytes always become the same. False when out of memory: then what is
 * behind out's old size is anything. */
bool deflater_add(deflater *d, const uint8_t *bytes, size_t size, buffer *out);

#endif
