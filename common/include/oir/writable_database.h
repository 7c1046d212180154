/* An index as it is written: documents go in, are replaced and deleted, and become visible to readers by a commit.
 *
 * A commit is all or nothing: after a crash or power cut the index is as it was at the last commit that returned
 * OIR_OK. Without a commit, nothing that was done is kept. Readers are never disturbed.
 *
 * Calling sequence:
 *     oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
 *     oir_writable_database_open(&writer, "articles.oir", &options, &err);
 *     oir_writable_database_add_document(writer, document, &docid, &err);     any number, in any mixture
 *     oir_writable_database_commit(writer, &err);
 *     oir_writable_database_close(writer);                                    uncommitted changes are lost */
#ifndef OIR_WRITABLE_DATABASE_H
#define OIR_WRITABLE_DATABASE_H

#include <oir/document.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Closed with oir_writable_database_close. Single writer; calls on it one thread at a time. A child of fork must not
 * use it, and may exit. */
typedef struct oir_writable_database oir_writable_database;

/* What oir_writable_database_open does when the index is there, or is not. */
typedef enum oir_open_mode {
    OIR_CREATE_OR_OPEN,     /* the default */
    OIR_CREATE,             /* OIR_EXISTS when it is there */
    OIR_OPEN,               /* OIR_NOT_FOUND when it is not */
    OIR_CREATE_OR_OVERWRITE /* an index that is there is emptied, in the first commit: also one that is damaged or of a
                               version that cannot be read */
} oir_open_mode;

/* Whether documents are put into an order of their own inside the index, like beside like, by the words they share.
 * Docids stay, and so do all answers; searches are quicker and the index is smaller. It is done by optimising, and
 * where so many documents are merged that it is worth the time. It stays within the memory limit, and is not
 * done where that is less than 96 bytes for each document. */
typedef enum oir_reorder {
    OIR_REORDER_LIGHT, /* the default: most of the gain */
    OIR_REORDER_NONE,  /* documents are in the order of their docids */
    OIR_REORDER_FULL   /* rarer words and more rounds count too: some times as long */
} oir_reorder;

/* Called now and then from long operations, in the caller's thread; `done` of `total` in the unit of the operation
 * (total is 0 when it is not known). Return false to stop: the operation returns OIR_CANCELLED and the last commit
 * stays as it is. */
typedef bool (*oir_progress)(const char *what, uint64_t done, uint64_t total, void *context);

/* Start from OIR_WRITER_OPTIONS_INIT, then change fields. */
typedef struct oir_writer_options {
    size_t struct_size;      /* sizeof(oir_writer_options), set by the initialiser */
    oir_open_mode mode;      /* default OIR_CREATE_OR_OPEN */
    size_t memory_limit;     /* bytes for buffered changes and what goes with them (two fifths, with threads half, but
                                32 MiB at most, are left to that): above it they are written out as a segment. Default
                                256 MiB, at least 4 MiB. Not a commit: readers see nothing of it. A document may be
                                larger than that: see document.h */
    double lock_wait;        /* seconds to wait for another writer before OIR_LOCKED; default 0, negative for ever */
    bool no_sync;            /* true: a commit does not wait for the disk; a power cut may lose or damage it. Default
                                false */
    bool no_term_lists;      /* a new index keeps no list of terms by document: smaller and quicker to build, but
                                deleting is slower and oir_document_get_terms is unsupported. Default false. Fixed
                                when the index is made */
    bool no_stored_data;     /* a new index keeps no document data. Default false. Fixed when the index is made */
    double bound_k1;         /* BM25's k1 that score bounds are made for: searches with another are as exact and a
                                little slower. Above 0, default 1. Fixed when the index is made */
    double bound_b;          /* the same for b. 0 to 1, default 0.5 */
    oir_progress progress;   /* default NULL */
    void *progress_context;
    bool no_pairs;           /* true: segments that are merged or made by optimising get no lists for pairs of frequent
                                words, which make phrases quicker and take at most 8 % of the rest of the index.
                                Default false */
    oir_reorder reorder;     /* default OIR_REORDER_LIGHT */
    unsigned threads;        /* that oir_writable_database_add_documents and writing segments out share, the caller's
                                among them; default 1, at most OIR_WRITER_THREADS_MAX, fewer where each has less than
                                32 MiB of the memory limit. With 2 or more, and a limit of 128 MiB or more, large
                                merges run in the background on one of them, with half of the memory: a commit does
                                not wait for them. Once optimised, what is written does not depend on it, unless
                                documents with positions were deleted: it may be as if there were some still, or one
                                at 0. Answers never do */
} oir_writer_options;

#define OIR_WRITER_THREADS_MAX 256

#define OIR_WRITER_OPTIONS_INIT \
    {sizeof(oir_writer_options), OIR_CREATE_OR_OPEN, (size_t)256 << 20, 0.0, false, false, false, 1.0, 0.5, NULL, \
     NULL, false, OIR_REORDER_LIGHT, 1}

/* Opens or makes the index in folder `path` (made when missing, its parent must exist) and takes the writer's lock.
 * options may be NULL for defaults. OIR_LOCKED (the message names process and host), OIR_EXISTS, OIR_NOT_FOUND,
 * OIR_CORRUPT, OIR_VERSION, OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_INVALID_ARGUMENT. */
OIR_API oir_status oir_writable_database_open(oir_writable_database **out, const char *path,
                                              const oir_writer_options *options, oir_error *err);
