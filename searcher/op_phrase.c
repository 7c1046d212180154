/* All parts, in the query's order, within a window of positions: the weights of all.
 *
 * The parts stand in o->parts in any order that suits the search; o->order says which is the i-th of the phrase. */
#include "base/bits.h"
#include "base/error.h"
#include "base/paths.h"
#include "codec/positions.h"
#include "searcher/op.h"

enum {
    BATCH_DOCUMENTS = 2 * RANGE_SIZE,
    FEW_DOCUMENTS = 6 /* whose positions are quicker to read than marks */
};

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

/* Whether the words of two parts stand where they must, seen from each other, in a document. */
static oir_status pair_holds(op *o, const position_group *first, const position_group *second, bool *holds,
                             oir_error *err)
{
    postings_window *a = o->parts[0]->postings, *b = o->parts[1]->postings;
    uint64_t at = o->offset[0], next = o->offset[1];
    bool masks = a->paths & PATHS_MASKS;
    if (masks && first->count == 1 && second->count == 1) { /* the usual case in short documents */
        *holds = postings_window_single(a, first) + next == postings_window_single(b, second) + at;
        return OIR_OK;
    }
    if (masks && positions_fit_mask(first->count, first->places) && positions_fit_mask(second->count, second->places)) {
        uint64_t here = postings_window_mask(a, first), there = postings_window_mask(b, second);
        *holds = at < next ? next - at < 64 && here << (next - at) & there
                           : at - next < 64 && there << (at - next) & here;
        return OIR_OK;
    }
    const positions_kernels *k = positions_kernels_get(a->kernels->isa);
    position_room *from = &o->rooms[0], *to = &o->rooms[1];
    ERROR_FORWARD(postings_window_read_group(a, first, from, err));
    ERROR_FORWARD(postings_window_read_group(b, second, to, err));
    *holds = at < next ? k->keep(from->positions, from->count, to->positions, to->count, (uint32_t)(next - at))
                       : k->keep(to->positions, to->count, from->positions, from->count, (uint32_t)(at - next));
    return OIR_OK;
}

/* Documents whose two rarest words are compared together. */
typedef struct pair_batch {
    uint32_t count, documents; /* ranges, and the documents in them */
    position_group first[BATCH_DOCUMENTS], second[BATCH_DOCUMENTS];
} pair_batch;

static oir_status add_to_batch(op *o, pair_batch *b, uint32_t range, uint64_t wanted, oir_error *err)
{
    position_group *first = &b->first[b->documents], *second = &b->second[b->documents];
    ERROR_FORWARD(postings_window_groups(o->parts[0]->postings, range, wanted, first, err));
    ERROR_FORWARD(postings_window_groups(o->parts[1]->postings, range, wanted, second, err));
    b->documents += bits_count(wanted);
    b->count++;
    return OIR_OK;
}

/* The documents of a batch in which both words stand as they must. */
static oir_status compare_batch(op *o, pair_batch *b, const uint64_t *wanted, uint64_t *holds, oir_error *err)
{
    uint32_t i = 0;
    for (uint32_t r = 0; r < b->count; r++) {
        holds[r] = 0;
        for (uint64_t left = wanted[r]; left; left &= left - 1, i++) {
            bool here;
            ERROR_FORWARD(pair_holds(o, &b->first[i], &b->second[i], &here, err));
            *o->positions_decoded += b->first[i].count + b->second[i].count;
            holds[r] |= (uint64_t)here << bits_lowest(left);
        }
    }
    b->count = b->documents = 0;
    return OIR_OK;
}

static oir_status check_pairs(op *o, uint32_t count, const uint32_t *ranges, const uint64_t *wanted, uint64_t *holds,
                              oir_error *err)
{
    pair_batch b;
    uint32_t from = 0;
    b.count = b.documents = 0;
    for (uint32_t r = 0; r < count; r++) {
        if (b.documents + bits_count(wanted[r]) > BATCH_DOCUMENTS) {
            ERROR_FORWARD(compare_batch(o, &b, wanted + from, holds + from, err));
            from = r;
        }
        ERROR_FORWARD(add_to_batch(o, &b, ranges[r], wanted[r], err));
    }
    return compare_batch(o, &b, wanted + from, holds + from, err);
}

