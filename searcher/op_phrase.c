/* All parts, in the query's order, within a window of positions: the weights of all.
 *
 * The parts stand in o->parts in any order that suits the search; o->order says which is the i-th of the phrase. */
#include "base/error.h"
#include "searcher/op.h"

static void bound(const op *o, const kernels *k, const uint16_t *const *parts, size_t n, uint16_t *out)
{
    op_and.bound(o, k, parts, n, out);
}

static uint64_t combine(const op *o, bool exact)
{
    return op_and.combine(o, exact);
}

static void activate(op *o, uint64_t wanted)
{
    op_and.activate(o, wanted);
}

static bool has_position(const position_room *r, uint32_t *from, uint64_t position)
{
    while (*from < r->count && r->positions[*from] < position)
        ++*from;
    return *from < r->count && r->positions[*from] == position;
}

/* Every word right behind the one before: the rarest word's positions are tried. */
static bool is_adjacent(const op *o, uint32_t *from)
{
    uint32_t n = o->part_count, rarest = 0;
    for (uint32_t i = 1; i < n; i++)
        if (o->rooms[o->order[i]].count < o->rooms[o->order[rarest]].count)
            rarest = i;
    const position_room *lead = &o->rooms[o->order[rarest]];
    memset(from, 0, n * sizeof *from);
    for (uint32_t p = 0; p < lead->count; p++) {
        uint32_t i = 0;
        if (lead->positions[p] < rarest)
            continue;
        while (i < n && (i == rarest ||
                         has_position(&o->rooms[o->order[i]], &from[i], (uint64_t)lead->positions[p] - rarest + i)))
            i++;
        if (i == n)
            return true;
    }
    return false;
}

/* In order, with others between, the last less than `window` behind the first. For each first position the soonest
 * place for every next word is the best there is. */
static bool is_within(const op *o, uint32_t *from)
{
    const position_room *first = &o->rooms[o->order[0]];
    memset(from, 0, o->part_count * sizeof *from);
    for (uint32_t p = 0; p < first->count; p++) {
        uint32_t last = first->positions[p], i = 1;
        for (; i < o->part_count; i++) {
            const position_room *r = &o->rooms[o->order[i]];
            while (from[i] < r->count && r->positions[from[i]] <= last)
                from[i]++;
            if (from[i] == r->count)
                return false;
            last = r->positions[from[i]];
        }
        if (last - first->positions[p] < o->window)
            return true;
    }
    return false;
}

static oir_status check(op *o, uint32_t range, uint32_t place, bool *holds, oir_error *err)
{
    *holds = false;
    for (uint32_t i = 0; i < o->part_count; i++) {
        ERROR_FORWARD(postings_window_positions(o->parts[i]->postings, range, place, &o->rooms[i], err));
        *o->positions_decoded += o->rooms[i].count;
        if (!o->rooms[i].count)
            return OIR_OK;
    }
    *holds = o->window == o->part_count ? is_adjacent(o, o->from) : is_within(o, o->from);
    return OIR_OK;
}

const op_ops op_phrase = {.bound = bound, .combine = combine, .activate = activate, .check = check, .needs_all = true};
