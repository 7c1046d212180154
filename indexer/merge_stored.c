#include "indexer/merge_stored.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum { TELL_DOCUMENTS = 1 << 12 };
#define LARGE UINT64_MAX /* the data is a block that is copied */

/* A source while it is read. */
typedef struct input {
    const stored *stored;
    stored_cursor cursor;
    bool same;              /* its blocks have the dictionary that the packer has */
    uint32_t next;          /* the block after the one in hand; 0: none is */
    stored_block block;
} input;

typedef struct merge_stored {
    const merge_order *order;
    merge_stretch at;     /* the stretch of the document in hand */
    input *inputs;
    size_t count;
    stored_packer *to;
    bool scattered;       /* somewhere documents of a source do not ascend */
    size_t ahead_bytes;   /* that are read ahead, beside what the last document takes: */
    uint32_t ahead;       /* as many documents, usually */
    uint32_t first, end;  /* documents in hand */
    merge_stretch begin;  /* the stretch of the first of them */
    uint64_t *keys;       /* of those of one source: local number << 32 | its place among the documents in hand */
    uint64_t *places;     /* by document in hand: where its data starts << 32 | its size, or LARGE */
    size_t capacity, place_capacity;
    buffer bytes;
} merge_stored;

/* Whether documents of some source do not ascend, and how many are worth what is read ahead. */
static oir_status look_at(merge_stored *s, oir_error *err)
{
    uint64_t bytes = 0, documents = 0, ahead;
    uint32_t *last = memory_new_zeroed(s->count, sizeof *last);
    if (!last)
        return error_no_memory(err, "documents to be merged");
    for (merge_stretch m = {0}; !s->scattered && merge_order_next(s->order, &m);) {
        s->scattered = m.local < last[m.source];
        last[m.source] = m.local + m.count - 1;
    }
    memory_free(last);
    for (size_t i = 0; i < s->count; i++) {
        bytes += stored_get_bytes(s->inputs[i].stored);
        documents += stored_get_document_count(s->inputs[i].stored);
    }
    ahead = documents * s->ahead_bytes / (bytes | 1) + 1; /* bytes may be any number in a damaged file */
    s->ahead = ahead < s->order->count ? (uint32_t)ahead : s->order->count;
    return OIR_OK;
}

static oir_status open_inputs(merge_stored *s, const stored *const *sources, oir_error *err)
{
    s->inputs = memory_new_zeroed(s->count, sizeof *s->inputs);
    if (!s->inputs)
        return error_no_memory(err, "documents to be merged");
    for (size_t i = 0; i < s->count; i++) {
        s->inputs[i].stored = sources[i];
        stored_cursor_init(&s->inputs[i].cursor, sources[i]);
    }
    return look_at(s, err);
}

static void release(merge_stored *s)
{
    for (size_t i = 0; s->inputs && i < s->count; i++)
        stored_cursor_release(&s->inputs[i].cursor);
    memory_free(s->inputs);
    memory_free(s->keys);
    memory_free(s->places);
    buffer_release(&s->bytes);
}

/* Moves s->at to the stretch of a document, which is not before it. */
static void go_to(merge_stored *s, uint32_t i)
{
    while (i - s->at.first >= s->at.count && merge_order_next(s->order, &s->at)) {
    }
}

static uint32_t get_local(const merge_stored *s, uint32_t i)
{
    return s->at.local + (i - s->at.first);
}

/* ---- documents, one by one ---- */

/* Whether a document has a block that is the same wherever it stands. */
static oir_status find_large(const merge_stored *s, uint32_t source, uint32_t local, stored_large *large, bool *found,
                             oir_error *err)
{
    const input *in = &s->inputs[source];
    *found = false;
    return stored_cursor_has(&in->cursor, local) ? OIR_OK : stored_get_large(in->stored, local, large, found, err);
}

/* Of how many documents to try less, when one of `size` bytes at `place` is too much: one that is large by itself is
 * read apart from others, so that it is not read again and again. */
static uint32_t choose_fewer(const merge_stored *s, uint32_t place, size_t size)
{
    if (size > s->ahead_bytes)
        return place ? place : 1;
    return (s->end - s->first) / 2;
}

/* Reads those of documents first to end that one source has, as they lie there. *fewer: they are too much, and so many
 * are to be tried instead; else 0. */
