/* Finding the positions of one document: sizes of the groups before it, from the nearest place that is known, are added
 * up (codec/positions.h says how they follow from what is there anyway). */
#include "base/error.h"
#include "codec/positions.h"
#include "segment/container.h"
#include "segment/postings_window.h"

/* The documents and wdf between a known place and the one that is asked for, that one included. */
typedef struct run {
    uint32_t documents[128 + WINDOW_SIZE];
    uint32_t wdf[128 + WINDOW_SIZE];
    uint32_t count;
} run;

static uint32_t exact(const postings_window *p, uint32_t document, uint8_t wdf)
{
    return wdf == 255 ? postings_window_large(p, document) : wdf;
}

/* Bits of a group, which starts at *bit; its count. *bit is moved to its first position. */
static uint64_t group_size(const postings_window *p, uint32_t document, uint32_t wdf, uint64_t *bit, uint32_t *c)
{
    uint32_t u = length_get(&p->context->extents, document);
    *c = wdf;
    if (p->view.positions_form == POSITIONS_COUNTED)
        *c = positions_get_count(p->view.positions, bit, (uint64_t)p->view.positions_size * 8);
    if (*c > u)
        *c = u;
    return positions_bits(*c, u);
}

/* ---- dense: blocks of 64 groups within the window ---- */

static oir_status damaged(const postings_window *p, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "damaged positions of term number %u; run oir-inspect check, then index anew",
                     p->entry.ordinal);
}

/* Collects the documents of the block up to the one asked for: ranges backwards until the block's first is in. */
static oir_status collect_dense(postings_window *p, uint32_t range, uint32_t place, run *out, uint64_t *bit,
                                oir_error *err)
{
    uint32_t before, first_range = range, first_before;
    uint64_t mask = p->kernels->dense_range(&p->dense, range, &before);
    uint32_t index = before + bits_count(mask & bits_low(place)), block = index / 64;
    for (first_before = before; first_before > block * 64 && first_range > 0;)
        p->kernels->dense_range(&p->dense, --first_range, &first_before);
    out->count = 0;
    for (uint32_t r = first_range; r <= range; r++) {
        uint8_t wdf[RANGE_SIZE];
        mask = p->kernels->dense_range(&p->dense, r, &before);
        if (!mask)
            continue;
        p->kernels->dense_wdf(&p->dense, mask, before, wdf);
        for (uint32_t i = before; mask && i <= index; mask &= mask - 1, i++) {
            uint32_t d = p->window << WINDOW_BITS | r << 6 | bits_lowest(mask);
            if (i < block * 64)
                continue;
            out->documents[out->count] = d;
            out->wdf[out->count++] = exact(p, d, wdf[bits_lowest(mask)]);
        }
    }
    const uint8_t *bytes = p->view.positions;
    uint32_t size = bytes[0], blocks = (p->window_count + 63) / 64;
    uint64_t start = bits_load32(bytes + 1 + (size_t)p->window * 4), groups = start + (uint64_t)(blocks - 1) * size;
    if (!out->count || groups > p->view.positions_size)
        return damaged(p, err);
    if (block)
        groups += size == 2 ? bits_load16(bytes + start + (size_t)(block - 1) * 2)
                            : bits_load32(bytes + start + (size_t)(block - 1) * 4);
    *bit = groups * 8;
    return OIR_OK;
}

/* ---- sparse: from the sample before the window ---- */

