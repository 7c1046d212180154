/* All parts, in any order, at different positions within a window of positions: the weights of all.
 *
 * o->order says for each part which is the first one of its term, o->offset how many of its term are before it. The
 * parts of one term take its positions in turn, which is all there is to finding each one of its own, but where
 * different terms stand at one position. */
#include "base/bits.h"
#include "base/error.h"
#include "base/paths.h"
#include "base/sort.h"
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

/* Positions of a part; parts of the same term share them. */
static const position_room *room_of(const op *o, uint32_t part)
{
    return &o->rooms[o->order[part]];
}

/* Finds the part a position different from all others', moving those that have one where that helps (an augmenting
 * path: H. W. Kuhn, The Hungarian method, 1955). taken[part] is its position, seen marks parts on the path. */
static bool place_part(const op *o, uint32_t part, const uint32_t *from, uint64_t end, uint64_t *taken, bool *seen)
{
    const position_room *r = room_of(o, part);
    for (uint32_t p = from[part]; p < r->count && r->positions[p] < end; p++) {
        uint32_t holder = 0;
        while (holder < o->part_count && taken[holder] != r->positions[p])
            holder++;
        if (holder < o->part_count) {
            if (holder == part || seen[holder])
                continue;
            seen[holder] = true;
            if (!place_part(o, holder, from, end, taken, seen))
                continue;
        }
        taken[part] = r->positions[p];
        return true;
    }
    return false;
}

/* Whether every part finds a position of its own in [start, end), where the parts of each term by themselves do. */
static bool fits(const op *o, const uint32_t *from, uint64_t end, uint64_t *taken, bool *seen)
{
    bool distinct = o->parts[0]->postings->paths & PATHS_DISTINCT;
    for (uint32_t i = 0; i < o->part_count; i++)
        taken[i] = room_of(o, i)->positions[from[i] + o->offset[i]];
    sort_u64(taken, o->part_count);
    for (uint32_t i = 1; i < o->part_count; i++)
        distinct &= taken[i] != taken[i - 1];
    if (distinct) /* always, unless different terms stand at one position */
        return true;
    for (uint32_t i = 0; i < o->part_count; i++)
        taken[i] = UINT64_MAX;
    for (uint32_t i = 0; i < o->part_count; i++) {
        memset(seen, 0, o->part_count * sizeof *seen);
        seen[i] = true;
        if (!place_part(o, i, from, end, taken, seen))
            return false;
    }
    return true;
}

static bool is_near(const op *o, uint32_t *from, uint64_t *taken, bool *seen)
{
    memset(from, 0, o->part_count * sizeof *from);
    for (;;) {
        uint64_t start = UINT64_MAX, furthest = 0; /* windows start at the smallest of the parts' next positions */
        for (uint32_t i = 0; i < o->part_count; i++) {
            const position_room *r = room_of(o, i);
            if (r->count - from[i] <= o->offset[i])
                return false;
            uint32_t first = r->positions[from[i]], own = r->positions[from[i] + o->offset[i]];
            start = first < start ? first : start;
            furthest = own > furthest ? own : furthest;
        }
        if (furthest - start < o->window && fits(o, from, start + o->window, taken, seen))
            return true;
        for (uint32_t i = 0; i < o->part_count; i++) /* no match uses this position, whoever has it */
            from[i] += room_of(o, i)->positions[from[i]] == start;
    }
}

static oir_status holds_near(op *o, uint32_t range, uint32_t place, bool *holds, oir_error *err)
{
    *holds = false;
    for (uint32_t i = 0; i < o->part_count; i++) {
        if (o->order[i] != i)
            continue;
        ERROR_FORWARD(postings_window_positions(o->parts[i]->postings, range, place, &o->rooms[i], err));
        *o->positions_decoded += o->rooms[i].count;
        if (!o->rooms[i].count)
            return OIR_OK;
    }
    *holds = is_near(o, o->from, o->taken, o->seen);
    return OIR_OK;
}

static oir_status check(op *o, uint32_t range, uint64_t wanted, uint64_t *holds, oir_error *err)
{
    *holds = 0;
    for (; wanted; wanted &= wanted - 1) {
        bool here;
        ERROR_FORWARD(holds_near(o, range, bits_lowest(wanted), &here, err));
        *holds |= (uint64_t)here << bits_lowest(wanted);
    }
    return OIR_OK;
}

const op_ops op_near = {.bound = bound, .combine = combine, .activate = activate, .check = check, .needs_all = true};
