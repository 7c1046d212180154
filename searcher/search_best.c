/* Best first: the windows of all segments are visited from the highest bound down, in each only the ranges that can
 * still pass, until no bound can. The threshold is near its final value after a few windows, so most are never
 * opened. */
#include <math.h>

#include "base/bits.h"
#include "base/error.h"
#include "searcher/paths.h"
#include "searcher/search.h"
#include "searcher/search_unit.h"

enum {
    UNITS_OF_BOUND = 60000, /* the sum of all leaves' largest bounds: room is left for rounding up within 16 bits */
    LAZY_RANGES = 4,        /* so few live ranges are looked at at once, without making their bounds exact */
    BUCKETS = 256,
    PREFETCH = 3,           /* visits ahead */
    PREFETCH_PLACE = 6,
    DOCIDS_IN_LINE = 16 /* of the processor's cache */
};

/* A window of a segment, and the most that a document in it can weigh. */
typedef struct visit {
    uint32_t unit, window;
    uint16_t bound;
} visit;

typedef struct best_first {
    const plan *plan;
    topk *best;
    const search_control *control;
    const kernels *kernels;
    arena arena;
    search_unit *units;
    double unit;      /* what one unit of bound weighs */
    uint32_t least;   /* bounds below this cannot enter any more */
    bool ordered;     /* windows are visited highest bound first */
    bool bounded;     /* what cannot reach the threshold is left out */
    bool pruned;      /* something that may match was left out */
} best_first;

static void raise_least(best_first *b)
{
    if (!b->best->full || !(b->unit > 0) || !b->bounded)
        return;
    double least = topk_threshold(b->best) / b->unit * (1 - 1e-6);
    b->least = least < 1 ? 1 : least < UINT16_MAX ? (uint32_t)least : UINT16_MAX;
}

static oir_status open_units(best_first *b, oir_error *err)
{
    const plan *p = b->plan;
    b->units = arena_add(&b->arena, p->unit_count * sizeof *b->units);
    if (!b->units)
        return error_no_memory(err, "a search");
    b->unit = p->max_possible / UNITS_OF_BOUND; /* the same for all segments, since they share one threshold */
    for (size_t i = 0; i < p->unit_count; i++) {
        ERROR_FORWARD(search_unit_init(&b->units[i], p, i, b->unit, b->kernels, &b->arena, err));
        b->control->statistics->windows += b->units[i].windows;
        if (b->units[i].root)
            ERROR_FORWARD(search_unit_bounds(&b->units[i], err));
    }
    return OIR_OK;
}

static uint32_t bucket_of(const best_first *b, uint16_t bound)
{
    return b->ordered ? BUCKETS - 1 - (bound >> 8) : 0;
}

/* All windows with a bound, highest first, by buckets of the bound's high byte; equal ones as they lie in the index. */
static oir_status order_visits(best_first *b, visit **out, size_t *count, oir_error *err)
{
    size_t start[BUCKETS + 1] = {0};
    for (size_t i = 0; i < b->plan->unit_count; i++)
        for (uint32_t w = 0; b->units[i].root && w < b->units[i].windows; w++)
            if (b->units[i].bounds[w])
                start[bucket_of(b, b->units[i].bounds[w]) + 1]++;
    for (size_t k = 1; k <= BUCKETS; k++)
        start[k] += start[k - 1];
    *count = start[BUCKETS];
    *out = arena_add(&b->arena, *count * sizeof **out);
    if (!*out)
        return error_no_memory(err, "a search");
    for (size_t i = 0; i < b->plan->unit_count; i++)
        for (uint32_t w = 0; b->units[i].root && w < b->units[i].windows; w++) {
            uint16_t bound = b->units[i].bounds[w];
            if (bound)
                (*out)[start[bucket_of(b, bound)]++] = (visit){(uint32_t)i, w, bound};
        }
    return OIR_OK;
}

static oir_status add_documents(best_first *b, search_unit *u, uint32_t window, uint32_t range, uint64_t good,
                                oir_error *err)
{
    const segment *s = u->place->segment->segment;
    uint32_t first = window << WINDOW_BITS | range << RANGE_BITS, n = 0;
    double weights[RANGE_SIZE + 8];
    oir_docid docids[RANGE_SIZE];
    search_unit_weigh(u, window, range, good, weights);
    for (; good; good &= good - 1, n++) {
        oir_docid docid = segment_get_docid(s, first | bits_lowest(good));
        docids[n] = database_join_docid(b->plan->database, u->place->shard, docid);
    }
    b->control->statistics->documents_scored += n;
    return topk_add(b->best, weights, docids, n, err);
}

/* Looks at positions where the tree asks for them, and takes out documents that do not match after all. */
static oir_status verify(search_unit *u, uint32_t range, uint64_t *good, oir_error *err)
{
    uint64_t asked = *good;
    if (u->root->certain)
        return OIR_OK;
    ERROR_FORWARD(op_verify(u->root, range, asked, err));
    *good &= u->root->matched;
    search_unit_activate(u, asked, *good);
    return OIR_OK;
}

