/* Best first: the windows of all segments are visited from the highest bound down, in each only the ranges that can
 * still pass, until no bound can. The threshold is near its final value after a few windows, so most are never
 * opened. */
#include <float.h>
#include <math.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/paths.h"
#include "searcher/search.h"
#include "searcher/search_best.h"
#include "searcher/search_known.h"
#include "searcher/search_visits.h"

enum {
    UNITS_OF_BOUND = 60000, /* the sum of all leaves' largest bounds: room is left for rounding up within 16 bits */
    LAZY_RANGES = 4,        /* so few live ranges are looked at at once, without making their bounds exact */
    FEW_WANTED = 100        /* with one list that weighs: too little to do for several threads */
};

void search_best_set_least(best_first *b)
{
    if (b->threshold < 0 || !(b->unit > 0) || !b->bounded)
        return;
    double least = b->threshold / b->unit * (1 - 1e-6);
    b->least = least < 1 ? 1 : least < UINT16_MAX ? (uint32_t)least : UINT16_MAX;
}

void search_best_raise(best_first *b)
{
    double threshold = search_share_raise(b->share, topk_threshold(b->best));
    threshold = threshold < b->guess ? b->guess : threshold;
    threshold = threshold < b->known ? b->known : threshold;
    if (threshold == b->threshold)
        return;
    b->threshold = threshold;
    search_best_set_least(b);
}

static oir_status open_units(best_first *b, oir_error *err)
{
    const plan *p = b->share->plan;
    arena *a = b->share->arena;
    b->units = arena_add(a, (b->share->unit_count + 1) * sizeof *b->units);
    if (!b->units)
        return error_no_memory(err, "a search");
    for (size_t i = 0; i < b->share->unit_count; i++) {
        ERROR_FORWARD(search_unit_init(&b->units[i], p, b->share->units[i], b->share->rooms, b->unit, b->kernels, a,
                                       err));
        ERROR_FORWARD(search_flat_init(&b->units[i], err));
        b->done.windows += b->units[i].windows;
        if (b->units[i].root)
            ERROR_FORWARD(search_unit_bounds(&b->units[i], err));
    }
    return OIR_OK;
}

static oir_status add_documents(best_first *b, search_unit *u, uint32_t window, uint32_t range, uint64_t good,
                                oir_error *err)
{
    double weights[RANGE_SIZE + 8];
    search_unit_weigh(u, window, range, good, weights);
    b->done.documents_scored += bits_count(good);
    return topk_add(b->best, weights, search_best_place(b, u, window) | range << RANGE_BITS, good, err);
}

/* Looks at positions where the tree asks for them, and takes out documents that do not match after all. */
static oir_status verify(best_first *b, search_unit *u, uint32_t range, uint64_t *good, oir_error *err)
{
    if (u->root->certain)
        return OIR_OK;
    ERROR_FORWARD(search_control_look(b->control, err)); /* the positions of a range can be many */
    ERROR_FORWARD(op_verify(u->root, range, *good, err));
    *good &= u->root->matched;
    return OIR_OK;
}

static oir_status visit_range(best_first *b, search_unit *u, uint32_t window, uint32_t range, oir_error *err)
{
    uint64_t wanted = op_match(u->root, range);
    b->done.ranges_visited++;
    wanted = wanted ? wanted & search_unit_live(u, window, range) : 0;
    if (!wanted)
        return OIR_OK;
    uint64_t good = search_unit_filter(u, window, range, wanted, b->threshold), asked = good;
    b->pruned |= good != wanted;
    ERROR_FORWARD(verify(b, u, range, &good, err));
    if (!u->root->certain)
        search_unit_activate(u, asked, good);
    if (good)
        ERROR_FORWARD(add_documents(b, u, window, range, good, err));
    search_best_raise(b);
    return OIR_OK;
}

/* Counts all that match, and weighs what can still pass. */
static oir_status count_range(best_first *b, search_unit *u, uint32_t window, uint32_t range, oir_error *err)
{
    uint64_t matched = op_match(u->root, range), good = 0;
    b->done.ranges_visited++;
    matched = matched ? matched & search_unit_live(u, window, range) : 0;
    if (matched)
        ERROR_FORWARD(verify(b, u, range, &matched, err));
    if (matched && u->root->bounds[range] >= b->least)
        good = search_unit_filter(u, window, range, matched, b->threshold);
    if (good)
        ERROR_FORWARD(add_documents(b, u, window, range, good, err));
    b->best->offered += bits_count(matched & ~good);
    search_best_raise(b);
    return OIR_OK;
}

static enum bound_level last_level(const best_first *b)
{
    return !(b->paths & PATHS_PLACED) ? LEVEL_STORED : b->paths & PATHS_EXACT ? LEVEL_EXACT : LEVEL_PLACED;
}

