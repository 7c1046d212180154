/* Loops that are as good in plain C as with vectors, or nearly: inlined into several sets of kernels, so that each is
 * compiled for its instructions. Inputs may be damaged: nothing here reads or writes further than kernels.h allows. */
#ifndef CODEC_KERNELS_PLAIN_H
#define CODEC_KERNELS_PLAIN_H

#include "base/bits.h"
#include "codec/kernels.h"

/* A wdf so large that wdf / (wdf + norm) is 1. */
#define PLAIN_ENDLESS 1e30f

/* A number of up to 32 bits. */
static inline uint32_t plain_number(const uint8_t *at, uint64_t bit, uint32_t width)
{
    return (uint32_t)(bits_load64(at + (bit >> 3)) >> (bit & 7) & bits_low(width));
}

static inline uint32_t plain_low(const sparse_list *s, uint32_t i)
{
    return plain_number(s->lows, (uint64_t)i * s->low_bits, s->low_bits);
}

/* The code that stands for an exception, or one that no number is. */
static inline uint32_t plain_escape(uint32_t width)
{
    return width && width < 8 ? (1u << width) - 1 : UINT32_MAX;
}

/* How many of n numbers from number i on, of a width from 1 to 7, are all ones. As many as a load has are looked at
 * together: 1 added to a number without its highest bit carries into that bit when all others are ones. */
static inline uint32_t plain_count_escapes(const uint8_t *at, uint32_t i, uint32_t n, uint32_t width)
{
    static const struct {
        uint64_t lowest; /* of each number, its lowest bit */
        uint32_t numbers;
    } words[8] = {{0, 0},
                  {UINT64_C(0x1ffffffffffffff), 57},
                  {UINT64_C(0x55555555555555), 28},
                  {UINT64_C(0x49249249249249), 19},
                  {UINT64_C(0x11111111111111), 14},
                  {UINT64_C(0x4210842108421), 11},
                  {UINT64_C(0x1041041041041), 9},
                  {UINT64_C(0x2040810204081), 8}};
    uint64_t lowest = words[width & 7].lowest, highest = lowest << (width - 1), others = highest - lowest;
    uint64_t bit = (uint64_t)i * width;
    uint32_t count = 0, numbers = words[width & 7].numbers;
    for (; n > numbers; n -= numbers, bit += numbers * width) {
        uint64_t x = bits_load64(at + (bit >> 3)) >> (bit & 7);
        count += bits_count(((x & others) + lowest) & x & highest);
    }
    uint64_t x = bits_load64(at + (bit >> 3)) >> (bit & 7);
    return count + bits_count(((x & others) + lowest) & x & highest & bits_low(n * width));
}

/* 64 bits from any bit. */
static inline uint64_t plain_word(const uint8_t *at, uint64_t bit)
{
    uint64_t x = bits_load64(at + (bit >> 3)) >> (bit & 7);
    return bit & 7 ? x | bits_load64(at + (bit >> 3) + 8) << (64 - (bit & 7)) : x;
}

/* Where a window begins among a sparse list's upper bits: at `bit` when skip is 0, else behind zero number skip - 1
 * (which zeros has set) of the 64 bits from `bit` on. */
typedef struct plain_seek {
    uint64_t bit, zeros;
    uint32_t skip;
} plain_seek;

/* A bucket ends with a 0, so a window begins behind window * per zeros, per being the buckets in a window. */
static inline plain_seek plain_seek_window(const sparse_list *s, uint32_t window, uint32_t per, sparse_span *span)
{
    uint32_t sample = window / s->stride, begin = bits_load32(s->samples + (size_t)sample * 8);
    begin = begin < s->count ? begin : s->count;
    span->sample_begin = begin;
    span->sample_escapes = bits_load32(s->samples + (size_t)sample * 8 + 4);
    uint64_t bit = begin + (uint64_t)sample * s->stride * per;
    uint32_t skip = (window - sample * s->stride) * per, within = bit & 7;
    if (!skip)
        return (plain_seek){bit, 0, 0};
    for (bit -= within; bit < s->upper_bits; bit += 64, within = 0) {
        uint64_t zeros = ~bits_load64(s->upper + (bit >> 3)) >> within << within;
        uint32_t n = bits_count(zeros);
        if (n >= skip)
            return (plain_seek){bit, zeros, skip};
        skip -= n;
    }
    return (plain_seek){s->upper_bits, 0, 0}; /* damaged */
}

