#include "document/document_terms.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"
#include "document/iterator.h"

enum { SLOTS_FIRST = 256 };

void document_terms_init(document_terms *t)
{
    *t = (document_terms){0};
}

void document_terms_release(document_terms *t)
{
    memory_free(t->bytes);
    memory_free(t->terms);
    memory_free(t->slots);
    memory_free(t->occurrences);
    memory_free(t->positions);
    memory_free(t->order);
    *t = (document_terms){0};
}

void document_terms_clear(document_terms *t)
{
    for (size_t i = 0; i < t->count; i++)
        t->slots[t->terms[i].slot].number = 0;
    t->byte_count = t->count = t->occurrence_count = 0;
    t->live = 0;
    t->length = 0;
    t->grouped = t->sorted = false;
}

/* Puts term `number` into the first free slot of its run. */
static void place(document_terms *t, uint32_t number)
{
    document_term *term = &t->terms[number];
    uint32_t at = (uint32_t)term->hash & t->slot_mask;
    while (t->slots[at].number)
        at = (at + 1) & t->slot_mask;
    t->slots[at] = (document_slot){(uint32_t)(term->hash >> 32), number + 1};
    term->slot = at;
}

static oir_status grow_slots(document_terms *t, oir_error *err)
{
    size_t wanted = t->slot_mask ? ((size_t)t->slot_mask + 1) * 2 : SLOTS_FIRST;
    if (wanted > UINT32_MAX / 2)
        return error_set(err, OIR_TOO_BIG, "a document has more than 2^30 different terms; split it");
    document_slot *slots = memory_new_zeroed(wanted, sizeof *slots);
    if (!slots)
        return error_no_memory(err, "the terms of a document");
    memory_free(t->slots);
    t->slots = slots;
    t->slot_mask = (uint32_t)wanted - 1;
    for (uint32_t i = 0; i < t->count; i++)
        place(t, i);
    return OIR_OK;
}

/* Looks a term up; false: `*found` is nothing. */
static bool find(const document_terms *t, const char *term, size_t size, uint64_t hash, uint32_t *found)
{
    if (!t->slot_mask)
        return false;
    for (uint32_t at = (uint32_t)hash & t->slot_mask; t->slots[at].number; at = (at + 1) & t->slot_mask) {
        if (t->slots[at].hash != (uint32_t)(hash >> 32))
            continue;
        const document_term *candidate = &t->terms[t->slots[at].number - 1];
        if (candidate->size == size && memcmp(document_terms_get_bytes(t, candidate), term, size) == 0) {
            *found = t->slots[at].number - 1;
            return true;
        }
    }
    return false;
}

