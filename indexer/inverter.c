#include "indexer/inverter.h"

#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/term_sort.h"

enum {
    SLOTS_FIRST = 1 << 10,
    BLOCK = 1 << INVERTER_BLOCK_BITS,
    TERMS_MAX = INT32_MAX,
    PREFETCH = 24,     /* occurrences ahead */
    AHEAD_SHARE = 16,  /* of the memory */
    AHEAD_MAX = 32 << 20,
    VOCABULARY_SHARE = 16 /* of the memory for the vocabulary of the documents that come */
};

oir_status inverter_new(inverter **out, size_t memory, bool term_lists, bool stored, oir_error *err)
{
    *out = NULL;
    inverter *v = memory_new_zeroed(1, sizeof *v);
    if (!v)
        return error_no_memory(err, "the buffer of documents");
    v->memory = memory;
    v->writers = 1;
    v->term_lists = term_lists;
    v->stored = v->packed = stored;
    slices_init(&v->pool);
    arena_init(&v->arena);
    inverter_batch_init(&v->batch, memory);
    *out = v;
    return OIR_OK;
}

static void free_pairs(inverter *v)
{
    memory_free(v->pairs);
    memory_free(v->pair_of);
    v->pairs = NULL;
    v->pair_of = NULL;
    v->pair_capacity = v->pair_of_capacity = 0;
}

static void release(inverter *v)
{
    for (size_t i = 0; i < v->term_block_count; i++)
        memory_free(v->term_blocks[i]);
    for (size_t i = 0; i < v->document_block_count; i++)
        memory_free(v->document_blocks[i]);
    memory_free(v->term_blocks);
    memory_free(v->document_blocks);
    memory_free(v->slots);
    memory_free(v->docid_slots);
    free_pairs(v);
    inverter_batch_release(&v->batch);
    slices_release(&v->pool);
    arena_release(&v->arena);
    inverter_data_release(&v->data);
    token_release(v->token);
}

void inverter_free(inverter *v)
{
    if (v)
        release(v);
    memory_free(v);
}

/* Nothing is kept: tables that suited the last batch could leave the next one no room below the limit. */
void inverter_clear(inverter *v)
{
    release(v);
    *v = (inverter){.memory = v->memory, .writers = v->writers, .batch = v->batch, .term_lists = v->term_lists,
                    .stored = v->stored, .packed = v->packed};
}

/* ---- terms ---- */

static bool same_term(const inverter *v, uint32_t number, const hash_key *k, const char *term, size_t size)
{
    const inverter_term *t = inverter_get_term(v, number);
    return t->low == k->low && t->high == k->high && t->postings.spare == size &&
           (size <= HASH_KEY_MAX || memcmp(slices_at(&v->pool, t->bytes), term, size) == 0);
}

static bool find_term(const inverter *v, const hash_key *k, const char *term, size_t size, uint32_t *number)
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
        uint64_t hash = hash_of_key(t->low, t->high, t->postings.spare);
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
    if (v->term_count == TERMS_MAX)
        return error_set(err, OIR_TOO_BIG, "more than 2^31 different terms are buffered; commit more often");
    if (v->term_count >= v->slot_mask / 8 * 5)
        ERROR_FORWARD(grow_slots(v, err));
    if (!inverter_batch_reserve_terms(&v->batch, v->term_count + (size_t)1))
        return error_no_memory(err, "the table of terms");
    if (v->term_count / BLOCK == v->term_block_count) {
        inverter_term *block = NULL;
        if (memory_reserve(&v->term_blocks, &v->term_block_capacity, v->term_block_count + 1, sizeof *v->term_blocks))
            block = memory_new(BLOCK * sizeof *block);
        if (!block)
            return error_no_memory(err, "the table of terms");
        v->term_blocks[v->term_block_count++] = block;
    }
    uint32_t bytes = slices_allocate(&v->pool, (uint32_t)size);
    if (!bytes)
        return error_no_memory(err, "the table of terms");
    memcpy(slices_at(&v->pool, bytes), term, size);
    *number = v->term_count++;
    *inverter_get_term(v, *number) = (inverter_term){
        .low = k->low, .high = k->high, .postings = {.spare = (uint8_t)size}, .bytes = bytes};
    place(v->slots, v->slot_mask, k->hash >> 32 << 32 | (*number + 1), (uint32_t)k->hash);
    return OIR_OK;
}

