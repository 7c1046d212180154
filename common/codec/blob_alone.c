#include "codec/blob_alone.h"

#include <assert.h>

#ifdef OIR_HAS_LIBDEFLATE

#include <libdeflate.h>

bool blob_alone_exists(void)
{
    return true;
}

void *blob_alone_encoder_new(int level)
{
    return libdeflate_alloc_compressor(level);
}

void blob_alone_encoder_free(void *encoder)
{
    if (encoder)
        libdeflate_free_compressor(encoder);
}

oir_status blob_alone_encoder_add(void *encoder, const uint8_t *bytes, size_t size, buffer *out, oir_error *err)
{
    size_t bound = libdeflate_deflate_compress_bound(encoder, size);
    if (!buffer_reserve(out, bound))
        return error_no_memory(err, "compressed bytes");
    size_t made = libdeflate_deflate_compress(encoder, bytes, size, out->data + out->size, bound);
    assert(made);
    out->size += made;
    return OIR_OK;
}

void *blob_alone_decoder_new(void)
{
    return libdeflate_alloc_decompressor();
}

void blob_alone_decoder_free(void *decoder)
{
    if (decoder)
        libdeflate_free_decompressor(decoder);
}

bool blob_alone_decoder_get(void *decoder, const uint8_t *blob, size_t size, uint8_t *out, size_t out_size)
{
    size_t used;
    return libdeflate_deflate_decompress_ex(decoder, blob, size, out, out_size, &used, NULL) == LIBDEFLATE_SUCCESS &&
           used == size;
}

#else

bool blob_alone_exists(void)
{
    return false;
}

void *blob_alone_encoder_new(int level)
{
    (void)level;
    return NULL;
}

void blob_alone_encoder_free(void *encoder)
{
    (void)encoder;
}

oir_status blob_alone_encoder_add(void *encoder, const uint8_t *bytes, size_t size, buffer *out, oir_error *err)
{
    (void)encoder, (void)bytes, (void)size, (void)out;
    return error_set(err, OIR_UNSUPPORTED, "built without libdeflate");
}

void *blob_alone_decoder_new(void)
{
    return NULL;
}

void blob_alone_decoder_free(void *decoder)
{
    (void)decoder;
}

bool blob_alone_decoder_get(void *decoder, const uint8_t *blob, size_t size, uint8_t *out, size_t out_size)
{
    (void)decoder, (void)blob, (void)size, (void)out, (void)out_size;
    return false;
}

#endif
