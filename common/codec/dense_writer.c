#include "codec/dense_writer.h"

#include "base/bit_writer.h"
#include "base/paths.h"
#include "codec/dense_layout.h"
#include "codec/wdf_width.h"

/* A bitset is chosen also where it is a little larger than the other kinds, since it is the quickest to read: per cent
 * of their size. */
enum { BITSET_BIAS = 150 };

typedef struct window_shape {
    uint32_t counts[64]; /* documents by range */
    uint32_t present;    /* ranges that are not empty */
    uint64_t mask;
    uint8_t kind;
} window_shape;

static void shape_read(window_shape *s, const uint16_t *places, uint32_t count)
{
    uint32_t bits = 0, most = 0;
    *s = (window_shape){0};
    for (uint32_t i = 0; i < count; i++)
        s->counts[places[i] >> 6]++;
    for (uint32_t r = 0; r < 64; r++) {
        uint32_t n = s->counts[r];
        s->present += n > 0;
        s->mask |= (uint64_t)(n > 0) << r;
        bits += n > DENSE_LIST_MAX ? 64 : 6 * n;
        most = n > most ? n : most;
    }
    uint32_t by_range = (most < 16 ? (s->present + 1) / 2 : s->present) + (bits + 7) / 8;
    uint64_t paths = paths_get();
    bool full = (DENSE_RANKS + 512) * 100 <= by_range * BITSET_BIAS;
    s->kind = most < 16 && paths & PATHS_NIBBLES ? DENSE_NIBBLES : DENSE_BYTES;
    if (full ? paths & PATHS_BITSET : !(paths & PATHS_COUNTED))
        s->kind = DENSE_BITSET;
}

static void add_counts(buffer *to, const window_shape *s)
{
    bit_writer w;
    bit_writer_init(&w, to);
    for (uint32_t r = 0; r < 64; r++)
        if (s->counts[r])
            bit_writer_add(&w, s->counts[r], s->kind == DENSE_NIBBLES ? 4 : 8);
    bit_writer_end(&w);
}

static void add_bitset(buffer *to, const window_shape *s, const uint16_t *places, uint32_t count)
{
    uint64_t words[64] = {0};
    for (uint32_t r = 0, before = 0; r < 64; before += s->counts[r++])
        if (r % 8 == 0)
            buffer_add_u16(to, (uint16_t)before);
    for (uint32_t i = 0; i < count; i++)
        words[places[i] >> 6] |= UINT64_C(1) << (places[i] & 63);
    buffer_add(to, words, sizeof words);
}

static void add_by_range(bit_writer *w, const window_shape *s, const uint16_t *places)
{
    for (uint32_t r = 0; r < 64; places += s->counts[r++]) {
        uint64_t word = 0;
        for (uint32_t i = 0; i < s->counts[r]; i++) {
            if (s->counts[r] <= DENSE_LIST_MAX)
                bit_writer_add(w, places[i] & 63u, 6);
            word |= UINT64_C(1) << (places[i] & 63);
        }
        if (s->counts[r] > DENSE_LIST_MAX)
            bit_writer_add(w, word, 64);
    }
}

void dense_writer_add(buffer *to, const uint16_t *places, const uint8_t *wdf, uint32_t count, const uint8_t bounds[64])
{
    window_shape s;
    bit_writer w;
    uint32_t histogram[256] = {0};
    shape_read(&s, places, count);
    for (uint32_t i = 0; i < count; i++)
        histogram[wdf[i]]++;
    uint32_t width = wdf_width_choose(histogram, count), escape = width < 8 ? (1u << width) - 1 : UINT32_MAX;

    buffer_add_byte(to, (uint8_t)(s.kind | width << 2));
    buffer_add_u64(to, s.mask);
    for (uint32_t r = 0; r < 64; r++)
        if (s.counts[r])
            buffer_add_byte(to, bounds[r]);
    if (s.kind == DENSE_NIBBLES || s.kind == DENSE_BYTES)
        add_counts(to, &s);
    else if (s.kind == DENSE_BITSET)
        add_bitset(to, &s, places, count);

    bit_writer_init(&w, to);
    for (uint32_t i = 0; width && i < count; i++)
        bit_writer_add(&w, wdf[i] < escape ? wdf[i] : escape, width);
    bit_writer_end(&w);

    bit_writer_init(&w, to);
    if (s.kind != DENSE_BITSET)
        add_by_range(&w, &s, places);
    bit_writer_end(&w);

    for (uint32_t i = 0; width && i < count; i++)
        if (wdf[i] >= escape)
            buffer_add_byte(to, wdf[i]);
}