/* The postings of a window whose first bucket begins at `bit`. */
static inline void plain_scan_window(const sparse_list *s, uint32_t window, uint32_t per, uint64_t bit,
                                     uint16_t *places, sparse_span *span)
{
    uint64_t zeros = (uint64_t)window * per, begin = bit > zeros ? bit - zeros : 0;
    span->begin = begin < s->count ? (uint32_t)begin : s->count;
    uint32_t n = 0, left = s->count - span->begin < 4096 ? s->count - span->begin : 4096;
    for (uint64_t passed = 0; n < left && bit + passed < s->upper_bits && passed - n < per; passed += 56) {
        uint64_t at = bit + passed, x = bits_load64(s->upper + (at >> 3)) >> (at & 7) & bits_low(56);
        for (; x && n < left; x &= x - 1) {
            uint64_t bucket = passed + bits_lowest(x) - n;
            if (bucket >= per) {
                left = n;
                break;
            }
            places[n] = (uint16_t)(bucket << s->low_bits | plain_low(s, span->begin + n));
            n++;
        }
    }
    span->count = n;
}

static inline void plain_sparse_all(const sparse_list *s, uint32_t *documents)
{
    uint32_t i = 0;
    for (uint64_t at = 0; at < s->upper_bits && i < s->count; at += 64) {
        uint64_t word = bits_load64(s->upper + at / 8);
        if (s->upper_bits - at < 64)
            word &= bits_low((uint32_t)(s->upper_bits - at));
        for (; word && i < s->count; word &= word - 1, i++)
            documents[i] = (uint32_t)((at + bits_lowest(word) - i) << s->low_bits) | plain_low(s, i);
    }
    for (; i < s->count; i++) /* damaged: fewer bits than said */
        documents[i] = UINT32_MAX;
}

/* Where a gap's bits are and which document it leads to follow from those before by an addition each: nothing waits for
 * loads. Damaged widths come out as some number. */
static inline void plain_short_all(const sparse_list *s, uint32_t *documents)
{
    const uint8_t *lows = s->lows, *upper = s->upper;
    uint32_t *out = documents, *end = documents + s->count, next = 0, least = (1u << s->low_bits) - 1;
    uint64_t low = 0, before = UINT64_MAX - s->low_bits; /* where the last 1 was, less low_bits */
    for (uint64_t at = 0, bits = s->upper_bits; at < bits && out < end; at += 64)
        for (uint64_t word = bits_load64(upper + at / 8); word && out < end; word &= word - 1) {
            uint64_t width = at + bits_lowest(word) - before - 1, highest = UINT64_C(1) << (width & 63);
            uint64_t rest = bits_load64(lows + (low >> 3)) >> (low & 7) & (highest - 1);
            before += width + 1 - s->low_bits;
            low += width;
            next += (uint32_t)(highest + rest) - least;
            *out++ = next - 1;
        }
    while (out < end) /* damaged: fewer bits than said */
        *out++ = UINT32_MAX;
}

/* The documents of a range that is a list of up to 8 places of 6 bits. */
static inline uint64_t plain_list_mask(uint64_t x, uint32_t n)
{
    uint64_t mask = 0;
    for (uint32_t i = 0; i < n; i++)
        mask |= UINT64_C(1) << (x >> 6 * i & 63);
    return mask;
}

/* The length of a range's document. */
static inline uint32_t plain_length(const weigh_input *in, uint32_t document)
{
    uint32_t length = in->length[0][document];
    for (uint32_t p = 1; p < in->planes; p++)
        length |= (uint32_t)in->length[p][document] << 8 * p;
    return length;
}

/* From a set's other kernels. */
static inline void plain_dense_ranges(const dense_window *w, uint64_t ranges, uint64_t words[64], uint16_t before[64],
                                      const kernels *k)
{
    for (; ranges; ranges &= ranges - 1) {
        uint32_t range = bits_lowest(ranges), first;
        words[range] = k->dense_range(w, range, &first);
        before[range] = (uint16_t)first;
    }
}

