/* One commit opened for reading: a generation with its segments mapped. Shared by reader and writer sides. Shared. */
#ifndef CATALOG_SNAPSHOT_H
#define CATALOG_SNAPSHOT_H

#include "catalog/catalog.h"
#include "segment/segment.h"

typedef struct snapshot_segment {
    segment *segment;
    const catalog_segment *catalog; /* deletions and their corrections; belongs to the snapshot */
    uint32_t live_count;            /* documents not deleted */
    uint64_t live_length;
} snapshot_segment;

typedef struct snapshot {
    char *path;
    generation generation;
    snapshot_segment *segments;     /* in the generation's order */
    size_t segment_count;
    uint32_t live_count;
    uint64_t live_length;
    uint32_t length_min, length_max; /* over live and deleted documents with terms; 0 when there are none */
    uint32_t references;            /* handles; atomic */
} snapshot;

/* Opens the newest commit. Segments that `previous` (may be NULL) has open already are shared with it. A segment file
 * that a writer unlinked meanwhile means a newer commit: it is read again. Failures as catalog_read, segment_open. */
oir_status snapshot_open(snapshot **out, const char *path, const snapshot *previous, oir_error *err);
snapshot *snapshot_retain(snapshot *s);
/* NULL is accepted. */
void snapshot_close(snapshot *s);

/* Where a live document is; *found is false when there is none. OIR_CORRUPT. */
oir_status snapshot_find_document(const snapshot *s, oir_docid docid, size_t *segment_index, uint32_t *local,
                                  bool *found, oir_error *err);

static inline bool snapshot_is_deleted(const snapshot_segment *s, uint32_t local)
{
    return s->catalog->deleted && (s->catalog->deleted[local >> 6] >> (local & 63) & 1);
}

/* A term's exact frequencies in one segment, less those of deleted documents: 0 when all its documents are deleted. */
void snapshot_correct(const snapshot_segment *s, const term_entry *entry, uint32_t *termfreq,
                      uint64_t *collection_freq);

/* A term's exact frequencies over all segments, and a bound for its wdf. Any out may be NULL. OIR_CORRUPT. */
oir_status snapshot_find_term(const snapshot *s, const char *term, size_t size, uint32_t *termfreq,
                              uint64_t *collection_freq, uint32_t *wdf_max, oir_error *err);

#endif
