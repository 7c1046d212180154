/* A table of blocks by the first number each holds: for parts that keep documents together in blocks.
 *
 * 16 bytes a block, firsts ascending:   0 4 first number   4 4 size of the block   8 8 its address in the part
 * The table is an object of its own; where it is and how many blocks it has stands in the part's root. */
#ifndef SEGMENT_BLOCK_INDEX_H
#define SEGMENT_BLOCK_INDEX_H

#include "base/buffer.h"
#include "segment/container.h"

enum { BLOCK_INDEX_ENTRY = 16 };

typedef struct block_index {
    uint64_t address;
    uint32_t count;
} block_index;

typedef struct block_entry {
    uint32_t first, size;
    uint64_t address;
} block_entry;

/* ---- writing: a buffer of entries, added to the part at the end ---- */

static inline void block_index_add(buffer *index, block_entry entry)
{
    buffer_add_u32(index, entry.first);
    buffer_add_u32(index, entry.size);
    buffer_add_u64(index, entry.address);
}

/* Writes a block and enters it. Blocks have at most CONTAINER_OBJECT_MAX bytes. As container_writer_add. */
oir_status block_index_write(buffer *index, container_writer *file, enum part_kind kind, uint32_t first,
                             const buffer *block, oir_error *err);

/* ---- reading; safe on any bytes ---- */

/* The last block whose first number is at most `number`; *found is false when there is none. OIR_CORRUPT. */
oir_status block_index_find(const container *c, enum part_kind kind, const block_index *index, uint32_t number,
                            block_entry *entry, bool *found, oir_error *err);
/* Entry 0 <= i < count. OIR_CORRUPT. */
oir_status block_index_get(const container *c, enum part_kind kind, const block_index *index, uint32_t i,
                           block_entry *entry, oir_error *err);

#endif
