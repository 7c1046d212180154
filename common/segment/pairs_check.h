/* Lists of pairs against the positions that they were made from. */
#ifndef SEGMENT_PAIRS_CHECK_H
#define SEGMENT_PAIRS_CHECK_H

#include "segment/segment.h"

/* Reads a segment's frequent words once more and compares. For a segment whose other parts are whole. Shared.
 * OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status pairs_check(const segment *s, oir_error *err);

#endif
