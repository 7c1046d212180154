#include "searcher/topk.h"

#include "base/error.h"
#include "base/memory.h"

void topk_init(topk *t, size_t wanted)
{
    *t = (topk){.wanted = wanted};
}

void topk_release(topk *t)
{
    memory_free(t->items);
    *t = (topk){0};
}

static bool is_worse(topk_item a, topk_item b)
{
    return a.weight < b.weight || (a.weight == b.weight && a.docid > b.docid);
}

/* Puts item at place i or below, so that the heap of n holds again. */
static void sift_down(topk_item *items, size_t n, size_t i, topk_item item)
{
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && is_worse(items[child + 1], items[child]))
            child++;
        if (!is_worse(items[child], item))
            break;
        items[i] = items[child];
    }
    items[i] = item;
}

oir_status topk_add(topk *t, double weight, oir_docid docid, oir_error *err)
{
    topk_item item = {weight, docid};
    t->offered++;
    if (topk_is_full(t)) {
        if (t->wanted && is_worse(t->items[0], item))
            sift_down(t->items, t->held, 0, item);
        return OIR_OK;
    }
    if (!memory_reserve(&t->items, &t->capacity, t->held + 1, sizeof *t->items))
        return error_no_memory(err, "search results");
    size_t i = t->held++;
    for (; i && is_worse(item, t->items[(i - 1) / 2]); i = (i - 1) / 2)
        t->items[i] = t->items[(i - 1) / 2];
    t->items[i] = item;
    return OIR_OK;
}

void topk_sort(topk *t)
{
    for (size_t n = t->held; n > 1; n--) { /* the worst goes to the end, again and again */
        topk_item last = t->items[n - 1];
        t->items[n - 1] = t->items[0];
        sift_down(t->items, n - 1, 0, last);
    }
    t->wanted = t->held;
}
