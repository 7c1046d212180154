#include "segment/stored.h"

#include <string.h>

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
 *     the data of all, in one blob
 * Root, 48 bytes:
 *     0 4  number of documents            4 4  number of blocks
 *     8 8  address of the table of blocks (block_index.h), by first document
 *    16 8  address of the dictionary     24 4  its size, 0 for none     28 4  zero
 *    32 8  size of all data              40 8  size of all blocks
 *
 * The dictionary is learnt from the first SAMPLE_SIZE bytes of data, and kept only if these alone pay for it. */

enum {
    SAMPLE_SIZE = 512 << 10,
    SAMPLE_MIN = 64 << 10, /* less is not worth the trouble of learning */
    DICTIONARY_SIZE = 16 << 10,
    SLOTS = 4, /* for each thread: blocks that are compressed together */
};

/* A block that is full, or becoming so. */
typedef struct block {
    uint32_t first, count;
    size_t data_start, data_size;   /* in data */
    size_t sizes_start, sizes_size; /* in sizes */
} block;

/* Where a block is compressed: with helpers several are at a time. */
typedef struct slot {
    blob_encoder plain, primed;
    buffer blob;
    oir_status status;
    oir_error error;
} slot;

struct stored_writer {
    container_writer *file;
    team *helpers;      /* NULL: none */
    slot *slots;
    size_t slot_count;
    bool learning, has_dictionary;
    uint32_t documents;
    uint64_t data_bytes, block_bytes;
    buffer data, sizes; /* of the blocks held back and of the open one */
    block open;         /* count 0: no document yet */
    uint32_t waiting;   /* empty documents behind the open block's last: counted when another follows */
    block *held;        /* full blocks: while learning all, else up to as many as there are slots */
    size_t held_count, held_capacity;
    size_t begun;       /* those before are compressed */
    buffer dictionary, bytes, index;
};

oir_status stored_writer_new(stored_writer **out, struct container_writer *file, team *helpers, oir_error *err)
{
    stored_writer *w = memory_new_zeroed(1, sizeof *w);
    *out = NULL;
    if (!w)
        return error_no_memory(err, "the stored documents of a segment");
    w->file = file;
    w->helpers = helpers;
    w->slot_count = helpers ? SLOTS * team_size(helpers) : 1;
    w->slots = memory_new_zeroed(w->slot_count, sizeof *w->slots);
    if (!w->slots) {
        memory_free(w);
        return error_no_memory(err, "the stored documents of a segment");
    }
    w->learning = true;
    *out = w;
    return OIR_OK;
}

void stored_writer_free(stored_writer *w)
{
    if (!w)
        return;
    for (size_t i = 0; i < w->slot_count; i++) {
        blob_encoder_release(&w->slots[i].plain);
        blob_encoder_release(&w->slots[i].primed);
        buffer_release(&w->slots[i].blob);
    }
    memory_free(w->slots);
    buffer_release(&w->data);
    buffer_release(&w->sizes);
    buffer_release(&w->dictionary);
    buffer_release(&w->bytes);
    buffer_release(&w->index);
    memory_free(w->held);
    memory_free(w);
}

/* ---- blocks ---- */

/* Compresses into the slot's blob. Without data that anybody stores no encoder is ever made. */
static oir_status compress(const stored_writer *w, slot *s, const block *b, bool primed, oir_error *err)
{
    blob_encoder *e = primed ? &s->primed : &s->plain;
    if (!e->deflater)
        ERROR_FORWARD(blob_encoder_init(e, w->dictionary.data, primed ? w->dictionary.size : 0, err));
    buffer_clear(&s->blob);
    return blob_encoder_add(e, w->data.data + b->data_start, b->data_size, &s->blob, err);
}

/* What is in a slot, as the block it was made of. */
static oir_status write_block(stored_writer *w, const block *b, const slot *s, oir_error *err)
{
    bool primed = w->has_dictionary, smaller = s->blob.size < b->data_size;
    buffer_clear(&w->bytes);
    buffer_add_varint(&w->bytes, b->count);
    buffer_add(&w->bytes, w->sizes.data + b->sizes_start, b->sizes_size);
    buffer_add_byte(&w->bytes, !smaller ? STORED_PLAIN : primed ? STORED_PRIMED : STORED_DEFLATE);
    if (smaller)
        buffer_add(&w->bytes, s->blob.data, s->blob.size);
    else
        buffer_add(&w->bytes, w->data.data + b->data_start, b->data_size);
    w->block_bytes += w->bytes.size;
    return block_index_write(&w->index, w->file, PART_STORED, b->first, &w->bytes, err);
}

/* A part of a team's work. */
static void compress_held(void *context, size_t part, bool owner)
{
    stored_writer *w = context;
    slot *s = &w->slots[part];
    (void)owner;
    s->status = compress(w, s, &w->held[w->begun + part], w->has_dictionary, &s->error);
}

/* Writes all blocks that are held back. */
static oir_status write_held(stored_writer *w, oir_error *err)
{
    for (w->begun = 0; w->begun < w->held_count;) {
        size_t left = w->held_count - w->begun, parts = left < w->slot_count ? left : w->slot_count;
        if (w->helpers)
            team_run(w->helpers, parts, compress_held, w, NULL);
        else
            compress_held(w, 0, true);
        for (size_t i = 0; i < parts; i++) {
            if (w->slots[i].status)
                return error_set(err, w->slots[i].status, "%s", w->slots[i].error.message);
            ERROR_FORWARD(write_block(w, &w->held[w->begun + i], &w->slots[i], err));
        }
        w->begun += parts;
    }
    w->held_count = 0;
    return OIR_OK;
}

