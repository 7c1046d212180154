#include "document/document_terms.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"
#include "document/iterator.h"

enum {
    SLOTS_FIRST = 256,
    SLOT_LINE = 64,       /* alignment of slots: none shall lie in two cache lines */
    WORDS_KEPT = 1 << 16, /* a vocabulary is dropped when it has more words, */
    BYTES_KEPT = 1 << 20, /* or more bytes */
    SLOTS_KEPT = 4 * WORDS_KEPT,
    WAITING_MAX = 64
};

void document_terms_init(document_terms *t)
{
    *t = (document_terms){0};
}

static void free_slots(document_terms *t)
{
    memory_free(t->slot_memory);
    t->slot_memory = NULL;
    t->slots = NULL;
    t->slot_mask = 0;
}

void document_terms_release(document_terms *t)
{
    free_slots(t);
    memory_free(t->bytes);
    memory_free(t->waiting);
    memory_free(t->terms);
    memory_free(t->occurrences);
    memory_free(t->positions);
    memory_free(t->order);
    *t = (document_terms){0};
}

static void drop_words(document_terms *t)
{
    size_t slots = (size_t)t->slot_mask + 1;
    if (slots > SLOTS_KEPT)
        free_slots(t);
    else if (t->slots)
        memset(t->slots, 0, slots * sizeof *t->slots);
    t->byte_count = t->word_count = 0;
}

void document_terms_clear(document_terms *t)
{
    t->round++;
    if (t->word_count > WORDS_KEPT || t->byte_count > BYTES_KEPT || t->round == 0)
        drop_words(t);
    t->count = t->occurrence_count = 0;
    t->live = t->waiting_count = 0;
    t->length = 0;
    t->grouped = t->sorted = false;
}

/* ---- room ---- */

/* Slots for so many words in all: at most half of them are taken. */
static oir_status reserve_slots(document_terms *t, uint64_t words, oir_error *err)
{
    size_t count = t->slots ? (size_t)t->slot_mask + 1 : 0, wanted = count ? count : SLOTS_FIRST;
    while (wanted / 2 < words)
        wanted *= 2;
    if (wanted == count)
        return OIR_OK;
    if (wanted > UINT32_MAX / 2)
        return error_set(err, OIR_TOO_BIG, "a document has more than 2^30 different terms; split it");
    size_t bytes = wanted * sizeof *t->slots + SLOT_LINE;
    void *memory = memory_new(bytes);
    if (!memory)
        return error_no_memory(err, "the terms of a document");
    memory_advise_large(memory, bytes);
    memset(memory, 0, bytes);
    document_slot *slots = (document_slot *)(((uintptr_t)memory + SLOT_LINE - 1) & ~(uintptr_t)(SLOT_LINE - 1));
    for (size_t i = 0; i < count; i++) {
        const document_slot *s = &t->slots[i];
        size_t at = hash_of_key(s->low, s->high, s->size) & (wanted - 1);
        if (s->size == 0)
            continue;
        while (slots[at].size)
            at = (at + 1) & (wanted - 1);
        slots[at] = *s;
        if (s->round == t->round)
            t->terms[s->term].slot = (uint32_t)at;
    }
    memory_free(t->slot_memory);
    t->slot_memory = memory;
    t->slots = slots;
    t->slot_mask = (uint32_t)wanted - 1;
    return OIR_OK;
}

