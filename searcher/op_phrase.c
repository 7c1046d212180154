/* All parts, in the query's order, within a window of positions: the weights of all.
 *
 * The parts stand in o->parts in any order that suits the search; o->order says which is the i-th of the phrase. */
#include "base/error.h"
#include "codec/positions.h"
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

/* Every word right behind the one before. Words are read rarest first, and no further once no start is left. */
static oir_status is_adjacent(op *o, uint32_t range, uint32_t place, bool *holds, oir_error *err)
{
    const positions_kernels *k = positions_kernels_get(o->parts[0]->postings->kernels->isa);
    position_room *first = &o->rooms[0], *next = &o->rooms[1]; /* two are enough, however long the phrase */
    uint32_t count = 0;
    for (uint32_t part = 0; part < o->part_count; part++) {
        position_room *room = part ? next : first;
        ERROR_FORWARD(postings_window_positions(o->parts[part]->postings, range, place, room, err));
        *o->positions_decoded += room->count;
        if (part && count == 1 && room->count == 1) { /* the usual case in short documents */
            count = first->positions[0] + (uint64_t)o->offset[part] == room->positions[0];
        } else if (part) {
            count = k->keep(first->positions, count, room->positions, room->count, o->offset[part]);
        } else {
            for (uint32_t i = 0; i < first->count; i++) /* in place: the room is read anew for the next document */
                if (first->positions[i] >= o->offset[0])
                    first->positions[count++] = first->positions[i] - o->offset[0];
        }
        if (!count)
            return OIR_OK;
    }
    *holds = true;
    return OIR_OK;
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
    if (o->window == o->part_count)
        return is_adjacent(o, range, place, holds, err);
    for (uint32_t i = 0; i < o->part_count; i++) {
        ERROR_FORWARD(postings_window_positions(o->parts[i]->postings, range, place, &o->rooms[i], err));
        *o->positions_decoded += o->rooms[i].count;
        if (!o->rooms[i].count)
            return OIR_OK;
    }
    *holds = is_within(o, o->from);
    return OIR_OK;
}

const op_ops op_phrase = {.bound = bound, .combine = combine, .activate = activate, .check = check, .needs_all = true};
