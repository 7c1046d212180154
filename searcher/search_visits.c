#include "searcher/search_visits.h"

#include "base/bits.h"
#include "base/error.h"

enum {
    BUCKETS = 256,
    FEW_VISITS = 32,
    PREFETCH = 3, /* visits ahead */
    PREFETCH_PLACE = 6
};

/* ---- order ---- */

/* All windows that can pass, as they lie in the index; what is known of the threshold leaves out most. */
static size_t collect_visits(best_first *b, visit *visits)
{
    size_t n = 0, present = 0;
    uint32_t least = b->counts ? 1 : b->least;
    for (size_t i = 0; i < b->share->unit_count; i++) {
        const uint16_t *bounds = b->units[i].bounds;
        uint32_t windows = b->units[i].root ? b->units[i].windows : 0;
        for (uint32_t w = 0; w < windows; w += 64) { /* bounds are rounded up with 0 */
            uint64_t live = b->kernels->bound_live(bounds + w, least);
            present += bits_count(least > 1 ? b->kernels->bound_live(bounds + w, 1) : live);
            for (; live; live &= live - 1) {
                uint32_t window = w + bits_lowest(live);
                visits[n++] = (visit){(uint32_t)i, window, bounds[window]};
            }
        }
    }
    b->pruned |= n < present;
    return n;
}

static uint32_t bucket_of(const visit *v)
{
    return BUCKETS - 1 - (v->bound >> 8);
}

/* Few ones: each is put before those of lower buckets. */
static void insert_visits(visit *visits, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        visit v = visits[i];
        size_t k = i;
        for (; k && bucket_of(&visits[k - 1]) > bucket_of(&v); k--)
            visits[k] = visits[k - 1];
        visits[k] = v;
    }
}

/* Two counters of each bucket, since neighbours are often in the same and would wait for each other. */
static void deal_visits(const visit *visits, size_t n, visit *out)
{
    uint32_t start[BUCKETS + 1] = {0}, odd[BUCKETS + 1] = {0};
    for (size_t i = 0; i < n; i++)
        (i & 1 ? odd : start)[bucket_of(&visits[i]) + 1]++;
    for (size_t k = 1; k <= BUCKETS; k++)
        start[k] += start[k - 1] + odd[k];
    for (size_t i = 0; i < n; i++)
        out[start[bucket_of(&visits[i])]++] = visits[i];
}

oir_status search_visits_order(best_first *b, visit **out, size_t *count, oir_error *err)
{
    size_t all = 0;
    for (size_t i = 0; i < b->share->unit_count; i++)
        all += b->units[i].windows;
    visit *visits = *out = arena_add(b->share->arena, (all + 1) * sizeof *visits);
    if (!visits)
        return error_no_memory(err, "a search");
    *count = collect_visits(b, visits);
    if (!b->ordered)
        return OIR_OK;
    if (*count <= FEW_VISITS) {
        insert_visits(visits, *count);
        return OIR_OK;
    }
    *out = arena_add(b->share->arena, *count * sizeof **out);
    if (!*out)
        return error_no_memory(err, "a search");
    deal_visits(visits, *count, *out);
    return OIR_OK;
}

/* ---- memory ---- */

void search_visits_prefetch_first(const best_first *b, const visit *visits, size_t count)
{
    for (size_t i = 0 - (size_t)PREFETCH_PLACE; i; i++) /* up to 0 */
        search_visits_prefetch(b, visits, count, i);
}

/* Windows come in no order of memory, so processors do not foresee them: they are asked for some visits before. */
void search_visits_prefetch(const best_first *b, const visit *visits, size_t count, size_t i)
{
    if (i + PREFETCH_PLACE < count) {
        const visit *v = &visits[i + PREFETCH_PLACE];
        for (const op *o = b->units[v->unit].lists; o; o = o->next)
            postings_window_prefetch_place(o->postings, v->window);
    }
    if (i + PREFETCH < count) {
        const visit *v = &visits[i + PREFETCH];
        for (const op *o = b->units[v->unit].lists; o; o = o->next)
            postings_window_prefetch(o->postings, v->window);
    }
}
