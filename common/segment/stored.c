#include "segment/stored.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"
#include "codec/varint.h"
#include "segment/block_index.h"
#include "segment/stored_format.h"

struct stored {
    const container *file;
    uint32_t document_count;
    block_index index;
    const uint8_t *dictionary;
    uint32_t dictionary_size;
    uint64_t data_bytes, block_bytes;
};

static oir_status damaged(const stored *s, uint32_t local, const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "%s is damaged: part stored, document %u: %s; "
                     "restore it from a copy or index again", s->file->path, local, reason);
}

static oir_status read_root(stored *s, oir_error *err)
{
    const uint8_t *root;
    uint64_t size;
    if (!container_has_part(s->file, PART_STORED))
        return OIR_OK;
    ERROR_FORWARD(container_get_root(s->file, PART_STORED, &root, &size, err));
    if (size != STORED_ROOT_SIZE || bits_load32(root) != s->document_count)
        return error_set(err, OIR_CORRUPT, "%s is damaged: part stored has another number of documents; "
                         "restore it from a copy or index again", s->file->path);
    s->index = (block_index){bits_load64(root + 8), bits_load32(root + 4)};
    s->dictionary_size = bits_load32(root + 24);
    s->data_bytes = bits_load64(root + 32);
    s->block_bytes = bits_load64(root + 40);
    return container_get(s->file, PART_STORED, bits_load64(root + 16), s->dictionary_size, &s->dictionary, err);
}

oir_status stored_open(stored **out, const struct container *file, uint32_t document_count, oir_error *err)
{
    *out = NULL;
    stored *s = memory_new_zeroed(1, sizeof *s);
    if (!s)
        return error_no_memory(err, "the stored documents of a segment");
    s->file = file;
    s->document_count = document_count;
    oir_status status = read_root(s, err);
    if (status == OIR_OK)
        *out = s;
    else
        stored_close(s);
    return status;
}

void stored_close(stored *s)
{
    memory_free(s);
}

uint64_t stored_get_bytes(const stored *s)
{
    return s->data_bytes;
}

/* ---- blocks ---- */

void stored_cursor_init(stored_cursor *c, const stored *s)
{
    *c = (stored_cursor){.stored = s};
}

void stored_cursor_release(stored_cursor *c)
{
    blob_decoder_release(&c->plain);
    blob_decoder_release(&c->primed);
    buffer_release(&c->bytes);
    buffer_release(&c->ends);
    *c = (stored_cursor){.stored = c->stored};
}

static oir_status decompress(stored_cursor *c, uint32_t method, const uint8_t *at, size_t size, size_t out_size,
                             oir_error *err)
{
    const stored *s = c->stored;
    buffer_clear(&c->bytes);
    uint8_t *out = buffer_extend(&c->bytes, out_size);
    if (!out)
        return error_no_memory(err, "a document's data");
    if (method == STORED_PLAIN) {
        if (size != out_size)
            return damaged(s, c->first, "size of its block", err);
        memcpy(out, at, size);
        return OIR_OK;
    }
    blob_decoder *d = method == STORED_PRIMED ? &c->primed : &c->plain;
    if (!d->stream)
        ERROR_FORWARD(
            blob_decoder_init(d, s->dictionary, method == STORED_PRIMED ? s->dictionary_size : 0, err));
    oir_status status = blob_decoder_get(d, at, size, out, out_size, err);
    return status == OIR_CORRUPT ? damaged(s, c->first, "its block cannot be decompressed", err) : status;
}

/* Reads the sizes of the block's documents as ends. */
static const uint8_t *read_ends(stored_cursor *c, const uint8_t *at, const uint8_t *end, uint32_t *count,
                                uint64_t *total)
{
    *total = 0;
    at = varint_get32(at, end, count);
    if (!at || *count == 0 || *count > STORED_BLOCK_DOCUMENTS)
        return NULL;
    buffer_clear(&c->ends);
    for (uint32_t i = 0; i < *count; i++) {
        uint32_t size;
        at = varint_get32(at, end, &size);
        *total += size;
        buffer_add_u32(&c->ends, (uint32_t)*total);
    }
    return at;
}

