#include "indexer/inverter.h"

#include <string.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/memory.h"
#include "indexer/inversion.h"
#include "indexer/inverter_docids.h"
#include "indexer/inverter_terms.h"

enum {
    BLOCK = 1 << INVERTER_BLOCK_BITS,
    TERMS_FULL = INVERTER_TERMS_MAX / 4 * 3, /* the rest is for the one document that comes next */
    LIST_BYTES = 16,   /* that an occurrence of the longest list takes while it is written, */
    LIST_DOCUMENT = 8, /* and each of its documents besides */
    AHEAD_SHARE = 16,  /* of the memory */
    AHEAD_MAX = 32 << 20,
    VOCABULARY_SHARE = 16 /* of the memory for the vocabulary of the documents that come */
};

oir_status inverter_new(inverter **out, size_t memory, bool term_lists, bool stored, oir_error *err)
{
    *out = NULL;
    inverter *v = memory_new_apart(sizeof *v);
    if (!v)
        return error_no_memory(err, "the buffer of documents");
    v->memory = memory;
    v->writers = 1;
    v->rounds = stored ? INVERTER_ROUNDS_STORED : INVERTER_ROUNDS;
    v->term_lists = term_lists;
    v->stored = v->packed = stored;
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
    memory_free(v->samples);
    memory_free(v->docid_slots);
    inverter_stream_release(&v->stream);
    inverter_lookup_release(&v->lookup);
    arena_release(&v->arena);
    arena_release(&v->raw);
    spill_release(&v->large);
    memory_free(v->places);
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
    *v = (inverter){.memory = v->memory, .writers = v->writers, .rounds = v->rounds, .term_lists = v->term_lists,
                    .stored = v->stored, .packed = v->packed, .waits = v->waits,
                    .data = {.helpers = v->data.helpers}};
}

/* ---- the occurrences of a document ---- */

/* Adds occurrences as long as they are plain and there is room; returns how many. */
static size_t add_plain(inverter_stream *s, const document_occurrence *log, const uint32_t *hints, size_t count)
{
    uint16_t *at = s->at, *stop = s->end - INVERTER_STREAM_MOST;
    oir_termpos next = s->next;
    size_t i = 0;
    /* What follows the last position that there is would be taken for none. */
    count = count < DOCUMENT_NO_POSITION - next ? count : DOCUMENT_NO_POSITION - next;
    for (; i < count && at <= stop && log[i].position == next && log[i].wdf == 1; i++) {
        at = inverter_stream_put_plain(at, hints[log[i].word] - 1);
        next++;
    }
    s->at = at;
    s->next = next;
    return i;
}

/* False when out of memory. */
static bool add_occurrences(inverter *v, const document_terms *from, inverter_document *d)
{
    oir_termpos min = d->position_min, max = d->position_max;
    inverter_stream *s = &v->stream;
    for (size_t i = 0, count = from->log_count; i < count;) {
        oir_termpos first = s->next;
        size_t plain = s->count ? add_plain(s, from->log + i, from->vocabulary.hints, count - i) : 0;
        if (plain) {
            d->descends |= first < max;
            d->repeats |= first <= max && min != DOCUMENT_NO_POSITION;
            min = first < min ? first : min;
            max = s->next - 1 > max ? s->next - 1 : max;
        }
        if ((i += plain) == count)
            break;
        document_occurrence o = from->log[i++];
        if (!inverter_stream_add(s, from->vocabulary.hints[o.word] - 1, o.position, o.wdf))
            return false;
        v->apart_count += o.wdf != 1;
        d->descends |= o.position < max;
        d->repeats |= o.position <= max && min != DOCUMENT_NO_POSITION;
        min = o.position < min ? o.position : min;
        max = o.position > max && o.position != DOCUMENT_NO_POSITION ? o.position : max;
    }
    d->has_positions = min != DOCUMENT_NO_POSITION;
    d->position_min = min;
    d->position_max = max;
    return true;
}

/* Counts some occurrences of the document's for their terms: of each INVERTER_SAMPLE in a row another one, as multiples
 * of the golden ratio fall, since documents that are made alike have the same kind of term at the same places. */
static void sample(inverter *v, const document_terms *from)
{
    uint64_t first = v->occurrence_count, end = first + from->log_count;
    for (uint64_t row = first / INVERTER_SAMPLE; row * INVERTER_SAMPLE < end; row++) {
        uint64_t at = row * INVERTER_SAMPLE + (row * UINT64_C(0x9e3779b97f4a7c15) >> (64 - INVERTER_SAMPLE_BITS));
        if (at < first || at >= end)
            continue;
        uint32_t count = ++v->samples[from->vocabulary.hints[from->log[at - first].word] - 1];
        v->samples_most = count > v->samples_most ? count : v->samples_most;
    }
    v->occurrence_count = end;
}

