#include "searcher/plan_group.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "searcher/plan_expand.h"
#include "searcher/search_share.h"

enum {
    RANGE_BOUNDS_MOST = 1 << 22, /* bytes of range bounds that a plan keeps, for groups that come first; of the others
                                    they are made again when a window is visited */
    WINDOWS_KEPT_MOST = 128,     /* of all groups, once they are evaluated: of an index that is not large all */
    KEPT_MIN = 1024              /* postings in a window; others are sooner evaluated again than kept */
};

/* A group over all units, for every leaf that stands for it. In the plan's arena. */
typedef struct plan_group {
    struct plan_group *next;
    const oir_query *query;
    bool weighs;
    plan_postings *postings;
    group_room *room;
    uint64_t termfreq;
} plan_group;

/* More memory of a plan. In its first arena. */
typedef struct plan_arena {
    struct plan_arena *next;
    arena arena;
} plan_arena;

/* What a thread needs to make groups. */
typedef struct maker {
    plan *plan;
    plan_group *group;
    arena *arena;
    group_room *room;
    search_control *control;
    uint64_t termfreq;
} maker;

/* ---- the terms of a group ---- */

typedef struct filling {
    const maker *maker;
    const plan_unit *unit;
    postings_group_builder builder;
    uint64_t upper; /* sum of the terms' frequencies in the unit */
    uint32_t terms;
} filling;

static oir_status add_entry(filling *f, const term_entry *entry, oir_error *err)
{
    uint32_t termfreq;
    if (++f->terms % TERMS_A_LOOK == 0)
        ERROR_FORWARD(search_control_look(f->maker->control, err));
    snapshot_correct(f->unit->segment, entry, &termfreq, NULL);
    f->upper += termfreq;
    return postings_group_add(&f->builder, entry, err);
}

static oir_status add_expansion(void *context, const terms_cursor *at, oir_error *err)
{
    return add_entry(context, &at->entry, err);
}

static oir_status fill(filling *f, const oir_query *q, oir_error *err)
{
    const segment *s = f->unit->segment->segment;
    if (query_expands(q))
        return plan_expand(s, q, f->maker->control, add_expansion, f, err);
    if (q->op == OIR_OP_TERM) {
        term_entry entry;
        bool found;
        ERROR_FORWARD(segment_find_term(s, q->term, q->term_size, &entry, &found, err));
        return found ? add_entry(f, &entry, err) : OIR_OK;
    }
    for (size_t i = 0; i < q->part_count; i++)
        ERROR_FORWARD(fill(f, q->parts[i], err));
    return OIR_OK;
}

/* ---- the windows of a group ---- */

/* Room for what visits will want again, as long as there is some. */
static oir_status add_rooms(const maker *m, postings_group *g, uint32_t windows, uint64_t postings, oir_error *err)
{
    plan *p = m->plan;
    size_t size = (size_t)windows * RANGES;
    bool many = postings >= (uint64_t)windows * KEPT_MIN;
    bool keeps = many && p->windows_kept < WINDOWS_KEPT_MOST && paths_use(PATHS_KEPT);
    if (keeps && !(g->kept = arena_add_zeroed(m->arena, windows, sizeof *g->kept)))
        return error_no_memory(err, "a group of terms");
    if (!paths_use(PATHS_RANGES))
        return OIR_OK;
    if (atomic_fetch_add(&p->range_bounds, size) + size > RANGE_BOUNDS_MOST) {
        atomic_fetch_sub(&p->range_bounds, size);
        return OIR_OK;
    }
    g->range_bounds = arena_add(m->arena, size);
    return g->range_bounds ? OIR_OK : error_no_memory(err, "a group of terms");
}

/* Has a window stay. */
static oir_status keep_window(const maker *m, postings_group *g, uint32_t window, oir_error *err)
{
    if (!g->kept || m->plan->windows_kept >= WINDOWS_KEPT_MOST)
        return OIR_OK;
    group_window *w = arena_add_zeroed(m->arena, 1, sizeof *w);
    uint32_t *sums = arena_add_zeroed(m->arena, WINDOW_SIZE, sizeof *sums);
    if (!w || !sums)
        return error_no_memory(err, "a group of terms");
    atomic_fetch_add(&m->plan->windows_kept, 1); /* threads at the same time may keep one more each */
    w->sums = sums;
    g->kept[window] = w;
    return OIR_OK;
}

/* Looks at all windows, for their bounds and for how many documents there are. postings: of all lists, about. */
static oir_status measure(maker *m, const plan_unit *unit, postings_group *g, uint64_t postings, oir_error *err)
{
    uint32_t windows = postings_view_windows(g->context->document_count);
    weigh_input norms = plan_get_norms(m->plan, unit);
    ERROR_FORWARD(add_rooms(m, g, windows, postings, err));
    for (uint32_t w = 0; w < windows; w++) {
        uint8_t bounds[RANGES], most = 0;
        if (!g->bounds[w])
            continue;
        ERROR_FORWARD(search_control_look(m->control, err));
        ERROR_FORWARD(keep_window(m, g, w, err));
        postings_group_bounds(g, m->room, &norms, w, bounds);
        if (g->range_bounds)
            memcpy(g->range_bounds + (size_t)w * RANGES, bounds, RANGES);
        const uint64_t *words = postings_group_words(g, m->room, w);
        for (uint32_t r = 0; r < RANGES; r++) {
            most = bounds[r] > most ? bounds[r] : most;
            m->termfreq += bits_count(words[r] & plan_unit_live(unit, w, r));
        }
        g->bounds[w] = most;
    }
    return g->damaged ? error_set(err, OIR_CORRUPT, "damaged postings in %s; run oir-inspect check, then index anew",
                                  unit->segment->segment->name) : OIR_OK;
}

