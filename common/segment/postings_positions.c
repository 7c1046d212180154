/* The positions of lists decoded whole. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "codec/positions.h"
#include "segment/positions_groups.h"
#include "segment/postings_reader.h"

enum { FEW_POSITIONS = 1 << 16 }; /* for so many there is room, also where damage says that they are there */

void postings_release_positions(positions_list *list)
{
    memory_free(list->counts);
    memory_free(list->positions);
    *list = (positions_list){0};
}

static oir_status damaged(const postings_view *v, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "damaged positions of term number %u; run oir-inspect check, then index anew",
                     v->entry->ordinal);
}

/* Adds the positions of the groups found last from the from-th on. There is room for them and POSITIONS_SPILL more. */
static void read_groups(const positions_groups *g, uint32_t from, positions_list *out)
{
    const uint8_t *bytes = g->view->positions;
    uint32_t base = g->context->position_base;
    uint64_t end = (uint64_t)g->view->positions_size * 8;
    oir_termpos *to = out->positions + out->total;
    for (uint32_t i = from; i < g->found; i++) {
        uint32_t c = g->counts[i], u = g->extents[i];
        if (c == 1) { /* most are alone: read without a call */
            uint64_t lows = g->places[i].lows, bits = bits_load64(bytes + lows / 8) >> (lows & 7);
            uint32_t place = (uint32_t)(bits & bits_low((uint32_t)positions_lows(1, u)));
            *to = base + (place < u ? place : u - 1);
        } else {
            g->kernels->get(bytes, g->places[i], end, c, u, base, to);
        }
        to += c;
    }
    out->total = (uint64_t)(to - out->positions);
}

static bool reserve_positions(const positions_groups *g, uint32_t from, positions_list *out)
{
    uint64_t more = POSITIONS_SPILL;
    for (uint32_t i = from; i < g->found; i++)
        more += g->counts[i];
    return memory_reserve(&out->positions, &out->positions_capacity, (size_t)(out->total + more),
                          sizeof *out->positions);
}

/* Adds those of documents first to end, whose counts begin at out->counts[0]. */
static oir_status decode_groups(positions_groups *g, uint32_t first, uint32_t end, positions_list *out, oir_error *err)
{
    const postings_view *v = g->view;
    if (!memory_reserve(&out->counts, &out->counts_capacity, (size_t)(end - first) + 1, sizeof *out->counts))
        return error_no_memory(err, "positions");
    memset(out->counts, 0, (size_t)(end - first) * sizeof *out->counts);
    while (v->positions && g->index < end) {
        uint32_t at = g->index;
        if (!positions_groups_next(g, end))
            return damaged(v, err);
        if (g->index <= first)
            continue;
        uint32_t from = at < first ? first - at : 0;
        if (!reserve_positions(g, from, out))
            return error_no_memory(err, "positions");
        read_groups(g, from, out);
        memcpy(out->counts + (at + from - first), g->counts + from, (g->found - from) * sizeof *out->counts);
    }
    return OIR_OK;
}

static oir_status open_view(postings_view *v, const struct container *parts, const postings_context *context,
                            const term_entry *entry, oir_error *err)
{
    ERROR_FORWARD(postings_view_open(v, parts, context, entry, err));
    return postings_view_positions(v, parts, err);
}

oir_status postings_decode_positions(const struct container *parts, const postings_context *context,
                                     const term_entry *entry, const postings_list *list, positions_list *out,
                                     oir_error *err)
{
    postings_view v;
    positions_groups g;
    ERROR_FORWARD(open_view(&v, parts, context, entry, err));
    positions_groups_init(&g, &v, context, list);
    out->total = 0;
    return decode_groups(&g, 0, list->count, out, err);
}

oir_status postings_reader_get_positions(postings_reader *r, const postings_list *list, positions_list *out,
                                         oir_error *err)
{
    positions_groups g;
    ERROR_FORWARD(postings_view_positions(&r->view, r->parts, err));
    positions_groups_init(&g, &r->view, r->context, list);
    return decode_groups(&g, 0, list->count, out, err);
}

oir_status postings_count_positions(const struct container *parts, const postings_context *context,
                                    const term_entry *entry, const postings_list *list, uint64_t *total,
                                    oir_error *err)
{
    postings_view v;
    positions_groups g;
    bool as_wdf = entry->positions_form == POSITIONS_WDF;
    *total = 0;
    for (uint32_t i = 0; as_wdf && i < list->count; i++)
        *total += list->wdf[i];
    if (as_wdf && *total <= FEW_POSITIONS)
        return OIR_OK;
    ERROR_FORWARD(open_view(&v, parts, context, entry, err));
    if (as_wdf) { /* a group of one or two may have no bits, in others each has one at least */
        uint64_t most = (uint64_t)v.positions_size * 8 + 2 * (uint64_t)list->count;
        return *total <= most ? OIR_OK : damaged(&v, err);
    }
    positions_groups_init(&g, &v, context, list);
    while (v.positions && g.index < list->count) {
        if (!positions_groups_next(&g, list->count))
            return damaged(&v, err);
        for (uint32_t i = 0; i < g.found; i++)
            *total += g.counts[i];
    }
    return OIR_OK;
}

oir_status postings_decode_positions_one(const struct container *parts, const postings_context *context,
                                         const term_entry *entry, const postings_list *list, uint32_t index,
                                         positions_list *out, oir_error *err)
{
    postings_view v;
    positions_groups g;
    ERROR_FORWARD(open_view(&v, parts, context, entry, err));
    positions_groups_init(&g, &v, context, list);
    if (v.form == POSTINGS_DENSE) /* windows are found alone; samples would be too, lists that have them are not long */
        while (g.index < index && list->documents[g.index] >> WINDOW_BITS != list->documents[index] >> WINDOW_BITS)
            g.index++;
    out->total = 0;
    return decode_groups(&g, index, index + 1, out, err);
}
