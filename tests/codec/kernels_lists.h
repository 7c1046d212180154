/* Random windows and lists whose content is known. */
#ifndef TESTS_CODEC_KERNELS_LISTS_H
#define TESTS_CODEC_KERNELS_LISTS_H

#include "codec/dense_writer.h"
#include "codec/sparse_layout.h"
#include "kernels_edge.h"

/* wdf less base, of about `width` bits with exceptions now and then. */
static inline void lists_wdf(uint8_t *wdf, uint32_t n, uint32_t base)
{
    uint32_t width = harness_below(9), rare = harness_below(4) * harness_below(20), most = (1u << width) - 1;
    uint32_t room = 255 - base;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = most > 1 ? harness_below(most) : most * harness_below(2);
        if (rare && harness_below(100) < rare)
            v = harness_below(256);
        wdf[i] = (uint8_t)(v < room ? v : room);
    }
}

typedef struct lists_window {
    uint16_t places[4096];
    uint8_t wdf[4096 + DENSE_WRITER_SLACK], bounds[64];
    uint64_t words[64];
    uint32_t count, base;
    buffer payload;
} lists_window;

/* Writes a window as dense_writer.h wants it. */
static inline void lists_put_window(lists_window *w)
{
    static uint8_t places[4096 + DENSE_WRITER_SLACK], counts[64 + DENSE_WRITER_SLACK], bounds[64];
    uint32_t ranges[64];
    uint64_t words[64];
    dense_documents d = {.count = w->count, .places = places, .wdf = w->wdf, .ranges = ranges, .words = words,
                         .counts = counts, .bounds = bounds};
    for (uint32_t i = 0; i < w->count; i++)
        places[i] = w->places[i] & 63;
    for (uint32_t r = 0, more = harness_below(100); r < 64; r++) {
        if (!w->words[r])
            continue;
        ranges[d.range_count] = more * 64 + r;
        words[d.range_count] = w->words[r];
        counts[d.range_count] = (uint8_t)bits_count(w->words[r]);
        bounds[d.range_count++] = w->bounds[r];
    }
    buffer_clear(&w->payload);
    dense_writer_add(&w->payload, &d);
}

/* A window with about `count` documents, evenly spread or in few ranges. */
static inline void lists_make_window(lists_window *w, uint32_t count)
{
    uint32_t shape = harness_below(3);
    uint64_t ranges = shape == 0 ? UINT64_MAX : harness_random() & (shape == 1 ? harness_random() : UINT64_MAX);
    memset(w->words, 0, sizeof w->words);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t p = harness_below(4096);
        if (ranges >> (p >> 6) & 1)
            w->words[p >> 6] |= UINT64_C(1) << (p & 63);
    }
    if (count >= 4096)
        memset(w->words, 0xff, sizeof w->words);
    w->words[harness_below(64)] |= UINT64_C(1) << harness_below(64);
    w->count = 0;
    for (uint32_t p = 0; p < 4096; p++)
        if (w->words[p >> 6] >> (p & 63) & 1)
            w->places[w->count++] = (uint16_t)p;
    for (uint32_t r = 0; r < 64; r++)
        w->bounds[r] = w->words[r] ? (uint8_t)(1 + harness_below(255)) : 0;
    w->base = harness_below(3);
    lists_wdf(w->wdf, w->count, w->base);
    lists_put_window(w);
}

typedef struct lists_list {
    uint32_t *documents;
    uint8_t *wdf;
    uint32_t count, universe, base;
    bool sampled;
    buffer bytes;
} lists_list;

/* A list of `count` among `universe` documents, about evenly spread, or most of them in one place. */
static inline void lists_make_list(lists_list *l, uint32_t count, uint32_t universe, bool sampled)
{
    l->documents = malloc(count * sizeof *l->documents);
    l->wdf = malloc(count + DENSE_WRITER_SLACK);
    REQUIRE(l->documents && l->wdf);
    memset(l->wdf + count, 0xff, DENSE_WRITER_SLACK);
    l->count = count;
    l->universe = universe;
    l->sampled = sampled;
    l->base = harness_below(2);
    bool crowded = harness_below(4) == 0;
    uint64_t next = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t room = universe - next - (count - i), each = 2 * ((uint64_t)universe / count);
        uint64_t gap = crowded && i > count / 2 ? 0 : harness_random() % (each ? each : 1);
        next += gap < room ? gap : room;
        l->documents[i] = (uint32_t)next++;
    }
    if (harness_below(2))
        l->documents[count - 1] = universe - 1;
    lists_wdf(l->wdf, count, l->base);
    buffer_clear(&l->bytes);
    if (sampled)
        sparse_layout_add(&l->bytes, l->documents, l->wdf, count, universe);
    else
        sparse_layout_add_short(&l->bytes, l->documents, l->wdf, count);
}

static inline void lists_release(lists_list *l)
{
    free(l->documents);
    free(l->wdf);
    buffer_release(&l->bytes);
    *l = (lists_list){0};
}

#endif
