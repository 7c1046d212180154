#include "searcher/search_unit.h"

#include <math.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/paths.h"
#include "base/sort.h"

/* Operators and lists hold vectors that want an alignment the arena does not give. */
static void *add_aligned(arena *a, size_t size)
{
    char *at = arena_add(a, size + 63);
    return at ? at + (-(uintptr_t)at & 63) : NULL;
}

static op *op_new(arena *a)
{
    op *o = add_aligned(a, sizeof *o);
    if (o)
        memset(o, 0, sizeof *o);
    return o;
}

/* ---- operators ---- */

static oir_status build(search_unit *u, const plan_node *n, op **out, oir_error *err);

/* Norms so different that bounds say nothing. */
static const double RATIO_MOST = 1e6;
/* Of stored scales and the norms they are made with, which are single. */
static const double PRECISION = 1e-6;

/* By hand: ceil is a call where the compiler may not take the machine's instruction for granted. */
static uint32_t round_up(double v)
{
    if (!(v < UINT16_MAX))
        return UINT16_MAX;
    uint32_t below = (uint32_t)v;
    return below + (below < v);
}

/* How much larger the segment's reference norm is than the query's, at most, and the other way. Both are made of
 * straight pieces in length, so the largest ratio is at an end of the lengths or at a bend. */
static void find_ratios(search_unit *u)
{
    const postings_context *c = &u->place->segment->segment->context;
    const weight_norm *q = &u->plan->norm;
    double base = c->k1 * (1 - c->b), slope = c->k1 * c->b / (c->average > 0 ? c->average : 1), most = 0, inverse = 0;
    double at[3] = {c->length_min, c->length_max, q->slope > 0 ? (q->min - q->base) / q->slope : c->length_min};
    for (int i = 0; i < 3; i++) {
        double length = at[i] < c->length_min ? c->length_min : at[i] > c->length_max ? c->length_max : at[i];
        double norm = q->base + q->slope * length, reference = base + slope * length;
        norm = norm > q->min ? norm : q->min;
        if (!(reference <= norm * most))
            most = reference / norm;
        if (!(norm <= reference * inverse))
            inverse = norm / reference;
    }
    u->ratio = most * (1 + PRECISION);
    u->inverse = inverse * (1 + PRECISION);
}

/* Saturations are stored for the reference norm r. What has s = f / (f + r) there has f / (f + q), q the query's norm,
 * at most s / (s + (1 - s) / ratio). That is bent one way or the other; bounds are made with a straight line above it,
 * closest to it where the highest bounds are. */
static void bend_scale(double ratio, double *low, double *step)
{
    if (!(ratio > 0)) /* k1 was 0: all saturations were 1 */
        return;
    double high = fmin((*low + 255 * *step) * (1 + PRECISION), 1); /* behind 1 the curve turns back */
    *low = fmin(*low * (1 + PRECISION), 1);
    *step = (high - *low) / 255;
    double at = *low + 200 * *step, rest = at + (1 - at) / ratio;
    if (ratio > RATIO_MOST) { /* k1 is 0, or next to it */
        *low = 1;
        *step = 0;
    } else if (ratio > 1) {
        double slope = 1 / (ratio * rest * rest), value = at / rest;
        *low = value - slope * (at - *low);
        *step *= slope;
    } else {
        double bottom = *low / (*low + (1 - *low) / ratio), top = high / (high + (1 - high) / ratio);
        *low = bottom;
        *step = (top - bottom) / 255;
    }
}

/* What the bytes of a list's bounds are in units of the query. What is made for the query has the query's norm. */
static void set_scale(const search_unit *u, const op *o, enum bound_level level, uint32_t *base, uint32_t *units)
{
    double low, step;
    *base = *units = 0;
    if (!(u->unit > 0 && o->factor > 0))
        return;
    double one = o->factor / u->unit;
    postings_window_scale(o->postings, level, &low, &step);
    if (postings_window_is_stored(o->postings, level))
        bend_scale(u->ratio, &low, &step);
    *base = round_up(one * low);
    *units = round_up(one * step * 256);
}

