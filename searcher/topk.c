#include "searcher/topk.h"

#include "base/error.h"
#include "base/memory.h"

enum {
    HEAP_MOST = 256,     /* up to so many are kept in a heap */
    INSERTION_MOST = 16  /* so few are sorted by insertion */
};

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

/* ---- few: a heap ---- */

/* Puts item at the top or below, so that the heap holds again. */
static void sift_down(topk_item *items, size_t n, topk_item item)
{
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && is_worse(items[child + 1], items[child]))
            child++;
        if (!is_worse(items[child], item))
            break;
        items[i] = items[child];
    }
    items[i] = item;
}

static void add_to_heap(topk *t, topk_item item)
{
    if (t->full) {
        sift_down(t->items, t->held, item);
    } else {
        size_t i = t->held++;
        for (; i && is_worse(item, t->items[(i - 1) / 2]); i = (i - 1) / 2)
            t->items[i] = t->items[(i - 1) / 2];
        t->items[i] = item;
        t->full = t->held == t->wanted;
    }
    t->worst = t->items[0];
}

/* ---- many: gathered and cut ---- */

static void swap(topk_item *a, topk_item *b)
{
    topk_item item = *a;
    *a = *b;
    *b = item;
}

/* Puts items [from, to) so that those before the returned place are not worse than those from it on; both sides are
 * smaller than the whole (C. A. R. Hoare, Quicksort, 1962). At least 2 items. */
static size_t divide(topk_item *items, size_t from, size_t to)
{
    topk_item *a = &items[from], *b = &items[from + (to - from - 1) / 2], *c = &items[to - 1];
    if (is_worse(*a, *b))
        swap(a, b);
    if (is_worse(*b, *c))
        swap(b, c);
    if (is_worse(*a, *b))
        swap(a, b);
    topk_item pivot = *b; /* the middle one of three, so that neither side is empty */
    size_t i = from, j = to - 1;
    for (;;) {
        while (is_worse(pivot, items[i]))
            i++;
        while (is_worse(items[j], pivot))
            j--;
        if (i >= j)
            return j + 1;
        swap(&items[i++], &items[j--]);
    }
}

/* Cuts the items down to the wanted best, in any order. */
static void cut(topk *t)
{
    size_t from = 0, to = t->held;
    while (to - from > 1) {
        size_t middle = divide(t->items, from, to);
        if (middle == t->wanted)
            break;
        if (middle > t->wanted)
            to = middle;
        else
            from = middle;
        if (from >= t->wanted)
            break;
    }
    t->held = t->wanted;
    t->worst = t->items[0];
    for (size_t i = 1; i < t->held; i++)
        if (is_worse(t->items[i], t->worst))
            t->worst = t->items[i];
    t->full = true;
}

static void sort(topk_item *items, size_t from, size_t to)
{
    while (to - from > INSERTION_MOST) {
        size_t middle = divide(items, from, to);
        if (middle - from < to - middle) { /* the smaller side first: the stack stays low */
            sort(items, from, middle);
            from = middle;
        } else {
            sort(items, middle, to);
            to = middle;
        }
    }
    for (size_t i = from + 1; i < to; i++) {
        topk_item item = items[i];
        size_t j = i;
        for (; j > from && is_worse(items[j - 1], item); j--)
            items[j] = items[j - 1];
        items[j] = item;
    }
}

/* ---- both ---- */

oir_status topk_add(topk *t, double weight, oir_docid docid, oir_error *err)
{
    topk_item item = {weight, docid};
    t->offered++;
    if (!t->wanted || (t->full && is_worse(item, t->worst)))
        return OIR_OK;
    if (!memory_reserve(&t->items, &t->capacity, t->held + 1, sizeof *t->items))
        return error_no_memory(err, "search results");
    if (t->wanted <= HEAP_MOST) {
        add_to_heap(t, item);
        return OIR_OK;
    }
    t->items[t->held++] = item;
    if (t->held == (t->full ? 2 * t->wanted : t->wanted))
        cut(t);
    return OIR_OK;
}

void topk_sort(topk *t)
{
    if (t->held > t->wanted)
        cut(t);
    sort(t->items, 0, t->held);
}
