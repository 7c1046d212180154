/* Positions with NEON: where groups start, ranks and sizes. Reading a group, picking numbers and intersecting are the
 * scalar code: without an instruction that gathers bits there is nothing to gain for groups of a few positions. */
#include "codec/positions_put.h"

#if ISA_ARM64

#include "codec/kernels_neon.h"

#define INLINE NEON_INLINE

static void get(const uint8_t *at, positions_place place, uint64_t highs_end, uint32_t c, uint32_t u, uint32_t base,
                uint32_t *out)
{
    positions_get(at, place, highs_end, c, u, base, out);
}

static uint64_t skip(const uint8_t *at, uint64_t bit, uint64_t highs_end, uint64_t ones)
{
    return positions_skip(at, bit, highs_end, ones);
}

/* Bits of the low parts of 4 groups. */
INLINE uint32x4_t sizes4(uint32x4_t c, uint32x4_t u)
{
    const uint32x4_t one = vdupq_n_u32(1);
    uint32x4_t m = vqsubq_u32(u, c);
    int32x4_t r = vreinterpretq_s32_u32(vsubq_u32(vclzq_u32(c), vclzq_u32(m)));
    uint32x4_t less = vcltq_u32(vshlq_u32(m, vnegq_s32(r)), c); /* all ones: minus 1 */
    r = vandq_s32(vaddq_s32(r, vreinterpretq_s32_u32(less)), vreinterpretq_s32_u32(vcgtq_u32(m, c)));
    uint32x4_t size = vmulq_u32(c, vreinterpretq_u32_s32(r));
    /* One position: the width of u - 1; none: nothing. */
    uint32x4_t single = vsubq_u32(vdupq_n_u32(32), vclzq_u32(vqsubq_u32(u, one)));
    size = vbslq_u32(vceqq_u32(c, one), single, size);
    /* Two: the width of the last number of two. */
    uint32x4_t last = vqsubq_u32(vshrq_n_u32(vmulq_u32(u, vqsubq_u32(u, one)), 1), one);
    uint32x4_t two = vandq_u32(vceqq_u32(c, vdupq_n_u32(2)), vcleq_u32(u, vdupq_n_u32(POSITIONS_TWO_MOST)));
    size = vbslq_u32(two, vsubq_u32(vdupq_n_u32(32), vclzq_u32(last)), size);
    return vandq_u32(size, vtstq_u32(c, c));
}

static void ends(const uint32_t *c, const uint32_t *u, uint32_t n, uint64_t *out)
{
    const uint32x4_t zero = vdupq_n_u32(0);
    uint64_t sum = 0;
    for (uint32_t i = 0; i < n; i += 4) {
        uint32x4_t there = vcombine_u32(vcreate_u32(UINT64_C(1) << 32), vcreate_u32(UINT64_C(3) << 32 | 2));
        there = vcltq_u32(there, vdupq_n_u32(n - i));
        uint32x4_t many = vandq_u32(vld1q_u32(c + i), there);
        if (vmaxvq_u32(many) > 1 << 20) {
            positions_kernels_scalar.ends(c + i, u + i, n - i, out + i); /* sums may pass 32 bits */
            for (; i < n; i++)
                out[i] += sum;
            return;
        }
        uint32x4_t each = sizes4(many, vld1q_u32(u + i)), sums = vaddq_u32(each, vextq_u32(zero, each, 3));
        sums = vaddq_u32(sums, vextq_u32(zero, sums, 2));
        vst1q_u64(out + i, vaddw_u32(vdupq_n_u64(sum), vget_low_u32(sums)));
        vst1q_u64(out + i + 2, vaddw_u32(vdupq_n_u64(sum), vget_high_u32(sums)));
        sum += vgetq_lane_u32(sums, 3);
    }
}

static uint32_t ranks(uint64_t all, uint64_t wanted, uint8_t out[64])
{
    uint8_t below[64];
    uint64_t before = neon_counts(all) * NEON_ONES << 8;
    uint32_t n = 0;
    for (uint32_t i = 0; i < 4; i++) {
        uint8x16_t there = neon_mask16(all >> 16 * i), rank = vaddq_u8(neon_ranks16(there), there);
        vst1q_u8(below + 16 * i, vaddq_u8(rank, vdupq_n_u8((uint8_t)(before >> 16 * i))));
    }
    for (; wanted; wanted &= wanted - 1)
        out[n++] = below[bits_lowest(wanted)];
    return n;
}

static uint32_t offsets(const uint8_t sizes[POSITIONS_SIZES], const uint8_t wdf[64], uint16_t out[64])
{
    return positions_kernels_scalar.offsets(sizes, wdf, out);
}

static uint32_t pick(const uint8_t *const plane[4], uint32_t planes, uint64_t mask, uint32_t skip, uint32_t *out)
{
    return positions_kernels_scalar.pick(plane, planes, mask, skip, out);
}

static uint32_t keep(uint32_t *places, uint32_t count, const uint32_t *positions, uint32_t n, uint32_t offset)
{
    return positions_kernels_scalar.keep(places, count, positions, n, offset);
}

const positions_kernels positions_kernels_neon = {get, skip, ends, ranks, offsets, pick, keep,
                                                  positions_put_scalar};

#else

typedef int positions_neon_is_empty; /* ISO C wants something in a file */

#endif
