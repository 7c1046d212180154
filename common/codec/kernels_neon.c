/* The kernels with NEON, which every AArch64 has. Dense windows have a file of their own; here is the rest, and the
 * table. What NEON has no better way for (places, sparse documents, exact weights, whose divisions are no faster two at
 * a time, and splitting) is the scalar code. */
#include "codec/kernels.h"

#if ISA_ARM64

#include "codec/kernels_neon.h"
#include "codec/kernels_plain.h"

#define INLINE NEON_INLINE

static void unpack(const uint8_t *at, uint64_t bit, uint32_t width, uint32_t n, uint8_t *out)
{
    neon_plan plan = neon_plan_of(bit, width);
    if (width == 8 && bit & 7) {
        for (uint32_t i = 0; i < n; i += 8)
            bits_store64(out + i, plain_word(at, bit + (uint64_t)i * 8));
        return;
    }
    at += bit >> 3;
    for (uint32_t i = 0; i < n; i += 16, at += 2 * width)
        vst1q_u8(out + i, neon_unpack16(&plan, at));
}

static void spread(uint64_t mask, const uint8_t *in, uint8_t out[64])
{
    uint8x16_t v[4];
    neon_spread(mask, in, v);
    for (uint32_t i = 0; i < 4; i++)
        vst1q_u8(out + 16 * i, v[i]);
}

/* ---- places and sparse lists ---- */

static uint64_t places_ranges(const uint16_t *places, uint32_t n)
{
    return kernels_scalar.places_ranges(places, n);
}

static uint64_t places_range(const uint16_t *places, uint32_t n, uint32_t range, uint32_t *before)
{
    return kernels_scalar.places_range(places, n, range, before);
}

static void sparse_window(const sparse_list *s, uint32_t window, uint16_t *places, sparse_span *span)
{
    kernels_scalar.sparse_window(s, window, places, span);
}

static void sparse_all(const sparse_list *s, uint32_t *documents)
{
    if (!s->stride)
        plain_short_all(s, documents);
    else
        plain_sparse_all(s, documents);
}

static void sparse_wdf(const sparse_list *s, uint32_t first, uint32_t n, uint32_t sample_begin, uint32_t sample_escapes,
                       uint8_t *wdf)
{
    uint32_t used = sample_escapes, width = s->width, escape = plain_escape(width);
    bool counted = sample_begin >= first; /* used is right for posting number first + i */
    uint64_t bit = (uint64_t)first * width;
    const uint8_t *at = s->wdf + (bit >> 3);
    neon_plan plan = neon_plan_of(bit, width);
    for (uint32_t i = 0; i < n; i += 16, at += 2 * width) {
        uint8x16_t codes = neon_unpack16(&plan, at), same = vceqq_u8(codes, vdupq_n_u8((uint8_t)escape));
        vst1q_u8(wdf + i, vaddq_u8(codes, vdupq_n_u8(s->base)));
        if (escape == UINT32_MAX || vmaxvq_u8(same) == 0)
            continue;
        if (!counted)
            used += plain_count_escapes(s->wdf, sample_begin, first - sample_begin, width);
        counted = true;
        for (uint32_t k = i; k < n && k < i + 16; k++)
            if (wdf[k] == (uint8_t)(escape + s->base)) {
                wdf[k] = (uint8_t)(s->exceptions[used < s->exceptions_size ? used : 0] + s->base);
                used++;
            }
    }
}

/* ---- bounds ---- */

static void bound_from(const uint8_t *bytes, uint32_t base, uint32_t factor, size_t n, uint16_t *out)
{
    uint16x4_t f = vdup_n_u16((uint16_t)factor);
    uint16x8_t b = vdupq_n_u16((uint16_t)base), one = vdupq_n_u16(1);
    for (size_t i = 0; i < n; i += 8) {
        uint16x8_t v = vmovl_u8(vld1_u8(bytes + i));
        uint16x4_t low = vshrn_n_u32(vmull_u16(vget_low_u16(v), f), 8);
        uint16x4_t high = vshrn_n_u32(vmull_u16(vget_high_u16(v), f), 8);
        uint16x8_t sum = vqaddq_u16(vaddq_u16(vcombine_u16(low, high), one), b);
        vst1q_u16(out + i, vandq_u16(sum, vtstq_u16(v, v)));
    }
}

static void bound_add(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 8)
        vst1q_u16(to + i, vqaddq_u16(vld1q_u16(to + i), vld1q_u16(other + i)));
}

