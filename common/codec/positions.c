#include "codec/positions.h"

/* As many low parts at once as a word has room for. */
static void put_lows(bit_writer *w, const uint32_t *positions, uint32_t c, uint32_t r, uint32_t base)
{
    uint32_t together = r ? BIT_WRITER_WIDTH_MAX / r : c;
    for (uint32_t i = 0, n; r && i < c; i += n) {
        uint64_t word = 0;
        n = c - i < together ? c - i : together;
        for (uint32_t k = 0; k < n; k++)
            word |= ((positions[i + k] - base - i - k) & bits_low(r)) << k * r;
        bit_writer_add(w, word, n * r);
    }
}

/* A position that is too high, out of a damaged segment that is merged, must do no worse than come back wrong. */
void positions_put_many(bit_writer *w, const uint32_t *positions, uint32_t c, uint32_t u, uint32_t base)
{
    uint32_t m = u > c ? u - c : 0, r = positions_low_bits(c, m), last = m >> r, before = 0;
    uint64_t word = 0, start = 0, size = (uint64_t)c + last; /* `word` has the bits from `start` on */
    bit_writer to = *w; /* a copy that nothing else can see is kept in registers */
    put_lows(&to, positions, c, r, base);
    for (uint32_t i = 0; i < c; i++) {
        uint32_t high = (positions[i] - base - i) >> r;
        before = high > last ? last : high < before ? before : high;
        uint64_t bit = (uint64_t)before + i;
        for (; bit - start >= BIT_WRITER_WIDTH_MAX; start += BIT_WRITER_WIDTH_MAX, word = 0)
            bit_writer_add(&to, word, BIT_WRITER_WIDTH_MAX);
        word |= UINT64_C(1) << (bit - start);
    }
    for (; size - start > BIT_WRITER_WIDTH_MAX; start += BIT_WRITER_WIDTH_MAX, word = 0)
        bit_writer_add(&to, word, BIT_WRITER_WIDTH_MAX);
    bit_writer_add(&to, word, (uint32_t)(size - start));
    *w = to;
}

static uint64_t number_at(const uint8_t *at, uint64_t bit, uint32_t width)
{
    return bits_load64(at + (bit >> 3)) >> (bit & 7) & bits_low(width);
}

void positions_get(const uint8_t *at, uint64_t bit, uint64_t bits_end, uint32_t c, uint32_t u, uint32_t base,
                   uint32_t *out)
{
    if (bit + positions_bits(c, u) > bits_end) { /* damaged */
        for (uint32_t i = 0; i < c; i++)
            out[i] = base + i;
        return;
    }
    if (c <= 1) {
        if (c)
            out[0] = base + (uint32_t)number_at(at, bit, (uint32_t)positions_bits(1, u));
        return;
    }
    uint32_t m = u > c ? u - c : 0, r = positions_low_bits(c, m);
    uint64_t upper = bit + (uint64_t)c * r, size = c + (m >> r);
    uint32_t i = 0;
    for (uint64_t done = 0; done < size && i < c; done += 56) {
        uint64_t word = number_at(at, upper + done, size - done < 56 ? (uint32_t)(size - done) : 56);
        for (; word && i < c; word &= word - 1, i++) {
            uint32_t high = (uint32_t)(done + bits_lowest(word)) - i;
            out[i] = base + i + (high << r | (uint32_t)number_at(at, bit + (uint64_t)i * r, r));
        }
    }
    for (; i < c; i++)
        out[i] = base + i;
}

void positions_sizes(uint32_t u, uint8_t sizes[POSITIONS_SIZES])
{
    for (uint32_t c = 0; c < POSITIONS_SIZES; c++) {
        uint64_t size = positions_bits(c, u);
        sizes[c] = size < POSITIONS_SIZE_UNKNOWN ? (uint8_t)size : POSITIONS_SIZE_UNKNOWN;
    }
}

void positions_put_count(bit_writer *w, uint32_t count)
{
    uint64_t v = (uint64_t)count + 1;
    uint32_t n = bits_highest(v);
    bit_writer_add(w, UINT64_C(1) << n, n + 1);
    bit_writer_add(w, v & bits_low(n), n);
}

static inline uint64_t pack_four(const oir_termpos *positions, uint32_t base, uint32_t width)
{
    uint64_t v = positions[0] - base;
    for (uint32_t i = 1; i < 4; i++)
        v |= (uint64_t)(positions[i] - base) << i * width;
    return v;
}