oir_status inverter_add_log(inverter *v, document_terms *from, uint64_t length, oir_error *err)
{
    inverter_document *d = inverter_get_document(v, v->document_count - 1);
    if (!v->token)
        v->token = token_new();
    if (!v->token)
        return error_no_memory(err, "the buffer of documents");
    vocabulary_lend_hints(&from->vocabulary, v->token, v->memory / VOCABULARY_SHARE);
    ERROR_FORWARD(inverter_terms_find_hints(v, from, err));
    if (!add_occurrences(v, from, d))
        return error_no_memory(err, "the buffer of documents");
    sample(v, from);
    d->length += (uint32_t)length;
    return OIR_OK;
}

/* ---- documents ---- */

static oir_status copy_values(inverter *v, inverter_contents *to, const document_values *from, oir_error *err)
{
    segment_value *values = arena_add(&v->arena, from->count * sizeof *values);
    if (!values)
        return error_no_memory(err, "the values of a document");
    for (size_t i = 0; i < from->count; i++) {
        const buffer *bytes = &from->items[i].bytes;
        const char *copy = arena_copy(&v->arena, bytes->data, bytes->size);
        if (!copy)
            return error_no_memory(err, "the values of a document");
        values[i] = (segment_value){from->items[i].slot, {copy, bytes->size}};
    }
    to->values = values;
    to->value_count = (uint32_t)from->count;
    return OIR_OK;
}

/* The data as it is, for when the buffer is written out, or until inverters_pack compresses it. */
static bool copy_data(inverter *v, inverter_contents *to, const buffer *data)
{
    char *copy = arena_copy(v->packed ? &v->raw : &v->arena, data->data, data->size);
    to->data = (oir_bytes){copy, data->size};
    v->raw_size += v->packed ? data->size : 0;
    return copy != NULL;
}

static oir_status pack(inverter *v, const oir_document *document, oir_error *err)
{
    stored_large large;
    if (!document_has_large_data(document))
        return inverter_data_add(&v->data, document->data.data, document->data.size, err);
    ERROR_FORWARD(stored_large_put(&large, &v->large, &document->pressed, err));
    return inverter_data_add_large(&v->data, &large, err);
}

static oir_status keep_data(inverter *v, inverter_contents *to, const oir_document *document, oir_error *err)
{
    stored_large large;
    if (!document_has_large_data(document))
        return copy_data(v, to, &document->data) ? OIR_OK : error_no_memory(err, "the data of a document");
    ERROR_FORWARD(stored_large_put(&large, &v->large, &document->pressed, err));
    stored_large *kept = arena_add_zeroed(&v->arena, 1, sizeof *kept);
    if (!kept)
        return error_no_memory(err, "the data of a document");
    *kept = large;
    to->large = kept;
    return OIR_OK;
}

