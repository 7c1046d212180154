#define ZLIB_CONST
#include "codec/blob.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

#include "base/memory.h"
#include "codec/blob_alone.h"

/* Raw deflate, the largest window; zlib's own default for its memory. */
#define WINDOW_BITS (-15)
#define MEMORY_LEVEL 8

static voidpf allocate(voidpf context, uInt count, uInt size)
{
    (void)context;
    /* Zeroed, since deflate's matcher may read bytes that it has not filled yet, and throws the outcome away. */
    return memory_new_zeroed(count, size);
}

static void release(voidpf context, voidpf block)
{
    (void)context;
    memory_free(block);
}

static z_stream *new_stream(void)
{
    z_stream *z = memory_new_zeroed(1, sizeof *z);
    if (z) {
        z->zalloc = allocate;
        z->zfree = release;
    }
    return z;
}

/* Deflate reaches back 32 KiB: of a larger dictionary only the end would be seen. */
static const uint8_t *dictionary_end(const uint8_t *dictionary, size_t *size)
{
    size_t skipped = *size > BLOB_DICTIONARY_MAX ? *size - BLOB_DICTIONARY_MAX : 0;
    *size -= skipped;
    return *size ? dictionary + skipped : NULL;
}

static oir_status failed_init(int code, oir_error *err)
{
    if (code == Z_MEM_ERROR)
        return error_no_memory(err, "compression");
    if (code == Z_VERSION_ERROR)
        return error_set(err, OIR_UNSUPPORTED, "the zlib that runs (%s) is not the one compiled with (%s)",
                         zlibVersion(), ZLIB_VERSION);
    return error_set(err, OIR_INVALID_ARGUMENT, "no such compression level: choose 0 to 9");
}

oir_status blob_encoder_init(blob_encoder *e, int level, const uint8_t *dictionary, size_t dictionary_size,
                             oir_error *err)
{
    *e = (blob_encoder){0};
    if (level < 0 || level > 9)
        return failed_init(Z_STREAM_ERROR, err);
    if (dictionary_size == 0 && blob_alone_exists()) {
        e->stream = blob_alone_encoder_new(level);
        e->alone = true;
        return e->stream ? OIR_OK : error_no_memory(err, "compression");
    }
    z_stream *z = new_stream();
    int code = z ? deflateInit2(z, level, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) : Z_MEM_ERROR;
    if (code != Z_OK) {
        memory_free(z);
        return failed_init(code, err);
    }
    e->stream = z;
    e->dictionary = dictionary_end(dictionary, &dictionary_size);
    e->dictionary_size = dictionary_size;
    return OIR_OK;
}

void blob_encoder_release(blob_encoder *e)
{
    if (e->alone) {
        blob_alone_encoder_free(e->stream);
    } else if (e->stream) {
        deflateEnd(e->stream);
        memory_free(e->stream);
    }
    *e = (blob_encoder){0};
}

bool blob_is_quick_alone(void)
{
    return blob_alone_exists();
}

oir_status blob_encoder_add(blob_encoder *e, const uint8_t *bytes, size_t size, buffer *out, oir_error *err)
{
    z_stream *z = e->stream;
    if (size > BLOB_MAX)
        return error_set(err, OIR_TOO_BIG, "%zu bytes are too many to compress at once: at most %zu", size, BLOB_MAX);
    if (e->alone)
        return blob_alone_encoder_add(e->stream, bytes, size, out, err);
    deflateReset(z);
    if (e->dictionary)
        deflateSetDictionary(z, e->dictionary, (uInt)e->dictionary_size);
    size_t bound = deflateBound(z, (uLong)size);
    if (!buffer_reserve(out, bound))
        return error_no_memory(err, "compressed bytes");
    z->next_in = bytes;
    z->avail_in = (uInt)size;
    z->next_out = out->data + out->size;
    z->avail_out = (uInt)bound;
    int code = deflate(z, Z_FINISH);
    assert(code == Z_STREAM_END);
    (void)code;
    out->size += bound - z->avail_out;
    return OIR_OK;
}

oir_status blob_decoder_init(blob_decoder *d, const uint8_t *dictionary, size_t dictionary_size, oir_error *err)
{
    *d = (blob_decoder){0};
    if (dictionary_size == 0 && blob_alone_exists()) {
        d->stream = blob_alone_decoder_new();
        d->alone = true;
        return d->stream ? OIR_OK : error_no_memory(err, "decompression");
    }
    z_stream *z = new_stream();
    int code = z ? inflateInit2(z, WINDOW_BITS) : Z_MEM_ERROR;
    if (code != Z_OK) {
        memory_free(z);
        return failed_init(code, err);
    }
    d->stream = z;
    d->dictionary = dictionary_end(dictionary, &dictionary_size);
    d->dictionary_size = dictionary_size;
    return OIR_OK;
}

