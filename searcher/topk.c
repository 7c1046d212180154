#include "searcher/topk.h"

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "searcher/topk_gather.h"

enum {
    HEAP_MOST = 32,      /* up to so many are kept in a heap */
    INSERTION_MOST = 16, /* so few are sorted by insertion */
    BUCKETS_LEAST = 64
};

void topk_init(topk *t, const kernels *k, size_t wanted, oir_docid_order order, const plan *p)
{
    bool gathers = paths_use(wanted > HEAP_MOST ? PATHS_GATHER : PATHS_HEAP) == (wanted > HEAP_MOST);
    *t = (topk){.kernels = k, .wanted = wanted, .order = order, .plan = p, .gathers = gathers};
}

void topk_release(topk *t)
{
    memory_free(t->heap);
    memory_free(t->weights);
    memory_free(t->places);
    memory_free(t->items);
    *t = (topk){0};
}

void topk_clear(topk *t)
{
    t->held = 0;
    t->full = false;
    t->offered = 0;
    t->cut_at = t->wanted;
}

/* What document i of those held has. */
static double weight_at(const topk *t, size_t i)
{
    return t->heap ? t->heap[i].weight : t->weights[i];
}

static uint64_t place_at(const topk *t, size_t i)
{
    return t->heap ? t->heap[i].place : t->places[i];
}

static oir_docid find_docid(const topk *t, uint64_t place)
{
    const plan_unit *unit = &t->plan->units[place >> 32];
    return database_join_docid(t->plan->database, unit->shard,
                               segment_get_docid(unit->segment->segment, (uint32_t)place));
}

static uint64_t make_key(const topk *t, uint64_t place, oir_docid docid)
{
    return t->order == OIR_DOCID_DONT_CARE ? place : t->order == OIR_DOCID_DESCENDING ? UINT32_MAX - docid : docid;
}

uint64_t topk_get_key(const topk *t, uint64_t place)
{
    return make_key(t, place, t->order == OIR_DOCID_DONT_CARE ? 0 : find_docid(t, place));
}

/* ---- few: a heap ---- */

static bool comes_later(const topk *t, topk_entry a, topk_entry b)
{
    return a.weight < b.weight || (a.weight == b.weight && topk_get_key(t, a.place) > topk_get_key(t, b.place));
}

/* Puts an entry at the top or below, so that the heap holds again. */
static void sift_down(topk *t, topk_entry entry)
{
    topk_entry *heap = t->heap;
    size_t i = 0;
    for (size_t child; (child = 2 * i + 1) < t->held; i = child) {
        if (child + 1 < t->held && comes_later(t, heap[child + 1], heap[child]))
            child++;
        if (!comes_later(t, heap[child], entry))
            break;
        heap[i] = heap[child];
    }
    heap[i] = entry;
}

static void add_to_heap(topk *t, topk_entry entry)
{
    if (t->full) {
        if (!comes_later(t, t->heap[0], entry))
            return;
        sift_down(t, entry);
    } else {
        size_t i = t->held++;
        for (; i && comes_later(t, entry, t->heap[(i - 1) / 2]); i = (i - 1) / 2)
            t->heap[i] = t->heap[(i - 1) / 2];
        t->heap[i] = entry;
        t->full = t->held == t->wanted;
    }
    t->worst = t->heap[0].weight;
}

/* Docids are looked up where nothing can fail any more: so before. */
static oir_status verify(const topk *t, uint64_t place, uint32_t count, oir_error *err)
{
    const segment *s = t->plan->units[place >> 32].segment->segment;
    return segment_verify_docids(s, (uint32_t)place, count, err);
}

oir_status topk_add(topk *t, const double *weights, uint64_t first, uint64_t documents, oir_error *err)
{
    t->offered += bits_count(documents);
    if (!t->wanted)
        return OIR_OK;
    if (t->order != OIR_DOCID_DONT_CARE && documents) {
        uint32_t lowest = bits_lowest(documents);
        ERROR_FORWARD(verify(t, first + lowest, bits_highest(documents) - lowest + 1, err));
    }
    if (t->gathers)
        return topk_gather(t, weights, first, documents, err);
    if (!t->heap && !(t->heap = memory_new(t->wanted * sizeof *t->heap)))
        return error_no_memory(err, "search results");
    for (; documents; documents &= documents - 1)
        add_to_heap(t, (topk_entry){*weights++, first + bits_lowest(documents)});
    return OIR_OK;
}

oir_status topk_offer(topk *t, const double *weights, const uint64_t *places, size_t n, oir_error *err)
{
    t->offered += n;
    for (size_t i = 0; t->order != OIR_DOCID_DONT_CARE && i < n; i++)
        ERROR_FORWARD(verify(t, places[i], 1, err));
    if (t->gathers)
        return topk_gather_many(t, weights, places, n, err);
    if (!t->heap && !(t->heap = memory_new(t->wanted * sizeof *t->heap)))
        return error_no_memory(err, "search results");
    for (size_t i = 0; i < n; i++)
        add_to_heap(t, (topk_entry){weights[i], places[i]});
    return OIR_OK;
}

