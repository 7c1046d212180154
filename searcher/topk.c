#include "searcher/topk.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"

enum {
    HEAP_MOST = 32,      /* up to so many are kept in a heap */
    INSERTION_MOST = 16, /* so few are sorted by insertion */
    SAMPLE = 5,          /* items that say where the last wanted one may be */
    SPILL = 16,          /* kernels write a little more */
    BUCKETS_LEAST = 64
};

void topk_init(topk *t, const kernels *k, size_t wanted)
{
    bool gathers = paths_use(wanted > HEAP_MOST ? PATHS_GATHER : PATHS_HEAP) == (wanted > HEAP_MOST);
    *t = (topk){.kernels = k, .wanted = wanted, .gathers = gathers && wanted};
}

void topk_release(topk *t)
{
    memory_free(t->items);
    memory_free(t->weights);
    memory_free(t->docids);
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
        if (is_worse(item, t->worst))
            return;
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

/* ---- sorting ---- */

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

/* ---- many: gathered and cut ---- */

static topk_item gathered(const topk *t, size_t i)
{
    return (topk_item){t->weights[i], t->docids[i]};
}

/* An item of [from, to) before which about `wanted` of them come. */
static topk_item find_pivot(const topk *t, size_t from, size_t to, size_t wanted)
{
    topk_item sample[SAMPLE];
    size_t count = to - from;
    for (size_t i = 0; i < SAMPLE; i++)
        sample[i] = gathered(t, from + (2 * i + 1) * count / (2 * SAMPLE));
    sort(sample, 0, SAMPLE);
    return sample[wanted * SAMPLE / (count + 1)];
}

/* Makes the worst of what is held known, where no pivot is. */
static void find_worst(topk *t)
{
    t->worst = gathered(t, 0);
    for (size_t i = 1; i < t->held; i++)
        if (is_worse(gathered(t, i), t->worst))
            t->worst = gathered(t, i);
}

/* Cuts down to the wanted best, in any order. Those before `from` are among them, those from `to` on are not. */
static void cut(topk *t)
{
    size_t from = 0, to = t->held, room = t->capacity;
    t->held = t->wanted;
    t->full = true;
    while (to > t->wanted) {
        topk_item pivot = find_pivot(t, from, to, t->wanted - from);
        double *rest = t->weights + room;
        oir_docid *rest_docids = t->docids + room;
        size_t kept = t->kernels->split(t->weights + from, t->docids + from, to - from, pivot.weight, pivot.docid,
                                        rest, rest_docids);
        if (from + kept == t->wanted) { /* the pivot is the last of them */
            t->worst = pivot;
            return;
        }
        if (from + kept < t->wanted) { /* all of these, and some of the rest */
            from += kept;
            memcpy(t->weights + from, rest, (to - from) * sizeof *rest);
            memcpy(t->docids + from, rest_docids, (to - from) * sizeof *rest_docids);
        } else if (from + kept < to) {
            to = from + kept;
        } else { /* the pivot is the worst of all: it goes */
            for (size_t i = from; i < to; i++) {
                if (t->docids[i] != pivot.docid || t->weights[i] != pivot.weight)
                    continue;
                t->weights[i] = t->weights[to - 1];
                t->docids[i] = t->docids[to - 1];
                break;
            }
            to--;
        }
    }
    find_worst(t);
}

static oir_status reserve(topk *t, oir_error *err)
{
    size_t need = t->wanted + t->wanted / 2 + TOPK_ADD_MOST;
    if (t->wanted > SIZE_MAX / 64)
        return error_no_memory(err, "search results");
    t->weights = memory_new((need + SPILL) * 2 * sizeof *t->weights);
    t->docids = memory_new((need + SPILL) * 2 * sizeof *t->docids);
    t->capacity = need + SPILL;
    return t->weights && t->docids ? OIR_OK : error_no_memory(err, "search results");
}

static oir_status gather(topk *t, const double *weights, const oir_docid *docids, size_t n, oir_error *err)
{
    if (!t->capacity)
        ERROR_FORWARD(reserve(t, err));
    double least = topk_threshold(t);
    for (size_t i = 0; i < n; i++) { /* without a branch: it would be guessed wrong half of the time */
        t->weights[t->held] = weights[i];
        t->docids[t->held] = docids[i];
        t->held += weights[i] >= least;
    }
    if (t->held >= t->wanted + (t->full ? t->wanted / 2 : 0))
        cut(t);
    return OIR_OK;
}

/* Sorts what was gathered into items: first by where weights lie between the best and the worst, so that what is left
 * to be sorted is short. */
static oir_status sort_gathered(topk *t, oir_error *err)
{
    size_t n = t->held, buckets = n < BUCKETS_LEAST ? BUCKETS_LEAST : n, before = 0;
    double best = 0, worst = 0;
    t->items = memory_new((n + 1) * sizeof *t->items);
    uint32_t *places = memory_new_zeroed(buckets + 1, sizeof *places);
    if (!t->items || !places) {
        memory_free(places);
        return error_no_memory(err, "search results");
    }
    for (size_t i = 0; i < n; i++) {
        best = !i || t->weights[i] > best ? t->weights[i] : best;
        worst = !i || t->weights[i] < worst ? t->weights[i] : worst;
    }
    double scale = best > worst ? (double)(buckets - 1) / (best - worst) : 0;
    scale = scale < 1e300 ? scale : 0; /* weights that differ by next to nothing */
    for (size_t i = 0; i < n; i++)
        places[(size_t)((best - t->weights[i]) * scale)]++;
    for (size_t b = 0; b <= buckets; b++) {
        size_t count = places[b];
        places[b] = (uint32_t)before;
        before += count;
    }
    for (size_t i = 0; i < n; i++)
        t->items[places[(size_t)((best - t->weights[i]) * scale)]++] = gathered(t, i);
    for (size_t b = 0, from = 0; b < buckets; from = places[b++]) /* which now says where a bucket ends */
        sort(t->items, from, places[b]);
    memory_free(places);
    return OIR_OK;
}

/* ---- both ---- */

oir_status topk_add(topk *t, const double *weights, const oir_docid *docids, size_t n, oir_error *err)
{
    t->offered += n;
    if (!t->wanted)
        return OIR_OK;
    if (t->gathers)
        return gather(t, weights, docids, n, err);
    if (!t->items && !(t->items = memory_new(t->wanted * sizeof *t->items)))
        return error_no_memory(err, "search results");
    for (size_t i = 0; i < n; i++)
        add_to_heap(t, (topk_item){weights[i], docids[i]});
    return OIR_OK;
}

oir_status topk_sort(topk *t, oir_error *err)
{
    if (!t->gathers) {
        sort(t->items, 0, t->held);
        return OIR_OK;
    }
    if (t->held > t->wanted)
        cut(t);
    return sort_gathered(t, err);
}
