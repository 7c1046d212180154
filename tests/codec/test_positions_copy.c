/* Groups of positions that are copied as bits: a run that is put together of others is what it is when it is written of
 * numbers, wherever the bits start. */
#include "harness.h"

#include "codec/positions_copy.h"

enum { GROUPS = 200, MANY = 400, ROOM = GROUPS * MANY * 8, SPILL = 64 };

/* Groups, and the run that they are. */
typedef struct run {
    uint32_t n, total;
    uint32_t counts[GROUPS + 16], places[GROUPS + 16];
    uint32_t positions[GROUPS * MANY];
    uint8_t bytes[ROOM + SPILL];
    size_t size;
} run;

static void add_group(run *r, uint32_t c, uint32_t u)
{
    uint32_t place = 0;
    r->counts[r->n] = c;
    r->places[r->n++] = u;
    for (uint32_t i = 0; i < c; i++, place++) {
        uint32_t slack = u - place - (c - i);
        place += slack ? harness_below(harness_below(slack) + 1) : 0;
        r->positions[r->total++] = 1 + place;
    }
}

/* Most have one or two positions, some none, few very many, or far from each other. */
static void add_some(run *r, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c = harness_below(4), u;
        c = harness_below(20) ? c : harness_below(harness_below(10) ? 30 : MANY);
        u = c + harness_below(harness_below(20) ? 200 : 1u << (1 + harness_below(30)));
        add_group(r, c, u ? u : 1);
    }
}

static void write_groups(positions_put_run *w, const run *r, uint32_t first, uint32_t end)
{
    const uint32_t *positions = r->positions;
    for (uint32_t i = 0; i < first; i++)
        positions += r->counts[i];
    const positions_put_groups groups = {.positions = positions, .counts = r->counts + first,
                                         .places = r->places + first, .n = end - first, .base = 1};
    positions_kernels_get(isa_best())->put(w, &groups);
}

static void write_run(run *r)
{
    positions_put_run w;
    positions_put_begin(&w, r->bytes, ROOM);
    write_groups(&w, r, 0, r->n);
    r->size = (size_t)(positions_put_end(&w) - r->bytes);
    memset(r->bytes + r->size, 0xff, SPILL);
}

static bool seen[8][8][2]; /* places within bytes: from, to; of high parts and low parts */

/* What is before the groups of `from` in `to` is written, then these are copied, some of them together. */
static void copy_run(const run *from, run *to, uint32_t before)
{
    static uint8_t bytes[ROOM + SPILL];
    positions_bits rest = {from->bytes, 0, from->size * 8, 0, from->size * 8};
    positions_put_run w;
    positions_put_begin(&w, bytes, ROOM);
    write_groups(&w, to, 0, before);
    for (uint32_t i = 0, n; i < from->n; i += n) {
        uint32_t most = from->n - i < POSITIONS_COPY_TOGETHER ? from->n - i : POSITIONS_COPY_TOGETHER;
        positions_bits some;
        n = 1 + harness_below(most);
        EXPECT(positions_copy_split(&rest, from->counts + i, from->places + i, n, &some));
        EXPECT(some.highs_end == rest.highs && some.lows == rest.lows_end);
        seen[some.highs % 8][w.highs.pending][0] |= some.highs_end > some.highs;
        seen[some.lows_end % 8][w.lows.pending][1] |= some.lows_end > some.lows;
        positions_copy(&w, &some);
    }
    size_t size = (size_t)(positions_put_end(&w) - bytes);
    EXPECT_EQ(size, to->size);
    EXPECT(size == to->size && !memcmp(bytes, to->bytes, size));
    EXPECT(rest.lows_end - rest.highs < 8);
}

static void copied_as_written(void)
{
    static run from, to;
    for (uint32_t round = harness_times(20000); round > 0; round--) {
        uint32_t before;
        from.n = from.total = to.n = to.total = 0;
        add_some(&to, before = harness_below(8));
        add_some(&from, harness_below(harness_below(10) ? 10 : GROUPS - 8));
        memcpy(to.counts + before, from.counts, from.n * sizeof *from.counts);
        memcpy(to.places + before, from.places, from.n * sizeof *from.places);
        memcpy(to.positions + to.total, from.positions, from.total * sizeof *from.positions);
        to.n += from.n;
        write_run(&from);
        write_run(&to);
        copy_run(&from, &to, before);
    }
    for (uint32_t a = 0; a < 8 && !harness_is_slow(); a++)
        for (uint32_t b = 0; b < 8; b++)
            EXPECT(seen[a][b][0] && seen[a][b][1]);
}

/* Groups that are not those that were written: what is taken lies within the bits all the same. */
static void damaged_groups(void)
{
    static run r, other;
    uint32_t missed = 0;
    for (uint32_t round = harness_times(20000); round > 0; round--) {
        r.n = r.total = other.n = other.total = 0;
        add_some(&r, 1 + harness_below(20));
        add_some(&other, 1 + harness_below(POSITIONS_COPY_TOGETHER));
        write_run(&r);
        positions_bits rest = {r.bytes, 0, r.size * 8, 0, r.size * 8}, some;
        missed += !positions_copy_split(&rest, other.counts, other.places, other.n, &some);
        EXPECT(some.highs == 0 && some.highs_end == rest.highs && rest.highs <= rest.highs_end);
        EXPECT(some.lows_end == r.size * 8 && some.lows == rest.lows_end && rest.lows == 0);
    }
    EXPECT(missed > 0);
}

/* A run in which a one is missing: which nothing but counting them shows, since what follows may have ones too. */
static void missing_ones(void)
{
    static run r;
    uint32_t lacking = 0;
    for (uint32_t round = harness_times(20000); round > 0; round--) {
        r.n = r.total = 0;
        add_some(&r, 1 + harness_below(20));
        write_run(&r);
        positions_bits whole = {r.bytes, 0, r.size * 8, 0, r.size * 8}, some, rest = whole;
        REQUIRE(positions_copy_split(&rest, r.counts, r.places, r.n, &some));
        uint64_t bit = some.highs_end > some.highs ? harness_below((uint32_t)some.highs_end) : 0;
        if (some.highs_end == some.highs || !(r.bytes[bit / 8] >> bit % 8 & 1))
            continue;
        r.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        whole.highs_end = some.highs_end; /* or what is behind it may be taken for it */
        EXPECT(!positions_copy_split(&whole, r.counts, r.places, r.n, &some));
        lacking++;
    }
    EXPECT(lacking > 0);
}

int main(void)
{
    harness_seed(1);
    TEST(copied_as_written);
    TEST(damaged_groups);
    TEST(missing_ones);
    return harness_end();
}
