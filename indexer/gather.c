#include "indexer/gather.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum {
    SHORT_MAX = 32, /* documents: such lists are sorted by comparing */
    STEP = 4        /* positions moved at once */
};

void gather_init(gather *g)
{
    *g = (gather){.ascending = true, .as_wdf = true};
}

void gather_release(gather *g)
{
    memory_free(g->documents);
    memory_free(g->positions);
    memory_free(g->keys);
    memory_free(g->sorted[0]);
    memory_free(g->sorted_positions);
    positions_stretches_release(&g->stretches);
    *g = (gather){0};
}

void gather_clear(gather *g)
{
    g->count = 0;
    g->position_count = 0;
    g->highest = 0;
    g->ascending = g->as_wdf = true;
    g->as_bits = false;
    positions_stretches_clear(&g->stretches);
}

/* Room for more than is needed, but not much: of the longest lists there is little memory left beside. */
static size_t choose_capacity(size_t need)
{
    return need < 64 ? 64 : need + need / 32;
}

/* Three columns of `capacity` numbers in one block. What was in them is kept. */
static bool reserve_columns(gather *g, size_t documents)
{
    if (documents <= g->capacity)
        return true;
    if (!g->count) { /* nothing need be there twice */
        memory_free(g->documents);
        g->documents = NULL;
        g->capacity = 0;
    }
    size_t capacity = choose_capacity(documents);
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

static bool reserve_positions(gather *g, size_t positions)
{
    if (positions <= g->position_capacity)
        return true;
    if (!g->position_count) {
        memory_free(g->positions);
        g->positions = NULL;
        g->position_capacity = 0;
    }
    size_t capacity = choose_capacity(positions);
    oir_termpos *grown = capacity < SIZE_MAX / sizeof *grown ? memory_resize(g->positions, capacity * sizeof *grown)
                                                             : NULL;
    if (!grown)
        return false;
    g->positions = grown;
    g->position_capacity = capacity;
    return true;
}

bool gather_reserve(gather *g, size_t documents, size_t positions)
{
    return reserve_columns(g, documents) && reserve_positions(g, positions + POSITIONS_SPILL);
}

oir_status gather_decode(gather *g, const segment *s, const term_entry *entry, postings_list *list,
                         positions_list *positions, oir_error *err)
{
    uint32_t before = g->count;
    uint64_t total = 0;
    if (!gather_reserve(g, before + (size_t)entry->termfreq + POSTINGS_SPILL, g->position_count))
        return error_no_memory(err, "the postings of a term");
    *list = (postings_list){0, g->documents + before, g->wdf + before, g->capacity - before};
    ERROR_FORWARD(postings_decode(s->container, &s->context, entry, list, err));
    if (entry->positions_form == POSITIONS_NONE)
        return OIR_OK;
    ERROR_FORWARD(postings_count_positions(s->container, &s->context, entry, list, &total, err));
    if (total > SIZE_MAX / 2 || !gather_reserve(g, g->capacity, g->position_count + (size_t)total))
        return error_no_memory(err, "the postings of a term");
    *positions = (positions_list){g->position_counts + before, g->positions + g->position_count, 0,
                                  g->capacity - before, g->position_capacity - g->position_count};
    return postings_decode_positions(s->container, &s->context, entry, list, positions, err);
}

size_t gather_count_positions(const gather *g, uint32_t first, uint32_t end)
{
    const uint32_t *counts = g->as_bits ? g->wdf : g->position_counts;
    size_t sum = 0;
    for (uint32_t i = first; i < end; i++)
        sum += counts[i];
    return sum;
}

/* Whether documents have other numbers of positions than wdf. */
static bool differ_from_wdf(const gather *g, uint32_t first, uint32_t end)
{
    uint32_t differ = 0;
    for (uint32_t i = first; i < end; i++)
        differ |= g->wdf[i] ^ g->position_counts[i];
    return differ != 0;
}

void gather_extend(gather *g, uint32_t documents, size_t positions)
{
    uint32_t at = g->count;
    if (!documents)
        return;
    if (g->as_bits)
        positions = gather_count_positions(g, at, at + documents);
    else if (!positions)
        memset(g->position_counts + at, 0, documents * sizeof *g->position_counts);
    g->count += documents;
    g->position_count += positions;
    g->ascending &= at == 0 || g->documents[at] > g->documents[at - 1];
    g->as_wdf &= g->as_bits || !differ_from_wdf(g, at, at + documents);
    if (g->documents[g->count - 1] > g->highest)
        g->highest = g->documents[g->count - 1];
}

oir_status gather_read(gather *g, postings_reader *r, uint32_t *documents, size_t *positions, oir_error *err)
{
    uint32_t before = g->count;
    *documents = 0;
    *positions = 0;
    if (!gather_reserve(g, before + postings_reader_get_room(r), g->as_bits ? 0 : g->position_count))
        return error_no_memory(err, "the postings of a term");
    postings_list list = {0, g->documents + before, g->wdf + before, g->capacity - before};
    ERROR_FORWARD(postings_reader_next(r, &list, err));
    *documents = list.count;
    if (!list.count || g->as_bits || r->entry.positions_form == POSITIONS_NONE)
        return OIR_OK;
    positions_list all = {g->position_counts + before, g->positions, g->position_count, g->capacity - before,
                          g->position_capacity};
    oir_status status = postings_reader_get_positions(r, &list, &all, err);
    g->positions = all.positions;
    g->position_capacity = all.positions_capacity;
    *positions = (size_t)all.total - g->position_count;
    return status;
}

void gather_keep(gather *g, uint32_t documents, size_t positions, uint32_t gone)
{
    uint32_t first = g->count;
    const oir_termpos *from = g->positions + g->position_count;
    for (uint32_t i = first; i < first + documents; i++) {
        uint32_t document = g->documents[i], wdf = g->wdf[i], n = positions ? g->position_counts[i] : 0;
        if (document != gone) {
            oir_termpos *to = g->positions + g->position_count;
            for (uint32_t p = 0; to != from && p < n; p++)
                to[p] = from[p];
            gather_add(g, document, wdf, n);
        }
        from += n;
    }
}

void gather_forget(gather *g, uint32_t documents, size_t positions)
{
    size_t rest = g->count - documents, rest_positions = g->position_count - positions;
    memmove(g->documents, g->documents + documents, rest * sizeof *g->documents);
    memmove(g->wdf, g->wdf + documents, rest * sizeof *g->wdf);
    if (g->as_bits) {
        positions_stretches_forget(&g->stretches);
    } else {
        memmove(g->position_counts, g->position_counts + documents, rest * sizeof *g->position_counts);
        memmove(g->positions, g->positions + positions, rest_positions * sizeof *g->positions);
    }
    g->count = (uint32_t)rest;
    g->position_count = rest_positions;
}

void gather_add_all(gather *g, const gather *from, uint32_t first, uint32_t documents, size_t first_position,
                    size_t positions)
{
    memcpy(g->documents + g->count, from->documents + first, documents * sizeof *g->documents);
    memcpy(g->wdf + g->count, from->wdf + first, documents * sizeof *g->wdf);
    memcpy(g->position_counts + g->count, from->position_counts + first, documents * sizeof *g->position_counts);
    memcpy(g->positions + g->position_count, from->positions + first_position, positions * sizeof *g->positions);
    gather_extend(g, documents, positions);
}

/* Room for the sorted copy. */
static bool reserve_sorted(gather *g)
{
    if (!memory_reserve(&g->keys, &g->key_capacity, (size_t)g->count * 2, sizeof *g->keys) ||
        !memory_reserve(&g->sorted[0], &g->sorted_capacity, (size_t)g->count * 3, sizeof **g->sorted) ||
        !memory_reserve(&g->sorted_positions, &g->sorted_position_capacity, g->position_count + STEP,
                        sizeof *g->sorted_positions))
        return false;
    g->sorted[1] = g->sorted[0] + g->count;
    g->sorted[2] = g->sorted[1] + g->count;
    return true;
}

/* Keys of documents, sorted, in one half of the room for them. */
static uint64_t *find_places(gather *g)
{
    for (uint32_t i = 0; i < g->count; i++)
        g->keys[i] = (uint64_t)g->documents[i] << 32 | i;
    if (g->count > SHORT_MAX)
        return sort_u64_by_high(g->keys, g->keys + g->count, g->count, g->highest);
    sort_u64(g->keys, g->count);
    return g->keys;
}

/* Most documents have few positions: these are moved without asking how many. */
static inline void move_positions(oir_termpos *to, const oir_termpos *from, uint32_t count)
{
    memcpy(to, from, STEP * sizeof *to);
    if (count > STEP)
        memcpy(to + STEP, from + STEP, (count - STEP) * sizeof *to);
}

/* Documents by number. What is read here and there, where a document's positions start and its wdf, lies together. */
static bool sort(gather *g)
{
    if (!reserve_sorted(g))
        return false;
    const uint64_t *keys = find_places(g);
    uint64_t *starts = keys == g->keys ? g->keys + g->count : g->keys, start = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        starts[i] = start << 32 | g->wdf[i];
        start += g->position_counts[i];
    }
    size_t filled = 0;
    for (uint32_t i = 0; i < g->count; i++) {
        uint32_t from = (uint32_t)keys[i], wdf = (uint32_t)starts[from];
        uint32_t positions = g->as_wdf ? wdf : g->position_counts[from];
        g->sorted[0][i] = (uint32_t)(keys[i] >> 32);
        g->sorted[1][i] = wdf;
        g->sorted[2][i] = positions;
        if (positions)
            move_positions(g->sorted_positions + filled, g->positions + (starts[from] >> 32), positions);
        filled += positions;
    }
    return true;
}

oir_status gather_finish(gather *g, term_postings *out, oir_error *err)
{
    bool in_order = g->ascending;
    if (!in_order && g->position_count > UINT32_MAX) /* where a document's start, is noted in half a number */
        return error_set(err, OIR_TOO_BIG, "a term has more than 2^32 positions in documents that are put in order");
    if (!in_order && !sort(g))
        return error_no_memory(err, "the postings of a term");
    *out = (term_postings){
        .count = g->count,
        .documents = in_order ? g->documents : g->sorted[0],
        .wdf = in_order ? g->wdf : g->sorted[1],
    };
    if (g->position_count && g->as_bits) {
        out->stretches = &g->stretches;
    } else if (g->position_count) {
        out->positions = in_order ? g->positions : g->sorted_positions;
        if (!g->as_wdf)
            out->position_counts = in_order ? g->position_counts : g->sorted[2];
    }
    return OIR_OK;
}