static inline uint64_t plain_bound_lists(const bound_list *lists, bound_roles roles, uint32_t least, uint16_t out[64],
                                         const kernels *k)
{
    uint32_t count = roles.needed + roles.any + roles.added;
    uint64_t all = UINT64_MAX, some = roles.any ? 0 : UINT64_MAX;
    memset(out, 0, 64 * sizeof *out);
    for (uint32_t j = 0; j < count; j++) {
        uint8_t bytes[64];
        uint16_t bounds[64];
        k->spread(lists[j].ranges, lists[j].bytes, bytes);
        k->bound_from(bytes, lists[j].base, lists[j].units, 64, bounds);
        uint64_t there = k->bound_live(bounds, 1);
        all &= j < roles.needed ? there : UINT64_MAX;
        some |= j - roles.needed < roles.any ? there : 0;
        k->bound_add(out, bounds, 64);
    }
    all &= some;
    for (uint32_t r = 0; r < 64; r++)
        out[r] = all >> r & 1 ? out[r] : 0;
    return k->bound_live(out, least);
}

static inline uint64_t plain_weigh_lists(const weigh_input *in, const weigh_list *lists, uint64_t wanted,
                                         float threshold, const kernels *k)
{
    for (uint32_t j = 0; j < in->lists; j++) {
        const weigh_list *l = &lists[j];
        if (l->dense)
            k->dense_wdf(l->dense, l->mask, l->before, l->out);
        else if (l->wdf)
            k->spread(l->mask, l->wdf, l->out);
    }
    return k->weigh(in, wanted, threshold);
}

static inline void plain_weigh_exactly(const weigh_input *in, uint64_t wanted, double *out)
{
    for (; wanted; wanted &= wanted - 1) {
        uint32_t d = bits_lowest(wanted);
        double norm = in->exact_base + in->exact_slope * plain_length(in, d), total = 0;
        norm = norm > in->exact_min ? norm : in->exact_min;
        for (uint32_t j = 0; j < in->lists; j++) {
            double wdf = in->wdf[j][d];
            total += wdf > 0 ? in->exact_factor[j] * (wdf / (wdf + norm)) : 0;
        }
        *out++ = total;
    }
}

static inline size_t plain_bound_count(const uint16_t *bounds, size_t n, uint32_t least)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += bounds[i] >= least;
    return count;
}

/* From a set's other kernels. */
static inline size_t plain_weigh_dense(const weigh_input *in, dense_window *w, uint64_t ranges, double least,
                                       uint64_t first, double *weights, uint64_t *places, uint32_t *matched,
                                       const kernels *k)
{
    size_t n = 0;
    weigh_input here = *in;
    uint8_t wdf[64];
    const uint8_t *rows[1] = {wdf};
    here.wdf = rows;
    *matched = 0;
    for (; ranges; ranges &= ranges - 1) {
        uint32_t range = bits_lowest(ranges), before, documents = range << 6;
        uint64_t mask = k->dense_range(w, range, &before);
        double exact[64 + 8];
        k->dense_wdf(w, mask, before, wdf);
        for (uint32_t p = 0; p < in->planes; p++)
            here.length[p] = in->length[p] + documents;
        k->weigh_exactly(&here, mask, exact);
        *matched += bits_count(mask);
        for (uint32_t i = 0; mask; mask &= mask - 1, i++) {
            weights[n] = exact[i];
            places[n] = first | documents | bits_lowest(mask);
            n += exact[i] >= least;
        }
    }
    return n;
}

static inline size_t plain_weigh_documents(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf,
                                           uint32_t n, double least, uint64_t first, double *weights,
                                           uint64_t *places)
{
    size_t found = 0;
    for (uint32_t i = 0; i < n; i++) {
        double norm = in->exact_base + in->exact_slope * plain_length(in, documents[i]), f = wdf[i];
        norm = norm > in->exact_min ? norm : in->exact_min;
        weights[found] = f > 0 ? in->exact_factor[0] * (f / (f + norm)) : 0;
        places[found] = first + documents[i];
        found += weights[found] >= least;
    }
    return found;
}

/* From pair number i on, when `front` before it are in front. */
static inline size_t plain_split_from(size_t i, size_t front, double *weights, uint64_t *places, size_t n,
                                      double least, double *rest, uint64_t *rest_places)
{
    for (size_t behind = i - front; i < n; i++) {
        double weight = weights[i];
        uint64_t place = places[i];
        weights[front] = rest[behind] = weight;
        places[front] = rest_places[behind] = place;
        front += weight >= least;
        behind += !(weight >= least);
    }
    return front;
}

static inline uint32_t plain_intersect(const uint64_t a[64], const uint64_t b[64], uint64_t both[64],
                                       uint16_t before[64])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < 64; i++) {
        both[i] = a[i] & b[i];
        before[i] = (uint16_t)n;
        n += bits_count(both[i]);
    }
    return n;
}

#endif
