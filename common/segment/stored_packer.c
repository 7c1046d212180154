#include "segment/stored_packer.h"

#include <stdatomic.h>

#include "base/memory.h"
#include "codec/blob.h"
#include "segment/container.h"

/* The dictionary is learnt from the first STORED_SAMPLE_SIZE bytes of data, and kept only if these alone pay for it;
 * where blocks without it are made in half the time, only if it makes them smaller by a sixteenth besides. */

enum {
    LEVEL = 2,             /* of zlib: half as quick again as 4, for 5 % more */
    LEVEL_ALONE = 1,       /* of libdeflate: half as quick again as 2, for 2 % more */
    ALONE_SHARE = 16,
    SAMPLE_MIN = 64 << 10, /* less is not worth the trouble of learning */
    DICTIONARY_SIZE = 16 << 10,
    SLOTS = 4,             /* for each thread: blocks that are compressed together */
    TRIED = 4,             /* blocks that a dictionary is tried with */
    ENCODER_MEMORY = 280 << 10,
    KEPT = 4 << 20         /* bytes of an unusual document that stay allocated for the next */
};

/* A block that is full, or becoming so. */
typedef struct block {
    uint32_t first, count;
    size_t data_start, data_size;   /* in data */
    size_t sizes_start, sizes_size; /* in sizes */
} block;

/* What a thread compresses with. */
typedef struct encoder {
    atomic_flag taken;
    blob_encoder blob;
} encoder;

/* What a block became: with helpers there are several at a time. */
typedef struct slot {
    buffer blob;
    oir_status status;
    oir_error error;
} slot;

struct stored_packer {
    stored_packer_sink sink;
    void *context;
    team *helpers;        /* NULL: none */
    encoder *encoders;
    size_t encoder_count; /* threads */
    slot *slots;
    size_t slot_count;
    bool learning;        /* the dictionary is not known yet */
    bool has_preferred;
    uint32_t learned;     /* see stored_dictionary */
    uint32_t documents;
    uint64_t data_bytes;
    buffer data, sizes;   /* of the blocks held back and of the open one */
    block open;           /* count 0: no document yet */
    uint32_t waiting;     /* empty documents behind the open block's last: counted when another follows */
    block *held;          /* full blocks: while learning all, else up to as many as there are slots */
    size_t held_count, held_capacity;
    size_t begun;         /* those before are compressed */
    buffer dictionary;    /* empty: none */
    buffer preferred;
    buffer bytes;
    spill large;          /* blocks of large documents that came as they are */
};

oir_status stored_packer_new(stored_packer **out, stored_packer_sink sink, void *context, team *helpers, oir_error *err)
{
    stored_packer *p = memory_new_zeroed(1, sizeof *p);
    *out = NULL;
    if (!p)
        return error_no_memory(err, "the stored documents of a segment");
    p->sink = sink;
    p->context = context;
    p->helpers = helpers;
    p->learning = true;
    p->encoder_count = helpers ? team_size(helpers) : 1;
    p->slot_count = helpers ? SLOTS * p->encoder_count : 1;
    p->encoders = memory_new_zeroed(p->encoder_count, sizeof *p->encoders);
    p->slots = memory_new_zeroed(p->slot_count, sizeof *p->slots);
    if (!p->encoders || !p->slots) {
        stored_packer_free(p);
        return error_no_memory(err, "the stored documents of a segment");
    }
    for (size_t i = 0; i < p->encoder_count; i++)
        atomic_flag_clear(&p->encoders[i].taken);
    *out = p;
    return OIR_OK;
}

static void release_encoders(stored_packer *p)
{
    for (size_t i = 0; p->encoders && i < p->encoder_count; i++)
        blob_encoder_release(&p->encoders[i].blob);
}

void stored_packer_free(stored_packer *p)
{
    if (!p)
        return;
    release_encoders(p);
    for (size_t i = 0; p->slots && i < p->slot_count; i++)
        buffer_release(&p->slots[i].blob);
    memory_free(p->encoders);
    memory_free(p->slots);
    buffer_release(&p->data);
    buffer_release(&p->sizes);
    buffer_release(&p->dictionary);
    buffer_release(&p->preferred);
    buffer_release(&p->bytes);
    spill_release(&p->large);
    memory_free(p->held);
    memory_free(p);
}

/* ---- blocks ---- */

