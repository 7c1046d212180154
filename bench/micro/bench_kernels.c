/* Every kernel by instruction set, over inputs that stay in the first-level cache: nanoseconds a call, which mostly is
 * a window (4,096 documents) or a range (64). Dense windows with several numbers of documents, sparse lists with one
 * document in 256 and 2,048, weights of two lists with several numbers of wanted documents. */
#include "base/bits.h"
#include "bench/micro/timer.h"
#include "codec/dense_writer.h"
#include "codec/kernels.h"
#include "codec/sparse_layout.h"

enum { REPEAT = 4000, LIST = 2000, SLACK = 64 };

static const kernels *k;
static uint64_t state = 1, sink;

static uint32_t random_below(uint32_t n)
{
    state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)((state >> 33) % n);
}

/* Small numbers, as wdf are: half of them 0. */
static uint8_t random_wdf(void)
{
    uint32_t v = 0;
    while (v < 200 && random_below(2))
        v++;
    return (uint8_t)v;
}

#define SHOW(what, calls, call)                          \
    do {                                                 \
        timer t;                                         \
        TIMER_RUN(t, (double)REPEAT * (calls),           \
                  for (uint32_t i = 0; i < REPEAT; i++) { \
                      call;                              \
                      timer_keep(&sink);                 \
                  });                                    \
        timer_print(&t, what, isa_name(k->isa));         \
    } while (0)

static void show_dense(uint32_t count)
{
    static dense_window w;
    static uint8_t places[4096 + DENSE_WRITER_SLACK], wdf[4096 + DENSE_WRITER_SLACK];
    uint8_t counts[64 + DENSE_WRITER_SLACK] = {0}, bounds[64], out[64];
    uint32_t ranges[64], n = 0, before;
    uint64_t words[64];
    buffer payload = BUFFER_INIT;
    char name[64];
    dense_documents d = {.places = places, .wdf = wdf, .ranges = ranges, .words = words, .counts = counts,
                         .bounds = bounds};
    for (uint32_t r = 0; r < 64; r++) {
        uint32_t at = d.range_count;
        words[at] = 0;
        counts[at] = 0;
        for (uint32_t p = 0; p < 64; p++)
            if (random_below(4096) < count) {
                words[at] |= UINT64_C(1) << p;
                counts[at]++;
                places[n] = (uint8_t)p;
                wdf[n++] = random_wdf();
            }
        ranges[at] = r;
        d.range_count += counts[at] > 0;
    }
    d.count = n;
    memset(bounds, 100, sizeof bounds);
    dense_writer_add(&payload, &d);
    size_t size = payload.size;
    buffer_add_zeros(&payload, SLACK);
    snprintf(name, sizeof name, "dense_open, %u", count);
    SHOW(name, 1, sink += k->dense_open(payload.data, size, n, 1, &w));
    snprintf(name, sizeof name, "dense_bounds, %u", count);
    SHOW(name, 1, k->dense_bounds(payload.data, size, out));
    snprintf(name, sizeof name, "dense_range, %u", count);
    SHOW(name, 64, for (uint32_t r = 0; r < 64; r++) sink += k->dense_range(&w, r, &before));
    snprintf(name, sizeof name, "dense range and wdf, %u", count);
    SHOW(name, 64, for (uint32_t r = 0; r < 64; r++) {
        uint64_t mask = k->dense_range(&w, r, &before);
        k->dense_wdf(&w, mask, before, out);
        timer_keep(out);
    });
    snprintf(name, sizeof name, "dense_all, %u", count);
    SHOW(name, 1, k->dense_all(&w, words); timer_keep(words));
    snprintf(name, sizeof name, "count_words, %u", count);
    SHOW(name, 1, sink += k->count_words(words));
    buffer_release(&payload);
}

