/* Lists decoded whole, for merges, iterators and checks. */
#include "segment/postings.h"

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "codec/positions.h"
#include "codec/sparse_layout.h"
#include "segment/container.h"
#include "segment/postings_view.h"

enum {
    SPILL = POSTINGS_SPILL / 2,
    FEW_POSITIONS = 1 << 16 /* for so many there is room, also where damage says that they are there */
};

void postings_list_release(postings_list *list)
{
    memory_free(list->documents);
    memory_free(list->wdf);
    *list = (postings_list){0};
}

void postings_release_positions(positions_list *list)
{
    memory_free(list->counts);
    memory_free(list->positions);
    *list = (positions_list){0};
}

static oir_status damaged(oir_error *err, const postings_view *v, const char *what)
{
    return error_set(err, OIR_CORRUPT, "damaged %s of term number %u; run oir-inspect check, then index anew", what,
                     v->entry->ordinal);
}

static bool list_reserve(postings_list *list, size_t count)
{
    size_t documents = list->capacity, wdf = list->capacity;
    if (!memory_reserve(&list->documents, &documents, count, sizeof *list->documents) ||
        !memory_reserve(&list->wdf, &wdf, count, sizeof *list->wdf))
        return false; /* capacity stays what both have */
    list->capacity = wdf;
    return true;
}

static oir_status decode_dense(const kernels *k, const postings_view *v, postings_list *list, oir_error *err)
{
    uint32_t n = 0;
    dense_window w;
    uint8_t wdf[64];
    for (uint32_t window = 0; window < v->windows; window++) {
        const uint8_t *payload;
        size_t size;
        uint32_t count;
        if (!postings_view_window(v, window, &payload, &size, &count) || count > v->count - n)
            return damaged(err, v, "directory");
        if (!count)
            continue;
        if (!k->dense_open(payload, size, count, v->base, &w))
            return damaged(err, v, "window");
        for (uint32_t r = 0, done = 0, before; r < RANGES; r++) {
            uint64_t mask = k->dense_range(&w, r, &before);
            if (!mask)
                continue;
            if (before != done || (done += bits_count(mask)) > count)
                return damaged(err, v, "window");
            k->dense_wdf(&w, mask, before, wdf);
            for (; mask; mask &= mask - 1, n++) {
                uint32_t place = bits_lowest(mask);
                list->documents[n] = window << WINDOW_BITS | r << 6 | place;
                list->wdf[n] = wdf[place];
            }
        }
    }
    return n == v->count ? OIR_OK : damaged(err, v, "list");
}

static void decode_sparse(const kernels *k, const postings_view *v, postings_list *list)
{
    k->sparse_all(&v->list, list->documents);
    /* The bytes go to the upper quarter of where the numbers will be, so that widening from the front is safe. */
    uint8_t *bytes = (uint8_t *)(list->wdf + list->capacity) - v->count - SPILL;
    k->sparse_wdf(&v->list, 0, v->count, 0, 0, bytes);
    for (uint32_t i = 0; i < v->count; i++)
        list->wdf[i] = bytes[i];
}

static oir_status finish(const postings_view *v, uint32_t document_count, postings_list *list, oir_error *err)
{
    for (uint32_t i = 0; i < v->count; i++) {
        if (list->documents[i] >= document_count || (i && list->documents[i] <= list->documents[i - 1]))
            return damaged(err, v, "order of documents");
        if (list->wdf[i] == 255 && v->large_count)
            list->wdf[i] = postings_view_large(v, list->documents[i]);
    }
    list->count = v->count;
    return OIR_OK;
}

oir_status postings_decode(const struct container *parts, const postings_context *context, const term_entry *entry,
                           postings_list *list, oir_error *err)
{
    const kernels *k = kernels_get(isa_best());
    postings_view v;
    list->count = 0;
    ERROR_FORWARD(postings_view_open(&v, parts, context, entry, err));
    if (!list_reserve(list, (size_t)v.count + 2 * SPILL))
        return error_no_memory(err, "a list of postings");
    if (v.form == POSTINGS_INLINED && !postings_view_inlined(entry, list->documents, list->wdf))
        return damaged(err, &v, "inlined list");
    if (v.form == POSTINGS_DENSE)
        ERROR_FORWARD(decode_dense(k, &v, list, err));
    else if (v.form != POSTINGS_INLINED)
        decode_sparse(k, &v, list);
    return finish(&v, context->document_count, list, err);
}

/* ---- positions ---- */

/* Walks the groups of a list in its order. */
typedef struct group_reader {
    const postings_view *view;
    const postings_context *context;
    const postings_list *list;
    uint64_t lows, highs;    /* where the next group's low parts end, and its high parts, or their count, start */
    uint64_t end;            /* of the run */
    uint32_t index;          /* the next group */
    uint32_t unit;           /* window (dense) or sample (sparse) of the next group, plus 1; 0 before the first */
    uint32_t unit_first;     /* index of the unit's first group */
    uint32_t unit_count;     /* dense: groups of the window */
} group_reader;

static void enter_run(group_reader *g, position_run run)
{
    g->highs = run.begin;
    g->lows = g->end = run.end;
}

