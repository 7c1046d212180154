/* Every set of kernels that this machine can run gives what was put in, and so the same as the scalar one. */
#include "kernels_lists.h"

#include "base/bits.h"
#include "codec/dense_layout.h"

static edge_output output;
static const kernels *k; /* those under test */

/* ---- numbers ---- */

static void unpack_all_widths(void)
{
    for (uint32_t width = 0; width <= 8; width++)
        for (uint32_t bit = 0; bit < 24; bit++) {
            uint8_t bytes[80];
            uint32_t n = harness_below(65), size = (bit + n * width + 7) / 8;
            for (uint32_t i = 0; i < sizeof bytes; i++)
                bytes[i] = (uint8_t)harness_random();
            const uint8_t *at = edge_put(bytes, size);
            edge_arm(&output);
            k->unpack(at, bit, width, n, output.bytes);
            EXPECT(edge_kept(&output, 64));
            for (uint32_t i = 0; i < n; i++) {
                uint32_t expected = 0;
                for (uint32_t b = 0; b < width; b++) {
                    uint32_t place = bit + i * width + b;
                    expected |= (uint32_t)(bytes[place >> 3] >> (place & 7) & 1) << b;
                }
                EXPECT_EQ(output.bytes[i], expected);
            }
        }
}

/* ---- dense windows ---- */

static lists_window window;

static uint32_t documents_before(uint32_t range)
{
    uint32_t n = 0;
    for (uint32_t r = 0; r < range; r++)
        n += bits_count(window.words[r]);
    return n;
}

static void check_range(dense_window *w, uint32_t range)
{
    uint32_t before, i = documents_before(range);
    uint64_t mask = k->dense_range(w, range, &before);
    EXPECT(mask == window.words[range]);
    if (!mask)
        return;
    EXPECT_EQ(before, i);
    edge_arm(&output);
    k->dense_wdf(w, mask, before, output.bytes);
    EXPECT(edge_kept(&output, 64));
    for (uint32_t d = 0; d < 64; d++)
        EXPECT_EQ(output.bytes[d], mask >> d & 1 ? window.wdf[i++] + window.base : 0);
}

static void check_window(void)
{
    static dense_window w;
    const uint8_t *payload = edge_put(window.payload.data, window.payload.size);
    edge_arm(&output);
    EXPECT(k->dense_bounds(payload, window.payload.size, output.bytes));
    EXPECT(edge_kept(&output, 64));
    EXPECT(memcmp(output.bytes, window.bounds, 64) == 0);

    memset(&w, 0x5a, sizeof w);
    REQUIRE(k->dense_open(payload, window.payload.size, window.count, (uint8_t)window.base, &w));
    for (uint32_t r = 0; r < 64; r++)
        if (harness_below(3))
            check_range(&w, r);
    for (uint32_t i = 0; i < 16; i++)
        check_range(&w, harness_below(64));
    edge_arm(&output);
    k->dense_all(&w, (uint64_t *)(void *)output.bytes);
    EXPECT(edge_kept(&output, 512));
    EXPECT(memcmp(output.bytes, window.words, 512) == 0);

    uint64_t words[64], some = harness_random();
    uint16_t before[64];
    memset(words, 0x5a, sizeof words);
    k->dense_ranges(&w, some, words, before);
    for (uint32_t r = 0; r < 64; r++) {
        EXPECT(words[r] == (some >> r & 1 ? window.words[r] : UINT64_C(0x5a5a5a5a5a5a5a5a)));
        if (some >> r & 1 && window.words[r])
            EXPECT_EQ(before[r], documents_before(r));
    }

    EXPECT(!k->dense_open(payload, 8, window.count, 0, &w));
    EXPECT(!k->dense_open(payload, window.payload.size, 4097, 0, &w));
}

