#include "searcher/search_known.h"

#include <string.h>

#include "base/error.h"
#include "base/sort.h"

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

/* A weight, rounded down, above a number of documents: keys are ordered by weight. */
static uint64_t key_of(double weight, uint32_t documents)
{
    uint64_t bits;
    memcpy(&bits, &weight, sizeof bits);
    return (bits & ~(uint64_t)UINT16_MAX) | documents;
}

static double weight_in(uint64_t key)
{
    double weight;
    key &= ~(uint64_t)UINT16_MAX;
    memcpy(&weight, &key, sizeof weight);
    return weight;
}

/* Each key: so many documents more of its unit than at the higher weights. */
static size_t add_keys(const search_unit *u, uint64_t *keys)
{
    size_t n = 0;
    uint32_t before = 0;
    for (size_t top = 0; top < POSTINGS_TOPS; top++) {
        double weight = weigh_top(u, u->root, top);
        if (!(weight > 0))
            break;
        keys[n++] = key_of(weight, postings_top_counts[top] - before);
        before = postings_top_counts[top];
    }
    return n;
}

oir_status search_known_find(const search_unit *units, size_t count, size_t wanted, arena *a, double *out,
                             oir_error *err)
{
    size_t n = 0, documents = 0;
    *out = -1;
    if (!wanted || !paths_use(PATHS_KNOWN))
        return OIR_OK;
    uint64_t *keys = arena_add(a, (count + 1) * POSTINGS_TOPS * sizeof *keys);
    if (!keys)
        return error_no_memory(err, "a search");
    for (size_t i = 0; i < count; i++)
        n += is_whole(&units[i]) ? add_keys(&units[i], keys + n) : 0;
    sort_u64(keys, n);
    for (size_t i = n; i-- && *out < 0;) {
        documents += keys[i] & UINT16_MAX;
        *out = documents >= wanted ? weight_in(keys[i]) : -1;
    }
    return OIR_OK;
}
