/* The first part; the others add weight where they match. */
#include "searcher/op.h"

static void bound(const op *o, const kernels *k, const uint16_t *const *parts, size_t n, uint16_t *out)
{
    op_or.bound(o, k, parts, n, out);
    k->bound_mask(out, parts[0], n);
}

static uint64_t combine(const op *o, bool exact)
{
    (void)exact;
    return o->parts[0]->matched;
}

static void activate(op *o, uint64_t wanted)
{
    op_activate(o->parts[0], wanted);
    for (uint32_t i = 1; i < o->part_count; i++)
        op_activate(o->parts[i], wanted & o->parts[i]->matched);
}

const op_ops op_maybe = {.bound = bound, .combine = combine, .activate = activate, .needs_first = true};
