#include "segment/positions_groups.h"

#include <string.h>

enum {
    TOGETHER = POSITIONS_GROUPS_TOGETHER,
    SPILL = POSITIONS_SPILL /* kernels read and write a little more than asked */
};

void positions_groups_init(positions_groups *g, const postings_view *v, const postings_context *context,
                           const postings_list *list)
{
    g->view = v;
    g->context = context;
    g->list = list;
    g->kernels = positions_kernels_get(isa_best());
    g->index = g->unit = g->found = 0;
}

static void enter_run(positions_groups *g, position_run run)
{
    g->highs = run.begin;
    g->lows = g->end = run.end;
}

static uint32_t get_window(const positions_groups *g, uint32_t index)
{
    return g->list->documents[index] >> WINDOW_BITS;
}

/* positions_groups_enter for a dense list, whose runs have TOGETHER groups at most. */
static bool enter_block(positions_groups *g, uint32_t *left)
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

/* The same for a sparse list. */
static bool enter_sample(positions_groups *g, uint32_t *left)
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

bool positions_groups_enter(positions_groups *g, uint32_t *left)
{
    if (g->view->form == POSTINGS_DENSE)
        return enter_block(g, left);
    if (g->view->form == POSTINGS_SPARSE)
        return enter_sample(g, left);
    if (!g->unit)
        enter_run(g, (position_run){0, (uint64_t)g->view->positions_size * 8});
    g->unit = 1;
    *left = g->list->count - g->index < TOGETHER ? g->list->count - g->index : TOGETHER;
    return true;
}

bool positions_groups_count(positions_groups *g, uint32_t n)
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
static bool find_places(positions_groups *g, uint32_t n)
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
static bool find_counted(positions_groups *g, uint32_t n)
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

bool positions_groups_next(positions_groups *g, uint32_t end)
{
    uint32_t left;
    if (!positions_groups_enter(g, &left))
        return false;
    left = left < end - g->index ? left : end - g->index;
    bool counted = g->view->positions_form == POSITIONS_COUNTED;
    bool fit = positions_groups_count(g, left);
    if (counted ? !find_counted(g, left) : !fit || !find_places(g, left))
        return false;
    g->found = left;
    g->index += left;
    return true;
}
