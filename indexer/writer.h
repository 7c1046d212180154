/* An index while it is written: the last commit, what has changed since, and the buffer.
 *
 * The state is three things: segments (those of the last commit with more deleted, and new ones that no commit names
 * yet), the buffer of documents, and a generation without segments that holds settings, highest docid and so on. A
 * failed change leaves them half changed, so nothing but going back to `committed` is allowed then; a failed commit
 * leaves them whole, so that it can be tried again. Single writer. */
#ifndef INDEXER_WRITER_H
#define INDEXER_WRITER_H

#include "base/fork_mark.h"
#include "base/team.h"
#include "catalog/catalog.h"
#include "indexer/inverters.h"
#include "indexer/merging.h"

/* A merge that runs beside the writer. */
typedef struct writer_background writer_background;

struct oir_writable_database {
    char *path;
    catalog_lock *lock;
    fork_mark mark;        /* a forked child must not write */
    size_t memory_limit;
    size_t buffer_limit;   /* what of it the buffer may take: */
    size_t buffer_most;    /* so much, less while a merge runs beside */
    bool sync;
    bool pairs;            /* merged segments get lists of pairs */
    oir_reorder reorder;   /* the order of documents in them */
    progress progress;
    generation fresh;      /* what the index is like when it is made or emptied */
    generation committed;  /* the last commit */
    bool emptying;         /* the index is to be emptied by the next commit */
    generation state;      /* without segments */
    writer_segment *segments;
    size_t segment_count, segment_capacity;
    inverters buffer;
    uint32_t threads;      /* that fill the buffer and write it out; an inverter for each */
    team *team;            /* all but the caller's; NULL for one */
    oir_document **documents; /* by thread: what it fills */
    writer_background *background; /* NULL: none runs */
    uint64_t background_least; /* bytes of a merge that is worth a thread of its own; UINT64_MAX: none is */
    oir_status background_status; /* of the last that failed while documents were added: for the next commit */
    oir_error background_error;
    bool overdue;          /* an earlier writer left a merge undone: the next one is waited for */
    bool changed;          /* since the last commit */
    bool failed;           /* a change failed half way */
    termlist term_list;    /* scratch */
    postings_list postings;
};

/* ---- writer.c, writer_many.c and writer_large.c ---- */

/* Fails unless changes are allowed: OIR_INVALID_OPERATION in a forked child, or after a failure. */
oir_status writer_check(const oir_writable_database *w, oir_error *err);
/* Makes the state that of the last commit (or empty, if that is to come). OIR_CORRUPT, OIR_IO, OIR_NO_MEMORY: then
 * there is no state, and w->failed is set. */
oir_status writer_load(oir_writable_database *w, oir_error *err);
void writer_release_state(oir_writable_database *w);

/* Before documents are added: an empty buffer will compress their data with the first segment's dictionary, since
 * segments that have the same are merged without compressing anything anew. OIR_NO_MEMORY. */
oir_status writer_prefer_dictionary(oir_writable_database *w, oir_error *err);
/* Writes out a buffer that is full, and merges where there are many segments. What comes then will not be one segment
 * without a merge, whatever the buffer holds: so with one thread it holds less and is inverted in one round. */
oir_status writer_flush_full(oir_writable_database *w, oir_error *err);
/* Adds a document under a docid that no live document has; writes the buffer out when it is above its limit. */
oir_status writer_add(oir_writable_database *w, oir_docid docid, const oir_document *document, oir_error *err);
/* For writer_add: one whose terms come in so many parts, into the buffer or a segment of its own. */
oir_status writer_add_large(oir_writable_database *w, oir_docid docid, const oir_document *document, size_t parts,
                            oir_error *err);
/* Bytes that such a document, if it is one, takes in a buffer at most. */
uint64_t writer_estimate_large(const oir_document *document);
/* Adds documents that `fill` makes, by all threads, under docids from `first` on; see
 * oir_writable_database_add_documents. */
oir_status writer_add_many(oir_writable_database *w, oir_docid first, size_t count, oir_fill_document fill,
                           void *context, oir_error *err);
