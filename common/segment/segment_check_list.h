/* One term's decoded list against what the segment says elsewhere. For segment_check.c. All: shared; OIR_CORRUPT. */
#ifndef SEGMENT_SEGMENT_CHECK_LIST_H
#define SEGMENT_SEGMENT_CHECK_LIST_H

#include "segment/segment.h"

/* The dictionary's termfreq, collection_freq, wdf_max and zero_wdf are the list's. */
oir_status segment_check_list_statistics(const segment *s, const term_entry *e, const postings_list *list,
                                         oir_error *err);
/* No posting's saturation is above the bound bytes of its window and range. */
oir_status segment_check_list_bounds(const segment *s, const term_entry *e, const postings_list *list, oir_error *err);
/* Positions ascend and lie within their documents' extents. */
oir_status segment_check_list_positions(const segment *s, const term_entry *e, const postings_list *list,
                                        const positions_list *positions, oir_error *err);

#endif
