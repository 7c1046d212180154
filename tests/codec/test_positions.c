/* Groups of positions: what is written is read, sizes are as computed, and every instruction set agrees. */
#include "kernels_edge.h"

#include "base/buffer.h"
#include "codec/positions_put.h"

enum { MOST = 3000, SPILL = 64 };

static void draw(uint32_t *positions, uint32_t c, uint32_t u)
{
    uint32_t place = 0, left = u;
    for (uint32_t i = 0; i < c; i++, place++, left--) {
        uint32_t slack = left - (c - i), skip = slack ? harness_below(harness_below(slack) + 1) : 0;
        place += skip;
        left -= skip;
        positions[i] = place;
    }
}

static void draw_shape(uint32_t *c, uint32_t *u)
{
    *u = 1 + harness_below(1u << harness_below(31));
    *c = harness_below(1 + (harness_below(20) ? 40 : MOST));
    if (*c > *u)
        *c = harness_below(*u + 1);
}

enum { GROUPS = 8 };

/* A run of groups, written. */
typedef struct run {
    buffer bytes;
    uint32_t n, base, start;                        /* groups; less than all positions; bits before the run */
    uint32_t counts[GROUPS + 16], places[GROUPS + 16];
    uint32_t *positions[GROUPS];
    uint64_t highs[GROUPS], highs_end, end;         /* in bits */
} run;

/* Where high parts begin, as the code says it. */
static void find_highs(run *r, uint64_t bit)
{
    for (uint32_t i = 0; i < r->n; i++) {
        uint32_t c = r->counts[i], u = r->places[i], next = r->base;
        r->highs[i] = bit;
        for (uint32_t k = 0; k < positions_highs(c, u); k++) {
            bit += ((r->positions[i][k] - next) >> positions_low_bits(c, u - c)) + 1;
            next = r->positions[i][k] + 1;
        }
    }
    r->highs_end = bit;
}

/* Some groups at a time, by one instruction set; returns the run's bytes, which are not behind `room`. */
static size_t put(const run *r, enum isa isa, const uint32_t *positions, uint8_t *to, size_t room)
{
    positions_put_run w;
    positions_put_begin(&w, to, room);
    for (uint32_t i = 0, n; i < r->n; i += n) {
        const positions_put_groups groups = {.positions = positions, .counts = r->counts + i, .places = r->places + i,
                                             .n = n = 1 + harness_below(r->n - i), .base = r->base};
        positions = positions_kernels_get(isa)->put(&w, &groups);
    }
    size_t size = (size_t)(positions_put_end(&w) - to);
    EXPECT(size <= room);
    return size;
}

/* Behind `start` bits. All instruction sets write the same; none reads behind the last position. */
static void run_write(run *r)
{
    static uint32_t all[GROUPS * MOST];
    uint64_t lows = 0, most = 64 + 8 * POSITIONS_PUT_SLACK;
    uint32_t total = 0;
    for (uint32_t i = 0; i < r->n; total += r->counts[i++]) {
        r->positions[i] = all + total;
        draw(r->positions[i], r->counts[i], r->places[i]);
        for (uint32_t k = 0; k < r->counts[i]; k++)
            r->positions[i][k] += r->base;
        most += positions_bits_most(r->counts[i], r->places[i]);
        lows += positions_lows(r->counts[i], r->places[i]);
    }
    find_highs(r, r->start);
    uint32_t *positions = malloc(total * sizeof *positions + !total);
    REQUIRE(positions);
    memcpy(positions, all, total * sizeof *positions);
    size_t room = (size_t)most / 8, size = 0;
    uint8_t *expected = malloc(room), *got = malloc(room);
    REQUIRE(expected && got);
    for (int isa = 0; isa <= (int)isa_of_machine(); isa++) {
        size = put(r, (enum isa)isa, positions, isa ? got : expected, room);
        EXPECT_EQ(size, (r->highs_end - r->start + lows + 7) / 8);
        EXPECT(!isa || !memcmp(got, expected, size));
    }
    r->bytes = (buffer)BUFFER_INIT;
    buffer_add_zeros(&r->bytes, r->start / 8);
    buffer_add(&r->bytes, expected, size);
    r->end = (uint64_t)r->bytes.size * 8;
    free(positions);
    free(expected);
    free(got);
}

