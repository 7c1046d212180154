#include "indexer/merge_stored.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "segment/stored.h"

enum { AHEAD_BYTES = 32 << 20 /* beside what the last document takes */ };

/* Whether documents of some source do not ascend, and how many are worth AHEAD_BYTES. */
static oir_status look_at(merge_stored *s, const merge_source *sources, oir_error *err)
{
    uint64_t bytes = 0, documents = 0, ahead;
    uint32_t *last = memory_new_zeroed(s->count, sizeof *last);
    if (!last)
        return error_no_memory(err, "documents to be merged");
    for (uint32_t i = 0; i < s->order->count && !s->scattered; i++) {
        uint32_t *before = &last[s->order->sources[i]];
        s->scattered = s->order->locals[i] < *before;
        *before = s->order->locals[i];
    }
    memory_free(last);
    for (size_t i = 0; i < s->count; i++) {
        bytes += stored_get_bytes(sources[i].segment->stored);
        documents += sources[i].segment->context.document_count;
    }
    ahead = documents * AHEAD_BYTES / (bytes + 1) + 1;
    s->ahead = ahead < s->order->count ? (uint32_t)ahead : s->order->count;
    return OIR_OK;
}

oir_status merge_stored_init(merge_stored *s, const merge_order *order, const merge_source *sources, size_t count,
                             oir_error *err)
{
    *s = (merge_stored){.order = order, .count = count};
    s->cursors = memory_new_zeroed(count, sizeof *s->cursors);
    if (!s->cursors)
        return error_no_memory(err, "documents to be merged");
    for (size_t i = 0; i < count; i++)
        stored_cursor_init(&s->cursors[i], sources[i].segment->stored);
    return look_at(s, sources, err);
}

void merge_stored_release(merge_stored *s)
{
    for (size_t i = 0; s->cursors && i < s->count; i++)
        stored_cursor_release(&s->cursors[i]);
    memory_free(s->cursors);
    memory_free(s->keys);
    memory_free(s->places);
    buffer_release(&s->bytes);
    *s = (merge_stored){0};
}

/* Of how many documents to try less, when one of `size` bytes at `place` is too much: one that is large by itself is
 * read apart from others, so that it is not read again and again. */
static uint32_t choose_fewer(const merge_stored *s, uint32_t place, size_t size)
{
    if (size > AHEAD_BYTES)
        return place ? place : 1;
    return (s->end - s->first) / 2;
}

/* Reads those of documents first to end that one source has, as they lie there. *fewer: they are too much, and so many
 * are to be tried instead; else 0. */
static oir_status read_source(merge_stored *s, uint32_t source, uint32_t *fewer, oir_error *err)
{
    size_t count = 0;
    for (uint32_t i = s->first; i < s->end; i++)
        if (s->order->sources[i] == source)
            s->keys[count++] = (uint64_t)s->order->locals[i] << 32 | (i - s->first);
    sort_u64(s->keys, count);
    for (size_t k = 0; k < count && !*fewer; k++) {
        oir_bytes data;
        ERROR_FORWARD(stored_cursor_get(&s->cursors[source], (uint32_t)(s->keys[k] >> 32), &data, err));
        s->places[(uint32_t)s->keys[k]] = (uint64_t)s->bytes.size << 32 | data.size;
        buffer_add(&s->bytes, data.data, data.size);
        if (s->bytes.failed)
            return error_no_memory(err, "documents to be merged");
        if (s->bytes.size > 2 * (size_t)AHEAD_BYTES && s->end - s->first > 1)
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
        s->end = first + count;
        buffer_clear(&s->bytes);
        for (uint32_t source = 0; source < s->count && !fewer; source++)
            ERROR_FORWARD(read_source(s, source, &fewer, err));
        count = fewer;
    }
    return OIR_OK;
}

oir_status merge_stored_get(merge_stored *s, uint32_t i, oir_bytes *data, oir_error *err)
{
    if (!s->scattered)
        return stored_cursor_get(&s->cursors[s->order->sources[i]], s->order->locals[i], data, err);
    if (i >= s->end)
        ERROR_FORWARD(read_ahead(s, i, err));
    uint64_t place = s->places[i - s->first];
    *data = (oir_bytes){(const char *)s->bytes.data + (place >> 32), (uint32_t)place};
    return OIR_OK;
}