static void dense_windows(void)
{
    uint32_t kinds[DENSE_IS_BITSET + 1] = {0}, widths[9] = {0};
    for (uint32_t round = 0, rounds = harness_times(3000); round < rounds; round++) {
        lists_make_window(&window, round < 64 ? 1 + round : 1 + harness_below(1u << (1 + round % 13)));
        kinds[window.payload.data[0] & DENSE_IS_BITSET]++;
        widths[window.payload.data[0] >> DENSE_WIDTH_SHIFT]++;
        check_window();
    }
    for (uint32_t i = 0; i <= DENSE_IS_BITSET; i++)
        EXPECT(kinds[i] > 0);
    for (uint32_t i = 0; i < 9; i++)
        EXPECT(widths[i] > 0);
}

static void places_of_ranges(void)
{
    for (uint32_t round = 0, rounds = harness_times(500); round < rounds; round++) {
        lists_make_window(&window, harness_below(1u << harness_below(13)));
        const uint16_t *places = (const void *)edge_put(window.places, window.count * 2);
        uint64_t ranges = 0;
        for (uint32_t r = 0; r < 64; r++) {
            uint32_t before;
            ranges |= (uint64_t)(window.words[r] != 0) << r;
            EXPECT(k->places_range(places, window.count, r, &before) == window.words[r]);
            EXPECT_EQ(before, documents_before(r));
        }
        EXPECT(k->places_ranges(places, window.count) == ranges);
    }
}

/* ---- sparse lists ---- */

static void check_wdf(const lists_list *l, const sparse_list *s, uint32_t first, uint32_t n, const sparse_span *span)
{
    edge_arm(&output);
    k->sparse_wdf(s, first, n, span->sample_begin, span->sample_escapes, output.bytes);
    EXPECT(edge_kept(&output, n ? n + 63 : 0));
    for (uint32_t i = 0; i < n; i++)
        EXPECT_EQ(output.bytes[i], l->wdf[first + i] + l->base);
}

static void check_all(const lists_list *l, const sparse_list *s)
{
    const sparse_span start = {0};
    if (l->count > sizeof output.bytes / 4 - 64)
        return;
    edge_arm(&output);
    k->sparse_all(s, (uint32_t *)(void *)output.bytes);
    EXPECT(edge_kept(&output, ((size_t)l->count + 15) * 4));
    EXPECT(memcmp(output.bytes, l->documents, (size_t)l->count * 4) == 0);
    check_wdf(l, s, 0, l->count, &start);
    for (uint32_t i = 0; i < 8; i++) {
        uint32_t first = harness_below(l->count), n = harness_below(l->count - first + 1);
        check_wdf(l, s, first, n, &start);
    }
}

static void check_windows(const lists_list *l, const sparse_list *s)
{
    const uint16_t *places = (const void *)output.bytes;
    for (uint32_t w = 0, i = 0; w < s->windows; w++) {
        sparse_span span;
        uint32_t begin = i;
        edge_arm(&output);
        k->sparse_window(s, w, (uint16_t *)(void *)output.bytes, &span);
        for (; i < l->count && l->documents[i] >> 12 == w; i++)
            if (i - begin < span.count)
                EXPECT_EQ(places[i - begin], l->documents[i] & 4095);
        EXPECT_EQ(span.begin, begin);
        EXPECT_EQ(span.count, i - begin);
        EXPECT(edge_kept(&output, ((size_t)span.count + 63) * 2));
        EXPECT(span.sample_begin <= begin);
        check_wdf(l, s, span.begin, span.count, &span);
    }
}

static void check_list(uint32_t count, uint32_t universe, bool sampled)
{
    lists_list l = {0};
    sparse_list s;
    lists_make_list(&l, count, universe, sampled);
    const uint8_t *bytes = edge_put(l.bytes.data, l.bytes.size);
    if (sampled) {
        REQUIRE(sparse_layout_read(&s, bytes, l.bytes.size, count, universe, (uint8_t)l.base));
        check_all(&l, &s);
        check_windows(&l, &s);
    } else {
        REQUIRE(sparse_layout_read_short(&s, bytes, l.bytes.size, count, (uint8_t)l.base));
        EXPECT(!sparse_layout_read_short(&s, bytes, (size_t)(s.wdf - bytes) - 1, count, (uint8_t)l.base));
        REQUIRE(sparse_layout_read_short(&s, bytes, l.bytes.size, count, (uint8_t)l.base));
        check_all(&l, &s);
    }
    lists_release(&l);
}

