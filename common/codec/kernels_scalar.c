/* The kernels in plain C: what every other set is tested against, and what runs where there is no other. */
#include "codec/kernels.h"

#include <string.h>

#include "base/bits.h"
#include "codec/dense_layout.h"
#include "codec/kernels_plain.h"

static void unpack(const uint8_t *at, uint64_t bit, uint32_t width, uint32_t n, uint8_t *out)
{
    for (uint32_t i = 0; i < n; i++)
        out[i] = (uint8_t)plain_number(at, bit + (uint64_t)i * width, width);
}

/* ---- dense windows ---- */

static bool dense_open(const uint8_t *payload, size_t size, uint32_t count, uint8_t base, dense_window *w)
{
    dense_layout l;
    if (!dense_layout_read(payload, size, count, &l))
        return false;
    uint32_t total = count, bits = 0;
    dense_layout_open(&l, count, base, w);
    if (l.kind != DENSE_BITSET) {
        uint32_t i = 0;
        total = 0;
        memset(w->counts, 0, sizeof w->counts);
        memset(w->bits, 0, sizeof w->bits);
        for (uint64_t left = l.present; left; left &= left - 1, i++) {
            uint32_t r = bits_lowest(left);
            uint32_t n = plain_number(l.counts, (uint64_t)i * l.count_width, l.count_width) + 1;
            w->counts[r] = (uint8_t)n;
            w->bits[r] = (uint8_t)(n > DENSE_LIST_MAX ? 64 : 6 * n);
            total += n;
            bits += w->bits[r];
        }
    }
    return dense_layout_end(&l, payload + size, total, bits, w);
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

static uint64_t places_ranges(const uint16_t *places, uint32_t n)
{
    uint64_t ranges = 0;
    for (uint32_t i = 0; i < n; i++)
        ranges |= UINT64_C(1) << (places[i] >> 6 & 63);
    return ranges;
}

static uint64_t places_range(const uint16_t *places, uint32_t n, uint32_t range, uint32_t *before)
{
    uint32_t i = 0;
    uint64_t mask = 0;
    while (i < n && places[i] >> 6 < (int)range)
        i++;
    *before = i;
    for (; i < n && places[i] >> 6 == (int)range; i++)
        mask |= UINT64_C(1) << (places[i] & 63);
    return mask;
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
    for (uint32_t r = 0; r < range; r++) {
        n += w->counts[r];
        bit += w->bits[r];
    }
    *before = n;
    uint64_t x = plain_word(w->documents, bit);
    return w->counts[range] > DENSE_LIST_MAX ? x : plain_list_mask(x, w->counts[range]);
}

static void dense_all(const dense_window *w, uint64_t words[64])
{
    if (w->kind == DENSE_BITSET) {
        memcpy(words, w->documents + DENSE_RANKS, 512);
        return;
    }
    uint32_t bit = 0;
    for (uint32_t r = 0; r < 64; bit += w->bits[r++]) {
        uint64_t x = plain_word(w->documents, bit);
        words[r] = w->counts[r] > DENSE_LIST_MAX ? x : plain_list_mask(x, w->counts[r]);
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
    uint32_t escape = plain_escape(w->width);
    if (escape != UINT32_MAX) {
        if (w->escapes_to > before)
            w->escapes = w->escapes_to = 0;
        w->escapes += plain_count_escapes(w->wdf, w->escapes_to, before - w->escapes_to, w->width);
        w->escapes_to = before;
    }
    uint32_t used = w->escapes;
    for (uint32_t i = before; mask && i < w->count; mask &= mask - 1, i++) {
        uint32_t code = plain_number(w->wdf, (uint64_t)i * w->width, w->width);
        out[bits_lowest(mask)] =
            (uint8_t)(with_exceptions(w->exceptions, w->exceptions_size, escape, code, &used) + w->base);
    }
}

/* ---- sparse lists ---- */

/* The place of set bit number n. */
static uint32_t select_bit(uint64_t word, uint32_t n)
{
    for (; n; n--)
        word &= word - 1;
    return bits_lowest(word);
}

static void sparse_window(const sparse_list *s, uint32_t window, uint16_t *places, sparse_span *span)
{
    uint32_t per = 1u << (12 - s->low_bits); /* low_bits of a sampled list is at most 12 */
    plain_seek at = plain_seek_window(s, window, per, span);
    uint64_t bit = at.skip ? at.bit + select_bit(at.zeros, at.skip - 1) + 1 : at.bit;
    plain_scan_window(s, window, per, bit, places, span);
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
    uint32_t escape = plain_escape(s->width);
    uint32_t used = sample_escapes;
    if (escape != UINT32_MAX && sample_begin < first)
        used += plain_count_escapes(s->wdf, sample_begin, first - sample_begin, s->width);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t code = plain_number(s->wdf, (uint64_t)(first + i) * s->width, s->width);
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

static void bound_from(const uint8_t *bytes, uint32_t base, uint32_t factor, size_t n, uint16_t *out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = bytes[i] ? saturate16(base + (bytes[i] * factor >> 8) + 1) : 0;
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
            float wdf = in->wdf[j][d] == 255 ? PLAIN_ENDLESS : (float)in->wdf[j][d];
            total += in->factor[j] * wdf / (wdf + norm);
        }
        good |= (uint64_t)(total >= threshold) << d;
    }
    return good;
}

static void weigh_exactly(const weigh_input *in, uint64_t wanted, double *out)
{
    plain_weigh_exactly(in, wanted, out);
}

static size_t split(double *weights, uint64_t *places, size_t n, double least, double *rest,
                    uint64_t *rest_places)
{
    return plain_split_from(0, 0, weights, places, n, least, rest, rest_places);
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

static void dense_ranges(const dense_window *w, uint64_t ranges, uint64_t words[64], uint16_t before[64])
{
    plain_dense_ranges(w, ranges, words, before, &kernels_scalar);
}

static size_t bound_count(const uint16_t *bounds, size_t n, uint32_t least)
{
    return plain_bound_count(bounds, n, least);
}

static size_t weigh_dense(const weigh_input *in, dense_window *w, uint64_t ranges, double least, uint64_t first,
                          double *weights, uint64_t *places, uint32_t *matched)
{
    return plain_weigh_dense(in, w, ranges, least, first, weights, places, matched, &kernels_scalar);
}

static size_t weigh_documents(const weigh_input *in, const uint32_t *documents, const uint8_t *wdf, uint32_t n,
                              double least, uint64_t first, double *weights, uint64_t *places)
{
    return plain_weigh_documents(in, documents, wdf, n, least, first, weights, places);
}

static uint64_t bound_lists(const bound_list *lists, bound_roles roles, uint32_t least, uint16_t out[64])
{
    return plain_bound_lists(lists, roles, least, out, &kernels_scalar);
}

static uint64_t weigh_lists(const weigh_input *in, const weigh_list *lists, uint64_t wanted, float threshold)
{
    return plain_weigh_lists(in, lists, wanted, threshold, &kernels_scalar);
}

static uint32_t intersect(const uint64_t a[64], const uint64_t b[64], uint64_t both[64], uint16_t before[64])
{
    return plain_intersect(a, b, both, before);
}

const kernels kernels_scalar = {
    .isa = ISA_SCALAR,
    .unpack = unpack,
    .dense_open = dense_open,
    .dense_bounds = dense_bounds,
    .dense_range = dense_range,
    .dense_ranges = dense_ranges,
    .dense_all = dense_all,
    .dense_wdf = dense_wdf,
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
