#include "searcher/search_flat.h"

#include "base/bits.h"
#include "base/error.h"
#include "base/paths.h"

enum {
    LAZY_RANGES = 4, /* so few live ranges are looked at at once, without making their bounds exact */
    VERIFIED_AT_ONCE = 32,
    HEADER = 9       /* of a dense window: codec/dense_layout.h */
};

/* ---- from a tree ---- */

enum role { NEEDED, ANY, ADDED, EXCLUDED, ROLES };

/* A tree as it is flattened. */
typedef struct gathering {
    op *lists[ROLES][FLAT_MOST];
    uint32_t counts[ROLES];
    op *check;
    bool open; /* what comes may still be needed: nothing has been said of which one is needed */
} gathering;

static bool add_list(gathering *g, op *o, enum role role)
{
    uint32_t all = g->counts[NEEDED] + g->counts[ANY] + g->counts[ADDED] + g->counts[EXCLUDED];
    if (o->kind != OP_TERM || all == FLAT_MOST)
        return false;
    g->lists[role][g->counts[role]++] = o;
    return true;
}

static bool add_parts(gathering *g, const op *o, uint32_t from, enum role role)
{
    for (uint32_t i = from; i < o->part_count; i++)
        if (!add_list(g, o->parts[i], role))
            return false;
    return true;
}

/* Terms, or OR of them: excluded, or added. */
static bool add_others(gathering *g, const op *o, enum role role)
{
    for (uint32_t i = 1; i < o->part_count; i++) {
        const op *part = o->parts[i];
        bool added = part->ops == &op_or ? add_parts(g, part, 0, role) : add_list(g, o->parts[i], role);
        if (!added)
            return false;
    }
    return true;
}

/* Of an operator that must hold. */
static bool flatten(gathering *g, op *o)
{
    if (o->kind != OP_INNER)
        return add_list(g, o, NEEDED);
    if (o->ops == &op_or) {
        if (g->counts[ANY])
            return false;
        return add_parts(g, o, 0, ANY);
    }
    if (o->ops == &op_not || o->ops == &op_maybe)
        return flatten(g, o->parts[0]) && add_others(g, o, o->ops == &op_not ? EXCLUDED : ADDED);
    if (o->ops->check) {
        if (g->check)
            return false;
        g->check = o;
        return add_parts(g, o, 0, NEEDED);
    }
    if (o->ops != &op_and && o->ops != &op_filter)
        return false;
    for (uint32_t i = 0; i < o->part_count; i++)
        if (!flatten(g, o->parts[i]))
            return false;
    return true;
}

/* Rarest first. */
static void order_needed(gathering *g)
{
    op **lists = g->lists[NEEDED];
    for (uint32_t i = 1; i < g->counts[NEEDED]; i++) {
        op *o = lists[i];
        uint32_t k = i;
        for (; k && lists[k - 1]->cost > o->cost; k--)
            lists[k] = lists[k - 1];
        lists[k] = o;
    }
}

static void number_weighing(search_flat *f, const search_unit *u)
{
    for (size_t i = 0; i < u->plan->leaf_count; i++)
        for (uint32_t j = 0; u->leaves[i] && j < f->bounded; j++)
            if (f->lists[j] == u->leaves[i] && f->lists[j]->factor > 0)
                f->order[f->weighing++] = j;
}

oir_status search_flat_init(search_unit *u, oir_error *err)
{
    gathering g = {0};
    if (!u->root || !(u->paths & PATHS_FLAT) || !flatten(&g, u->root))
        return OIR_OK;
    search_flat *f = u->flat = arena_add(u->arena, sizeof *f);
    if (!f)
        return error_no_memory(err, "a search");
    f->count = f->weighing = 0;
    if (u->paths & PATHS_RAREST)
        order_needed(&g);
    f->roles = (bound_roles){g.counts[NEEDED], g.counts[ANY], g.counts[ADDED]};
    f->bounded = g.counts[NEEDED] + g.counts[ANY] + g.counts[ADDED];
    f->check = g.check;
    for (uint32_t role = 0; role < ROLES; role++)
        for (uint32_t i = 0; i < g.counts[role]; i++)
            f->lists[f->count++] = g.lists[role][i];
    number_weighing(f, u);
    const postings_window *first = f->bounded ? f->lists[0]->postings : NULL;
    f->lone = f->bounded == 1 && f->weighing == 1 && !f->check && !first->group && !first->view.large_count &&
              (first->ranged || !postings_window_is_dense(first)) && !u->place->segment->catalog->deleted &&
              u->paths & PATHS_LONE;
    return OIR_OK;
}