static oir_status visit_range(best_first *b, search_unit *u, uint32_t window, uint32_t range, oir_error *err)
{
    uint64_t wanted = op_match(u->root, range);
    b->control->statistics->ranges_visited++;
    wanted = wanted ? wanted & search_unit_live(u, window, range) : 0;
    if (!wanted)
        return OIR_OK;
    uint64_t good = search_unit_filter(u, window, range, wanted, topk_threshold(b->best));
    b->pruned |= good != wanted;
    ERROR_FORWARD(verify(u, range, &good, err));
    if (good)
        ERROR_FORWARD(add_documents(b, u, window, range, good, err));
    raise_least(b);
    return OIR_OK;
}

/* The ranges of a window that can still pass, found with no more decoding than that takes. */
static uint64_t live_ranges(best_first *b, search_unit *u)
{
    op *root = u->root;
    for (enum bound_level level = LEVEL_STORED;; level++) {
        bool final = op_ranges(root, b->kernels, level);
        uint64_t live = b->kernels->bound_live(root->bounds, b->least);
        if (!live || final || level == LEVEL_EXACT || (level == LEVEL_PLACED && bits_count(live) <= LAZY_RANGES))
            return live;
    }
}

/* Where nothing weighs, only docids decide: a window whose documents all come later than the worst held adds nothing.
 * */
static bool comes_too_late(const best_first *b, const search_unit *u, uint32_t window)
{
    if (b->unit > 0 || !b->best->full || !u->ascending)
        return false;
    oir_docid first = segment_get_docid(u->place->segment->segment, window << WINDOW_BITS);
    return database_join_docid(b->plan->database, u->place->shard, first) > b->best->worst.docid;
}

/* Ranges are far from each other as well: what several need is asked for before the first is looked at. */
static void prefetch_ranges(search_unit *u, uint32_t window, uint64_t live)
{
    const segment *s = u->place->segment->segment;
    for (uint64_t left = live; left; left &= left - 1) {
        uint32_t first = window << WINDOW_BITS | bits_lowest(left) << RANGE_BITS;
        for (uint32_t i = 0; i < s->context.lengths.count; i++)
            __builtin_prefetch(s->context.lengths.plane[i] + first);
        for (uint32_t i = 0; s->docids && i < RANGE_SIZE && first + i < s->context.document_count; i += DOCIDS_IN_LINE)
            __builtin_prefetch(s->docids + first + i);
    }
    for (const op *o = live ? u->lists : NULL; o; o = o->next)
        postings_window_prefetch_rest(o->postings);
}

static oir_status visit_window(best_first *b, const visit *v, oir_error *err)
{
    search_unit *u = &b->units[v->unit];
    if (comes_too_late(b, u, v->window)) {
        b->pruned = true;
        return OIR_OK;
    }
    b->control->statistics->windows_visited++;
    op_seek(u->root, v->window);
    uint64_t live = live_ranges(b, u);
    b->pruned |= b->least > 1;
    prefetch_ranges(u, v->window, live);
    for (; live; live &= live - 1) {
        if (u->root->bounds[bits_lowest(live)] >= b->least)
            ERROR_FORWARD(visit_range(b, u, v->window, bits_lowest(live), err));
        else /* the threshold rose while this window was looked at */
            b->pruned = true;
    }
    return OIR_OK;
}

/* Windows come in no order of memory, so processors do not foresee them: they are asked for some visits before. */
static void prefetch(const best_first *b, const visit *visits, size_t count, size_t i)
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

static oir_status visit_all(best_first *b, const visit *visits, size_t count, oir_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (visits[i].bound < b->least) {
            b->pruned = true;
            if (b->ordered && (visits[i].bound >> 8) + 1u <= b->least >> 8) /* and so are all that follow */
                return OIR_OK;
            continue;
        }
        if (b->control->keep_going && !b->control->keep_going(b->control->context))
            return error_set(err, OIR_CANCELLED, "the search was stopped by its caller");
        prefetch(b, visits, count, i);
        ERROR_FORWARD(visit_window(b, &visits[i], err));
    }
    return OIR_OK;
}

oir_status search_best(const plan *p, topk *best, const search_control *control, bool *complete, oir_error *err)
{
    best_first b = {.plan = p, .best = best, .control = control, .kernels = kernels_get(isa_best()), .least = 1,
                    .ordered = paths_use(PATHS_ORDER), .bounded = paths_use(PATHS_BOUNDS)};
    visit *visits;
    size_t count;
    oir_status status = OIR_OK;
    arena_init(&b.arena);
    *complete = true;
    if (p->root) {
        ERROR_GOTO_DONE(open_units(&b, err));
        ERROR_GOTO_DONE(order_visits(&b, &visits, &count, err));
        ERROR_GOTO_DONE(visit_all(&b, visits, count, err));
        for (size_t i = 0; i < p->unit_count; i++) {
            control->statistics->postings_decoded += search_unit_decoded(&b.units[i]);
            control->statistics->positions_decoded += *b.units[i].positions_decoded;
            if (search_unit_is_damaged(&b.units[i]))
                status = error_set(err, OIR_CORRUPT, "damaged postings in %s; run oir-inspect check, then index anew",
                                   b.units[i].place->segment->segment->name);
        }
    }
    *complete = !b.pruned;
    ERROR_GOTO_DONE(topk_sort(best, err));
done:
    arena_release(&b.arena);
    return status;
}
