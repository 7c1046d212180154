#include "codec/sparse_layout.h"

#include "base/bit_writer.h"
#include "codec/wdf_bytes.h"

/* What stands behind upper; lows have some bits. */
static bool read_rest(sparse_list *s, const uint8_t *bytes, size_t size, uint8_t base, uint64_t lows_bits)
{
    uint64_t upper = (s->upper_bits + 7) / 8, lows = (lows_bits + 7) / 8;
    uint64_t wdf = ((uint64_t)s->count * s->width + 7) / 8, before = (uint64_t)(s->upper - bytes);
    if (before + upper + lows + wdf > size)
        return false;
    s->base = base;
    s->lows = s->upper + upper;
    s->wdf = s->lows + lows;
    s->exceptions = s->wdf + wdf;
    s->exceptions_size = (uint32_t)(bytes + size - s->exceptions);
    return true;
}

bool sparse_layout_read(sparse_list *s, const uint8_t *bytes, size_t size, uint32_t count, uint32_t universe,
                        uint8_t base)
{
    if (!count || count > universe || size < 1 || bytes[0] > 8)
        return false;
    sparse_layout_shape(s, count, universe);
    s->width = bytes[0];
    s->samples = bytes + 1;
    uint64_t samples = (uint64_t)sparse_layout_samples(s) * 8;
    s->upper = s->samples + (samples < size ? samples : size);
    return samples < size && read_rest(s, bytes, size, base, (uint64_t)count * s->low_bits);
}

/* Where the count-th 1 ends among so many bytes, in bits; 0 when there are fewer. */
static uint64_t find_upper_bits(const uint8_t *upper, size_t size, uint32_t count)
{
    for (size_t at = 0; at < size; at += 8) {
        uint64_t ones = bits_load64(upper + at) & bits_low(size - at < 8 ? (uint32_t)(size - at) * 8 : 64);
        uint32_t n = bits_count(ones);
        if (n < count) {
            count -= n;
            continue;
        }
        while (--count)
            ones &= ones - 1;
        return (uint64_t)at * 8 + bits_lowest(ones) + 1;
    }
    return 0;
}

bool sparse_layout_read_short(sparse_list *s, const uint8_t *bytes, size_t size, uint32_t count, uint8_t base)
{
    if (!count || size < 1)
        return false;
    *s = (sparse_list){.count = count, .width = bytes[0] % SHORT_WIDTHS, .low_bits = bytes[0] / SHORT_WIDTHS};
    s->samples = s->upper = bytes + 1;
    s->upper_bits = find_upper_bits(s->upper, size - 1, count);
    return s->upper_bits && s->low_bits <= SHORT_LOW_BITS_MAX &&
           read_rest(s, bytes, size, base, s->upper_bits - count + (uint64_t)count * s->low_bits);
}

static void add_samples(buffer *to, const sparse_list *s, const uint32_t *documents, const uint8_t *wdf,
                        uint32_t escape)
{
    uint32_t i = 0, escapes = 0;
    for (uint32_t sample = 0; sample < sparse_layout_samples(s); sample++) {
        for (; i < s->count && documents[i] >> 12 < (uint64_t)sample * s->stride; i++)
            escapes += wdf[i] >= escape;
        buffer_add_u32(to, i);
        buffer_add_u32(to, escapes);
    }
}

/* Words are stored anew with each bit and never loaded. */
static void add_upper(buffer *to, const sparse_list *s, const uint32_t *documents)
{
    size_t bytes = (size_t)((s->upper_bits + 7) / 8);
    if (!buffer_reserve(to, bytes + sizeof(uint64_t)))
        return;
    uint8_t *upper = to->data + to->size;
    uint64_t word = 0, last = 0;
    uint32_t low_bits = s->low_bits;
    memset(upper, 0, bytes);
    for (uint32_t i = 0, count = s->count; i < count; i++) {
        uint64_t bit = (documents[i] >> low_bits) + (uint64_t)i;
        word = (bit >> 6 == last ? word : 0) | UINT64_C(1) << (bit & 63);
        last = bit >> 6;
        bits_store64(upper + last * 8, word);
    }
    to->size += bytes;
}

static void add_lows(buffer *to, const sparse_list *s, const uint32_t *documents)
{
    bit_writer w;
    uint32_t width = s->low_bits, mask = (uint32_t)bits_low(width);
    if (!width || !buffer_reserve(to, ((size_t)s->count * width + 7) / 8 + BIT_WRITER_SLACK))
        return;
    bit_writer_init(&w, to->data + to->size);
    for (uint32_t i = 0, count = s->count; i < count; i++)
        bit_writer_add(&w, documents[i] & mask, width);
    to->size = (size_t)(bit_writer_end(&w) - to->data);
}

