#include "segment/stored.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"
#include "codec/varint.h"
#include "segment/block_index.h"
#include "segment/stored_format.h"

struct stored {
    const container *file;   /* NULL: */
    const stored_kept *kept; /* blocks in memory, index.count of them */
    uint32_t document_count;
    uint32_t learned;        /* see stored_dictionary */
    block_index index;
    const uint8_t *dictionary;
    uint32_t dictionary_size;
    uint64_t data_bytes, block_bytes;
};

static oir_status damaged(const stored *s, uint32_t local, const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "%s is damaged: part stored, document %u: %s; "
                     "restore it from a copy or index again", s->file ? s->file->path : "the buffer", local, reason);
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
    s->learned = bits_load32(root + 28);
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

oir_status stored_open_kept(stored **out, const stored_kept *blocks, uint32_t count,
                            const stored_dictionary *dictionary, uint32_t document_count, uint64_t bytes,
                            oir_error *err)
{
    *out = memory_new_zeroed(1, sizeof **out);
    if (!*out)
        return error_no_memory(err, "the stored documents of the buffer");
    **out = (stored){.kept = blocks,
                     .document_count = document_count,
                     .learned = dictionary->learned,
                     .index = {0, count},
                     .dictionary = dictionary->bytes,
                     .dictionary_size = (uint32_t)dictionary->size,
                     .data_bytes = bytes};
    for (uint32_t i = 0; i < count; i++)
        (*out)->block_bytes += blocks[i].large.data_size ? blocks[i].large.size : blocks[i].size;
    return OIR_OK;
}

void stored_close(stored *s)
{
    memory_free(s);
}

uint64_t stored_get_bytes(const stored *s)
{
    return s->data_bytes;
}

stored_dictionary stored_get_dictionary(const stored *s)
{
    return (stored_dictionary){s->dictionary, s->dictionary_size, s->learned};
}

uint32_t stored_get_document_count(const stored *s)
{
    return s->document_count;
}

/* ---- blocks, wherever they lie ---- */

/* Of kept ones the address is their number. */
static oir_status get_entry(const stored *s, uint32_t i, block_entry *entry, oir_error *err)
{
    if (s->file)
        return block_index_get(s->file, PART_STORED, &s->index, i, entry, err);
    const stored_kept *k = &s->kept[i];
    *entry = (block_entry){k->first, k->large.data_size ? (uint32_t)k->large.size : k->size, i};
    return OIR_OK;
}

static oir_status find_entry(const stored *s, uint32_t local, block_entry *entry, bool *found, oir_error *err)
{
    *found = false;
    if (s->index.count == 0)
        return OIR_OK;
    if (s->file)
        return block_index_find(s->file, PART_STORED, &s->index, local, entry, found, err);
    uint32_t low = 0, high = s->index.count; /* blocks before low begin at or before it, those from high on do not */
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (s->kept[middle].first <= local)
            low = middle + 1;
        else
            high = middle;
    }
    *found = low > 0;
    return *found ? get_entry(s, low - 1, entry, err) : OIR_OK;
}

static oir_status get_bytes(const stored *s, const block_entry *entry, const uint8_t **at, oir_error *err)
{
    if (s->file)
        return container_get(s->file, PART_STORED, entry->address, entry->size, at, err);
    *at = s->kept[entry->address].bytes;
    return OIR_OK;
}

/* A kept block that is not in memory; NULL: another one. */
static const stored_large *find_kept_large(const stored *s, const block_entry *entry)
{
    return !s->file && s->kept[entry->address].large.data_size ? &s->kept[entry->address].large : NULL;
}

uint32_t stored_get_block_count(const stored *s)
{
    return s->index.count;
}

