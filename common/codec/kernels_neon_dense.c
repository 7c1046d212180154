/* Dense windows with NEON: numbers are unpacked sixteen at a time, put by their documents with table look-ups, and two
 * ranges' documents are made at once. */
#include "codec/kernels.h"

#if ISA_ARM64

#include "codec/dense_layout.h"
#include "codec/kernels_neon.h"
#include "codec/kernels_plain.h"

#define INLINE NEON_INLINE

/* The sum of 64 bytes. */
INLINE uint32_t sum64(const uint8x16_t v[4])
{
    uint16x8_t low = vpadalq_u8(vpaddlq_u8(v[0]), v[1]), high = vpadalq_u8(vpaddlq_u8(v[2]), v[3]);
    return vaddlvq_u16(vaddq_u16(low, high));
}

/* The bits that 16 ranges take. */
INLINE uint8x16_t bits_of(uint8x16_t counts)
{
    uint8x16_t list = vcleq_u8(counts, vdupq_n_u8(DENSE_LIST_MAX));
    return vbslq_u8(list, vmulq_u8(counts, vdupq_n_u8(6)), vdupq_n_u8(64));
}

INLINE void read_counts(const dense_layout *l, uint8x16_t counts[4])
{
    neon_plan plan = neon_plan_of(0, l->count_width);
    uint8_t bytes[64 + 16] = {0};
    for (uint32_t i = 0; i < 4; i++)
        vst1q_u8(bytes + 16 * i, vaddq_u8(neon_unpack16(&plan, l->counts + 2 * l->count_width * i), vdupq_n_u8(1)));
    neon_spread(l->present, bytes, counts);
}

bool kernels_neon_dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w)
{
    dense_layout l;
    if (!dense_layout_read(payload, size, count, &l))
        return false;
    uint32_t total = count, all_bits = 0;
    dense_layout_open(&l, count, base, w);
    if (l.kind != DENSE_BITSET) {
        uint8x16_t counts[4], bits[4];
        read_counts(&l, counts);
        for (uint32_t i = 0; i < 4; i++) {
            bits[i] = bits_of(counts[i]);
            vst1q_u8(w->counts + 16 * i, counts[i]);
            vst1q_u8(w->bits + 16 * i, bits[i]);
        }
        total = sum64(counts);
        all_bits = sum64(bits);
    }
    return dense_layout_end(&l, payload + size, total, all_bits, w);
}

bool kernels_neon_dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64])
{
    uint64_t present = size < DENSE_HEADER ? 0 : bits_load64(payload + 1);
    bool whole = size >= DENSE_HEADER + bits_count(present);
    uint8x16_t v[4];
    neon_spread(whole ? present : 0, payload + (whole ? DENSE_HEADER : 0), v);
    for (uint32_t i = 0; i < 4; i++)
        vst1q_u8(bounds + 16 * i, v[i]);
    return whole;
}

/* The documents that up to 8 places of 6 bits say. A shift by 64 or more leaves nothing of a bit. */
INLINE uint64_t list_mask(uint64_t x, uint32_t n)
{
    const uint64x2_t one = vdupq_n_u64(1), place = vdupq_n_u64(63), none = vdupq_n_u64(64);
    uint64x2_t v = vshlq_u64(vdupq_n_u64(x), vcombine_s64(vcreate_s64(0), vcreate_s64((uint64_t)-6)));
    uint64x2_t number = vcombine_u64(vcreate_u64(0), vcreate_u64(1)), words = vdupq_n_u64(0);
    for (uint32_t i = 0; i < DENSE_LIST_MAX; i += 2) {
        uint64x2_t beyond = vandq_u64(vcgeq_u64(number, vdupq_n_u64(n)), none);
        uint64x2_t by = vorrq_u64(vandq_u64(v, place), beyond);
        words = vorrq_u64(words, vshlq_u64(one, vreinterpretq_s64_u64(by)));
        v = vshrq_n_u64(v, 12);
        number = vaddq_u64(number, vdupq_n_u64(2));
    }
    return vgetq_lane_u64(words, 0) | vgetq_lane_u64(words, 1);
}

/* The sum of the bytes before number n of 64. */
INLINE uint32_t sum_before(const uint8_t bytes[64], uint32_t n)
{
    uint8x16_t v[4];
    for (uint32_t i = 0; i < 4; i++) {
        uint8x16_t numbers = vaddq_u8(neon_numbers(), vdupq_n_u8((uint8_t)(16 * i)));
        v[i] = vandq_u8(vld1q_u8(bytes + 16 * i), vcltq_u8(numbers, vdupq_n_u8((uint8_t)n)));
    }
    return sum64(v);
}

