/* Lists of a merge whose positions are not decoded, but copied as the bits that they are: those of segments that are
 * merged one behind the other, where nothing changes but that documents get other numbers, or are gone. One thread at a
 * time. */
#ifndef INDEXER_MERGE_COPIED_H
#define INDEXER_MERGE_COPIED_H

#include "indexer/merge_pieces.h"

struct merge_copied_input;

typedef struct merge_copied {
    struct merge_copied_input *inputs; /* of the term at hand */
} merge_copied;

/* For so many sources at most. OIR_NO_MEMORY; to be released either way. */
oir_status merge_copied_init(merge_copied *c, size_t sources, oir_error *err);
void merge_copied_release(merge_copied *c);

/* Whether positions of a source stay the same bits in the segment that is written. */
bool merge_copied_can(const postings_context *from, const merge_locals *locals, const postings_context *to);
/* Whether those of all of a term's sources do, as long as these are put one behind the other; */
bool merge_copied_can_list(const merge_piece_source *sources, size_t count);
/* and whether they come like that. */
bool merge_copied_can_term(const merge_piece_source *sources, size_t count);

/* Adds documents of a source's list, numbers and wdf of which stand in the gather's columns from `first` on, where they
 * were read: those that are not deleted, with their new numbers and their positions. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status merge_copied_add(gather *g, postings_reader *r, const merge_locals *locals, uint32_t first, uint32_t count,
                            oir_error *err);
/* Brings such a list together. The gather, which is empty, has room for all documents that the sources say they have,
 * or can have, and POSTINGS_SPILL more. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status merge_copied_gather(merge_copied *c, const merge_piece_source *sources, size_t count, gather *g,
                               oir_error *err);

#endif
