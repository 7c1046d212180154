/* What the files of kernels with NEON share: bytes of a range's 64 documents are four registers. */
#ifndef CODEC_KERNELS_NEON_H
#define CODEC_KERNELS_NEON_H

#include "base/bits.h"
#include "codec/kernels.h"

#if ISA_ARM64

#include <arm_neon.h>

#define NEON_INLINE static inline __attribute__((always_inline))

/* A byte of 1 eight times. Times it a word of small bytes becomes their sums up to each. */
#define NEON_ONES UINT64_C(0x0101010101010101)

/* 0, 1, ... 15 */
NEON_INLINE uint8x16_t neon_numbers(void)
{
    return vcombine_u8(vcreate_u8(UINT64_C(0x0706050403020100)), vcreate_u8(UINT64_C(0x0f0e0d0c0b0a0908)));
}

/* How many bits are set in each byte of a word, as bytes. */
NEON_INLINE uint64_t neon_counts(uint64_t v)
{
    return vget_lane_u64(vreinterpret_u64_u8(vcnt_u8(vcreate_u8(v))), 0);
}

/* A byte of ones for each of the 16 lowest bits. */
NEON_INLINE uint8x16_t neon_mask16(uint64_t bits)
{
    const uint8x16_t bit = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    return vtstq_u8(vcombine_u8(vdup_n_u8((uint8_t)bits), vdup_n_u8((uint8_t)(bits >> 8))), bit);
}

/* The bits of 64 bytes that are all ones or zeros. */
NEON_INLINE uint64_t neon_bits(const uint8x16_t v[4])
{
    const uint8x16_t bit = vreinterpretq_u8_u64(vdupq_n_u64(UINT64_C(0x8040201008040201)));
    uint8x16_t low = vpaddq_u8(vandq_u8(v[0], bit), vandq_u8(v[1], bit));
    uint8x16_t high = vpaddq_u8(vandq_u8(v[2], bit), vandq_u8(v[3], bit));
    low = vpaddq_u8(low, high);
    return vgetq_lane_u64(vreinterpretq_u64_u8(vpaddq_u8(low, low)), 0);
}

/* For each of 16 bytes how many are set up to it, itself with it. */
NEON_INLINE uint8x16_t neon_ranks16(uint8x16_t mask)
{
    const uint8x16_t first_half = vcombine_u8(vdup_n_u8(255), vdup_n_u8(7));
    uint64x2_t rank = vreinterpretq_u64_u8(vandq_u8(mask, vdupq_n_u8(1)));
    rank = vaddq_u64(rank, vshlq_n_u64(rank, 8)); /* no sum leaves its byte */
    rank = vaddq_u64(rank, vshlq_n_u64(rank, 16));
    rank = vaddq_u64(rank, vshlq_n_u64(rank, 32));
    uint8x16_t bytes = vreinterpretq_u8_u64(rank);
    return vaddq_u8(bytes, vqtbl1q_u8(bytes, first_half));
}

/* out gets bytes from `in` one after another where mask is set, else 0. */
NEON_INLINE void neon_spread(uint64_t mask, const uint8_t *in, uint8x16_t out[4])
{
    uint64_t before = neon_counts(mask) * NEON_ONES << 8;
    for (uint32_t i = 0; i < 4; i++) {
        uint8x16_t there = neon_mask16(mask >> 16 * i), from = vld1q_u8(in + (before >> 16 * i & 255));
        uint8x16_t at = vaddq_u8(neon_ranks16(there), there); /* minus 1 where it is set */
        out[i] = vandq_u8(vqtbl1q_u8(from, at), there);
    }
}

/* Where 16 numbers of one width stand in bytes: the first byte of each, and its first bit in that. */
typedef struct neon_plan {
    uint8x16_t byte, next, mask;
    int8x16_t down, up;
} neon_plan;

NEON_INLINE neon_plan neon_plan_of(uint64_t bit, uint32_t width)
{
    neon_plan p;
    uint8x16_t bits = vmlaq_u8(vdupq_n_u8(bit & 7), neon_numbers(), vdupq_n_u8((uint8_t)width));
    uint8x16_t within = vandq_u8(bits, vdupq_n_u8(7));
    p.byte = vshrq_n_u8(bits, 3);
    p.next = vaddq_u8(p.byte, vdupq_n_u8(1)); /* a byte number 16 is taken as 0, and nothing is wanted of it */
    p.mask = vdupq_n_u8((uint8_t)bits_low(width));
    p.down = vnegq_s8(vreinterpretq_s8_u8(within));
    p.up = vreinterpretq_s8_u8(vsubq_u8(vdupq_n_u8(8), within));
    return p;
}

/* 16 numbers of a width up to 7, or 8 from the first bit of a byte; the next 16 stand 2 * width bytes further. */
NEON_INLINE uint8x16_t neon_unpack16(const neon_plan *p, const uint8_t *at)
{
    uint8x16_t v = vld1q_u8(at), low = vshlq_u8(vqtbl1q_u8(v, p->byte), p->down);
    return vandq_u8(vorrq_u8(low, vshlq_u8(vqtbl1q_u8(v, p->next), p->up)), p->mask);
}

/* kernels_neon_dense.c */
bool kernels_neon_dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w);
bool kernels_neon_dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64]);
uint64_t kernels_neon_dense_range(const dense_window *w, uint32_t range, uint32_t *before);
void kernels_neon_dense_all(const dense_window *w, uint64_t words[64]);
void kernels_neon_dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64]);

#endif

#endif