/* Gives up what was not committed, releases the lock. A merge in the background is stopped, for which this may wait a
 * moment; the next writer makes up for it. NULL is accepted. */
OIR_API void oir_writable_database_close(oir_writable_database *database);

/* Adds a document under the next docid never used before; *docid may be NULL. The document is copied and may be cleared
 * and used again. OIR_TOO_BIG when docids run out, OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. After any failure but
 * OIR_TOO_BIG and OIR_INVALID_ARGUMENT the writer refuses all but rollback and close. */
OIR_API oir_status oir_writable_database_add_document(oir_writable_database *database, const oir_document *document,
                                                      oir_docid *docid, oir_error *err);
/* Makes document `number`, counted from 0, in `document`, which is empty and belongs to the caller of this. Called from
 * any of the writer's threads; `thread` is below options.threads, and no two calls with the same run at a time: so what
 * a thread needs, such as a term generator, can be had for each. It must not use the writer. Other than OIR_OK ends
 * adding, with that status. */
typedef oir_status (*oir_fill_document)(void *context, unsigned thread, size_t number, oir_document *document,
                                        oir_error *err);

/* Adds `count` documents, each made by a call of `fill`, with all of options.threads at once: the quickest way to fill
 * an index. Document `number` gets the docid *first + number (first may be NULL), whichever thread makes it. Returns
 * when all are added. Failures as adding, and what `fill` answers; then some of them may have been added, and the
 * writer refuses all but rollback and close. */
OIR_API oir_status oir_writable_database_add_documents(oir_writable_database *database, size_t count,
                                                       oir_fill_document fill, void *context, oir_docid *first,
                                                       oir_error *err);
/* Puts a document under a docid, new or in use. OIR_INVALID_ARGUMENT for docid 0; else as adding. */
OIR_API oir_status oir_writable_database_replace_document(oir_writable_database *database, oir_docid docid,
                                                          const oir_document *document, oir_error *err);
/* Puts a document in the place of all that have a term: it gets the lowest of their docids, or a new one when there is
 * none. *docid may be NULL. Failures as replacing, and OIR_INVALID_ARGUMENT for a term that is not of 1 to OIR_TERM_MAX
 * bytes. */
OIR_API oir_status oir_writable_database_replace_document_by_term(oir_writable_database *database, const char *term,
                                                                  size_t size, const oir_document *document,
                                                                  oir_docid *docid, oir_error *err);
/* OIR_NOT_FOUND when there is no such document; nothing has changed then. */
OIR_API oir_status oir_writable_database_delete_document(oir_writable_database *database, oir_docid docid,
                                                         oir_error *err);
/* Deletes all documents that have a term; *deleted (may be NULL) says how many. None is not an error. Failures as
 * above. */
OIR_API oir_status oir_writable_database_delete_document_by_term(oir_writable_database *database, const char *term,
                                                                 size_t size, oir_doccount *deleted, oir_error *err);

/* Sets a setting by name (letters, digits, - _ . up to 64 bytes; value up to 64 KiB; size 0 removes it), with the
 * next commit. OIR_INVALID_ARGUMENT, OIR_NO_MEMORY. */
OIR_API oir_status oir_writable_database_set_setting(oir_writable_database *database, const char *name,
                                                     const char *value, size_t size, oir_error *err);
/* The setting as it is with uncommitted changes. Valid until the next call on the writer. */
OIR_API oir_bytes oir_writable_database_get_setting(const oir_writable_database *database, const char *name);

/* Makes all changes since the last commit visible and safe, together. Small segments are merged on the way, or with
 * several threads large ones in the background (oir_writer_options.threads): one that has ended is named by the next
 * commit. One that failed is told of by the next commit, which has done nothing then, and can be made again at once:
 * its segments are as they were. No change, nor merge that has ended, means no new commit. On failure the last commit
 * is intact. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_CORRUPT, OIR_TOO_BIG (more than the files can hold),
 * OIR_CANCELLED. */
OIR_API oir_status oir_writable_database_commit(oir_writable_database *database, oir_error *err);
/* Commits, and waits for all merging that is due: for the last call of a writer with several threads that is to be
 * closed soon, since closing stops a merge that runs in the background. With one thread it is as a commit. Failures as
 * committing. */
OIR_API oir_status oir_writable_database_settle(oir_writable_database *database, oir_error *err);
/* Forgets all changes since the last commit; a merge in the background of what stays goes on. OIR_CORRUPT,
 * OIR_IO, OIR_NO_MEMORY. */
OIR_API oir_status oir_writable_database_rollback(oir_writable_database *database, oir_error *err);
/* Commits, and writes the whole index anew as one segment, without deleted documents: the quickest to search.
 * Failures as committing. */
OIR_API oir_status oir_writable_database_optimise(oir_writable_database *database, oir_error *err);

/* The number of documents, with uncommitted changes. */
OIR_API oir_doccount oir_writable_database_get_doccount(const oir_writable_database *database);
/* The highest docid ever used, with uncommitted changes. */
OIR_API oir_docid oir_writable_database_get_lastdocid(const oir_writable_database *database);
/* Whether any document has a term, with uncommitted changes. OIR_INVALID_ARGUMENT for a term that is not of 1 to
 * OIR_TERM_MAX bytes, OIR_CORRUPT, OIR_NO_MEMORY. */
OIR_API oir_status oir_writable_database_has_term(oir_writable_database *database, const char *term, size_t size,
                                                  bool *out, oir_error *err);

#ifdef __cplusplus
}
#endif
#endif