/* The ranges of a window that can still pass, found with no more decoding than that takes. */
static uint64_t live_ranges(best_first *b, search_unit *u)
{
    op *root = u->root;
    enum bound_level last = last_level(b);
    for (enum bound_level level = LEVEL_STORED;; level++) {
        bool final = op_ranges(root, b->kernels, level);
        uint64_t live = b->kernels->bound_live(root->bounds, b->least);
        if (!live || final || level == last)
            return live;
        if (level == LEVEL_PLACED && bits_count(live) <= LAZY_RANGES && b->paths & PATHS_LAZY)
            return live;
    }
}

/* Where nothing weighs, only docids decide: a window whose documents all come later than the last held adds nothing.
 * Whether its docids are damaged is for topk_add to say. */
static bool comes_too_late(const best_first *b, const search_unit *u, uint32_t window)
{
    bool ascending = b->best->order == OIR_DOCID_DONT_CARE || (b->best->order == OIR_DOCID_ASCENDING && u->ascending);
    return ascending && !(b->unit > 0) && b->best->full && b->bounded &&
           segment_verify_docids(u->place->segment->segment, window << WINDOW_BITS, 1, NULL) == OIR_OK &&
           topk_get_key(b->best, search_best_place(b, u, window)) > topk_last_key(b->best);
}

/* Ranges are far from each other as well: what several need is asked for before the first is looked at. */
static void prefetch_ranges(search_unit *u, uint32_t window, uint64_t live)
{
    const length_planes *lengths = &u->place->segment->segment->context.lengths;
    for (uint64_t left = live; left; left &= left - 1)
        for (uint32_t i = 0; i < lengths->count; i++)
            __builtin_prefetch(lengths->plane[i] + (window << WINDOW_BITS | bits_lowest(left) << RANGE_BITS));
    for (const op *o = live ? u->lists : NULL; o; o = o->next)
        postings_window_prefetch_rest(o->postings);
}

/* ---- units that are flat ---- */

static oir_status add_slot(best_first *b, search_unit *u, const flat_look *look, const flat_slot *slot, uint64_t good,
                           oir_error *err)
{
    double weights[RANGE_SIZE + 8];
    search_flat_weigh(u, look, slot, good, weights);
    b->done.documents_scored += bits_count(good);
    return topk_add(b->best, weights, search_best_place(b, u, look->window) | slot->range << RANGE_BITS, good, err);
}

/* What of the slots is good and matches goes to u->flat->wanted. */
static oir_status verify_slots(best_first *b, search_unit *u, uint32_t count, oir_error *err)
{
    search_flat *f = u->flat;
    uint64_t ranges = 0;
    for (uint32_t i = 0; i < count; i++) {
        const flat_slot *slot = &f->slots[i];
        b->pruned |= slot->good != slot->wanted;
        f->wanted[slot->range] = f->count > f->bounded ? search_flat_exclude(u, slot->range, slot->good) : slot->good;
        ranges |= UINT64_C(1) << slot->range;
    }
    return search_flat_verify(u, ranges, b->control, err);
}

/* As many of some ranges as there are slots for; they are taken out. */
static oir_status visit_flat_ranges(best_first *b, search_unit *u, const flat_look *look, uint64_t *ranges,
                                    oir_error *err)
{
    uint32_t count = search_flat_filter(u, look, *ranges, b->threshold);
    ERROR_FORWARD(verify_slots(b, u, count, err));
    for (uint32_t i = 0; i < count; i++) {
        const flat_slot *slot = &u->flat->slots[i];
        uint64_t good = u->flat->wanted[slot->range];
        *ranges &= *ranges - 1;
        if (good)
            ERROR_FORWARD(add_slot(b, u, look, slot, good, err));
    }
    search_best_raise(b);
    return OIR_OK;
}

/* Counts all that match, and weighs what can still pass. */
static oir_status count_flat(best_first *b, const visit *v, flat_look *look, oir_error *err)
{
    search_unit *u = &b->units[v->unit];
    search_flat *f = u->flat;
    b->done.windows_visited++;
    search_flat_look(u, v->window, 1, look);
    uint64_t live = search_flat_open(u, look, 1, LEVEL_PLACED);
    b->done.ranges_visited += bits_count(live);
    live = live ? search_flat_match(u, look, live, 1) : 0;
    for (uint64_t left = live; f->count > f->bounded && left; left &= left - 1)
        f->wanted[bits_lowest(left)] = search_flat_exclude(u, bits_lowest(left), f->wanted[bits_lowest(left)]);
    ERROR_FORWARD(search_flat_verify(u, live, b->control, err));
    for (uint64_t left = live; left; left &= left - 1)
        b->best->offered += bits_count(f->wanted[bits_lowest(left)]);
    while (live &= b->kernels->bound_live(look->bounds, b->least)) {
        uint32_t count = search_flat_filter(u, look, live, b->threshold);
        for (uint32_t i = 0; i < count; i++) {
            const flat_slot *slot = &f->slots[i];
            live &= live - 1;
            b->best->offered -= bits_count(slot->good); /* which topk_add counts */
            if (slot->good)
                ERROR_FORWARD(add_slot(b, u, look, slot, slot->good, err));
        }
        search_best_raise(b);
    }
    return OIR_OK;
}