uint64_t kernels_neon_dense_range(const dense_window *w, uint32_t range, uint32_t *before)
{
    if (w->kind == DENSE_BITSET) {
        const uint8_t *bits = w->documents + DENSE_RANKS;
        uint32_t n = bits_load16(w->documents + (range >> 3) * 2);
        for (uint32_t r = range & ~7u; r < range; r++)
            n += bits_count(bits_load64(bits + r * 8));
        *before = n < w->count ? n : w->count;
        return bits_load64(bits + range * 8);
    }
    *before = sum_before(w->counts, range);
    uint64_t x = plain_word(w->documents, sum_before(w->bits, range));
    return w->counts[range] > DENSE_LIST_MAX ? x : list_mask(x, w->counts[range]);
}

/* Up to 8 places of 6 bits as bytes; those from n on have their highest bit set, by which a bit is shifted out. */
INLINE uint8x8_t list_bytes(const uint8_t *documents, uint64_t bit, uint32_t n)
{
    uint64_t x = bits_load64(documents + (bit >> 3)) >> (bit & 7);
    /* Halves of 24 bits, quarters of 12, then numbers: each step moves the upper part to where it belongs. */
    x = (x & UINT64_C(0xffffff)) | (x << 8 & UINT64_C(0x00ffffff00000000));
    x = (x & UINT64_C(0x00000fff00000fff)) | (x << 4 & UINT64_C(0x0fff00000fff0000));
    x = (x & UINT64_C(0x003f003f003f003f)) | (x << 2 & UINT64_C(0x3f003f003f003f00));
    return vcreate_u8(x | (n < 8 ? UINT64_C(0x8080808080808080) << 8 * n : 0));
}

void kernels_neon_dense_all(const dense_window *w, uint64_t words[64])
{
    if (w->kind == DENSE_BITSET) {
        memcpy(words, w->documents + DENSE_RANKS, 512);
        return;
    }
    /* The first byte of each half, and nothing else. */
    const uint8x16_t first = vcombine_u8(vcreate_u8(~UINT64_C(255)), vcreate_u8(~UINT64_C(247)));
    const uint64x2_t one = vdupq_n_u64(1);
    uint64_t bit = 0;
    for (uint32_t r = 0; r < 64; r += 2) {
        uint64_t next = bit + w->bits[r];
        uint8x16_t places = vcombine_u8(list_bytes(w->documents, bit, w->counts[r]),
                                        list_bytes(w->documents, next, w->counts[r + 1]));
        uint64x2_t two = vdupq_n_u64(0);
        for (uint32_t i = 0; i < DENSE_LIST_MAX; i++) {
            uint8x16_t at = vorrq_u8(first, vreinterpretq_u8_u64(vdupq_n_u64(i)));
            two = vorrq_u64(two, vshlq_u64(one, vreinterpretq_s64_u8(vqtbl1q_u8(places, at))));
        }
        vst1q_u64(words + r, two);
        if (w->counts[r] > DENSE_LIST_MAX)
            words[r] = plain_word(w->documents, bit);
        if (w->counts[r + 1] > DENSE_LIST_MAX)
            words[r + 1] = plain_word(w->documents, next);
        bit = next + w->bits[r + 1];
    }
}

/* The escapes before number `before`; remembers where it counted to. */
static uint32_t escapes_before(dense_window *w, uint32_t before)
{
    if (w->escapes_to > before)
        w->escapes = w->escapes_to = 0;
    w->escapes += plain_count_escapes(w->wdf, w->escapes_to, before - w->escapes_to, w->width);
    w->escapes_to = before;
    return w->escapes;
}

/* Those of n codes that are escapes get their exceptions. */
static void put_exceptions(dense_window *w, uint32_t before, uint32_t n, uint8_t codes[64])
{
    uint8x16_t same[4], escape = vdupq_n_u8((uint8_t)plain_escape(w->width));
    for (uint32_t i = 0; i < 4; i++)
        same[i] = vceqq_u8(vld1q_u8(codes + 16 * i), escape);
    uint64_t escaped = neon_bits(same) & bits_low(n);
    for (uint32_t used = escaped ? escapes_before(w, before) : 0; escaped; escaped &= escaped - 1, used++)
        codes[bits_lowest(escaped)] = w->exceptions[used < w->exceptions_size ? used : 0];
}

void kernels_neon_dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    alignas(16) uint8_t codes[64 + 16];
    uint8x16_t v[4], base = vdupq_n_u8(w->base);
    uint64_t bit = (uint64_t)before * w->width;
    const uint8_t *at = w->wdf + (bit >> 3);
    neon_plan plan = neon_plan_of(bit, w->width);
    for (uint32_t i = 0; i < 4; i++, at += 2 * w->width)
        vst1q_u8(codes + 16 * i, neon_unpack16(&plan, at));
    vst1q_u8(codes + 64, vdupq_n_u8(0));
    if (w->width - 1u < 7u)
        put_exceptions(w, before, bits_count(mask), codes);
    neon_spread(mask, codes, v);
    for (uint32_t i = 0; i < 4; i++)
        vst1q_u8(out + 16 * i, vaddq_u8(v[i], vandq_u8(base, neon_mask16(mask >> 16 * i))));
}

#else

typedef int kernels_neon_dense_is_empty; /* ISO C wants something in a file */

#endif