static void sampled_lists(void)
{
    for (uint32_t low = 0; low <= 14; low++)
        for (uint32_t round = 0; round < 12; round++) {
            uint32_t count = 1 + harness_below(1u << harness_below(15)), most = 1u << (low < 7 ? 20 : 22);
            if ((uint64_t)count << (low + 1) > most)
                count = most >> (low + 1);
            uint32_t universe = (count << low) + harness_below(count << low);
            check_list(count, universe, true);
        }
}

static void short_lists(void)
{
    check_list(1, 1, false);
    check_list(1, UINT32_MAX, false);
    check_list(2, UINT32_MAX, false);
    for (uint32_t round = 0, rounds = harness_times(400); round < rounds; round++) {
        uint32_t count = 1 + harness_below(1u << harness_below(12)), most = UINT32_MAX / count;
        uint32_t each = most >> harness_below(32);
        check_list(count, count * (each ? each : 1), false);
    }
}

/* ---- bytes and bounds ---- */

static void spread_bytes(void)
{
    for (uint32_t round = 0, rounds = harness_times(2000); round < rounds; round++) {
        uint64_t mask = round == 0 ? 0 : round == 1 ? UINT64_MAX : harness_random();
        uint8_t in[64];
        mask = round % 3 == 2 ? mask & harness_random() & harness_random() : mask;
        for (uint32_t i = 0; i < 64; i++)
            in[i] = (uint8_t)harness_random();
        const uint8_t *at = edge_put(in, bits_count(mask));
        edge_arm(&output);
        k->spread(mask, at, output.bytes);
        EXPECT(edge_kept(&output, 64));
        for (uint32_t d = 0, i = 0; d < 64; d++)
            EXPECT_EQ(output.bytes[d], mask >> d & 1 ? in[i++] : 0);
    }
}

static uint32_t expected_bound(int what, uint32_t a, uint32_t b)
{
    uint32_t sum = a + b < UINT16_MAX ? a + b : UINT16_MAX;
    return what == 0 ? sum : what == 1 ? (a && b ? sum : 0) : b ? a : 0;
}

static void bounds_added(void)
{
    void (*const operations[])(uint16_t *, const uint16_t *, size_t) = {k->bound_add, k->bound_and, k->bound_mask};
    for (uint32_t round = 0, rounds = harness_times(300); round < rounds; round++) {
        uint16_t a[256], b[256], *to = (uint16_t *)(void *)output.bytes;
        size_t n = 64u * (1 + harness_below(4));
        int what = (int)(round % 3);
        edge_arm(&output);
        for (size_t i = 0; i < n; i++) {
            a[i] = to[i] = (uint16_t)edge_number(UINT16_MAX);
            b[i] = (uint16_t)edge_number(UINT16_MAX);
        }
        operations[what](to, (const void *)edge_put(b, n * 2), n);
        EXPECT(edge_kept(&output, n * 2));
        for (size_t i = 0; i < n; i++)
            EXPECT_EQ(to[i], expected_bound(what, a[i], b[i]));
    }
}

static void bounds_of_bytes(void)
{
    static const uint32_t extreme[] = {0, 1, 255, 256, 257, 258, 32768, 65278, 65534, 65535};
    for (uint32_t round = 0, rounds = harness_times(300); round < rounds; round++) {
        uint8_t bytes[256];
        size_t n = 64u * (1 + harness_below(4));
        uint32_t factor = round < 10 ? extreme[round] : edge_number(round % 2 ? 600 : UINT16_MAX);
        uint32_t base = round < 20 ? extreme[round % 10] : edge_number(round % 3 ? 600 : UINT16_MAX);
        for (size_t i = 0; i < n; i++)
            bytes[i] = (uint8_t)(i < 2 ? i * 255 : edge_number(255));
        edge_arm(&output);
        k->bound_from(edge_put(bytes, n), base, factor, n, (uint16_t *)(void *)output.bytes);
        EXPECT(edge_kept(&output, n * 2));
        for (size_t i = 0; i < n; i++) {
            uint32_t v = bytes[i] ? base + bytes[i] * factor / 256 + 1 : 0;
            EXPECT_EQ(bits_load16(output.bytes + i * 2), v < UINT16_MAX ? v : UINT16_MAX);
        }
    }
}