static oir_status visit_flat(best_first *b, const visit *v, flat_look *look, oir_error *err)
{
    search_unit *u = &b->units[v->unit];
    if (comes_too_late(b, u, v->window)) {
        b->pruned = true;
        return OIR_OK;
    }
    b->done.windows_visited++;
    b->pruned |= b->least > 1;
    uint64_t live = search_flat_open(u, look, b->least, last_level(b));
    b->done.ranges_visited += bits_count(live);
    live = live ? search_flat_match(u, look, live, b->least) : 0;
    while (live) {
        ERROR_FORWARD(visit_flat_ranges(b, u, look, &live, err));
        if (live) /* the threshold may have risen while this window was looked at */
            live &= b->kernels->bound_live(look->bounds, b->least);
        b->pruned |= b->least > 1;
    }
    return OIR_OK;
}

static oir_status count_window(best_first *b, const visit *v, oir_error *err)
{
    search_unit *u = &b->units[v->unit];
    b->done.windows_visited++;
    op_seek(u->root, v->window);
    op_ranges(u->root, b->kernels, LEVEL_PLACED);
    uint64_t live = b->kernels->bound_live(u->root->bounds, 1);
    op_expect(u->root, bits_count(live));
    for (; live; live &= live - 1)
        ERROR_FORWARD(count_range(b, u, v->window, bits_lowest(live), err));
    return OIR_OK;
}

/* Of a window that cannot pass what matches is only counted. */
static oir_status count_below(best_first *b, const visit *v, oir_error *err)
{
    uint64_t count = 0;
    ERROR_FORWARD(search_count_window(&b->units[v->unit], v->window, b->control, &count, err));
    b->best->offered += count;
    return OIR_OK;
}

