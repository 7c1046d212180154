/* The kernels in plain C: what every other set is tested against, and what runs where there is no other. */
#include "codec/kernels.h"

#include <string.h>

#include "base/bits.h"
#include "codec/dense_layout.h"

static uint32_t number_at(const uint8_t *at, uint64_t bit, uint32_t width)
{
    return (uint32_t)(bits_load64(at + (bit >> 3)) >> (bit & 7) & bits_low(width));
}

static void unpack(const uint8_t *at, uint64_t bit, uint32_t width, uint32_t n, uint8_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = (uint8_t)number_at(at, bit + (uint64_t)i * width, width);
}

/* ---- dense windows ---- */

static bool dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w)
{
    dense_layout l;
    if (!dense_layout_read(payload, size, count, &l))
        return false;
    w->kind = l.kind;
    w->width = l.width;
    w->base = base;
    w->count = count;
    w->escapes = w->escapes_to = 0;
    w->wdf = l.wdf;
    w->documents = l.documents;
    if (l.kind == DENSE_PLACES) {
        for (uint32_t i = 0; i < count; i++)
            w->places[i] = (uint16_t)number_at(l.documents, (uint64_t)i * 12, 12);
    } else if (l.kind != DENSE_BITSET) {
        uint32_t total = 0, bits = 0, i = 0;
        memset(w->counts, 0, sizeof w->counts);
        memset(w->bits, 0, sizeof w->bits);
        for (uint64_t left = l.present; left; left &= left - 1, i++) {
            uint32_t r = bits_lowest(left);
            uint32_t n = l.kind == DENSE_NIBBLES ? l.counts[i / 2] >> (i & 1) * 4 & 15u : l.counts[i];
            w->counts[r] = (uint8_t)n;
            w->bits[r] = (uint8_t)(n > DENSE_LIST_MAX ? 64 : 6 * n);
            total += n;
            bits += w->bits[r];
        }
        l.exceptions = l.documents + (bits + 7) / 8;
        if (total != count || l.exceptions > payload + size)
            return false;
    }
    w->exceptions = l.exceptions;
    w->exceptions_size = (uint32_t)(payload + size - l.exceptions);
    return true;
}

static bool dense_bounds(const uint8_t *payload, size_t size, uint8_t bounds[64])
{
    memset(bounds, 0, 64);
    if (size < DENSE_HEADER)
        return false;
    uint64_t present = bits_load64(payload + 1);
    if (size < DENSE_HEADER + bits_count(present))
        return false;
    const uint8_t *next = payload + DENSE_HEADER;
    for (; present; present &= present - 1)
        bounds[bits_lowest(present)] = *next++;
    return true;
}

static uint64_t dense_range(const dense_window *w, uint32_t range, uint32_t *before)
{
    if (w->kind == DENSE_BITSET) {
        uint32_t n = bits_load16(w->documents + (range >> 3) * 2);
        for (uint32_t r = range & ~7u; r < range; r++)
            n += bits_count(bits_load64(w->documents + DENSE_RANKS + r * 8));
        *before = n < w->count ? n : w->count; /* stays inside the wdf whatever the bytes say */
        return bits_load64(w->documents + DENSE_RANKS + range * 8);
    }
    uint32_t n = 0, bit = 0;
    uint64_t mask = 0;
    if (w->kind == DENSE_PLACES) {
        for (uint32_t i = 0; i < w->count; i++) {
            n += w->places[i] >> 6 < range;
            if (w->places[i] >> 6 == range)
                mask |= UINT64_C(1) << (w->places[i] & 63);
        }
        *before = n;
        return mask;
    }
    for (uint32_t r = 0; r < range; r++) {
        n += w->counts[r];
        bit += w->bits[r];
    }
    *before = n;
    const uint8_t *at = w->documents + (bit >> 3);
    uint64_t x = bits_load64(at) >> (bit & 7);
    if (w->counts[range] > DENSE_LIST_MAX)
        return bit & 7 ? x | bits_load64(at + 8) << (64 - (bit & 7)) : x;
    for (uint32_t i = 0; i < w->counts[range]; i++)
        mask |= UINT64_C(1) << (x >> 6 * i & 63);
    return mask;
}

