#include "segment/termlists.h"

#include <assert.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/block_index.h"
#include "segment/termlists_format.h"

/* Part PART_TERMLISTS.
 *
 * A block holds the lists of consecutive documents, up to 64 of them or until it has 32 KiB:
 *     varint  number of documents
 *     varint  size of each one's list, in bytes
 *     the lists
 * A list:
 *     varint  number of terms
 *     for each term: varint 2 d + e, where d is the ordinal less the one before less 1 (first: the ordinal), and e is 1
 *             if varint wdf follows, 0 if wdf is 1
 * Root, 16 bytes:
 *     0 4  number of documents   4 4  number of blocks
 *     8 8  address of the table of blocks (block_index.h), by first document */

enum { COUNT_MOST = 5, TERM_MOST = 10 /* bytes of a list's number of terms, and of each of them */ };

struct termlists_writer {
    container_writer *file;
    buffer index;
    buffer block; /* scratch */
    buffer sizes, lists;
    uint32_t documents, in_block;
};

oir_status termlists_writer_new(termlists_writer **out, struct container_writer *file, oir_error *err)
{
    termlists_writer *w = *out = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "the term lists of a segment");
    w->file = file;
    return OIR_OK;
}

void termlists_writer_free(termlists_writer *w)
{
    if (!w)
        return;
    buffer_release(&w->index);
    buffer_release(&w->block);
    buffer_release(&w->sizes);
    buffer_release(&w->lists);
    memory_free(w);
}

static oir_status write_block(termlists_writer *w, oir_error *err)
{
    if (w->in_block == 0)
        return OIR_OK;
    buffer_clear(&w->block);
    buffer_add_varint(&w->block, w->in_block);
    buffer_add(&w->block, w->sizes.data, w->sizes.size);
    buffer_add(&w->block, w->lists.data, w->lists.size);
    ERROR_FORWARD(
        block_index_write(&w->index, w->file, PART_TERMLISTS, w->documents - w->in_block, &w->block, err));
    buffer_clear(&w->sizes);
    buffer_clear(&w->lists);
    w->in_block = 0;
    return OIR_OK;
}

/* The number's bytes; returns what is behind them. */
static inline uint8_t *put_varint(uint8_t *at, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *at++ = (uint8_t)(value | 0x80);
    *at++ = (uint8_t)value;
    return at;
}

void termlists_encode(buffer *to, const uint32_t *ordinals, const uint32_t *wdf, uint32_t count)
{
    uint64_t next = 0;
    if (!buffer_reserve(to, COUNT_MOST + (size_t)count * TERM_MOST))
        return;
    uint8_t *at = put_varint(to->data + to->size, count);
    for (uint32_t i = 0; i < count; i++) {
        assert(ordinals[i] >= next);
        bool extra = wdf[i] != 1;
        at = put_varint(at, (ordinals[i] - next) * 2 + extra);
        if (extra)
            at = put_varint(at, wdf[i]);
        next = (uint64_t)ordinals[i] + 1;
    }
    to->size = (size_t)(at - to->data);
}

void termlists_encode_count(buffer *to, uint32_t count)
{
    buffer_add_varint(to, count);
}

void termlists_encode_next(buffer *to, uint32_t wdf)
{
    buffer_add_byte(to, wdf != 1);
    if (wdf != 1)
        buffer_add_varint(to, wdf);
}

/* The next document's list is at the end of `lists`, from `before` on. */
static oir_status note_list(termlists_writer *w, size_t before, oir_error *err)
{
    buffer_add_varint(&w->sizes, w->lists.size - before);
    if (w->lists.failed || w->sizes.failed)
        return error_no_memory(err, "the term lists of a segment");
    w->documents++;
    w->in_block++;
    if (w->in_block == TERMLISTS_BLOCK_DOCUMENTS || w->lists.size >= TERMLISTS_BLOCK_SIZE)
        return write_block(w, err);
    return OIR_OK;
}

static oir_status check_room(const termlists_writer *w, oir_error *err)
{
    return w->documents < UINT32_MAX
               ? OIR_OK
               : error_set(err, OIR_TOO_BIG, "more than 4294967295 documents in one segment");
}

oir_status termlists_writer_add(termlists_writer *w, const uint32_t *ordinals, const uint32_t *wdf, uint32_t count,
                                oir_error *err)
{
    size_t before = w->lists.size;
    ERROR_FORWARD(check_room(w, err));
    termlists_encode(&w->lists, ordinals, wdf, count);
    return note_list(w, before, err);
}

oir_status termlists_writer_add_encoded(termlists_writer *w, const void *list, size_t size, oir_error *err)
{
    size_t before = w->lists.size;
    ERROR_FORWARD(check_room(w, err));
    buffer_add(&w->lists, list, size);
    return note_list(w, before, err);
}

oir_status termlists_writer_end(termlists_writer *w, oir_error *err)
{
    uint64_t address;
    buffer *root = &w->block;
    ERROR_FORWARD(write_block(w, err));
    ERROR_FORWARD(container_writer_add(w->file, PART_TERMLISTS, w->index.data, w->index.size, 8, &address, err));
    buffer_clear(root);
    buffer_add_u32(root, w->documents);
    buffer_add_u32(root, (uint32_t)(w->index.size / BLOCK_INDEX_ENTRY));
    buffer_add_u64(root, address);
    if (root->failed)
        return error_no_memory(err, "the term lists of a segment");
    return container_writer_add_root(w->file, PART_TERMLISTS, root->data, root->size, 8, err);
}