/* ---- bounds ---- */

/* Of a list's bounds what is there without decoding. */
static void look_at_list(const op *o, uint32_t window, uint8_t room[RANGES], bound_list *out)
{
    postings_window *p = o->postings;
    const uint8_t *payload;
    size_t size;
    uint32_t count;
    *out = (bound_list){p->bounds, 0, o->base, o->units}; /* any bytes that can be read */
    if (!p->bounds[window])
        return;
    if (!p->ranged) {
        memset(room, p->bounds[window], RANGES);
        out->bytes = room;
        out->ranges = UINT64_MAX;
        return;
    }
    if (!postings_view_window(&p->view, window, &payload, &size, &count) || size < HEADER ||
        size < HEADER + bits_count(bits_load64(payload + 1))) {
        p->damaged = true;
        return;
    }
    out->bytes = payload + HEADER;
    out->ranges = bits_load64(payload + 1);
}

uint64_t search_flat_bounds(const search_unit *u, uint32_t window, uint32_t least, uint16_t bounds[RANGES])
{
    uint8_t room[RANGES];
    bound_list list;
    look_at_list(u->flat->lists[0], window, room, &list);
    return u->kernels->bound_lists(&list, u->flat->roles, least, bounds);
}

void search_flat_prefetch(const search_unit *u, uint32_t window, uint64_t live)
{
    const search_flat *f = u->flat;
    for (uint64_t left = live; left; left &= left - 1)
        for (uint32_t i = 0; i < u->norms.planes; i++)
            __builtin_prefetch(u->norms.length[i] + (window << WINDOW_BITS | bits_lowest(left) << RANGE_BITS));
    for (uint32_t j = 0; live && j < f->bounded; j++)
        if (f->lists[j]->postings->ranged && f->lists[j]->postings->bounds[window])
            postings_window_prefetch_payload(f->lists[j]->postings, window);
}

void search_flat_look(const search_unit *u, uint32_t window, uint32_t least, flat_look *out)
{
    const search_flat *f = u->flat;
    out->unit = u;
    out->window = window;
    out->final = true;
    for (uint32_t j = 0; j < f->bounded; j++) {
        look_at_list(f->lists[j], window, out->rooms[j], &out->lists[j]);
        out->final &= f->lists[j]->postings->ranged || !out->lists[j].ranges;
    }
    out->live = u->kernels->bound_lists(out->lists, f->roles, least, out->bounds);
    search_flat_prefetch(u, window, out->live);
}

static uint64_t look_closer(search_unit *u, flat_look *look, uint32_t least, enum bound_level level)
{
    const search_flat *f = u->flat;
    for (uint32_t j = 0; j < f->bounded; j++) {
        op *o = f->lists[j];
        bound_list *l = &look->lists[j];
        bool exact = level == LEVEL_EXACT && o->factor > 0; /* what does not weigh is there or not */
        if (o->postings->ranged || !l->ranges || (level == LEVEL_EXACT && !exact))
            continue;
        postings_window_bounds(o->postings, level, look->rooms[j]);
        l->base = exact ? o->exact_base : o->base;
        l->units = exact ? o->exact_units : o->units;
    }
    return u->kernels->bound_lists(look->lists, f->roles, least, look->bounds);
}

