#include "segment/container.h"

#include <assert.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "segment/container_format.h"
#include "segment/container_writer_file.h"

/* A segment file is an LMDB file without sub-databases (container_tree.c). Keys are 32-bit integers, 0 and up in the
 * order of writing, so that everything is appended; values 0 to n - 2 are chunks, the last one is the directory. All
 * numbers are little-endian.
 *
 * A chunk is n pages less 16 bytes, so that LMDB's page header and the value fill whole pages; it holds
 *     either   one slot of a part: objects one after another, each at its alignment, then at least 64 zero bytes
 *     or       one object too large for a slot, in as many consecutive slots as it takes, then the same
 *     or       what the parts had left at the end, if that is less than 64 KiB: for each a piece of this chunk,
 *              which starts at a multiple of 64 and has 64 zero bytes behind it
 * In memory a value starts 16 bytes behind a page, hence offset 16 for the first byte of a slot, and 64-byte alignment
 * in a slot is 64-byte alignment in memory. So byte i of a piece is at offset 16 + i of its first slot, and where that
 * is 1 MiB or more, in the slots that follow. Every object is at a multiple of its alignment and ends 64 bytes before
 * the slot does, at most; where it would not, it begins the next slot, or is large. Bytes between objects are zeros.
 *
 * The directory:
 *     0   8  magic, "\x89oirseg\n"     header; its fields stay where they are in every version
 *     8   2  version of the format, 1
 *    10   2  0 (in version 0, which is not read any more, its draft)
 *    12   4  CRC-32C (base/crc32c.h) of the directory without this field
 *    16   4  size of the directory, in bytes
 *    20   4  page size when written
 *    24   4  number of parts
 *    28   4  number of chunks
 *    then for each part, kinds ascending, 40 bytes:
 *     0   4  kind (container.h)         4  4  flags: 1 may be skipped by readers that do not know it
 *     8   8  bytes of all objects      16  8  address of the root object, 0 for none
 *    24   8  size of the root          32  4  number of pieces     36  4  0
 *    then for each part its pieces, slots ascending without gaps, 16 bytes:
 *     0   4  key of the chunk           4  4  where the piece starts in the chunk, 0 where it has one of its own
 *     8   4  its size without the tail 12  4  its first slot; the part's next piece has the slot behind its last
 *    then for each chunk its size, 4 bytes
 *    then for each chunk a CRC-32C of every 64 KiB (the last block may be shorter), 4 bytes */

enum { OBJECT_END_MAX = CONTAINER_SLOT_SIZE - CONTAINER_TAIL };

/* ---- parts ---- */

/* The part of a kind, made when it is new. */
static oir_status find_part(container_writer *w, uint32_t kind, container_writer_part **out, oir_error *err)
{
    assert(kind > 0 && kind <= FORMAT_KIND_MAX);
    size_t at = 0;
    while (at < w->part_count && w->parts[at]->kind < kind)
        at++;
    if (at == w->part_count || w->parts[at]->kind != kind) {
        container_writer_part *made = memory_new_zeroed(1, sizeof *made);
        if (!made || !memory_reserve(&w->parts, &w->part_capacity, w->part_count + 1, sizeof *w->parts)) {
            memory_free(made);
            return error_no_memory(err, "a part of a segment");
        }
        made->kind = kind;
        memmove(w->parts + at + 1, w->parts + at, (w->part_count - at) * sizeof(container_writer_part *));
        w->parts[at] = made;
        w->part_count++;
    }
    *out = w->parts[at];
    return OIR_OK;
}

static uint64_t align_up(uint64_t v, uint32_t align)
{
    return (v + align - 1) & ~(uint64_t)(align - 1);
}

static uint64_t address_of(uint32_t slot, uint64_t offset)
{
    return (uint64_t)slot << CONTAINER_SLOT_BITS | offset;
}

static oir_status take_slots(container_writer_part *p, uint64_t size, uint64_t offset, uint64_t *address,
                             oir_error *err)
{
    uint64_t slots = (offset + size + CONTAINER_SLOT_SIZE - 1) >> CONTAINER_SLOT_BITS;
    if (slots > UINT32_MAX - p->next_slot)
        return error_no_memory(err, "a large object of a segment");
    p->large_slot = p->next_slot;
    p->next_slot += (uint32_t)slots;
    *address = address_of(p->large_slot, offset);
    return OIR_OK;
}

static oir_status reserve_large(container_writer_part *p, uint64_t size, uint64_t offset, uint8_t **pointer,
                                uint64_t *address, oir_error *err)
{
    uint64_t head = offset - FORMAT_FIRST_OFFSET;
    buffer_init(&p->large);
    buffer_reserve(&p->large, (size_t)(head + size) + CONTAINER_TAIL + 65536); /* with its padding, so it never moves */
    buffer_add_zeros(&p->large, (size_t)(head + size));
    if (p->large.failed)
        return error_no_memory(err, "a large object of a segment");
    *pointer = p->large.data + head;
    return take_slots(p, size, offset, address, err);
}

