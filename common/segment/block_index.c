#include "segment/block_index.h"

#include "base/bits.h"
#include "base/error.h"

oir_status block_index_write(buffer *index, container_writer *file, enum part_kind kind, uint32_t first,
                             const buffer *block, oir_error *err)
{
    block_entry entry = {first, (uint32_t)block->size, 0};
    if (block->failed)
        return error_no_memory(err, "a block of a segment");
    ERROR_FORWARD(container_writer_add(file, kind, block->data, block->size, 1, &entry.address, err));
    block_index_add(index, entry);
    return index->failed ? error_no_memory(err, "a table of a segment's blocks") : OIR_OK;
}

static void load(const uint8_t *table, uint32_t i, block_entry *entry)
{
    const uint8_t *at = table + (size_t)i * BLOCK_INDEX_ENTRY;
    *entry = (block_entry){bits_load32(at), bits_load32(at + 4), bits_load64(at + 8)};
}

static oir_status get_table(const container *c, enum part_kind kind, const block_index *index, const uint8_t **table,
                            oir_error *err)
{
    return container_get(c, kind, index->address, (uint64_t)index->count * BLOCK_INDEX_ENTRY, table, err);
}

oir_status block_index_get(const container *c, enum part_kind kind, const block_index *index, uint32_t i,
                           block_entry *entry, oir_error *err)
{
    const uint8_t *table;
    ERROR_FORWARD(get_table(c, kind, index, &table, err));
    load(table, i, entry);
    return OIR_OK;
}

oir_status block_index_find(const container *c, enum part_kind kind, const block_index *index, uint32_t number,
                            block_entry *entry, bool *found, oir_error *err)
{
    const uint8_t *table;
    ERROR_FORWARD(get_table(c, kind, index, &table, err));
    uint32_t low = 0, high = index->count; /* blocks before low begin at or before number, those from high on do not */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (bits_load32(table + (size_t)middle * BLOCK_INDEX_ENTRY) <= number)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low > 0;
    if (*found)
        load(table, low - 1, entry);
    return OIR_OK;
}
