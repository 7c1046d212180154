/* All parts: their weights add up. */
#include "searcher/op.h"

static void bound(const op *o, const kernels *k, const uint16_t *const *parts, size_t n, uint16_t *out)
{
    memcpy(out, parts[0], n * sizeof *out);
    for (uint32_t i = 1; i < o->part_count; i++)
        k->bound_and(out, parts[i], n);
}

static uint64_t combine(const op *o, bool exact)
{
    (void)exact;
    uint64_t all = o->parts[0]->matched;
    for (uint32_t i = 1; i < o->part_count; i++)
        all &= o->parts[i]->matched;
    return all;
}

static void activate(op *o, uint64_t wanted)
{
    for (uint32_t i = 0; i < o->part_count; i++)
        op_activate(o->parts[i], wanted);
}

const op_ops op_and = {.bound = bound, .combine = combine, .activate = activate, .needs_all = true};
