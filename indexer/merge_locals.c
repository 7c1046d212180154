#include "indexer/merge_locals.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* What is known of a source from the stretches that were looked at. */
typedef struct found {
    uint32_t live;      /* documents */
    uint32_t behind;    /* the last one's local number, plus 1 */
    uint32_t next;      /* what would follow on it */
    uint32_t first;     /* new number of the first */
    uint32_t jumps;
    bool whole;         /* one stretch has all */
    bool ascend;
} found;

static void look_at(found *f, const merge_stretch *s, uint32_t documents)
{
    f->whole = s->count == documents;
    f->ascend &= s->local >= f->behind;
    if (f->live)
        f->jumps += s->first != f->next;
    else
        f->first = s->first;
    f->live += s->count;
    f->behind = s->local + s->count;
    f->next = s->first + s->count;
}

static uint32_t get_blocks(uint32_t documents)
{
    return documents / 64 + 1;
}

/* Documents of a block of 64 that are not deleted. */
static uint64_t get_live(const merge_source *source, uint32_t block)
{
    uint32_t documents = source->segment->context.document_count, left = documents - block * 64;
    uint64_t all = bits_low(left < 64 ? left : 64);
    return source->deleted ? all & ~source->deleted[block] : all;
}

/* Whether all but the deleted documents are in the order: so that where they are follows from these. */
static bool has_all(const merge_source *source, uint32_t live)
{
    uint64_t count = 0;
    for (uint32_t block = 0; block * 64 < source->segment->context.document_count; block++)
        count += bits_count(get_live(source, block));
    return count == live;
}

static bool choose(merge_locals *l, const merge_source *source, const found *f)
{
    uint32_t documents = source->segment->context.document_count, blocks = get_blocks(documents);
    *l = (merge_locals){.ascend = f->ascend, .shifted = f->live && f->whole, .first = f->first, .end = f->next,
                        .deleted = source->deleted};
    if (l->shifted)
        return true;
    size_t size = blocks * sizeof *l->bases + (blocks / 64 + 1) * sizeof *l->jumping + f->jumps * sizeof *l->jumps;
    if (f->ascend && size < documents * sizeof *l->each && has_all(source, f->live)) {
        l->bases = memory_new(blocks * sizeof *l->bases);
        l->jumping = memory_new_zeroed(blocks / 64 + 1, sizeof *l->jumping);
        l->jumps = memory_new((f->jumps + (size_t)1) * sizeof *l->jumps);
        return l->bases && l->jumping && l->jumps;
    }
    l->each = memory_new((documents + (size_t)1) * sizeof *l->each);
    if (l->each)
        memset(l->each, 0xff, documents * sizeof *l->each);
    return l->each != NULL;
}

static void note(merge_locals *l, found *f, const merge_stretch *s)
{
    for (uint32_t i = 0; l->each && i < s->count; i++)
        l->each[s->local + i] = s->first + i;
    if (l->bases && f->live && s->first != f->next) {
        uint32_t before = l->jump_count ? l->jumps[l->jump_count - 1].sum : 0;
        l->jumps[l->jump_count++] = (merge_jump){s->local, before + (s->first - f->next)};
        l->jumping[s->local / 64 / 64] |= UINT64_C(1) << (s->local / 64 % 64);
    }
    f->live += s->count;
    f->next = s->first + s->count;
}

/* Once all jumps are there. */
static void fill_bases(merge_locals *l, const merge_source *source)
{
    uint32_t next = l->first, jump = 0, sum = 0;
    for (uint32_t block = 0; block * 64 < source->segment->context.document_count; block++) {
        uint32_t before = sum;
        l->bases[block] = next;
        for (; jump < l->jump_count && l->jumps[jump].local / 64 == block; jump++)
            sum = l->jumps[jump].sum;
        next += bits_count(get_live(source, block)) + (sum - before);
    }
}

oir_status merge_locals_init(merge_locals *all, const merge_source *sources, size_t count, const merge_order *order,
                             oir_error *err)
{
    bool fits = true;
    found *known = memory_new_zeroed(count, sizeof *known);
    memset(all, 0, count * sizeof *all);
    if (!known)
        return error_no_memory(err, "a merge");
    for (size_t i = 0; i < count; i++)
        known[i].ascend = true;
    for (merge_stretch s = {0}; merge_order_next(order, &s);)
        look_at(&known[s.source], &s, sources[s.source].segment->context.document_count);
    for (size_t i = 0; fits && i < count; i++) {
        fits = choose(&all[i], &sources[i], &known[i]);
        known[i] = (found){0};
    }
    for (merge_stretch s = {0}; fits && merge_order_next(order, &s);)
        note(&all[s.source], &known[s.source], &s);
    for (size_t i = 0; fits && i < count; i++)
        if (all[i].bases)
            fill_bases(&all[i], &sources[i]);
    memory_free(known);
    return fits ? OIR_OK : error_no_memory(err, "a merge");
}

void merge_locals_release(merge_locals *l)
{
    memory_free(l->bases);
    memory_free(l->jumping);
    memory_free(l->jumps);
    memory_free(l->each);
    *l = (merge_locals){0};
}

/* How many jumps are at or before a local number. */
static uint32_t count_jumps(const merge_locals *l, uint32_t local)
{
    uint32_t low = 0, high = l->jump_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (l->jumps[middle].local <= local)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

uint32_t merge_locals_find_jumps(const merge_locals *l, uint32_t local)
{
    uint32_t at = count_jumps(l, local), before = at;
    while (before && l->jumps[before - 1].local / 64 == local / 64)
        before--;
    return (at ? l->jumps[at - 1].sum : 0) - (before ? l->jumps[before - 1].sum : 0);
}

void merge_locals_map(const merge_locals *l, uint32_t *documents, uint32_t n)
{
    if (l->shifted) {
        for (uint32_t i = 0; i < n; i++)
            documents[i] += l->first;
    } else if (l->each) { /* a loop with nothing else in it waits for many numbers at once */
        for (uint32_t i = 0; i < n; i++)
            documents[i] = l->each[documents[i]];
    } else {
        for (uint32_t i = 0; i < n; i++)
            documents[i] = merge_locals_get(l, documents[i]);
    }
}
