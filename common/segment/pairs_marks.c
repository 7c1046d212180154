/* Layout of marks, an object of PART_PAIRS:
 *     0  u32  marks: documents that have both words
 *     4  u8   width
 *        for each window the number of its marks, `width` bits each, rounded up to bytes
 *        a bit for each mark, documents ascending, lowest first, rounded up to bytes: 1 if the document has the pair */
#include "segment/pairs_marks.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/container.h"
#include "segment/pairs_format.h"

enum {
    WIDTH_MOST = WINDOW_BITS + 1,
    ROOM = 8 /* bytes behind bits, so that 64 are set at once; what they are then stays */
};

static oir_status corrupt(oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "marks of a pair of words: size; run oir-inspect check, then index anew");
}

static uint64_t counts_size(uint32_t windows, uint32_t width)
{
    return ((uint64_t)windows * width + 7) / 8;
}

/* ---- reading ---- */

oir_status pairs_marks_open(pairs_marks *m, const struct container *parts, const postings_context *context,
                            const term_entry *entry, arena *a, oir_error *err)
{
    uint32_t windows = postings_view_windows(context->document_count);
    const uint8_t *at;
    ERROR_FORWARD(container_get(parts, PART_PAIRS, entry->postings_address, PAIRS_MARKS_HEADER, &at, err));
    uint32_t both = bits_load32(at), width = at[4];
    if (both > context->document_count || entry->termfreq > both || width > WIDTH_MOST)
        return corrupt(err);
    uint64_t size = pairs_format_marks_size(windows, width, both), sum = 0;
    ERROR_FORWARD(container_get(parts, PART_PAIRS, entry->postings_address, size, &at, err));
    uint32_t *starts = arena_add(a, ((size_t)windows + 1) * sizeof *starts);
    if (!starts)
        return error_no_memory(err, "a search");
    for (uint32_t w = 0; w < windows; w++) {
        uint64_t bit = (uint64_t)w * width;
        starts[w] = (uint32_t)sum;
        sum += bits_load32(at + PAIRS_MARKS_HEADER + bit / 8) >> bit % 8 & bits_low(width);
    }
    starts[windows] = (uint32_t)sum;
    if (sum != both)
        return corrupt(err);
    m->bits = at + PAIRS_MARKS_HEADER + counts_size(windows, width);
    m->starts = starts;
    m->window = PAIRS_MARKS_NOWHERE;
    return OIR_OK;
}

void pairs_marks_seek(pairs_marks *m, postings_window *first, postings_window *second)
{
    uint64_t a[RANGES], b[RANGES];
    m->window = first->window;
    postings_window_words(first, a);
    postings_window_words(second, b);
    uint32_t total = first->kernels->intersect(a, b, m->both, m->before);
    if (total == m->starts[m->window + 1] - m->starts[m->window])
        return;
    second->damaged = true;
    memset(m->both, 0, sizeof m->both);
    memset(m->before, 0, sizeof m->before);
}

uint64_t pairs_marks_documents(const pairs_marks *m, uint32_t range)
{
    uint64_t bit = (uint64_t)m->starts[m->window] + m->before[range], documents = 0;
    const uint8_t *at = m->bits + bit / 8;
    uint64_t marks = bits_load64(at) >> bit % 8 | (uint64_t)at[8] << 1 << (63 - bit % 8);
    for (uint64_t left = m->both[range]; left; left &= left - 1, marks >>= 1)
        documents |= left & -left & -(marks & 1);
    return documents;
}

/* ---- writing ---- */

void pairs_marker_release(pairs_marker *m)
{
    buffer_release(&m->bits);
    buffer_release(&m->counts);
}

/* Makes room for `more` marks, all 0. */
static void add_bits(pairs_marker *m, uint32_t more)
{
    size_t size = ((size_t)m->both + more + 7) / 8 - m->away;
    if (size > m->bits.size)
        buffer_add_zeros(&m->bits, size - m->bits.size);
    buffer_reserve(&m->bits, ROOM);
}

/* Sets those of 64 bits from a place on that are set in `bits`. There is room for 9 bytes. */
static inline void set_bits(uint8_t *at, size_t bit, uint64_t bits)
{
    at += bit / 8;
    bits_store64(at, bits_load64(at) | bits << bit % 8);
    at[8] |= (uint8_t)(bits >> 1 >> (63 - bit % 8));
}

/* Sets the bits of documents with the pair, a range at a time. */
static void set_marks(pairs_marker *m, const uint64_t both[RANGES], const uint16_t before[RANGES],
                      const buffer *places)
{
    const uint8_t *at = places->data, *end = at + places->size;
    size_t first = (size_t)m->both - 8 * m->away;
    while (at < end) {
        uint32_t range = bits_load16(at) / RANGE_SIZE, place;
        uint64_t marks = 0, documents = both[range];
        for (; at < end && (place = bits_load16(at) - range * RANGE_SIZE) < RANGE_SIZE; at += 2)
            marks |= UINT64_C(1) << bits_count(documents & bits_low(place));
        set_bits(m->bits.data, first + before[range], marks);
    }
}

void pairs_marker_add(pairs_marker *m, uint32_t total, const uint64_t both[RANGES], const uint16_t before[RANGES],
                      const buffer *places)
{
    add_bits(m, total);
    m->bits.failed |= places->failed;
    if (!m->bits.failed)
        set_marks(m, both, before, places);
    buffer_add_u16(&m->counts, (uint16_t)total);
    m->bits.failed |= m->counts.failed;
    m->windows++;
    m->both += total;
    m->most = total > m->most ? total : m->most;
}

void pairs_marker_append(pairs_marker *m, const pairs_marker *more)
{
    uint32_t shift = m->both % 8;
    size_t at = m->both / 8;
    add_bits(m, more->both);
    buffer_add(&m->counts, more->counts.data, more->counts.size);
    m->bits.failed |= more->bits.failed || m->counts.failed;
    if (m->bits.failed)
        return;
    for (size_t i = 0; i < more->bits.size; i++) {
        uint32_t bits = (uint32_t)more->bits.data[i] << shift;
        m->bits.data[at + i] |= (uint8_t)bits;
        if (bits >> 8) /* else there may be no byte more */
            m->bits.data[at + i + 1] |= (uint8_t)(bits >> 8);
    }
    m->windows += more->windows;
    m->both += more->both;
    m->most = more->most > m->most ? more->most : m->most;
}

uint64_t pairs_marker_size(const pairs_marker *m)
{
    return pairs_format_marks_size(m->windows, bits_width(m->most), m->both);
}

void pairs_marker_write(const pairs_marker *m, buffer *out)
{
    uint32_t width = bits_width(m->most);
    buffer_add_u32(out, m->both);
    buffer_add_byte(out, (uint8_t)width);
    uint64_t held = 0;
    uint32_t bits = 0;
    for (uint32_t w = 0; w < m->windows; w++) {
        held |= (uint64_t)bits_load16(m->counts.data + (size_t)w * 2) << bits;
        for (bits += width; bits >= 8; bits -= 8, held >>= 8)
            buffer_add_byte(out, (uint8_t)held);
    }
    if (bits)
        buffer_add_byte(out, (uint8_t)held);
    buffer_add(out, m->bits.data, m->bits.size);
}
