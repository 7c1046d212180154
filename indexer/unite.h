/* Segments that each have a part of the same document, and nothing else, written anew as one: what was too long for the
 * buffer (writer_large.c). The outcome is what the whole document would have given.
 *
 * Its length is the sum of theirs, a term's wdf and positions those of all; contents are the first one's. Memory
 * follows the term with most positions. */
#ifndef INDEXER_UNITE_H
#define INDEXER_UNITE_H

#include "indexer/progress.h"
#include "segment/segment.h"
#include "segment/segment_writer.h"

/* Writes all of it into w, whose options say whether there are term lists. The caller commits. OIR_CORRUPT, OIR_IO,
 * OIR_NO_SPACE, OIR_NO_MEMORY, OIR_TOO_BIG, OIR_CANCELLED. */
oir_status unite_write(segment *const *sources, size_t count, bool term_lists, segment_writer *w, const progress *p,
                       oir_error *err);

#endif