/* Exceptions are gathered where no code is, then moved behind the codes. */
static void add_wdf(buffer *to, const uint8_t *wdf, size_t count, uint32_t width)
{
    size_t codes = (count * width + 7) / 8;
    if (!width || !buffer_reserve(to, codes + count + 2 * WDF_SLACK))
        return;
    uint8_t *at = to->data + to->size;
    size_t escaped = wdf_bytes_put(wdf, count, width, at, at + codes + WDF_SLACK);
    memmove(at + codes, at + codes + WDF_SLACK, escaped);
    to->size += codes + escaped;
}

void sparse_layout_add(buffer *to, const uint32_t *documents, const uint8_t *wdf, uint32_t count, uint32_t universe)
{
    sparse_list s;
    sparse_layout_shape(&s, count, universe);
    uint32_t width = wdf_bytes_width(wdf, count), escape = wdf_bytes_escape(width);
    buffer_add_byte(to, (uint8_t)width);
    add_samples(to, &s, documents, wdf, escape);
    add_upper(to, &s, documents);
    add_lows(to, &s, documents);
    add_wdf(to, wdf, count, width);
}

/* ---- short lists ---- */

static inline uint32_t gap_before(const uint32_t *documents, uint32_t i)
{
    return i ? documents[i] - documents[i - 1] - 1 : documents[0];
}

/* bits_width, without a branch. */
static inline uint32_t width_of(uint32_t gap)
{
    return bits_highest((uint64_t)gap * 2 + 1);
}

/* What takes the fewest bits, *bits, from what evenly spread documents want downwards, until it takes more twice. Each
 * gap takes 1 + low_bits, and two for each bit more that gap + 2^low_bits has. Of a gap of w bits these are
 * w - 1 - low_bits, and where its bits from low_bits on are all ones, as they are from some z on, one more: adding
 * carries. */
static uint32_t choose_low_bits(const uint32_t *documents, uint32_t count, uint64_t *bits)
{
    uint64_t numbers[32 + 3]; /* of gaps: by width, and 32 bits higher by z */
    uint32_t top = bits_width(documents[count - 1]), most = bits_width(documents[count - 1] / count);
    uint32_t from = most < SHORT_LOW_BITS_MAX ? most : SHORT_LOW_BITS_MAX, best = from;
    uint64_t wider = 0, above = 0, carried = 0, least = UINT64_MAX;
    memset(numbers, 0, (top + 3) * sizeof *numbers);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t gap = gap_before(documents, i), w = width_of(gap);
        numbers[w]++;
        numbers[width_of(~gap & (uint32_t)bits_low(w))] += UINT64_C(1) << 32;
    }
    for (uint32_t low = top + 1, more = 0; low-- > 0 && more < 2;) {
        wider += (uint32_t)numbers[low + 2]; /* than low + 1 */
        above += wider;
        carried += (uint32_t)numbers[low + 1] - (numbers[low + 1] >> 32); /* all wider than low, but for z above it */
        if (low > from)
            continue;
        uint64_t cost = (uint64_t)count * (low + 1) + 2 * (above + carried);
        more += cost >= least;
        best = cost < least ? low : best;
        least = cost < least ? cost : least;
    }
    *bits = least;
    return best;
}

/* `bits` are those of upper and lows. */
static void add_gaps(buffer *to, const uint32_t *documents, uint32_t count, uint32_t low_bits, uint64_t bits)
{
    bit_writer w;
    if (!buffer_reserve(to, (size_t)bits / 8 + 2 * BIT_WRITER_SLACK + 2))
        return;
    bit_writer_init(&w, to->data + to->size);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t n = bits_highest(((uint64_t)gap_before(documents, i) >> low_bits) + 1);
        bit_writer_add(&w, UINT64_C(1) << n, n + 1);
    }
    bit_writer_init(&w, bit_writer_end(&w));
    for (uint32_t i = 0; i < count; i++) {
        uint64_t more = gap_before(documents, i) + (UINT64_C(1) << low_bits);
        uint32_t width = bits_highest(more);
        bit_writer_add(&w, more - (UINT64_C(1) << width), width);
    }
    to->size = (size_t)(bit_writer_end(&w) - to->data);
}

void sparse_layout_add_short(buffer *to, const uint32_t *documents, const uint8_t *wdf, uint32_t count)
{
    uint64_t bits;
    uint32_t width = wdf_bytes_width(wdf, count), low_bits = choose_low_bits(documents, count, &bits);
    buffer_add_byte(to, (uint8_t)(width + SHORT_WIDTHS * low_bits));
    add_gaps(to, documents, count, low_bits, bits);
    add_wdf(to, wdf, count, width);
}
