/* A weighting formula as the search uses it.
 *
 * A formula gives each leaf of a query a factor, once, from statistics; a document then weighs, for that leaf,
 *     factor * wdf / (wdf + norm(length)),   norm(length) = max(base + slope * length, min),
 * which is what score bounds and the fast filter can be made of. Formulas of another shape will say so through ops. */
#ifndef SEARCHER_WEIGHT_H
#define SEARCHER_WEIGHT_H

#include <oir/weight.h>

/* What is known of the collection. */
typedef struct weight_collection {
    double documents;      /* N */
    double average_length; /* 1 for an empty collection */
} weight_collection;

/* norm as a function of length. */
typedef struct weight_norm {
    double base, slope, min;
} weight_norm;

typedef struct weight_ops {
    weight_norm (*norm)(const oir_weight *w, const weight_collection *c);
    /* The factor of a leaf that `termfreq` documents match and that counts wqf times. 0: it weighs nothing. */
    double (*factor)(const oir_weight *w, const weight_collection *c, double termfreq, double wqf);
    bool weighs; /* else all factors are 0 */
} weight_ops;

struct oir_weight {
    const weight_ops *ops;
    oir_bm25 bm25;
};

/* BM25 with its defaults; a constant. */
extern const oir_weight weight_default;
extern const weight_ops weight_ops_bm25, weight_ops_bool;

static inline double weight_norm_at(const weight_norm *n, uint32_t length)
{
    double norm = n->base + n->slope * length;
    return norm > n->min ? norm : n->min;
}

/* A posting's exact weight. The kernels' weigh_exactly does the same operations in the same order, so that every path
 * gives the same bits. */
static inline double weight_of(double factor, uint32_t wdf, double norm)
{
    return wdf ? factor * ((double)wdf / ((double)wdf + norm)) : 0;
}

#endif
