/* What a segment keeps of each document but its text and values: length, extent and docid; and the statistics of all.
 *
 * Invariants: a length is exact, the sum of the document's wdf. An extent says how far positions can go: highest
 * position + 1 - position_base. A document without positions has that of one whose highest position is its length (or 0
 * if that is 0), so that in plain text, where words stand at 1, 2, 3..., extents equal lengths and are not stored. Byte
 * layouts stand in documents_writer.c. */
#ifndef SEGMENT_DOCUMENTS_H
#define SEGMENT_DOCUMENTS_H

#include "segment/postings.h"

struct segment;

/* ---- writing ---- */

/* One thread at a time. To be freed only once the container is committed or aborted, which may ask for planes and
 * docids until then. */
typedef struct documents_writer documents_writer;

typedef struct documents_settings {
    double k1, b, average;         /* the reference for bounds; average 0: that of these documents */
    bool has_term_lists, has_stored; /* what the segment will have, for the record */
    uint8_t reordered;             /* likewise, see segment.h */
} documents_settings;

oir_status documents_writer_new(documents_writer **out, struct container_writer *parts, oir_error *err);
void documents_writer_free(documents_writer *w);

/* Room for so many documents in all and no more, where that is known. OIR_NO_MEMORY. */
oir_status documents_writer_reserve(documents_writer *w, uint32_t count, oir_error *err);
/* The next local number. Positions are those of all terms of the document; the highest position that a term can have is
 * 2^32 - 2. OIR_INVALID_ARGUMENT: docid 0, or positions the wrong way round. OIR_TOO_BIG, OIR_NO_MEMORY. */
oir_status documents_writer_add(documents_writer *w, oir_docid docid, uint32_t length, oir_error *err);
oir_status documents_writer_add_positioned(documents_writer *w, oir_docid docid, uint32_t length,
                                           oir_termpos position_min, oir_termpos position_max, oir_error *err);

/* Writes everything; after it the context can be had. OIR_INVALID_ARGUMENT: a docid that was added twice, or a
 * reference that bounds cannot be made with. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status documents_writer_end(documents_writer *w, const documents_settings *settings, oir_error *err);
/* For writing lists. Belongs to the writer. */
const postings_context *documents_writer_get_context(const documents_writer *w);
uint32_t documents_writer_get_count(const documents_writer *w);

/* ---- reading ---- */

/* Fills in what segment.h says of documents, from s->container. All sizes are checked, and all numbers but docids,
 * which segment.h makes safe to use. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status documents_open(struct segment *s, oir_error *err);
/* Statistics against the columns, docids against each other. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status documents_check(const struct segment *s, oir_error *err);

#endif