static oir_status make(document_terms *t, const char *term, size_t size, uint64_t hash, uint32_t *number,
                       oir_error *err)
{
    if (t->count >= t->slot_mask / 2)
        ERROR_FORWARD(grow_slots(t, err));
    if (t->byte_count + size > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document's terms take more than 4 GiB; split it");
    if (!memory_reserve(&t->bytes, &t->byte_capacity, t->byte_count + size, 1) ||
        !memory_reserve(&t->terms, &t->capacity, t->count + 1, sizeof *t->terms))
        return error_no_memory(err, "the terms of a document");
    memcpy(t->bytes + t->byte_count, term, size);
    *number = (uint32_t)t->count++;
    t->terms[*number] = (document_term){.hash = hash, .at = (uint32_t)t->byte_count, .size = (uint16_t)size};
    t->byte_count += size;
    t->live++;
    place(t, *number);
    return OIR_OK;
}

oir_status document_terms_add(document_terms *t, const char *term, size_t size, oir_termcount wdf, uint32_t *number,
                              oir_error *err)
{
    uint32_t at;
    if (size == 0 || size > OIR_TERM_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "a term has %zu bytes; 1 to %d are allowed", size, OIR_TERM_MAX);
    if (t->length + wdf > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document is longer than 2^32 - 1 words; split it");
    uint64_t hash = hash_bytes(term, size, 0);
    if (!find(t, term, size, hash, &at)) {
        ERROR_FORWARD(make(t, term, size, hash, &at, err));
    } else if (t->terms[at].removed) {
        t->terms[at].removed = false;
        t->live++;
    }
    t->terms[at].wdf += wdf;
    t->length += wdf;
    t->grouped = t->sorted = false;
    if (number)
        *number = at;
    return OIR_OK;
}

oir_status document_terms_add_position(document_terms *t, const char *term, size_t size, oir_termpos position,
                                       oir_termcount wdf, oir_error *err)
{
    uint32_t number;
    if (position == UINT32_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "position 2^32 - 1 is not allowed");
    if (t->occurrence_count >= UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document has more than 2^32 - 1 positions; split it");
    /* Room first: after the term is there, nothing may fail. */
    if (!memory_reserve(&t->occurrences, &t->occurrence_capacity, t->occurrence_count + 1, sizeof *t->occurrences))
        return error_no_memory(err, "the positions of a document");
    ERROR_FORWARD(document_terms_add(t, term, size, wdf, &number, err));
    t->terms[number].count++;
    t->occurrences[t->occurrence_count++] = (document_occurrence){number, position};
    return OIR_OK;
}

oir_status document_terms_remove(document_terms *t, const char *term, size_t size, oir_error *err)
{
    uint32_t number;
    if (!find(t, term, size, size ? hash_bytes(term, size, 0) : 0, &number) || t->terms[number].removed)
        return error_set(err, OIR_NOT_FOUND, "the document has no term '%.*s'", (int)(size < 64 ? size : 64), term);
    document_term *gone = &t->terms[number];
    if (gone->count) {
        size_t kept = 0;
        for (size_t i = 0; i < t->occurrence_count; i++)
            if (t->occurrences[i].term != number)
                t->occurrences[kept++] = t->occurrences[i];
        t->occurrence_count = kept;
    }
    t->length -= gone->wdf;
    gone->wdf = gone->count = 0;
    gone->removed = true;
    t->live--;
    t->grouped = t->sorted = false;
    return OIR_OK;
}

/* Sorts one term's positions and drops repeated ones. Text comes in order, so the usual case is a look. */
static uint32_t tidy(oir_termpos *positions, uint32_t count)
{
    uint32_t i = 1;
    while (i < count && positions[i] > positions[i - 1])
        i++;
    if (i >= count)
        return count;
    for (i = 1; i < count && positions[i] >= positions[i - 1]; i++) {
    }
    if (i < count)
        sort_u32(positions, count);
    uint32_t kept = 1;
    for (i = 1; i < count; i++)
        if (positions[i] != positions[kept - 1])
            positions[kept++] = positions[i];
    return kept;
}

oir_status document_terms_group(document_terms *t, oir_error *err)
{
    if (t->grouped)
        return OIR_OK;
    if (!memory_reserve(&t->positions, &t->position_capacity, t->occurrence_count, sizeof *t->positions))
        return error_no_memory(err, "the positions of a document");
    uint32_t sum = 0;
    for (size_t i = 0; i < t->count; i++) {
        t->terms[i].first = sum;
        t->terms[i].positions = 0;
        sum += t->terms[i].count;
    }
    assert(sum == t->occurrence_count);
    for (size_t i = 0; i < t->occurrence_count; i++) {
        document_term *term = &t->terms[t->occurrences[i].term];
        t->positions[term->first + term->positions++] = t->occurrences[i].position;
    }
    for (size_t i = 0; i < t->count; i++)
        if (t->terms[i].count > 1)
            t->terms[i].positions = tidy(t->positions + t->terms[i].first, t->terms[i].count);
    t->grouped = true;
    return OIR_OK;
}

static bool less(const document_terms *t, uint32_t a, uint32_t b)
{
    const document_term *left = &t->terms[a], *right = &t->terms[b];
    return iterator_compare_terms(document_terms_get_bytes(t, left), left->size, document_terms_get_bytes(t, right),
                                  right->size) < 0;
}

static void sift(const document_terms *t, uint32_t *heap, size_t at, size_t count)
{
    for (size_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && less(t, heap[child], heap[child + 1]))
            child++;
        if (!less(t, heap[at], heap[child]))
            return;
        uint32_t swapped = heap[at];
        heap[at] = heap[child];
        heap[child] = swapped;
    }
}

/* Heap sort: qsort has no room for a context in portable C, and this needs no memory. */
oir_status document_terms_sort(document_terms *t, oir_error *err)
{
    if (t->sorted)
        return OIR_OK;
    if (!memory_reserve(&t->order, &t->order_capacity, t->live, sizeof *t->order))
        return error_no_memory(err, "the order of a document's terms");
    size_t count = 0;
    for (uint32_t i = 0; i < t->count; i++)
        if (!t->terms[i].removed)
            t->order[count++] = i;
    for (size_t i = count / 2; i-- > 0;)
        sift(t, t->order, i, count);
    for (size_t i = count; i-- > 1;) {
        uint32_t largest = t->order[0];
        t->order[0] = t->order[i];
        t->order[i] = largest;
        sift(t, t->order, 0, i);
    }
    t->sorted = true;
    return OIR_OK;
}