static void bounds_live(void)
{
    for (uint32_t round = 0, rounds = harness_times(1000); round < rounds; round++) {
        uint16_t bounds[64];
        uint64_t expected = 0;
        for (uint32_t i = 0; i < 64; i++)
            bounds[i] = (uint16_t)edge_number(UINT16_MAX);
        uint32_t least = round % 4 ? bounds[harness_below(64)] + harness_below(2) : edge_number(UINT32_MAX - 1) + 1;
        least = least ? least : 1;
        for (uint32_t i = 0; i < 64; i++)
            expected |= (uint64_t)(bounds[i] >= least) << i;
        EXPECT(k->bound_live((const void *)edge_put(bounds, sizeof bounds), least) == expected);
    }
}

static void bounds_counted(void)
{
    for (uint32_t round = 0, rounds = harness_times(200); round < rounds; round++) {
        uint16_t bounds[256];
        size_t n = 64 * harness_below(5), expected = 0;
        uint32_t least = 1 + edge_number(UINT16_MAX);
        for (size_t i = 0; i < n; i++) {
            bounds[i] = (uint16_t)edge_number(UINT16_MAX);
            expected += bounds[i] >= least;
        }
        EXPECT_EQ(k->bound_count((const void *)edge_put(bounds, n * 2), n, least), expected);
    }
}

/* Several lists at once as one after another. */
static void bounds_of_lists(void)
{
    enum { MOST = 6 };
    for (uint32_t round = 0, rounds = harness_times(1000); round < rounds; round++) {
        uint8_t bytes[MOST][64];
        bound_list lists[MOST];
        bound_roles roles = {harness_below(3), harness_below(3), harness_below(3)};
        uint32_t least = 1 + edge_number(UINT16_MAX);
        uint16_t expected[64], got[64];
        for (uint32_t j = 0; j < MOST; j++) {
            for (uint32_t i = 0; i < 64; i++)
                bytes[j][i] = (uint8_t)(harness_below(4) ? 1 + harness_below(255) : harness_below(2));
            uint64_t ranges = harness_below(4) ? harness_random() : 0 - (uint64_t)harness_below(2);
            lists[j] = (bound_list){bytes[j], ranges, edge_number(UINT16_MAX), edge_number(UINT16_MAX)};
        }
        uint64_t live = kernels_scalar.bound_lists(lists, roles, least, expected);
        EXPECT(k->bound_lists(lists, roles, least, got) == live);
        EXPECT(memcmp(got, expected, sizeof got) == 0);
        for (uint32_t i = 0; i < 64; i++) {
            uint32_t needed = 0, any = 0, sum = 0;
            for (uint32_t j = 0; j < roles.needed + roles.any + roles.added; j++) {
                uint32_t rank = bits_count(lists[j].ranges & bits_low(i));
                uint32_t byte = lists[j].ranges >> i & 1 ? bytes[j][rank] : 0;
                uint32_t bound = byte ? lists[j].base + byte * lists[j].units / 256 + 1 : 0;
                needed += byte && j < roles.needed;
                any += byte && j >= roles.needed && j < roles.needed + roles.any;
                sum = sum + bound < UINT16_MAX ? sum + bound : UINT16_MAX;
            }
            EXPECT_EQ(expected[i], needed == roles.needed && (any || !roles.any) ? sum : 0);
        }
    }
}

