#include "indexer/inverter_terms.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

enum {
    SLOTS_FIRST = 1 << 10,
    BLOCK = 1 << INVERTER_BLOCK_BITS,
    PREFETCH = 12 /* words ahead, and twice as many */
};

static bool same_term(const inverter *v, uint32_t number, const hash_key *k, const char *term, size_t size)
{
    const inverter_term *t = inverter_get_term(v, number);
    return t->low == k->low && t->high == k->high && t->size == size &&
           (size <= HASH_KEY_MAX || memcmp(t->bytes, term, size) == 0);
}

bool inverter_terms_find(const inverter *v, const hash_key *k, const char *term, size_t size, uint32_t *number)
{
    if (!v->slots)
        return false;
    for (uint32_t at = (uint32_t)k->hash & v->slot_mask; v->slots[at]; at = (at + 1) & v->slot_mask)
        if (v->slots[at] >> 32 == k->hash >> 32) {
            *number = (uint32_t)v->slots[at] - 1;
            if (same_term(v, *number, k, term, size))
                return true;
        }
    return false;
}

static void place(uint64_t *slots, uint32_t mask, uint64_t slot, uint32_t at)
{
    while (slots[at & mask])
        at++;
    slots[at & mask] = slot;
}

/* A slot keeps only half of the hash; the half that says where it goes is computed anew, which is rare. */
static oir_status grow_slots(inverter *v, oir_error *err)
{
    size_t count = v->slots ? ((size_t)v->slot_mask + 1) * 2 : SLOTS_FIRST;
    uint64_t *slots = count <= UINT32_MAX ? memory_new_zeroed(count, sizeof *slots) : NULL;
    if (!slots)
        return error_no_memory(err, "the table of terms");
    for (uint32_t i = 0; i < v->term_count; i++) {
        const inverter_term *t = inverter_get_term(v, i);
        uint64_t hash = hash_of_key(t->low, t->high, t->size);
        place(slots, (uint32_t)count - 1, hash >> 32 << 32 | (i + 1), (uint32_t)hash);
    }
    memory_free(v->slots);
    v->slots = slots;
    v->slot_mask = (uint32_t)count - 1;
    return OIR_OK;
}

static oir_status make_term(inverter *v, const hash_key *k, const char *term, size_t size, uint32_t *number,
                            oir_error *err)
{
    if (v->term_count == INVERTER_TERMS_MAX)
        return error_set(err, OIR_TOO_BIG, "more than 2^28 different terms are buffered; commit more often");
    if (v->term_count >= v->slot_mask / 8 * 5)
        ERROR_FORWARD(grow_slots(v, err));
    if (!memory_reserve(&v->samples, &v->sample_capacity, v->term_count + (size_t)1, sizeof *v->samples))
        return error_no_memory(err, "the table of terms");
    if (v->term_count / BLOCK == v->term_block_count) {
        inverter_term *block = NULL;
        if (memory_reserve(&v->term_blocks, &v->term_block_capacity, v->term_block_count + 1, sizeof *v->term_blocks))
            block = memory_new(BLOCK * sizeof *block);
        if (!block)
            return error_no_memory(err, "the table of terms");
        v->term_blocks[v->term_block_count++] = block;
    }
    const uint8_t *bytes = arena_copy(&v->arena, term, size);
    if (!bytes)
        return error_no_memory(err, "the table of terms");
    *number = v->term_count++;
    v->samples[*number] = 0;
    *inverter_get_term(v, *number) =
        (inverter_term){.low = k->low, .high = k->high, .bytes = bytes, .size = (uint8_t)size};
    place(v->slots, v->slot_mask, k->hash >> 32 << 32 | (*number + 1), (uint32_t)k->hash);
    return OIR_OK;
}

/* ---- of a document ---- */

/* The term's number, looked up or made, and kept as a hint: one more than it is. */
static oir_status find_hint(inverter *v, vocabulary *words, uint32_t i, oir_error *err)
{
    const vocabulary_word *word = &words->words[i];
    const char *bytes = vocabulary_get_bytes(words, word);
    hash_key k = hash_make_key(bytes, word->size);
    uint32_t number;
    if (!inverter_terms_find(v, &k, bytes, word->size, &number))
        ERROR_FORWARD(make_term(v, &k, bytes, word->size, &number, err));
    words->hints[i] = number + 1;
    return OIR_OK;
}

/* Fetches what looking up a word that has no hint reads: first its slot, then the term that is there. */
static inline void prefetch_slot(const inverter *v, const vocabulary *words, size_t i)
{
    const vocabulary_word *word = &words->words[i];
    hash_key k = hash_make_key(vocabulary_get_bytes(words, word), word->size);
    __builtin_prefetch(&v->slots[(uint32_t)k.hash & v->slot_mask], 1);
}

static inline void prefetch_term(const inverter *v, const vocabulary *words, size_t i)
{
    const vocabulary_word *word = &words->words[i];
    hash_key k = hash_make_key(vocabulary_get_bytes(words, word), word->size);
    uint64_t slot = v->slots[(uint32_t)k.hash & v->slot_mask];
    if (slot >> 32 == k.hash >> 32)
        __builtin_prefetch(inverter_get_term(v, (uint32_t)slot - 1));
}

/* Those words that no document had when it was taken: of this one, but for what was cleared meanwhile. */
static oir_status find_new_hints(inverter *v, vocabulary *words, oir_error *err)
{
    for (size_t i = words->hint_count; i < words->count; i++) {
        if (v->slots && i + 2 * PREFETCH < words->count)
            prefetch_slot(v, words, i + 2 * PREFETCH);
        if (v->slots && i + PREFETCH < words->count)
            prefetch_term(v, words, i + PREFETCH);
        ERROR_FORWARD(find_hint(v, words, (uint32_t)i, err));
    }
    words->hint_count = words->count;
    return OIR_OK;
}

oir_status inverter_terms_find_hints(inverter *v, document_terms *from, oir_error *err)
{
    vocabulary *words = &from->vocabulary;
    ERROR_FORWARD(find_new_hints(v, words, err));
    bool known = true;
    for (size_t i = 0; words->hints_lack && i < from->log_count; i++)
        known &= words->hints[from->log[i].word] != 0;
    for (size_t i = 0; !known && i < from->log_count; i++) {
        if (i + 2 * PREFETCH < from->log_count && v->slots && !words->hints[from->log[i + 2 * PREFETCH].word])
            prefetch_slot(v, words, from->log[i + 2 * PREFETCH].word);
        if (!words->hints[from->log[i].word])
            ERROR_FORWARD(find_hint(v, words, from->log[i].word, err));
    }
    return OIR_OK;
}
