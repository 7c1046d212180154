#include "segment/postings_reader.h"

#include "base/bits.h"
#include "base/error.h"
#include "segment/positions_groups.h"
#include "segment/positions_stretches.h"

static oir_status damaged(oir_error *err, const postings_view *v, const char *what)
{
    return error_set(err, OIR_CORRUPT, "damaged %s of term number %u; run oir-inspect check, then index anew", what,
                     v->entry->ordinal);
}

oir_status postings_reader_add_window(const kernels *k, const postings_view *v, uint32_t window, postings_list *list,
                                      oir_error *err)
{
    dense_window w;
    const uint8_t *payload;
    size_t size;
    uint8_t wdf[64];
    uint32_t count, n = list->count;
    if (!postings_view_window(v, window, &payload, &size, &count) || count > v->count - n)
        return damaged(err, v, "directory");
    if (!count)
        return OIR_OK;
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
    list->count = n;
    return OIR_OK;
}

oir_status postings_reader_open(postings_reader *r, const struct container *parts, const postings_context *context,
                                const term_entry *entry, oir_error *err)
{
    *r = (postings_reader){.parts = parts, .context = context, .entry = *entry};
    return postings_view_open(&r->view, parts, context, &r->entry, err);
}

size_t postings_reader_get_room(const postings_reader *r)
{
    return POSTINGS_SPILL + (r->view.form == POSTINGS_DENSE ? 2 * WINDOW_SIZE : (size_t)r->view.count);
}

/* Windows until there are as many documents as one can have. */
static oir_status read_windows(postings_reader *r, postings_list *list, oir_error *err)
{
    const kernels *k = kernels_get(isa_best());
    const postings_view *v = &r->view;
    list->count = 0;
    for (; r->window < v->windows && list->count < WINDOW_SIZE; r->window++)
        ERROR_FORWARD(postings_reader_add_window(k, v, r->window, list, err));
    if (list->count > v->count - r->done || (r->window == v->windows && list->count != v->count - r->done))
        return damaged(err, v, "list");
    for (uint32_t i = 0; i < list->count; i++)
        if (list->wdf[i] == 255 && v->large_count)
            list->wdf[i] = postings_view_large(v, list->documents[i]);
    bool sound = !list->count || list->documents[list->count - 1] < r->context->document_count;
    for (uint32_t i = 1; i < list->count; i++)
        sound &= list->documents[i] > list->documents[i - 1];
    return sound ? OIR_OK : damaged(err, v, "order of documents");
}

oir_status postings_reader_next(postings_reader *r, postings_list *list, oir_error *err)
{
    list->count = 0;
    if (r->view.form == POSTINGS_DENSE)
        ERROR_FORWARD(read_windows(r, list, err));
    else if (!r->done)
        ERROR_FORWARD(postings_reader_decode(&r->view, r->context, list, err));
    r->done += list->count;
    return OIR_OK;
}

/* Adds groups of documents, the next n, that stay. False when out of memory or, *damaged, when they are not there. */
static bool add_stretches(positions_groups *g, const uint32_t *stay, uint32_t n, positions_stretches *out,
                          bool *damaged)
{
    positions_bits rest = {g->view->positions, g->highs, g->end, g->highs, g->lows}, groups;
    for (uint32_t i = 0, first = 0; i < n && !*damaged; first = i) {
        bool stays = !stay || stay[i] != POSTINGS_GONE;
        for (i++; i < n && stays == (!stay || stay[i] != POSTINGS_GONE); i++) {
        }
        *damaged = !positions_copy_split(&rest, g->counts + first, g->extents + first, i - first, &groups) ||
                   rest.highs > rest.lows_end;
        if (stays && !*damaged && !positions_stretches_add(out, &groups, i - first))
            return false;
    }
    g->highs = rest.highs;
    g->lows = rest.lows_end;
    return true;
}

static oir_status find_stretches(positions_groups *g, const uint32_t *stay, positions_stretches *out, oir_error *err)
{
    const postings_view *v = g->view;
    for (uint32_t left; g->index < g->list->count; g->index += left) {
        if (!positions_groups_enter(g, &left))
            return damaged(err, v, "positions");
        bool is_damaged = g->highs > g->lows || !positions_groups_count(g, left);
        if (!is_damaged && !add_stretches(g, stay ? stay + g->index : NULL, left, out, &is_damaged))
            return error_no_memory(err, "positions");
        if (is_damaged)
            return damaged(err, v, "positions");
    }
    return OIR_OK;
}

oir_status postings_reader_find_stretches(postings_reader *r, const postings_list *list, const uint32_t *stay,
                                          positions_stretches *out, oir_error *err)
{
    positions_groups g;
    ERROR_FORWARD(postings_view_positions(&r->view, r->parts, err));
    positions_groups_init(&g, &r->view, r->context, list);
    return find_stretches(&g, stay, out, err);
}
