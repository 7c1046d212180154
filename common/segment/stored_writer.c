#include "segment/stored.h"

#include "base/memory.h"
#include "segment/block_index.h"
#include "segment/stored_format.h"

/* Part PART_STORED.
 *
 * A block holds the data of consecutive documents. It begins and ends with one that has any; documents that no block
 * holds have none.
 *     varint  number of documents
 *     varint  size of each one's data
 *     byte    method (stored_format.h)
 *     the data of all, one after another, as they are or as raw deflate (RFC 1951, without zlib's header)
 * Writers deflate the data of a document of more than STORED_LARGE bytes by itself, without the dictionary.
 * Root, 48 bytes:
 *     0 4  number of documents            4 4  number of blocks
 *     8 8  address of the table of blocks (block_index.h), by first document
 *    16 8  address of the dictionary, which is what deflate takes to stand before the data
 *    24 4  its size, 0 for none; up to 32 KiB
 *    28 4  from how many of the first documents it was learnt, or that none pays (stored_packer.h); 0: taken over
 *    32 8  size of all data              40 8  size of all blocks
 */

struct stored_writer {
    container_writer *file;
    stored_packer *packer;
    uint64_t block_bytes;
    buffer index;
};

static oir_status read_large(const void *context, uint64_t at, uint8_t *to, size_t size, oir_error *err)
{
    return stored_large_get(context, at, to, size, err);
}

static oir_status write_large(stored_writer *w, uint32_t first, const stored_large *large, oir_error *err)
{
    block_entry entry = {first, (uint32_t)large->size, 0};
    w->block_bytes += large->size;
    ERROR_FORWARD(
        container_writer_add_from(w->file, PART_STORED, large->size, read_large, large, &entry.address, err));
    block_index_add(&w->index, entry);
    return w->index.failed ? error_no_memory(err, "a table of a segment's blocks") : OIR_OK;
}

static oir_status write_block(void *context, uint32_t first, const buffer *block, const stored_large *large,
                              oir_error *err)
{
    stored_writer *w = context;
    if (!block)
        return write_large(w, first, large, err);
    w->block_bytes += block->size;
    return block_index_write(&w->index, w->file, PART_STORED, first, block, err);
}

oir_status stored_writer_new(stored_writer **out, struct container_writer *file, team *helpers, oir_error *err)
{
    stored_writer *w = memory_new_zeroed(1, sizeof *w);
    *out = NULL;
    if (!w)
        return error_no_memory(err, "the stored documents of a segment");
    w->file = file;
    oir_status status = stored_packer_new(&w->packer, write_block, w, helpers, err);
    if (status)
        stored_writer_free(w);
    else
        *out = w;
    return status;
}

void stored_writer_free(stored_writer *w)
{
    if (!w)
        return;
    stored_packer_free(w->packer);
    buffer_release(&w->index);
    memory_free(w);
}

stored_packer *stored_writer_get_packer(stored_writer *w)
{
    return w->packer;
}

oir_status stored_writer_add(stored_writer *w, const void *data, size_t size, oir_error *err)
{
    return stored_packer_add(w->packer, data, size, err);
}

oir_status stored_writer_end(stored_writer *w, oir_error *err)
{
    uint64_t table, address = 0;
    stored_dictionary dictionary;
    ERROR_FORWARD(stored_packer_end(w->packer, err));
    if (stored_packer_get_bytes(w->packer) == 0)
        return OIR_OK;
    stored_packer_get_dictionary(w->packer, &dictionary);
    if (dictionary.size)
        ERROR_FORWARD(container_writer_add(w->file, PART_STORED, dictionary.bytes, dictionary.size, 1, &address, err));
    ERROR_FORWARD(container_writer_add(w->file, PART_STORED, w->index.data, w->index.size, 8, &table, err));
    buffer root = BUFFER_INIT;
    buffer_add_u32(&root, stored_packer_get_count(w->packer));
    buffer_add_u32(&root, (uint32_t)(w->index.size / BLOCK_INDEX_ENTRY));
    buffer_add_u64(&root, table);
    buffer_add_u64(&root, address);
    buffer_add_u32(&root, (uint32_t)dictionary.size);
    buffer_add_u32(&root, dictionary.learned);
    buffer_add_u64(&root, stored_packer_get_bytes(w->packer));
    buffer_add_u64(&root, w->block_bytes);
    oir_status status = root.failed ? error_no_memory(err, "the stored documents of a segment")
                                    : container_writer_add_root(w->file, PART_STORED, root.data, root.size, 8, err);
    buffer_release(&root);
    return status;
}