/* Without data that anybody stores no encoder is ever made. */
static oir_status compress(const stored_packer *p, encoder *e, const block *b, buffer *out, oir_error *err)
{
    int level = p->dictionary.size == 0 && blob_is_quick_alone() ? LEVEL_ALONE : LEVEL;
    if (!e->blob.stream)
        ERROR_FORWARD(blob_encoder_init(&e->blob, level, p->dictionary.data, p->dictionary.size, err));
    buffer_clear(out);
    return blob_encoder_add(&e->blob, p->data.data + b->data_start, b->data_size, out, err);
}

/* A block's bytes; blob NULL: as it is. */
static oir_status hand_out(const stored_packer *p, const block *b, const buffer *blob, buffer *bytes,
                           stored_packer_sink sink, void *context, oir_error *err)
{
    bool smaller = blob && blob->size < b->data_size;
    buffer_clear(bytes);
    buffer_add_varint(bytes, b->count);
    buffer_add(bytes, p->sizes.data + b->sizes_start, b->sizes_size);
    buffer_add_byte(bytes, !smaller ? STORED_PLAIN : p->dictionary.size ? STORED_PRIMED : STORED_DEFLATE);
    if (smaller)
        buffer_add(bytes, blob->data, blob->size);
    else
        buffer_add(bytes, p->data.data + b->data_start, b->data_size);
    return bytes->failed ? error_no_memory(err, "a block of documents") : sink(context, b->first, bytes, NULL, err);
}

/* A part of a team's work. */
static void compress_held(void *context, size_t part, bool owner)
{
    stored_packer *p = context;
    slot *s = &p->slots[part];
    encoder *e = p->encoders;
    (void)owner;
    while (atomic_flag_test_and_set_explicit(&e->taken, memory_order_acquire)) /* one of them is free */
        e = e + 1 < p->encoders + p->encoder_count ? e + 1 : p->encoders;
    s->status = compress(p, e, &p->held[p->begun + part], &s->blob, &s->error);
    atomic_flag_clear_explicit(&e->taken, memory_order_release);
}

static void give_back(buffer *b)
{
    if (b->capacity > KEPT)
        buffer_release(b);
}

/* Compresses the next blocks that are held back, and hands them out; p->begun is behind those that were. */
static oir_status write_some(stored_packer *p, oir_error *err)
{
    size_t left = p->held_count - p->begun, parts = left < p->slot_count ? left : p->slot_count;
    if (p->helpers)
        team_run(p->helpers, parts, compress_held, p, NULL);
    else
        compress_held(p, 0, true);
    for (size_t i = 0; i < parts; i++, p->begun++) {
        if (p->slots[i].status)
            return error_set(err, p->slots[i].status, "%s", p->slots[i].error.message);
        ERROR_FORWARD(hand_out(p, &p->held[p->begun], &p->slots[i].blob, &p->bytes, p->sink, p->context, err));
    }
    for (size_t i = 0; i < parts; i++)
        give_back(&p->slots[i].blob);
    give_back(&p->bytes);
    return OIR_OK;
}

/* Hands out all blocks that are held back; on failure those stay that were not handed out. */
static oir_status write_held(stored_packer *p, oir_error *err)
{
    oir_status status = OIR_OK;
    for (p->begun = 0; p->begun < p->held_count && status == OIR_OK;)
        status = write_some(p, err);
    p->held_count -= p->begun;
    for (size_t i = 0; i < p->held_count; i++)
        p->held[i] = p->held[p->begun + i];
    if (p->held_count == 0 && p->open.count == 0)
        give_back(&p->data);
    return status;
}

/* ---- the dictionary ---- */

static oir_status copy_dictionary(buffer *to, const stored_dictionary *from, oir_error *err)
{
    buffer_clear(to);
    buffer_add(to, from->bytes, from->size);
    return to->failed ? error_no_memory(err, "a dictionary") : OIR_OK;
}

oir_status stored_packer_set_dictionary(stored_packer *p, const stored_dictionary *dictionary, oir_error *err)
{
    ERROR_FORWARD(copy_dictionary(&p->dictionary, dictionary, err));
    p->learned = dictionary->learned;
    p->learning = false;
    return OIR_OK;
}

oir_status stored_packer_prefer_dictionary(stored_packer *p, const stored_dictionary *dictionary, oir_error *err)
{
    ERROR_FORWARD(copy_dictionary(&p->preferred, dictionary, err));
    p->has_preferred = true;
    return OIR_OK;
}