static oir_status copy_contents(inverter *v, inverter_document *d, const oir_document *document, oir_error *err)
{
    static const oir_document nothing;
    document = document ? document : &nothing;
    bool has_data = document->data.size > 0 || document_has_large_data(document);
    bool keeps = v->stored && (!v->packed || v->waits) && has_data;
    if (v->packed && !v->waits)
        ERROR_FORWARD(pack(v, document, err));
    if (!keeps && !document->values.count)
        return OIR_OK;
    inverter_contents *to = arena_add_zeroed(&v->arena, 1, sizeof *to);
    if (!to)
        return error_no_memory(err, "the data of a document");
    d->contents = to;
    to->data = (oir_bytes){"", 0};
    if (keeps)
        ERROR_FORWARD(keep_data(v, to, document, err));
    return document->values.count ? copy_values(v, to, &document->values, err) : OIR_OK;
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
oir_status inverter_begin(inverter *v, oir_docid docid, const oir_document *document, oir_error *err)
{
    ERROR_FORWARD(inverter_docids_reserve(v, docid, err));
    if (v->document_count / BLOCK == v->document_block_count)
        ERROR_FORWARD(add_document_block(v, err));
    inverter_document *d = inverter_get_document(v, v->document_count);
    *d = (inverter_document){.docid = docid, .start = inverter_stream_get_place(&v->stream),
                              .position_min = DOCUMENT_NO_POSITION};
    ERROR_FORWARD(copy_contents(v, d, document, err));
    v->document_count++;
    inverter_stream_begin_document(&v->stream);
    return OIR_OK;
}

void inverter_end(inverter *v)
{
    inverter_document *d = inverter_get_document(v, v->document_count - 1);
    if (v->descended)
        inverter_docids_note(v, (uint32_t)v->document_count - 1);
    d->live = true;
    v->live_count++;
    v->live_length += d->length;
}

static oir_status add_all_parts(inverter *v, document_terms *from, size_t parts, oir_error *err)
{
    oir_status status = OIR_OK;
    for (size_t i = 0; i < parts && !status; i++) {
        uint64_t length;
        status = document_terms_take_part(from, i, &length, err);
        if (!status)
            status = inverter_add_log(v, from, length, err);
    }
    document_terms_end_parts(from);
    return status;
}

oir_status inverter_add(inverter *v, oir_docid docid, const oir_document *document, oir_error *err)
{
    size_t parts;
    ERROR_FORWARD(document_complete(document, err));
    /* How it is kept, and what a word's number is here, is no news about the document, so that a const one takes it. */
    document_terms *from = (document_terms *)(uintptr_t)&document->terms;
    ERROR_FORWARD(document_terms_count_parts(from, &parts, err));
    ERROR_FORWARD(inverter_begin(v, docid, document, err));
    if (parts)
        ERROR_FORWARD(add_all_parts(v, from, parts, err));
    else
        ERROR_FORWARD(inverter_add_log(v, from, from->length, err));
    inverter_end(v);
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
    size_t here = inverter_stream_get_memory(&v->stream) + inverter_lookup_get_memory(&v->lookup) + v->arena.bytes +
                  v->raw.bytes + v->place_capacity * sizeof *v->places +
                  inverter_data_get_memory(&v->data) + v->sample_capacity * sizeof *v->samples +
                  slots_memory(slots, v->term_count >= v->slot_mask / 8 * 5 - v->slot_mask / 64) +
                  slots_memory(docid_slots, docids_nearly_full) +
                  v->term_block_count * BLOCK * sizeof(inverter_term) +
                  v->document_block_count * BLOCK * sizeof(inverter_document) +
                  (v->term_block_capacity + v->document_block_capacity) * sizeof(void *);
    size_t longest = (size_t)v->samples_most * INVERTER_SAMPLE;
    size_t in_list = longest < v->document_count ? longest : v->document_count;
    /* Of three and more some find nothing that suits them in what others gave back. */
    size_t threads = v->writers + ((size_t)v->writers - 1) / 2;
    size_t lists = threads * (longest * LIST_BYTES + in_list * LIST_DOCUMENT);
    size_t writing = inversion_get_memory(v->occurrence_count, v->apart_count, v->document_count, v->term_count,
                                          v->rounds);
    if (v->term_lists)
        writing += v->term_count * sizeof(uint32_t);
    if (v->packed)
        writing += v->document_count * 2 * sizeof(uint32_t) + (v->descended ? 2 * inverter_get_ahead(v) : 0);
    return here + writing + lists;
}

bool inverter_is_full(const inverter *v)
{
    return inverter_stream_is_full(&v->stream) || v->document_count >= UINT32_MAX / 2 || v->term_count >= TERMS_FULL;
}

/* ---- finding and deleting ---- */

bool inverter_has_docid(const inverter *v, oir_docid docid)
{
    size_t number;
    return inverter_docids_find(v, docid, &number) && inverter_get_document(v, number)->live;
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
    if (!inverter_docids_find(v, docid, &number) || !inverter_get_document(v, number)->live)
        return false;
    kill(v, inverter_get_document(v, number));
    return true;
}

/* Brings the lookup up to date with all documents. False when out of memory. */
static bool look_at_documents(inverter *v)
{
    inverter_lookup *l = &v->lookup;
    if (!inverter_lookup_set_terms(l, v->term_count))
        return false;
    for (; l->documents < v->document_count; l->documents++) {
        inverter_reader r = inverter_read(v, l->documents);
        while (inverter_reader_next(&r))
            if (!inverter_lookup_add(l, r.term, (uint32_t)l->documents))
                return false;
    }
    return true;
}

/* Looks up a term, and then all documents have been looked at; *found false: there is none such. */
static oir_status look_up(inverter *v, const char *term, size_t size, uint32_t *number, bool *found, oir_error *err)
{
    hash_key k = hash_make_key(term, size);
    *found = inverter_terms_find(v, &k, term, size, number);
    return !*found || look_at_documents(v) ? OIR_OK : error_no_memory(err, "the table of buffered documents");
}

oir_status inverter_has_term(inverter *v, const char *term, size_t size, bool *found, oir_error *err)
{
    uint32_t number;
    ERROR_FORWARD(look_up(v, term, size, &number, found, err));
    if (!*found)
        return OIR_OK;
    const inverter_lookup_entry *e = inverter_lookup_first(&v->lookup, number);
    while (e && !inverter_get_document(v, e->document)->live)
        e = inverter_lookup_next(&v->lookup, e);
    /* Those that are dead stay so: nobody must walk over them again. */
    v->lookup.newest[number] = e ? (uint32_t)(e - v->lookup.entries) : INVERTER_LOOKUP_NONE;
    *found = e != NULL;
    return OIR_OK;
}

oir_status inverter_delete_by_term(inverter *v, const char *term, size_t size, uint32_t *count, oir_docid *lowest,
                                   oir_error *err)
{
    uint32_t number;
    bool found;
    *count = 0;
    ERROR_FORWARD(look_up(v, term, size, &number, &found, err));
    if (!found)
        return OIR_OK;
    const inverter_lookup_entry *e = inverter_lookup_first(&v->lookup, number);
    for (; e; e = inverter_lookup_next(&v->lookup, e)) {
        inverter_document *d = inverter_get_document(v, e->document);
        if (!d->live)
            continue;
        if (*count == 0 || d->docid < *lowest)
            *lowest = d->docid;
        kill(v, d);
        ++*count;
    }
    /* Every document of the list is dead now, so it starts anew: replacing one document again and again by its term
     * must not walk over all the earlier ones each time. */
    v->lookup.newest[number] = INVERTER_LOOKUP_NONE;
    return OIR_OK;
}
