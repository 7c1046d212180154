/* At least one part: the weights of those that match add up. */
#include "searcher/op.h"

static void bound(const op *o, const kernels *k, const uint16_t *const *parts, size_t n, uint16_t *out)
{
    memcpy(out, parts[0], n * sizeof *out);
    for (uint32_t i = 1; i < o->part_count; i++)
        k->bound_add(out, parts[i], n);
}

static uint64_t combine(const op *o, bool exact)
{
    (void)exact;
    uint64_t any = o->parts[0]->matched;
    for (uint32_t i = 1; i < o->part_count; i++)
        any |= o->parts[i]->matched;
    return any;
}

static void activate(op *o, uint64_t wanted)
{
    for (uint32_t i = 0; i < o->part_count; i++)
        op_activate(o->parts[i], wanted & o->parts[i]->matched);
}

const op_ops op_or = {.bound = bound, .combine = combine, .activate = activate};