/* Makes `entry` the block in hand. */
static oir_status open_block(stored_cursor *c, const block_entry *entry, oir_error *err)
{
    const stored *s = c->stored;
    const uint8_t *at;
    uint32_t count;
    uint64_t total;
    c->count = 0;
    c->first = entry->first;
    ERROR_FORWARD(container_get(s->file, PART_STORED, entry->address, entry->size, &at, err));
    const uint8_t *end = at + entry->size;
    at = read_ends(c, at, end, &count, &total);
    if (!at || at == end || *at > STORED_PRIMED || count > s->document_count - entry->first)
        return damaged(s, entry->first, "header of its block", err);
    uint32_t method = *at++;
    /* Deflate makes nothing smaller than a thousandth: who says more would only have memory taken. */
    uint64_t limit = (uint64_t)(end - at) * 1100 + 64;
    if (total == 0 || total > limit || total > CONTAINER_OBJECT_MAX)
        return damaged(s, entry->first, "size of its block", err);
    if (c->ends.failed)
        return error_no_memory(err, "a document's data");
    ERROR_FORWARD(decompress(c, method, at, (size_t)(end - at), (size_t)total, err));
    c->count = count;
    return OIR_OK;
}

/* ---- documents ---- */

oir_status stored_cursor_get(stored_cursor *c, uint32_t local, oir_bytes *data, oir_error *err)
{
    const stored *s = c->stored;
    *data = (oir_bytes){NULL, 0};
    if (c->count == 0 || local < c->first || local - c->first >= c->count) {
        block_entry entry;
        bool found = false;
        if (s->index.count)
            ERROR_FORWARD(block_index_find(s->file, PART_STORED, &s->index, local, &entry, &found, err));
        if (!found)
            return OIR_OK;
        if (c->count == 0 || entry.first != c->first)
            ERROR_FORWARD(open_block(c, &entry, err));
        if (local - c->first >= c->count)
            return OIR_OK; /* between two blocks */
    }
    uint32_t i = local - c->first;
    uint32_t start = i ? bits_load32(c->ends.data + 4 * ((size_t)i - 1)) : 0;
    uint32_t end = bits_load32(c->ends.data + 4 * (size_t)i);
    *data = (oir_bytes){(const char *)c->bytes.data + start, end - start};
    return OIR_OK;
}

oir_status stored_get(const stored *s, uint32_t local, buffer *out, oir_error *err)
{
    stored_cursor c;
    oir_bytes data;
    stored_cursor_init(&c, s);
    oir_status status = stored_cursor_get(&c, local, &data, err);
    if (status == OIR_OK && data.size) {
        buffer_add(out, data.data, data.size);
        if (out->failed)
            status = error_no_memory(err, "a document's data");
    }
    stored_cursor_release(&c);
    return status;
}

oir_status stored_check(const stored *s, oir_error *err)
{
    stored_cursor c;
    oir_status status = OIR_OK;
    uint64_t next = 0, data_bytes = 0, block_bytes = 0;
    stored_cursor_init(&c, s);
    for (uint32_t i = 0; i < s->index.count; i++) {
        block_entry entry;
        ERROR_GOTO_DONE(block_index_get(s->file, PART_STORED, &s->index, i, &entry, err));
        if (entry.first < next || entry.first >= s->document_count) {
            status = damaged(s, entry.first, "blocks overlap", err);
            goto done;
        }
        ERROR_GOTO_DONE(open_block(&c, &entry, err));
        next = (uint64_t)c.first + c.count;
        data_bytes += c.bytes.size;
        block_bytes += entry.size;
    }
    if (data_bytes != s->data_bytes || block_bytes != s->block_bytes)
        status = damaged(s, (uint32_t)next, "the blocks have not the size that they should have together", err);
done:
    stored_cursor_release(&c);
    return status;
}