/* ---- the occurrences of a document ---- */

/* The term's number, looked up or made, and kept as a hint: one more than it is. */
static oir_status find_hint(inverter *v, document_terms *from, uint32_t i, oir_error *err)
{
    const document_word *word = &from->words[i];
    const char *bytes = document_terms_get_bytes(from, word);
    hash_key k = hash_make_key(bytes, word->size);
    uint32_t number;
    if (!find_term(v, &k, bytes, word->size, &number))
        ERROR_FORWARD(make_term(v, &k, bytes, word->size, &number, err));
    from->hints[i] = number + 1;
    return OIR_OK;
}

/* Where a word that has no hint will be looked up: mostly a new one, so that its bytes are near those of others. */
static inline void prefetch_hint(const inverter *v, const document_terms *from, uint32_t i)
{
    if (from->hints[i] || !v->slots)
        return;
    const document_word *word = &from->words[i];
    hash_key k = hash_make_key(document_terms_get_bytes(from, word), word->size);
    __builtin_prefetch(&v->slots[(uint32_t)k.hash & v->slot_mask], 1);
}

static oir_status add_occurrences(inverter *v, document_terms *from, inverter_document *d, oir_error *err)
{
    inverter_batch *b = &v->batch;
    oir_termpos min = DOCUMENT_NO_POSITION, max = 0;
    inverter_batch_begin_document(b);
    for (size_t i = 0; i < from->log_count; i++) {
        document_occurrence o = from->log[i];
        if (i + PREFETCH < from->log_count)
            prefetch_hint(v, from, from->log[i + PREFETCH].word);
        if (!from->hints[o.word])
            ERROR_FORWARD(find_hint(v, from, o.word, err));
        inverter_batch_add(b, from->hints[o.word] - 1, o.position, o.wdf);
        min = o.position < min ? o.position : min;
        max = o.position > max && o.position != DOCUMENT_NO_POSITION ? o.position : max;
    }
    d->has_positions = min != DOCUMENT_NO_POSITION;
    d->position_min = min;
    d->position_max = max;
    return OIR_OK;
}

/* What was just added, each term once with its wdf. */
static bool find_pairs(inverter *v, const document_terms *from)
{
    size_t before = v->pair_of_capacity;
    if (!memory_reserve(&v->pair_of, &v->pair_of_capacity, v->term_count, sizeof *v->pair_of) ||
        !memory_reserve(&v->pairs, &v->pair_capacity, from->log_count, sizeof *v->pairs))
        return false;
    if (v->pair_of_capacity > before)
        memset(v->pair_of + before, 0, (v->pair_of_capacity - before) * sizeof *v->pair_of);
    v->pair_count = 0;
    for (size_t i = 0; i < from->log_count; i++) {
        uint32_t term = from->hints[from->log[i].word] - 1, *of = &v->pair_of[term];
        if (!*of) {
            v->pairs[v->pair_count++] = (inverter_pair){term, 0};
            *of = (uint32_t)v->pair_count;
        }
        v->pairs[*of - 1].wdf += from->log[i].wdf;
    }
    for (size_t i = 0; i < v->pair_count; i++)
        v->pair_of[v->pairs[i].term] = 0;
    return true;
}

static oir_status add_list(inverter *v, const document_terms *from, inverter_document *d, oir_error *err)
{
    if ((v->lists.tail == 0 && !slices_start(&v->pool, &v->lists)) || !find_pairs(v, from))
        return error_no_memory(err, "the list of a document's terms");
    d->terms = slices_get_mark(&v->lists);
    d->term_count = (uint32_t)v->pair_count;
    for (size_t i = 0; i < v->pair_count; i++) {
        uint8_t bytes[16];
        uint8_t *end = slices_encode(slices_encode(bytes, v->pairs[i].term), v->pairs[i].wdf);
        if (!slices_add(&v->pool, &v->lists, bytes, (size_t)(end - bytes)))
            return error_no_memory(err, "the list of a document's terms");
    }
    if (v->pair_count > v->batch.most)
        free_pairs(v);
    return OIR_OK;
}