/* ---- the dictionary ---- */

static oir_status train(stored_writer *w, oir_error *err)
{
    oir_status status = OIR_OK;
    oir_bytes *samples = memory_new_zeroed(w->held_count + 1, sizeof *samples);
    if (!samples)
        return error_no_memory(err, "learning a dictionary");
    for (size_t i = 0; i < w->held_count; i++)
        samples[i] = (oir_bytes){(const char *)w->data.data + w->held[i].data_start, w->held[i].data_size};
    status = blob_train(samples, w->held_count, DICTIONARY_SIZE, &w->dictionary, err);
    memory_free(samples);
    return status;
}

/* What the dictionary saves on four of the blocks held back, taken for all of them, must be more than its own size. */
static oir_status weigh_dictionary(stored_writer *w, oir_error *err)
{
    uint64_t without = 0, with = 0, tried = 0;
    for (size_t i = 0; i < 4; i++) {
        const block *b = w->held + i * w->held_count / 4;
        ERROR_FORWARD(compress(w, w->slots, b, false, err));
        without += w->slots->blob.size;
        ERROR_FORWARD(compress(w, w->slots, b, true, err));
        with += w->slots->blob.size;
        tried += b->data_size;
    }
    uint64_t saved = without > with ? without - with : 0;
    w->has_dictionary = saved * w->data_bytes / tried > w->dictionary.size;
    return OIR_OK;
}

static oir_status end_learning(stored_writer *w, oir_error *err)
{
    w->learning = false;
    if (w->held_count >= 4 && w->data_bytes >= SAMPLE_MIN) {
        ERROR_FORWARD(train(w, err));
        if (w->dictionary.size)
            ERROR_FORWARD(weigh_dictionary(w, err));
    }
    return write_held(w, err);
}

/* ---- documents ---- */

static oir_status end_block(stored_writer *w, oir_error *err)
{
    block full = w->open;
    w->waiting = 0;
    if (full.count == 0)
        return OIR_OK;
    w->open = (block){0};
    if (!memory_reserve(&w->held, &w->held_capacity, w->held_count + 1, sizeof *w->held))
        return error_no_memory(err, "the stored documents of a segment");
    w->held[w->held_count++] = full;
    if (w->learning)
        return w->data.size >= SAMPLE_SIZE ? end_learning(w, err) : OIR_OK;
    return w->held_count == w->slot_count ? write_held(w, err) : OIR_OK;
}

static void begin_block(stored_writer *w)
{
    if (w->held_count == 0) {
        buffer_clear(&w->data);
        buffer_clear(&w->sizes);
    }
    w->open = (block){.first = w->documents, .data_start = w->data.size, .sizes_start = w->sizes.size};
}

static oir_status add_data(stored_writer *w, const void *data, size_t size, oir_error *err)
{
    if (w->open.count && (w->open.data_size + size > STORED_BLOCK_MAX ||
                          w->open.count + w->waiting >= STORED_BLOCK_DOCUMENTS))
        ERROR_FORWARD(end_block(w, err));
    if (w->open.count == 0)
        begin_block(w);
    block *b = &w->open;
    buffer_add_zeros(&w->sizes, w->waiting);
    buffer_add_varint(&w->sizes, size);
    buffer_add(&w->data, data, size);
    if (w->sizes.failed || w->data.failed)
        return error_no_memory(err, "the stored documents of a segment");
    b->count += w->waiting + 1;
    b->data_size += size;
    b->sizes_size = w->sizes.size - b->sizes_start;
    w->waiting = 0;
    w->data_bytes += size;
    return OIR_OK;
}

oir_status stored_writer_add(stored_writer *w, const void *data, size_t size, oir_error *err)
{
    if (size > CONTAINER_OBJECT_MAX - (64 << 10))
        return error_set(err, OIR_TOO_BIG, "a document's data has %zu bytes; less than 1 GB can be stored", size);
    if (w->documents == UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "more than 4294967295 documents in one segment");
    if (size == 0)
        w->waiting += w->open.count > 0;
    else
        ERROR_FORWARD(add_data(w, data, size, err));
    w->documents++;
    return w->open.data_size >= STORED_BLOCK_SIZE ? end_block(w, err) : OIR_OK;
}

oir_status stored_writer_end(stored_writer *w, oir_error *err)
{
    uint64_t table, dictionary = 0;
    buffer *root = &w->bytes;
    ERROR_FORWARD(end_block(w, err));
    if (w->learning)
        ERROR_FORWARD(end_learning(w, err));
    ERROR_FORWARD(write_held(w, err));
    if (w->data_bytes == 0)
        return OIR_OK;
    if (w->has_dictionary)
        ERROR_FORWARD(container_writer_add(w->file, PART_STORED, w->dictionary.data, w->dictionary.size, 1, &dictionary,
                                           err));
    ERROR_FORWARD(container_writer_add(w->file, PART_STORED, w->index.data, w->index.size, 8, &table, err));
    buffer_clear(root);
    buffer_add_u32(root, w->documents);
    buffer_add_u32(root, (uint32_t)(w->index.size / BLOCK_INDEX_ENTRY));
    buffer_add_u64(root, table);
    buffer_add_u64(root, dictionary);
    buffer_add_u32(root, w->has_dictionary ? (uint32_t)w->dictionary.size : 0);
    buffer_add_u32(root, 0);
    buffer_add_u64(root, w->data_bytes);
    buffer_add_u64(root, w->block_bytes);
    if (root->failed)
        return error_no_memory(err, "the stored documents of a segment");
    return container_writer_add_root(w->file, PART_STORED, root->data, root->size, 8, err);
}
