#include "indexer/inverter_batch.h"

#include <string.h>

#include "base/memory.h"

enum {
    MOST = 1 << 20,       /* occurrences: fewer would be nearer, but lists then appended to oftener */
    MOST_LEAST = 1 << 12,
    MEMORY_SHARE = 256,   /* bytes of the buffer for each occurrence */
    LIST_BYTES = 8        /* what an occurrence takes in a list, at most, usually */
};

void inverter_batch_init(inverter_batch *b, size_t memory)
{
    size_t most = memory / MEMORY_SHARE;
    *b = (inverter_batch){.most = most < MOST_LEAST ? MOST_LEAST : most > MOST ? MOST : most};
}

static void free_occurrences(inverter_batch *b)
{
    memory_free(b->stream);
    memory_free(b->sorted);
    memory_free(b->apart);
    b->stream = b->sorted = NULL;
    b->apart = NULL;
    b->capacity = b->sorted_capacity = b->apart_capacity = 0;
}

void inverter_batch_release(inverter_batch *b)
{
    free_occurrences(b);
    memory_free(b->starts);
    memory_free(b->next);
    memory_free(b->touched);
    memory_free(b->positions);
    *b = (inverter_batch){.most = b->most};
}

bool inverter_batch_reserve(inverter_batch *b, size_t occurrences)
{
    size_t all = b->count + occurrences;
    return all <= UINT32_MAX && memory_reserve(&b->stream, &b->capacity, all, sizeof *b->stream) &&
           memory_reserve(&b->sorted, &b->sorted_capacity, all, sizeof *b->sorted) &&
           memory_reserve(&b->starts, &b->document_capacity, b->document_count + 1, sizeof *b->starts) &&
           memory_reserve(&b->apart, &b->apart_capacity, b->apart_count + occurrences, sizeof *b->apart);
}

bool inverter_batch_reserve_terms(inverter_batch *b, size_t terms)
{
    size_t before = b->next_capacity;
    if (!memory_reserve(&b->touched, &b->touched_capacity, terms + 1, sizeof *b->touched) ||
        !memory_reserve(&b->next, &b->next_capacity, terms, sizeof *b->next))
        return false;
    if (b->next_capacity > before)
        memset(b->next + before, 0, (b->next_capacity - before) * sizeof *b->next);
    return true;
}

void inverter_batch_sort(inverter_batch *b)
{
    uint32_t *next = b->next, start = 0;
    if (b->in_runs)
        return;
    for (size_t i = 0; i < b->touched_count; i++) {
        uint32_t count = next[b->touched[i]];
        next[b->touched[i]] = start;
        start += count;
    }
    const uint64_t *stream = b->stream;
    uint64_t *sorted = b->sorted;
    for (size_t d = 0; d < b->document_count; d++) {
        size_t end = d + 1 < b->document_count ? b->starts[d + 1] : b->count;
        for (size_t i = b->starts[d]; i < end; i++) {
            uint64_t item = stream[i];
            uint32_t term = (uint32_t)(item >> 32) & (uint32_t)INT32_MAX;
            sorted[next[term]++] = (item & (INVERTER_BATCH_APART | UINT32_MAX)) | (uint64_t)d << 32;
        }
    }
    b->in_runs = true;
    b->settled = 0;
}

void inverter_batch_clear(inverter_batch *b)
{
    if (b->capacity > 2 * b->most) /* for one document that was too long */
        free_occurrences(b);
    b->count = b->document_count = b->touched_count = b->apart_count = 0;
    b->in_runs = false;
}

size_t inverter_batch_get_memory(const inverter_batch *b)
{
    return (b->capacity + b->sorted_capacity) * sizeof *b->stream + b->document_capacity * sizeof *b->starts +
           (b->next_capacity + b->touched_capacity) * sizeof *b->next + b->apart_capacity * sizeof *b->apart +
           b->position_capacity * sizeof *b->positions + b->count * LIST_BYTES;
}