uint64_t search_flat_open(search_unit *u, flat_look *look, uint32_t least, enum bound_level last)
{
    const search_flat *f = u->flat;
    uint64_t live = look->live ? u->kernels->bound_live(look->bounds, least) : 0;
    if (!live)
        return 0;
    for (uint32_t j = 0; j < f->count; j++)
        postings_window_seek(f->lists[j]->postings, look->window);
    if (!look->final && last >= LEVEL_PLACED)
        live = look_closer(u, look, least, LEVEL_PLACED);
    if (!look->final && last == LEVEL_EXACT && live && (bits_count(live) > LAZY_RANGES || !(u->paths & PATHS_LAZY)))
        live = look_closer(u, look, least, LEVEL_EXACT);
    for (uint32_t j = 0; j < f->bounded; j++)
        postings_window_expect(f->lists[j]->postings, bits_count(live));
    return live;
}

/* ---- ranges ---- */

/* Ranges, out of some, where a list has documents; `some` says that it need not have. */
static uint64_t find_list(op *o, const bound_list *l, uint64_t ranges)
{
    if (!l->ranges)
        return 0;
    ranges &= o->postings->ranged ? l->ranges : UINT64_MAX;
    postings_window_find(o->postings, ranges);
    return ranges;
}

/* Documents that all needed lists have. */
static uint64_t match_needed(search_flat *f, const flat_look *look, uint64_t ranges)
{
    for (uint32_t j = 0; j < f->roles.needed; j++) {
        const postings_window *p = f->lists[j]->postings;
        uint64_t left = ranges = find_list(f->lists[j], &look->lists[j], ranges);
        for (; left; left &= left - 1) {
            uint32_t r = bits_lowest(left);
            uint64_t wanted = postings_window_found(p, r) & (j ? f->wanted[r] : UINT64_MAX);
            f->wanted[r] = wanted;
            ranges &= ~((uint64_t)!wanted << r);
        }
    }
    return ranges;
}

/* The most that a document of the window can have from a list. */
static uint32_t most_of(const search_flat *f, const flat_look *look, uint32_t j)
{
    const op *o = f->lists[j];
    uint32_t bound = o->postings->bounds[look->window];
    return bound ? o->base + (bound * o->units + 255) / 256 + 1 : 0;
}

/* The most that a document of the window can have from lists that are not of `any`. */
static uint32_t most_of_others(const search_flat *f, const flat_look *look)
{
    uint32_t from = f->roles.needed, to = from + f->roles.any, most = 0;
    for (uint32_t j = 0; j < f->bounded; j++)
        most += j < from || j >= to ? most_of(f, look, j) : 0;
    return most;
}

/* The ranges in which a list by itself is enough to reach `least`. */
static uint64_t find_strong(const search_unit *u, const flat_look *look, uint32_t j, uint32_t least)
{
    uint16_t bounds[RANGES];
    if (most_of(u->flat, look, j) < least)
        return 0;
    return least > 1 ? u->kernels->bound_lists(&look->lists[j], (bound_roles){.any = 1}, least, bounds) : UINT64_MAX;
}

/* Documents that one of the lists has; but for those lists that are not enough by themselves, that two have. */
static uint64_t match_any(const search_unit *u, const flat_look *look, uint64_t ranges, uint32_t least)
{
    search_flat *f = u->flat;
    uint64_t any[RANGES] = {0}, once[RANGES] = {0}, found = 0;
    uint32_t others = most_of_others(f, look);
    least = least > others ? least - others : 1;
    for (uint32_t j = f->roles.needed; j < f->roles.needed + f->roles.any; j++) {
        const postings_window *p = f->lists[j]->postings;
        uint64_t left = find_list(f->lists[j], &look->lists[j], ranges);
        uint64_t strong = find_strong(u, look, j, least);
        for (; left; left &= left - 1) {
            uint32_t r = bits_lowest(left);
            uint64_t documents = postings_window_found(p, r);
            any[r] |= documents & (once[r] | (0 - (strong >> r & 1)));
            once[r] |= documents;
        }
    }
    for (uint64_t left = ranges; left; left &= left - 1) {
        uint32_t r = bits_lowest(left);
        f->wanted[r] = any[r] & (f->roles.needed ? f->wanted[r] : UINT64_MAX);
        found |= (uint64_t)(f->wanted[r] != 0) << r;
    }
    return found;
}