static oir_status train(stored_packer *p, oir_error *err)
{
    oir_status status = OIR_OK;
    oir_bytes *samples = memory_new_zeroed(p->held_count + 1, sizeof *samples);
    if (!samples)
        return error_no_memory(err, "learning a dictionary");
    for (size_t i = 0; i < p->held_count; i++)
        samples[i] = (oir_bytes){(const char *)p->data.data + p->held[i].data_start, p->held[i].data_size};
    status = blob_train(samples, p->held_count, DICTIONARY_SIZE, &p->dictionary, err);
    memory_free(samples);
    return status;
}

/* What those blocks that are tried take together, and hold. */
static oir_status try_blocks(stored_packer *p, uint64_t *taken, uint64_t *held, oir_error *err)
{
    *taken = *held = 0;
    release_encoders(p);
    for (size_t i = 0; i < TRIED; i++) {
        const block *b = p->held + i * p->held_count / TRIED;
        ERROR_FORWARD(compress(p, p->encoders, b, &p->slots->blob, err));
        *taken += p->slots->blob.size;
        *held += b->data_size;
    }
    return OIR_OK;
}

/* What the dictionary saves on some of the blocks held back, taken for all of them, must be more than its own size. */
static oir_status weigh_dictionary(stored_packer *p, oir_error *err)
{
    uint64_t without, with, held;
    buffer learnt = p->dictionary;
    p->dictionary = (buffer)BUFFER_INIT;
    oir_status status = try_blocks(p, &without, &held, err);
    p->dictionary = learnt;
    ERROR_FORWARD(status);
    ERROR_FORWARD(try_blocks(p, &with, &held, err));
    uint64_t saved = without > with ? without - with : 0;
    bool too_little = blob_is_quick_alone() && saved < without / ALONE_SHARE;
    if (too_little || saved * p->data.size / held <= p->dictionary.size) {
        buffer_clear(&p->dictionary);
        release_encoders(p);
    }
    return OIR_OK;
}

/* seen: documents that have been looked at. */
static oir_status end_learning(stored_packer *p, uint32_t seen, oir_error *err)
{
    p->learning = false;
    if (p->has_preferred && p->data_bytes >= STORED_SAMPLE_SIZE) {
        stored_dictionary preferred = {p->preferred.data, p->preferred.size, 0};
        ERROR_FORWARD(stored_packer_set_dictionary(p, &preferred, err));
        return write_held(p, err);
    }
    p->learned = seen;
    if (p->held_count >= TRIED && p->data.size >= SAMPLE_MIN) {
        ERROR_FORWARD(train(p, err));
        if (p->dictionary.size)
            ERROR_FORWARD(weigh_dictionary(p, err));
    }
    return write_held(p, err);
}

/* ---- documents ---- */

/* The next document, if it has been looked at, is one of those `seen`. */
static oir_status end_block(stored_packer *p, uint32_t seen, oir_error *err)
{
    block full = p->open;
    p->waiting = 0;
    if (full.count == 0)
        return OIR_OK;
    if (!memory_reserve(&p->held, &p->held_capacity, p->held_count + 1, sizeof *p->held))
        return error_no_memory(err, "the stored documents of a segment");
    p->open = (block){0};
    p->held[p->held_count++] = full;
    if (p->learning)
        return p->data.size >= STORED_SAMPLE_SIZE ? end_learning(p, seen, err) : OIR_OK;
    return p->held_count == p->slot_count ? write_held(p, err) : OIR_OK;
}

static void begin_block(stored_packer *p)
{
    if (p->held_count == 0) {
        buffer_clear(&p->data);
        buffer_clear(&p->sizes);
    }
    p->open = (block){.first = p->documents, .data_start = p->data.size, .sizes_start = p->sizes.size};
}

static oir_status add_data(stored_packer *p, const void *data, size_t size, oir_error *err)
{
    if (p->open.count && (p->open.data_size + size > STORED_BLOCK_MAX ||
                          p->open.count + p->waiting >= STORED_BLOCK_DOCUMENTS))
        ERROR_FORWARD(end_block(p, p->documents + 1, err));
    if (p->open.count == 0)
        begin_block(p);
    block *b = &p->open;
    buffer_add_zeros(&p->sizes, p->waiting);
    buffer_add_varint(&p->sizes, size);
    buffer_add(&p->data, data, size);
    if (p->sizes.failed || p->data.failed)
        return error_no_memory(err, "the stored documents of a segment");
    b->count += p->waiting + 1;
    b->data_size += size;
    b->sizes_size = p->sizes.size - b->sizes_start;
    p->waiting = 0;
    p->data_bytes += size;
    return OIR_OK;
}