static void words_counted(void)
{
    for (uint32_t round = 0, rounds = harness_times(100); round < rounds; round++) {
        uint64_t words[64];
        uint32_t expected = 0;
        for (uint32_t i = 0; i < 64; i++) {
            words[i] = round ? harness_random() & (harness_random() | (0 - (uint64_t)(round & 1))) : UINT64_MAX;
            expected += bits_count(words[i]);
        }
        EXPECT_EQ(k->count_words((const void *)edge_put(words, sizeof words)), expected);
    }
}

static void words_intersected(void)
{
    for (uint32_t round = 0, rounds = harness_times(100); round < rounds; round++) {
        uint64_t a[64], b[64], both[64];
        uint16_t before[64];
        uint32_t expected = 0;
        for (uint32_t i = 0; i < 64; i++) {
            a[i] = round ? harness_random() & (harness_random() | (0 - (uint64_t)(round & 1))) : UINT64_MAX;
            b[i] = round ? harness_random() & (harness_random() | (0 - (uint64_t)(round & 2))) : UINT64_MAX;
        }
        uint32_t count = k->intersect(a, (const void *)edge_put(b, sizeof b), both, before);
        for (uint32_t i = 0; i < 64; i++) {
            EXPECT_EQ(both[i], a[i] & b[i]);
            EXPECT_EQ(before[i], expected);
            expected += bits_count(both[i]);
        }
        EXPECT_EQ(count, expected);
    }
}

/* ---- weights ---- */

enum { LISTS = 7, FAR = 4096 };

static uint8_t *planes[4];

static uint32_t length_of(const weigh_input *in, uint32_t d)
{
    uint32_t length = 0;
    for (uint32_t p = 0; p < in->planes; p++)
        length |= (uint32_t)in->length[p][d] << 8 * p;
    return length;
}

static double norm_of(const weigh_input *in, uint32_t d)
{
    double norm = (double)in->norm_base + (double)in->norm_slope * length_of(in, d);
    return norm > (double)in->norm_min ? norm : (double)in->norm_min;
}

static void random_norms(weigh_input *in)
{
    in->planes = 1 + harness_below(4);
    for (uint32_t p = 0; p < 4; p++)
        in->length[p] = planes[p];
    in->norm_base = (float)harness_below(1000) / 1000;
    in->norm_slope = (float)harness_below(1000) / (harness_below(2) ? 1e5f : 1e9f);
    in->norm_min = harness_below(4) ? 1e-30f : (float)harness_below(100) / 100 + 1e-30f;
}

static double weight_of(const weigh_input *in, uint32_t d)
{
    double total = 0;
    for (uint32_t j = 0; j < in->lists; j++) {
        double wdf = in->wdf[j][d];
        double part = wdf == 255 ? 1 : wdf / (wdf + norm_of(in, d));
        total += (double)in->factor[j] * part;
    }
    return total;
}

/* Of the wanted documents those that weigh clearly as much as the threshold, none that weigh clearly less. */
static void expect_good(const weigh_input *in, uint64_t wanted, double threshold, uint64_t good)
{
    EXPECT((good & ~wanted) == 0);
    for (uint32_t d = 0; d < 64; d++) {
        double weight = weight_of(in, d);
        if (wanted >> d & 1 && weight >= threshold * (1 + 1e-5))
            EXPECT(good >> d & 1);
        if (weight < threshold * (1 - 1e-5))
            EXPECT(!(good >> d & 1));
    }
}

/* To the bit, in any instruction set. */
static void weights_exactly(void)
{
    for (uint32_t round = 0, rounds = harness_times(2000); round < rounds; round++) {
        uint8_t wdf[LISTS][64];
        const uint8_t *at[LISTS];
        double factor[LISTS], got[64 + 8];
        weigh_input in = {.lists = harness_below(LISTS + 1), .wdf = at, .exact_factor = factor};
        random_norms(&in);
        in.exact_base = in.norm_base / 3;
        in.exact_slope = in.norm_slope / 3;
        in.exact_min = in.norm_min;
        for (uint32_t j = 0; j < LISTS; j++) {
            at[j] = wdf[j];
            factor[j] = harness_below(20000) / 7.0;
            for (uint32_t d = 0; d < 64; d++)
                wdf[j][d] = (uint8_t)(harness_below(2) ? harness_below(255) : harness_below(3));
        }
        uint64_t wanted = harness_random() & (harness_below(2) ? harness_random() : UINT64_MAX);
        got[63] = -1;
        k->weigh_exactly(&in, wanted, got);
        for (uint32_t d = 0, i = 0; d < 64; d++) {
            double norm = in.exact_base + in.exact_slope * length_of(&in, d), total = 0;
            norm = norm > in.exact_min ? norm : in.exact_min;
            for (uint32_t j = 0; j < in.lists; j++)
                total += wdf[j][d] ? factor[j] * ((double)wdf[j][d] / ((double)wdf[j][d] + norm)) : 0;
            if (wanted >> d & 1)
                EXPECT(memcmp(&got[i++], &total, sizeof total) == 0);
        }
    }
}

