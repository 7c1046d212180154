#include "indexer/gather.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum { MARKED_SHARE = 256 /* lists of one in so many documents are long */ };

void gather_init(gather *g)
{
    *g = (gather){.ascending = true, .as_wdf = true};
}

void gather_release(gather *g)
{
    memory_free(g->documents);
    memory_free(g->positions);
    memory_free(g->keys);
    memory_free(g->places);
    memory_free(g->sorted[0]);
    memory_free(g->sorted_positions);
    *g = (gather){0};
}

void gather_clear(gather *g)
{
    g->count = 0;
    g->position_count = 0;
    g->highest = 0;
    g->ascending = g->as_wdf = true;
}

/* Three columns of `capacity` numbers in one block. What was in them is kept. */
static bool reserve_columns(gather *g, size_t documents)
{
    if (documents <= g->capacity)
        return true;
    size_t capacity = documents < 64 ? 64 : documents + documents / 2;
    uint32_t *block = capacity < SIZE_MAX / 12 ? memory_new(capacity * 12) : NULL;
    if (!block)
        return false;
    if (g->count) {
        memcpy(block, g->documents, g->count * sizeof *block);
        memcpy(block + capacity, g->wdf, g->count * sizeof *block);
        memcpy(block + 2 * capacity, g->position_counts, g->count * sizeof *block);
    }
    memory_free(g->documents);
    g->documents = block;
    g->wdf = block + capacity;
    g->position_counts = block + 2 * capacity;
    g->capacity = capacity;
    return true;
}

bool gather_reserve(gather *g, size_t documents, size_t positions)
{
    return reserve_columns(g, documents) &&
           memory_reserve(&g->positions, &g->position_capacity, positions, sizeof *g->positions);
}

/* Room for the sorted copy. */
static bool reserve_sorted(gather *g)
{
    if (!memory_reserve(&g->keys, &g->key_capacity, g->count, sizeof *g->keys) ||
        !memory_reserve(&g->sorted[0], &g->sorted_capacity, (size_t)g->count * 3, sizeof **g->sorted) ||
        !memory_reserve(&g->sorted_positions, &g->sorted_position_capacity, g->position_count,
                        sizeof *g->sorted_positions))
        return false;
    g->sorted[1] = g->sorted[0] + g->count;
    g->sorted[2] = g->sorted[1] + g->count;
    return true;
}

/* Short lists: the keys of documents sorted. */
static void find_places(gather *g)
{
    for (uint32_t i = 0; i < g->count; i++)
        g->keys[i] = (uint64_t)g->documents[i] << 32 | i;
    sort_u64(g->keys, g->count);
}

/* Long lists: documents are marked as bits, which are then gone through. Afterwards keys are as find_places makes them;
 * they are never more than were read. */
static bool mark_places(gather *g)
{
    size_t words = g->highest / 64 + (size_t)1;
    if (!memory_reserve(&g->places, &g->place_capacity, words * 64, sizeof *g->places) ||
        !memory_reserve(&g->keys, &g->key_capacity, g->count + words, sizeof *g->keys))
        return false;
    uint64_t *marks = g->keys + g->count, *key = g->keys;
    memset(marks, 0, words * sizeof *marks);
    for (uint32_t i = 0; i < g->count; i++) {
        marks[g->documents[i] / 64] |= UINT64_C(1) << g->documents[i] % 64;
        g->places[g->documents[i]] = i;
    }
    for (size_t w = 0; w < words; w++)
        for (uint64_t rest = marks[w]; rest; rest &= rest - 1) {
            uint64_t document = w * 64 + bits_lowest(rest);
            *key++ = document << 32 | g->places[document];
        }
    return key == marks; /* else a document came twice */
}

/* Documents by number. The starts of their positions take the place of sorted counts while they are moved. */
static bool sort(gather *g)
{
    if (!reserve_sorted(g))
        return false;
    uint32_t start = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        g->sorted[0][i] = start;
        start += g->position_counts[i];
    }
    if (g->count < g->highest / MARKED_SHARE || !mark_places(g))
        find_places(g);
    size_t filled = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        uint32_t from = (uint32_t)g->keys[i], positions = g->position_counts[from];
        const oir_termpos *read = g->positions + g->sorted[0][from];
        g->sorted[1][i] = g->wdf[from];
        g->sorted[2][i] = positions;
        for (uint32_t p = 0; p < positions; p++)
            g->sorted_positions[filled++] = read[p];
    }
    for (uint32_t i = 0; i < g->count; i++)
        g->sorted[0][i] = (uint32_t)(g->keys[i] >> 32);
    return true;
}

oir_status gather_finish(gather *g, term_postings *out, oir_error *err)
{
    bool in_order = g->ascending;
    if (!in_order && !sort(g))
        return error_no_memory(err, "the postings of a term");
    *out = (term_postings){
        .count = g->count,
        .documents = in_order ? g->documents : g->sorted[0],
        .wdf = in_order ? g->wdf : g->sorted[1],
    };
    if (g->position_count) {
        out->positions = in_order ? g->positions : g->sorted_positions;
        if (!g->as_wdf)
            out->position_counts = in_order ? g->position_counts : g->sorted[2];
    }
    return OIR_OK;
}
