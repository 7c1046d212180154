/* All parts: the first's weight. */
#include "searcher/op.h"

static void bound(const op *o, const kernels *k, const uint16_t *const *parts, size_t n, uint16_t *out)
{
    memcpy(out, parts[0], n * sizeof *out);
    for (uint32_t i = 1; i < o->part_count; i++)
        k->bound_mask(out, parts[i], n);
}

static uint64_t combine(const op *o, bool exact)
{
    return op_and.combine(o, exact);
}

static void activate(op *o, uint64_t wanted)
{
    op_activate(o->parts[0], wanted);
}

const op_ops op_filter = {.bound = bound, .combine = combine, .activate = activate, .needs_all = true};
