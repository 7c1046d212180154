/* Every match weighs nothing. */
#include "searcher/weight.h"

static weight_norm bool_norm(const oir_weight *w, const weight_collection *c)
{
    (void)w;
    (void)c;
    return (weight_norm){1, 0, 1};
}

static double bool_factor(const oir_weight *w, const weight_collection *c, double termfreq, double wqf)
{
    (void)w;
    (void)c;
    (void)termfreq;
    (void)wqf;
    return 0;
}

const weight_ops weight_ops_bool = {.norm = bool_norm, .factor = bool_factor};
