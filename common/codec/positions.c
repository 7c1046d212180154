#include "codec/positions_put.h"

static uint64_t number_at(const uint8_t *at, uint64_t bit, uint32_t width)
{
    return bits_load64(at + (bit >> 3)) >> (bit & 7) & bits_low(width);
}

void positions_get(const uint8_t *at, positions_place place, uint64_t highs_end, uint32_t c, uint32_t u, uint32_t base,
                   uint32_t *out)
{
    uint64_t most = u ? u - 1 : 0, lows = place.lows, sum = 0;
    uint32_t m = u > c ? u - c : 0, r = c > 1 ? positions_low_bits(c, m) : 0, i = 0;
    bool damaged = lows > highs_end || positions_lows(c, u) > highs_end - lows;
    if (c == 1 && !damaged) {
        sum = number_at(at, lows, (uint32_t)positions_lows(1, u));
        out[i++] = base + (uint32_t)(sum < most ? sum : most);
    }
    if (c == 2 && !positions_highs(c, u) && !damaged) {
        uint32_t two[2];
        positions_get_two(number_at(at, lows, (uint32_t)positions_lows(2, u)), two);
        for (; i < 2; i++)
            out[i] = base + (uint32_t)(two[i] < most ? two[i] : most);
    }
    for (uint64_t done = 0; !damaged && i < c && place.highs + done < highs_end; done += 56) {
        uint64_t left = highs_end - place.highs - done, word;
        for (word = number_at(at, place.highs + done, left < 56 ? (uint32_t)left : 56); word && i < c; i++) {
            uint64_t zeros = done + bits_lowest(word) - i;
            zeros = zeros < m >> r ? zeros : m >> r;
            sum += number_at(at, lows, r);
            uint64_t position = (zeros << r) + sum + i;
            out[i] = base + (uint32_t)(position < most ? position : most);
            word &= word - 1;
            lows += r;
        }
    }
    for (; i < c; i++)
        out[i] = base + (uint32_t)most;
}

uint64_t positions_skip(const uint8_t *at, uint64_t bit, uint64_t highs_end, uint64_t ones)
{
    while (ones && bit < highs_end) {
        uint64_t word = number_at(at, bit, highs_end - bit < 56 ? (uint32_t)(highs_end - bit) : 56);
        uint32_t n = bits_count(word);
        if (n >= ones) {
            for (; ones > 1; ones--)
                word &= word - 1;
            return bit + bits_lowest(word) + 1;
        }
        ones -= n;
        bit += 56;
    }
    return ones ? highs_end : bit;
}

void positions_sizes(uint32_t u, uint8_t sizes[POSITIONS_SIZES])
{
    for (uint32_t c = 0; c < POSITIONS_SIZES; c++) {
        uint64_t size = positions_lows(c, u);
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

static void ends(const uint32_t *c, const uint32_t *u, uint32_t n, uint64_t *out)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        sum += positions_lows(c[i], u[i]);
        out[i] = sum;
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

const positions_kernels positions_kernels_scalar = {positions_get, positions_skip, ends, ranks, offsets, pick, keep,
                                                    positions_put_scalar};

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
