/* One immutable slice of an index, as it is read: the parts of a segment file, opened and bounds-checked.
 *
 * Documents have local numbers 0 to N - 1 within a segment and stable docids outside; `docids` maps one to the other.
 * Shared: nothing changes after segment_open but the count of handles. */
#ifndef SEGMENT_SEGMENT_H
#define SEGMENT_SEGMENT_H

#include <oir/error.h>

#include "base/buffer.h"
#include "segment/docid_inverse.h"
#include "segment/packed_column.h"
#include "segment/pairs.h"
#include "segment/postings.h"
#include "segment/terms.h"

struct stored;
struct values;
struct termlists;

typedef struct segment {
    struct container *container;
    postings_context context;    /* document_count, lengths, extents, reference for bounds */
    uint64_t total_length;       /* of all documents, deleted ones included */
    oir_docid docid_first;       /* the lowest docid */
    oir_docid docid_last;        /* the highest docid */
    packed_column docids;        /* local -> docid - docid_first; none when that is local */
    docid_inverse inverse;       /* finds local numbers; none when docids ascend */
    terms terms;                 /* the dictionary */
    pairs_table pairs;
    bool has_positions, has_term_lists, has_stored;
    uint8_t reordered;           /* what was done for the order of documents: 0 nothing, they are by docid; 1, 2 more */
    struct stored *stored;       /* NULL when the segment has none */
    struct values *values;
    struct termlists *termlists;
    const char *name;            /* the file's name, without folder, for messages */
} segment;

/* Opens a segment file. OIR_NOT_FOUND, OIR_CORRUPT, OIR_VERSION, OIR_IO, OIR_NO_MEMORY. */
oir_status segment_open(segment **out, const char *path, oir_error *err);
/* The same over a container that is open already, which the segment takes over, also when this fails. `name` is
 * copied. */
oir_status segment_open_container(segment **out, struct container *parts, const char *name, oir_error *err);
/* Another handle on the same segment, given back with segment_close. */
segment *segment_retain(segment *s);
/* NULL is accepted. The file is unmapped with the last handle. */
void segment_close(segment *s);

/* The docid of a local number, which must be in range. Between docid_first and docid_last, but the right one for sure
 * only after segment_verify_docids. */
static inline oir_docid segment_get_docid(const segment *s, uint32_t local)
{
    return s->docid_first + (s->docids.bytes ? packed_column_get(&s->docids, local) : local);
}

/* Asks the memory for it. */
static inline void segment_prefetch_docid(const segment *s, uint32_t local)
{
    if (s->docids.bytes)
        packed_column_prefetch(&s->docids, local);
}

/* Whether documents are in the order of their docids. */
static inline bool segment_docids_ascend(const segment *s)
{
    return !s->inverse.marks;
}

/* Checksums, each looked at once, of the docids of local numbers from `from` on. OIR_CORRUPT. */
static inline oir_status segment_verify_docids(const segment *s, uint32_t from, uint32_t count, oir_error *err)
{
    return s->docids.bytes ? packed_column_verify(&s->docids, from, count, err) : OIR_OK;
}

/* The local number of a docid; *found is false when the segment does not have it. OIR_CORRUPT. */
oir_status segment_find_docid(const segment *s, oir_docid docid, uint32_t *local, bool *found, oir_error *err);

static inline uint32_t segment_get_length(const segment *s, uint32_t local)
{
    return length_get(&s->context.lengths, local);
}

/* Where a document's positions are, as segment_document wants it from a merge: between *lowest and *highest. False when
 * there are surely none. (Which documents have none is not known where others have them: their extents say that
 * their lengths are positions, documents.h, and come out the same.) */
static inline bool segment_get_position_range(const segment *s, uint32_t local, oir_termpos *lowest,
                                              oir_termpos *highest)
{
    uint64_t end = (uint64_t)length_get(&s->context.extents, local) + s->context.position_base;
    *lowest = s->context.position_base;
    *highest = (oir_termpos)(end - 1);
    return s->has_positions && end > s->context.position_base && end <= UINT32_MAX;
}

/* Looks a term up; *found says whether it is there. entry->inlined points into the segment. OIR_CORRUPT. */
oir_status segment_find_term(const segment *s, const char *term, size_t size, term_entry *entry, bool *found,
                             oir_error *err);

/* A document's data, appended to out (nothing when the index keeps none). OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status segment_get_stored(const segment *s, uint32_t local, buffer *out, oir_error *err);
/* A document's value in a slot; size 0 when there is none; points into the segment. OIR_CORRUPT. */
oir_status segment_get_value(const segment *s, uint32_t local, oir_valueno slot, oir_bytes *out, oir_error *err);

/* Checks every part, checksums first, then structure, then that parts agree (postings against lengths, term lists and
 * statistics). Reports each damaged part; *findings counts them. Returns other than OIR_OK only when checking could not
 * go on: OIR_NO_MEMORY, OIR_CANCELLED. */
typedef bool (*segment_report)(const char *part, const char *reason, void *context);
oir_status segment_check(const segment *s, segment_report report, void *context, uint64_t *findings, oir_error *err);

/* Bytes by kind of part, for inspection: `i` counts from 0; false when there is no such part. */
bool segment_get_part(const segment *s, size_t i, const char **name, uint64_t *bytes);

#endif
