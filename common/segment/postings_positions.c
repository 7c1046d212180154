/* The positions of lists decoded whole. Groups are found many at once: how long they are follows from their documents'
 * extents, which lie here and there, and a loop that only reads these waits for many of them together. */
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "codec/positions.h"
#include "segment/positions_stretches.h"
#include "segment/postings_reader.h"

enum {
    FEW_POSITIONS = 1 << 16, /* for so many there is room, also where damage says that they are there */
    TOGETHER = RANGE_SIZE,   /* groups that are found at once */
    SPILL = POSITIONS_SPILL  /* kernels read and write a little more than asked */
};

void postings_release_positions(positions_list *list)
{
    memory_free(list->counts);
    memory_free(list->positions);
    *list = (positions_list){0};
}

static oir_status damaged(const postings_view *v, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "damaged positions of term number %u; run oir-inspect check, then index anew",
                     v->entry->ordinal);
}

/* Walks the groups of a list in its order. */
typedef struct group_reader {
    const postings_view *view;
    const postings_context *context;
    const postings_list *list;
    const positions_kernels *kernels;
    uint64_t lows, highs;    /* where the next group's low parts end, and its high parts, or their count, start */
    uint64_t end;            /* of the run */
    uint32_t index;          /* the next group */
    uint32_t unit;           /* window (dense) or sample (sparse) of the next group, plus 1; 0 before the first */
    uint32_t unit_first;     /* index of the unit's first group */
    uint32_t unit_count;     /* dense: groups of the window */
    /* The groups found last. */
    uint32_t found;
    uint32_t counts[TOGETHER + SPILL], extents[TOGETHER + SPILL];
    positions_place places[TOGETHER];
} group_reader;

static void start(group_reader *g, const postings_view *v, const postings_context *context, const postings_list *list)
{
    g->view = v;
    g->context = context;
    g->list = list;
    g->kernels = positions_kernels_get(isa_best());
    g->index = g->unit = g->found = 0;
}

static void enter_run(group_reader *g, position_run run)
{
    g->highs = run.begin;
    g->lows = g->end = run.end;
}

static uint32_t get_window(const group_reader *g, uint32_t index)
{
    return g->list->documents[index] >> WINDOW_BITS;
}

/* To the run of the next group of a dense list; *left: how many of the run's groups are left. False when damaged. */
static bool enter_block(group_reader *g, uint32_t *left)
{
    uint32_t window = get_window(g, g->index);
    if (window + 1 != g->unit) {
        uint32_t end = g->index;
        while (end < g->list->count && get_window(g, end) == window)
            end++;
        g->unit = window + 1;
        g->unit_first = g->index;
        g->unit_count = end - g->index;
    }
    uint32_t group = g->index - g->unit_first, slot = group % RANGE_SIZE;
    position_run run;
    *left = g->unit_count - group < RANGE_SIZE - slot ? g->unit_count - group : RANGE_SIZE - slot;
    if (slot != 0)
        return true;
    if (!postings_view_dense_run(g->view, window, g->unit_count, group / RANGE_SIZE, &run))
        return false;
    enter_run(g, run);
    return true;
}

/* The same for a sparse list; *left is TOGETHER at most. */
static bool enter_sample(group_reader *g, uint32_t *left)
{
    uint32_t stride = g->view->list.stride, unit = get_window(g, g->index) / stride + 1, n = 1;
    position_run run;
    while (n < TOGETHER && g->index + n < g->list->count && get_window(g, g->index + n) / stride + 1 == unit)
        n++;
    *left = n;
    if (unit == g->unit)
        return true;
    g->unit = unit;
    if (!postings_view_sparse_run(g->view, unit - 1, &run))
        return false;
    enter_run(g, run);
    return true;
}

/* The same for any list. */
static bool enter_unit(group_reader *g, uint32_t *left)
{
    if (g->view->form == POSTINGS_DENSE)
        return enter_block(g, left);
    if (g->view->form == POSTINGS_SPARSE)
        return enter_sample(g, left);
    if (!g->unit)
        enter_run(g, (position_run){0, (uint64_t)g->view->positions_size * 8});
    g->unit = 1;
    *left = g->list->count - g->index;
    return true;
}

/* How many positions the next n groups have, where wdf says so, and among how many places. False when damaged. */
static bool read_counts(group_reader *g, uint32_t n)
{
    const uint32_t *documents = g->list->documents + g->index;
    uint32_t most = 0; /* so that damage is looked for once */
    for (uint32_t i = 0; i < n; i++)
        g->extents[i] = postings_extent(g->context, documents[i]);
    memcpy(g->counts, g->list->wdf + g->index, n * sizeof *g->counts);
    memset(g->counts + n, 0, SPILL * sizeof *g->counts);
    memset(g->extents + n, 0, SPILL * sizeof *g->extents);
    for (uint32_t i = 0; i < n; i++)
        most |= g->extents[i] < g->counts[i];
    return !most;
}