static oir_status build_leaf(search_unit *u, const plan_node *n, op **out, oir_error *err)
{
    const plan_leaf *leaf = &u->plan->leaves[n->leaf];
    const segment *s = u->place->segment->segment;
    const plan_postings *at = leaf->postings ? &leaf->postings[u->place - u->plan->units] : NULL;
    if (at && !at->found)
        return OIR_OK;
    op *o = op_new(u->arena);
    if (!o)
        return error_no_memory(err, "a search");
    o->certain = true;
    o->arena = u->arena;
    o->factor = leaf->factor;
    o->kind = at ? OP_TERM : OP_ALL;
    o->windows = u->windows;
    o->cost = at ? leaf->termfreq : s->context.document_count;
    if (at) {
        o->postings = add_aligned(u->arena, sizeof *o->postings);
        if (!o->postings)
            return error_no_memory(err, "a search");
        if (leaf->kind == PLAN_TERM)
            ERROR_FORWARD(postings_window_open(o->postings, u->kernels, s->container, &s->context, &at->entry,
                                               leaf->factor > 0 ? &u->norms : NULL, u->arena, err));
        else
            postings_window_open_group(o->postings, at->group, u->rooms[n->leaf], &u->norms);
    }
    if (at) {
        set_scale(u, o, LEVEL_STORED, &o->base, &o->units);
        set_scale(u, o, LEVEL_EXACT, &o->exact_base, &o->exact_units);
        u->any_large |= o->postings->view.large_count || o->postings->group;
        o->next = u->lists;
        u->lists = o;
    }
    u->leaves[n->leaf] = o;
    *out = o;
    return OIR_OK;
}

static const op_ops *ops_of(enum plan_op kind)
{
    switch (kind) {
    case PLAN_AND: return &op_and;
    case PLAN_NOT: return &op_not;
    case PLAN_XOR: return &op_xor;
    case PLAN_MAYBE: return &op_maybe;
    case PLAN_FILTER: return &op_filter;
    case PLAN_PHRASE: return &op_phrase;
    case PLAN_NEAR: return &op_near;
    default: return &op_or;
    }
}

/* Puts the parts that match least first, where order does not matter to the answer: the rest is looked at less. For
 * PHRASE `order` remembers where each stood. */
static oir_status order_parts(op *o, uint64_t paths, oir_error *err)
{
    uint32_t first = o->ops->needs_first || o->ops == &op_filter, n = o->part_count;
    uint64_t *keys = arena_add(o->arena, n * sizeof *keys);
    op **parts = arena_add(o->arena, n * sizeof *parts);
    if (!keys || !parts)
        return error_no_memory(err, "a search");
    if (!(paths & PATHS_RAREST))
        first = n;
    for (uint32_t i = 0; i < n; i++)
        keys[i] = (i < first ? 0 : o->parts[i]->cost < UINT32_MAX ? o->parts[i]->cost : UINT32_MAX) << 32 | i;
    sort_u64(keys + first, n - first);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t place = (uint32_t)keys[i];
        parts[i] = o->parts[place];
        if (o->order) {
            o->order[place] = i;
            o->offset[i] = place;
        }
    }
    o->parts = parts;
    return OIR_OK;
}

/* For NEAR: of each part the first one of its term, and how many of its term are before it. */
static void rank_parts(op *o)
{
    for (uint32_t i = 0; i < o->part_count; i++)
        o->taken[i] = (uint64_t)o->parts[i]->postings->entry.ordinal << 32 | i;
    sort_u64(o->taken, o->part_count);
    for (uint32_t k = 0; k < o->part_count; k++) {
        uint32_t part = (uint32_t)o->taken[k], before = k ? (uint32_t)o->taken[k - 1] : part;
        bool same = k && o->taken[k] >> 32 == o->taken[k - 1] >> 32;
        o->order[part] = same ? o->order[before] : part;
        o->offset[part] = same ? o->offset[before] + 1 : 0;
    }
}

static oir_status add_position_rooms(search_unit *u, op *o, const plan_node *n, oir_error *err)
{
    o->window = n->window;
    o->positions_decoded = u->positions_decoded;
    o->order = arena_add_zeroed(u->arena, o->part_count, sizeof *o->order);
    o->offset = arena_add_zeroed(u->arena, o->part_count, sizeof *o->offset);
    o->rooms = arena_add_zeroed(u->arena, o->part_count, sizeof *o->rooms);
    o->from = arena_add_zeroed(u->arena, o->part_count, sizeof *o->from);
    o->taken = arena_add_zeroed(u->arena, o->part_count, sizeof *o->taken);
    o->seen = arena_add_zeroed(u->arena, o->part_count, sizeof *o->seen);
    bool all = o->order && o->offset && o->rooms && o->from && o->taken && o->seen;
    return all ? OIR_OK : error_no_memory(err, "a search");
}

