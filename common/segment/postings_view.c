#include "segment/postings_view.h"

#include "base/bits.h"
#include "base/error.h"
#include "codec/sparse_layout.h"
#include "codec/varint.h"
#include "segment/container.h"

const uint16_t postings_top_counts[POSTINGS_TOPS] = {3, 10, 30, 100, 300, POSTINGS_TOPS_MOST};

static oir_status damaged(oir_error *err, const term_entry *entry, const char *what)
{
    return error_set(err, OIR_CORRUPT, "damaged %s of term number %u; run oir-inspect check, then index anew", what,
                     entry->ordinal);
}

/* The scale, tops and bounds of windows; where they end, NULL: they do not fit. */
static const uint8_t *read_bounds(postings_view *v, const uint8_t *at, const uint8_t *end)
{
    ptrdiff_t tops = v->entry->pair ? 0 : POSTINGS_TOPS;
    if (end - at < 4 + tops + (ptrdiff_t)v->windows || bits_load16(at) > bits_load16(at + 2))
        return NULL;
    v->low = postings_view_low(bits_load16(at));
    v->step = postings_view_step(bits_load16(at), bits_load16(at + 2));
    v->tops = tops ? at + 4 : NULL;
    v->window_bounds = at + 4 + tops;
    return v->window_bounds + v->windows;
}

/* What a dense list has of each window, and the payloads behind. */
static bool read_directory(postings_view *v, const uint8_t *at, const uint8_t *end)
{
    size_t counts = (size_t)v->windows * 2, size = counts + postings_view_places_size((size_t)v->windows + 1);
    if ((size_t)(end - at) < size)
        return false;
    v->counts = at;
    v->places = at + counts;
    v->payload = at + size;
    v->payload_size = (size_t)(end - v->payload);
    return true;
}

oir_status postings_view_open(postings_view *v, const struct container *parts, const postings_context *context,
                              const term_entry *entry, oir_error *err)
{
    const uint8_t *at, *end;
    *v = (postings_view){.form = entry->form, .count = entry->termfreq, .base = entry->zero_wdf ? 0 : 1,
                         .windows = postings_view_windows(context->document_count),
                         .positions_form = entry->positions_form, .entry = entry};
    if (!v->count || v->count > context->document_count)
        return damaged(err, entry, "frequency");
    if (v->form == POSTINGS_MARKS) /* no list */
        return damaged(err, entry, "form");
    if (v->form == POSTINGS_INLINED)
        return v->count <= POSTINGS_INLINED_COUNT ? OIR_OK : damaged(err, entry, "frequency");
    enum part_kind kind = entry->pair ? PART_PAIRS : PART_POSTINGS;
    ERROR_FORWARD(container_get(parts, kind, entry->postings_address, entry->postings_size, &at, err));
    end = at + entry->postings_size;
    if (entry->wdf_max >= 255) {
        if (end - at < 4 || (uint64_t)(end - at - 4) / 8 < bits_load32(at))
            return damaged(err, entry, "large wdf");
        v->large_count = bits_load32(at);
        v->large = at + 4;
        at += 4 + (size_t)v->large_count * 8;
    }
    if ((v->form == POSTINGS_DENSE || v->form == POSTINGS_SPARSE) && !(at = read_bounds(v, at, end)))
        return damaged(err, entry, "bounds");
    if (v->form == POSTINGS_DENSE)
        return read_directory(v, at, end) ? OIR_OK : damaged(err, entry, "directory");
    size_t size = (size_t)(end - at);
    bool sound = v->form == POSTINGS_SHORT
                     ? sparse_layout_read_short(&v->list, at, size, v->count, v->base)
                     : sparse_layout_read(&v->list, at, size, v->count, context->document_count, v->base);
    return sound ? OIR_OK : damaged(err, entry, "list");
}