static void groups_round_trip(void)
{
    static uint32_t got[MOST + SPILL];
    for (int trial = 0; trial < 5000; trial++) {
        run r = {.n = 1 + harness_below(GROUPS), .base = harness_below(2), .start = 8 * harness_below(8)};
        for (uint32_t i = 0; i < r.n; i++)
            draw_shape(&r.counts[i], &r.places[i]);
        run_write(&r);
        const uint8_t *bytes = edge_put(r.bytes.data, r.bytes.size);
        uint64_t ones = 0, ends[GROUPS + 16];
        positions_kernels_scalar.ends(r.counts, r.places, r.n, ends);
        for (uint32_t i = 0; i < r.n; i++) {
            uint32_t c = r.counts[i];
            positions_place place = {.lows = r.end - ends[i]};
            for (int isa = 0; isa <= (int)isa_of_machine(); isa++) {
                const positions_kernels *k = positions_kernels_get((enum isa)isa);
                memset(got, 0xee, sizeof got);
                place.highs = k->skip(bytes, r.start, r.end, ones);
                EXPECT_EQ(place.highs, r.highs[i]);
                k->get(bytes, place, r.end, c, r.places[i], r.base, got);
                for (uint32_t j = 0; j < c; j++)
                    EXPECT_EQ(got[j], r.positions[i][j]);
                EXPECT_EQ(got[c + 15], 0xeeeeeeee);
            }
            if (positions_highs(c, r.places[i]) && c <= POSITIONS_FEW && positions_bits_most(c, r.places[i]) < 4 * 56)
                EXPECT_EQ(positions_skip_few(bytes, place.highs, c), i + 1 < r.n ? r.highs[i + 1] : r.highs_end);
            ones += positions_highs(c, r.places[i]);
        }
        buffer_release(&r.bytes);
    }
}

/* Positions of a damaged segment: not ascending, or behind the last place. No byte outside the room is touched. */
static void damaged_positions_are_safe(void)
{
    for (int trial = 0; trial < 5000; trial++) {
        run r = {.n = 1 + harness_below(GROUPS), .base = harness_below(2)};
        uint64_t most = 0;
        uint32_t total = 0;
        for (uint32_t i = 0; i < r.n; i++) {
            draw_shape(&r.counts[i], &r.places[i]);
            if (harness_below(10) == 0)
                r.places[i] = harness_below(3); /* fewer than positions */
            most += positions_bits_most(r.counts[i], r.places[i]);
            total += r.counts[i];
        }
        size_t room = (size_t)most / 8 + 1 + POSITIONS_PUT_SLACK;
        uint32_t *positions = malloc(total * sizeof *positions + !total), mask = UINT32_MAX >> harness_below(32);
        uint8_t *bytes = malloc(room);
        REQUIRE(positions && bytes);
        for (uint32_t i = 0; i < total; i++)
            positions[i] = (uint32_t)harness_random() & mask;
        for (int isa = 0; isa <= (int)isa_of_machine(); isa++)
            put(&r, (enum isa)isa, positions, bytes, room);
        free(positions);
        free(bytes);
    }
}

static void counts_round_trip(void)
{
    buffer b = BUFFER_INIT;
    bit_writer w;
    uint32_t counts[500];
    uint64_t bit = 0;
    REQUIRE(buffer_reserve(&b, 500 * 9 + BIT_WRITER_SLACK));
    bit_writer_init(&w, b.data);
    for (int i = 0; i < 500; i++) {
        counts[i] = i < 3 ? UINT32_MAX - (uint32_t)i : harness_below(1u << harness_below(32));
        positions_put_count(&w, counts[i]);
    }
    b.size = (size_t)(bit_writer_end(&w) - b.data);
    uint64_t end = b.size * 8;
    buffer_add_zeros(&b, 64);
    for (int i = 0; i < 500; i++)
        EXPECT_EQ(positions_get_count(b.data, &bit, end), counts[i]);
    EXPECT(bit <= end);
    buffer_release(&b);
}