/* The documents of the rarest of a phrase's words but the i-th and the next. */
static uint64_t rarest_other(const op *const *words, size_t count, size_t i)
{
    uint64_t least = UINT64_MAX;
    for (size_t k = 0; k < count; k++)
        if (k != i && k != i + 1 && words[k]->cost < least)
            least = words[k]->cost;
    return least;
}

static oir_status add_marks(search_unit *u, op *phrase, const op *first, const op *second, const term_entry *entry,
                            oir_error *err)
{
    const segment *s = u->place->segment->segment;
    if (!phrase->pairs && !(phrase->pairs = arena_add(u->arena, phrase->part_count * sizeof *phrase->pairs)))
        return error_no_memory(err, "a search");
    op_pair *p = &phrase->pairs[phrase->pair_count++];
    p->first = first->postings;
    p->second = second->postings;
    p->count = entry->termfreq;
    return pairs_marks_open(&p->marks, s->container, &s->context, entry, u->arena, err);
}

/* A filter: documents in which the i-th word of a phrase stands right before the next, where the segment has a list of
 * them, and it is shorter than what another word leaves; else NULL. Marks are added to the phrase. */
static oir_status build_pair(search_unit *u, op *phrase, const op *const *words, size_t i, op **out, oir_error *err)
{
    const segment *s = u->place->segment->segment;
    term_entry entry;
    *out = NULL;
    if (!(u->paths & PATHS_PAIRS) || words[i]->kind != OP_TERM || words[i + 1]->kind != OP_TERM ||
        !pairs_find(&s->pairs, words[i]->postings->entry.ordinal, words[i + 1]->postings->entry.ordinal, &entry))
        return OIR_OK;
    if (entry.form == POSTINGS_MARKS)
        return add_marks(u, phrase, words[i], words[i + 1], &entry, err);
    if (u->paths & PATHS_RARER && entry.termfreq > rarest_other(words, phrase->part_count, i))
        return OIR_OK;
    op *o = op_new(u->arena);
    if (!o || !(o->postings = add_aligned(u->arena, sizeof *o->postings)))
        return error_no_memory(err, "a search");
    o->kind = OP_TERM;
    o->certain = true;
    o->arena = u->arena;
    o->cost = entry.termfreq;
    o->next = u->lists;
    u->lists = *out = o;
    return postings_window_open(o->postings, u->kernels, s->container, &s->context, &entry, NULL, u->arena, err);
}

/* Puts what the lists of its pairs of words, or marks, say beside a phrase. Of two words that is all; then the words
 * themselves are only asked for what they weigh. */
static oir_status add_pairs(search_unit *u, op *phrase, const op *const *words, op **out, oir_error *err)
{
    uint32_t n = phrase->part_count;
    op *filter = op_new(u->arena);
    if (!filter || !(filter->parts = arena_add(u->arena, n * sizeof *filter->parts)))
        return error_no_memory(err, "a search");
    *filter = (op){.ops = &op_filter, .arena = u->arena, .parts = filter->parts, .part_count = 1};
    for (size_t i = 0; i + 1 < n; i++) {
        op *pair;
        ERROR_FORWARD(build_pair(u, phrase, words, i, &pair, err));
        if (pair)
            filter->parts[filter->part_count++] = pair;
    }
    *out = phrase;
    if (filter->part_count == 1)
        return OIR_OK;
    if (n == 2) {
        phrase->ops = &op_and;
        phrase->certain = filter->certain = true;
    }
    bool weighs = words[0]->factor > 0 || words[n - 1]->factor > 0;
    *out = n == 2 && !(u->unit > 0 && weighs) ? filter->parts[1] : filter;
    filter->parts[0] = phrase;
    filter->cost = filter->parts[1]->cost;
    return OIR_OK;
}

