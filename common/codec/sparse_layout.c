#include "codec/sparse_layout.h"

#include "base/bit_writer.h"
#include "codec/wdf_width.h"

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

static void add_upper(buffer *to, const sparse_list *s, const uint32_t *documents)
{
    size_t bytes = (size_t)((s->upper_bits + 7) / 8);
    uint8_t *upper = buffer_extend(to, bytes);
    if (!upper)
        return;
    memset(upper, 0, bytes);
    for (uint32_t i = 0; i < s->count; i++) {
        uint64_t bit = (documents[i] >> s->low_bits) + (uint64_t)i;
        upper[bit >> 3] |= (uint8_t)(1u << (bit & 7));
    }
}

void sparse_layout_add(buffer *to, const uint32_t *documents, const uint8_t *wdf, uint32_t count, uint32_t universe,
                       bool sampled)
{
    sparse_list s;
    bit_writer w;
    uint32_t histogram[256] = {0};
    sparse_layout_shape(&s, count, universe, sampled);
    for (uint32_t i = 0; i < count; i++)
        histogram[wdf[i]]++;
    uint32_t width = wdf_width_choose(histogram, count), escape = width && width < 8 ? (1u << width) - 1 : UINT32_MAX;

    buffer_add_byte(to, (uint8_t)width);
    if (sampled)
        add_samples(to, &s, documents, wdf, escape);
    add_upper(to, &s, documents);
    bit_writer_init(&w, to);
    for (uint32_t i = 0; s.low_bits && i < count; i++)
        bit_writer_add(&w, documents[i] & bits_low(s.low_bits), s.low_bits);
    bit_writer_end(&w);
    for (uint32_t i = 0; width && i < count; i++)
        bit_writer_add(&w, wdf[i] < escape ? wdf[i] : escape, width);
    bit_writer_end(&w);
    for (uint32_t i = 0; escape != UINT32_MAX && i < count; i++)
        if (wdf[i] >= escape)
            buffer_add_byte(to, wdf[i]);
}
