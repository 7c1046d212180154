#include "codec/sparse_layout.h"

#include "base/bit_writer.h"
#include "codec/wdf_bytes.h"

bool sparse_layout_read(sparse_list *s, const uint8_t *bytes, size_t size, uint32_t count, uint32_t universe,
                        bool sampled, uint8_t base)
{
    if (!count || count > universe || size < 1 || bytes[0] > 8)
        return false;
    sparse_layout_shape(s, count, universe, sampled);
    s->width = bytes[0];
    s->base = base;
    uint64_t samples = sampled ? (uint64_t)sparse_layout_samples(s) * 8 : 0;
    uint64_t upper = (s->upper_bits + 7) / 8, lows = ((uint64_t)count * s->low_bits + 7) / 8;
    uint64_t wdf = ((uint64_t)count * s->width + 7) / 8;
    if (1 + samples + upper + lows + wdf > size)
        return false;
    s->samples = bytes + 1;
    s->upper = s->samples + samples;
    s->lows = s->upper + upper;
    s->wdf = s->lows + lows;
    s->exceptions = s->wdf + wdf;
    s->exceptions_size = (uint32_t)(bytes + size - s->exceptions);
    return true;
}

static void add_samples(buffer *to, const sparse_list *s, const uint32_t *documents, const uint8_t *wdf,
                        uint32_t escape)
{
    uint32_t i = 0, escapes = 0;
    for (uint32_t sample = 0; sample < sparse_layout_samples(s); sample++) {
        for (; i < s->count && documents[i] >> 12 < (uint64_t)sample * s->stride; i++)
            escapes += wdf[i] >= escape;
        buffer_add_u32(to, i);
        buffer_add_u32(to, escapes);
    }
}

/* Words are stored anew with each bit and never loaded. */
static void add_upper(buffer *to, const sparse_list *s, const uint32_t *documents)
{
    size_t bytes = (size_t)((s->upper_bits + 7) / 8);
    if (!buffer_reserve(to, bytes + sizeof(uint64_t)))
        return;
    uint8_t *upper = to->data + to->size;
    uint64_t word = 0, last = 0;
    uint32_t low_bits = s->low_bits;
    memset(upper, 0, bytes);
    for (uint32_t i = 0, count = s->count; i < count; i++) {
        uint64_t bit = (documents[i] >> low_bits) + (uint64_t)i;
        word = (bit >> 6 == last ? word : 0) | UINT64_C(1) << (bit & 63);
        last = bit >> 6;
        bits_store64(upper + last * 8, word);
    }
    to->size += bytes;
}

static void add_lows(buffer *to, const sparse_list *s, const uint32_t *documents)
{
    bit_writer w;
    uint32_t width = s->low_bits, mask = (uint32_t)bits_low(width);
    if (!width || !buffer_reserve(to, ((size_t)s->count * width + 7) / 8 + BIT_WRITER_SLACK))
        return;
    bit_writer_init(&w, to->data + to->size);
    for (uint32_t i = 0, count = s->count; i < count; i++)
        bit_writer_add(&w, documents[i] & mask, width);
    to->size = (size_t)(bit_writer_end(&w) - to->data);
}

/* Exceptions are gathered where no code is, then moved behind the codes. */
static void add_wdf(buffer *to, const uint8_t *wdf, size_t count, uint32_t width)
{
    size_t codes = (count * width + 7) / 8;
    if (!width || !buffer_reserve(to, codes + count + 2 * WDF_SLACK))
        return;
    uint8_t *at = to->data + to->size;
    size_t escaped = wdf_bytes_put(wdf, count, width, at, at + codes + WDF_SLACK);
    memmove(at + codes, at + codes + WDF_SLACK, escaped);
    to->size += codes + escaped;
}

void sparse_layout_add(buffer *to, const uint32_t *documents, const uint8_t *wdf, uint32_t count, uint32_t universe,
                       bool sampled)
{
    sparse_list s;
    sparse_layout_shape(&s, count, universe, sampled);
    uint32_t width = wdf_bytes_width(wdf, count), escape = wdf_bytes_escape(width);
    buffer_add_byte(to, (uint8_t)width);
    if (sampled)
        add_samples(to, &s, documents, wdf, escape);
    add_upper(to, &s, documents);
    add_lows(to, &s, documents);
    add_wdf(to, wdf, count, width);
}
