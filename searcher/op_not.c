/* The first part and none of the others: the first's weight. */
#include "searcher/op.h"

static void bound(const op *o, const kernels *k, const uint16_t *const *parts, size_t n, uint16_t *out)
{
    (void)o;
    (void)k;
    memcpy(out, parts[0], n * sizeof *out);
}

static uint64_t combine(const op *o, bool exact)
{
    uint64_t left = o->parts[0]->matched;
    for (uint32_t i = 1; i < o->part_count; i++)
        if (exact || o->parts[i]->certain) /* what only may match excludes nothing yet */
            left &= ~o->parts[i]->matched;
    return left;
}

static void activate(op *o, uint64_t wanted)
{
    op_activate(o->parts[0], wanted);
}

const op_ops op_not = {.bound = bound, .combine = combine, .activate = activate, .needs_first = true};
