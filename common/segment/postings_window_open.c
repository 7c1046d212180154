#include "base/error.h"
#include "segment/container.h"
#include "segment/postings_window.h"

enum {
    SPILL = POSTINGS_WINDOW_SPILL,
    FEW_RANGES = 32 /* of a window are decoded one by one, more at once */
};

/* Bounds by window of a list that is at hand whole: of one that does not weigh only whether it is there. */
static oir_status make_window_bounds(postings_window *p, oir_error *err)
{
    uint32_t windows = postings_view_windows(p->context->document_count);
    uint8_t *bounds = arena_add_zeroed(p->arena, (size_t)windows + SPILL, 1);
    uint8_t *each = p->norms ? arena_add(p->arena, (size_t)p->count + SPILL) : NULL;
    if (!bounds || (p->norms && !each))
        return error_no_memory(err, "a list of postings");
    p->bounds = bounds;
    if (!p->norms) {
        for (uint32_t i = 0; i < p->count; i++)
            bounds[p->documents[i] >> WINDOW_BITS] = UINT8_MAX;
        return OIR_OK;
    }
    p->kernels->saturate(p->norms, p->documents, p->all_wdf, p->count, each);
    /* What was stored is not loaded again, and nothing needs to be guessed. */
    for (uint32_t i = 0, last = UINT32_MAX, highest = 0; i < p->count; i++) {
        uint32_t window = p->documents[i] >> WINDOW_BITS;
        highest = window == last ? highest : 0;
        highest = each[i] > highest ? each[i] : highest;
        bounds[window] = (uint8_t)highest;
        last = window;
    }
    return OIR_OK;
}

static oir_status make_window_room(postings_window *p, oir_error *err)
{
    size_t most = p->view.count < WINDOW_SIZE ? p->view.count : WINDOW_SIZE;
    p->places = arena_add(p->arena, (most + SPILL) * sizeof *p->places);
    p->own_wdf = p->documents ? NULL : arena_add(p->arena, most + SPILL);
    return p->places && (p->documents || p->own_wdf) ? OIR_OK : error_no_memory(err, "a list of postings");
}

/* Decodes a short or inlined list, which postings.c knows how to do, into the arena. */
static oir_status decode_whole(postings_window *p, oir_error *err)
{
    postings_list list = {0};
    oir_status status = postings_decode(p->parts, p->context, &p->entry, &list, err);
    uint32_t *documents = arena_add(p->arena, ((size_t)list.count + SPILL) * sizeof *documents);
    uint8_t *wdf = arena_add(p->arena, (size_t)list.count + SPILL);
    if (status == OIR_OK && (!documents || !wdf))
        status = error_no_memory(err, "a list of postings");
    if (status == OIR_OK) {
        memcpy(documents, list.documents, list.count * sizeof *documents);
        for (uint32_t i = 0; i < list.count; i++)
            wdf[i] = (uint8_t)(list.wdf[i] < 255 ? list.wdf[i] : 255);
        memset(wdf + list.count, 0, SPILL);
        p->documents = documents;
        p->all_wdf = wdf;
        p->count = list.count;
        p->decoded += list.count;
    }
    postings_list_release(&list);
    return status;
}

/* Short lists are read by kernels straight into the arena: most query words are in them. */
static oir_status decode_short(postings_window *p, oir_error *err)
{
    uint32_t n = p->view.count;
    uint32_t *documents = arena_add(p->arena, ((size_t)n + SPILL) * sizeof *documents);
    uint8_t *wdf = arena_add(p->arena, (size_t)n + SPILL);
    if (!documents || !wdf)
        return error_no_memory(err, "a list of postings");
    p->kernels->sparse_all(&p->view.list, documents);
    p->kernels->sparse_wdf(&p->view.list, 0, n, 0, 0, wdf);
    memset(wdf + n, 0, SPILL);
    bool damaged = n && documents[n - 1] >= p->context->document_count;
    for (uint32_t i = 1; i < n; i++)
        damaged |= documents[i] <= documents[i - 1];
    if (damaged)
        return error_set(err, OIR_CORRUPT, "damaged list of term number %u; run oir-inspect check, then index anew",
                         p->entry.ordinal);
    p->documents = documents;
    p->all_wdf = wdf;
    p->count = n;
    p->decoded += n;
    return OIR_OK;
}

oir_status postings_window_open(postings_window *p, const kernels *k, const struct container *parts,
                                const postings_context *context, const term_entry *entry, const weigh_input *norms,
                                arena *a, oir_error *err)
{
    memset(p, 0, sizeof *p);
    p->kernels = k;
    p->parts = parts;
    p->context = context;
    p->entry = *entry;
    p->norms = norms;
    p->arena = a;
    p->paths = paths_get();
    p->few_ranges = !(p->paths & PATHS_ALONE) ? 0 : p->paths & PATHS_WHOLE ? FEW_RANGES : RANGES;
    ERROR_FORWARD(postings_view_open(&p->view, parts, context, &p->entry, err));
    p->bounds = p->view.window_bounds;
    p->ranged = p->view.form == POSTINGS_DENSE && p->paths & PATHS_STORED;
    if (p->view.form == POSTINGS_DENSE)
        return OIR_OK;
    if (p->view.form == POSTINGS_INLINED)
        ERROR_FORWARD(decode_whole(p, err));
    else if (p->view.form == POSTINGS_SHORT)
        ERROR_FORWARD(decode_short(p, err));
    if (p->documents)
        ERROR_FORWARD(make_window_bounds(p, err));
    return make_window_room(p, err);
}

void postings_window_open_group(postings_window *p, postings_group *group, group_room *room, const weigh_input *norms)
{
    memset(p, 0, sizeof *p);
    p->kernels = group->kernels;
    p->context = group->context;
    p->norms = norms;
    p->group = group;
    p->room = room;
    p->paths = group->paths;
    p->bounds = group->bounds;
}