static oir_status reserve_small(container_writer *w, container_writer_part *p, uint64_t size, uint32_t align,
                                uint8_t **pointer, uint64_t *address, oir_error *err)
{
    uint64_t offset = align_up(p->open.size + FORMAT_FIRST_OFFSET, align);
    if (offset + size > OBJECT_END_MAX) {
        ERROR_FORWARD(container_writer_chunks_put(w, p, &p->open, p->open_slot, err));
        offset = align_up(FORMAT_FIRST_OFFSET, align);
    }
    if (p->open.size == 0)
        p->open_slot = p->next_slot++;
    uint64_t end = offset - FORMAT_FIRST_OFFSET + size;
    buffer_add_zeros(&p->open, (size_t)end - p->open.size);
    if (p->open.failed)
        return error_no_memory(err, "a chunk of a segment");
    *pointer = p->open.data + (offset - FORMAT_FIRST_OFFSET);
    *address = address_of(p->open_slot, offset);
    return OIR_OK;
}

static oir_status reserve(container_writer *w, container_writer_part *p, uint64_t size, uint32_t align,
                          uint8_t **pointer, uint64_t *address, oir_error *err)
{
    assert(align == 1 || align == 2 || align == 4 || align == 8 || align == 64);
    uint64_t unused;
    address = address ? address : &unused;
    if (size > CONTAINER_OBJECT_MAX)
        return error_set(err, OIR_TOO_BIG, "an object of part %s has %llu bytes, more than the %llu that fit",
                         container_kind_name(p->kind), (unsigned long long)size,
                         (unsigned long long)CONTAINER_OBJECT_MAX);
    ERROR_FORWARD(container_writer_chunks_put_large(w, p, err));
    if (size == 0) { /* takes no room, so it may not begin a slot */
        *pointer = NULL;
        *address = address_of(p->open.size ? p->open_slot : p->next_slot, p->open.size + FORMAT_FIRST_OFFSET);
        return OIR_OK;
    }
    p->bytes += size;
    uint64_t first = align_up(FORMAT_FIRST_OFFSET, align);
    if (first + size > OBJECT_END_MAX)
        return reserve_large(p, size, first, pointer, address, err);
    return reserve_small(w, p, size, align, pointer, address, err);
}

oir_status container_writer_reserve(container_writer *w, uint32_t kind, uint64_t size, uint32_t align,
                                    uint8_t **pointer, uint64_t *address, oir_error *err)
{
    container_writer_part *p;
    ERROR_FORWARD(find_part(w, kind, &p, err));
    return reserve(w, p, size, align, pointer, address, err);
}

oir_status container_writer_add(container_writer *w, uint32_t kind, const void *bytes, uint64_t size, uint32_t align,
                                uint64_t *address, oir_error *err)
{
    uint8_t *room;
    ERROR_FORWARD(container_writer_reserve(w, kind, size, align, &room, address, err));
    if (size)
        memcpy(room, bytes, (size_t)size);
    return OIR_OK;
}

oir_status container_writer_add_buffer(container_writer *w, uint32_t kind, buffer *bytes, uint64_t *address,
                                       oir_error *err)
{
    container_writer_part *p;
    if (bytes->size + FORMAT_FIRST_OFFSET <= OBJECT_END_MAX || bytes->size > CONTAINER_OBJECT_MAX)
        return container_writer_add(w, kind, bytes->data, bytes->size, 1, address, err);
    ERROR_FORWARD(find_part(w, kind, &p, err));
    ERROR_FORWARD(container_writer_chunks_put_large(w, p, err));
    ERROR_FORWARD(take_slots(p, bytes->size, FORMAT_FIRST_OFFSET, address, err));
    p->bytes += bytes->size;
    p->large = *bytes;
    buffer_init(bytes);
    return OIR_OK;
}

oir_status container_writer_write_waiting(container_writer *w, uint32_t kind, oir_error *err)
{
    for (size_t i = 0; i < w->part_count; i++)
        if (w->parts[i]->kind == kind)
            return container_writer_chunks_put_large(w, w->parts[i], err);
    return OIR_OK;
}

oir_status container_writer_add_root(container_writer *w, uint32_t kind, const void *bytes, uint64_t size,
                                     uint32_t align, oir_error *err)
{
    container_writer_part *p;
    uint64_t address;
    ERROR_FORWARD(find_part(w, kind, &p, err));
    ERROR_FORWARD(container_writer_add(w, kind, bytes, size, align, &address, err));
    p->root_address = address;
    p->root_size = size;
    return OIR_OK;
}