static oir_status visit_window(best_first *b, const visit *v, oir_error *err)
{
    search_unit *u = &b->units[v->unit];
    if (comes_too_late(b, u, v->window)) {
        b->pruned = true;
        return OIR_OK;
    }
    b->done.windows_visited++;
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

/* Looks at a window, unless that was done. */
static void look_at(const best_first *b, const visit *v, flat_look *look)
{
    const search_unit *u = &b->units[v->unit];
    if (b->counts || !u->flat || v->bound < b->least || (look->unit == u && look->window == v->window))
        return;
    search_flat_look(u, v->window, b->least, look);
}

static oir_status visit_all(best_first *b, const visit *visits, size_t count, oir_error *err)
{
    flat_look looks[2];
    looks[0].unit = looks[1].unit = NULL;
    search_visits_prefetch_first(b, visits, count);
    for (size_t i = 0; i < count; i++) {
        if (b->share->threshold) /* others raise it too */
            search_best_raise(b);
        if (visits[i].bound < b->least && !b->counts) {
            b->pruned = true;
            if (b->ordered && (visits[i].bound >> 8) + 1u <= b->least >> 8) /* and so are all that follow */
                return OIR_OK;
            continue;
        }
        ERROR_FORWARD(search_control_look(b->control, err));
        search_visits_prefetch(b, visits, count, i);
        look_at(b, &visits[i], &looks[i % 2]);
        if (i + 1 < count)
            look_at(b, &visits[i + 1], &looks[(i + 1) % 2]);
        if (b->counts && b->units[visits[i].unit].root->certain && visits[i].bound < b->least)
            ERROR_FORWARD(count_below(b, &visits[i], err));
        else if (b->counts && b->units[visits[i].unit].flat)
            ERROR_FORWARD(count_flat(b, &visits[i], &looks[0], err));
        else if (b->counts)
            ERROR_FORWARD(count_window(b, &visits[i], err));
        else if (b->units[visits[i].unit].flat)
            ERROR_FORWARD(visit_flat(b, &visits[i], &looks[i % 2], err));
        else
            ERROR_FORWARD(visit_window(b, &visits[i], err));
    }
    return OIR_OK;
}

/* What is known once all is visited. */
static oir_status finish(best_first *b, oir_error *err)
{
    for (size_t i = 0; i < b->share->unit_count; i++) {
        const search_unit *u = &b->units[i];
        b->done.postings_decoded += search_unit_decoded(u);
        b->done.positions_decoded += *u->positions_decoded;
        if (search_unit_is_damaged(u))
            return error_set(err, OIR_CORRUPT, "damaged postings in %s; run oir-inspect check, then index anew",
                             u->place->segment->segment->name);
    }
    return topk_sort(b->best, err);
}

/* What the shares of a search have between them. */
typedef struct search {
    topk *best;     /* by share */
    bool *complete;
} search;

/* Whether counting by itself would look at positions once more. Without them it is so quick that a second look at all
 * is cheaper than counting here. */
static bool must_look(const best_first *b)
{
    bool certain = true;
    for (size_t i = 0; i < b->share->unit_count; i++) {
        const search_unit *u = &b->units[i];
        uint64_t known;
        certain &= !u->root || u->root->certain || search_unit_get_count(u, &known);
    }
    return !certain;
}

/* Whether all lists are needed, or excluded: the best and all that match are in nearly the same windows then, and these
 * are opened once. */
static bool is_conjunction(const best_first *b)
{
    bool all = true;
    for (size_t i = 0; i < b->share->unit_count; i++) {
        const search_unit *u = &b->units[i];
        const search_flat *f = u->flat;
        all &= !u->root || (f && f->roles.needed > 1 && !f->roles.any && !f->roles.added && !f->check);
    }
    return all;
}

static oir_status visit_share(best_first *b, oir_error *err)
{
    visit *visits;
    size_t count;
    ERROR_FORWARD(open_units(b, err));
    if (b->bounded && b->unit > 0)
        ERROR_FORWARD(search_known_find(b->units, b->share->unit_count, b->best->wanted, b->share->arena, &b->known,
                                        err));
    search_best_raise(b);
    b->counts = b->control->exact && (!(b->paths & PATHS_PASSES) || must_look(b) || is_conjunction(b));
    ERROR_FORWARD(search_visits_order(b, &visits, &count, err));
    ERROR_FORWARD((search_lone_is_possible(b) ? search_lone_visit : visit_all)(b, visits, count, err));
    return finish(b, err);
}

/* Where a query is scaled to next to nothing, doubles below DBL_MIN would be too coarse to divide by, or 0. */
static double unit_of(const plan *p)
{
    return p->max_possible > 0 ? fmax(p->max_possible / UNITS_OF_BOUND, DBL_MIN) : 0;
}

static oir_status search_one(search_share *share, void *context, oir_error *err)
{
    const search *s = context;
    best_first b = {.share = share, .best = &s->best[share->number], .control = share->control,
                    .kernels = kernels_get(isa_best()), .least = 1, .threshold = -1, .guess = -1, .known = -1,
                    .unit = unit_of(share->plan),
                    .paths = paths_get(), .ordered = paths_use(PATHS_ORDER),
                    .bounded = paths_use(PATHS_BOUNDS)};
    oir_status status = visit_share(&b, err);
    s->complete[share->number] = !b.pruned;
    search_share_add(share->control->statistics, &b.done);
    return status;
}

static oir_status search_shared(search_shares *shares, topk *best, bool *complete, oir_error *err)
{
    search s = {.best = arena_add_zeroed(shares->plan->arena, shares->count, sizeof *s.best),
                .complete = arena_add_zeroed(shares->plan->arena, shares->count, sizeof *s.complete)};
    if (!s.best || !s.complete)
        return error_no_memory(err, "a search");
    for (size_t i = 0; i < shares->count; i++)
        topk_init(&s.best[i], best->kernels, best->wanted, best->order, best->plan);
    oir_status status = search_shares_run(shares, search_one, &s, err);
    if (status == OIR_OK)
        status = topk_merge(best, s.best, shares->count, err);
    for (size_t i = 0; i < shares->count; i++) {
        *complete &= s.complete[i];
        topk_release(&s.best[i]);
    }
    return status;
}

/* Of one list that weighs the few best are found in very few windows. */
static bool is_light(const plan *p, const topk *best)
{
    size_t weighing = 0;
    for (size_t i = 0; i < p->leaf_count; i++)
        weighing += p->leaves[i].factor > 0;
    return weighing == 1 && best->wanted <= FEW_WANTED;
}

oir_status search_best(const plan *p, topk *best, search_control *control, bool *complete, oir_error *err)
{
    search_shares shares;
    *complete = true;
    if (!p->root)
        return topk_sort(best, err);
    oir_status status = search_shares_init(&shares, p, control, is_light(p, best) ? 0 : search_share_postings(p), err);
    if (status == OIR_OK)
        status = search_shares_add_rooms(&shares, err);
    if (status == OIR_OK)
        status = search_shared(&shares, best, complete, err);
    search_shares_release(&shares);
    return status;
}
