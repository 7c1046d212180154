/* Groups of lists, put together. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "segment/postings_group.h"

enum {
    SPILL = 64,           /* bytes behind bounds that wide loads take along */
    HEAP_MIN = 1 << 18,   /* so many postings of short lists are gathered before they are sorted, and as many as were
                             sorted before: so that each is sorted in a few times */
    HEAP_MOST = 1 << 26,
    POSTINGS_A_WINDOW = 4 /* sparse lists with fewer are short for a group: looking at windows would cost more */
};

/* The short lists so far become one run. */
static oir_status sort_heap(postings_group_builder *b, oir_error *err)
{
    postings_run newest, both;
    ERROR_FORWARD(postings_run_make(&newest, &b->heap, postings_view_windows(b->context->document_count), b->weighs,
                                    err));
    if (!b->run.count) {
        postings_run_release(&b->run);
        b->run = newest;
        return OIR_OK;
    }
    oir_status status = postings_run_merge(&both, &b->run, &newest, err);
    if (status == OIR_OK)
        b->run = both;
    else
        postings_run_release(&newest);
    return status;
}

static oir_status reserve(postings_group_builder *b, uint32_t count, oir_error *err)
{
    uint32_t least = paths_use(PATHS_RUNS) ? HEAP_MIN : 1;
    uint32_t most = b->run.count < least ? least : b->run.count < HEAP_MOST ? b->run.count : HEAP_MOST;
    if (b->heap.count && b->heap.count + (uint64_t)count > most)
        ERROR_FORWARD(sort_heap(b, err));
    return postings_heap_reserve(&b->heap, count, b->weighs) ? OIR_OK : error_no_memory(err, "a group of terms");
}

static oir_status damaged(const term_entry *entry, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "damaged list of term number %u; run oir-inspect check, then index anew",
                     entry->ordinal);
}

static oir_status add_inlined(postings_group_builder *b, const term_entry *entry, oir_error *err)
{
    uint32_t documents[POSTINGS_INLINED_COUNT], wdf[POSTINGS_INLINED_COUNT];
    ERROR_FORWARD(reserve(b, POSTINGS_INLINED_COUNT, err));
    if (!postings_view_inlined(entry, documents, wdf))
        return damaged(entry, err);
    for (uint32_t i = 0; i < entry->termfreq; i++) {
        if (documents[i] >= b->context->document_count)
            return damaged(entry, err);
        if (b->weighs && !postings_heap_add_excess(&b->heap, documents[i], wdf[i]))
            return error_no_memory(err, "a group of terms");
        b->heap.documents[b->heap.count] = documents[i];
        if (b->weighs)
            b->heap.wdf[b->heap.count] = (uint8_t)(wdf[i] < 255 ? wdf[i] : 255);
        b->heap.count++;
    }
    return OIR_OK;
}

/* Short lists, and sparse ones with few postings for their windows. */
static oir_status add_short(postings_group_builder *b, const term_entry *entry, const postings_view *v, oir_error *err)
{
    ERROR_FORWARD(reserve(b, v->count, err));
    uint32_t *documents = b->heap.documents + b->heap.count;
    uint8_t *wdf = b->weighs ? b->heap.wdf + b->heap.count : NULL;
    b->kernels->sparse_all(&v->list, documents);
    bool sound = documents[v->count - 1] < b->context->document_count;
    for (uint32_t i = 1; i < v->count; i++)
        sound &= documents[i] > documents[i - 1];
    if (!sound)
        return damaged(entry, err);
    if (b->weighs)
        b->kernels->sparse_wdf(&v->list, 0, v->count, 0, 0, wdf);
    for (uint32_t i = 0; b->weighs && v->large_count && i < v->count; i++)
        if (wdf[i] == 255 && !postings_heap_add_excess(&b->heap, documents[i], postings_view_large(v, documents[i])))
            return error_no_memory(err, "a group of terms");
    b->heap.count += v->count;
    return OIR_OK;
}