static void dense_all(const dense_window *w, uint64_t words[64])
{
    if (w->kind == DENSE_BITSET) {
        memcpy(words, w->documents + DENSE_RANKS, 512);
        return;
    }
    memset(words, 0, 512);
    if (w->kind == DENSE_PLACES) {
        for (uint32_t i = 0; i < w->count; i++)
            words[w->places[i] >> 6] |= UINT64_C(1) << (w->places[i] & 63);
        return;
    }
    uint32_t bit = 0;
    for (uint32_t r = 0; r < 64; bit += w->bits[r++]) {
        const uint8_t *at = w->documents + (bit >> 3);
        uint64_t x = bits_load64(at) >> (bit & 7);
        if (w->counts[r] > DENSE_LIST_MAX)
            words[r] = bit & 7 ? x | bits_load64(at + 8) << (64 - (bit & 7)) : x;
        else
            for (uint32_t i = 0; i < w->counts[r]; i++)
                words[r] |= UINT64_C(1) << (x >> 6 * i & 63);
    }
}

/* wdf number i of a stream; the escape code stands for the next exception. */
static uint8_t with_exceptions(const uint8_t *exceptions, uint32_t size, uint32_t escape, uint32_t code, uint32_t *used)
{
    if (code != escape)
        return (uint8_t)code;
    uint32_t at = (*used)++;
    return exceptions[at < size ? at : 0]; /* damaged bytes give a wrong wdf, never a wild read */
}

static void dense_wdf(dense_window *w, uint64_t mask, uint32_t before, uint8_t out[64])
{
    memset(out, 0, 64);
    uint32_t escape = w->width && w->width < 8 ? (1u << w->width) - 1 : UINT32_MAX;
    if (escape != UINT32_MAX) {
        if (w->escapes_to > before)
            w->escapes = w->escapes_to = 0;
        for (; w->escapes_to < before; w->escapes_to++)
            w->escapes += number_at(w->wdf, (uint64_t)w->escapes_to * w->width, w->width) == escape;
    }
    uint32_t used = w->escapes;
    for (uint32_t i = before; mask; mask &= mask - 1, i++) {
        uint32_t code = number_at(w->wdf, (uint64_t)i * w->width, w->width);
        out[bits_lowest(mask)] =
            (uint8_t)(with_exceptions(w->exceptions, w->exceptions_size, escape, code, &used) + w->base);
    }
}

/* ---- sparse lists ---- */

static uint32_t low_at(const sparse_list *s, uint32_t i)
{
    return number_at(s->lows, (uint64_t)i * s->low_bits, s->low_bits);
}

static void sparse_window(const sparse_list *s, uint32_t window, uint16_t *places, sparse_span *span)
{
    uint32_t per = 1u << (12 - s->low_bits); /* buckets in a window: low_bits is at most 12 here */
    uint32_t sample = window / s->stride;
    uint32_t i = bits_load32(s->samples + (size_t)sample * 8);
    span->sample_escapes = bits_load32(s->samples + (size_t)sample * 8 + 4);
    if (i > s->count)
        i = s->count;
    span->sample_begin = i;
    uint64_t bit = i + (uint64_t)sample * s->stride * per; /* a bucket ends with a 0: so many zeros and ones before */
    uint32_t skip = (window - sample * s->stride) * per;
    for (; skip && bit < s->upper_bits; bit++) {
        if (s->upper[bit >> 3] >> (bit & 7) & 1)
            i++;
        else
            skip--;
    }
    span->begin = i;
    span->count = 0;
    for (uint32_t bucket = 0; bucket < per && bit < s->upper_bits && i < s->count; bit++) {
        if (s->upper[bit >> 3] >> (bit & 7) & 1) {
            if (span->count == 4096)
                break; /* damaged: no window has more */
            places[span->count++] = (uint16_t)(bucket << s->low_bits | low_at(s, i++));
        } else
            bucket++;
    }
}

static void sparse_all(const sparse_list *s, uint32_t *documents)
{
    uint32_t i = 0;
    uint64_t zeros = 0;
    for (uint64_t at = 0; at < s->upper_bits && i < s->count; at += 64) {
        uint64_t word = bits_load64(s->upper + at / 8);
        if (s->upper_bits - at < 64)
            word &= bits_low((uint32_t)(s->upper_bits - at));
        for (; word && i < s->count; word &= word - 1, i++) {
            zeros = at + bits_lowest(word) - i;
            documents[i] = (uint32_t)(zeros << s->low_bits) | low_at(s, i);
        }
    }
    for (; i < s->count; i++) /* damaged: fewer bits than said */
        documents[i] = UINT32_MAX;
}

