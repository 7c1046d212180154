/* A list decoded piece by piece, for merges of long ones: windows of a dense list, others whole, since these are short.
 *
 *     postings_reader_open(&r, parts, context, entry, err);
 *     for (;;) {
 *         a list with room for postings_reader_get_room(&r) documents
 *         postings_reader_next(&r, &list, err);               no documents: that was all
 *         postings_reader_get_positions(&r, &list, &positions, err);
 *     }
 * One thread at a time; must not be moved. */
#ifndef SEGMENT_POSTINGS_READER_H
#define SEGMENT_POSTINGS_READER_H

#include "segment/postings.h"
#include "segment/postings_view.h"

typedef struct postings_reader {
    const struct container *parts;
    const postings_context *context;
    term_entry entry;
    postings_view view;
    uint32_t window, done; /* the next one; documents before it */
} postings_reader;

/* What is pointed to must outlive it. OIR_CORRUPT. */
oir_status postings_reader_open(postings_reader *r, const struct container *parts, const postings_context *context,
                                const term_entry *entry, oir_error *err);
/* Room that a list must have to be filled. */
size_t postings_reader_get_room(const postings_reader *r);
/* Fills a list, which has room, with the next documents. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status postings_reader_next(postings_reader *r, postings_list *list, oir_error *err);
/* Positions of the documents that came last: counts[0] and following, of which there is room for as many as documents
 * and one more, and positions behind the out->total that are there. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status postings_reader_get_positions(postings_reader *r, const postings_list *list, positions_list *out,
                                         oir_error *err);

/* The same for POSITIONS_WDF as they are stored, behind what is in *out; without those of documents for which `stay`,
 * if it is not NULL, has POSTINGS_GONE. OIR_CORRUPT, OIR_NO_MEMORY. */
#define POSTINGS_GONE UINT32_MAX
oir_status postings_reader_find_stretches(postings_reader *r, const postings_list *list, const uint32_t *stay,
                                          struct positions_stretches *out, oir_error *err);

/* postings_decode of a list that was taken apart. */
oir_status postings_reader_decode(const postings_view *v, const postings_context *context, postings_list *list,
                                  oir_error *err);
/* For postings.c: appends a window of a dense list; there is room. OIR_CORRUPT. */
oir_status postings_reader_add_window(const kernels *k, const postings_view *v, uint32_t window, postings_list *list,
                                      oir_error *err);

#endif