static oir_status add_terms(inverter *v, document_terms *from, oir_error *err)
{
    inverter_batch *b = &v->batch;
    if (!v->token)
        v->token = token_new();
    /* Terms that are new to the buffer get room when they are made. */
    if (!v->token || !inverter_batch_reserve(b, from->log_count))
        return error_no_memory(err, "the buffer of documents");
    document_terms_lend_hints(from, v->token, v->memory / VOCABULARY_SHARE);
    inverter_document *d = inverter_get_document(v, v->document_count - 1);
    ERROR_FORWARD(add_occurrences(v, from, d, err));
    return v->term_lists ? add_list(v, from, d, err) : OIR_OK;
}

/* ---- documents ---- */

/* The docid's slot, or the free one where it belongs. */
static bool find_slot(const inverter *v, oir_docid docid, size_t *slot)
{
    size_t at = hash_u64(docid) & v->docid_slot_mask;
    for (; v->docid_slots[at]; at = (at + 1) & v->docid_slot_mask)
        if (inverter_get_document(v, v->docid_slots[at] - 1)->docid == docid)
            break;
    *slot = at;
    return v->docid_slots[at] != 0;
}

/* The newest document that has the docid. */
static bool find_docid(const inverter *v, oir_docid docid, size_t *number)
{
    if (v->descended) {
        size_t slot;
        bool found = find_slot(v, docid, &slot);
        *number = v->docid_slots[slot] - (size_t)found;
        return found;
    }
    size_t low = 0, high = v->document_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (inverter_get_document(v, middle)->docid < docid)
            low = middle + 1;
        else
            high = middle;
    }
    *number = low;
    return low < v->document_count && inverter_get_document(v, low)->docid == docid;
}

static void note_docid(inverter *v, uint32_t number)
{
    size_t slot;
    if (!find_slot(v, inverter_get_document(v, number)->docid, &slot))
        v->docid_slots_used++;
    v->docid_slots[slot] = number + 1;
}

/* Room for one docid more, in a table that is made when docids first descend. */
static oir_status reserve_docid(inverter *v, oir_docid docid, oir_error *err)
{
    bool descends = v->document_count > 0 && docid <= inverter_get_document(v, v->document_count - 1)->docid;
    if (!v->descended && !descends)
        return OIR_OK;
    size_t count = v->docid_slots ? v->docid_slot_mask + 1 : SLOTS_FIRST;
    while ((v->descended ? v->docid_slots_used : v->document_count) * 2 >= count - 1)
        count *= 2;
    if (v->docid_slots && count == v->docid_slot_mask + 1)
        return OIR_OK;
    uint32_t *slots = memory_new_zeroed(count, sizeof *slots);
    if (!slots)
        return error_no_memory(err, "the table of buffered documents");
    memory_free(v->docid_slots);
    v->docid_slots = slots;
    v->docid_slot_mask = count - 1;
    v->docid_slots_used = 0;
    v->descended = true;
    for (uint32_t i = 0; i < v->document_count; i++)
        note_docid(v, i);
    return OIR_OK;
}

static oir_status copy_contents(inverter *v, inverter_document *d, const oir_document *document, oir_error *err)
{
    const document_values *from = &document->values;
    if (v->packed)
        ERROR_FORWARD(inverter_data_add(&v->data, document->data.data, document->data.size, err));
    else if (v->stored && document->data.size) {
        d->data = (oir_bytes){arena_copy(&v->arena, document->data.data, document->data.size), document->data.size};
        if (!d->data.data)
            return error_no_memory(err, "the data of a document");
    }
    segment_value *values = from->count ? arena_add(&v->arena, from->count * sizeof *values) : NULL;
    if (from->count && !values)
        return error_no_memory(err, "the values of a document");
    for (size_t i = 0; i < from->count; i++) {
        const buffer *bytes = &from->items[i].bytes;
        const char *copy = arena_copy(&v->arena, bytes->data, bytes->size);
        if (!copy)
            return error_no_memory(err, "the values of a document");
        values[i] = (segment_value){from->items[i].slot, {copy, bytes->size}};
    }
    d->values = values;
    d->value_count = (uint32_t)from->count;
    return OIR_OK;
}