static void sparse_wdf(const sparse_list *s, uint32_t first, uint32_t n, uint32_t sample_begin, uint32_t sample_escapes,
                       uint8_t *wdf)
{
    uint32_t escape = s->width && s->width < 8 ? (1u << s->width) - 1 : UINT32_MAX;
    uint32_t used = sample_escapes;
    if (escape != UINT32_MAX)
        for (uint32_t i = sample_begin; i < first; i++)
            used += number_at(s->wdf, (uint64_t)i * s->width, s->width) == escape;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t code = number_at(s->wdf, (uint64_t)(first + i) * s->width, s->width);
        wdf[i] = (uint8_t)(with_exceptions(s->exceptions, s->exceptions_size, escape, code, &used) + s->base);
    }
}

static void spread(uint64_t mask, const uint8_t *in, uint8_t out[64])
{
    memset(out, 0, 64);
    for (; mask; mask &= mask - 1)
        out[bits_lowest(mask)] = *in++;
}

/* ---- bounds ---- */

static uint16_t saturate16(uint32_t v)
{
    return (uint16_t)(v < UINT16_MAX ? v : UINT16_MAX);
}

static void bound_from(const uint8_t *bytes, uint32_t factor, size_t n, uint16_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = saturate16(bytes[i] * factor);
}

static void bound_add(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = saturate16((uint32_t)to[i] + other[i]);
}

static void bound_and(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = to[i] && other[i] ? saturate16((uint32_t)to[i] + other[i]) : 0;
}

static void bound_mask(uint16_t *to, const uint16_t *other, size_t n)
{
    for (size_t i = 0; i < n; i++)
        to[i] = other[i] ? to[i] : 0;
}

static uint64_t bound_live(const uint16_t *bounds, uint32_t least)
{
    uint64_t live = 0;
    for (uint32_t i = 0; i < 64; i++)
        live |= (uint64_t)(bounds[i] >= least) << i;
    return live;
}

/* ---- weights ---- */

static float norm_of(const weigh_input *in, uint32_t document)
{
    uint32_t length = in->length[0][document];
    for (uint32_t p = 1; p < in->planes; p++)
        length |= (uint32_t)in->length[p][document] << 8 * p;
    float norm = in->norm_base + in->norm_slope * (float)length;
    return norm > in->norm_min ? norm : in->norm_min;
}

static uint64_t weigh(const weigh_input *in, uint64_t wanted, float threshold)
{
    uint64_t good = 0;
    for (uint64_t left = wanted; left; left &= left - 1) {
        uint32_t d = bits_lowest(left);
        float norm = norm_of(in, d), total = 0;
        for (uint32_t j = 0; j < in->lists; j++) {
            float wdf = in->wdf[j][d] == 255 ? 1e9f : (float)in->wdf[j][d];
            total += in->factor[j] * wdf / (wdf + norm);
        }
        good |= (uint64_t)(total >= threshold) << d;
    }
    return good;
}

static void saturate(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n, uint8_t *out)
{
    for (uint32_t i = 0; i < n; i++) {
        float f = wdf[i], s = wdf[i] == 255 ? 255 : f / (f + norm_of(in, documents[i])) * (255 * 1.000002f);
        uint32_t up = (uint32_t)s + ((float)(uint32_t)s < s);
        out[i] = (uint8_t)(up < 1 ? 1 : up > 255 ? 255 : up);
    }
}

static uint32_t count_words(const uint64_t words[64])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < 64; i++)
        n += bits_count(words[i]);
    return n;
}

const kernels kernels_scalar = {
    .isa = ISA_SCALAR,
    .unpack = unpack,
    .dense_open = dense_open,
    .dense_bounds = dense_bounds,
    .dense_range = dense_range,
    .dense_all = dense_all,
    .dense_wdf = dense_wdf,
    .sparse_window = sparse_window,
    .sparse_all = sparse_all,
    .sparse_wdf = sparse_wdf,
    .spread = spread,
    .bound_from = bound_from,
    .bound_add = bound_add,
    .bound_and = bound_and,
    .bound_mask = bound_mask,
    .bound_live = bound_live,
    .weigh = weigh,
    .saturate = saturate,
    .count_words = count_words,
};
