#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "segment/container_format.h"
#include "segment/container_writer_state.h"

static oir_status read_chunks(container_writer *w, container *c, oir_error *err)
{
    MDB_dbi dbi;
    if (!w->chunk_count)
        return OIR_OK;
    int code = mdb_txn_begin(w->env, NULL, MDB_RDONLY, &c->txn);
    if (!code)
        code = mdb_dbi_open(c->txn, NULL, MDB_INTEGERKEY, &dbi);
    for (uint32_t i = 0; !code && i < w->chunk_count; i++) {
        MDB_val key = {sizeof i, &i}, value;
        code = mdb_get(c->txn, dbi, &key, &value);
        if (!code)
            c->chunks[i] = (container_chunk){value.mv_data, (uint32_t)value.mv_size, 0};
    }
    return container_format_error(err, code, "reading back", w->path);
}

/* What a slot being filled has so far, as a chunk of its own. */
static void read_open(container_writer *w, const container_writer_part *p, container *c, container_slot *slot)
{
    if (p->open.size == 0)
        return;
    uint8_t *copy = w->read_ends.data + w->read_ends.size;
    memcpy(copy, p->open.data, p->open.size);
    w->read_ends.size += p->open.size + CONTAINER_TAIL; /* zeroed before */
    c->chunks[c->chunk_count] = (container_chunk){copy, (uint32_t)p->open.size + CONTAINER_TAIL, 0};
    slot[p->open_slot] = (container_slot){copy - FORMAT_FIRST_OFFSET, FORMAT_FIRST_OFFSET,
                                          FORMAT_FIRST_OFFSET + (uint32_t)p->open.size, c->chunk_count++};
}

static void read_part(container_writer *w, container_writer_part *p, container *c, container_slot *slot)
{
    for (size_t i = 0; i < p->piece_count; i++) {
        const container_writer_piece *from = &p->pieces[i];
        const uint8_t *base = c->chunks[from->key].value + from->start - FORMAT_FIRST_OFFSET;
        uint32_t limit = FORMAT_FIRST_OFFSET + from->size, start = FORMAT_FIRST_OFFSET, at = from->slot;
        for (;; at++, base += CONTAINER_SLOT_SIZE, limit -= CONTAINER_SLOT_SIZE, start = 0) {
            slot[at] = (container_slot){base, start, limit, from->key};
            if (limit <= CONTAINER_SLOT_SIZE)
                break;
        }
    }
    read_open(w, p, c, slot);
    if (p->kind < PART_KIND_END)
        c->parts[p->kind] = (container_part){slot, p->next_slot, p->bytes, p->root_address, p->root_size};
}

oir_status container_writer_read_parts(container_writer *w, container *c, oir_error *err)
{
    size_t slots = 0, ends = 0, blocks = (CONTAINER_OBJECT_MAX >> FORMAT_BLOCK_BITS) + 64;
    for (size_t i = 0; i < w->part_count; i++) {
        slots += w->parts[i]->next_slot;
        ends += w->parts[i]->open.size + CONTAINER_TAIL;
    }
    c->path = memory_copy(w->path, strlen(w->path));
    c->slots = memory_new_zeroed(slots + 1, sizeof *c->slots);
    c->chunks = memory_new_zeroed(w->chunk_count + w->part_count + 1, sizeof *c->chunks);
    c->verified = memory_new_zeroed(blocks / 64 + 1, sizeof *c->verified);
    buffer_clear(&w->read_ends);
    buffer_add_zeros(&w->read_ends, FORMAT_FIRST_OFFSET + ends);
    if (!c->path || !c->slots || !c->chunks || !c->verified || w->read_ends.failed)
        return error_no_memory(err, "reading a segment back");
    memset((void *)c->verified, 0xff, (blocks / 64 + 1) * sizeof *c->verified);
    w->read_ends.size = FORMAT_FIRST_OFFSET;
    c->chunk_count = w->chunk_count;
    ERROR_FORWARD(read_chunks(w, c, err));
    container_slot *slot = c->slots;
    for (size_t i = 0; i < w->part_count; i++) {
        read_part(w, w->parts[i], c, slot);
        slot += w->parts[i]->next_slot;
    }
    return OIR_OK;
}