static oir_status add_document_block(inverter *v, oir_error *err)
{
    inverter_document *block = NULL;
    if (memory_reserve(&v->document_blocks, &v->document_block_capacity, v->document_block_count + 1,
                       sizeof *v->document_blocks))
        block = memory_new(BLOCK * sizeof *block);
    if (!block)
        return error_no_memory(err, "the table of buffered documents");
    v->document_blocks[v->document_block_count++] = block;
    return OIR_OK;
}

/* The document's record, not live yet: if anything after this fails, what was added belongs to a dead document. */
static oir_status make_document(inverter *v, oir_docid docid, const oir_document *document, oir_error *err)
{
    ERROR_FORWARD(reserve_docid(v, docid, err));
    if (v->document_count / BLOCK == v->document_block_count)
        ERROR_FORWARD(add_document_block(v, err));
    inverter_document *d = inverter_get_document(v, v->document_count);
    *d = (inverter_document){.docid = docid, .length = (uint32_t)document->terms.length, .data = {"", 0}};
    ERROR_FORWARD(copy_contents(v, d, document, err));
    v->document_count++;
    return OIR_OK;
}

oir_status inverter_add(inverter *v, oir_docid docid, const oir_document *document, oir_error *err)
{
    ERROR_FORWARD(document_complete(document, err));
    if (inverter_batch_is_full(&v->batch, document->terms.log_count))
        ERROR_FORWARD(inverter_settle(v, err));
    ERROR_FORWARD(make_document(v, docid, document, err));
    /* What a word's number is here is no news about the document, so that a const one takes it. */
    ERROR_FORWARD(add_terms(v, (document_terms *)(uintptr_t)&document->terms, err));
    inverter_document *d = inverter_get_document(v, v->document_count - 1);
    if (v->descended)
        note_docid(v, (uint32_t)v->document_count - 1);
    d->live = true;
    v->live_count++;
    v->live_length += d->length;
    return OIR_OK;
}

/* A table of slots; one that is nearly full will double soon, and while it grows both are there. */
static size_t slots_memory(size_t bytes, bool nearly_full)
{
    return nearly_full ? 3 * bytes : bytes;
}

size_t inverter_get_ahead(const inverter *v)
{
    return v->memory / AHEAD_SHARE < AHEAD_MAX ? v->memory / AHEAD_SHARE : AHEAD_MAX;
}

size_t inverter_get_memory(const inverter *v)
{
    size_t slots = v->slots ? ((size_t)v->slot_mask + 1) * sizeof *v->slots : 0;
    size_t docid_slots = v->docid_slots ? (v->docid_slot_mask + 1) * sizeof *v->docid_slots
                                        : v->document_count * 4 * sizeof *v->docid_slots; /* if it were made now */
    bool docids_nearly_full =
        v->docid_slots && v->docid_slots_used * 2 >= v->docid_slot_mask - v->docid_slot_mask / 64;
    size_t here = slices_get_memory(&v->pool) + v->arena.bytes + inverter_data_get_memory(&v->data) +
                  inverter_batch_get_memory(&v->batch) +
                  v->pair_capacity * sizeof *v->pairs + v->pair_of_capacity * sizeof *v->pair_of +
                  slots_memory(slots, v->term_count >= v->slot_mask / 8 * 5 - v->slot_mask / 64) +
                  slots_memory(docid_slots, docids_nearly_full) +
                  v->term_block_count * BLOCK * sizeof(inverter_term) +
                  v->document_block_count * BLOCK * sizeof(inverter_document) +
                  (v->pool.capacity + v->term_block_capacity + v->document_block_capacity) * sizeof(void *);
    /* Room that a thread keeps for the next long list grows by doubling; one thread alone has nothing beside it. */
    size_t threads = v->writers > 1 ? (size_t)v->writers * 2 : 1;
    size_t lists = threads * ((size_t)v->documents_max * 26 + (size_t)v->positions_max * 8);
    size_t writing = v->term_count * (sizeof(term_sort_item) + sizeof(uint32_t)) +
                     v->document_count * (sizeof(uint64_t) + 2 * sizeof(uint32_t));
    if (v->packed)
        writing += v->document_count * 2 * sizeof(uint32_t) + (v->descended ? 2 * inverter_get_ahead(v) : 0);
    return here + writing + lists;
}

