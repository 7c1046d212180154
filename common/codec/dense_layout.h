/* The bytes of one window of a dense list, up to where its documents stand; the same for writer and every reader. Bits
 * are as in bitpack.h, each of these parts begins at a whole byte; a range is 64 documents.
 *
 *     1 byte      width of counts (0 to 6; DENSE_COUNTED) or 7 (DENSE_BITSET), and width of wdf (0 to 8) << 3
 *     8 bytes     mask of the ranges that are not empty, bit i for range i
 *     1 each      for each such range its bound
 *     counts      DENSE_COUNTED only: for each such range how many documents it has, less 1, in so many bits
 *     documents   DENSE_BITSET only: 8 ranks of 16 bits (documents before range 0, 8, ... 56), then 512 bytes with a
 *                 bit for each document
 *     wdf         count numbers of `width` bits: wdf - base, clipped so that it is 255 at most; all ones is the escape
 *                 when 0 < width < 8
 *     documents   DENSE_COUNTED: for each range that is not empty its places of 6 bits when it has up to 8, else a word
 *                 of 64 bits, one after another without gaps
 *     exceptions  a byte for each escape: what it stands for */
#ifndef CODEC_DENSE_LAYOUT_H
#define CODEC_DENSE_LAYOUT_H

#include "base/bits.h"
#include "codec/kernels.h"

enum { DENSE_HEADER = 9, DENSE_RANKS = 16, DENSE_IS_BITSET = 7, DENSE_WIDTH_SHIFT = 3 };

typedef struct dense_layout {
    uint8_t kind, width, count_width;
    uint64_t present;
    const uint8_t *bounds, *counts, *wdf, *documents;
    const uint8_t *exceptions; /* for DENSE_BITSET; else where documents end is still to be summed */
} dense_layout;

/* False when the parts do not fit into size bytes. */
static inline bool dense_layout_read(const uint8_t *payload, size_t size, uint32_t count, dense_layout *l)
{
    if (size < DENSE_HEADER || count > 4096)
        return false;
    uint8_t how = payload[0] & DENSE_IS_BITSET;
    l->kind = how == DENSE_IS_BITSET ? DENSE_BITSET : DENSE_COUNTED;
    l->count_width = how == DENSE_IS_BITSET ? 0 : how;
    l->width = payload[0] >> DENSE_WIDTH_SHIFT;
    l->present = bits_load64(payload + 1);
    l->bounds = payload + DENSE_HEADER;
    uint32_t present = bits_count(l->present);
    size_t counts = (present * l->count_width + 7) / 8;
    size_t bitset = l->kind == DENSE_BITSET ? DENSE_RANKS + 512 : 0;
    size_t wdf = (count * l->width + 7u) / 8;
    if (l->width > 8 || DENSE_HEADER + present + counts + bitset + wdf > size)
        return false;
    l->counts = l->bounds + present;
    l->documents = l->counts + counts;
    l->wdf = l->documents + bitset;
    if (!bitset)
        l->documents = l->wdf + wdf;
    l->exceptions = l->wdf + wdf;
    return true;
}

/* What a window takes from its layout as it is. */
static inline void dense_layout_open(const dense_layout *l, uint32_t count, uint8_t base, dense_window *w)
{
    w->wdf = l->wdf;
    w->documents = l->documents;
    w->count = count;
    w->kind = l->kind;
    w->width = l->width;
    w->base = base;
    w->escapes = w->escapes_to = 0;
}

/* The end of opening, when the ranges hold `total` documents in `bits`. False when they do not fit. */
static inline bool dense_layout_end(const dense_layout *l, const uint8_t *end, uint32_t total, uint32_t bits,
                                    dense_window *w)
{
    w->exceptions = l->kind == DENSE_BITSET ? l->exceptions : l->documents + (bits + 7) / 8;
    w->exceptions_size = w->exceptions < end ? (uint32_t)(end - w->exceptions) : 0;
    return total == w->count && w->exceptions <= end;
}

#endif
