#include "codec/positions_put.h"

/* Of up to POSITIONS_FEW positions, with up to `most` zeros. */
static inline void put_few_highs(bit_writer *w, const uint32_t *positions, uint32_t c, uint32_t r, uint32_t most,
                                 uint32_t base)
{
    uint64_t word = 0;
    uint32_t zeros = 0, next = base;
    for (uint32_t i = 0; i < c; i++) {
        uint32_t more = (positions[i] - next) >> r;
        zeros = more < most - zeros ? zeros + more : most;
        word |= UINT64_C(1) << ((zeros + i) & 63);
        next = positions[i] + 1;
    }
    bit_writer_add(w, word, zeros + c);
}

/* Of any number. */
static void put_highs(bit_writer *w, const uint32_t *positions, uint32_t c, uint32_t r, uint32_t most, uint32_t base)
{
    uint32_t size = 0, next = base;
    uint64_t word = 0;
    bit_writer to = *w; /* a copy that nothing else can see is kept in registers */
    for (uint32_t i = 0; i < c; i++) {
        uint32_t zeros = (positions[i] - next) >> r;
        zeros = zeros < most ? zeros : most;
        most -= zeros;
        next = positions[i] + 1;
        while (size + zeros >= BIT_WRITER_WIDTH_MAX) {
            bit_writer_add(&to, word, BIT_WRITER_WIDTH_MAX);
            zeros -= BIT_WRITER_WIDTH_MAX - size;
            word = size = 0;
        }
        size += zeros;
        word |= UINT64_C(1) << size++;
    }
    bit_writer_add(&to, word, size);
    *w = to;
}

/* The low parts of c gaps, 1 at least, as one word. */
static inline uint64_t pack_lows(const uint32_t *positions, uint32_t c, uint32_t r, uint32_t next)
{
    uint64_t mask = bits_low(r), word = (positions[0] - next) & mask;
    for (uint32_t i = 1; i < c; i++)
        word |= ((positions[i] - positions[i - 1] - 1) & mask) << i * r;
    return word;
}

/* As many low parts at once as a word has room for, the last ones first. */
static void put_lows(bit_writer_back *w, const uint32_t *positions, uint32_t c, uint32_t r, uint32_t base)
{
    uint32_t together = r ? BIT_WRITER_WIDTH_MAX / r : c;
    bit_writer_back to = *w; /* a copy that nothing else can see is kept in registers */
    for (uint32_t n; c; c -= n) {
        n = c < together ? c : together;
        bit_writer_back_add(&to, pack_lows(positions + c - n, n, r, c > n ? positions[c - n - 1] + 1 : base), n * r);
    }
    *w = to;
}

static inline void put_group(bit_writer *highs, bit_writer_back *lows, const uint32_t *positions, uint32_t c,
                             uint32_t u, uint32_t base)
{
    if (c == 0)
        return;
    if (!positions_highs(c, u)) {
        uint64_t number = positions[0] - base, second = positions[c - 1] - base;
        uint32_t width = (uint32_t)positions_lows(c, u);
        number += c == 2 ? second * (second - 1) / 2 : 0;
        bit_writer_back_add(lows, number & bits_low(width), width);
        return;
    }
    uint32_t m = u > c ? u - c : 0, r = positions_low_bits(c, m);
    if (c == 3)
        put_few_highs(highs, positions, 3, r, m >> r, base);
    else if (c <= POSITIONS_FEW)
        put_few_highs(highs, positions, c, r, m >> r, base);
    else
        put_highs(highs, positions, c, r, m >> r, base);
    if (c == 3 && 3 * r <= BIT_WRITER_WIDTH_MAX)
        bit_writer_back_add(lows, pack_lows(positions, 3, r, base), 3 * r);
    else if ((uint64_t)c * r <= BIT_WRITER_WIDTH_MAX)
        bit_writer_back_add(lows, pack_lows(positions, c, r, base), c * r);
    else
        put_lows(lows, positions, c, r, base);
}

void positions_put_group(bit_writer *highs, bit_writer_back *lows, const uint32_t *positions, uint32_t c, uint32_t u,
                         uint32_t base)
{
    put_group(highs, lows, positions, c, u, base);
}

const uint32_t *positions_put_scalar(positions_put_run *run, const positions_put_groups *g)
{
    const uint32_t *positions = g->positions, *counts = g->counts, *places = g->places;
    bit_writer highs = run->highs; /* copies that nothing else can see are kept in registers */
    bit_writer_back lows = run->lows;
    for (uint32_t i = 0; i < g->n; i++) {
        if (g->counted)
            positions_put_count(&highs, counts[i]);
        put_group(&highs, &lows, positions, counts[i], places[i], g->base);
        positions += counts[i];
    }
    run->highs = highs;
    run->lows = lows;
    return positions;
}

uint8_t *positions_put_end(positions_put_run *run)
{
    uint8_t *at = run->highs.at, high = (uint8_t)run->highs.word, low = (uint8_t)(run->lows.word >> 56);
    uint32_t pending = run->highs.pending + run->lows.pending;
    size_t whole = (size_t)(run->end - run->lows.at);
    *at = pending <= 8 ? high | low : high; /* in one byte, or in two */
    at += pending > 0;
    *at = pending <= 8 ? *at : low;
    at += pending > 8;
    memmove(at, run->lows.at, whole);
    return at + whole;
}
