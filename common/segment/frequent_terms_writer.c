/* Root of PART_FREQUENT, all numbers little-endian:
 *     u32       number of terms
 *     u32       number of slots, a power of two
 *     u32 x S   slots: of a term one of the 8 that begin with its hash (hash_bytes, seed 0) modulo S, going on with the
 *               first behind the last, and of these the first that is free: the hash's highest 12 bits, and in the low
 *               20 the place of its entry, from the last slot on, plus 1; 0: free. A term that would not find a slot,
 *               or find one before it with the same 12 bits, is left out: so of the slots up to the first free one,
 *               only the first with the hash's bits can be a term's
 *     entries   of each term:
 *               u8        size of the term, 1 to 32
 *               bytes     the term
 *               u32       its ordinal
 *               u48       address of its list
 *               u48       address of its positions, 0 if it has none
 *               info      as in the dictionary's block (terms_writer.c) */
#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "segment/container.h"
#include "segment/frequent_terms.h"

enum { FIXED_SIZE = 1 + 4 + 6 + 6, INFO_MAX = 34 };

typedef struct frequent_term {
    uint32_t termfreq;
    uint8_t size; /* of the bytes, which are an entry */
    uint8_t bytes[FIXED_SIZE + FREQUENT_TERMS_SIZE_MAX + INFO_MAX];
} frequent_term;

void frequent_terms_writer_release(frequent_terms_writer *w)
{
    memory_free(w->terms);
    memory_free(w->keys);
    *w = (frequent_terms_writer){0};
}

/* At once: what grows beside large lists would keep the heap from shrinking behind them. */
static oir_status make_room(frequent_terms_writer *w, oir_error *err)
{
    w->terms = w->terms ? w->terms : memory_new(2 * FREQUENT_TERMS_MAX * sizeof *w->terms);
    w->keys = w->keys ? w->keys : memory_new(2 * FREQUENT_TERMS_MAX * sizeof *w->keys);
    return w->terms && w->keys ? OIR_OK : error_no_memory(err, "the table of frequent terms");
}

/* Leaves the `most` most frequent terms, of equally frequent ones the first, in the order in which they are. */
static void keep_most(frequent_terms_writer *w, size_t most)
{
    if (w->count <= most)
        return;
    for (size_t i = 0; i < w->count; i++)
        w->keys[i] = (uint64_t)~w->terms[i].termfreq << 32 | i;
    sort_u64(w->keys, w->count);
    if (most > 0)
        w->least = ~(uint32_t)(w->keys[most - 1] >> 32);
    for (size_t i = 0; i < most; i++)
        w->keys[i] &= UINT32_MAX;
    sort_u64(w->keys, most);
    for (size_t i = 0; i < most; i++)
        w->terms[i] = w->terms[w->keys[i]];
    w->count = most;
}

static uint8_t *add_u48(uint8_t *at, uint64_t value)
{
    bits_store32(at, (uint32_t)value);
    bits_store16(at + 4, (uint16_t)(value >> 32));
    return at + 6;
}

oir_status frequent_terms_writer_add(frequent_terms_writer *w, const char *term, size_t size, const term_entry *e,
                                     uint32_t ordinal, const uint8_t *info, size_t info_size, oir_error *err)
{
    if (e->form == POSTINGS_INLINED || size > FREQUENT_TERMS_SIZE_MAX || e->termfreq <= w->least)
        return OIR_OK;
    ERROR_FORWARD(make_room(w, err));
    if (w->count == 2 * FREQUENT_TERMS_MAX)
        keep_most(w, FREQUENT_TERMS_MAX);
    assert(info_size <= INFO_MAX);
    frequent_term *t = w->terms + w->count++;
    uint8_t *at = t->bytes;
    t->termfreq = e->termfreq;
    *at++ = (uint8_t)size;
    memcpy(at, term, size);
    bits_store32(at + size, ordinal);
    at = add_u48(at + size + 4, e->postings_address);
    at = add_u48(at, e->positions_size ? e->positions_address : 0);
    memcpy(at, info, info_size);
    t->size = (uint8_t)(at + info_size - t->bytes);
    return OIR_OK;
}

/* Puts a term whose entry is at `place` into a slot. False when those that are looked at are taken, or when one before
 * it would be taken for it. */
static bool fill_slot(uint8_t *slots, uint32_t mask, const frequent_term *t, uint32_t place)
{
    uint64_t hash = frequent_terms_hash((const char *)t->bytes + 1, t->bytes[0]);
    for (uint32_t i = 0; i < FREQUENT_TERMS_PROBES; i++) {
        uint8_t *slot = slots + ((hash + i) & mask) * 4;
        if (bits_load32(slot) != 0 && bits_load32(slot) >> 20 == hash >> 52)
            return false;
        if (bits_load32(slot) != 0)
            continue;
        bits_store32(slot, (uint32_t)(hash >> 52) << 20 | (place + 1));
        return true;
    }
    return false;
}

oir_status frequent_terms_writer_end(frequent_terms_writer *w, uint32_t term_count, struct container_writer *parts,
                                     oir_error *err)
{
    uint32_t most = term_count / FREQUENT_TERMS_SHARE, slots = 1, count = 0, place = 0;
    keep_most(w, most < FREQUENT_TERMS_MAX ? most : FREQUENT_TERMS_MAX);
    if (w->count == 0)
        return OIR_OK;
    while (slots < 2 * w->count)
        slots *= 2;

    buffer root = BUFFER_INIT;
    buffer_add_u64(&root, 0);
    uint8_t *at = buffer_extend(&root, (size_t)slots * 4 + w->count * sizeof w->terms->bytes);
    if (at) {
        memset(at, 0, (size_t)slots * 4);
        uint8_t *entries = at + (size_t)slots * 4;
        for (size_t i = 0; i < w->count; i++) {
            const frequent_term *t = w->terms + i;
            if (!fill_slot(at, slots - 1, t, place))
                continue;
            memcpy(entries + place, t->bytes, t->size);
            place += t->size;
            count++;
        }
        root.size = (size_t)(entries + place - root.data);
        bits_store32(root.data, count);
        bits_store32(root.data + 4, slots);
    }
    oir_status status = at ? container_writer_add_root(parts, PART_FREQUENT, root.data, root.size, 8, err)
                           : error_no_memory(err, "the table of frequent terms");
    buffer_release(&root);
    return status;
}