/* Every word right behind the one before. Words are read rarest first, and no further once no start is left. */
static oir_status is_adjacent(op *o, uint32_t range, uint32_t place, bool *holds, oir_error *err)
{
    const positions_kernels *k = positions_kernels_get(o->parts[0]->postings->kernels->isa);
    position_room *first = &o->rooms[0], *next = &o->rooms[1]; /* two are enough, however long the phrase */
    uint32_t count = 0;
    *holds = false;
    for (uint32_t part = 0; part < o->part_count; part++) {
        position_room *room = part ? next : first;
        ERROR_FORWARD(postings_window_positions(o->parts[part]->postings, range, place, room, err));
        *o->positions_decoded += room->count;
        if (part) {
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

static oir_status holds_within(op *o, uint32_t range, uint32_t place, bool *holds, oir_error *err)
{
    *holds = false;
    for (uint32_t i = 0; i < o->part_count; i++) {
        ERROR_FORWARD(postings_window_positions(o->parts[i]->postings, range, place, &o->rooms[i], err));
        *o->positions_decoded += o->rooms[i].count;
        if (!o->rooms[i].count)
            return OIR_OK;
    }
    *holds = is_within(o, o->from);
    return OIR_OK;
}

/* Document by document. */
static oir_status check_each(op *o, uint32_t range, uint64_t wanted, bool adjacent, uint64_t *holds, oir_error *err)
{
    *holds = 0;
    for (; wanted; wanted &= wanted - 1) {
        bool here;
        ERROR_FORWARD((adjacent ? is_adjacent : holds_within)(o, range, bits_lowest(wanted), &here, err));
        *holds |= (uint64_t)here << bits_lowest(wanted);
    }
    return OIR_OK;
}

/* Documents whose words are compared part by part: where in each a phrase may start, as bits. */
typedef struct starts_batch {
    uint64_t starts[BATCH_DOCUMENTS];
    bool unknown[BATCH_DOCUMENTS]; /* bits are not enough */
    position_group groups[BATCH_DOCUMENTS];
} starts_batch;

/* Leaves the starts that a part allows. */
static oir_status narrow_starts(op *o, uint32_t part, starts_batch *b, uint32_t count, const uint32_t *ranges,
                                const uint64_t *wanted, oir_error *err)
{
    postings_window *p = o->parts[part]->postings;
    uint32_t n = 0, offset = o->offset[part];
    for (uint32_t r = 0; r < count; r++) {
        ERROR_FORWARD(postings_window_groups(p, ranges[r], wanted[r], b->groups + n, err));
        n += bits_count(wanted[r]);
    }
    for (uint32_t i = 0; i < n; i++) {
        const position_group *g = &b->groups[i];
        bool fits = positions_fit_mask(g->count, g->places) && offset < 64;
        b->unknown[i] |= !fits;
        b->starts[i] &= fits ? postings_window_mask(p, g) >> offset : UINT64_MAX;
        *o->positions_decoded += g->count;
    }
    return OIR_OK;
}

/* Of some ranges with BATCH_DOCUMENTS documents at most. */
static oir_status check_starts(op *o, uint32_t count, const uint32_t *ranges, const uint64_t *wanted, uint64_t *holds,
                               oir_error *err)
{
    starts_batch b;
    uint32_t n = 0;
    for (uint32_t r = 0; r < count; r++)
        for (uint32_t i = bits_count(wanted[r]); i; i--, n++) {
            b.starts[n] = UINT64_MAX;
            b.unknown[n] = false;
        }
    for (uint32_t part = 0; n && part < o->part_count; part++)
        ERROR_FORWARD(narrow_starts(o, part, &b, count, ranges, wanted, err));
    n = 0;
    for (uint32_t r = 0; r < count; r++) {
        holds[r] = 0;
        for (uint64_t left = wanted[r]; left; left &= left - 1, n++) {
            bool here = b.starts[n];
            if (here && b.unknown[n])
                ERROR_FORWARD(is_adjacent(o, ranges[r], bits_lowest(left), &here, err));
            holds[r] |= (uint64_t)here << bits_lowest(left);
        }
    }
    return OIR_OK;
}

/* More than two words side by side. */
static oir_status check_words(op *o, uint32_t count, const uint32_t *ranges, const uint64_t *wanted, uint64_t *holds,
                              oir_error *err)
{
    uint32_t from = 0, documents = 0;
    for (uint32_t r = 0; r < count; r++) {
        if (documents + bits_count(wanted[r]) > BATCH_DOCUMENTS) {
            ERROR_FORWARD(check_starts(o, r - from, ranges + from, wanted + from, holds + from, err));
            from = r;
            documents = 0;
        }
        documents += bits_count(wanted[r]);
    }
    return check_starts(o, count - from, ranges + from, wanted + from, holds + from, err);
}

static oir_status check_positions(op *o, uint32_t count, const uint32_t *ranges, const uint64_t *wanted,
                                  uint64_t *holds, oir_error *err)
{
    uint64_t paths = o->parts[0]->postings->paths, left[RANGES];
    bool adjacent = o->window == o->part_count && paths & PATHS_ADJACENT, together = adjacent && paths & PATHS_TOGETHER;
    bool pairs_first = together && (o->part_count == 2 || !o->pair_count); /* marks leave few without the pair */
    if (pairs_first)
        ERROR_FORWARD(check_pairs(o, count, ranges, wanted, holds, err));
    if (pairs_first && o->part_count == 2)
        return OIR_OK;
    memcpy(left, pairs_first ? holds : wanted, count * sizeof *left);
    bool are_short = o->parts[0]->postings->context->average <= POSITIONS_MASK_MAX; /* so that masks mostly fit */
    if (together && paths & PATHS_MASKS && are_short)
        return check_words(o, count, ranges, left, holds, err);
    for (uint32_t r = 0; r < count; r++)
        ERROR_FORWARD(check_each(o, ranges[r], left[r], adjacent, &holds[r], err));
    return OIR_OK;
}

/* ---- marks ---- */

bool op_phrase_is_marked(const op *o)
{
    return o->ops == &op_phrase && o->part_count == 2 && o->pair_count == 1;
}

/* Takes out the documents of some ranges that lack a pair. False where positions must be looked at all the same: to
 * read marks a window of both words is decoded, and few documents are sooner looked at. */
static bool ask_marks(op *o, uint32_t count, const uint32_t *ranges, uint64_t *left)
{
    uint32_t documents = 0, asked = 0;
    for (uint32_t r = 0; r < count; r++)
        documents += bits_count(left[r]);
    for (uint32_t i = 0; i < o->pair_count; i++) {
        op_pair *p = &o->pairs[i];
        if (p->marks.window != p->first->window) {
            if (documents <= FEW_DOCUMENTS && p->first->paths & PATHS_SPARED)
                continue;
            pairs_marks_seek(&p->marks, p->first, p->second);
        }
        for (uint32_t r = 0; r < count; r++)
            left[r] &= left[r] ? pairs_marks_documents(&p->marks, ranges[r]) : 0;
        asked++;
    }
    return asked && op_phrase_is_marked(o);
}

oir_status op_phrase_check_ranges(op *o, uint32_t count, const uint32_t *ranges, const uint64_t *wanted,
                                  uint64_t *holds, oir_error *err)
{
    uint64_t left[RANGES];
    memcpy(left, wanted, count * sizeof *left);
    if (!ask_marks(o, count, ranges, left))
        return check_positions(o, count, ranges, left, holds, err);
    memcpy(holds, left, count * sizeof *holds);
    return OIR_OK;
}

static oir_status check(op *o, uint32_t range, uint64_t wanted, uint64_t *holds, oir_error *err)
{
    return op_phrase_check_ranges(o, 1, &range, &wanted, holds, err);
}

const op_ops op_phrase = {.bound = bound, .combine = combine, .activate = activate, .check = check, .needs_all = true};
