#include "indexer/merge_order.h"

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum {
    RUNS_MIN = 64,  /* runs that are always borne, */
    RUNS_SHARE = 12 /* and those that are fewer than documents by this: a byte for each of these */
};

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
    while (order->added < order->count) {
        uint64_t until;
        walk *w = choose(walks, count, &until);
        /* A docid that two segments hold alive is damage that must not make this loop endless: so at least one. */
        do {
            ERROR_FORWARD(merge_order_add(order, (uint32_t)(w - walks), w->local, err));
            w->at++;
            ERROR_FORWARD(walk_to_live(w, err));
        } while (order->added < order->count && w->docid < until);
    }
    return OIR_OK;
}

static uint64_t count_live(const merge_source *source)
{
    uint32_t documents = source->segment->context.document_count;
    uint64_t live = documents;
    for (uint32_t i = 0; source->deleted && i < documents; i += 64)
        live -= bits_count(source->deleted[i / 64] & bits_low(documents - i < 64 ? documents - i : 64));
    return live;
}

oir_status merge_order_by_docid(merge_order *order, const merge_source *sources, size_t count, oir_error *err)
{
    oir_status status = OIR_OK;
    uint64_t live = 0;
    *order = (merge_order){0};
    for (size_t i = 0; i < count; i++)
        live += count_live(&sources[i]);
    if (live > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "more than 2^32 - 1 documents for one segment");
    if (live == 0)
        return OIR_OK;
    merge_order_init(order, (uint32_t)live);
    walk *walks = memory_new_zeroed(count, sizeof *walks);
    if (!walks)
        return error_no_memory(err, "the order of merged documents");
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
    memory_free(order->runs);
    *order = (merge_order){0};
}

void merge_order_init(merge_order *order, uint32_t count)
{
    *order = (merge_order){.count = count};
}

/* What documents there are goes document by document. */
static oir_status spread(merge_order *order, oir_error *err)
{
    uint32_t *sources = memory_new(order->count * sizeof *sources + 1);
    uint32_t *locals = memory_new(order->count * sizeof *locals + 1);
    if (!sources || !locals) {
        memory_free(sources);
        memory_free(locals);
        return error_no_memory(err, "the order of merged documents");
    }
    for (size_t run = 0; run < order->run_count; run++) {
        const merge_run *r = &order->runs[run];
        uint32_t end = run + 1 < order->run_count ? r[1].first : order->added;
        for (uint32_t i = r->first; i < end; i++) {
            sources[i] = r->source;
            locals[i] = r->local + (i - r->first);
        }
    }
    memory_free(order->runs);
    order->runs = NULL;
    order->run_count = order->run_capacity = 0;
    order->sources = sources;
    order->locals = locals;
    return OIR_OK;
}

oir_status merge_order_spread(merge_order *order, oir_error *err)
{
    return order->locals ? OIR_OK : spread(order, err);
}

static oir_status begin_run(merge_order *order, uint32_t source, uint32_t local, oir_error *err)
{
    if (!memory_reserve(&order->runs, &order->run_capacity, order->run_count + 1, sizeof *order->runs))
        return error_no_memory(err, "the order of merged documents");
    order->runs[order->run_count++] = (merge_run){order->added++, source, local};
    return OIR_OK;
}

oir_status merge_order_add(merge_order *order, uint32_t source, uint32_t local, oir_error *err)
{
    if (!order->locals) {
        const merge_run *last = order->runs + order->run_count - (order->run_count > 0);
        if (order->run_count && last->source == source && local - last->local == order->added - last->first) {
            order->added++;
            return OIR_OK;
        }
        if (order->run_count < RUNS_MIN || order->run_count < order->count / RUNS_SHARE)
            return begin_run(order, source, local, err);
        ERROR_FORWARD(spread(order, err));
    }
    order->sources[order->added] = source;
    order->locals[order->added++] = local;
    return OIR_OK;
}

static void read_run(const merge_order *order, merge_stretch *s)
{
    const merge_run *r = &order->runs[s->run++];
    uint32_t end = s->run < order->run_count ? r[1].first : order->count;
    *s = (merge_stretch){r->first, end - r->first, r->source, r->local, s->run};
}

bool merge_order_next(const merge_order *order, merge_stretch *s)
{
    uint32_t first = s->first + s->count, end = first + 1;
    if (first >= order->count)
        return false;
    if (!order->locals) {
        read_run(order, s);
        return true;
    }
    uint32_t source = order->sources[first], local = order->locals[first];
    while (end < order->count && order->sources[end] == source && order->locals[end] - local == end - first)
        end++;
    *s = (merge_stretch){first, end - first, source, local, 0};
    return true;
}