/* Any list, whatever its form. */
static oir_status add_whole(postings_group_builder *b, const term_entry *entry, oir_error *err)
{
    postings_list *list = &b->whole;
    ERROR_FORWARD(postings_decode(b->parts, b->context, entry, list, err));
    ERROR_FORWARD(reserve(b, list->count, err));
    postings_heap *h = &b->heap;
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t document = list->documents[i], wdf = list->wdf[i];
        if (b->weighs && wdf >= 255 && !postings_heap_add_excess(h, document, wdf))
            return error_no_memory(err, "a group of terms");
        if (b->weighs)
            h->wdf[h->count] = (uint8_t)(wdf < 255 ? wdf : 255);
        h->documents[h->count++] = document;
    }
    return OIR_OK;
}

/* Whether a group evaluates a list by windows. */
static bool goes_by_windows(const postings_view *v, uint64_t paths)
{
    if (v->form != POSTINGS_DENSE && v->form != POSTINGS_SPARSE)
        return false;
    bool many = v->form == POSTINGS_DENSE || v->count / POSTINGS_A_WINDOW >= v->windows;
    return many ? paths & PATHS_WINDOWS : !(paths & PATHS_SORTED);
}

oir_status postings_group_add(postings_group_builder *b, const term_entry *entry, oir_error *err)
{
    postings_view v;
    /* Of terms that ascend each is there once. */
    b->capped |= b->started && entry->ordinal <= b->last;
    b->started = true;
    b->last = entry->ordinal;
    ERROR_FORWARD(postings_view_open(&v, b->parts, b->context, entry, err));
    v.entry = NULL; /* the entry is the caller's, who goes on to the next */
    if (goes_by_windows(&v, paths_get())) {
        if (!memory_reserve(&b->lists, &b->list_capacity, b->list_count + 1, sizeof *b->lists))
            return error_no_memory(err, "a group of terms");
        b->lists[b->list_count++] = v;
        return OIR_OK;
    }
    b->decoded += v.count;
    if (v.form == POSTINGS_DENSE)
        return add_whole(b, entry, err);
    return v.form == POSTINGS_INLINED ? add_inlined(b, entry, err) : add_short(b, entry, &v, err);
}

/* Says of each window whether something is there. */
static void mark_windows(postings_group *g, uint32_t windows)
{
    for (uint32_t i = 0; i < g->list_count; i++)
        for (uint32_t w = 0; w < windows; w++)
            g->bounds[w] |= g->lists[i].window_bounds[w];
    for (uint32_t w = 0; w < windows; w++)
        g->bounds[w] = !g->bounds[w] && !postings_run_count(&g->run, w) ? 0 : g->weighs ? 255 : 1;
}

oir_status postings_group_end(postings_group_builder *b, arena *a, postings_group **out, oir_error *err)
{
    uint32_t windows = postings_view_windows(b->context->document_count);
    *out = NULL;
    if (b->heap.count)
        ERROR_FORWARD(sort_heap(b, err));
    if (b->list_count || b->run.count) {
        postings_group *g = arena_add_zeroed(a, 1, sizeof *g);
        postings_view *lists = arena_add(a, b->list_count * sizeof *lists);
        uint8_t *bounds = arena_add_zeroed(a, (size_t)windows + SPILL, 1);
        if (!g || !lists || !bounds)
            return error_no_memory(err, "a group of terms");
        if (b->list_count)
            memcpy(lists, b->lists, b->list_count * sizeof *lists);
        *g = (postings_group){.kernels = b->kernels, .context = b->context, .lists = lists,
                              .list_count = (uint32_t)b->list_count, .run = b->run, .bounds = bounds,
                              .paths = paths_get(), .weighs = b->weighs, .decoded = b->decoded,
                              .capped = b->capped || b->context->length_max == UINT32_MAX};
        mark_windows(g, windows);
        b->run = (postings_run){0};
        *out = g;
    }
    b->list_count = 0;
    b->started = b->capped = false;
    b->decoded = 0;
    return OIR_OK;
}

void postings_group_release_builder(postings_group_builder *b)
{
    memory_free(b->lists);
    postings_list_release(&b->whole);
    postings_heap_release(&b->heap);
    postings_run_release(&b->run);
}

void postings_group_release(postings_group *g)
{
    postings_run_release(&g->run);
}
