#include "searcher/weight.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

const oir_weight weight_default = {&weight_ops_bm25, OIR_BM25_INIT};

static oir_status weight_new(oir_weight **out, const oir_weight *w, oir_error *err)
{
    *out = memory_new(sizeof **out);
    if (!*out)
        return error_no_memory(err, "a weight");
    **out = *w;
    return OIR_OK;
}

oir_status oir_weight_new_bm25(oir_weight **out, const oir_bm25 *parameters, oir_error *err)
{
    oir_weight w = weight_default;
    *out = NULL;
    if (parameters && (parameters->struct_size == 0 || parameters->struct_size > sizeof w.bm25))
        return error_set(err, OIR_INVALID_ARGUMENT, "oir_bm25 has struct_size %zu; start from OIR_BM25_INIT",
                         parameters->struct_size);
    /* A program built against an older header gives fewer fields; the rest keep their defaults. */
    if (parameters)
        memcpy(&w.bm25, parameters, parameters->struct_size);
    /* Written so that NaN fails too. */
    if (!(w.bm25.k1 >= 0 && w.bm25.k1 <= 1e6) || !(w.bm25.k3 >= 0 && w.bm25.k3 <= 1e6) ||
        !(w.bm25.b >= 0 && w.bm25.b <= 1) || !(w.bm25.min_normlen >= 0 && w.bm25.min_normlen <= 1e6))
        return error_set(err, OIR_INVALID_ARGUMENT,
                         "BM25 with k1 %g, k3 %g, b %g, min_normlen %g: b must be 0 to 1, the others 0 to 1000000",
                         w.bm25.k1, w.bm25.k3, w.bm25.b, w.bm25.min_normlen);
    if (w.bm25.idf != OIR_IDF_XAPIAN && w.bm25.idf != OIR_IDF_LUCENE)
        return error_set(err, OIR_INVALID_ARGUMENT, "BM25 with idf %d, which is none", (int)w.bm25.idf);
    return weight_new(out, &w, err);
}

oir_status oir_weight_new_bool(oir_weight **out, oir_error *err)
{
    const oir_weight w = {&weight_ops_bool, OIR_BM25_INIT};
    return weight_new(out, &w, err);
}

void oir_weight_free(oir_weight *weight)
{
    memory_free(weight);
}
