/* Walking over terms, postings and positions, all in one manner:
 *
 *     oir_term_iterator *terms;
 *     bool found;
 *     status = oir_database_get_terms(database, "comb", &terms, &err);
 *     while (!status && !(status = oir_term_iterator_next(terms, &found, &err)) && found)
 *         use(oir_term_iterator_get_term(terms));
 *     oir_term_iterator_free(terms);
 *
 * A new iterator stands before the first element. `next` and `seek` say through `found` whether there was one more:
 * the end is not an error, and a status other than OIR_OK is not the end. Getters may be called while found is true.
 * Every iterator must be freed before the object it came from. All are: one thread at a time. */
#ifndef OIR_ITERATOR_H
#define OIR_ITERATOR_H

#include <oir/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Terms in byte order. One thread at a time. */
typedef struct oir_term_iterator oir_term_iterator;

/* Goes to the next term. OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_term_iterator_next(oir_term_iterator *iterator, bool *found, oir_error *err);
/* Goes forward to the first term that is not less than the given one; stays when it stands on such a term.
 * OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_term_iterator_seek(oir_term_iterator *iterator, const char *term, size_t size, bool *found,
                                          oir_error *err);
/* The term; valid until the next call on the iterator. */
OIR_API oir_bytes oir_term_iterator_get_term(const oir_term_iterator *iterator);
/* In a document: the term's occurrences there. In a database: 0. */
OIR_API oir_termcount oir_term_iterator_get_wdf(const oir_term_iterator *iterator);
/* In a database: the number of documents with the term. In a document: 0. */
OIR_API oir_doccount oir_term_iterator_get_termfreq(const oir_term_iterator *iterator);
/* NULL is accepted. */
OIR_API void oir_term_iterator_free(oir_term_iterator *iterator);

/* The documents of a term, by ascending docid. One thread at a time. */
typedef struct oir_posting_iterator oir_posting_iterator;

/* Goes to the next document. OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_posting_iterator_next(oir_posting_iterator *iterator, bool *found, oir_error *err);
/* Goes forward to the first document whose docid is not less than the given one; stays when it stands on such a one.
 * OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_posting_iterator_seek(oir_posting_iterator *iterator, oir_docid docid, bool *found,
                                             oir_error *err);
/* The document that the iterator stands on. */
OIR_API oir_docid oir_posting_iterator_get_docid(const oir_posting_iterator *iterator);
/* The term's occurrences in the document; 1 when walking over all documents. */
OIR_API oir_termcount oir_posting_iterator_get_wdf(const oir_posting_iterator *iterator);
/* The document's length: the sum of the wdf of all its terms. */
OIR_API oir_termcount oir_posting_iterator_get_doclength(const oir_posting_iterator *iterator);
/* NULL is accepted. */
OIR_API void oir_posting_iterator_free(oir_posting_iterator *iterator);

/* The positions of a term in a document, ascending. One thread at a time. */
typedef struct oir_position_iterator oir_position_iterator;

/* Goes to the next position. OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_position_iterator_next(oir_position_iterator *iterator, bool *found, oir_error *err);
/* Goes forward to the first position that is not less than the given one; stays when it stands on such a one.
 * OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_position_iterator_seek(oir_position_iterator *iterator, oir_termpos position, bool *found,
                                              oir_error *err);
/* The position that the iterator stands on. */
OIR_API oir_termpos oir_position_iterator_get_position(const oir_position_iterator *iterator);
/* NULL is accepted. */
OIR_API void oir_position_iterator_free(oir_position_iterator *iterator);

#ifdef __cplusplus
}
#endif
#endif
