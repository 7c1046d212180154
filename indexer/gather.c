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
    memory_free(g->runs);
    *g = (gather){0};
}

void gather_clear(gather *g)
{
    g->count = 0;
    g->position_count = 0;
    g->highest = g->run_begin = 0;
    g->run_count = 0;
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
        !memory_reserve(&g->runs, &g->run_capacity, 2 * g->run_count, sizeof *g->runs) ||
        !memory_reserve(&g->sorted[0], &g->sorted_capacity, (size_t)g->count * 3, sizeof **g->sorted) ||
        !memory_reserve(&g->sorted_positions, &g->sorted_position_capacity, g->position_count,
                        sizeof *g->sorted_positions))
        return false;
    g->sorted[1] = g->sorted[0] + g->count;
    g->sorted[2] = g->sorted[1] + g->count;
    return true;
}

bool gather_begin_run(gather *g)
{
    if (!memory_reserve(&g->runs, &g->run_capacity, g->run_count + 1, sizeof *g->runs))
        return false;
    if (g->run_count == 0 || g->runs[g->run_count - 1] < g->count)
        g->runs[g->run_count++] = g->count;
    g->run_begin = g->count;
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

/* Where each document's positions start, in the place of sorted documents until these are known. */
static void find_starts(gather *g)
{
    uint32_t start = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        g->sorted[0][i] = start;
        start += g->position_counts[i];
    }
}

/* Moves everything to where the keys say. */
static void move(gather *g)
{
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
}

/* Keys of runs that ascend each for itself: from each is taken as long as it has the lowest documents. */
static void merge_runs(gather *g)
{
    uint32_t *at = g->runs, *ends = at + g->run_count, done = 0;
    for (size_t r = 0; r < g->run_count; r++)
        ends[r] = r + 1 < g->run_count ? at[r + 1] : g->count;
    while (done < g->count) {
        size_t best = 0;
        uint64_t lowest = UINT64_MAX, next = UINT64_MAX;
        for (size_t r = 0; r < g->run_count; r++) {
            uint64_t document = at[r] < ends[r] ? g->documents[at[r]] : UINT64_MAX;
            if (document < lowest) {
                next = lowest;
                lowest = document;
                best = r;
            } else if (document < next) {
                next = document;
            }
        }
        for (; at[best] < ends[best] && g->documents[at[best]] < next; at[best]++)
            g->keys[done++] = (uint64_t)g->documents[at[best]] << 32 | at[best];
    }
}

/* Documents by number. */
static bool sort(gather *g)
{
    if (!reserve_sorted(g))
        return false;
    find_starts(g);
    if (g->ascending)
        merge_runs(g);
    else if (g->count < g->highest / MARKED_SHARE || !mark_places(g))
        find_places(g);
    move(g);
    return true;
}

/* Whether there is one run, or each goes on where the one before ends. */
static bool is_in_order(const gather *g)
{
    bool ascending = g->ascending;
    for (size_t r = 1; r < g->run_count && ascending; r++)
        ascending = g->runs[r] == g->count || g->documents[g->runs[r]] > g->documents[g->runs[r] - 1];
    return ascending;
}

oir_status gather_finish(gather *g, term_postings *out, oir_error *err)
{
    bool in_order = is_in_order(g);
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