static oir_status build_operator(search_unit *u, const plan_node *n, op **out, oir_error *err)
{
    op *o = op_new(u->arena);
    if (!o || !(o->parts = arena_add(u->arena, n->part_count * sizeof *o->parts)))
        return error_no_memory(err, "a search");
    o->ops = ops_of(n->op);
    o->certain = !o->ops->check;
    o->arena = u->arena;
    for (size_t i = 0; i < n->part_count; i++) {
        op *part = NULL;
        ERROR_FORWARD(build(u, n->parts[i], &part, err));
        if (!part && (o->ops->needs_all || (o->ops->needs_first && !i)))
            return OIR_OK; /* nothing matches in this segment */
        if (!part)
            continue;
        o->parts[o->part_count++] = part;
        o->certain &= part->certain;
        o->cost += part->cost;
    }
    if (!o->part_count)
        return OIR_OK;
    if (o->part_count == 1) {
        *out = o->parts[0];
        return OIR_OK;
    }
    *out = o;
    const op *const *words = (const op *const *)o->parts; /* ordering makes new ones */
    if (o->ops->check)
        ERROR_FORWARD(add_position_rooms(u, o, n, err));
    ERROR_FORWARD(order_parts(o, u->paths, err));
    if (o->ops == &op_near)
        rank_parts(o);
    if (o->ops == &op_phrase && o->window == o->part_count)
        return add_pairs(u, o, words, out, err);
    return OIR_OK;
}

static oir_status build(search_unit *u, const plan_node *n, op **out, oir_error *err)
{
    *out = NULL;
    return n->op == PLAN_LEAF ? build_leaf(u, n, out, err) : build_operator(u, n, out, err);
}

/* ---- a unit ---- */

/* Single precision holds sums and products of such factors. */
static const double FACTOR_MOST = 1e30;

oir_status search_unit_init(search_unit *u, const plan *p, size_t index, group_room *const *rooms, double unit,
                            const kernels *k, arena *a, oir_error *err)
{
    const segment *s = p->units[index].segment->segment;
    *u = (search_unit){.plan = p, .place = &p->units[index], .rooms = rooms, .kernels = k, .arena = a, .unit = unit};
    u->windows = postings_view_windows(s->context.document_count);
    u->ascending = segment_docids_ascend(s);
    u->paths = paths_get();
    u->filters = u->paths & PATHS_FILTER;
    for (size_t i = 0; i < p->leaf_count; i++)
        u->filters &= p->leaves[i].factor < FACTOR_MOST;
    find_ratios(u);
    u->positions_decoded = arena_add_zeroed(a, 1, sizeof *u->positions_decoded);
    u->leaves = arena_add_zeroed(a, p->leaf_count + 1, sizeof *u->leaves);
    u->input_wdf = arena_add(a, (p->leaf_count + 1) * sizeof *u->input_wdf);
    u->input_factor = arena_add(a, (p->leaf_count + 1) * sizeof *u->input_factor);
    u->wdf = arena_add(a, (p->leaf_count + 1) * sizeof *u->wdf);
    u->exact_factor = arena_add(a, (p->leaf_count + 1) * sizeof *u->exact_factor);
    u->input_leaves = arena_add(a, (p->leaf_count + 1) * sizeof *u->input_leaves);
    if (!u->positions_decoded || !u->leaves || !u->input_wdf || !u->input_factor || !u->wdf || !u->exact_factor ||
        !u->input_leaves)
        return error_no_memory(err, "a search");
    u->norms = plan_get_norms(p, u->place);
    u->input = u->norms;
    u->input.wdf = u->input_wdf;
    u->input.factor = u->input_factor;
    u->input.exact_factor = u->exact_factor;
    u->input.exact_base = p->norm.base;
    u->input.exact_slope = p->norm.slope;
    u->input.exact_min = p->norm.min;
    return p->root ? build(u, p->root, &u->root, err) : OIR_OK;
}

bool search_unit_get_count(const search_unit *u, uint64_t *count)
{
    const op *o = u->root;
    if (u->place->segment->catalog->deleted || !(u->paths & PATHS_TALLIES))
        return false;
    bool listed = o->kind == OP_TERM && !o->postings->group, marked = o->kind == OP_INNER && op_phrase_is_marked(o);
    *count = listed ? o->postings->entry.termfreq : marked ? o->pairs[0].count : 0;
    return listed || marked;
}

oir_status search_unit_bounds(search_unit *u, oir_error *err)
{
    size_t n = ((size_t)u->windows + 63) & ~(size_t)63;
    u->bounds = arena_add(u->arena, (n + 32) * sizeof *u->bounds);
    if (!u->bounds)
        return error_no_memory(err, "a search");
    ERROR_FORWARD(op_windows(u->root, u->kernels, n, u->bounds, u->arena, err));
    for (size_t w = u->windows; w < n; w++) /* what was read behind the lists' bounds */
        u->bounds[w] = 0;
    return OIR_OK;
}
