#include "document/vocabulary.h"

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"

enum {
    SLOTS_FIRST = 256,
    KEPT_LEAST = 1 << 16,
    KEPT_MOST = 1 << 21,
    WORD_BYTES = 2 * (int)sizeof(vocabulary_slot) + (int)sizeof(vocabulary_word) + 4 + 16, /* that one takes, or so */
    BYTES_SHARE = 16,     /* or so many bytes for each of them */
    FAR_TOO_MANY = 4      /* times as many as are kept */
};

static void free_slots(vocabulary *v)
{
    memory_free(v->slots);
    v->slots = NULL;
    v->slot_mask = 0;
}

static void free_words(vocabulary *v)
{
    free_slots(v);
    memory_free(v->bytes);
    memory_free(v->words);
    memory_free(v->hints);
    v->bytes = NULL;
    v->words = NULL;
    v->hints = NULL;
    v->byte_capacity = v->capacity = v->hint_capacity = 0;
}

void vocabulary_release(vocabulary *v)
{
    free_words(v);
    token_release(v->hints_of);
    token_release(v->token);
    *v = (vocabulary){0};
}

size_t vocabulary_get_kept(const vocabulary *v)
{
    return v->kept ? v->kept : KEPT_LEAST;
}

bool vocabulary_exceeds(const vocabulary *v, size_t words)
{
    return v->count > words || v->byte_count / BYTES_SHARE > words;
}

/* Whether one document has made it far larger than it may stay. */
static bool is_oversized(const vocabulary *v)
{
    size_t most = FAR_TOO_MANY * vocabulary_get_kept(v);
    return (size_t)v->slot_mask + 1 > most || v->byte_capacity / BYTES_SHARE > most || v->capacity > most;
}

void vocabulary_forget(vocabulary *v)
{
    if (is_oversized(v))
        free_words(v);
    else if (v->slots)
        memset(v->slots, 0, ((size_t)v->slot_mask + 1) * sizeof *v->slots);
    v->byte_count = v->count = v->hint_count = 0;
    v->hints_lack = false;
    token_release(v->token);
    v->token = NULL;
}

void vocabulary_give_back(vocabulary *v)
{
    vocabulary_forget(v);
    free_words(v);
}

/* Slots for so many words in all. */
static oir_status reserve_slots(vocabulary *v, uint64_t words, oir_error *err)
{
    size_t count = v->slots ? (size_t)v->slot_mask + 1 : 0, wanted = count ? count : SLOTS_FIRST;
    while (wanted / 2 < words)
        wanted *= 2;
    if (wanted == count)
        return OIR_OK;
    if (wanted > UINT32_MAX / 2)
        return error_set(err, OIR_TOO_BIG, "a document has more than 2^30 different terms; split it");
    vocabulary_slot *slots = memory_new(wanted * sizeof *slots);
    if (!slots)
        return error_no_memory(err, "the terms of a document");
    memset(slots, 0, wanted * sizeof *slots);
    for (uint32_t i = 0; i < v->count; i++) {
        uint64_t hash = hash_make_key(vocabulary_get_bytes(v, &v->words[i]), v->words[i].size).hash;
        size_t at = hash & (wanted - 1);
        while (slots[at].word)
            at = (at + 1) & (wanted - 1);
        slots[at] = (vocabulary_slot){(uint32_t)(hash >> 32), i + 1};
    }
    memory_free(v->slots);
    v->slots = slots;
    v->slot_mask = (uint32_t)wanted - 1;
    return OIR_OK;
}

oir_status vocabulary_reserve(vocabulary *v, size_t words, size_t bytes, oir_error *err)
{
    if (v->byte_count + bytes > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document's terms take more than 4 GiB; split it");
    if (!memory_reserve(&v->bytes, &v->byte_capacity, v->byte_count + bytes + HASH_KEY_MAX, 1) ||
        !memory_reserve(&v->words, &v->capacity, v->count + words, sizeof *v->words) ||
        !memory_reserve(&v->hints, &v->hint_capacity, v->count + words, sizeof *v->hints))
        return error_no_memory(err, "the terms of a document");
    return reserve_slots(v, (uint64_t)v->count + words, err);
}

void vocabulary_make(vocabulary *v, vocabulary_slot *slot, const hash_key *k, size_t size, const char *bytes)
{
    uint8_t *to = v->bytes + v->byte_count;
    if (size <= HASH_KEY_MAX) { /* there is room for more, which the next word overwrites */
        bits_store64(to, k->low);
        bits_store64(to + 8, k->high);
    } else {
        memcpy(to, bytes, size);
    }
    v->hints[v->count] = 0;
    v->words[v->count++] = (vocabulary_word){.at = (uint32_t)v->byte_count, .size = (uint16_t)size};
    *slot = (vocabulary_slot){(uint32_t)(k->hash >> 32), (uint32_t)v->count};
    v->byte_count += size;
}

oir_status vocabulary_find(vocabulary *v, const char *bytes, size_t size, bool *found, uint32_t *word, oir_error *err)
{
    hash_key k = hash_make_key(bytes, size);
    *found = false;
    if (!v->count)
        return OIR_OK;
    ERROR_FORWARD(reserve_slots(v, v->count, err));
    const vocabulary_slot *slot = vocabulary_find_slot(v, &k, size, bytes);
    *found = slot->word != 0;
    *word = slot->word - 1;
    return OIR_OK;
}

token *vocabulary_get_token(vocabulary *v)
{
    if (!v->token)
        v->token = token_new();
    return v->token;
}

void vocabulary_lend_hints(vocabulary *v, token *owner, size_t memory)
{
    size_t words = memory / WORD_BYTES;
    v->kept = words < KEPT_LEAST ? KEPT_LEAST : words < KEPT_MOST ? words : KEPT_MOST;
    if (is_oversized(v)) /* words will be forgotten, and who takes documents looks up numbers */
        free_slots(v);
    if (v->hints_of == owner)
        return;
    token_release(v->hints_of);
    v->hints_of = token_share(owner);
    if (v->count)
        memset(v->hints, 0, v->count * sizeof *v->hints);
    v->hints_lack = v->hint_count > 0;
}
