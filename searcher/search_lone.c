/* A query's only list. Where what its best documents reach is stored (search_known.h), windows are visited with that as
 * a threshold. Else bounds say almost what the best documents weigh: so only bounds are looked at first, until as many
 * windows or ranges are known as documents are wanted that nothing to come is above; then the documents there, of which
 * each has one that weighs nearly as much as it may. That is taken as a threshold, and holds if as many documents as
 * are wanted reach it; if not, all is looked at once more. What excludes is asked about what is good enough. */
#include <math.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/paths.h"
#include "searcher/search_visits.h"

enum {
    WINDOWS_MOST = 256, /* whose bounds are kept */
    AT_ONCE = 512,      /* documents */
    RANGES_AT_ONCE = AT_ONCE / RANGE_SIZE,
    AHEAD = 2,          /* windows */
    ROUNDING = 3        /* units of bound */
};

/* Shares of documents. */
static const double EXCLUDED_MOST = 0.6, EXCLUDED_ALWAYS = 0.2;

/* The windows looked at. */
typedef struct lone {
    best_first *best;
    const visit *visits;
    size_t count, seen;
    uint16_t (*bounds)[RANGES]; /* by visit that was seen; behind these room for some in turns, of others */
    size_t wanted;              /* so many windows or ranges are looked for */
    uint32_t cut;               /* those with this or more come first */
    bool enough;                /* there are so many */
} lone;

bool search_lone_is_possible(const best_first *b)
{
    bool possible = b->ordered && b->bounded && !b->counts && b->unit > 0 && !b->share->threshold;
    for (size_t i = 0; possible && i < b->share->unit_count; i++)
        possible = !b->units[i].root || (b->units[i].flat && b->units[i].flat->lone);
    return possible;
}

static search_unit *unit_of(const lone *l, size_t i)
{
    return &l->best->units[l->visits[i].unit];
}

static postings_window *list_of(const search_unit *u)
{
    return u->flat->lists[0]->postings;
}

/* ---- bounds ---- */

static uint16_t *bounds_of(const lone *l, size_t i)
{
    return l->bounds[i < l->seen ? i : l->seen + i % (AHEAD + 1)];
}

static uint64_t ranges_from(const lone *l, size_t i, uint32_t least)
{
    return l->best->kernels->bound_live(bounds_of(l, i), least);
}

