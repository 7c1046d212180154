/* Where things stand in the root of PART_PAIRS; the layout is explained in pairs_writer.c. */
#ifndef SEGMENT_PAIRS_FORMAT_H
#define SEGMENT_PAIRS_FORMAT_H

#include "codec/sparse_layout.h"
#include "segment/postings_view.h"

enum {
    PAIRS_HEADER_SIZE = 8,
    PAIRS_ENTRY_SIZE = 12,
    PAIRS_MARKED = 1 << 15, /* beside a second word's number: the pair has marks */
    PAIRS_MARKS_HEADER = 5,
    PAIRS_SHORT_HEADER = 2 /* before a short list: its size */
};

/* Short lists say their own size; range bounds would be half of dense ones. */
static inline uint8_t pairs_format_form(uint32_t count)
{
    return count < POSTINGS_SHORT_MOST ? POSTINGS_SHORT : POSTINGS_SPARSE;
}

/* Bytes of a pair's list, of a short one about; wdf, which are all 1, take none. */
static inline uint64_t pairs_format_size(uint32_t count, uint32_t document_count)
{
    sparse_list s;
    sparse_layout_shape(&s, count, document_count);
    uint64_t lists = 1 + (s.upper_bits + 7) / 8 + ((uint64_t)count * s.low_bits + 7) / 8;
    uint64_t samples = (uint64_t)sparse_layout_samples(&s) * 8;
    bool is_short = pairs_format_form(count) == POSTINGS_SHORT;
    return lists + (is_short ? PAIRS_SHORT_HEADER : s.windows + 4 + samples);
}

/* Bytes of a pair's marks, with `width` bits for the number of them in each window; see pairs_marks.c. */
static inline uint64_t pairs_format_marks_size(uint32_t windows, uint32_t width, uint32_t marks)
{
    return PAIRS_MARKS_HEADER + ((uint64_t)windows * width + 7) / 8 + ((uint64_t)marks + 7) / 8;
}

#endif
