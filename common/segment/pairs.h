/* Lists for pairs of frequent words: the documents in which one stands right behind the other. A phrase of two words
 * is answered by its list alone, a longer one looks at positions only in documents that its pairs have.
 *
 * Not all pairs have a list: only those that save most for their size (pairs_writer.h). A pair's list is opened as a
 * term's is, with the entry that pairs_find gives; it has no positions, and wdf is 1. Where most documents with both
 * words have the pair, there are marks on those instead (pairs_marks.h): the entry's form says so. Shared. */
#ifndef SEGMENT_PAIRS_H
#define SEGMENT_PAIRS_H

#include "segment/postings.h"

struct container;

typedef struct pairs_table {
    const struct container *parts;
    bool looked_for;                 /* whether the segment has the part: it may have no pairs all the same */
    uint32_t word_count, pair_count;
    uint32_t document_count;
    const uint8_t *ordinals, *starts, *entries; /* of the root, see pairs_writer.c */
} pairs_table;

/* Opens a segment's pairs, if it has any; parts must outlive them. OIR_CORRUPT. */
oir_status pairs_open(pairs_table *p, const struct container *parts, uint32_t document_count, oir_error *err);
/* The list, or marks, of the pair of two terms given by their ordinals; false when there are none. */
bool pairs_find(const pairs_table *p, uint32_t first, uint32_t second, term_entry *entry);
/* The i-th pair, i < pair_count, ascending: numbers of its words among the table's. OIR_CORRUPT. */
oir_status pairs_get(const pairs_table *p, uint32_t i, uint32_t *first, uint32_t *second, term_entry *entry,
                     oir_error *err);

#endif