/* *found false: there is no such document. */
oir_status writer_delete(oir_writable_database *w, oir_docid docid, bool *found, oir_error *err);
/* *lowest is unchanged when *count is 0. */
oir_status writer_delete_by_term(oir_writable_database *w, const char *term, size_t size, oir_doccount *count,
                                 oir_docid *lowest, oir_error *err);
oir_status writer_has_term(oir_writable_database *w, const char *term, size_t size, bool *found, oir_error *err);

/* The documents of threads that add, with their vocabularies: the next ones to be added make them anew. */
void writer_release_documents(oir_writable_database *w);
void writer_release_threads(oir_writable_database *w);

/* What of a memory limit the buffer may take, with so many threads, and with documents' data or without. */
size_t writer_get_buffer(size_t memory, uint32_t threads, bool with_data);

/* ---- writer_segments.c ---- */

/* Writes the buffer out as a segment, if there is anything in it. lasting: it is not likely to be merged soon, so what
 * takes time and makes searches quicker is worth it: pairs, and an order of documents of their own. On failure the
 * buffer is as it was. */
oir_status writer_flush(oir_writable_database *w, bool lasting, oir_error *err);
/* Whether all is in the buffer and is as good written out once as merged. */
bool writer_flush_lasts(const oir_writable_database *w);
/* The order that so many documents are written in by optimising. */
oir_reorder writer_choose_reorder(const oir_writable_database *w, uint32_t documents);
/* How segments are written. */
segment_options writer_get_options(const oir_writable_database *w);
/* Takes a segment over. OIR_NO_MEMORY, and then not. */
oir_status writer_insert_segment(oir_writable_database *w, const writer_segment *s, size_t at, oir_error *err);
/* Gives a segment's handles and memory back, and its file too if no commit names it. */
void writer_drop_segment(oir_writable_database *w, size_t i);

/* ---- writer_merge.c ---- */

/* Merges as the policy says, until it is content, the disk is full, or what is chosen does not fit into one segment. On
 * failure nothing is lost. beside: what is large is only begun, on a thread of its own, if there may be one. */
oir_status writer_merge(oir_writable_database *w, bool beside, oir_error *err);
/* The same, but not before there are so many segments that looking at each would take long: for while documents are
 * added, when what is merged is likely to be merged again, by the commit or the next one. */
oir_status writer_merge_many(oir_writable_database *w, oir_error *err);
/* Makes at most one segment of all, without deleted documents. */
oir_status writer_merge_all(oir_writable_database *w, oir_error *err);
/* Puts what came of a merge in the place of its sources, and deletes in it what was deleted in them meanwhile. On
 * failure nothing has changed. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status writer_merge_install(oir_writable_database *w, merging *m, oir_error *err);
/* Whether all its sources are still there, and nothing lives in them that was dead for the merge. */
bool writer_merge_is_live(const oir_writable_database *w, const merging *m);
/* Whether the policy wants anything merged. */
bool writer_merge_is_due(const oir_writable_database *w);

/* ---- writer_background.c: at most one merge beside the writer ---- */

/* Takes a merge over and begins it; the buffer must be empty. False: there is no thread for it, and m is as it was. */
bool writer_background_start(oir_writable_database *w, merging *m);
/* Whether a segment is being merged. */
bool writer_background_has(const oir_writable_database *w, uint64_t number);
/* Has what came of a merge that has ended take its place; wait: of one that has not, too. What merging failed with:
 * nothing is lost then. OIR_CANCELLED: the caller did not want to wait; it goes on. */
oir_status writer_background_collect(oir_writable_database *w, bool wait, oir_error *err);
/* The same, but what merging failed with is kept for writer_background_report: adding does not fail for it. */
oir_status writer_background_poll(oir_writable_database *w, bool wait, oir_error *err);
/* The same without waiting, and tells of what failed, once. */
oir_status writer_background_report(oir_writable_database *w, oir_error *err);
/* Stops it and forgets what came of it. */
void writer_background_cancel(oir_writable_database *w);
/* The state is another: what is of no use in it is stopped. */
void writer_background_check(oir_writable_database *w);

/* ---- writer_commit.c ---- */

oir_status writer_commit(oir_writable_database *w, oir_error *err);

#endif
