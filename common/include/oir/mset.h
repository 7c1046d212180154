/* The matches that a search found: a page of them, best first. */
#ifndef OIR_MSET_H
#define OIR_MSET_H

#include <oir/document.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Freed with oir_mset_free, before its database is closed or reopened. Shared. */
typedef struct oir_mset oir_mset;

/* NULL is accepted. */
OIR_API void oir_mset_free(oir_mset *mset);

/* The number of matches on this page. */
OIR_API oir_doccount oir_mset_get_size(const oir_mset *mset);
/* The rank of the first match on this page, counted from 0. */
OIR_API oir_doccount oir_mset_get_firstitem(const oir_mset *mset);
/* How many documents match: at least so many. Equal to the upper bound when it was counted exactly. */
OIR_API oir_doccount oir_mset_get_matches_lower_bound(const oir_mset *mset);
/* How many documents match: at most so many. */
OIR_API oir_doccount oir_mset_get_matches_upper_bound(const oir_mset *mset);
/* A weight that no document can be above for this query. */
OIR_API double oir_mset_get_max_possible(const oir_mset *mset);

/* The match at 0 <= index < size: its docid. */
OIR_API oir_docid oir_mset_get_docid(const oir_mset *mset, oir_doccount index);
/* Its weight. */
OIR_API double oir_mset_get_weight(const oir_mset *mset, oir_doccount index);
/* Its document, as oir_database_get_document would hand it out. OIR_INVALID_ARGUMENT for an index outside,
 * OIR_NO_MEMORY. */
OIR_API oir_status oir_mset_get_document(const oir_mset *mset, oir_doccount index, oir_document **out, oir_error *err);

/* The number of documents with a term of the query, as the search knew it; 0 for other terms. */
OIR_API oir_doccount oir_mset_get_termfreq(const oir_mset *mset, const char *term, size_t size);

#ifdef __cplusplus
}
#endif
#endif