/* To the run of the next group. False when damaged. */
static bool enter_unit(group_reader *g)
{
    const postings_view *v = g->view;
    uint32_t window = g->list->documents[g->index] >> WINDOW_BITS;
    position_run run = {0, (uint64_t)v->positions_size * 8};
    if (v->form == POSTINGS_DENSE) {
        bool fresh = window + 1 != g->unit;
        if (fresh) {
            uint32_t end = g->index;
            while (end < g->list->count && g->list->documents[end] >> WINDOW_BITS == window)
                end++;
            g->unit = window + 1;
            g->unit_first = g->index;
            g->unit_count = end - g->index;
        }
        uint32_t group = g->index - g->unit_first;
        if (group % RANGE_SIZE != 0)
            return true;
        if (!postings_view_dense_run(v, window, g->unit_count, group / RANGE_SIZE, &run))
            return false;
    } else {
        uint32_t unit = v->form == POSTINGS_SPARSE ? window / v->list.stride + 1 : 1;
        if (unit == g->unit)
            return true;
        g->unit = unit;
        if (v->form == POSTINGS_SPARSE && !postings_view_sparse_run(v, unit - 1, &run))
            return false;
    }
    enter_run(g, run);
    return true;
}

/* The next group: how many positions, among how many places, and where. False when damaged. */
static bool next_group(group_reader *g, uint32_t *c, uint32_t *u, positions_place *place)
{
    if (!enter_unit(g))
        return false;
    *u = postings_extent(g->context, g->list->documents[g->index]);
    *c = g->list->wdf[g->index];
    if (g->view->positions_form == POSITIONS_COUNTED)
        *c = positions_get_count(g->view->positions, &g->highs, g->end);
    uint64_t size = positions_lows(*c, *u);
    if (*c > *u || size > g->lows)
        return false;
    g->lows -= size;
    *place = (positions_place){g->lows, g->highs};
    if (!postings_view_fits(*place, *c, *u, g->end))
        return false;
    g->highs = positions_kernels_get(isa_best())->skip(g->view->positions, g->highs, g->end, positions_highs(*c, *u));
    g->index++;
    return g->lows >= g->highs;
}

static oir_status decode_groups(group_reader *g, uint32_t first, uint32_t end, positions_list *out, oir_error *err)
{
    const postings_view *v = g->view;
    out->total = 0;
    if (!memory_reserve(&out->counts, &out->counts_capacity, (size_t)(end - first) + 1, sizeof *out->counts))
        return error_no_memory(err, "positions");
    memset(out->counts, 0, (size_t)(end - first) * sizeof *out->counts);
    while (v->positions && g->index < end) {
        uint32_t c, u, i = g->index;
        positions_place place;
        if (!next_group(g, &c, &u, &place))
            return damaged(err, v, "positions");
        if (i >= first) {
            if (!memory_reserve(&out->positions, &out->positions_capacity, out->total + c, sizeof *out->positions))
                return error_no_memory(err, "positions");
            positions_get(v->positions, place, (uint64_t)v->positions_size * 8, c, u, g->context->position_base,
                          out->positions + out->total);
            out->counts[i - first] = c;
            out->total += c;
        }
    }
    return OIR_OK;
}

oir_status postings_decode_positions(const struct container *parts, const postings_context *context,
                                     const term_entry *entry, const postings_list *list, positions_list *out,
                                     oir_error *err)
{
    postings_view v;
    ERROR_FORWARD(postings_view_open(&v, parts, context, entry, err));
    ERROR_FORWARD(postings_view_positions(&v, parts, err));
    group_reader g = {.view = &v, .context = context, .list = list};
    return decode_groups(&g, 0, list->count, out, err);
}

oir_status postings_count_positions(const struct container *parts, const postings_context *context,
                                    const term_entry *entry, const postings_list *list, uint64_t *total,
                                    oir_error *err)
{
    postings_view v;
    bool as_wdf = entry->positions_form == POSITIONS_WDF;
    *total = 0;
    for (uint32_t i = 0; as_wdf && i < list->count; i++)
        *total += list->wdf[i];
    if (as_wdf && *total <= FEW_POSITIONS)
        return OIR_OK;
    ERROR_FORWARD(postings_view_open(&v, parts, context, entry, err));
    ERROR_FORWARD(postings_view_positions(&v, parts, err));
    if (as_wdf) { /* a group of one or two may have no bits, in others each has one at least */
        uint64_t most = (uint64_t)v.positions_size * 8 + 2 * (uint64_t)list->count;
        return *total <= most ? OIR_OK : damaged(err, &v, "positions");
    }
    group_reader g = {.view = &v, .context = context, .list = list};
    for (uint32_t c, u; v.positions && g.index < list->count; *total += c) {
        positions_place place;
        if (!next_group(&g, &c, &u, &place))
            return damaged(err, &v, "positions");
    }
    return OIR_OK;
}

oir_status postings_decode_positions_one(const struct container *parts, const postings_context *context,
                                         const term_entry *entry, const postings_list *list, uint32_t index,
                                         positions_list *out, oir_error *err)
{
    postings_view v;
    ERROR_FORWARD(postings_view_open(&v, parts, context, entry, err));
    ERROR_FORWARD(postings_view_positions(&v, parts, err));
    group_reader g = {.view = &v, .context = context, .list = list};
    if (v.form == POSTINGS_DENSE) /* windows are found alone; samples would be too, lists that have them are not long */
        while (g.index < index && list->documents[g.index] >> WINDOW_BITS != list->documents[index] >> WINDOW_BITS)
            g.index++;
    return decode_groups(&g, index, index + 1, out, err);
}
