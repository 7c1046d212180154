/* Long lists of a merge, brought together some windows at a time: so that of a list's numbers only a few are in memory,
 * and what it becomes. Only where every source keeps its order, and the list will be dense; one thread at a time. */
#ifndef INDEXER_MERGE_PIECES_H
#define INDEXER_MERGE_PIECES_H

#include "indexer/gather.h"
#include "indexer/merge_locals.h"
#include "segment/segment_writer.h"

/* A source that has the term. */
typedef struct merge_piece_source {
    const segment *segment;
    const merge_locals *locals;
    const term_entry *entry;
    bool copied; /* positions can stay the bits that they are */
} merge_piece_source;

struct merge_pieces_input;

/* Zeroed at the beginning, and kept from term to term. */
typedef struct merge_pieces {
    gather gather;
    struct merge_pieces_input *inputs;
    size_t input_count, input_capacity;
} merge_pieces;

void merge_pieces_release(merge_pieces *m);

/* Whether a term of a segment of so many documents is one for it. */
bool merge_pieces_can(const merge_piece_source *sources, size_t count, uint32_t documents);
/* Writes it, if *written; else it is to be brought together as others are. OIR_CORRUPT, OIR_IO, OIR_NO_SPACE,
 * OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status merge_pieces_write(merge_pieces *m, const merge_piece_source *sources, size_t count, uint32_t documents,
                              const char *term, size_t size, segment_writer *w, bool *written, oir_error *err);

#endif
