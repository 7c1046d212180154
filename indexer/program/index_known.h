/* What the index knew before this run, and what of it this run has met again: the rest has vanished. */
#ifndef INDEX_KNOWN_H
#define INDEX_KNOWN_H

#include <oir/database.h>

#include "indexer/program/index_stamp.h"

typedef struct index_known {
    oir_database *database; /* NULL when the index is new or overwritten */
    uint8_t *seen;          /* a bit for each docid of the database */
    uint64_t *met;          /* hashes of the names met in this run, 0 for a free place */
    size_t met_count;
    size_t met_capacity;    /* a power of 2 */
} index_known;

/* Opens the newest commit of the index, which may have none yet. */
oir_status index_known_open(index_known *known, const char *index, oir_error *err);
void index_known_close(index_known *known);

/* The first document with a term, 0 for none. */
oir_status index_known_find(const index_known *known, const char *term, size_t size, oir_docid *docid, oir_error *err);
/* Whether a document was made of the file as it is now. */
oir_status index_known_is_same(const index_known *known, oir_docid docid, const index_stamp *stamp, bool *same,
                               oir_error *err);
/* The document is still wanted. Docids that the database had not are ignored. */
void index_known_set_seen(index_known *known, oir_docid docid);
bool index_known_is_seen(const index_known *known, oir_docid docid);
/* Marks all documents with a term; *count is their number. */
oir_status index_known_set_all_seen(index_known *known, const char *term, size_t size, oir_doccount *count,
                                    oir_error *err);
/* Notes that a term was met in this run; true if it may have been before (surely when it was). */
bool index_known_meet(index_known *known, const char *term, size_t size);

#endif
