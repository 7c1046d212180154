/* The documents' data of several segments in the order of a merge.
 *
 * Data lies in compressed blocks of several documents. Where documents come in an order of their own, opening a block
 * for each would take long; so they are read some megabytes ahead, in the order in which they lie. One thread at a
 * time. */
#ifndef INDEXER_MERGE_STORED_H
#define INDEXER_MERGE_STORED_H

#include "base/buffer.h"
#include "indexer/merge.h"

struct stored_cursor;

typedef struct merge_stored {
    const merge_order *order;
    struct stored_cursor *cursors; /* by source */
    size_t count;
    bool scattered;       /* somewhere documents of a source do not ascend */
    uint32_t ahead;       /* how many are read ahead, but for the memory they take */
    uint32_t first, end;  /* documents in hand */
    uint64_t *keys;       /* scratch, and then by document: where its data starts << 32 | its size */
    uint64_t *places;
    size_t capacity, place_capacity;
    buffer bytes;
} merge_stored;

/* All sources must have stored data. OIR_NO_MEMORY. */
oir_status merge_stored_init(merge_stored *s, const merge_order *order, const merge_source *sources, size_t count,
                             oir_error *err);
void merge_stored_release(merge_stored *s);
/* The data of the i-th document of the order, valid until the next call; to be asked for from 0 on. OIR_CORRUPT,
 * OIR_NO_MEMORY. */
oir_status merge_stored_get(merge_stored *s, uint32_t i, oir_bytes *data, oir_error *err);

#endif