static oir_status read_source(merge_stored *s, uint32_t source, uint32_t *fewer, oir_error *err)
{
    size_t count = 0;
    merge_stretch m = s->begin;
    for (uint32_t i = s->first, end; i < s->end; i = end) {
        end = m.first + m.count < s->end ? m.first + m.count : s->end;
        for (; m.source == source && i < end; i++)
            s->keys[count++] = (uint64_t)(m.local + (i - m.first)) << 32 | (i - s->first);
        merge_order_next(s->order, &m);
    }
    sort_u64(s->keys, count);
    for (size_t k = 0; k < count && !*fewer; k++) {
        oir_bytes data;
        bool is_large;
        stored_large large;
        uint32_t local = (uint32_t)(s->keys[k] >> 32);
        ERROR_FORWARD(find_large(s, source, local, &large, &is_large, err));
        if (is_large) {
            s->places[(uint32_t)s->keys[k]] = LARGE;
            continue;
        }
        ERROR_FORWARD(stored_cursor_get(&s->inputs[source].cursor, local, &data, err));
        s->places[(uint32_t)s->keys[k]] = (uint64_t)s->bytes.size << 32 | data.size;
        buffer_add(&s->bytes, data.data, data.size);
        if (s->bytes.failed)
            return error_no_memory(err, "documents to be merged");
        if (s->bytes.size > 2 * s->ahead_bytes && s->end - s->first > 1)
            *fewer = choose_fewer(s, (uint32_t)s->keys[k], data.size);
    }
    return OIR_OK;
}

/* Reads documents from `first` on: fewer where the collection's mean says little of them. */
static oir_status read_ahead(merge_stored *s, uint32_t first, oir_error *err)
{
    uint32_t left = s->order->count - first;
    uint32_t count = s->ahead < left ? s->ahead : left;
    if (!memory_reserve(&s->keys, &s->capacity, count, sizeof *s->keys) ||
        !memory_reserve(&s->places, &s->place_capacity, count, sizeof *s->places) || !buffer_reserve(&s->bytes, 1))
        return error_no_memory(err, "documents to be merged");
    while (count) {
        uint32_t fewer = 0;
        s->first = first;
        s->begin = s->at;
        s->end = first + count;
        buffer_clear(&s->bytes);
        for (uint32_t source = 0; source < s->count && !fewer; source++)
            ERROR_FORWARD(read_source(s, source, &fewer, err));
        count = fewer;
    }
    return OIR_OK;
}

/* The data of the i-th document, which s->at has, valid until the next call; asked for from 0 on. *is_large: it is a
 * block instead. */
static oir_status get_data(merge_stored *s, uint32_t i, oir_bytes *data, stored_large *large, bool *is_large,
                           oir_error *err)
{
    uint32_t source = s->at.source, local = get_local(s, i);
    *is_large = false;
    if (!s->scattered)
        return stored_cursor_get(&s->inputs[source].cursor, local, data, err);
    if (i >= s->end)
        ERROR_FORWARD(read_ahead(s, i, err));
    uint64_t place = s->places[i - s->first];
    if (place == LARGE)
        return stored_get_large(s->inputs[source].stored, local, large, is_large, err);
    *data = (oir_bytes){(const char *)s->bytes.data + (place >> 32), (uint32_t)place};
    return OIR_OK;
}

/* ---- whole blocks ---- */

/* Whether document i, which s->at has, and following are so many of one source, as they follow each other there. */
static bool is_run(const merge_stored *s, uint32_t i, uint32_t count)
{
    return s->at.count - (i - s->at.first) >= count;
}

/* Whether the same block would come of its documents, the first of which is document i, and of what follows. */
static oir_status would_end(const merge_stored *s, const input *in, uint32_t i, bool *would, oir_error *err)
{
    const stored_block *b = &in->block;
    stored_block behind;
    *would = is_run(s, i, b->count);
    if (!*would || b->data_size >= STORED_BLOCK_SIZE)
        return OIR_OK;
    *would = in->next < stored_get_block_count(in->stored);
    if (!*would)
        return OIR_OK;
    ERROR_FORWARD(stored_get_block(in->stored, in->next, &behind, err));
    uint32_t between = behind.first - b->first;
    *would = behind.first > b->first && is_run(s, i, between + 1) &&
             (b->data_size + behind.first_size > STORED_BLOCK_MAX || between >= STORED_BLOCK_DOCUMENTS);
    return OIR_OK;
}