oir_status container_writer_add_later(container_writer *w, uint32_t kind, uint64_t size, uint32_t align,
                                      container_writer_fill fill, const void *context, uint64_t *address,
                                      oir_error *err)
{
    container_writer_part *p;
    uint8_t *room;
    uint64_t first = align_up(FORMAT_FIRST_OFFSET, align);
    ERROR_FORWARD(find_part(w, kind, &p, err));
    if (first + size <= OBJECT_END_MAX || size > CONTAINER_OBJECT_MAX) {
        ERROR_FORWARD(reserve(w, p, size, align, &room, address, err));
        return fill(context, room, err);
    }
    ERROR_FORWARD(container_writer_chunks_put_large(w, p, err));
    ERROR_FORWARD(take_slots(p, size, first, address, err));
    p->bytes += size;
    p->fill = fill;
    p->fill_context = context;
    p->filled_head = (size_t)(first - FORMAT_FIRST_OFFSET);
    p->filled_size = p->filled_head + (size_t)size;
    return OIR_OK;
}

oir_status container_writer_add_root_later(container_writer *w, uint32_t kind, uint64_t size, uint32_t align,
                                           container_writer_fill fill, const void *context, oir_error *err)
{
    container_writer_part *p;
    ERROR_FORWARD(find_part(w, kind, &p, err));
    p->root_size = size;
    return container_writer_add_later(w, kind, size, align, fill, context, &p->root_address, err);
}

oir_status container_writer_add_from(container_writer *w, uint32_t kind, uint64_t size, container_writer_source read,
                                     const void *context, uint64_t *address, oir_error *err)
{
    uint8_t *room;
    container_writer_part *p;
    ERROR_FORWARD(find_part(w, kind, &p, err));
    if (FORMAT_FIRST_OFFSET + size <= OBJECT_END_MAX || size > CONTAINER_OBJECT_MAX) {
        ERROR_FORWARD(reserve(w, p, size, 1, &room, address, err));
        return size ? read(context, 0, room, (size_t)size, err) : OIR_OK;
    }
    ERROR_FORWARD(container_writer_chunks_put_large(w, p, err));
    ERROR_FORWARD(take_slots(p, size, FORMAT_FIRST_OFFSET, address, err));
    p->bytes += size;
    return container_writer_chunks_put_from(w, p, size, read, context, err);
}

oir_status container_writer_set_skippable(container_writer *w, uint32_t kind, oir_error *err)
{
    container_writer_part *p;
    ERROR_FORWARD(find_part(w, kind, &p, err));
    p->flags |= FORMAT_SKIPPABLE;
    return OIR_OK;
}

uint64_t container_writer_get_bytes(const container_writer *w, uint32_t kind)
{
    for (size_t i = 0; i < w->part_count; i++)
        if (w->parts[i]->kind == kind)
            return w->parts[i]->bytes;
    return 0;
}

/* ---- reading back ---- */

oir_status container_writer_read(container_writer *w, const container **out, oir_error *err)
{
    *out = NULL;
    for (size_t i = 0; i < w->part_count; i++)
        ERROR_FORWARD(container_writer_chunks_put_large(w, w->parts[i], err));
    ERROR_FORWARD(container_writer_file_commit(w, err));
    w->read = memory_new_zeroed(1, sizeof *w->read);
    oir_status status = w->read ? container_writer_read_parts(w, w->read, err)
                                : error_no_memory(err, "reading a segment back");
    *out = w->read;
    return status;
}

void container_writer_end_read(container_writer *w)
{
    container_close(w->read); /* has a transaction, but no environment of its own */
    w->read = NULL;
    buffer_release(&w->read_ends);
}

/* ---- life ---- */

oir_status container_writer_open(container_writer **out, const char *path, oir_error *err)
{
    *out = NULL;
    container_writer *w = memory_new_zeroed(1, sizeof *w);
    if (w)
        w->path = memory_copy(path, strlen(path));
    oir_status status = w && w->path ? container_writer_file_open(w, err) : error_no_memory(err, "a segment's writer");
    if (status != OIR_OK)
        container_writer_abort(w);
    else
        *out = w;
    return status;
}

static void writer_free(container_writer *w)
{
    container_writer_end_read(w);
    if (w->txn)
        mdb_txn_abort(w->txn);
    if (w->env)
        mdb_env_close(w->env);
    for (size_t i = 0; i < w->part_count; i++) {
        buffer_release(&w->parts[i]->open);
        buffer_release(&w->parts[i]->large);
        memory_free(w->parts[i]->pieces);
        memory_free(w->parts[i]);
    }
    memory_free(w->parts);
    buffer_release(&w->chunk_sizes);
    buffer_release(&w->checksums);
    memory_free(w->path);
    memory_free(w);
}

void container_writer_abort(container_writer *w)
{
    if (!w)
        return;
    if (w->made)
        unlink(w->path);
    writer_free(w);
}

oir_status container_writer_commit(container_writer *w, bool sync, oir_error *err)
{
    oir_status status;
    ERROR_GOTO_DONE(container_writer_chunks_put_rest(w, err));
    ERROR_GOTO_DONE(container_writer_directory_put(w, err));
    ERROR_GOTO_DONE(container_writer_file_commit(w, err));
    ERROR_GOTO_DONE(container_writer_file_finish(w, sync, err));
    writer_free(w);
    return OIR_OK;
done:
    container_writer_abort(w);
    return status;
}
