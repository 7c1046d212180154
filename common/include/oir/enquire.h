/* Asking: a database, a query, a weight; out comes a match set.
 *
 * Calling sequence:
 *     oir_enquire_new(&enquire, database, &err);
 *     oir_enquire_set_query(enquire, query);
 *     oir_enquire_get_mset(enquire, 0, 10, &mset, &err);    the first ten
 *     oir_mset_free(mset);
 *     oir_enquire_free(enquire); */
#ifndef OIR_ENQUIRE_H
#define OIR_ENQUIRE_H

#include <oir/database.h>
#include <oir/mset.h>
#include <oir/query.h>
#include <oir/weight.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Freed with oir_enquire_free, before its database is closed or reopened. One thread at a time; any number of them may
 * work on one database at the same time. Keeps up to 2 MB of memory between searches. */
typedef struct oir_enquire oir_enquire;

/* With BM25's defaults and no query. Refers to the database. OIR_NO_MEMORY. */
OIR_API oir_status oir_enquire_new(oir_enquire **out, const oir_database *database, oir_error *err);
/* NULL is accepted. */
OIR_API void oir_enquire_free(oir_enquire *enquire);

/* Refers to the query by a copy of the handle. NULL is no query: nothing matches. */
OIR_API void oir_enquire_set_query(oir_enquire *enquire, oir_query *query);
/* Copies the weight. NULL returns to BM25's defaults. */
OIR_API void oir_enquire_set_weight(oir_enquire *enquire, const oir_weight *weight);
/* Which of documents of the same weight come first. */
typedef enum oir_docid_order {
    OIR_DOCID_ASCENDING,  /* those with smaller docids */
    OIR_DOCID_DESCENDING, /* those with larger docids */
    OIR_DOCID_DONT_CARE   /* whichever is found at less cost: they stay the same while the database does */
} oir_docid_order;

/* OIR_DOCID_ASCENDING unless set. Where many documents weigh the same and documents are reordered, DONT_CARE is faster:
 * docids need not be looked up to tell which come first. */
OIR_API void oir_enquire_set_docid_order(oir_enquire *enquire, oir_docid_order order);
/* Called between windows of documents, always in the thread that asked; false stops the search with OIR_CANCELLED.
 * NULL for none. It may search with other enquires, and with this one if that has a single thread, but set nothing of
 * it. */
OIR_API void oir_enquire_set_cancel(oir_enquire *enquire, bool (*keep_going)(void *context), void *context);
/* How long a search may take, in seconds from the call on; 0 or less (the default): as long as it needs. What a search
 * gives is exact, or is not given: when time is over while matches are counted beyond those that ranking has found, the
 * match set's numbers of matches are bounds, as if no count had been asked for; when it is over before the page is
 * known, oir_enquire_get_mset fails with OIR_LIMIT, and so does oir_enquire_get_count. It is looked at between windows,
 * while groups (prefixes, wildcards, synonyms) are made too, and between ranges where positions are read; so a search
 * may take some windows longer. */
OIR_API void oir_enquire_set_time_limit(oir_enquire *enquire, double seconds);
/* How many threads a search may use, the caller's among them; 1 (the default; 0 is the same) up to 256. Segments, of
 * all indexes searched together, are shared out over them, so more threads than segments are of no use, and an
 * optimised index has one segment. The answer is the same, to the bit. Small searches are done by the caller alone.
 * Threads start with the first search that uses them, sleep between searches, block signals from outside, and end with
 * oir_enquire_free or when the number is set anew; where some cannot be started the others do their work. In the child
 * of a fork the caller works alone. */
OIR_API void oir_enquire_set_threads(oir_enquire *enquire, unsigned threads);

/* The matches of rank `first` (counted from 0) up to first + max_items - 1, best first, equal weights in the order of
 * docids that is set: exactly those that weighing every match would give. `count_at_least` says how exact the number of
 * matches has to be: up to that many are counted exactly; UINT32_MAX for an exact count whatever it is, 0 when it does
 * not matter. OIR_CORRUPT, OIR_LIMIT, OIR_CANCELLED, OIR_NO_MEMORY. */
OIR_API oir_status oir_enquire_get_mset(oir_enquire *enquire, oir_doccount first, oir_doccount max_items,
                                        oir_doccount count_at_least, oir_mset **out, oir_error *err);

/* How many documents match, exactly, without ranking them. What only adds weight (AND_MAYBE) is not looked up. Failures
 * as oir_enquire_get_mset. */
OIR_API oir_status oir_enquire_get_count(oir_enquire *enquire, oir_doccount *out, oir_error *err);

/* What the last search of this enquire did. */
typedef struct oir_search_statistics {
    uint64_t windows;          /* windows of 4,096 documents there were, over all segments */
    uint64_t windows_visited;  /* of them looked into */
    uint64_t ranges_visited;   /* ranges of 64 documents of which something was decoded */
    uint64_t postings_decoded; /* postings whose document number was decoded */
    uint64_t positions_decoded;/* positions decoded to check phrases and NEAR */
    uint64_t documents_scored; /* documents whose exact weight was made */
} oir_search_statistics;

/* Copies the statistics of the last search; all zero before the first. */
OIR_API void oir_enquire_get_statistics(const oir_enquire *enquire, oir_search_statistics *out);

#ifdef __cplusplus
}
#endif
#endif
