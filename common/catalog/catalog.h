/* The index folder: which segments are live, what is deleted in them, settings; the commit; the writer's lock.
 *
 * Files:  current            one line: the name of the newest generation's file
 *         generation-<n>     a small LMDB file: one commit
 *         segment-<n>        LMDB files, never changed once named by a generation
 *         lock               held by the writer (open-file-description lock); says who
 * A commit: new segments are synced already; the generation file is written and synced; `current` is replaced by
 * rename; the folder is synced; what the new generation does not name is unlinked. */
#ifndef CATALOG_CATALOG_H
#define CATALOG_CATALOG_H

#include <oir/error.h>

/* How many documents and occurrences of a term are deleted in a segment, so that statistics stay exact. */
typedef struct term_correction {
    uint32_t ordinal;          /* the term's place in the segment's dictionary */
    uint32_t termfreq;         /* deleted documents with it, 1 and up */
    uint64_t collection_freq;  /* the sum of its wdf there */
} term_correction;

/* A live segment as one generation sees it. */
typedef struct catalog_segment {
    uint64_t number;              /* file segment-<number> */
    uint32_t document_count;      /* with deleted ones */
    uint64_t total_length;        /* with deleted ones */
    uint64_t bytes;               /* the file's size, for merge policy */
    uint32_t deleted_count;
    uint64_t deleted_length;      /* sum of deleted documents' lengths */
    uint64_t *deleted;            /* a bit for each local document, (document_count + 63) / 64 words; NULL: none */
    term_correction *corrections; /* ordinals ascending */
    uint32_t correction_count;
} catalog_segment;

typedef struct catalog_setting {
    char *name;
    char *value; /* size bytes and a zero byte */
    size_t size;
} catalog_setting;

/* One commit. Owns what it points to. */
typedef struct generation {
    uint64_t revision;            /* 0: made, nothing committed yet */
    char uuid[37];
    oir_docid last_docid;
    uint64_t next_segment;        /* number of the next segment file */
    double bound_k1, bound_b;
    bool term_lists, stored;
    catalog_segment *segments;    /* oldest first */
    size_t segment_count;
    catalog_setting *settings;    /* by name ascending */
    size_t setting_count;
} generation;

void generation_init(generation *g);
void generation_release(generation *g);
/* A deep copy. OIR_NO_MEMORY, and then *to is empty. */
oir_status generation_copy(generation *to, const generation *from, oir_error *err);
/* Releases what one segment entry owns. */
void catalog_segment_release(catalog_segment *s);

/* Reads the newest generation of the index in `path`. OIR_NOT_FOUND (the message says how to make one), OIR_CORRUPT,
 * OIR_VERSION, OIR_IO, OIR_NO_MEMORY. */
oir_status catalog_read(const char *path, generation *out, oir_error *err);

/* The full path of a segment's file. Released with memory_free; NULL when out of memory. */
char *catalog_segment_path(const char *path, uint64_t number);

/* ---- the writer's side ---- */

/* Holding the lock of an index. Single writer. */
typedef struct catalog_lock catalog_lock;

/* Takes the lock, making the folder when it is missing (not those above it). Waits up to `wait` seconds (negative: for
 * ever) for another writer, then OIR_LOCKED with a message that names its process, host and since when. OIR_IO,
 * OIR_NO_SPACE, OIR_NO_MEMORY.
 * A child forked meanwhile does not hold the lock: with its copy of the handle it can only close it. */
oir_status catalog_lock_open(catalog_lock **out, const char *path, double wait, oir_error *err);
/* NULL is accepted. */
void catalog_lock_close(catalog_lock *lock);

/* Makes a generation the newest: *g gets the next revision, above its own and that of `current`, and a uuid if it has
 * none. On failure the last commit stays, and *g its revision. After success files that it does not name are unlinked,
 * those of older crashes included. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_TOO_BIG; OIR_CORRUPT when the folder's
 * `current` is damaged and *g has a uuid: without one it is made anew, in the place of what there is. The first commit
 * also waits for the folder's own name to be on the disk. OIR_INVALID_OPERATION in a forked child. */
oir_status catalog_commit(catalog_lock *lock, generation *g, bool sync, oir_error *err);
/* Unlinks segment and generation files that g, the newest generation, does not name (left by crashes or rollbacks).
 * Does nothing when g is not the newest. Failures are ignored: they cost room only. */
void catalog_clean(catalog_lock *lock, const generation *g);
/* Cleaning and commits leave this segment alone, which no generation names yet. */
#define CATALOG_NO_SEGMENT UINT64_MAX
void catalog_keep_segment(catalog_lock *lock, uint64_t number);

#endif
