/* The bytes of a sparse or short list, the same for writer and reader. Sizes follow from how many documents the list
 * has (count) among how many there are (universe); low_bits = floor(log2(universe / count)), and 12 at most when
 * sampled, so that windows begin where buckets do.
 *
 *     1 byte      width of wdf, 0 to 8
 *     samples     sampled lists only: for every `stride` windows 8 bytes: postings before the window, escapes before
 *     upper       for each document a 1, for each bucket of 2^low_bits documents a 0 behind its ones
 *     lows        low_bits low bits of each document
 *     wdf         count numbers of `width` bits: wdf - base clipped; all ones is the escape when 0 < width < 8
 *     exceptions  a byte for each escape
 * upper, lows and wdf begin at whole bytes. */
#ifndef CODEC_SPARSE_LAYOUT_H
#define CODEC_SPARSE_LAYOUT_H

#include "base/bits.h"
#include "base/buffer.h"
#include "codec/kernels.h"

/* Postings between two samples, about. */
enum { SPARSE_SAMPLE_POSTINGS = 128 };

/* Fills in what follows from count (1 and up), universe (count and up) and whether the list is sampled. */
static inline void sparse_layout_shape(sparse_list *s, uint32_t count, uint32_t universe, bool sampled)
{
    uint32_t low = bits_highest(universe / count);
    s->count = count;
    s->low_bits = sampled && low > 12 ? 12 : low;
    s->windows = (uint32_t)(((uint64_t)universe + 4095) >> 12);
    s->stride = 0;
    if (sampled) {
        uint64_t stride = (uint64_t)SPARSE_SAMPLE_POSTINGS * s->windows / count;
        s->stride = stride < 1 ? 1 : (uint32_t)stride;
        s->upper_bits = ((uint64_t)s->windows << (12 - s->low_bits)) + count;
    } else {
        s->upper_bits = (((uint64_t)universe - 1) >> s->low_bits) + 1 + count;
    }
}

/* The number of samples of a sampled list. */
static inline uint32_t sparse_layout_samples(const sparse_list *s)
{
    return s->windows / s->stride + 1;
}

/* Reads a list of `size` bytes. False when its parts do not fit. */
bool sparse_layout_read(sparse_list *s, const uint8_t *bytes, size_t size, uint32_t count, uint32_t universe,
                        bool sampled, uint8_t base);

/* Appends a list. wdf are less the base and clipped to 255 - base. A failure to allocate shows in to->failed. */
void sparse_layout_add(buffer *to, const uint32_t *documents, const uint8_t *wdf, uint32_t count, uint32_t universe,
                       bool sampled);

#endif
