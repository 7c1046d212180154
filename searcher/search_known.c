#include "searcher/search_known.h"

#include "base/error.h"

/* What rounding may take on the way from a list's scale to weights. */
static const double PRECISION = 1e-6;

/* What postings_top_counts[top] documents of a tree weigh at least; 0: nothing is known. A saturation s with the
 * reference norm r is s / (s + (1 - s) q / r) with the query's norm q. */
static double weigh_top(const search_unit *u, const op *o, size_t top)
{
    double most = 0;
    if (o->kind == OP_TERM) {
        double s = o->factor > 0 ? postings_window_top(o->postings, top) : 0;
        return s > 0 ? o->factor * (1 - PRECISION) * s / (s + (1 - s) * u->inverse) : 0;
    }
    if (o->kind == OP_INNER && o->ops == &op_maybe)
        return weigh_top(u, o->parts[0], top);
    for (uint32_t i = 0; o->kind == OP_INNER && o->ops == &op_or && i < o->part_count; i++) {
        double weight = weigh_top(u, o->parts[i], top);
        most = weight > most ? weight : most;
    }
    return most;
}

/* Deleted documents would be among the best of a list. */
static bool is_whole(const search_unit *u)
{
    return u->root && !u->place->segment->catalog->deleted;
}

/* How far a unit's tops have been taken. */
typedef struct known_unit {
    double weight;        /* of the next one; 0: no more is known */
    uint32_t top, before; /* which it is, and how many documents those before it have */
} known_unit;

oir_status search_known_find(const search_unit *units, size_t count, size_t wanted, arena *a, double *out,
                             oir_error *err)
{
    size_t documents = 0;
    *out = -1;
    if (!wanted || !count || !paths_use(PATHS_KNOWN))
        return OIR_OK;
    known_unit *known = arena_add_zeroed(a, count, sizeof *known);
    if (!known)
        return error_no_memory(err, "a search");
    for (size_t i = 0; i < count; i++)
        known[i].weight = is_whole(&units[i]) ? weigh_top(&units[i], units[i].root, 0) : 0;
    while (documents < wanted) {
        known_unit *best = known;
        for (size_t i = 1; i < count; i++)
            best = known[i].weight > best->weight ? &known[i] : best;
        if (!(best->weight > 0))
            return OIR_OK;
        const search_unit *u = &units[best - known];
        uint32_t reached = postings_top_counts[best->top++];
        documents += reached - best->before;
        best->before = reached;
        *out = documents >= wanted ? best->weight : -1;
        best->weight = best->top < POSTINGS_TOPS ? weigh_top(u, u->root, best->top) : 0;
    }
    return OIR_OK;
}
