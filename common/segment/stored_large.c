#include "segment/stored_large.h"

#include "base/error.h"
#include "base/memory.h"
#include "segment/stored_format.h"

enum { PIECE = 256 << 10 /* bytes that are copied at a time */ };

oir_status stored_large_get(const stored_large *l, uint64_t at, void *to, size_t size, oir_error *err)
{
    if (!l->bytes)
        return spill_read(l->file, l->at + at, to, size, err);
    if (size)
        memcpy(to, l->bytes + at, size);
    return OIR_OK;
}

static oir_status copy(const spill *from, spill *to, oir_error *err)
{
    oir_status status = OIR_OK;
    uint8_t *piece = memory_new(PIECE);
    if (!piece)
        return error_no_memory(err, "a document's data");
    for (uint64_t at = 0; at < from->size && !status; at += PIECE) {
        size_t size = from->size - at < PIECE ? (size_t)(from->size - at) : PIECE;
        status = spill_read(from, at, piece, size, err);
        if (!status)
            status = spill_add(to, piece, size, err);
    }
    memory_free(piece);
    return status;
}

oir_status stored_large_put(stored_large *block, spill *to, const pressed_data *data, oir_error *err)
{
    buffer head = BUFFER_INIT;
    *block = (stored_large){.data_size = data->size, .file = to, .at = to->size};
    buffer_add_varint(&head, 1);
    buffer_add_varint(&head, data->size);
    buffer_add_byte(&head, STORED_DEFLATE);
    oir_status status = head.failed ? error_no_memory(err, "a document's data")
                                    : spill_add(to, head.data, head.size, err);
    buffer_release(&head);
    if (status == OIR_OK)
        status = copy(&data->file, to, err);
    block->size = (size_t)(to->size - block->at);
    return status;
}
