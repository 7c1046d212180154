/* Looking at the windows of a segment's text, shared out to threads that help. What comes out must not depend on how
 * many there are: each does a part of its own, and the parts are put together in order. */
#ifndef SEGMENT_PAIRS_SHARE_H
#define SEGMENT_PAIRS_SHARE_H

#include "base/team.h"
#include "segment/pairs_scan.h"

enum { PAIRS_SHARE_MOST = 8 /* parts: each takes some MB while it is done */ };

/* What is looked at, and by whom. All of it must outlive its use. */
typedef struct pairs_source {
    const struct container *parts;    /* which have the words' lists */
    const postings_context *context;
    const term_entry *const *words;   /* ordinals ascending */
    uint32_t word_count;
    const pairs_text *text;           /* of all documents; NULL: it is made of lists */
    team *helpers;                    /* NULL: none */
    pairs_scan_tell tell;             /* called in the thread of pairs_share_run only; NULL: nobody asks */
    void *tell_context;
} pairs_source;

/* A part. tell and tell_context are for its scan, which asks them before each window. */
typedef oir_status (*pairs_share_work)(void *context, size_t part, pairs_scan_tell tell, void *tell_context,
                                       oir_error *err);

/* In how many parts so many windows can be looked at: as many as there are threads, fewer where documents are so long
 * that their text would take too much memory, all parts' together. */
size_t pairs_share_count(const pairs_source *source, uint32_t windows);
/* Does all parts, which look at `windows` windows together; after the first that fails others end soon. What work or
 * source->tell returned then; OIR_NO_MEMORY. */
oir_status pairs_share_run(const pairs_source *source, size_t parts, uint32_t windows, pairs_share_work work,
                           void *context, oir_error *err);

#endif