/* The highest bound, about, that so many have. */
static uint32_t find_cut(const lone *l, uint32_t low, size_t wanted)
{
    uint32_t high = l->visits[0].bound | 255u; /* visits are ordered so far */
    while (high - low > 32) {
        uint32_t middle = low + (high - low) / 2;
        if (l->best->kernels->bound_count(l->bounds[0], l->seen * RANGES, middle) >= wanted)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Of a list without bounds of ranges the window counts as one. */
static uint64_t look_at_window(const lone *l, size_t i, uint32_t least)
{
    const search_unit *u = unit_of(l, i);
    uint16_t *bounds = bounds_of(l, i);
    if (list_of(u)->ranged)
        return search_flat_bounds(u, l->visits[i].window, least, bounds);
    memset(bounds, 0, RANGES * sizeof *bounds);
    bounds[0] = l->visits[i].bound;
    return l->visits[i].bound >= least;
}

static void look_at_bounds(lone *l)
{
    const best_first *b = l->best;
    size_t above = 0, most = 2 * l->wanted;
    uint32_t cut = 1;
    while (l->seen < l->count && l->seen < WINDOWS_MOST && (above < l->wanted || l->visits[l->seen].bound >= cut)) {
        search_visits_prefetch(b, l->visits, l->count, l->seen);
        l->seen++;
        above += bits_count(look_at_window(l, l->seen - 1, cut));
        if (above >= most) { /* of equal ones there may be very many */
            cut = find_cut(l, cut, l->wanted);
            above = b->kernels->bound_count(l->bounds[0], l->seen * RANGES, cut);
            most = above + l->wanted;
        }
    }
    l->cut = above > l->wanted ? find_cut(l, cut, l->wanted) : cut;
    l->enough = above >= l->wanted;
}

/* A bound is less than a step above what its best document weighs, were it not for norms that differ from those that
 * bounds were made with. */
static double guess_threshold(const lone *l)
{
    const best_first *b = l->best;
    double step = 0, off = 0;
    for (size_t i = 0; i < b->share->unit_count; i++) {
        const search_unit *u = &b->units[i];
        if (!u->root)
            continue;
        step = fmax(step, u->flat->lists[0]->units / 256.0);
        off = fmax(off, fabs(u->ratio - 1));
    }
    return l->enough ? (l->cut - step - ROUNDING) * b->unit * (1 - 2 * off - 1e-5) : -1;
}

/* ---- documents ---- */

/* What was found, room for it at a time. */
typedef struct findings {
    double weights[AT_ONCE + 8];
    uint64_t places[AT_ONCE + 8];
} findings;

/* Takes out what is excluded; how many are left. */
static size_t exclude(search_unit *u, findings *f, size_t n)
{
    size_t left = 0;
    uint32_t range = RANGES;
    uint64_t allowed = 0; /* of the range */
    for (size_t i = 0; i < n; i++) {
        uint32_t place = (uint32_t)f->places[i] % WINDOW_SIZE;
        if (place / RANGE_SIZE != range) {
            range = place / RANGE_SIZE;
            allowed = search_flat_exclude(u, range, UINT64_MAX);
        }
        f->weights[left] = f->weights[i];
        f->places[left] = f->places[i];
        left += allowed >> place % RANGE_SIZE & 1;
    }
    return left;
}

static oir_status add_findings(best_first *b, search_unit *u, findings *f, size_t n, size_t matched, oir_error *err)
{
    b->pruned |= n != matched;
    n = u->flat->count > 1 ? exclude(u, f, n) : n;
    b->done.documents_scored += n;
    ERROR_FORWARD(topk_offer(b->best, f->weights, f->places, n, err));
    search_best_raise(b);
    return OIR_OK;
}

/* The lowest of some ranges. */
static uint64_t lowest_ranges(uint64_t ranges, uint32_t most)
{
    uint64_t rest = ranges;
    for (uint32_t i = 0; i < most; i++)
        rest &= rest - 1;
    return ranges & ~rest;
}

static oir_status visit_ranges(lone *l, size_t i, uint64_t live, oir_error *err)
{
    best_first *b = l->best;
    search_unit *u = unit_of(l, i);
    uint32_t window = l->visits[i].window;
    dense_window *dense = postings_window_get_dense(list_of(u));
    for (uint32_t p = 0; p < u->input.planes; p++)
        u->input.length[p] = u->norms.length[p] + (window << WINDOW_BITS);
    while (dense && live) {
        findings f;
        uint32_t matched;
        uint64_t now = lowest_ranges(live, RANGES_AT_ONCE);
        size_t n = u->kernels->weigh_dense(&u->input, dense, now, b->threshold, search_best_place(b, u, window),
                                           f.weights, f.places, &matched);
        ERROR_FORWARD(add_findings(b, u, &f, n, matched, err));
        b->done.ranges_visited += bits_count(now);
        live &= ~now;
        live &= ranges_from(l, i, b->least);
    }
    return OIR_OK;
}

/* All of a window. */
static oir_status visit_places(lone *l, size_t i, oir_error *err)
{
    best_first *b = l->best;
    search_unit *u = unit_of(l, i);
    const uint16_t *places;
    const uint8_t *wdf;
    uint32_t n = postings_window_get_places(list_of(u), &places, &wdf), first = l->visits[i].window << WINDOW_BITS;
    for (uint32_t p = 0; p < u->input.planes; p++)
        u->input.length[p] = u->norms.length[p];
    for (uint32_t from = 0, some; from < n; from += some) {
        findings f;
        uint32_t documents[AT_ONCE];
        some = n - from < AT_ONCE ? n - from : AT_ONCE;
        for (uint32_t k = 0; k < some; k++)
            documents[k] = first + places[from + k];
        size_t found = u->kernels->weigh_documents(&u->input, documents, wdf + from, some, b->threshold,
                                                   search_best_place(b, u, 0), f.weights, f.places);
        ERROR_FORWARD(add_findings(b, u, &f, found, some, err));
    }
    b->done.ranges_visited++;
    return OIR_OK;
}

static oir_status visit_window(lone *l, size_t i, uint64_t live, oir_error *err)
{
    best_first *b = l->best;
    search_unit *u = unit_of(l, i);
    if (!live)
        return OIR_OK;
    ERROR_FORWARD(search_control_look(b->control, err));
    b->done.windows_visited++;
    for (uint32_t j = 0; j < u->flat->count; j++)
        postings_window_seek(u->flat->lists[j]->postings, l->visits[i].window);
    u->exact_factor[0] = u->flat->lists[0]->factor;
    u->input.lists = 1;
    return list_of(u)->ranged ? visit_ranges(l, i, live, err) : visit_places(l, i, err);
}

static void prefetch(const lone *l, size_t i, uint64_t live)
{
    if (list_of(unit_of(l, i))->ranged)
        search_flat_prefetch(unit_of(l, i), l->visits[i].window, live);
}

static oir_status visit_seen(lone *l, oir_error *err)
{
    best_first *b = l->best;
    for (size_t i = 0; i < AHEAD && i < l->seen; i++)
        prefetch(l, i, ranges_from(l, i, l->cut));
    for (size_t i = 0; i < l->seen; i++) {
        uint32_t least = l->cut > b->least ? l->cut : b->least;
        if (i + AHEAD < l->seen)
            prefetch(l, i + AHEAD, ranges_from(l, i + AHEAD, least));
        ERROR_FORWARD(visit_window(l, i, ranges_from(l, i, least), err));
    }
    for (size_t i = 0; i < l->seen && b->least < l->cut; i++)
        ERROR_FORWARD(visit_window(l, i, ranges_from(l, i, b->least) & ~ranges_from(l, i, l->cut), err));
    return OIR_OK;
}

/* Windows whose bounds were not kept. */
static oir_status visit_rest(lone *l, oir_error *err)
{
    best_first *b = l->best;
    for (size_t i = l->seen, looked = i; i < l->count; i++) {
        if (l->visits[i].bound < b->least && (l->visits[i].bound >> 8) + 1u <= b->least >> 8)
            return OIR_OK; /* and so are all that follow */
        for (; looked < l->count && looked <= i + AHEAD; looked++) {
            search_visits_prefetch(b, l->visits, l->count, looked);
            prefetch(l, looked, look_at_window(l, looked, b->least));
        }
        if (l->visits[i].bound >= b->least)
            ERROR_FORWARD(visit_window(l, i, ranges_from(l, i, b->least), err));
    }
    return OIR_OK;
}

static oir_status visit_all(lone *l, double guess, oir_error *err)
{
    best_first *b = l->best;
    topk_clear(b->best);
    b->threshold = b->guess = guess;
    b->least = 1;
    search_best_set_least(b);
    ERROR_FORWARD(visit_seen(l, err));
    ERROR_FORWARD(visit_rest(l, err));
    return OIR_OK;
}

/* The share of a unit's documents that is excluded, about. */
static double find_excluded(const search_unit *u)
{
    double documents = u->place->segment->segment->context.document_count, excluded = 0;
    for (uint32_t j = 1; j < u->flat->count; j++)
        excluded += (double)u->flat->lists[j]->postings->entry.termfreq;
    return fmin(excluded / documents, EXCLUDED_MOST);
}

/* What excludes takes some of what is found. */
static size_t choose_wanted(const best_first *b)
{
    double most = 0;
    for (size_t i = 0; i < b->share->unit_count; i++)
        if (b->units[i].root && b->units[i].flat->count > 1)
            most = fmax(most, EXCLUDED_ALWAYS + find_excluded(&b->units[i]));
    return (size_t)((double)b->best->wanted / (1 - most)) + (most > 0 ? 4 : 0);
}

oir_status search_lone_visit(best_first *b, const visit *visits, size_t count, oir_error *err)
{
    lone l = {.best = b, .visits = visits, .count = count, .wanted = choose_wanted(b)};
    size_t most = count < WINDOWS_MOST ? count : WINDOWS_MOST;
    char *room = arena_add(b->share->arena, ((b->known > 0 ? 0 : most) + AHEAD + 1) * sizeof *l.bounds + 63);
    if (!room)
        return error_no_memory(err, "a search");
    l.bounds = (uint16_t(*)[RANGES])(void *)(room + (-(uintptr_t)room & 63));
    search_visits_prefetch_first(b, visits, count);
    if (b->known > 0) {
        ERROR_FORWARD(visit_rest(&l, err));
    } else {
        look_at_bounds(&l);
        double guess = guess_threshold(&l);
        ERROR_FORWARD(visit_all(&l, guess, err));
        if (guess > 0 && b->best->held < b->best->wanted)
            ERROR_FORWARD(visit_all(&l, -1, err));
    }
    b->pruned |= b->least > 1;
    return OIR_OK;
}
