/* Blobs without a dictionary by libdeflate, which makes them about twice as quickly as zlib, and smaller, and reads
 * them more quickly too. Where it was not there to build with, zlib does it all, and nothing else here may be called.
 * For blob.c. */
#ifndef CODEC_BLOB_ALONE_H
#define CODEC_BLOB_ALONE_H

#include "base/buffer.h"
#include "base/error.h"

bool blob_alone_exists(void);

/* Levels 0 to 9. NULL when out of memory; what it takes is libdeflate's own. */
void *blob_alone_encoder_new(int level);
void blob_alone_encoder_free(void *encoder);
/* OIR_NO_MEMORY. */
oir_status blob_alone_encoder_add(void *encoder, const uint8_t *bytes, size_t size, buffer *out, oir_error *err);

void *blob_alone_decoder_new(void);
void blob_alone_decoder_free(void *decoder);
/* Whether the blob held exactly so many bytes and ended where it should. */
bool blob_alone_decoder_get(void *decoder, const uint8_t *blob, size_t size, uint8_t *out, size_t out_size);

#endif
