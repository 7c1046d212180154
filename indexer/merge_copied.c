#include "indexer/merge_copied.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"

typedef struct merge_copied_input {
    postings_reader reader;
    uint32_t count; /* documents */
} merge_copied_input;

oir_status merge_copied_init(merge_copied *c, size_t sources, oir_error *err)
{
    c->inputs = memory_new(sources * sizeof *c->inputs);
    return c->inputs || !sources ? OIR_OK : error_no_memory(err, "a merge");
}

void merge_copied_release(merge_copied *c)
{
    memory_free(c->inputs);
    c->inputs = NULL;
}

/* Whether all windows have an extent, or with 0 each document has its own. */
static bool is_extent(const postings_context *context, uint32_t extent)
{
    bool same = !context->even_extents == !extent;
    for (uint32_t w = 0; context->even_extents && w < postings_view_windows(context->document_count); w++)
        same &= context->even_extents[w] == extent;
    return same;
}

/* Position codes count with each document's own extent, before and after, or with one that is the same everywhere: as
 * that of passages mostly is, which are cut to a length. */
bool merge_copied_can(const postings_context *from, const merge_locals *locals, const postings_context *to)
{
    uint32_t extent = to->even_extents ? to->even_extents[0] : 0;
    return locals->ascend && from->position_base == to->position_base && is_extent(from, extent) &&
           is_extent(to, extent) && paths_use(PATHS_COPIED | PATHS_IMPLIED);
}

bool merge_copied_can_list(const merge_piece_source *sources, size_t count)
{
    bool can = true;
    for (size_t i = 0; i < count; i++)
        can &= sources[i].copied && sources[i].entry->positions_form == POSITIONS_WDF;
    return can;
}

bool merge_copied_can_term(const merge_piece_source *sources, size_t count)
{
    bool apart = true;
    for (size_t i = 1; i < count; i++)
        apart &= sources[i].locals->first >= sources[i - 1].locals->end;
    return apart && merge_copied_can_list(sources, count);
}

/* Documents of a list that is not dense lie far from each other: extents are on their way while other sources are
 * read. */
static void fetch_extents(const postings_reader *r, const uint32_t *documents, uint32_t count)
{
    const length_planes *extents = &r->context->extents;
    if (r->view.form == POSTINGS_DENSE)
        return;
    for (uint32_t i = 0; i < count; i++)
        for (uint32_t k = 0; k < extents->count; k++)
            __builtin_prefetch(&extents->plane[k][documents[i]]);
}

static oir_status read_documents(merge_copied_input *in, const merge_piece_source *source, gather *g, uint32_t at,
                                 oir_error *err)
{
    const segment *s = source->segment;
    postings_list list = {0, g->documents + at, g->wdf + at, g->capacity - at};
    if (source->entry->termfreq > s->context.document_count)
        return error_set(err, OIR_CORRUPT, "%s: a term has more documents than there are", s->name);
    ERROR_FORWARD(postings_reader_open(&in->reader, s->container, &s->context, source->entry, err));
    ERROR_FORWARD(postings_reader_decode(&in->reader.view, &s->context, &list, err));
    in->count = list.count;
    fetch_extents(&in->reader, list.documents, list.count);
    return OIR_OK;
}

oir_status merge_copied_add(gather *g, postings_reader *r, const merge_locals *locals, uint32_t first, uint32_t count,
                            oir_error *err)
{
    uint32_t *documents = g->documents + g->count, *wdf = g->wdf + g->count, n = 0;
    uint32_t *to = g->position_counts + first; /* not used where positions are bits */
    postings_list list = {count, g->documents + first, g->wdf + first, g->capacity - first};
    memcpy(to, list.documents, count * sizeof *to);
    merge_locals_map(locals, to, count);
    ERROR_FORWARD(postings_reader_find_stretches(r, &list, locals->shifted ? NULL : to, &g->stretches, err));
    for (uint32_t i = 0; i < count; i++) {
        documents[n] = to[i];
        wdf[n] = list.wdf[i];
        n += to[i] != MERGE_LOCALS_GONE;
    }
    gather_extend(g, n, 0);
    return OIR_OK;
}

oir_status merge_copied_gather(merge_copied *c, const merge_piece_source *sources, size_t count, gather *g,
                               oir_error *err)
{
    uint32_t at = 0;
    for (size_t i = 0; i < count; at += c->inputs[i++].count)
        ERROR_FORWARD(read_documents(&c->inputs[i], &sources[i], g, at, err));
    at = 0;
    for (size_t i = 0; i < count; at += c->inputs[i++].count)
        ERROR_FORWARD(merge_copied_add(g, &c->inputs[i].reader, sources[i].locals, at, c->inputs[i].count, err));
    return OIR_OK;
}