static void bound_and(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        uint16x8_t a = vld1q_u16(to + i), b = vld1q_u16(other + i);
        vst1q_u16(to + i, vandq_u16(vqaddq_u16(a, b), vandq_u16(vtstq_u16(a, a), vtstq_u16(b, b))));
    }
}

static void bound_mask(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i += 8) {
        uint16x8_t b = vld1q_u16(other + i);
        vst1q_u16(to + i, vandq_u16(vld1q_u16(to + i), vtstq_u16(b, b)));
    }
}

static uint64_t bound_live(const uint16_t *bounds, uint32_t least)
{
    uint8x16_t live[4];
    if (least > UINT16_MAX)
        return 0;
    uint16x8_t wanted = vdupq_n_u16((uint16_t)least);
    for (uint32_t i = 0; i < 4; i++) {
        uint16x8_t low = vcgeq_u16(vld1q_u16(bounds + 16 * i), wanted);
        uint16x8_t high = vcgeq_u16(vld1q_u16(bounds + 16 * i + 8), wanted);
        live[i] = vcombine_u8(vmovn_u16(low), vmovn_u16(high));
    }
    return neon_bits(live);
}

/* ---- weights ---- */

INLINE float32x4_t norms(const weigh_input *in, uint32x4_t lengths)
{
    float32x4_t norm = vmulq_f32(vcvtq_f32_u32(lengths), vdupq_n_f32(in->norm_slope));
    return vmaxq_f32(vaddq_f32(norm, vdupq_n_f32(in->norm_base)), vdupq_n_f32(in->norm_min));
}

/* 8 bytes as numbers of 32 bits, shifted to the left. */
INLINE uint32x4x2_t eight_bytes(const uint8_t *at, int shift)
{
    uint16x8_t v = vmovl_u8(vld1_u8(at));
    int32x4_t by = vdupq_n_s32(shift);
    uint32x4x2_t out = {{vshlq_u32(vmovl_u16(vget_low_u16(v)), by), vshlq_u32(vmovl_u16(vget_high_u16(v)), by)}};
    return out;
}

/* Shares of one list for four documents. */
INLINE float32x4_t shares(uint32x4_t bytes, float32x4_t norm, float factor)
{
    uint32x4_t endless = vceqq_u32(bytes, vdupq_n_u32(255));
    float32x4_t wdf = vbslq_f32(endless, vdupq_n_f32(PLAIN_ENDLESS), vcvtq_f32_u32(bytes));
    return vdivq_f32(vmulq_f32(wdf, vdupq_n_f32(factor)), vaddq_f32(wdf, norm));
}

/* Those of the 8 documents from d on whose total weights reach the threshold. */
INLINE uint32_t weigh_eight(const weigh_input *in, uint32_t d, float threshold)
{
    uint32x4x2_t lengths = eight_bytes(in->length[0] + d, 0);
    for (uint32_t p = 1; p < in->planes; p++) {
        uint32x4x2_t more = eight_bytes(in->length[p] + d, (int)(8 * p));
        lengths.val[0] = vorrq_u32(lengths.val[0], more.val[0]);
        lengths.val[1] = vorrq_u32(lengths.val[1], more.val[1]);
    }
    float32x4_t low_norm = norms(in, lengths.val[0]), high_norm = norms(in, lengths.val[1]);
    float32x4_t low = vdupq_n_f32(0), high = vdupq_n_f32(0), least = vdupq_n_f32(threshold);
    for (uint32_t j = 0; j < in->lists; j++) {
        uint32x4x2_t wdf = eight_bytes(in->wdf[j] + d, 0);
        low = vaddq_f32(low, shares(wdf.val[0], low_norm, in->factor[j]));
        high = vaddq_f32(high, shares(wdf.val[1], high_norm, in->factor[j]));
    }
    uint16x8_t enough = vcombine_u16(vmovn_u32(vcgeq_f32(low, least)), vmovn_u32(vcgeq_f32(high, least)));
    return vaddv_u8(vand_u8(vmovn_u16(enough), vcreate_u8(UINT64_C(0x8040201008040201))));
}

static uint64_t weigh(const weigh_input *in, uint64_t wanted, float threshold)
{
    uint64_t good = 0, left = wanted;
    while (left) {
        uint32_t d = bits_lowest(left) & ~7u;
        good |= (uint64_t)weigh_eight(in, d, threshold) << d;
        left &= ~(UINT64_C(255) << d);
    }
    return good & wanted;
}