/* Where what must be there is not enough, something must be added. */
static uint64_t match_added(search_flat *f, const flat_look *look, uint64_t ranges, uint32_t least)
{
    uint64_t added[RANGES] = {0}, found = 0;
    uint32_t from = f->roles.needed + f->roles.any, rest = 0;
    for (uint32_t j = 0; j < from; j++)
        rest += most_of(f, look, j);
    for (uint32_t j = from; j < f->bounded; j++) {
        uint64_t left = find_list(f->lists[j], &look->lists[j], ranges);
        for (; rest < least && left; left &= left - 1)
            added[bits_lowest(left)] |= postings_window_found(f->lists[j]->postings, bits_lowest(left));
    }
    if (rest >= least)
        return ranges;
    for (uint64_t left = ranges; left; left &= left - 1) {
        uint32_t r = bits_lowest(left);
        f->wanted[r] &= added[r];
        found |= (uint64_t)(f->wanted[r] != 0) << r;
    }
    return found;
}

uint64_t search_flat_match(search_unit *u, const flat_look *look, uint64_t ranges, uint32_t least)
{
    search_flat *f = u->flat;
    ranges = f->roles.needed ? match_needed(f, look, ranges) : ranges;
    ranges = f->roles.any ? match_any(u, look, ranges, least) : ranges;
    ranges = f->roles.added ? match_added(f, look, ranges, least) : ranges;
    bool whole = !u->place->segment->catalog->deleted && look->window + 1 < u->windows;
    for (uint64_t left = whole ? 0 : ranges; left; left &= left - 1) {
        uint32_t r = bits_lowest(left);
        f->wanted[r] &= search_unit_live(u, look->window, r);
        ranges &= ~((uint64_t)!f->wanted[r] << r);
    }
    return ranges;
}

static void set_lengths(search_unit *u, const flat_look *look, uint32_t range)
{
    uint32_t first = look->window << WINDOW_BITS | range << RANGE_BITS;
    for (uint32_t i = 0; i < u->input.planes; i++)
        u->input.length[i] = u->norms.length[i] + first;
}

/* Where the wdf of a list's documents in a range are. */
static weigh_list wdf_of(const op *o, const bound_list *l, uint32_t range, uint8_t *out)
{
    postings_window *p = o->postings;
    bool there = !p->ranged || l->ranges >> range & 1;
    weigh_list wdf = {.mask = there ? postings_window_found(p, range) : 0, .out = out,
                      .before = there ? postings_window_before(p, range) : 0};
    if (postings_window_is_dense(p))
        wdf.dense = &p->dense;
    else if (p->group)
        postings_window_wdf(p, range, out);
    else
        wdf.wdf = postings_window_places_wdf(p, range);
    return wdf;
}

/* The lists that weigh in the window, with their factors. */
static uint32_t choose_weighing(search_unit *u, const flat_look *look, uint32_t chosen[FLAT_MOST])
{
    const search_flat *f = u->flat;
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->weighing; i++) {
        const op *o = f->lists[f->order[i]];
        if (!look->lists[f->order[i]].ranges)
            continue;
        chosen[n] = f->order[i];
        u->input_leaves[n] = o;
        u->exact_factor[n] = o->factor;
        u->input_factor[n++] = (float)o->factor;
    }
    return u->input.lists = n;
}