const oir_termpos *positions_put_alike(bit_writer *w, const oir_termpos *positions, const oir_termpos *end,
                                       const uint32_t *counts, const uint8_t *bytes, uint8_t one, uint32_t n,
                                       uint32_t u, uint32_t base)
{
    uint32_t width = (uint32_t)positions_bits(1, u), i = 0;
    bool together = width && 4 * width <= BIT_WRITER_WIDTH_MAX;
    bit_writer to = *w; /* a copy that nothing else can see is kept in registers */
    while (i < n) {
        if (together && end - positions >= 8) {
            uint64_t others = bits_load64(bytes + i) ^ UINT64_C(0x0101010101010101) * one;
            uint32_t run = others ? bits_lowest(others) / 8 : 8, left = n - i;
            run = run < left ? run : left;
            uint32_t first = run < 4 ? run * width : 4 * width, second = run * width - first;
            bit_writer_add(&to, pack_four(positions, base, width) & bits_low(first), first);
            bit_writer_add(&to, pack_four(positions + 4, base, width) & bits_low(second), second);
            positions += run;
            i += run;
            if (run == 8 || i == n)
                continue;
        }
        positions_put(&to, positions, counts[i], u, base);
        positions += counts[i++];
    }
    *w = to;
    return positions;
}

uint32_t positions_get_count(const uint8_t *at, uint64_t *bit, uint64_t bits_end)
{
    uint64_t word = *bit < bits_end ? number_at(at, *bit, 56) : 0;
    uint32_t n = word ? bits_lowest(word) : 56;
    if (n > 32 || *bit + 2 * (uint64_t)n + 1 > bits_end) {
        *bit = bits_end;
        return 0;
    }
    uint64_t v = number_at(at, *bit + n + 1, n) | UINT64_C(1) << n;
    *bit += 2 * (uint64_t)n + 1;
    return (uint32_t)(v - 1);
}

/* ---- kernels ---- */

static void starts(const uint32_t *c, const uint32_t *u, uint32_t n, uint64_t bit, uint64_t *out)
{
    for (uint32_t i = 0; i < n; i++) {
        out[i] = bit;
        bit += positions_bits(c[i], u[i]);
    }
}

static uint32_t ranks(uint64_t all, uint64_t wanted, uint8_t out[64])
{
    uint32_t n = 0;
    for (; wanted; wanted &= wanted - 1)
        out[n++] = (uint8_t)bits_count(all & bits_low(bits_lowest(wanted)));
    return n;
}

static uint32_t offsets(const uint8_t sizes[POSITIONS_SIZES], const uint8_t wdf[64], uint16_t out[64])
{
    uint32_t sum = 0, known = 64;
    for (uint32_t i = 0; i < 64; i++) {
        uint32_t size = wdf[i] < POSITIONS_SIZES ? sizes[wdf[i]] : POSITIONS_SIZE_UNKNOWN;
        known = size == POSITIONS_SIZE_UNKNOWN && known == 64 ? i + 1 : known;
        out[i] = (uint16_t)sum;
        sum += size;
    }
    return known;
}

static uint32_t pick(const uint8_t *const plane[4], uint32_t planes, uint64_t mask, uint32_t skip, uint32_t *out)
{
    uint32_t n = 0;
    for (; skip && mask; skip--)
        mask &= mask - 1;
    for (; mask; mask &= mask - 1, n++) {
        uint32_t at = bits_lowest(mask);
        out[n] = plane[0][at];
        for (uint32_t p = 1; p < planes; p++)
            out[n] |= (uint32_t)plane[p][at] << 8 * p;
    }
    return n;
}

static uint32_t keep(uint32_t *places, uint32_t count, const uint32_t *positions, uint32_t n, uint32_t offset)
{
    uint32_t kept = 0;
    for (uint32_t i = 0, p = 0; i < count && p < n; i++) {
        uint64_t wanted = (uint64_t)places[i] + offset;
        while (p < n && positions[p] < wanted)
            p++;
        if (p < n && positions[p] == wanted)
            places[kept++] = places[i];
    }
    return kept;
}

const positions_kernels positions_kernels_scalar = {positions_get, starts, ranks, offsets, pick, keep};

const positions_kernels *positions_kernels_get(enum isa isa)
{
#if ISA_X86
    if (isa == ISA_AVX512)
        return &positions_kernels_avx512;
    if (isa == ISA_AVX2)
        return &positions_kernels_avx2;
#elif ISA_ARM64
    if (isa == ISA_NEON)
        return &positions_kernels_neon;
#endif
    (void)isa;
    return &positions_kernels_scalar;
}
