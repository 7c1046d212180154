#include "codec/dense_writer.h"

#include "base/bit_writer.h"
#include "base/paths.h"
#include "codec/dense_layout.h"
#include "codec/wdf_bytes.h"

/* A bitset is chosen also where it is a little larger than the other kinds, since it is the quickest to read: per cent
 * of their size. */
enum { BITSET_BIAS = 150 };

typedef struct window_shape {
    uint64_t mask; /* ranges that are not empty */
    uint8_t kind;
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
    uint32_t by_range = (most < 16 ? (n + 1) / 2 : n) + (bits + 7) / 8;
    bool full = (DENSE_RANKS + 512) * 100 <= by_range * BITSET_BIAS;
    uint8_t kind = most < 16 && paths & PATHS_NIBBLES ? DENSE_NIBBLES : DENSE_BYTES;
    if (full ? paths & PATHS_BITSET : !(paths & PATHS_COUNTED))
        kind = DENSE_BITSET;
    return (window_shape){mask, kind};
}

/* Eight at a time. */
static uint8_t *put_nibbles(uint8_t *to, const dense_documents *d)
{
    uint32_t n = d->range_count;
    for (uint32_t i = 0; i < n; i += 8)
        bits_store32(to + i / 2, (uint32_t)wdf_bytes_pack(bits_load64(d->counts + i) &
                                                          bits_low(n - i < 8 ? (n - i) * 8 : 64), 4));
    return to + (n + 1) / 2;
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
    *at++ = (uint8_t)(s.kind | width << 2);
    bits_store64(at, s.mask);
    at += 8;
    memcpy(at, d->bounds, n);
    at += n;
    if (s.kind == DENSE_NIBBLES) {
        at = put_nibbles(at, d);
    } else if (s.kind == DENSE_BYTES) {
        memcpy(at, d->counts, n);
        at += n;
    } else {
        at = put_bitset(at, d);
    }
    if (width)
        escaped = wdf_bytes_put(d->wdf, d->count, width, at, exceptions);
    at += (d->count * width + 7) / 8;
    if (s.kind != DENSE_BITSET)
        at = put_by_range(at, d);
    memcpy(at, exceptions, escaped);
    to->size = (size_t)(at + escaped - to->data);
}