uint32_t search_flat_filter(search_unit *u, const flat_look *look, uint64_t ranges, double threshold)
{
    search_flat *f = u->flat;
    uint32_t chosen[FLAT_MOST], n = choose_weighing(u, look, chosen), slots = 0;
    uint32_t most = threshold < 0 ? 1 : FLAT_SLOTS; /* without a threshold all passes: soon there is one */
    bool held;
    float least = search_unit_get_least(u, threshold, n, &held);
    for (; ranges && slots < most; ranges &= ranges - 1) {
        weigh_list lists[FLAT_MOST];
        flat_slot *slot = &f->slots[slots++];
        slot->range = bits_lowest(ranges);
        slot->wanted = f->wanted[slot->range];
        set_lengths(u, look, slot->range);
        for (uint32_t i = 0; i < n; i++) {
            lists[i] = wdf_of(f->lists[chosen[i]], &look->lists[chosen[i]], slot->range, slot->wdf[i]);
            u->input_wdf[i] = slot->wdf[i];
        }
        slot->good = u->kernels->weigh_lists(&u->input, lists, slot->wanted, least);
        slot->good = held ? slot->good : slot->wanted;
    }
    return slots;
}

uint64_t search_flat_exclude(search_unit *u, uint32_t range, uint64_t documents)
{
    const search_flat *f = u->flat;
    for (uint32_t j = f->bounded; j < f->count && documents; j++)
        documents &= ~postings_window_documents(f->lists[j]->postings, range);
    return documents;
}

/* Of VERIFIED_AT_ONCE ranges at most. */
static oir_status verify_some(search_flat *f, uint64_t ranges, oir_error *err)
{
    uint32_t numbers[VERIFIED_AT_ONCE] = {0}, n = 0;
    uint64_t wanted[VERIFIED_AT_ONCE] = {0}, holds[VERIFIED_AT_ONCE];
    for (; ranges; ranges &= ranges - 1) {
        numbers[n] = bits_lowest(ranges);
        wanted[n] = f->wanted[numbers[n]];
        n++;
    }
    if (f->check->ops == &op_phrase)
        ERROR_FORWARD(op_phrase_check_ranges(f->check, n, numbers, wanted, holds, err));
    for (uint32_t i = 0; i < n; i++) {
        if (f->check->ops != &op_phrase)
            ERROR_FORWARD(f->check->ops->check(f->check, numbers[i], wanted[i], &holds[i], err));
        f->wanted[numbers[i]] &= holds[i];
    }
    return OIR_OK;
}

oir_status search_flat_verify(search_unit *u, uint64_t ranges, search_control *control, oir_error *err)
{
    search_flat *f = u->flat;
    while (f->check && ranges) {
        uint64_t some = 0;
        for (uint32_t i = 0; i < VERIFIED_AT_ONCE && ranges; ranges &= ranges - 1) {
            uint64_t wanted = f->wanted[bits_lowest(ranges)];
            some |= wanted ? ranges & -ranges : 0;
            i += wanted != 0;
        }
        ERROR_FORWARD(search_control_look(control, err)); /* the positions of ranges can be many */
        ERROR_FORWARD(verify_some(f, some, err));
    }
    return OIR_OK;
}

uint64_t search_flat_present(search_unit *u, uint32_t window, flat_look *look)
{
    search_flat *f = u->flat;
    uint64_t all = UINT64_MAX, any = 0;
    look->window = window;
    for (uint32_t j = 0; j < f->count; j++)
        postings_window_seek(f->lists[j]->postings, window);
    for (uint32_t j = 0; j < f->roles.needed + f->roles.any && all; j++) {
        uint64_t present = postings_window_present(f->lists[j]->postings);
        look->lists[j].ranges = present;
        all &= j < f->roles.needed ? present : UINT64_MAX;
        any |= j < f->roles.needed ? 0 : present;
    }
    for (uint32_t j = f->roles.needed + f->roles.any; j < f->bounded; j++)
        look->lists[j].ranges = 0; /* what only adds weight is not asked for */
    return f->roles.any ? all & any : all;
}

void search_flat_weigh(search_unit *u, const flat_look *look, const flat_slot *slot, uint64_t wanted, double *weights)
{
    set_lengths(u, look, slot->range);
    for (uint32_t i = 0; i < u->input.lists; i++)
        u->input_wdf[i] = slot->wdf[i];
    search_unit_weigh(u, look->window, slot->range, wanted, weights);
}
