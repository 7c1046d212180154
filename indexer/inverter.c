#include "indexer/inverter.h"

#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "indexer/term_sort.h"

enum {
    SLOTS_FIRST = 1 << 10,
    BLOCK = 1 << INVERTER_BLOCK_BITS,
    BATCH = 32,       /* terms looked up together, so that their cache misses overlap */
    POSTING_MAX = 24  /* bytes of a posting up to its first position */
};

oir_status inverter_new(inverter **out, bool term_lists, bool stored, oir_error *err)
{
    *out = NULL;
    inverter *v = memory_new_zeroed(1, sizeof *v);
    if (!v)
        return error_no_memory(err, "the buffer of documents");
    v->term_lists = term_lists;
    v->stored = stored;
    slices_init(&v->pool);
    arena_init(&v->arena);
    *out = v;
    return OIR_OK;
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
    slices_release(&v->pool);
    arena_release(&v->arena);
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
    *v = (inverter){.term_lists = v->term_lists, .stored = v->stored};
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
    if (v->term_count >= v->slot_mask / 8 * 5)
        ERROR_FORWARD(grow_slots(v, err));
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

/* ---- postings ---- */

static uint8_t *encode_head(uint8_t *out, uint32_t gap, uint32_t wdf, uint32_t positions)
{
    if (positions == 1 && wdf == 1)
        return slices_encode(out, (uint64_t)gap << 2 | INVERTER_ONE);
    enum inverter_kind kind = positions == 0 ? INVERTER_NONE : positions == wdf ? INVERTER_WDF : INVERTER_COUNTED;
    out = slices_encode(slices_encode(out, (uint64_t)gap << 2 | kind), wdf);
    return kind == INVERTER_COUNTED ? slices_encode(out, positions) : out;
}

/* The other positions: straight to their place while there is room for any number. */
static bool add_rest(inverter *v, slice_list *list, const oir_termpos *positions, uint32_t count)
{
    for (uint32_t i = 1; i < count;) {
        uint8_t bytes[8];
        if (list->left < sizeof bytes) {
            size_t size = (size_t)(slices_encode(bytes, positions[i] - positions[i - 1]) - bytes);
            if (!slices_add(&v->pool, list, bytes, size))
                return false;
            i++;
        }
        uint8_t *start = slices_at(&v->pool, list->tail), *at = start, *end = start + list->left;
        for (; i < count && end - at >= (ptrdiff_t)sizeof bytes; i++)
            at = slices_encode(at, positions[i] - positions[i - 1]);
        list->tail += (uint32_t)(at - start);
        list->left = (uint16_t)(end - at);
    }
    return true;
}

static bool add_posting(inverter *v, inverter_term *t, uint32_t document, uint32_t wdf, const oir_termpos *positions,
                        uint32_t count)
{
    slice_list *list = &t->postings;
    if (list->tail == 0 && !slices_start(&v->pool, list))
        return false;
    uint8_t apart[POSTING_MAX];
    /* Straight to its place where there is room for the longest; pieced together otherwise. */
    bool direct = list->left >= POSTING_MAX;
    uint8_t *start = direct ? slices_at(&v->pool, list->tail) : apart;
    uint8_t *end = encode_head(start, document - t->last, wdf, count);
    if (count)
        end = slices_encode(end, positions[0]);
    size_t size = (size_t)(end - start);
    if (direct) {
        list->tail += (uint32_t)size;
        list->left = (uint16_t)(list->left - size);
    } else if (!slices_add(&v->pool, list, apart, size)) {
        return false;
    }
    if (count > 1 && !add_rest(v, list, positions, count))
        return false;
    t->last = document;
    t->documents++;
    t->positions += count;
    if (t->documents > v->documents_max)
        v->documents_max = t->documents;
    if (t->positions > v->positions_max)
        v->positions_max = t->positions;
    return true;
}

static bool add_to_list(inverter *v, uint32_t number, uint32_t wdf)
{
    uint8_t bytes[16];
    uint8_t *end = slices_encode(slices_encode(bytes, number), wdf);
    return slices_add(&v->pool, &v->lists, bytes, (size_t)(end - bytes));
}

/* The term's number, found in the hint that the document has of it, or looked up and hinted. Hints are never trusted:
 * they may come from another buffer, or from this one before it was cleared. */
static oir_status get_term(inverter *v, const document_terms *from, const document_term *t, uint32_t *number,
                           oir_error *err)
{
    document_slot *slot = &from->slots[t->slot];
    hash_key k = {.low = slot->low, .high = slot->high};
    const char *bytes = document_terms_get_bytes(from, t);
    *number = slot->hint;
    if (slot->hint < v->term_count && same_term(v, slot->hint, &k, bytes, t->size))
        return OIR_OK;
    k.hash = hash_of_key(k.low, k.high, t->size);
    if (!find_term(v, &k, bytes, t->size, number))
        ERROR_FORWARD(make_term(v, &k, bytes, t->size, number, err));
    slot->hint = *number;
    return OIR_OK;
}

/* Asks for the memory that the hinted terms are in. */
static void prefetch(const inverter *v, const document_terms *from, const document_term *const *terms, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t hint = from->slots[terms[i]->slot].hint;
        if (hint < v->term_count)
            __builtin_prefetch(inverter_get_term(v, hint), 1);
    }
}