bool postings_view_inlined(const term_entry *entry, uint32_t *documents, uint32_t *wdf)
{
    const uint8_t *at = entry->inlined, *end = at + entry->inlined_size;
    uint64_t document = 0, gap, above, base = entry->zero_wdf ? 0 : 1;
    for (uint32_t i = 0; i < entry->termfreq; i++) {
        if (!(at = varint_get(at, end, &gap)) || !(at = varint_get(at, end, &above)))
            return false;
        document += gap + (i > 0);
        if (gap > UINT32_MAX || document > UINT32_MAX || above + base > UINT32_MAX)
            return false;
        documents[i] = (uint32_t)document;
        wdf[i] = (uint32_t)(above + base);
    }
    return true;
}

/* Groups of no bits, in documents of one place, are no bytes: then container_get gives an address all the same. */
oir_status postings_view_positions(postings_view *v, const struct container *parts, oir_error *err)
{
    const term_entry *entry = v->entry;
    if (v->positions || entry->positions_form == POSITIONS_NONE)
        return OIR_OK;
    ERROR_FORWARD(container_get(parts, PART_POSITIONS, entry->positions_address, entry->positions_size,
                                &v->positions, err));
    v->positions_size = (size_t)entry->positions_size;
    size_t table = 0;
    if (v->form == POSTINGS_DENSE) {
        bool narrow = v->positions[0] & POSTINGS_PLACES_NARROW;
        table = 1 + (narrow ? postings_view_places_size(v->windows) : (size_t)v->windows * 4);
        if (postings_view_block_offset(v) != 2 && postings_view_block_offset(v) != 4)
            table = SIZE_MAX;
    } else if (v->form == POSTINGS_SPARSE) {
        table = (size_t)sparse_layout_samples(&v->list) * 4;
    }
    if (table > v->positions_size) {
        v->positions = NULL;
        return damaged(err, entry, "positions");
    }
    return OIR_OK;
}

static bool set_run(const postings_view *v, uint64_t begin, uint64_t end, position_run *out)
{
    *out = (position_run){begin * 8, end * 8};
    return begin <= end && end <= v->positions_size;
}

bool postings_view_dense_run(const postings_view *v, uint32_t window, uint32_t count, uint32_t block,
                             position_run *out)
{
    uint32_t size = postings_view_block_offset(v), blocks = (count + RANGE_SIZE - 1) / RANGE_SIZE;
    uint64_t start = postings_view_positions_place(v, window), next = v->positions_size;
    if (window + 1 < v->windows)
        next = postings_view_positions_place(v, window + 1);
    uint64_t groups = start + (uint64_t)(blocks - 1) * size, begin = groups, end = groups;
    if (block >= blocks || groups > v->positions_size)
        return false;
    const uint8_t *offsets = v->positions + start;
    if (block)
        begin += size == 2 ? bits_load16(offsets + (size_t)(block - 1) * 2)
                           : bits_load32(offsets + (size_t)(block - 1) * 4);
    if (block + 1 == blocks)
        end = next;
    else
        end += size == 2 ? bits_load16(offsets + (size_t)block * 2) : bits_load32(offsets + (size_t)block * 4);
    return set_run(v, begin, end, out);
}

bool postings_view_sparse_run(const postings_view *v, uint32_t sample, position_run *out)
{
    const uint8_t *at = v->positions + (size_t)sample * 4;
    bool last = sample + 1 == sparse_layout_samples(&v->list);
    return set_run(v, bits_load32(at), last ? v->positions_size : bits_load32(at + 4), out);
}

uint32_t postings_view_find_large(const postings_view *v, uint64_t document)
{
    uint32_t low = 0, high = v->large_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (bits_load32(v->large + (size_t)middle * 8) < document)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t postings_view_large(const postings_view *v, uint32_t document)
{
    uint32_t low = postings_view_find_large(v, document);
    if (low < v->large_count && bits_load32(v->large + (size_t)low * 8) == document)
        return bits_load32(v->large + (size_t)low * 8 + 4);
    return 255;
}
