/* Kernels over bytes that mean nothing: they may say anything, but read no more than 64 bytes behind their input and
 * write no more than kernels.h allows. */
#include "kernels_lists.h"

#include "base/bits.h"
#include "codec/dense_layout.h"

enum { ROUNDS = 20000, MOST = 5000 };

static edge_output output;
static const kernels *k; /* those under test */
static uint64_t ignored;

static uint16_t *shorts(void)
{
    return (uint16_t *)(void *)output.bytes;
}

/* Changes some bytes; returns the size, which may have become less. */
static size_t damage_bytes(uint8_t *bytes, size_t size)
{
    for (uint32_t i = 1 + harness_below(4); size && i; i--)
        bytes[harness_random() % size] ^= (uint8_t)(1u << harness_below(8));
    return harness_below(4) ? size : (size_t)(harness_random() % (size + 1));
}

static void use_window(const uint8_t *bytes, size_t size, uint32_t count)
{
    static dense_window w;
    const uint8_t *payload = edge_put(bytes, size);
    edge_arm(&output);
    k->dense_bounds(payload, size, output.bytes);
    EXPECT(edge_kept(&output, 64));
    if (!k->dense_open(payload, size, count, (uint8_t)harness_below(3), &w))
        return;
    for (uint32_t i = 0; i < 20; i++) {
        uint32_t before;
        uint64_t mask = k->dense_range(&w, i < 16 ? i * 4 + harness_below(4) : harness_below(64), &before);
        EXPECT(before <= count);
        ignored += mask;
        edge_arm(&output);
        k->dense_wdf(&w, mask, before, output.bytes);
        EXPECT(edge_kept(&output, 64));
    }
    edge_arm(&output);
    k->dense_all(&w, (uint64_t *)(void *)output.bytes);
    EXPECT(edge_kept(&output, 512));
    for (uint32_t r = 0; r < 64; r++) { /* a range's documents stay the same, however they were asked for */
        uint32_t before;
        EXPECT(k->dense_range(&w, r, &before) == ((const uint64_t *)(const void *)output.bytes)[r]);
    }
}

static void random_windows(void)
{
    static uint8_t bytes[MOST];
    for (uint32_t round = harness_times(ROUNDS); round > 0; round--) {
        size_t size = harness_below(round % 2 ? MOST : 700);
        uint32_t count = harness_below(round % 3 ? 100 : 4200), fill = harness_below(3);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(fill == 0 ? harness_random() : fill == 1 ? 0xff : harness_below(3));
        if (harness_below(8))
            bytes[0] = (uint8_t)(harness_below(3) | harness_below(9) << 2);
        use_window(bytes, size, count);
    }
}

static void damaged_windows(void)
{
    static lists_window window;
    for (uint32_t round = harness_times(ROUNDS); round > 0; round--) {
        lists_make_window(&window, 1 + harness_below(1u << (1 + round % 13)));
        size_t size = damage_bytes(window.payload.data, window.payload.size);
        uint32_t count = harness_below(3) ? window.count : window.count - 1 + harness_below(3);
        use_window(window.payload.data, size, count);
        size = window.payload.size < 40 ? window.payload.size : 40; /* more often where counts and the mask are */
        damage_bytes(window.payload.data, size);
        use_window(window.payload.data, window.payload.size, window.count);
    }
    buffer_release(&window.payload);
}

static void use_wdf(const sparse_list *s, uint32_t first, uint32_t n, uint32_t begin, uint32_t escapes)
{
    edge_arm(&output);
    k->sparse_wdf(s, first, n, begin, escapes, output.bytes);
    EXPECT(edge_kept(&output, n ? n + 63 : 0));
}

static void use_list(const uint8_t *bytes, size_t size, uint32_t count, uint32_t universe, bool sampled)
{
    sparse_list s;
    const uint8_t *at = edge_put(bytes, size);
    if (!(sampled ? sparse_layout_read(&s, at, size, count, universe, 1)
                  : sparse_layout_read_short(&s, at, size, count, 1)))
        return;
    if (count < 10000) {
        edge_arm(&output);
        k->sparse_all(&s, (uint32_t *)(void *)output.bytes);
        EXPECT(edge_kept(&output, ((size_t)count + 15) * 4));
        uint32_t first = harness_below(count);
        use_wdf(&s, 0, count, 0, 0);
        use_wdf(&s, first, count - first, 0, (uint32_t)harness_random());
    }
    for (uint32_t i = 0; sampled && i < 8; i++) {
        sparse_span span;
        edge_arm(&output);
        k->sparse_window(&s, i < 2 ? s.windows - 1 - i % s.windows : harness_below(s.windows), shorts(), &span);
        EXPECT(span.count <= 4096 && span.begin <= count && span.count <= count - span.begin);
        EXPECT(edge_kept(&output, ((size_t)span.count + 63) * 2));
        for (uint32_t d = 0; d < span.count; d++)
            EXPECT(shorts()[d] < 4096);
        use_wdf(&s, span.begin, span.count, span.sample_begin, span.sample_escapes);
    }
}

static void random_lists(void)
{
    static uint8_t bytes[MOST];
    for (uint32_t round = harness_times(ROUNDS); round > 0; round--) {
        uint32_t count = 1 + harness_below(1u << harness_below(14)), fill = harness_below(3);
        uint64_t universe = (uint64_t)count << harness_below(16);
        size_t size = harness_below(MOST);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(fill == 0 ? harness_random() : fill == 1 ? 0xff : harness_random() & harness_random());
        bool sampled = harness_below(2);
        bytes[0] = (uint8_t)harness_below(sampled ? 9 : 256);
        if (universe <= UINT32_MAX)
            use_list(bytes, size, count, (uint32_t)universe + harness_below(count), sampled);
    }
}

static void damaged_lists(void)
{
    for (uint32_t round = harness_times(4000); round > 0; round--) {
        lists_list l = {0};
        uint32_t count = 1 + harness_below(1u << harness_below(12)), low = harness_below(14);
        lists_make_list(&l, count, (count << low) + harness_below(count << low), harness_below(2));
        for (uint32_t i = 0; i < 4; i++) {
            size_t size = damage_bytes(l.bytes.data, harness_below(2) && l.bytes.size > 40 ? 40 : l.bytes.size);
            size = size < 40 ? size : l.bytes.size;
            use_list(l.bytes.data, i < 3 ? l.bytes.size : size, count, l.universe, l.sampled);
        }
        lists_release(&l);
    }
}

/* Places that no list has. */
static void random_places(void)
{
    for (uint32_t round = harness_times(2000); round > 0; round--) {
        uint16_t places[300];
        uint32_t n = harness_below(300), before;
        for (uint32_t i = 0; i < n; i++)
            places[i] = (uint16_t)(harness_random() & (round % 2 ? 4095 : 255));
        const uint16_t *at = (const void *)edge_put(places, n * 2);
        ignored += k->places_ranges(at, n);
        for (uint32_t r = 0; r < 64; r++) {
            ignored += k->places_range(at, n, r, &before);
            EXPECT(before <= n);
        }
    }
}

int main(void)
{
    harness_seed(UINT64_C(20260802));
    edge_init();
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++) {
        k = kernels_get(isa);
        printf("%s\n", isa_name(isa));
        TEST(random_windows);
        TEST(damaged_windows);
        TEST(random_lists);
        TEST(damaged_lists);
        TEST(random_places);
    }
    return harness_end();
}
