/* The chunks of a segment file, as they are written; the layout stands in container_writer.c. */
#include <string.h>

#include "base/crc32c.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/container_format.h"
#include "segment/container_writer_file.h"

enum {
    PACKED_MAX = 64 << 10,              /* a last chunk below this shares its pages with others */
    FROM_PIECE = 16 * FORMAT_BLOCK_SIZE /* of an object that is not in memory */
};

/* What a value must be padded to so that it ends with its last page. */
static size_t padded_size(const container_writer *w, size_t size)
{
    size_t page = w->page_size;
    return (size + FORMAT_FIRST_OFFSET + page - 1) / page * page - FORMAT_FIRST_OFFSET;
}

static oir_status note_checksums(container_writer *w, const uint8_t *bytes, size_t all, oir_error *err)
{
    for (size_t at = 0; at < all; at += FORMAT_BLOCK_SIZE) {
        size_t left = all - at, size = left < FORMAT_BLOCK_SIZE ? left : FORMAT_BLOCK_SIZE;
        buffer_add_u32(&w->checksums, crc32c_add(0, bytes + at, size));
    }
    return w->chunk_sizes.failed || w->checksums.failed ? error_no_memory(err, "a chunk of a segment") : OIR_OK;
}

/* Notes what the directory says of the next chunk. */
static oir_status note_chunk(container_writer *w, const uint8_t *bytes, size_t all, oir_error *err)
{
    buffer_add_u32(&w->chunk_sizes, (uint32_t)all);
    return note_checksums(w, bytes, all, err);
}

/* Pads and writes the bytes as the next chunk, and forgets them. */
static oir_status write_chunk(container_writer *w, buffer *chunk, oir_error *err)
{
    buffer_add_zeros(chunk, padded_size(w, chunk->size) - chunk->size);
    if (chunk->failed)
        return error_no_memory(err, "a chunk of a segment");
    ERROR_FORWARD(note_chunk(w, chunk->data, chunk->size, err));
    ERROR_FORWARD(container_writer_file_put(w, chunk->data, chunk->size, err));
    w->chunk_count++;
    buffer_clear(chunk);
    return OIR_OK;
}

static oir_status add_piece(container_writer_part *p, container_writer_piece added, oir_error *err)
{
    if (!memory_reserve(&p->pieces, &p->piece_capacity, p->piece_count + 1, sizeof *p->pieces))
        return error_no_memory(err, "a segment's directory");
    p->pieces[p->piece_count++] = added;
    return OIR_OK;
}

oir_status container_writer_chunks_put(container_writer *w, container_writer_part *p, buffer *bytes, uint32_t slot,
                                       oir_error *err)
{
    if (bytes->size == 0)
        return OIR_OK;
    ERROR_FORWARD(add_piece(p, (container_writer_piece){w->chunk_count, 0, (uint32_t)bytes->size, slot}, err));
    buffer_add_zeros(bytes, CONTAINER_TAIL);
    return write_chunk(w, bytes, err);
}

/* A large object that is made where LMDB has it. */
static oir_status write_filled(container_writer *w, container_writer_part *p, oir_error *err)
{
    uint8_t *room;
    size_t head = p->filled_head, size = p->filled_size, all = padded_size(w, size + CONTAINER_TAIL);
    container_writer_fill fill = p->fill;
    p->fill = NULL;
    ERROR_FORWARD(add_piece(p, (container_writer_piece){w->chunk_count, 0, (uint32_t)size, p->large_slot}, err));
    ERROR_FORWARD(container_writer_file_reserve(w, all, &room, err));
    memset(room, 0, head);
    memset(room + size, 0, all - size);
    ERROR_FORWARD(fill(p->fill_context, room + head, err));
    ERROR_FORWARD(note_chunk(w, room, all, err));
    w->chunk_count++;
    return container_writer_file_filled(w, err);
}

oir_status container_writer_chunks_put_large(container_writer *w, container_writer_part *p, oir_error *err)
{
    if (p->fill)
        return write_filled(w, p, err);
    ERROR_FORWARD(container_writer_chunks_put(w, p, &p->large, p->large_slot, err));
    buffer_release(&p->large);
    return OIR_OK;
}

oir_status container_writer_chunks_put_rest(container_writer *w, oir_error *err)
{
    buffer common = BUFFER_INIT;
    oir_status status = OIR_OK;
    for (size_t i = 0; i < w->part_count; i++) {
        container_writer_part *p = w->parts[i];
        ERROR_GOTO_DONE(container_writer_chunks_put_large(w, p, err));
        if (p->open.size >= PACKED_MAX)
            ERROR_GOTO_DONE(container_writer_chunks_put(w, p, &p->open, p->open_slot, err));
    }
    for (size_t i = 0; i < w->part_count; i++) {
        container_writer_part *p = w->parts[i];
        if (p->open.size == 0)
            continue;
        buffer_add_zeros(&common, (0 - common.size) % FORMAT_PIECE_ALIGN);
        container_writer_piece added = {w->chunk_count, (uint32_t)common.size, (uint32_t)p->open.size, p->open_slot};
        ERROR_GOTO_DONE(add_piece(p, added, err));
        buffer_add(&common, p->open.data, p->open.size);
        buffer_add_zeros(&common, CONTAINER_TAIL);
    }
    if (common.failed)
        status = error_no_memory(err, "the last chunk of a segment");
    else if (common.size)
        status = write_chunk(w, &common, err);
done:
    buffer_release(&common);
    return status;
}

/* A large object that goes to its place in the file a piece at a time, with zeros behind it. */
static oir_status write_from(container_writer *w, container_writer_source read, const void *context, uint64_t size,
                             oir_error *err)
{
    uint64_t place;
    size_t all = padded_size(w, (size_t)size + CONTAINER_TAIL);
    oir_status status = OIR_OK;
    uint8_t *piece = memory_new(FROM_PIECE);
    if (!piece)
        return error_no_memory(err, "a large object of a segment");
    ERROR_GOTO_DONE(container_writer_file_put_empty(w, all, &place, err));
    buffer_add_u32(&w->chunk_sizes, (uint32_t)all);
    for (size_t at = 0; at < all; at += FROM_PIECE) {
        size_t here = all - at < FROM_PIECE ? all - at : FROM_PIECE, left = at < size ? (size_t)size - at : 0;
        size_t own = left < here ? left : here;
        memset(piece + own, 0, here - own);
        ERROR_GOTO_DONE(own ? read(context, at, piece, own, err) : OIR_OK);
        ERROR_GOTO_DONE(note_checksums(w, piece, here, err));
        ERROR_GOTO_DONE(container_writer_file_write(w, place + at, piece, here, err));
    }
    w->chunk_count++;
done:
    memory_free(piece);
    return status;
}

oir_status container_writer_chunks_put_from(container_writer *w, container_writer_part *p, uint64_t size,
                                            container_writer_source read, const void *context, oir_error *err)
{
    ERROR_FORWARD(add_piece(p, (container_writer_piece){w->chunk_count, 0, (uint32_t)size, p->large_slot}, err));
    return write_from(w, read, context, size, err);
}
