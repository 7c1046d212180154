/* The documents' data of several segments, or of the buffer, in the order of a merge.
 *
 * Data lies in compressed blocks of several documents. Where the same documents follow each other under the same
 * dictionary, blocks are copied as they are, if they are what would come of the documents anew. Where documents come in
 * an order of their own, opening a block for each would take long; so they are read some megabytes ahead, in the order
 * in which they lie. One thread at a time. */
#ifndef INDEXER_MERGE_STORED_H
#define INDEXER_MERGE_STORED_H

#include "indexer/merge.h"
#include "segment/stored.h"

/* Gives all data to a packer that has none yet. ahead: bytes that may be read ahead, at worst twice as many and one
 * document more. lasting: what comes out shall follow from the documents alone, and not from the dictionary that a
 * source took over. All sources must have stored data. OIR_CORRUPT, OIR_CANCELLED, failures of the packer. */
oir_status merge_stored_write(const merge_order *order, const stored *const *sources, size_t count, size_t ahead,
                              bool lasting, stored_packer *to, const progress *p, oir_error *err);

#endif