static void weigh_exactly(const weigh_input *in, uint64_t wanted, double *out)
{
    plain_weigh_exactly(in, wanted, out);
}

static size_t split(double *weights, uint64_t *places, size_t n, double least, double *rest, uint64_t *rest_places)
{
    return plain_split_from(0, 0, weights, places, n, least, rest, rest_places);
}

static void saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n, uint8_t *out)
{
    for (uint32_t i = 0; i < n; i += 4) {
        uint32_t lengths[4] = {0}, bytes[4] = {0};
        for (uint32_t k = 0; k < 4 && i + k < n; k++) {
            lengths[k] = plain_length(in, documents[i + k]);
            bytes[k] = wdf[i + k];
        }
        float32x4_t f = vcvtq_f32_u32(vld1q_u32(bytes)), sum = vaddq_f32(f, norms(in, vld1q_u32(lengths)));
        float32x4_t s = vmulq_f32(vdivq_f32(f, sum), vdupq_n_f32(255 * 1.000002f));
        uint32x4_t up = vmaxq_u32(vcvtq_u32_f32(vrndpq_f32(s)), vdupq_n_u32(1));
        up = vbslq_u32(vceqq_u32(vld1q_u32(bytes), vdupq_n_u32(255)), vdupq_n_u32(255), up);
        uint16x4_t four = vqmovn_u32(up);
        bits_store32(out + i, vget_lane_u32(vreinterpret_u32_u8(vqmovn_u16(vcombine_u16(four, four))), 0));
    }
}

static uint32_t count_words(const uint64_t words[64])
{
    uint16x8_t n = vdupq_n_u16(0);
    for (uint32_t i = 0; i < 64; i += 2)
        n = vpadalq_u8(n, vcntq_u8(vreinterpretq_u8_u64(vld1q_u64(words + i))));
    return vaddlvq_u16(n);
}

static void dense_ranges(const dense_window *w, uint64_t ranges, uint64_t words[64], uint16_t before[64])
{
    plain_dense_ranges(w, ranges, words, before, &kernels_neon);
}

static size_t bound_count(const uint16_t *bounds, size_t n, uint32_t least)
{
    return plain_bound_count(bounds, n, least);
}

static size_t weigh_dense(const weigh_input *in, dense_window *w, uint64_t ranges, double least, uint64_t first,
                          double *weights, uint64_t *places, uint32_t *matched)
{
    return plain_weigh_dense(in, w, ranges, least, first, weights, places, matched, &kernels_neon);
}

static size_t weigh_documents(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                              double least, uint64_t first, double *weights, uint64_t *places)
{
    return plain_weigh_documents(in, documents, wdf, n, least, first, weights, places);
}

static uint64_t bound_lists(const bound_list *lists, bound_roles roles, uint32_t least, uint16_t out[64])
{
    return plain_bound_lists(lists, roles, least, out, &kernels_neon);
}

static uint64_t weigh_lists(const weigh_input *in, const weigh_list *lists, uint64_t wanted, float threshold)
{
    return plain_weigh_lists(in, lists, wanted, threshold, &kernels_neon);
}

static uint32_t intersect(const uint64_t a[64], const uint64_t b[64], uint64_t both[64], uint16_t before[64])
{
    return plain_intersect(a, b, both, before);
}

const kernels kernels_neon = {
    .isa = ISA_NEON,
    .unpack = unpack,
    .dense_open = kernels_neon_dense_open,
    .dense_bounds = kernels_neon_dense_bounds,
    .dense_range = kernels_neon_dense_range,
    .dense_ranges = dense_ranges,
    .dense_all = kernels_neon_dense_all,
    .dense_wdf = kernels_neon_dense_wdf,
    .places_ranges = places_ranges,
    .places_range = places_range,
    .sparse_window = sparse_window,
    .sparse_all = sparse_all,
    .sparse_wdf = sparse_wdf,
    .spread = spread,
    .bound_from = bound_from,
    .bound_add = bound_add,
    .bound_and = bound_and,
    .bound_mask = bound_mask,
    .bound_live = bound_live,
    .bound_count = bound_count,
    .bound_lists = bound_lists,
    .weigh = weigh,
    .weigh_lists = weigh_lists,
    .weigh_exactly = weigh_exactly,
    .weigh_dense = weigh_dense,
    .weigh_documents = weigh_documents,
    .split = split,
    .saturate = saturate,
    .count_words = count_words,
    .intersect = intersect,
};

#else

typedef int kernels_neon_is_empty; /* ISO C wants something in a file */

#endif
