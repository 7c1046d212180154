/* Runs of bytes made smaller (raw deflate, RFC 1951), alone or with a dictionary of bytes that many of them share: by
 * zlib, and alone by libdeflate, if it was built with. Either reads what the other wrote. The only room of both.
 *
 * A blob says neither its own size nor that of what it holds: both are kept beside it, with a checksum where it
 * matters, since not every damage shows. With a dictionary it can only be read with the same one.
 *
 * Calling sequence: init once, add or get any number of times, release. An encoder takes about 270 KB, a decoder 40 KB,
 * through base/memory.h unless it is libdeflate's; both are reused, since making one costs more than a small document.
 * An encoder looks through its dictionary anew for each blob, about 1 us a KB: many small documents want a small one
 * (4 KB). The dictionary is not copied and must outlive them. One thread at a time. */
#ifndef CODEC_BLOB_H
#define CODEC_BLOB_H

#include "base/buffer.h"
#include "base/error.h"

/* The largest dictionary of use: deflate looks back no further. */
#define BLOB_DICTIONARY_MAX 32768
/* The most bytes in one blob. */
#define BLOB_MAX ((size_t)1 << 31)

typedef struct blob_encoder {
    void *stream; /* NULL before init */
    bool alone;   /* it is libdeflate's */
    const uint8_t *dictionary;
    size_t dictionary_size;
} blob_encoder;

typedef struct blob_decoder {
    void *stream;
    bool alone;
    const uint8_t *dictionary;
    size_t dictionary_size;
} blob_decoder;

/* Whether blobs without a dictionary are made by libdeflate: at level 1 in half of the time that zlib takes at level 2,
 * and 5 % smaller. */
bool blob_is_quick_alone(void);

/* Level 0 (kept as it is) to 9 (smallest, slowest). dictionary_size 0 for none; of a larger one than
 * BLOB_DICTIONARY_MAX the end is used. OIR_INVALID_ARGUMENT for another level, OIR_NO_MEMORY. After a failure nothing
 * needs to be released, but may be. */
oir_status blob_encoder_init(blob_encoder *e, int level, const uint8_t *dictionary, size_t dictionary_size,
                             oir_error *err);
void blob_encoder_release(blob_encoder *e);
/* Appends the blob of some bytes to `out`; its size is what out->size grew by. OIR_TOO_BIG above BLOB_MAX,
 * OIR_NO_MEMORY. */
oir_status blob_encoder_add(blob_encoder *e, const uint8_t *bytes, size_t size, buffer *out, oir_error *err);

oir_status blob_decoder_init(blob_decoder *d, const uint8_t *dictionary, size_t dictionary_size, oir_error *err);
void blob_decoder_release(blob_decoder *d);
/* Writes the out_size bytes that a blob of `size` bytes holds to `out`. OIR_CORRUPT when it does not hold exactly so
 * many or does not end where it should, OIR_NO_MEMORY; then `out` has any content. */
oir_status blob_decoder_get(blob_decoder *d, const uint8_t *blob, size_t size, uint8_t *out, size_t out_size,
                            oir_error *err);

/* Takes bytes of a blob as they are made, valid during the call. */
typedef oir_status (*blob_sink)(void *context, const uint8_t *bytes, size_t size, oir_error *err);

/* A blob of bytes that come piece by piece, more than there is memory for: always zlib's, without a dictionary. It
 * follows from the bytes alone, and not from the pieces. */
typedef struct blob_stream blob_stream;

/* OIR_NO_MEMORY. */
oir_status blob_stream_new(blob_stream **out, int level, blob_sink sink, void *context, oir_error *err);
/* NULL is accepted. */
void blob_stream_free(blob_stream *s);
/* Failures of the sink; then only free may follow. */
oir_status blob_stream_add(blob_stream *s, const void *bytes, size_t size, oir_error *err);
/* Hands out what is left. Failures of the sink. */
oir_status blob_stream_end(blob_stream *s, oir_error *err);

/* Makes a dictionary of at most `capacity` bytes out of sample documents and appends it to `dictionary`; nothing when
 * they have little in common. The same samples give the same bytes. Some hundred samples or one megabyte are plenty.
 * OIR_NO_MEMORY.
 *
 * Method (after K. Liao, M. Petri, A. Moffat, A. Wirth, Effective construction of relative Lempel-Ziv dictionaries,
 * 2016): every run of 8 bytes counts as many points as samples have it, if that is more than one. The samples are cut
 * into as many stretches as the dictionary has pieces of 64 bytes, each gives its piece of most points, and runs that
 * have been taken count no more. The pieces are put in order of points, the best last: near bytes cost fewer bits. */
oir_status blob_train(const oir_bytes *samples, size_t count, size_t capacity, buffer *dictionary, oir_error *err);

#endif