static oir_status add_batch(inverter *v, const document_terms *from, const document_term *const *terms, size_t count,
                            oir_error *err)
{
    uint32_t numbers[BATCH];
    prefetch(v, from, terms, count);
    for (size_t i = 0; i < count; i++) {
        ERROR_FORWARD(get_term(v, from, terms[i], &numbers[i], err));
        const inverter_term *t = inverter_get_term(v, numbers[i]);
        if (t->postings.tail)
            __builtin_prefetch(slices_at(&v->pool, t->postings.tail), 1);
    }
    uint32_t document = (uint32_t)v->document_count - 1;
    for (size_t i = 0; i < count; i++) {
        const document_term *t = terms[i];
        if (!add_posting(v, inverter_get_term(v, numbers[i]), document, t->wdf, from->positions + t->first,
                         t->positions) ||
            (v->term_lists && !add_to_list(v, numbers[i], t->wdf)))
            return error_no_memory(err, "the buffer of documents");
    }
    return OIR_OK;
}

static oir_status add_terms(inverter *v, const document_terms *from, oir_error *err)
{
    const document_term *batch[BATCH];
    size_t n = 0;
    for (size_t i = 0; i < from->count; i++) {
        if (from->terms[i].removed)
            continue;
        batch[n++] = &from->terms[i];
        if (n == BATCH) {
            ERROR_FORWARD(add_batch(v, from, batch, n, err));
            n = 0;
        }
    }
    return add_batch(v, from, batch, n, err);
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
    if (v->stored && document->data.size) {
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
    if (v->term_lists && v->lists.tail == 0 && !slices_start(&v->pool, &v->lists))
        return error_no_memory(err, "the table of buffered documents");
    inverter_document *d = inverter_get_document(v, v->document_count);
    *d = (inverter_document){.docid = docid, .length = (uint32_t)document->terms.length, .data = {"", 0}};
    d->term_count = document->terms.live;
    if (v->term_lists)
        d->terms = slices_get_mark(&v->lists);
    d->has_positions = document->terms.occurrence_count > 0;
    d->position_min = document->terms.position_min;
    d->position_max = document->terms.position_max;
    ERROR_FORWARD(copy_contents(v, d, document, err));
    v->document_count++;
    return OIR_OK;
}

oir_status inverter_add(inverter *v, oir_docid docid, const oir_document *document, oir_error *err)
{
    ERROR_FORWARD(document_complete(document, err));
    ERROR_FORWARD(make_document(v, docid, document, err));
    ERROR_FORWARD(add_terms(v, &document->terms, err));
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

size_t inverter_get_memory(const inverter *v)
{
    size_t slots = v->slots ? ((size_t)v->slot_mask + 1) * sizeof *v->slots : 0;
    size_t docid_slots = v->docid_slots ? (v->docid_slot_mask + 1) * sizeof *v->docid_slots
                                        : v->document_count * 4 * sizeof *v->docid_slots; /* if it were made now */
    bool docids_nearly_full =
        v->docid_slots && v->docid_slots_used * 2 >= v->docid_slot_mask - v->docid_slot_mask / 64;
    size_t here = slices_get_memory(&v->pool) + v->arena.bytes +
                  slots_memory(slots, v->term_count >= v->slot_mask / 8 * 5 - v->slot_mask / 64) +
                  slots_memory(docid_slots, docids_nearly_full) +
                  v->term_block_count * BLOCK * sizeof(inverter_term) +
                  v->document_block_count * BLOCK * sizeof(inverter_document) +
                  (v->pool.capacity + v->term_block_capacity + v->document_block_capacity) * sizeof(void *);
    size_t writing = v->term_count * (sizeof(term_sort_item) + sizeof(uint32_t)) +
                     v->document_count * (sizeof(uint64_t) + 2 * sizeof(uint32_t)) + (size_t)v->documents_max * 18 +
                     (size_t)v->positions_max * 4;
    return here + writing;
}

bool inverter_is_full(const inverter *v)
{
    /* 4 GiB of addresses, of which the last quarter is kept for the one document that comes next. */
    return v->pool.count > SLICES_CHUNKS_MAX / 4 * 3 || v->document_count >= UINT32_MAX / 2;
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

static void skip_positions(inverter_cursor *c)
{
    for (uint32_t i = 0; i < c->positions; i++)
        slices_next(&c->reader);
}

bool inverter_has_term(const inverter *v, const char *term, size_t size)
{
    uint32_t number;
    hash_key k = hash_make_key(term, size);
    if (!find_term(v, &k, term, size, &number))
        return false;
    inverter_cursor c = inverter_read(v, inverter_get_term(v, number));
    for (; inverter_next(&c); skip_positions(&c))
        if (inverter_get_document(v, c.document)->live)
            return true;
    return false;
}

void inverter_delete_by_term(inverter *v, const char *term, size_t size, uint32_t *count, oir_docid *lowest)
{
    uint32_t number;
    hash_key k = hash_make_key(term, size);
    *count = 0;
    if (!find_term(v, &k, term, size, &number))
        return;
    inverter_term *t = inverter_get_term(v, number);
    inverter_cursor c = inverter_read(v, t);
    for (; inverter_next(&c); skip_positions(&c)) {
        inverter_document *d = inverter_get_document(v, c.document);
        if (!d->live)
            continue;
        if (*count == 0 || d->docid < *lowest)
            *lowest = d->docid;
        kill(v, d);
        ++*count;
    }
    /* Every document of the list is dead now, so it starts anew: replacing one document again and again by its term
     * must not walk over all the earlier ones each time. */
    t->postings = (slice_list){.spare = t->postings.spare};
    t->last = t->documents = t->positions = 0;
}