bool inverter_is_full(const inverter *v)
{
    /* 4 GiB of addresses, of which the last quarter is kept for the one document that comes next. */
    return v->pool.count > SLICES_CHUNKS_MAX / 4 * 3 || v->document_count >= UINT32_MAX / 2;
}

/* Live documents by docid, from the order they came in. */
static bool sort_documents(const inverter *v, uint32_t *order)
{
    uint64_t *keys = memory_new(v->live_count * sizeof *keys);
    if (!keys)
        return false;
    for (uint32_t i = 0; i < v->live_count; i++)
        keys[i] = (uint64_t)inverter_get_document(v, order[i])->docid << 32 | order[i];
    sort_u64(keys, v->live_count);
    for (uint32_t i = 0; i < v->live_count; i++)
        order[i] = (uint32_t)keys[i];
    memory_free(keys);
    return true;
}

bool inverter_order(const inverter *v, uint32_t **out)
{
    uint32_t count = 0, *order = memory_new(v->live_count * sizeof *order);
    *out = order;
    for (size_t i = 0; order && i < v->document_count; i++)
        if (inverter_get_document(v, i)->live)
            order[count++] = (uint32_t)i;
    return order && (!v->descended || sort_documents(v, order));
}

/* ---- finding and deleting ---- */

bool inverter_has_docid(const inverter *v, oir_docid docid)
{
    size_t number;
    return find_docid(v, docid, &number) && inverter_get_document(v, number)->live;
}

static void kill(inverter *v, inverter_document *d)
{
    d->live = false;
    v->live_count--;
    v->live_length -= d->length;
}

bool inverter_delete(inverter *v, oir_docid docid)
{
    size_t number;
    if (!find_docid(v, docid, &number) || !inverter_get_document(v, number)->live)
        return false;
    kill(v, inverter_get_document(v, number));
    return true;
}

bool inverter_read(const inverter *v, const inverter_term *term, buffer *bytes, inverter_cursor *out)
{
    buffer_clear(bytes);
    *out = (inverter_cursor){.left = term->documents};
    if (term->documents && !slices_copy(&v->pool, &term->postings, bytes))
        return false;
    out->at = bytes->data;
    return true;
}

/* Looks up a term whose list is then read at `c`; *found false: there is none such. */
static oir_status read_term(inverter *v, const char *term, size_t size, uint32_t *number, inverter_cursor *c,
                            buffer *bytes, bool *found, oir_error *err)
{
    hash_key k = hash_make_key(term, size);
    *found = find_term(v, &k, term, size, number);
    if (!*found)
        return OIR_OK;
    ERROR_FORWARD(inverter_settle(v, err));
    return inverter_read(v, inverter_get_term(v, *number), bytes, c) ? OIR_OK
                                                                      : error_no_memory(err, "the postings of a term");
}

oir_status inverter_has_term(inverter *v, const char *term, size_t size, bool *found, oir_error *err)
{
    uint32_t number;
    inverter_cursor c;
    buffer bytes = BUFFER_INIT;
    oir_status status = read_term(v, term, size, &number, &c, &bytes, found, err);
    if (status == OIR_OK && *found)
        for (*found = false; !*found && inverter_next(&c);)
            *found = inverter_get_document(v, c.document)->live;
    buffer_release(&bytes);
    return status;
}

oir_status inverter_delete_by_term(inverter *v, const char *term, size_t size, uint32_t *count, oir_docid *lowest,
                                   oir_error *err)
{
    uint32_t number;
    bool found;
    inverter_cursor c;
    buffer bytes = BUFFER_INIT;
    *count = 0;
    oir_status status = read_term(v, term, size, &number, &c, &bytes, &found, err);
    while (status == OIR_OK && found && inverter_next(&c)) {
        inverter_document *d = inverter_get_document(v, c.document);
        if (!d->live)
            continue;
        if (*count == 0 || d->docid < *lowest)
            *lowest = d->docid;
        kill(v, d);
        ++*count;
    }
    buffer_release(&bytes);
    if (status || !found)
        return status;
    /* Every document of the list is dead now, so it starts anew: replacing one document again and again by its term
     * must not walk over all the earlier ones each time. */
    inverter_term *t = inverter_get_term(v, number);
    t->postings = (slice_list){.spare = t->postings.spare};
    t->last = t->documents = t->positions = 0;
    return OIR_OK;
}