static void ends_agree(void)
{
    for (int trial = 0; trial < 3000; trial++) {
        uint32_t n = 1 + harness_below(100), c[116] = {0}, u[116] = {0};
        uint64_t expected[116], got[116];
        for (uint32_t i = 0; i < n; i++)
            draw_shape(&c[i], &u[i]);
        if (harness_below(50) == 0)
            c[harness_below(n)] = u[harness_below(n)] = 1u << 31;
        positions_kernels_scalar.ends(c, u, n, expected);
        for (int isa = 0; isa <= (int)isa_of_machine(); isa++) {
            positions_kernels_get((enum isa)isa)->ends(c, u, n, got);
            EXPECT(!memcmp(got, expected, n * sizeof *got));
        }
    }
}

static void masks_are_positions(void)
{
    for (int trial = 0; trial < 20000; trial++) {
        uint32_t u = 1 + harness_below(80), c = harness_below(u < 30 ? u + 1 : 30);
        run r = {.n = 1, .start = 8 * harness_below(8), .counts = {c}, .places = {u}};
        uint64_t expected = 0;
        run_write(&r);
        buffer_add_zeros(&r.bytes, 64);
        for (uint32_t i = 0; i < c; i++)
            expected |= UINT64_C(1) << (r.positions[0][i] & 63);
        positions_place place = {r.end - positions_lows(c, u), r.highs[0]};
        EXPECT(!positions_fit_mask(c, u) || (u <= 64 && positions_mask(r.bytes.data, place, c, u) == expected));
        EXPECT(positions_fit_mask(c, u) || u > 64 || c > 15);
        buffer_release(&r.bytes);
    }
}

static void ranks_agree(void)
{
    for (int trial = 0; trial < 5000; trial++) {
        uint64_t all = harness_random() | (harness_below(2) ? harness_random() : 0);
        uint64_t wanted = all & harness_random() & (harness_below(2) ? harness_random() : UINT64_MAX);
        uint8_t got[64];
        for (int isa = 0; isa <= (int)isa_of_machine(); isa++) {
            uint32_t n = positions_kernels_get((enum isa)isa)->ranks(all, wanted, got), i = 0;
            for (uint32_t place = 0, rank = 0; place < 64; place++) {
                if (wanted >> place & 1)
                    EXPECT_EQ(got[i++], rank);
                rank += (uint32_t)(all >> place & 1);
            }
            EXPECT_EQ(n, i);
        }
    }
}

static void offsets_agree(void)
{
    for (int trial = 0; trial < 5000; trial++) {
        uint8_t sizes[POSITIONS_SIZES], wdf[64];
        uint32_t u = 1 + harness_below(1u << harness_below(14)), known = 1, most = harness_below(10) ? 6 : 256;
        uint16_t expected[64] = {0};
        positions_sizes(u, sizes);
        for (uint32_t i = 0; i < 64; i++)
            wdf[i] = (uint8_t)harness_below(most);
        for (; known < 64; known++) {
            uint64_t size = positions_lows(wdf[known - 1], u);
            if (wdf[known - 1] >= 64 || size >= 255)
                break;
            expected[known] = (uint16_t)(expected[known - 1] + size);
        }
        for (int isa = 0; isa <= (int)isa_of_machine(); isa++) {
            uint16_t got[64];
            EXPECT_EQ(positions_kernels_get((enum isa)isa)->offsets(sizes, wdf, got), known);
            EXPECT(memcmp(got, expected, known * sizeof *got) == 0);
        }
    }
}