/* What a block says of itself. */
static oir_status read_block(const stored *s, const block_entry *entry, stored_block *out, oir_error *err)
{
    uint32_t count = 0, first = 0, size;
    uint64_t total = 0;
    const stored_large *kept = find_kept_large(s, entry);
    *out = (stored_block){.first = entry->first, .size = entry->size};
    if (kept) {
        out->count = 1;
        out->data_size = out->first_size = (uint32_t)kept->data_size;
        return OIR_OK;
    }
    ERROR_FORWARD(get_bytes(s, entry, &out->bytes, err));
    const uint8_t *end = out->bytes + entry->size, *at = varint_get32(out->bytes, end, &count);
    for (uint32_t k = 0; at && k < count && count <= STORED_BLOCK_DOCUMENTS; k++) {
        at = varint_get32(at, end, &size);
        total += size;
        first = k ? first : size;
    }
    if (!at || at == end || *at > STORED_PRIMED || count == 0 || count > STORED_BLOCK_DOCUMENTS ||
        entry->first >= s->document_count || count > s->document_count - entry->first || total > CONTAINER_OBJECT_MAX)
        return damaged(s, entry->first, "header of its block", err);
    out->count = count;
    out->first_size = first;
    out->data_size = total;
    out->primed = *at == STORED_PRIMED;
    return OIR_OK;
}

oir_status stored_get_block(const stored *s, uint32_t i, stored_block *out, oir_error *err)
{
    block_entry entry;
    ERROR_FORWARD(get_entry(s, i, &entry, err));
    return read_block(s, &entry, out, err);
}

oir_status stored_get_large(const stored *s, uint32_t local, stored_large *out, bool *found, oir_error *err)
{
    block_entry entry;
    stored_block block;
    ERROR_FORWARD(find_entry(s, local, &entry, found, err));
    if (!*found || entry.first != local) {
        *found = false;
        return OIR_OK;
    }
    const stored_large *kept = find_kept_large(s, &entry);
    if (kept) {
        *out = *kept;
        return OIR_OK;
    }
    ERROR_FORWARD(read_block(s, &entry, &block, err));
    *out = (stored_large){.data_size = block.data_size, .size = block.size, .bytes = block.bytes};
    *found = block.count == 1 && block.data_size > STORED_LARGE && !block.primed;
    return OIR_OK;
}

/* ---- the block in hand ---- */

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
    buffer_release(&c->block);
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

/* The bytes of a block, brought into memory if need be. */
static oir_status bring_bytes(stored_cursor *c, const block_entry *entry, const uint8_t **at, oir_error *err)
{
    const stored_large *kept = find_kept_large(c->stored, entry);
    if (!kept)
        return get_bytes(c->stored, entry, at, err);
    buffer_clear(&c->block);
    uint8_t *to = buffer_extend(&c->block, kept->size);
    *at = to;
    return to ? stored_large_get(kept, 0, to, kept->size, err) : error_no_memory(err, "a document's data");
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
    ERROR_FORWARD(bring_bytes(c, entry, &at, err));
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

/* Makes the block of document `local`, which is not in hand, the one in hand; *holds false: `entry` is of a block that
 * ends before it, which may be large and is not decompressed. */
static oir_status open_block_of(stored_cursor *c, const block_entry *entry, uint32_t local, bool *holds, oir_error *err)
{
    stored_block block;
    *holds = c->count == 0 || entry->first != c->first;
    if (!*holds)
        return OIR_OK;
    ERROR_FORWARD(read_block(c->stored, entry, &block, err));
    *holds = local - block.first < block.count;
    return *holds ? open_block(c, entry, err) : OIR_OK;
}

oir_status stored_cursor_get(stored_cursor *c, uint32_t local, oir_bytes *data, oir_error *err)
{
    const stored *s = c->stored;
    *data = (oir_bytes){NULL, 0};
    if (!stored_cursor_has(c, local)) {
        block_entry entry;
        bool found = false;
        ERROR_FORWARD(find_entry(s, local, &entry, &found, err));
        if (found)
            ERROR_FORWARD(open_block_of(c, &entry, local, &found, err));
        if (!found)
            return OIR_OK; /* before the first block, or between two */
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
        ERROR_GOTO_DONE(get_entry(s, i, &entry, err));
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
