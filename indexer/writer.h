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
#include "indexer/deletions.h"
#include "indexer/inverters.h"

typedef struct writer_segment {
    segment *segment;
    deletions deletions;
    bool uncommitted; /* no commit names the file, and it is not synced */
} writer_segment;

struct oir_writable_database {
    char *path;
    catalog_lock *lock;
    fork_mark mark;        /* a forked child must not write */
    size_t memory_limit;
    size_t buffer_limit;   /* what of it the buffer may take */
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
    bool changed;          /* since the last commit */
    bool failed;           /* a change failed half way */
    termlist term_list;    /* scratch */
    postings_list postings;
};

/* ---- writer.c, and writer_many.c ---- */

/* Fails unless changes are allowed: OIR_INVALID_OPERATION in a forked child, or after a failure. */
oir_status writer_check(const oir_writable_database *w, oir_error *err);
/* Makes the state that of the last commit (or empty, if that is to come). OIR_CORRUPT, OIR_IO, OIR_NO_MEMORY: then
 * there is no state, and w->failed is set. */
oir_status writer_load(oir_writable_database *w, oir_error *err);
void writer_release_state(oir_writable_database *w);

/* Before documents are added: an empty buffer will compress their data with the first segment's dictionary, since
 * segments that have the same are merged without compressing anything anew. OIR_NO_MEMORY. */
oir_status writer_prefer_dictionary(oir_writable_database *w, oir_error *err);
/* Adds a document under a docid that no live document has; writes the buffer out when it is above its limit. */
oir_status writer_add(oir_writable_database *w, oir_docid docid, const oir_document *document, oir_error *err);
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

/* ---- writer_segments.c ---- */

/* Writes the buffer out as a segment, if there is anything in it. lasting: it is not likely to be merged soon, so what
 * takes time and makes searches quicker is worth it: pairs, and an order of documents of their own. On failure the
 * buffer is as it was. */
oir_status writer_flush(oir_writable_database *w, bool lasting, oir_error *err);
/* Merges as the policy says, until it is content, the disk is full, or what is chosen does not fit into one segment. On
 * failure nothing is lost. */
oir_status writer_merge(oir_writable_database *w, oir_error *err);
/* The same, but not before there are so many segments that looking at each would take long: for while documents are
 * added, when what is merged is likely to be merged again, by the commit or the next one. */
oir_status writer_merge_many(oir_writable_database *w, oir_error *err);
/* Whether all is in the buffer and is as good written out once as merged. */
bool writer_flush_lasts(const oir_writable_database *w);
/* Makes at most one segment of all, without deleted documents. */
oir_status writer_merge_all(oir_writable_database *w, oir_error *err);
/* Gives a segment's handles and memory back, and its file too if no commit names it. */
void writer_drop_segment(oir_writable_database *w, size_t i);

/* ---- writer_commit.c ---- */

oir_status writer_commit(oir_writable_database *w, oir_error *err);

#endif