static void keep_agrees(void)
{
    for (int trial = 0; trial < 5000; trial++) {
        uint32_t u = 20 + harness_below(1u << harness_below(14)), n = harness_below(u < 300 ? u : 300);
        uint32_t count = 1 + harness_below(u < 300 ? u : 300), offset = harness_below(6);
        uint32_t places[316] = {0}, positions[316] = {0}, expected[316], got[316];
        draw(places, count, u);
        draw(positions, n, u);
        if (harness_below(30) == 0)
            places[count - 1] = UINT32_MAX - harness_below(3);
        memcpy(expected, places, sizeof places);
        uint32_t kept = positions_kernels_scalar.keep(expected, count, positions, n, offset);
        for (int isa = 0; isa <= (int)isa_of_machine(); isa++) {
            memcpy(got, places, sizeof places);
            EXPECT_EQ(positions_kernels_get((enum isa)isa)->keep(got, count, positions, n, offset), kept);
            EXPECT(!memcmp(got, expected, kept * sizeof *got));
        }
    }
}

static void pick_agrees(void)
{
    for (int trial = 0; trial < 5000; trial++) {
        uint8_t bytes[4][64];
        const uint8_t *plane[4] = {bytes[0], bytes[1], bytes[2], bytes[3]};
        uint32_t planes = 1 + harness_below(4), skip = harness_below(3) ? 0 : harness_below(64), expected[80], got[80];
        uint64_t mask = harness_random() & (harness_below(2) ? harness_random() : UINT64_MAX);
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i / 64][i % 64] = (uint8_t)harness_random();
        uint32_t n = positions_kernels_scalar.pick(plane, planes, mask, skip, expected);
        for (int isa = 0; isa <= (int)isa_of_machine(); isa++) {
            EXPECT_EQ(positions_kernels_get((enum isa)isa)->pick(plane, planes, mask, skip, got), n);
            EXPECT(!memcmp(got, expected, n * sizeof *got));
        }
    }
}

/* Whatever the bytes: as many numbers as were asked for, in order, within the document. */
static void damaged_bits_are_safe(void)
{
    static uint8_t bytes[200];
    static uint32_t got[MOST + SPILL], expected[MOST + SPILL];
    for (int trial = 0; trial < 5000; trial++) {
        uint32_t c, u;
        draw_shape(&c, &u);
        for (size_t i = 0; i < sizeof bytes; i++)
            bytes[i] = (uint8_t)(trial % 3 ? harness_random() : harness_random() & harness_random() & harness_random());
        const uint8_t *at = edge_put(bytes, sizeof bytes);
        positions_place place = {harness_below(1700), harness_below(1700)};
        uint64_t bit = harness_below(1700), ones = harness_below(900), next = positions_skip(at, bit, 1600, ones);
        positions_get(at, place, 1600, c, u, 1, expected);
        for (uint32_t i = 0; i < c; i++)
            EXPECT(expected[i] >= (i ? expected[i - 1] : 1) && expected[i] <= u);
        for (int isa = 0; isa <= (int)isa_of_machine(); isa++) {
            positions_kernels_get((enum isa)isa)->get(at, place, 1600, c, u, 1, got);
            EXPECT(!memcmp(got, expected, c * sizeof *got));
            EXPECT_EQ(positions_kernels_get((enum isa)isa)->skip(at, bit, 1600, ones), next);
        }
        bit = harness_below(1600);
        positions_get_count(at, &bit, 1600);
        EXPECT(bit <= 1600);
    }
}

int main(void)
{
    harness_seed(5);
    edge_init();
    TEST(groups_round_trip);
    TEST(damaged_positions_are_safe);
    TEST(counts_round_trip);
    TEST(ends_agree);
    TEST(masks_are_positions);
    TEST(ranks_agree);
    TEST(offsets_agree);
    TEST(keep_agrees);
    TEST(pick_agrees);
    TEST(damaged_bits_are_safe);
    return harness_end();
}