static void show_sparse(uint32_t one_in)
{
    static uint32_t documents[LIST + SLACK];
    static uint8_t wdf[LIST + SLACK];
    static uint16_t places[4096 + SLACK];
    buffer bytes = BUFFER_INIT;
    sparse_list s;
    sparse_span span;
    uint32_t universe = LIST * one_in, before;
    char name[64];
    for (uint32_t i = 0; i < LIST; i++) {
        documents[i] = i * one_in + random_below(one_in);
        wdf[i] = random_wdf();
    }
    sparse_layout_add(&bytes, documents, wdf, LIST, universe);
    size_t size = bytes.size;
    buffer_add_zeros(&bytes, SLACK);
    if (!sparse_layout_read(&s, bytes.data, size, LIST, universe, 1))
        return;
    snprintf(name, sizeof name, "sparse_window, 1 in %u", one_in);
    SHOW(name, 1, k->sparse_window(&s, i % s.windows, places, &span); sink += span.count);
    snprintf(name, sizeof name, "and its wdf, 1 in %u", one_in);
    SHOW(name, 1, k->sparse_window(&s, i % s.windows, places, &span);
         k->sparse_wdf(&s, span.begin, span.count, span.sample_begin, span.sample_escapes, wdf));
    snprintf(name, sizeof name, "places_ranges, %u", span.count);
    SHOW(name, 1, sink += k->places_ranges(places, span.count));
    snprintf(name, sizeof name, "places_range, %u", span.count);
    SHOW(name, 1, sink += k->places_range(places, span.count, i % 64, &before));
    snprintf(name, sizeof name, "sparse_all, %u documents", LIST);
    SHOW(name, 1, k->sparse_all(&s, documents));
    snprintf(name, sizeof name, "sparse_wdf, %u documents", LIST);
    SHOW(name, 1, k->sparse_wdf(&s, 0, LIST, 0, 0, wdf));
    buffer_clear(&bytes);
    sparse_layout_add_short(&bytes, documents, wdf, LIST);
    size = bytes.size;
    buffer_add_zeros(&bytes, SLACK);
    snprintf(name, sizeof name, "short lists opened, %u documents", LIST);
    SHOW(name, 1, sink += sparse_layout_read_short(&s, bytes.data, size, LIST, 1));
    snprintf(name, sizeof name, "sparse_all, short list, %u documents", LIST);
    SHOW(name, 1, k->sparse_all(&s, documents));
    buffer_release(&bytes);
}

static void show_weights(void)
{
    static uint8_t lengths[2][4096 + SLACK], wdf[2][64 + SLACK], out[64 + SLACK];
    static uint32_t documents[64 + SLACK];
    const uint8_t *lists[2] = {wdf[0], wdf[1]};
    const float factors[2] = {3.5f, 7.25f};
    const double exact_factors[2] = {3.5, 7.25};
    weigh_input in = {2, lists, factors, {lengths[0], lengths[1]}, 2, 0.3f, 0.002f, 0.1f,
                      exact_factors, 0.3, 0.002, 0.1};
    double weights[64 + 8];
    for (uint32_t i = 0; i < 4096; i++) {
        lengths[0][i] = (uint8_t)random_below(256);
        lengths[1][i] = (uint8_t)random_below(3);
    }
    for (uint32_t i = 0; i < 64; i++) {
        documents[i] = i * 64 + random_below(64);
        wdf[0][i] = random_wdf();
        wdf[1][i] = random_wdf();
    }
    for (uint32_t wanted = 1; wanted <= 64; wanted *= 4) {
        uint64_t mask = wanted == 64 ? UINT64_MAX : 0;
        char name[64];
        while (bits_count(mask) < wanted)
            mask |= UINT64_C(1) << random_below(64);
        snprintf(name, sizeof name, "weigh 2 lists, %u wanted", wanted);
        SHOW(name, 1, sink += k->weigh(&in, mask, 8));
        snprintf(name, sizeof name, "spread %u", wanted);
        SHOW(name, 1, k->spread(mask, wdf[0], out); timer_keep(out));
    }
    for (uint32_t wanted = 1; wanted <= 64; wanted *= 2) {
        uint64_t masks[64];
        char name[64];
        for (uint32_t i = 0; i < 64; i++)
            for (masks[i] = wanted == 64 ? UINT64_MAX : 0; bits_count(masks[i]) < wanted;)
                masks[i] |= UINT64_C(1) << random_below(64);
        snprintf(name, sizeof name, "weigh_exactly 2 lists, %u wanted", wanted);
        SHOW(name, 1, k->weigh_exactly(&in, masks[i % 64], weights); timer_keep(weights));
    }
    SHOW("saturate 64", 1, k->saturate(&in, documents, wdf[0], 64, out));
    SHOW("unpack 64 of width 3", 1, k->unpack(lengths[0], 5, 3, 64, out); timer_keep(out));
}

static void show_bounds(void)
{
    static uint8_t bytes[1024 + SLACK];
    static uint16_t a[1024], b[1024];
    for (uint32_t i = 0; i < 1024; i++)
        bytes[i] = (uint8_t)random_below(256);
    SHOW("bound_from 1,024", 1, k->bound_from(bytes, 1000, 10000, 1024, a); timer_keep(a));
    SHOW("bound_add 1,024", 1, k->bound_add(b, a, 1024); timer_keep(b));
    SHOW("bound_and 1,024", 1, k->bound_and(b, a, 1024); timer_keep(b));
    SHOW("bound_mask 1,024", 1, k->bound_mask(b, a, 1024); timer_keep(b));
    SHOW("bound_live", 1, sink += k->bound_live(a, 20000));
}

int main(void)
{
    static const uint32_t densities[] = {40, 200, 1000, 3500};
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++) {
        k = kernels_get(isa);
        for (size_t i = 0; i < sizeof densities / sizeof *densities; i++)
            show_dense(densities[i]);
        show_sparse(256);
        show_sparse(2048);
        show_weights();
        show_bounds();
        printf("\n");
    }
    return 0;
}