static oir_status collect_sparse(postings_window *p, uint32_t document, run *out, uint64_t *bit, oir_error *err)
{
    const sparse_list *list = &p->view.list;
    uint32_t sample = p->window / list->stride;
    uint16_t places[WINDOW_SIZE + 64];
    uint8_t wdf[WINDOW_SIZE + 64];
    out->count = 0;
    *bit = (uint64_t)bits_load32(p->view.positions + (size_t)sample * 4) * 8;
    if (*bit > (uint64_t)p->view.positions_size * 8)
        return damaged(p, err);
    for (uint32_t window = sample * list->stride; window <= p->window; window++) {
        sparse_span span;
        p->kernels->sparse_window(list, window, places, &span);
        p->kernels->sparse_wdf(list, span.begin, span.count, span.sample_begin, span.sample_escapes, wdf);
        for (uint32_t i = 0; i < span.count; i++) {
            uint32_t d = window << WINDOW_BITS | places[i];
            if (d > document)
                break;
            if (out->count == sizeof out->wdf / sizeof *out->wdf)
                return damaged(p, err);
            out->documents[out->count] = d;
            out->wdf[out->count++] = exact(p, d, wdf[i]);
        }
    }
    return out->count ? OIR_OK : damaged(p, err);
}

/* ---- short and inlined: all starts are made at the first question ---- */

static oir_status make_starts(postings_window *p, oir_error *err)
{
    uint64_t bit = 0;
    p->group_bits = arena_add(p->arena, (size_t)p->count * sizeof *p->group_bits);
    if (!p->group_bits)
        return error_no_memory(err, "positions");
    for (uint32_t i = 0; i < p->count; i++) {
        uint32_t c;
        p->group_bits[i] = bit;
        uint64_t size = group_size(p, p->documents[i], exact(p, p->documents[i], p->all_wdf[i]), &bit, &c);
        bit += size;
    }
    return OIR_OK;
}

static oir_status room_reserve(postings_window *p, position_room *room, uint32_t count, oir_error *err)
{
    if (count > room->capacity) {
        room->capacity = count < 64 ? 64 : count * 2;
        room->positions = arena_add(p->arena, (size_t)room->capacity * sizeof *room->positions);
        if (!room->positions) {
            room->capacity = 0;
            return error_no_memory(err, "positions");
        }
    }
    return OIR_OK;
}

static oir_status read_group(postings_window *p, uint32_t document, uint32_t wdf, uint64_t bit, position_room *room,
                             oir_error *err)
{
    uint32_t c;
    group_size(p, document, wdf, &bit, &c);
    ERROR_FORWARD(room_reserve(p, room, c, err));
    positions_get(p->view.positions, bit, (uint64_t)p->view.positions_size * 8, c,
                  length_get(&p->context->extents, document), p->context->position_base, room->positions);
    room->count = c;
    return OIR_OK;
}

oir_status postings_window_positions(postings_window *p, uint32_t range, uint32_t place, position_room *room,
                                     oir_error *err)
{
    uint32_t document = p->window << WINDOW_BITS | range << 6 | place;
    room->count = 0;
    if (!p->parts || p->view.positions_form == POSITIONS_NONE)
        return OIR_OK;
    ERROR_FORWARD(postings_view_positions(&p->view, p->parts, err));
    static const uint8_t no_bits[CONTAINER_TAIL];
    if (!p->view.positions) /* one place in each document: groups of no bits */
        p->view.positions = no_bits;
    if (p->documents) {
        uint32_t i = p->span.begin + p->first[range] + bits_count(p->masks[range] & bits_low(place));
        if (!p->group_bits)
            ERROR_FORWARD(make_starts(p, err));
        return read_group(p, document, exact(p, document, p->all_wdf[i]), p->group_bits[i], room, err);
    }
    run groups;
    uint64_t bit;
    if (postings_window_is_dense(p))
        ERROR_FORWARD(collect_dense(p, range, place, &groups, &bit, err));
    else
        ERROR_FORWARD(collect_sparse(p, document, &groups, &bit, err));
    uint32_t last = groups.count - 1;
    for (uint32_t i = 0; i < last; i++) {
        uint32_t c;
        uint64_t size = group_size(p, groups.documents[i], groups.wdf[i], &bit, &c);
        bit += size;
    }
    return read_group(p, document, groups.wdf[last], bit, room, err);
}