/* What weigh_exactly says of documents of one list that weigh enough, in both forms. */
static void check_alone(const weigh_input *in, const lists_window *l, uint64_t ranges, double least)
{
    static double weights[4096 + 8], expected[4096];
    static uint64_t places[4096 + 8], expected_places[4096];
    static uint32_t documents[4096 + 16];
    static uint8_t wdf[4096 + 64];
    static dense_window w;
    size_t n = 0;
    uint32_t all = 0, matched = 0, i = 0;
    for (uint32_t r = 0; r < 64; r++)
        for (uint64_t left = l->words[r]; left; left &= left - 1, i++) {
            uint32_t d = r << 6 | bits_lowest(left);
            double norm = in->exact_base + in->exact_slope * length_of(in, d), f = l->wdf[i] + l->base;
            norm = norm > in->exact_min ? norm : in->exact_min;
            if (!(ranges >> r & 1))
                continue;
            documents[all] = d;
            wdf[all++] = (uint8_t)(l->wdf[i] + l->base);
            expected[n] = f > 0 ? in->exact_factor[0] * (f / (f + norm)) : 0;
            expected_places[n] = UINT64_C(7) << 32 | d;
            n += expected[n] >= least;
        }
    const uint8_t *payload = edge_put(l->payload.data, l->payload.size);
    REQUIRE(k->dense_open(payload, l->payload.size, l->count, (uint8_t)l->base, &w));
    EXPECT_EQ(k->weigh_dense(in, &w, ranges, least, UINT64_C(7) << 32, weights, places, &matched), n);
    EXPECT_EQ(matched, all);
    EXPECT(memcmp(weights, expected, n * sizeof *weights) == 0);
    EXPECT(memcmp(places, expected_places, n * sizeof *places) == 0);
    EXPECT_EQ(k->weigh_documents(in, documents, wdf, all, least, UINT64_C(7) << 32, weights, places), n);
    EXPECT(memcmp(weights, expected, n * sizeof *weights) == 0);
    EXPECT(memcmp(places, expected_places, n * sizeof *places) == 0);
}

static void weights_alone(void)
{
    for (uint32_t round = 0, rounds = harness_times(500); round < rounds; round++) {
        double factor = 1 + harness_below(20000) / 7.0;
        weigh_input in = {.lists = 1, .exact_factor = &factor};
        random_norms(&in);
        in.exact_base = in.norm_base / 3;
        in.exact_slope = in.norm_slope / 3;
        in.exact_min = in.norm_min;
        lists_make_window(&window, 1 + harness_below(1u << (1 + round % 12)));
        check_alone(&in, &window, harness_random(), round % 3 ? factor * harness_below(100) / 100 : -1);
    }
}