/* Places of n groups. False when damaged. */
static bool find_places(group_reader *g, uint32_t n)
{
    const uint8_t *bytes = g->view->positions;
    uint64_t ends[TOGETHER + SPILL], highs = g->highs;
    g->kernels->ends(g->counts, g->extents, n, ends);
    if (ends[n - 1] > g->lows)
        return false;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t ones = positions_highs(g->counts[i], g->extents[i]);
        g->places[i] = (positions_place){g->lows - ends[i], highs};
        if (ones > POSITIONS_FEW)
            highs = g->kernels->skip(bytes, highs, g->end, ones);
        else if (ones)
            highs = positions_skip_few(bytes, highs, ones);
        if (highs > g->end)
            return false;
    }
    g->lows -= ends[n - 1];
    g->highs = highs;
    return highs <= g->lows;
}

/* The same where groups have their counts before their high parts. */
static bool find_counted(group_reader *g, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        uint32_t c = positions_get_count(g->view->positions, &g->highs, g->end), u = g->extents[i];
        uint64_t size = positions_lows(c, u);
        if (c > u || size > g->lows)
            return false;
        g->lows -= size;
        g->counts[i] = c;
        g->places[i] = (positions_place){g->lows, g->highs};
        if (!postings_view_fits(g->places[i], c, u, g->end))
            return false;
        g->highs = g->kernels->skip(g->view->positions, g->highs, g->end, positions_highs(c, u));
    }
    return g->highs <= g->lows;
}

/* Finds the next groups, before the end-th of the list. False when damaged. */
static bool next_groups(group_reader *g, uint32_t end)
{
    uint32_t left;
    if (!enter_unit(g, &left))
        return false;
    left = left < TOGETHER ? left : TOGETHER;
    left = left < end - g->index ? left : end - g->index;
    bool counted = g->view->positions_form == POSITIONS_COUNTED;
    bool fit = read_counts(g, left);
    if (counted ? !find_counted(g, left) : !fit || !find_places(g, left))
        return false;
    g->found = left;
    g->index += left;
    return true;
}

/* Adds the positions of the groups found last from the from-th on. There is room for them and SPILL more. */
static void read_groups(const group_reader *g, uint32_t from, positions_list *out)
{
    const uint8_t *bytes = g->view->positions;
    uint32_t base = g->context->position_base;
    uint64_t end = (uint64_t)g->view->positions_size * 8;
    oir_termpos *to = out->positions + out->total;
    for (uint32_t i = from; i < g->found; i++) {
        uint32_t c = g->counts[i], u = g->extents[i];
        if (c == 1) { /* most are alone: read without a call */
            uint64_t lows = g->places[i].lows, bits = bits_load64(bytes + lows / 8) >> (lows & 7);
            uint32_t place = (uint32_t)(bits & bits_low((uint32_t)positions_lows(1, u)));
            *to = base + (place < u ? place : u - 1);
        } else {
            g->kernels->get(bytes, g->places[i], end, c, u, base, to);
        }
        to += c;
    }
    out->total = (uint64_t)(to - out->positions);
}

static bool reserve_positions(const group_reader *g, uint32_t from, positions_list *out)
{
    uint64_t more = SPILL;
    for (uint32_t i = from; i < g->found; i++)
        more += g->counts[i];
    return memory_reserve(&out->positions, &out->positions_capacity, (size_t)(out->total + more),
                          sizeof *out->positions);
}

/* Adds those of documents first to end, whose counts begin at out->counts[0]. */
static oir_status decode_groups(group_reader *g, uint32_t first, uint32_t end, positions_list *out, oir_error *err)
{
    const postings_view *v = g->view;
    if (!memory_reserve(&out->counts, &out->counts_capacity, (size_t)(end - first) + 1, sizeof *out->counts))
        return error_no_memory(err, "positions");
    memset(out->counts, 0, (size_t)(end - first) * sizeof *out->counts);
    while (v->positions && g->index < end) {
        uint32_t at = g->index;
        if (!next_groups(g, end))
            return damaged(v, err);
        if (g->index <= first)
            continue;
        uint32_t from = at < first ? first - at : 0;
        if (!reserve_positions(g, from, out))
            return error_no_memory(err, "positions");
        read_groups(g, from, out);
        memcpy(out->counts + (at + from - first), g->counts + from, (g->found - from) * sizeof *out->counts);
    }
    return OIR_OK;
}

