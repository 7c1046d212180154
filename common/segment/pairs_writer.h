/* Finds the pairs of frequent words that are worth a list of their own, and writes the lists.
 *
 *     pairs_writer_new(&w, parts, context, helpers, memory, err);
 *     for each term, when its list has been written:  pairs_writer_note(w, &entry, err);
 *     pairs_writer_end(w, text, tell, context, err);  reads text, or lists and positions back, writes PART_PAIRS
 *     pairs_writer_free(w);
 * Memory: about twice the size of the lists, or `memory` and a few bytes for each list, 20 MB while they are chosen, 5
 * bytes for each document of the longest list, and for each thread that helps, PAIRS_SHARE_MOST at most, 5 MB while
 * they are chosen or gathered, and 2 bytes for each place of the text at hand (pairs_scan.h). One thread at a time. */
#ifndef SEGMENT_PAIRS_WRITER_H
#define SEGMENT_PAIRS_WRITER_H

#include "segment/pairs_share.h"

struct container_writer;

enum {
    PAIRS_DOCUMENTS_MIN = 2048, /* segments with fewer have none: phrases are quick there */
    PAIRS_PERCENT = 8           /* of the rest of the index, text and term lists apart, is the most that lists take */
};

typedef struct pairs_writer pairs_writer;

/* helpers (NULL: none) change nothing of what is written, nor does how much memory lists may take until they are (0:
 * any): where they would take more they go to a file for the time being. Helpers and context must outlive it.
 * OIR_NO_MEMORY. */
oir_status pairs_writer_new(pairs_writer **out, struct container_writer *parts, const postings_context *context,
                            team *helpers, size_t memory, oir_error *err);
void pairs_writer_free(pairs_writer *w);

/* OIR_NO_MEMORY. */
oir_status pairs_writer_note(pairs_writer *w, const term_entry *entry, oir_error *err);
/* text NULL: documents are put together from lists, and the pairs are the same. tell may be NULL. OIR_CORRUPT when what
 * is read back is not what was written, OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, and what tell returns. */
oir_status pairs_writer_end(pairs_writer *w, const pairs_text *text, pairs_scan_tell tell, void *context,
                            oir_error *err);

#endif