/* Decoded and weighed at once, or one after the other. */
static void weights_of_lists(void)
{
    static lists_window windows[LISTS];
    static dense_window w[LISTS];
    static uint8_t payloads[LISTS][16384];
    for (uint32_t round = 0, rounds = harness_times(300); round < rounds; round++) {
        uint8_t wdf[LISTS][64], got[LISTS][64], in_order[LISTS][64 + 64] = {0};
        const uint8_t *expected_at[LISTS], *at[LISTS];
        float factor[LISTS];
        weigh_list lists[LISTS];
        weigh_input in = {.lists = harness_below(LISTS + 1), .wdf = expected_at, .factor = factor};
        uint32_t range = harness_below(64);
        random_norms(&in);
        for (uint32_t j = 0; j < LISTS; j++) {
            uint32_t before;
            lists_make_window(&windows[j], 1 + harness_below(1u << (5 + round % 8)));
            const lists_window *l = &windows[j];
            REQUIRE(l->payload.size + 64 <= sizeof payloads[j]);
            memcpy(payloads[j], l->payload.data, l->payload.size);
            REQUIRE(k->dense_open(payloads[j], l->payload.size, l->count, (uint8_t)l->base, &w[j]));
            uint64_t mask = k->dense_range(&w[j], range, &before);
            k->dense_wdf(&w[j], mask, before, wdf[j]);
            for (uint32_t d = 0, n = 0; d < 64; d++)
                if (mask >> d & 1)
                    in_order[j][n++] = wdf[j][d];
            memcpy(got[j], wdf[j], 64);
            lists[j] = (weigh_list){.mask = mask, .before = before, .out = got[j]};
            lists[j].dense = round % 3 == 0 ? &w[j] : NULL;
            lists[j].wdf = round % 3 == 1 ? in_order[j] : NULL;
            expected_at[j] = wdf[j];
            at[j] = got[j];
            factor[j] = (float)(1 + harness_below(20000)) / 1000;
            buffer_release(&windows[j].payload);
        }
        uint64_t wanted = harness_random() & (round % 2 ? harness_random() & harness_random() : UINT64_MAX);
        double threshold = weight_of(&in, harness_below(64));
        in.wdf = at;
        uint64_t good = k->weigh_lists(&in, lists, wanted, (float)threshold);
        EXPECT(memcmp(got, wdf, in.lists * sizeof *got) == 0);
        expect_good(&in, wanted, threshold, good);
    }
}

static void pairs_split(void)
{
    enum { MOST = 300, ROOM = MOST + 8 };
    for (uint32_t round = 0, rounds = harness_times(2000); round < rounds; round++) {
        double weight[ROOM], rest[ROOM], least = harness_below(20), expected[2][ROOM];
        uint64_t place[ROOM], rest_place[ROOM], expected_place[2][ROOM];
        size_t n = harness_below(MOST + 1), at[2] = {0};
        for (uint32_t i = 0; i < n; i++) {
            weight[i] = harness_below(20);
            place[i] = harness_random();
            bool bad = weight[i] < least;
            expected[bad][at[bad]] = weight[i];
            expected_place[bad][at[bad]++] = place[i];
        }
        EXPECT_EQ(k->split(weight, place, n, least, rest, rest_place), at[0]);
        EXPECT(memcmp(weight, expected[0], at[0] * sizeof *weight) == 0);
        EXPECT(memcmp(place, expected_place[0], at[0] * sizeof *place) == 0);
        EXPECT(memcmp(rest, expected[1], at[1] * sizeof *rest) == 0);
        EXPECT(memcmp(rest_place, expected_place[1], at[1] * sizeof *rest_place) == 0);
    }
}

static void weights(void)
{
    for (uint32_t round = 0, rounds = harness_times(2000); round < rounds; round++) {
        uint8_t wdf[LISTS][64];
        const uint8_t *at[LISTS];
        float factor[LISTS];
        weigh_input in = {.lists = harness_below(LISTS + 1), .wdf = at, .factor = factor};
        random_norms(&in);
        for (uint32_t j = 0; j < LISTS; j++) {
            at[j] = wdf[j];
            factor[j] = (float)(1 + harness_below(20000)) / 1000;
            uint64_t there = harness_random();
            for (uint32_t d = 0; d < 64; d++)
                wdf[j][d] = (uint8_t)(there >> d & 1 ? edge_number(255) : 0);
        }
        uint64_t wanted = harness_random();
        wanted = round % 4 == 0 ? UINT64_MAX : round % 4 == 1 ? wanted & harness_random() & harness_random() : wanted;
        double threshold = weight_of(&in, harness_below(64)) * (1 + 4e-5 * ((double)harness_below(5) - 2));
        uint64_t good = k->weigh(&in, wanted, (float)threshold);
        expect_good(&in, wanted, threshold, good);
    }
}

