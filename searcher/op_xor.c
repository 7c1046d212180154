/* An odd number of parts: the weights of those that match add up. */
#include "searcher/op.h"

static void bound(const op *o, const kernels *k, const uint16_t *const *parts, size_t n, uint16_t *out)
{
    op_or.bound(o, k, parts, n, out);
}

static uint64_t combine(const op *o, bool exact)
{
    if (!exact && !o->certain) /* a part that only may match may make any number odd */
        return op_or.combine(o, false);
    uint64_t odd = 0;
    for (uint32_t i = 0; i < o->part_count; i++)
        odd ^= o->parts[i]->matched;
    return odd;
}

static void activate(op *o, uint64_t wanted)
{
    op_or.activate(o, wanted);
}

const op_ops op_xor = {.bound = bound, .combine = combine, .activate = activate};