/* Room for so many more terms, with so many bytes together: then making them cannot fail. */
static oir_status reserve_terms(document_terms *t, uint32_t terms, size_t bytes, oir_error *err)
{
    if (t->byte_count + bytes > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document's terms take more than 4 GiB; split it");
    if (!memory_reserve(&t->bytes, &t->byte_capacity, t->byte_count + bytes, 1) ||
        !memory_reserve(&t->terms, &t->capacity, t->count + terms, sizeof *t->terms))
        return error_no_memory(err, "the terms of a document");
    return reserve_slots(t, (uint64_t)t->word_count + terms, err);
}

static oir_status reserve_waiting(document_terms *t, oir_error *err)
{
    if (t->occurrence_count >= UINT32_MAX - WAITING_MAX)
        return error_set(err, OIR_TOO_BIG, "a document has 2^32 positions; split it");
    if (!t->waiting)
        t->waiting = memory_new(WAITING_MAX * sizeof *t->waiting);
    if (!t->waiting || !memory_reserve(&t->occurrences, &t->occurrence_capacity, t->occurrence_count + WAITING_MAX,
                                       sizeof *t->occurrences))
        return error_no_memory(err, "the positions of a document");
    return reserve_terms(t, WAITING_MAX, (size_t)WAITING_MAX * HASH_KEY_MAX, err);
}

/* ---- looking up ---- */

/* The word's slot, or the free one where it belongs; bytes are those of a word that its key does not tell apart. There
 * must be slots. */
static inline document_slot *find_slot(const document_terms *t, uint32_t hash, uint64_t low, uint64_t high,
                                       size_t size, const char *bytes)
{
    for (uint32_t at = hash & t->slot_mask;; at = (at + 1) & t->slot_mask) {
        document_slot *s = &t->slots[at];
        if (s->low == low && s->high == high && s->size == size &&
            (size <= HASH_KEY_MAX || memcmp(t->bytes + s->at, bytes, size) == 0))
            return s;
        if (s->size == 0)
            return s;
    }
}

/* A word of up to 16 bytes from its key: loads overlap, so do stores. */
static void store_short(uint8_t *to, uint64_t low, uint64_t high, size_t size)
{
    if (size > 8) {
        bits_store64(to, low);
        bits_store64(to + size - 8, high);
    } else if (size >= 4) {
        bits_store32(to, (uint32_t)low);
        bits_store32(to + size - 4, (uint32_t)high);
    } else {
        to[size - 1] = (uint8_t)low;
        to[size >> 1] = (uint8_t)(low >> 8);
        to[0] = (uint8_t)(low >> 16);
    }
}

/* Makes a word in a free slot; bytes that its key does not tell are the caller's to fill in. There is room. */
static void make_word(document_terms *t, document_slot *slot, uint64_t low, uint64_t high, size_t size)
{
    if (size <= HASH_KEY_MAX)
        store_short(t->bytes + t->byte_count, low, high, size);
    *slot = (document_slot){.low = low, .high = high, .at = (uint32_t)t->byte_count, .size = (uint16_t)size,
                            .round = (uint16_t)(t->round - 1)};
    t->byte_count += size;
    t->word_count++;
}

/* The term of a slot, made if the document has it not. There is room. */
static inline uint32_t get_term(document_terms *t, document_slot *slot)
{
    if (slot->round == t->round)
        return slot->term;
    slot->round = t->round;
    slot->term = (uint32_t)t->count++;
    t->terms[slot->term] =
        (document_term){.at = slot->at, .slot = (uint32_t)(slot - t->slots), .size = slot->size};
    t->live++;
    return slot->term;
}

static inline document_term *add_wdf(document_terms *t, uint32_t number, uint32_t wdf)
{
    document_term *term = &t->terms[number];
    if (term->removed) {
        term->removed = false;
        t->live++;
    }
    term->wdf += wdf;
    return term;
}

void document_terms_settle(document_terms *t)
{
    for (uint32_t i = 0; i < t->waiting_count; i++) {
        const document_waiting *w = &t->waiting[i];
        document_slot *slot = find_slot(t, w->hash, w->low, w->high, w->size, "");
        if (slot->size == 0)
            make_word(t, slot, w->low, w->high, w->size);
        uint32_t number = get_term(t, slot);
        add_wdf(t, number, w->wdf)->count++;
        t->occurrences[t->occurrence_count++] = (document_occurrence){number, w->position};
    }
    t->waiting_count = 0;
}

/* ---- adding ---- */

static inline oir_status check(const document_terms *t, size_t size, oir_termcount wdf, oir_error *err)
{
    if (size == 0 || size > OIR_TERM_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "a term has %zu bytes; 1 to %d are allowed", size, OIR_TERM_MAX);
    if (t->length + wdf > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document is longer than 2^32 - 1 words; split it");
    return OIR_OK;
}

oir_status document_terms_add(document_terms *t, const char *term, size_t size, oir_termcount wdf, uint32_t *number,
                              oir_error *err)
{
    ERROR_FORWARD(check(t, size, wdf, err));
    document_terms_settle(t);
    ERROR_FORWARD(reserve_terms(t, 1, size, err));
    hash_key k = hash_make_key(term, size);
    document_slot *slot = find_slot(t, (uint32_t)k.hash, k.low, k.high, size, term);
    if (slot->size == 0) {
        make_word(t, slot, k.low, k.high, size);
        memcpy(t->bytes + slot->at, term, size);
    }
    uint32_t added = get_term(t, slot);
    add_wdf(t, added, wdf);
    t->length += wdf;
    t->grouped = t->sorted = false;
    if (number)
        *number = added;
    return OIR_OK;
}

/* A word whose bytes must be at hand to look it up does not wait. */
static oir_status add_long(document_terms *t, const char *term, size_t size, oir_termpos position, oir_termcount wdf,
                           oir_error *err)
{
    uint32_t number;
    document_terms_settle(t);
    ERROR_FORWARD(reserve_waiting(t, err));
    ERROR_FORWARD(document_terms_add(t, term, size, wdf, &number, err));
    t->terms[number].count++;
    t->occurrences[t->occurrence_count++] = (document_occurrence){number, position};
    return OIR_OK;
}

oir_status document_terms_add_position(document_terms *t, const char *term, size_t size, oir_termpos position,
                                       oir_termcount wdf, oir_error *err)
{
    if (position == UINT32_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "position 2^32 - 1 is not allowed");
    ERROR_FORWARD(check(t, size, wdf, err));
    if (size > HASH_KEY_MAX)
        return add_long(t, term, size, position, wdf, err);
    if (t->waiting_count == WAITING_MAX)
        document_terms_settle(t);
    if (t->waiting_count == 0)
        ERROR_FORWARD(reserve_waiting(t, err));
    hash_key k = hash_make_key(term, size);
    __builtin_prefetch(&t->slots[(uint32_t)k.hash & t->slot_mask], 1);
    t->waiting[t->waiting_count++] =
        (document_waiting){k.low, k.high, (uint32_t)k.hash, wdf, position, (uint16_t)size};
    t->length += wdf;
    t->grouped = t->sorted = false;
    return OIR_OK;
}

/* The term's number; false when the document has none such, or it was removed. */
static bool find(document_terms *t, const char *term, size_t size, uint32_t *number)
{
    document_terms_settle(t);
    if (!t->slots || size == 0 || size > OIR_TERM_MAX)
        return false;
    hash_key k = hash_make_key(term, size);
    const document_slot *slot = find_slot(t, (uint32_t)k.hash, k.low, k.high, size, term);
    if (slot->size == 0 || slot->round != t->round)
        return false;
    *number = slot->term;
    return !t->terms[slot->term].removed;
}

oir_status document_terms_remove(document_terms *t, const char *term, size_t size, oir_error *err)
{
    uint32_t number;
    if (!find(t, term, size, &number))
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
    document_terms_settle(t);
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
    oir_termpos min = UINT32_MAX, max = 0;
    for (size_t i = 0; i < t->occurrence_count; i++) {
        document_term *term = &t->terms[t->occurrences[i].term];
        oir_termpos position = t->occurrences[i].position;
        t->positions[term->first + term->positions++] = position;
        min = position < min ? position : min;
        max = position > max ? position : max;
    }
    t->position_min = min;
    t->position_max = max;
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
    document_terms_settle(t);
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