static void check_saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n)
{
    static uint8_t scalar[4096 + 64];
    REQUIRE(n <= 1024);
    kernels_scalar.saturate(in, documents, wdf, n, scalar);
    edge_arm(&output);
    k->saturate(in, documents, wdf, n, output.bytes);
    EXPECT(edge_kept(&output, n ? n + 15 : 0));
    for (uint32_t i = 0; i < n; i++) {
        double exact = wdf[i] == 255 ? 1 : wdf[i] / (wdf[i] + norm_of(in, documents[i]));
        EXPECT_EQ(output.bytes[i], scalar[i]);
        EXPECT(output.bytes[i] >= 1 && output.bytes[i] >= exact * 255);
        EXPECT(output.bytes[i] <= exact * 255 + 1.001);
    }
}

static void saturations(void)
{
    for (uint32_t round = 0, rounds = harness_times(500); round < rounds; round++) {
        uint32_t documents[1024 + 16], n = harness_below(1u << harness_below(11));
        uint8_t wdf[1024 + 64];
        weigh_input in = {0};
        random_norms(&in);
        for (uint32_t i = 0; i < n; i++) {
            documents[i] = harness_below(FAR);
            wdf[i] = (uint8_t)edge_number(255);
        }
        check_saturate(&in, documents, wdf, n);
    }
}

/* Documents at all places of a segment with as many as there can be. */
static void saturations_far(void)
{
    size_t size = (size_t)UINT32_MAX + FAR;
    uint8_t *plane = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    uint32_t documents[64];
    uint8_t wdf[64 + 64];
    weigh_input in = {.planes = 1, .norm_base = 0.25f, .norm_slope = 0.01f, .norm_min = 0.5f};
    if (plane == MAP_FAILED) {
        printf("no room for 4 GB of addresses: skipped\n");
        return;
    }
    in.length[0] = plane;
    for (uint32_t i = 0; i < 64; i++) {
        documents[i] = i == 1 ? UINT32_MAX - 1 : i < 4 ? (1u << 31) - i : (uint32_t)harness_random();
        plane[documents[i]] = (uint8_t)harness_random();
        wdf[i] = (uint8_t)(1 + harness_below(10));
    }
    check_saturate(&in, documents, wdf, 64);
    munmap(plane, size);
}

static void tables(void)
{
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++)
        EXPECT_EQ(kernels_get(isa)->isa, isa);
    EXPECT(kernels_get(ISA_SCALAR) == &kernels_scalar);
}

int main(void)
{
    harness_seed(UINT64_C(20260801));
    edge_init();
    for (uint32_t p = 0; p < 4; p++) {
        planes[p] = malloc(FAR + 4096);
        REQUIRE(planes[p]);
        for (uint32_t d = 0; d < FAR + 4096; d++)
            planes[p][d] = (uint8_t)edge_number(255);
    }
    TEST(tables);
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++) {
        k = kernels_get(isa);
        printf("%s\n", isa_name(isa));
        TEST(unpack_all_widths);
        TEST(dense_windows);
        TEST(places_of_ranges);
        TEST(sampled_lists);
        TEST(short_lists);
        TEST(spread_bytes);
        TEST(bounds_added);
        TEST(bounds_of_bytes);
        TEST(bounds_live);
        TEST(bounds_counted);
        TEST(bounds_of_lists);
        TEST(words_counted);
        TEST(words_intersected);
        TEST(weights);
        TEST(weights_exactly);
        TEST(weights_alone);
        TEST(weights_of_lists);
        TEST(pairs_split);
        TEST(saturations);
        TEST(saturations_far);
    }
    buffer_release(&window.payload);
    for (uint32_t p = 0; p < 4; p++)
        free(planes[p]);
    return harness_end();
}