void blob_decoder_release(blob_decoder *d)
{
    if (d->alone) {
        blob_alone_decoder_free(d->stream);
    } else if (d->stream) {
        inflateEnd(d->stream);
        memory_free(d->stream);
    }
    *d = (blob_decoder){0};
}

static int inflate_all(const blob_decoder *d, const uint8_t *blob, size_t size, uint8_t *out, size_t out_size)
{
    z_stream *z = d->stream;
    inflateReset(z);
    int code = d->dictionary ? inflateSetDictionary(z, d->dictionary, (uInt)d->dictionary_size) : Z_OK;
    z->next_in = blob;
    z->avail_in = (uInt)size;
    z->next_out = out;
    z->avail_out = (uInt)out_size;
    if (code == Z_OK)
        code = inflate(z, Z_FINISH);
    return code == Z_STREAM_END && (z->avail_out != 0 || z->avail_in != 0) ? Z_DATA_ERROR : code;
}

oir_status blob_decoder_get(blob_decoder *d, const uint8_t *blob, size_t size, uint8_t *out, size_t out_size,
                            oir_error *err)
{
    uint8_t nowhere; /* a null pointer is refused even where there is nothing to write */
    int code = Z_DATA_ERROR;
    out = out_size ? out : &nowhere;
    if (d->alone)
        code = blob_alone_decoder_get(d->stream, blob, size, out, out_size) ? Z_STREAM_END : Z_DATA_ERROR;
    else if (size <= UINT32_MAX && out_size <= BLOB_MAX)
        code = inflate_all(d, blob, size, out, out_size);
    if (code == Z_MEM_ERROR)
        return error_no_memory(err, "decompression");
    if (code != Z_STREAM_END)
        return error_set(err, OIR_CORRUPT, "a compressed run of %zu bytes is damaged: it does not hold %zu bytes", size,
                         out_size);
    return OIR_OK;
}

/* ---- piece by piece ---- */

enum { PIECE = 64 << 10 };

struct blob_stream {
    z_stream *z;
    blob_sink sink;
    void *context;
    size_t held;         /* bytes of `in`: zlib always gets as many, so that what it does follows from them alone */
    uint8_t in[PIECE], out[PIECE];
};

oir_status blob_stream_new(blob_stream **out, int level, blob_sink sink, void *context, oir_error *err)
{
    blob_stream *s = memory_new(sizeof *s);
    *out = NULL;
    z_stream *z = s ? new_stream() : NULL;
    int code = z ? deflateInit2(z, level, Z_DEFLATED, WINDOW_BITS, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) : Z_MEM_ERROR;
    if (code != Z_OK) {
        memory_free(z);
        memory_free(s);
        return failed_init(code, err);
    }
    s->z = z;
    s->sink = sink;
    s->context = context;
    s->held = 0;
    *out = s;
    return OIR_OK;
}

void blob_stream_free(blob_stream *s)
{
    if (!s)
        return;
    deflateEnd(s->z);
    memory_free(s->z);
    memory_free(s);
}

/* Compresses what is held. */
static oir_status press(blob_stream *s, int flush, oir_error *err)
{
    z_stream *z = s->z;
    z->next_in = s->in;
    z->avail_in = (uInt)s->held;
    s->held = 0;
    do {
        z->next_out = s->out;
        z->avail_out = PIECE;
        int code = deflate(z, flush);
        assert(code != Z_STREAM_ERROR);
        (void)code;
        if (z->avail_out < PIECE)
            ERROR_FORWARD(s->sink(s->context, s->out, PIECE - z->avail_out, err));
    } while (z->avail_out == 0);
    return OIR_OK;
}

oir_status blob_stream_add(blob_stream *s, const void *bytes, size_t size, oir_error *err)
{
    for (const uint8_t *at = bytes, *end = at + size; at < end;) {
        size_t left = (size_t)(end - at), room = PIECE - s->held, taken = left < room ? left : room;
        memcpy(s->in + s->held, at, taken);
        s->held += taken;
        at += taken;
        if (s->held == PIECE)
            ERROR_FORWARD(press(s, Z_NO_FLUSH, err));
    }
    return OIR_OK;
}

oir_status blob_stream_end(blob_stream *s, oir_error *err)
{
    return press(s, Z_FINISH, err);
}