uint64_t topk_last_key(topk *t)
{
    if (t->last_at == t->offered)
        return t->last;
    t->last = 0;
    t->last_at = t->offered;
    for (size_t i = 0; i < t->wanted; i++) {
        uint64_t key = topk_get_key(t, place_at(t, i));
        t->last = key > t->last ? key : t->last;
    }
    return t->last;
}

/* ---- the end ---- */

static bool is_worse(topk_item a, topk_item b)
{
    return a.weight < b.weight || (a.weight == b.weight && a.key > b.key);
}

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

static topk_item item_at(const topk *t, size_t i)
{
    oir_docid docid = find_docid(t, place_at(t, i));
    return (topk_item){weight_at(t, i), make_key(t, place_at(t, i), docid), docid};
}

/* Puts what is held into items: first by where weights lie between the best and the worst, so that what is left to be
 * sorted is short. */
static void sort_into(topk *t, uint32_t *places, size_t buckets)
{
    double best = 0, worst = 0;
    size_t n = t->held, before = 0;
    for (size_t i = 0; i < n; i++) {
        best = !i || weight_at(t, i) > best ? weight_at(t, i) : best;
        worst = !i || weight_at(t, i) < worst ? weight_at(t, i) : worst;
    }
    double scale = best > worst ? (double)(buckets - 1) / (best - worst) : 0;
    scale = scale < 1e300 ? scale : 0; /* weights that differ by next to nothing */
    for (size_t i = 0; i < n; i++)
        places[(size_t)((best - weight_at(t, i)) * scale)]++;
    for (size_t b = 0; b <= buckets; b++) {
        size_t count = places[b];
        places[b] = (uint32_t)before;
        before += count;
    }
    for (size_t i = 0; i < n; i++)
        t->items[places[(size_t)((best - weight_at(t, i)) * scale)]++] = item_at(t, i);
    for (size_t b = 0, from = 0; b < buckets; from = places[b++]) /* which now says where a bucket ends */
        sort(t->items, from, places[b]);
}

/* Docids lie far apart: all are asked for before the first is waited for. */
static void prefetch_docids(const topk *t)
{
    for (size_t i = 0; i < t->held; i++) {
        uint64_t place = place_at(t, i);
        segment_prefetch_docid(t->plan->units[place >> 32].segment->segment, (uint32_t)place);
    }
}

oir_status topk_sort(topk *t, oir_error *err)
{
    if (t->held > t->wanted)
        topk_cut(t);
    prefetch_docids(t);
    for (size_t i = 0; t->order == OIR_DOCID_DONT_CARE && i < t->held; i++)
        ERROR_FORWARD(verify(t, place_at(t, i), 1, err));
    size_t buckets = t->held < BUCKETS_LEAST ? BUCKETS_LEAST : t->held;
    t->items = memory_new((t->held + 1) * sizeof *t->items);
    if (t->items && t->held <= INSERTION_MOST) {
        for (size_t i = 0; i < t->held; i++)
            t->items[i] = item_at(t, i);
        sort(t->items, 0, t->held);
        return OIR_OK;
    }
    uint32_t *places = memory_new_zeroed(buckets + 1, sizeof *places);
    if (t->items && places)
        sort_into(t, places, buckets);
    bool failed = !t->items || !places;
    memory_free(places);
    return failed ? error_no_memory(err, "search results") : OIR_OK;
}

/* The one whose next item is the best; `taken` are behind. */
static size_t find_best(const topk *sorted, const size_t *taken, size_t count)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++)
        if (taken[i] < sorted[i].held &&
            (best == count || is_worse(sorted[best].items[taken[best]], sorted[i].items[taken[i]])))
            best = i;
    return best;
}

oir_status topk_merge(topk *t, topk *sorted, size_t count, oir_error *err)
{
    size_t held = 0;
    if (count == 1) {
        topk one = sorted[0];
        sorted[0] = *t;
        *t = one;
        return OIR_OK;
    }
    for (size_t i = 0; i < count; i++) {
        held += sorted[i].held;
        t->offered += sorted[i].offered;
    }
    held = held < t->wanted ? held : t->wanted;
    size_t *taken = memory_new_zeroed(count, sizeof *taken);
    t->items = memory_new((held + 1) * sizeof *t->items);
    for (; taken && t->items && t->held < held; t->held++) {
        size_t best = find_best(sorted, taken, count);
        t->items[t->held] = sorted[best].items[taken[best]++];
    }
    memory_free(taken);
    return t->held == held && t->items ? OIR_OK : error_no_memory(err, "search results");
}