static oir_status check_room(const stored_packer *p, uint32_t more, oir_error *err)
{
    if (p->documents > UINT32_MAX - more)
        return error_set(err, OIR_TOO_BIG, "more than 4294967295 documents in one segment");
    return OIR_OK;
}

oir_status stored_packer_add_large(stored_packer *p, const stored_large *large, oir_error *err)
{
    ERROR_FORWARD(check_room(p, 1, err));
    p->data_bytes += large->data_size;
    ERROR_FORWARD(end_block(p, p->documents + 1, err));
    ERROR_FORWARD(p->learning ? end_learning(p, p->documents + 1, err) : write_held(p, err));
    ERROR_FORWARD(p->sink(p->context, p->documents, NULL, large, err));
    p->documents++;
    return OIR_OK;
}

static oir_status press(stored_packer *p, const void *data, size_t size, stored_large *large, oir_error *err)
{
    pressed_data pressed = {0};
    oir_status status = pressed_data_add(&pressed, data, size, err);
    if (status == OIR_OK)
        status = pressed_data_end(&pressed, err);
    if (status == OIR_OK)
        status = stored_large_put(large, &p->large, &pressed, err);
    pressed_data_release(&pressed);
    return status;
}

oir_status stored_packer_add(stored_packer *p, const void *data, size_t size, oir_error *err)
{
    if (size > PRESSED_DATA_MAX)
        return error_set(err, OIR_TOO_BIG, "a document's data has %zu bytes; at most 1 GiB less 1 MiB can be stored",
                         size);
    if (size > STORED_LARGE) {
        stored_large large;
        ERROR_FORWARD(press(p, data, size, &large, err));
        return stored_packer_add_large(p, &large, err);
    }
    ERROR_FORWARD(check_room(p, 1, err));
    if (size == 0)
        p->waiting += p->open.count > 0;
    else
        ERROR_FORWARD(add_data(p, data, size, err));
    p->documents++;
    return p->open.data_size >= STORED_BLOCK_SIZE ? end_block(p, p->documents, err) : OIR_OK;
}

bool stored_packer_is_between(const stored_packer *p)
{
    return !p->learning && p->open.count == 0;
}

oir_status stored_packer_add_block(stored_packer *p, const buffer *bytes, uint32_t count, uint64_t data_size,
                                   oir_error *err)
{
    ERROR_FORWARD(check_room(p, count, err));
    ERROR_FORWARD(write_held(p, err));
    ERROR_FORWARD(p->sink(p->context, p->documents, bytes, NULL, err));
    p->documents += count;
    p->data_bytes += data_size;
    return OIR_OK;
}

oir_status stored_packer_end(stored_packer *p, oir_error *err)
{
    ERROR_FORWARD(end_block(p, p->documents, err));
    if (p->learning)
        ERROR_FORWARD(end_learning(p, p->documents, err));
    return write_held(p, err);
}

oir_status stored_packer_settle(stored_packer *p, oir_error *err)
{
    return p->learning ? OIR_OK : write_held(p, err);
}

oir_status stored_packer_read_rest(const stored_packer *p, stored_packer_sink sink, void *context, oir_error *err)
{
    buffer bytes = BUFFER_INIT;
    oir_status status = OIR_OK;
    for (size_t i = 0; status == OIR_OK && i < p->held_count; i++)
        status = hand_out(p, &p->held[i], NULL, &bytes, sink, context, err);
    if (status == OIR_OK && p->open.count)
        status = hand_out(p, &p->open, NULL, &bytes, sink, context, err);
    buffer_release(&bytes);
    return status;
}

/* ---- looking ---- */

bool stored_packer_get_dictionary(const stored_packer *p, stored_dictionary *out)
{
    *out = (stored_dictionary){p->dictionary.data, p->dictionary.size, p->learned};
    return !p->learning;
}

uint32_t stored_packer_get_count(const stored_packer *p)
{
    return p->documents;
}

uint64_t stored_packer_get_bytes(const stored_packer *p)
{
    return p->data_bytes;
}

size_t stored_packer_get_memory(const stored_packer *p)
{
    size_t sum = sizeof *p + p->data.capacity + p->sizes.capacity + p->bytes.capacity + p->dictionary.capacity +
                 p->preferred.capacity + p->held_capacity * sizeof *p->held;
    for (size_t i = 0; i < p->slot_count; i++)
        sum += sizeof *p->slots + p->slots[i].blob.capacity;
    for (size_t i = 0; i < p->encoder_count; i++)
        sum += sizeof *p->encoders + (p->encoders[i].blob.stream ? ENCODER_MEMORY : 0);
    return sum;
}