static oir_status fill_unit(maker *m, const plan_unit *unit, oir_error *err)
{
    const segment *s = unit->segment->segment;
    const plan_group *g = m->group;
    plan_postings *at = &g->postings[unit - m->plan->units];
    filling f = {.maker = m, .unit = unit, .builder = {.kernels = kernels_get(isa_best()), .parts = s->container,
                                                       .context = &s->context, .weighs = g->weighs}};
    oir_status status = fill(&f, g->query, err);
    if (status == OIR_OK)
        status = postings_group_end(&f.builder, m->arena, &at->group, err);
    postings_group_release_builder(&f.builder);
    at->found = at->group != NULL;
    if (status == OIR_OK && at->found && g->weighs)
        return measure(m, unit, at->group, f.upper, err);
    m->termfreq += f.upper;
    return status;
}

/* ---- its units, by threads ---- */

static oir_status init_maker(maker *m, plan *p, plan_group *g, const search_share *share, oir_error *err)
{
    *m = (maker){.plan = p, .group = g, .arena = p->arena, .room = g->room, .control = share->control};
    if (!share->number)
        return OIR_OK;
    plan_arena *more = arena_add_zeroed(p->arena, 1, sizeof *more);
    if (!more)
        return error_no_memory(err, "a group of terms");
    more->next = p->arenas;
    p->arenas = more;
    m->arena = &more->arena;
    return search_share_new_room(&m->room, g->weighs, m->arena, err);
}

static oir_status fill_share(search_share *share, void *context, oir_error *err)
{
    maker *m = (maker *)context + share->number;
    for (size_t i = 0; i < share->unit_count; i++)
        ERROR_FORWARD(fill_unit(m, &m->plan->units[share->units[i]], err));
    return OIR_OK;
}

/* A group looks at about as many postings as there are documents, or more. */
static oir_status fill_units(plan *p, plan_group *g, oir_error *err)
{
    search_shares shares;
    oir_status status = search_shares_init(&shares, p, p->control, (uint64_t)p->collection.documents, err);
    maker *makers = status == OIR_OK ? arena_add(p->arena, shares.count * sizeof *makers) : NULL;
    if (status == OIR_OK && !makers)
        status = error_no_memory(err, "a group of terms");
    for (size_t i = 0; status == OIR_OK && i < shares.count; i++)
        status = init_maker(&makers[i], p, g, &shares.each[i], err);
    if (status == OIR_OK)
        status = search_shares_run(&shares, fill_share, makers, err);
    for (size_t i = 0; status == OIR_OK && i < shares.count; i++)
        g->termfreq += makers[i].termfreq;
    search_shares_release(&shares);
    return status;
}

/* ---- groups ---- */

static bool same(const oir_query *a, const oir_query *b)
{
    if (a->op != b->op || a->term_size != b->term_size || a->part_count != b->part_count ||
        a->max_expansion != b->max_expansion || a->distance != b->distance || a->fixed != b->fixed ||
        (a->term_size && memcmp(a->term, b->term, a->term_size) != 0))
        return false;
    for (size_t i = 0; i < a->part_count; i++)
        if (!same(a->parts[i], b->parts[i]))
            return false;
    return true;
}

static plan_group *find_same(const plan *p, const oir_query *query, bool weighs)
{
    for (plan_group *g = paths_use(PATHS_EQUAL) ? p->groups : NULL; g; g = g->next)
        if (g->weighs == weighs && same(g->query, query))
            return g;
    return NULL;
}

static oir_status new_group(plan *p, const oir_query *query, bool weighs, plan_group **out, oir_error *err)
{
    plan_group *g = *out = arena_add_zeroed(p->arena, 1, sizeof *g);
    if (!g || !(g->postings = arena_add_zeroed(p->arena, p->unit_count, sizeof *g->postings)))
        return error_no_memory(err, "a group of terms");
    g->query = query;
    g->weighs = weighs;
    g->next = p->groups;
    p->groups = g;
    return search_share_new_room(&g->room, weighs, p->arena, err);
}

oir_status plan_group_fill(plan *p, plan_leaf *leaf, const oir_query *query, bool weighs, oir_error *err)
{
    plan_group *g = find_same(p, query, weighs);
    if (!g) {
        ERROR_FORWARD(plan_expand_check(p, query, err));
        ERROR_FORWARD(new_group(p, query, weighs, &g, err));
        ERROR_FORWARD(fill_units(p, g, err));
        if ((double)g->termfreq > p->collection.documents)
            g->termfreq = (uint64_t)p->collection.documents;
    }
    leaf->postings = g->postings;
    leaf->room = g->room;
    leaf->termfreq = (uint32_t)g->termfreq;
    leaf->known = weighs;
    return OIR_OK;
}

uint64_t plan_group_decoded(const plan *p)
{
    uint64_t decoded = 0;
    for (const plan_group *g = p->groups; g; g = g->next)
        for (size_t u = 0; u < p->unit_count; u++)
            decoded += g->postings[u].group ? g->postings[u].group->decoded : 0;
    return decoded;
}

void plan_group_release(plan *p)
{
    for (plan_group *g = p->groups; g; g = g->next)
        for (size_t u = 0; u < p->unit_count; u++)
            if (g->postings[u].group)
                postings_group_release(g->postings[u].group);
    for (plan_arena *a = p->arenas; a; a = a->next)
        arena_release(&a->arena);
}