/* Copies the block that begins with document i, if there is one that can be; *copied: its documents. */
static oir_status copy_block(merge_stored *s, uint32_t i, uint32_t *copied, oir_error *err)
{
    input *in = &s->inputs[s->at.source];
    uint32_t local = get_local(s, i);
    bool would;
    *copied = 0;
    if (s->scattered || !in->same || !stored_packer_is_between(s->to))
        return OIR_OK;
    while ((in->next == 0 || in->block.first < local) && in->next < stored_get_block_count(in->stored)) {
        uint32_t before = in->block.first;
        ERROR_FORWARD(stored_get_block(in->stored, in->next, &in->block, err));
        if (in->next++ > 0 && in->block.first <= before)
            return error_set(err, OIR_CORRUPT, "blocks of stored documents do not ascend");
    }
    if (in->next == 0 || in->block.first != local)
        return OIR_OK;
    ERROR_FORWARD(would_end(s, in, i, &would, err));
    if (!would)
        return OIR_OK;
    const buffer bytes = {(uint8_t *)(uintptr_t)in->block.bytes, in->block.size, in->block.size, false};
    *copied = in->block.count;
    return stored_packer_add_block(s->to, &bytes, in->block.count, in->block.data_size, err);
}

/* Whether the dictionary of the first source is what would be learnt from the documents, or will do. */
static bool takes_dictionary(const merge_stored *s, const stored_dictionary *first, bool lasting)
{
    const stored *from = s->inputs[0].stored;
    if (s->scattered || s->order->count == 0)
        return false;
    /* One large document is a block by itself, and nothing is learnt from it. */
    if (s->order->count == 1 && first->learned == 1 && stored_get_document_count(from) == 1)
        return stored_get_bytes(from) >= STORED_SAMPLE_SIZE;
    if (first->learned == 0)
        return !lasting && stored_get_bytes(from) >= STORED_SAMPLE_SIZE;
    return first->learned < stored_get_document_count(from) && s->at.source == 0 && s->at.local == 0 &&
           is_run(s, 0, first->learned);
}

static oir_status choose_dictionary(merge_stored *s, bool lasting, oir_error *err)
{
    stored_dictionary first = stored_get_dictionary(s->inputs[0].stored);
    go_to(s, 0);
    if (!takes_dictionary(s, &first, lasting))
        return OIR_OK;
    for (size_t i = 0; i < s->count; i++) {
        stored_dictionary d = stored_get_dictionary(s->inputs[i].stored);
        s->inputs[i].same = d.size == first.size && (d.size == 0 || memcmp(d.bytes, first.bytes, d.size) == 0);
    }
    return stored_packer_set_dictionary(s->to, &first, err);
}

/* Adds the i-th document, and those behind it that are of the same block; *count of them. */
static oir_status write_some(merge_stored *s, uint32_t i, uint32_t *count, oir_error *err)
{
    oir_bytes data;
    stored_large large;
    bool is_large = false;
    *count = 1;
    if (!s->scattered)
        ERROR_FORWARD(find_large(s, s->at.source, get_local(s, i), &large, &is_large, err));
    if (!is_large) {
        uint32_t copied;
        ERROR_FORWARD(copy_block(s, i, &copied, err));
        *count = copied ? copied : 1;
        if (copied)
            return OIR_OK;
        ERROR_FORWARD(get_data(s, i, &data, &large, &is_large, err));
    }
    return is_large ? stored_packer_add_large(s->to, &large, err) : stored_packer_add(s->to, data.data, data.size, err);
}

static oir_status write_all(merge_stored *s, const progress *p, oir_error *err)
{
    for (uint32_t i = 0, count, told = 0; i < s->order->count; i += count) {
        go_to(s, i);
        ERROR_FORWARD(write_some(s, i, &count, err));
        if (i >= told) {
            ERROR_FORWARD(progress_tell(p, "merging documents", i, s->order->count, err));
            told = i + TELL_DOCUMENTS;
        }
    }
    return OIR_OK;
}

oir_status merge_stored_write(const merge_order *order, const stored *const *sources, size_t count, size_t ahead,
                              bool lasting, stored_packer *to, const progress *p, oir_error *err)
{
    oir_status status;
    merge_stored s = {.order = order, .count = count, .to = to, .ahead_bytes = ahead};
    ERROR_GOTO_DONE(open_inputs(&s, sources, err));
    ERROR_GOTO_DONE(choose_dictionary(&s, lasting, err));
    ERROR_GOTO_DONE(write_all(&s, p, err));
done:
    release(&s);
    return status;
}