/* Adds groups of documents, the next n, that stay. False when out of memory or, *damaged, when they are not there. */
static bool add_stretches(group_reader *g, const uint32_t *stay, uint32_t n, positions_stretches *out, bool *damaged)
{
    positions_bits rest = {g->view->positions, g->highs, g->end, g->highs, g->lows}, groups;
    for (uint32_t i = 0, first = 0; i < n && !*damaged; first = i) {
        bool stays = !stay || stay[i] != POSTINGS_GONE;
        for (i++; i < n && stays == (!stay || stay[i] != POSTINGS_GONE); i++) {
        }
        *damaged = !positions_copy_split(&rest, g->counts + first, g->extents + first, i - first, &groups) ||
                   rest.highs > rest.lows_end;
        if (stays && !*damaged && !positions_stretches_add(out, &groups, i - first))
            return false;
    }
    g->highs = rest.highs;
    g->lows = rest.lows_end;
    return true;
}

static oir_status find_stretches(group_reader *g, const uint32_t *stay, positions_stretches *out, oir_error *err)
{
    const postings_view *v = g->view;
    for (uint32_t left; g->index < g->list->count; g->index += left) {
        if (!enter_unit(g, &left))
            return damaged(v, err);
        left = left < TOGETHER ? left : TOGETHER;
        bool is_damaged = g->highs > g->lows || !read_counts(g, left);
        if (!is_damaged && !add_stretches(g, stay ? stay + g->index : NULL, left, out, &is_damaged))
            return error_no_memory(err, "positions");
        if (is_damaged)
            return damaged(v, err);
    }
    return OIR_OK;
}

static oir_status open_view(postings_view *v, const struct container *parts, const postings_context *context,
                            const term_entry *entry, oir_error *err)
{
    ERROR_FORWARD(postings_view_open(v, parts, context, entry, err));
    return postings_view_positions(v, parts, err);
}

oir_status postings_decode_positions(const struct container *parts, const postings_context *context,
                                     const term_entry *entry, const postings_list *list, positions_list *out,
                                     oir_error *err)
{
    postings_view v;
    group_reader g;
    ERROR_FORWARD(open_view(&v, parts, context, entry, err));
    start(&g, &v, context, list);
    out->total = 0;
    return decode_groups(&g, 0, list->count, out, err);
}

oir_status postings_reader_find_stretches(postings_reader *r, const postings_list *list, const uint32_t *stay,
                                          positions_stretches *out, oir_error *err)
{
    group_reader g;
    ERROR_FORWARD(postings_view_positions(&r->view, r->parts, err));
    start(&g, &r->view, r->context, list);
    return find_stretches(&g, stay, out, err);
}

oir_status postings_reader_get_positions(postings_reader *r, const postings_list *list, positions_list *out,
                                         oir_error *err)
{
    group_reader g;
    ERROR_FORWARD(postings_view_positions(&r->view, r->parts, err));
    start(&g, &r->view, r->context, list);
    return decode_groups(&g, 0, list->count, out, err);
}

oir_status postings_count_positions(const struct container *parts, const postings_context *context,
                                    const term_entry *entry, const postings_list *list, uint64_t *total,
                                    oir_error *err)
{
    postings_view v;
    group_reader g;
    bool as_wdf = entry->positions_form == POSITIONS_WDF;
    *total = 0;
    for (uint32_t i = 0; as_wdf && i < list->count; i++)
        *total += list->wdf[i];
    if (as_wdf && *total <= FEW_POSITIONS)
        return OIR_OK;
    ERROR_FORWARD(open_view(&v, parts, context, entry, err));
    if (as_wdf) { /* a group of one or two may have no bits, in others each has one at least */
        uint64_t most = (uint64_t)v.positions_size * 8 + 2 * (uint64_t)list->count;
        return *total <= most ? OIR_OK : damaged(&v, err);
    }
    start(&g, &v, context, list);
    while (v.positions && g.index < list->count) {
        if (!next_groups(&g, list->count))
            return damaged(&v, err);
        for (uint32_t i = 0; i < g.found; i++)
            *total += g.counts[i];
    }
    return OIR_OK;
}

oir_status postings_decode_positions_one(const struct container *parts, const postings_context *context,
                                         const term_entry *entry, const postings_list *list, uint32_t index,
                                         positions_list *out, oir_error *err)
{
    postings_view v;
    group_reader g;
    ERROR_FORWARD(open_view(&v, parts, context, entry, err));
    start(&g, &v, context, list);
    if (v.form == POSTINGS_DENSE) /* windows are found alone; samples would be too, lists that have them are not long */
        while (g.index < index && get_window(&g, g.index) != get_window(&g, index))
            g.index++;
    out->total = 0;
    return decode_groups(&g, index, index + 1, out, err);
}
