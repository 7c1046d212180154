#include "codec/positions_copy.h"

static void copy_up(bit_writer *to, const uint8_t *at, uint64_t bit, uint64_t end)
{
    bit_writer w = *to; /* a copy that nothing else can see is kept in registers */
    for (uint32_t n; bit < end; bit += n) {
        n = end - bit < BIT_WRITER_WIDTH_MAX ? (uint32_t)(end - bit) : BIT_WRITER_WIDTH_MAX;
        bit_writer_add(&w, bits_load64(at + bit / 8) >> (bit & 7) & bits_low(n), n);
    }
    *to = w;
}

static void copy_down(bit_writer_back *to, const uint8_t *at, uint64_t begin, uint64_t bit)
{
    bit_writer_back w = *to;
    for (uint32_t n; bit > begin;) {
        n = bit - begin < BIT_WRITER_WIDTH_MAX ? (uint32_t)(bit - begin) : BIT_WRITER_WIDTH_MAX;
        bit -= n;
        bit_writer_back_add(&w, bits_load64(at + bit / 8) >> (bit & 7) & bits_low(n), n);
    }
    *to = w;
}

void positions_copy(positions_put_run *run, const positions_bits *groups)
{
    copy_up(&run->highs, groups->at, groups->highs, groups->highs_end);
    copy_down(&run->lows, groups->at, groups->lows, groups->lows_end);
}

/* High parts that lack a one would take it from the groups behind them, where they are copied to. */
static bool has_ones(const uint8_t *at, uint64_t bit, uint64_t end, uint64_t ones)
{
    for (uint32_t n; bit < end; bit += n) {
        n = end - bit < BIT_WRITER_WIDTH_MAX ? (uint32_t)(end - bit) : BIT_WRITER_WIDTH_MAX;
        ones -= bits_count(bits_load64(at + bit / 8) >> (bit & 7) & bits_low(n));
    }
    return ones == 0;
}

bool positions_copy_split(positions_bits *groups, const uint32_t *counts, const uint32_t *places, uint32_t n,
                          positions_bits *first)
{
    const positions_kernels *kernels = positions_kernels_get(isa_best());
    uint64_t ends[POSITIONS_COPY_TOGETHER + 16], ones = 0, most = groups->lows_end - groups->lows;
    kernels->ends(counts, places, n, ends);
    for (uint32_t i = 0; i < n; i++)
        ones += positions_highs(counts[i], places[i]);
    uint64_t lows = n ? ends[n - 1] : 0;
    *first = *groups;
    first->lows = groups->lows_end -= lows < most ? lows : most;
    if (ones)
        groups->highs = kernels->skip(groups->at, groups->highs, groups->highs_end, ones);
    first->highs_end = groups->highs;
    return lows <= most && has_ones(first->at, first->highs, first->highs_end, ones);
}
