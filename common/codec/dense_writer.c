#include "codec/dense_writer.h"

#include "base/bit_writer.h"
#include "base/paths.h"
#include "codec/dense_layout.h"
#include "codec/wdf_bytes.h"

/* A bitset is chosen also where it is a little larger than counts and places, since it is the quickest to read: per
 * cent of their size. */
enum { BITSET_BIAS = 150, DENSE_COUNT_WIDTH_MAX = 6 };

typedef struct window_shape {
    uint64_t mask; /* ranges that are not empty */
    uint8_t kind;
    uint8_t count_width;
} window_shape;

static window_shape find_shape(const dense_documents *d)
{
    uint32_t n = d->range_count, bits = 0, most = 0;
    uint64_t mask = 0, paths = paths_get();
    for (uint32_t i = 0; i < n; i++) {
        uint32_t count = d->counts[i];
        mask |= UINT64_C(1) << (d->ranges[i] & 63);
        bits += count > DENSE_LIST_MAX ? 64 : 6 * count;
        most = count > most ? count : most;
    }
    uint32_t width = paths & PATHS_TIGHT ? bits_width(most - 1) : DENSE_COUNT_WIDTH_MAX;
    uint32_t by_range = (n * width + 7) / 8 + (bits + 7) / 8;
    bool full = (DENSE_RANKS + 512) * 100 <= by_range * BITSET_BIAS;
    bool bitset = full ? paths & PATHS_BITSET : !(paths & PATHS_COUNTED);
    return (window_shape){mask, bitset ? DENSE_BITSET : DENSE_COUNTED, (uint8_t)width};
}

/* Eight at a time. */
static uint8_t *put_counts(uint8_t *to, const dense_documents *d, uint32_t width)
{
    uint32_t n = d->range_count;
    for (uint32_t i = 0; i < n; i += 8) {
        uint64_t some = bits_low(n - i < 8 ? (n - i) * 8 : 64);
        uint64_t counts = (bits_load64(d->counts + i) & some) - (UINT64_C(0x0101010101010101) & some);
        bits_store64(to + (size_t)i / 8 * width, wdf_bytes_pack(counts, width));
    }
    return to + (n * width + 7) / 8;
}

static uint8_t *put_bitset(uint8_t *to, const dense_documents *d)
{
    uint32_t before = 0, i = 0, n = d->range_count;
    for (uint32_t eighth = 0; eighth < 8; eighth++, to += 2) {
        bits_store16(to, (uint16_t)before);
        for (; i < n && (d->ranges[i] & 63) >> 3 == eighth; i++)
            before += d->counts[i];
    }
    memset(to, 0, 512);
    for (i = 0; i < n; i++)
        bits_store64(to + (size_t)(d->ranges[i] & 63) * 8, d->words[i]);
    return to + 512;
}

static uint8_t *put_by_range(uint8_t *to, const dense_documents *d)
{
    bit_writer w;
    bit_writer_init(&w, to);
    const uint8_t *places = d->places;
    for (uint32_t i = 0, n = d->range_count; i < n; i++) {
        uint32_t count = d->counts[i];
        if (count <= DENSE_LIST_MAX)
            bit_writer_add(&w, wdf_bytes_pack(bits_load64(places), 6) & bits_low(6 * count), 6 * count);
        else
            bit_writer_add_word(&w, d->words[i], 64);
        places += count;
    }
    return bit_writer_end(&w);
}

void dense_writer_add(buffer *to, const dense_documents *d)
{
    uint32_t width = wdf_bytes_width(d->wdf, d->count), n = d->range_count;
    window_shape s = find_shape(d);
    uint8_t exceptions[4096 + WDF_SLACK];
    size_t escaped = 0, fixed = DENSE_HEADER + DENSE_RANKS + 512 + WDF_SLACK + BIT_WRITER_SLACK;
    if (!buffer_reserve(to, fixed + (size_t)n * (1 + 1 + 8) + (size_t)d->count * 2))
        return;
    uint8_t *at = to->data + to->size;
    *at++ = (uint8_t)((s.kind == DENSE_BITSET ? DENSE_IS_BITSET : s.count_width) | width << DENSE_WIDTH_SHIFT);
    bits_store64(at, s.mask);
    at += 8;
    memcpy(at, d->bounds, n);
    at += n;
    if (s.kind == DENSE_COUNTED)
        at = put_counts(at, d, s.count_width);
    else
        at = put_bitset(at, d);
    if (width)
        escaped = wdf_bytes_put(d->wdf, d->count, width, at, exceptions);
    at += (d->count * width + 7) / 8;
    if (s.kind != DENSE_BITSET)
        at = put_by_range(at, d);
    memcpy(at, exceptions, escaped);
    to->size = (size_t)(at + escaped - to->data);
}

uint32_t dense_writer_put_bounds(uint8_t *payload, const uint8_t *bounds)
{
    uint32_t ranges = bits_count(bits_load64(payload + 1));
    memcpy(payload + DENSE_HEADER, bounds, ranges);
    return ranges;
}
