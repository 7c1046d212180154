/* How matching documents are weighed. */
#ifndef OIR_WEIGHT_H
#define OIR_WEIGHT_H

#include <oir/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A formula with its parameters. Freed with oir_weight_free. Shared: it never changes. */
typedef struct oir_weight oir_weight;

/* How BM25 turns a term's document frequency n among N documents into its weight. */
typedef enum oir_idf {
    OIR_IDF_XAPIAN, /* ln T, T = (N - n + 0.5) / (n + 0.5), and T / 2 + 1 in place of T where T < 2 */
    OIR_IDF_LUCENE  /* ln (1 + (N - n + 0.5) / (n + 0.5)) */
} oir_idf;

/* Start from OIR_BM25_INIT, which has Xapian's defaults. */
typedef struct oir_bm25 {
    size_t struct_size; /* sizeof(oir_bm25), set by the initialiser */
    double k1;          /* how soon more occurrences stop to count; 0 to 1,000,000; default 1 */
    double k3;          /* the same for the query's wqf; 0 to 1,000,000; default 1 */
    double b;           /* how much document length counts; 0 to 1; default 0.5 */
    double min_normlen; /* lengths below this share of the average count as it; 0 to 1,000,000; default 0.5 */
    oir_idf idf;        /* default OIR_IDF_XAPIAN */
} oir_bm25;

#define OIR_BM25_INIT {sizeof(oir_bm25), 1.0, 1.0, 0.5, 0.5, OIR_IDF_XAPIAN}

/* Okapi BM25 (Robertson, Walker, Jones, Hancock-Beaulieu, Gatford: Okapi at TREC-3, 1994), in Xapian's form: a term
 * weighs
 *     idf * (k3 + 1) wqf / (k3 + wqf) * (k1 + 1) wdf / (k1 (b L + 1 - b) + wdf)
 * with L = max(length / average length, min_normlen).
 * parameters may be NULL for the defaults. OIR_INVALID_ARGUMENT for a parameter outside its range, OIR_NO_MEMORY. */
OIR_API oir_status oir_weight_new_bm25(oir_weight **out, const oir_bm25 *parameters, oir_error *err);
/* Every match weighs 0, so that results come by docid. OIR_NO_MEMORY. */
OIR_API oir_status oir_weight_new_bool(oir_weight **out, oir_error *err);
/* NULL is accepted. Enquires keep their own copy. */
OIR_API void oir_weight_free(oir_weight *weight);

#ifdef __cplusplus
}
#endif
#endif
