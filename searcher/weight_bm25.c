/* Okapi BM25 (Robertson, Walker, Jones, Hancock-Beaulieu, Gatford: Okapi at TREC-3, 1994), as weight.h states it. */
#include <math.h>

#include "searcher/weight.h"

/* Stands in for a norm of 0 (k1 = 0), so that wdf / (wdf + norm) is 1 for any wdf but never 0 / 0. */
static const double NORM_LEAST = 1e-30;

static weight_norm bm25_norm(const oir_weight *w, const weight_collection *c)
{
    const oir_bm25 *p = &w->bm25;
    double base = p->k1 * (1 - p->b), slope = p->k1 * p->b / c->average_length;
    double min = base + p->k1 * p->b * p->min_normlen;
    return (weight_norm){base, slope, min > NORM_LEAST ? min : NORM_LEAST};
}

static double bm25_factor(const oir_weight *w, const weight_collection *c, double termfreq, double wqf)
{
    const oir_bm25 *p = &w->bm25;
    double odds = (c->documents - termfreq + 0.5) / (termfreq + 0.5), idf;
    if (p->idf == OIR_IDF_LUCENE)
        idf = log(1 + odds);
    else /* a term in more than half of the documents would weigh less than nothing: below 2 it falls off more slowly */
        idf = log(odds < 2 ? odds / 2 + 1 : odds);
    return idf * ((p->k3 + 1) * wqf / (p->k3 + wqf)) * (p->k1 + 1);
}

const weight_ops weight_ops_bm25 = {.norm = bm25_norm, .factor = bm25_factor, .weighs = true};
