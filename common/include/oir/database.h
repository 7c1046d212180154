/* An index as it is read: a snapshot of one commit.
 *
 * A database sees the commit that was newest when it was opened, and goes on seeing it, whole and unchanged, whatever
 * writers do, until it is closed or reopened. It takes no lock, needs no right to write, and survives fork: parent and
 * child may both go on using it. Truncating or overwriting an index's files in place under a reader is outside the
 * promise (deleting them is not: an open snapshot stays readable). */
#ifndef OIR_DATABASE_H
#define OIR_DATABASE_H

#include <oir/document.h>
#include <oir/iterator.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Closed with oir_database_close. Shared, but for oir_database_reopen, oir_database_add_database and
 * oir_database_close, which must not overlap with other calls. */
typedef struct oir_database oir_database;

/* Opens the index in folder `path`. OIR_NOT_FOUND when there is none, OIR_CORRUPT, OIR_VERSION, OIR_IO,
 * OIR_NO_MEMORY. */
OIR_API oir_status oir_database_open(oir_database **out, const char *path, oir_error *err);
/* NULL is accepted. All iterators, documents, enquires and match sets of the database must be freed before. */
OIR_API void oir_database_close(oir_database *database);

/* Moves to the newest commit; *changed (may be NULL) says whether it was another. On failure the old snapshot stays.
 * Failures as oir_database_open, and OIR_TOO_BIG as adding. Iterators and match sets of the old snapshot must be freed
 * before. */
OIR_API oir_status oir_database_reopen(oir_database *database, bool *changed, oir_error *err);

/* Searches another index together with this one, as if they were one: statistics are common, and with n indexes
 * document d of the i-th (counted from 0) has the number (d - 1) * n + i + 1. Takes `other`'s snapshot over; `other`
 * must be closed as usual and may be closed at once. OIR_NO_MEMORY, OIR_TOO_BIG when numbers pass 32 bits. */
OIR_API oir_status oir_database_add_database(oir_database *database, const oir_database *other, oir_error *err);

/* How many indexes are searched together: 1 unless others were added. */
OIR_API size_t oir_database_get_size(const oir_database *database);
/* The number of the commit seen; grows with each commit. */
OIR_API uint64_t oir_database_get_revision(const oir_database *database);
/* 36 characters that name the index, closed by a zero byte; made when it was. Belongs to the database. */
OIR_API const char *oir_database_get_uuid(const oir_database *database);
/* The number of documents. */
OIR_API oir_doccount oir_database_get_doccount(const oir_database *database);
/* The highest docid that was ever used, 0 for none. */
OIR_API oir_docid oir_database_get_lastdocid(const oir_database *database);
/* The sum of all documents' lengths. */
OIR_API oir_totallength oir_database_get_total_length(const oir_database *database);
/* Total length by documents, 0 for an empty database. */
OIR_API double oir_database_get_average_length(const oir_database *database);
/* Whether any term has positions, so that phrases can be found. */
OIR_API bool oir_database_has_positions(const oir_database *database);

/* The number of documents with a term; 0 when there is none. OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_database_get_termfreq(const oir_database *database, const char *term, size_t size,
                                             oir_doccount *out, oir_error *err);
/* The sum of a term's wdf over all documents. OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_database_get_collection_freq(const oir_database *database, const char *term, size_t size,
                                                    oir_totallength *out, oir_error *err);
/* A number that no wdf of the term is above; 0 when there is no such term. OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_database_get_wdf_upper_bound(const oir_database *database, const char *term, size_t size,
                                                    oir_termcount *out, oir_error *err);
/* The length of a document: the sum of its terms' wdf. OIR_NOT_FOUND, OIR_CORRUPT. */
OIR_API oir_status oir_database_get_doclength(const oir_database *database, oir_docid docid, oir_termcount *out,
                                              oir_error *err);

/* Hands out a document. Its data, values and terms are read when they are asked for; it must be freed before the
 * database is closed or reopened. OIR_NOT_FOUND, OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_database_get_document(const oir_database *database, oir_docid docid, oir_document **out,
                                             oir_error *err);

/* All terms that start with `prefix` (closed by a zero byte; "" for all), in byte order. OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_database_get_terms(const oir_database *database, const char *prefix, oir_term_iterator **out,
                                          oir_error *err);
/* The documents with a term; size 0 for all documents. A term that is not there gives an iterator that ends at once.
 * OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_database_get_postings(const oir_database *database, const char *term, size_t size,
                                             oir_posting_iterator **out, oir_error *err);
/* The positions of a term in a document; ends at once where there are none. OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_database_get_positions(const oir_database *database, oir_docid docid, const char *term,
                                              size_t size, oir_position_iterator **out, oir_error *err);

/* A setting that the index was made with or that was set later ("stemmer", "prefixes" and what programs add); size 0
 * when there is none. Valid until the database is reopened or closed. */
OIR_API oir_bytes oir_database_get_setting(const oir_database *database, const char *name);

#ifdef __cplusplus
}
#endif
#endif
