#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/merge.h"

/* Walks one source by ascending docid. */
typedef struct walk {
    const merge_source *source;
    uint64_t *order;    /* docid << 32 | local number; NULL where docids ascend as they are */
    uint32_t at, count; /* in the order of docids */
    uint32_t local;     /* of the current document */
    uint64_t docid;     /* its docid; UINT64_MAX at the end */
    uint64_t passed;    /* the docid of the last one looked at, deleted or not */
} walk;

/* As docids ascend, each document comes once: what the caller relies on, so that damage must not go further. */
static oir_status walk_to_live(walk *w, oir_error *err)
{
    const segment *s = w->source->segment;
    for (; w->at < w->count; w->at++) {
        w->local = w->order ? (uint32_t)w->order[w->at] : w->at;
        w->docid = segment_get_docid(s, w->local);
        if (w->docid <= w->passed)
            return error_set(err, OIR_CORRUPT, "%s: docids do not ascend in their order; restore it from a copy or "
                             "index again", s->name);
        w->passed = w->docid;
        if (!w->source->deleted || !(w->source->deleted[w->local >> 6] >> (w->local & 63) & 1))
            return OIR_OK;
    }
    w->docid = UINT64_MAX;
    return OIR_OK;
}

static oir_status start(walk *w, const merge_source *source, oir_error *err)
{
    const segment *s = source->segment;
    uint32_t count = s->context.document_count;
    ERROR_FORWARD(segment_verify_docids(s, 0, count, err));
    *w = (walk){.source = source, .count = count};
    if (!segment_docids_ascend(s)) {
        w->order = memory_new(count * sizeof *w->order);
        if (!w->order)
            return error_no_memory(err, "the order of merged documents");
        for (uint32_t local = 0; local < count; local++)
            w->order[local] = (uint64_t)segment_get_docid(s, local) << 32 | local;
        sort_u64(w->order, count);
    }
    return walk_to_live(w, err);
}

/* The walk that comes first, and the docid up to which it stays the first. */
static walk *choose(walk *walks, size_t count, uint64_t *until)
{
    walk *first = &walks[0];
    *until = UINT64_MAX;
    for (size_t i = 1; i < count; i++) {
        if (walks[i].docid < first->docid) {
            *until = first->docid;
            first = &walks[i];
        } else if (walks[i].docid < *until) {
            *until = walks[i].docid;
        }
    }
    return first;
}

static oir_status fill(merge_order *order, walk *walks, size_t count, oir_error *err)
{
    for (uint32_t n = 0; n < order->count;) {
        uint64_t until;
        walk *w = choose(walks, count, &until);
        /* A docid that two segments hold alive is damage that must not make this loop endless: so at least one. */
        do {
            order->sources[n] = (uint32_t)(w - walks);
            order->locals[n++] = w->local;
            w->at++;
            ERROR_FORWARD(walk_to_live(w, err));
        } while (n < order->count && w->docid < until);
    }
    return OIR_OK;
}

oir_status merge_order_init(merge_order *order, uint32_t count, oir_error *err)
{
    *order = (merge_order){.count = count,
                           .sources = memory_new(count * sizeof *order->sources),
                           .locals = memory_new(count * sizeof *order->locals)};
    if (count == 0 || (order->sources && order->locals))
        return OIR_OK;
    merge_order_release(order);
    return error_no_memory(err, "the order of merged documents");
}

oir_status merge_order_by_docid(merge_order *order, const merge_source *sources, size_t count, oir_error *err)
{
    oir_status status = OIR_OK;
    uint64_t live = 0;
    *order = (merge_order){0};
    for (size_t i = 0; i < count; i++)
        for (uint32_t local = 0; local < sources[i].segment->context.document_count; local++)
            live += !(sources[i].deleted && (sources[i].deleted[local >> 6] >> (local & 63) & 1));
    if (live > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "more than 2^32 - 1 documents for one segment");
    if (live == 0)
        return OIR_OK;
    ERROR_FORWARD(merge_order_init(order, (uint32_t)live, err));
    walk *walks = memory_new_zeroed(count, sizeof *walks);
    if (!walks) {
        merge_order_release(order);
        return error_no_memory(err, "the order of merged documents");
    }
    for (size_t i = 0; status == OIR_OK && i < count; i++)
        status = start(&walks[i], &sources[i], err);
    if (status == OIR_OK)
        status = fill(order, walks, count, err);
    if (status != OIR_OK)
        merge_order_release(order);
    for (size_t i = 0; i < count; i++)
        memory_free(walks[i].order);
    memory_free(walks);
    return status;
}

void merge_order_release(merge_order *order)
{
    memory_free(order->sources);
    memory_free(order->locals);
    *order = (merge_order){0};
}
