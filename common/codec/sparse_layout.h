/* The bytes of sparse and short lists, the same for writer and reader.
 *
 * A sparse list is looked at here and there (Elias-Fano code). Sizes follow from how many documents the list has
 * (count) among how many there are (universe); low_bits = floor(log2(universe / count)), but 12 at most, so that
 * windows begin where buckets do; windows = ceil(universe / 4096), stride = floor(128 * windows / count), but 1 at
 * least; bits are as in bitpack.h:
 *     1 byte      width of wdf, 0 to 8
 *     samples     for windows 0, stride, 2 stride... up to `windows`, floor(windows / stride) + 1 of them, 8 bytes:
 *                 postings before the window, escapes before
 *     upper       for each document a 1, for each bucket of 2^low_bits documents a 0 behind its ones, also for those of
 *                 the last window that are beyond the universe
 *     lows        low_bits low bits of each document
 *     wdf         count numbers of `width` bits: wdf - base clipped; all ones is the escape when 0 < width < 8
 *     exceptions  a byte for each escape: what it stands for
 *
 * A short list is decoded whole, so that its gaps can be as small as they are where documents of a word lie together
 * (exponential Golomb code: J. Teuhola, A compression method for clustered bit-vectors, 1978). A document's gap, its
 * distance from the one before less 1 (the first: itself), plus 2^low_bits has low_bits + n + 1 bits:
 *     1 byte      width of wdf + 9 * low_bits, low_bits being what takes the fewest bits, 0 to SHORT_LOW_BITS_MAX
 *     upper       for each document n times 0, then a 1
 *     lows        of each gap + 2^low_bits the low_bits + n bits below the highest
 *     wdf, exceptions as above
 * upper, lows, wdf and exceptions begin at whole bytes. */
#ifndef CODEC_SPARSE_LAYOUT_H
#define CODEC_SPARSE_LAYOUT_H

#include "base/bits.h"
#include "base/buffer.h"
#include "codec/kernels.h"

/* Postings between two samples, about. */
enum { SPARSE_SAMPLE_POSTINGS = 128 };

enum { SHORT_WIDTHS = 9, SHORT_LOW_BITS_MAX = 27 };

/* Fills in what follows for a sparse list from count (1 and up) and universe (count and up). */
static inline void sparse_layout_shape(sparse_list *s, uint32_t count, uint32_t universe)
{
    uint32_t low = bits_highest(universe / count);
    s->count = count;
    s->low_bits = low > 12 ? 12 : low;
    s->windows = (uint32_t)(((uint64_t)universe + 4095) >> 12);
    uint64_t stride = (uint64_t)SPARSE_SAMPLE_POSTINGS * s->windows / count;
    s->stride = stride < 1 ? 1 : (uint32_t)stride;
    s->upper_bits = ((uint64_t)s->windows << (12 - s->low_bits)) + count;
}

/* The number of samples of a sparse list. */
static inline uint32_t sparse_layout_samples(const sparse_list *s)
{
    return s->windows / s->stride + 1;
}

/* Reads a list of `size` bytes. False when its parts do not fit. */
bool sparse_layout_read(sparse_list *s, const uint8_t *bytes, size_t size, uint32_t count, uint32_t universe,
                        uint8_t base);
bool sparse_layout_read_short(sparse_list *s, const uint8_t *bytes, size_t size, uint32_t count, uint8_t base);

/* Appends a list. wdf are less the base and clipped to 255 - base. A failure to allocate shows in to->failed. */
void sparse_layout_add(buffer *to, const uint32_t *documents, const uint8_t *wdf, uint32_t count, uint32_t universe);
void sparse_layout_add_short(buffer *to, const uint32_t *documents, const uint8_t *wdf, uint32_t count);

#endif
