#include "segment/segment_writer.h"

#include <assert.h>

#include "base/error.h"
#include "base/memory.h"
#include "segment/container.h"
#include "segment/documents.h"
#include "segment/pairs_writer.h"
#include "segment/stored.h"
#include "segment/termlists.h"
#include "segment/terms.h"
#include "segment/values.h"

/* The parts of the container are written by writers of their own; this one only sees to the order in which they start
 * and end. Lists need all lengths, so postings and terms exist only once no more documents come. */
struct segment_writer {
    container_writer *parts;
    segment_options options;
    documents_writer *documents;
    stored_writer *stored;
    values_writer *values;
    postings_writer *postings; /* NULL: documents may still come */
    terms_writer *terms;
    termlists_writer *termlists;
    pairs_writer *pairs;
    const pairs_text *text; /* NULL: not at hand */
    uint32_t term_count, list_count;
};

/* Frees all but the container's writer. */
static void free_writer(segment_writer *w)
{
    documents_writer_free(w->documents);
    stored_writer_free(w->stored);
    values_writer_free(w->values);
    postings_writer_free(w->postings);
    terms_writer_free(w->terms);
    termlists_writer_free(w->termlists);
    pairs_writer_free(w->pairs);
    memory_free(w);
}

static oir_status open_writers(segment_writer *w, const char *path, oir_error *err)
{
    ERROR_FORWARD(container_writer_open(&w->parts, path, err));
    ERROR_FORWARD(documents_writer_new(&w->documents, w->parts, err));
    ERROR_FORWARD(values_writer_new(&w->values, w->parts, err));
    if (w->options.stored)
        ERROR_FORWARD(stored_writer_new(&w->stored, w->parts, w->options.helpers, err));
    return OIR_OK;
}

oir_status segment_writer_open(segment_writer **out, const char *path, const segment_options *options, oir_error *err)
{
    *out = NULL;
    segment_writer *w = memory_new_zeroed(1, sizeof *w);
    if (!w)
        return error_no_memory(err, "a segment's writer");
    w->options = *options;
    oir_status status = open_writers(w, path, err);
    if (status == OIR_OK)
        *out = w;
    else
        segment_writer_abort(w);
    return status;
}

static oir_status add_lengths(segment_writer *w, const segment_document *d, oir_error *err)
{
    if (d->has_positions)
        return documents_writer_add_positioned(w->documents, d->docid, d->length, d->position_min, d->position_max,
                                               err);
    return documents_writer_add(w->documents, d->docid, d->length, err);
}

oir_status segment_writer_reserve(segment_writer *w, uint32_t documents, oir_error *err)
{
    return documents_writer_reserve(w->documents, documents, err);
}

oir_status segment_writer_add_document(segment_writer *w, const segment_document *d, oir_error *err)
{
    assert(!w->postings);
    uint32_t local = documents_writer_get_count(w->documents);
    ERROR_FORWARD(add_lengths(w, d, err));
    for (size_t i = 0; i < d->value_count; i++)
        ERROR_FORWARD(values_writer_add(w->values, d->values[i].slot, local, d->values[i].value, err));
    return w->stored && !d->data_apart ? stored_writer_add(w->stored, d->data.data, d->data.size, err) : OIR_OK;
}

stored_packer *segment_writer_get_packer(segment_writer *w)
{
    return w->stored ? stored_writer_get_packer(w->stored) : NULL;
}

/* No more documents come: their parts are ended, the others begin. */
static oir_status begin_terms(segment_writer *w, oir_error *err)
{
    const segment_options *o = &w->options;
    const documents_settings settings = {o->bound_k1, o->bound_b, o->bound_average, o->term_lists, o->stored,
                                         o->reordered};
    if (w->postings)
        return OIR_OK;
    assert(!w->stored || stored_packer_get_count(stored_writer_get_packer(w->stored)) ==
                             documents_writer_get_count(w->documents));
    if (w->stored)
        ERROR_FORWARD(stored_writer_end(w->stored, err));
    ERROR_FORWARD(values_writer_end(w->values, err));
    ERROR_FORWARD(documents_writer_end(w->documents, &settings, err));
    if (o->term_lists)
        ERROR_FORWARD(termlists_writer_new(&w->termlists, w->parts, err));
    ERROR_FORWARD(terms_writer_new(&w->terms, w->parts, err));
    /* A small segment has none, whoever writes it: what comes of the same documents shall be the same bytes. */
    if (o->pairs && documents_writer_get_count(w->documents) >= PAIRS_DOCUMENTS_MIN)
        ERROR_FORWARD(pairs_writer_new(&w->pairs, w->parts, documents_writer_get_context(w->documents),
                                       o->pairs_alone ? NULL : o->helpers, o->pairs_memory, err));
    return postings_writer_new(&w->postings, w->parts, documents_writer_get_context(w->documents), err);
}

/* A term whose list and positions are written. */
static oir_status add_entry(segment_writer *w, const char *term, size_t size, const term_entry *entry, bool gap,
                            oir_error *err)
{
    ERROR_FORWARD(terms_writer_add(w->terms, term, size, entry, gap, err));
    if (w->pairs)
        ERROR_FORWARD(pairs_writer_note(w->pairs, entry, err));
    w->term_count++;
    return OIR_OK;
}

oir_status segment_writer_add_term(segment_writer *w, const char *term, size_t size, const term_postings *postings,
                                   oir_error *err)
{
    term_entry entry = {.ordinal = w->term_count};
    bool gap;
    assert(w->list_count == 0 && postings->count > 0);
    ERROR_FORWARD(begin_terms(w, err));
    ERROR_FORWARD(postings_writer_add(w->postings, postings, &entry, &gap, err));
    return add_entry(w, term, size, &entry, gap, err);
}

oir_status segment_writer_begin_term(segment_writer *w, const postings_expected *expected, oir_error *err)
{
    assert(w->list_count == 0);
    ERROR_FORWARD(begin_terms(w, err));
    return postings_pieces_begin(w->postings, expected, err);
}

oir_status segment_writer_add_piece(segment_writer *w, const term_postings *piece, oir_error *err)
{
    return postings_pieces_add(w->postings, piece, err);
}

oir_status segment_writer_end_term(segment_writer *w, const char *term, size_t size, bool *as_expected,
                                   oir_error *err)
{
    term_entry entry = {.ordinal = w->term_count};
    bool gap;
    ERROR_FORWARD(postings_pieces_end(w->postings, &entry, as_expected, &gap, err));
    return *as_expected ? add_entry(w, term, size, &entry, gap, err) : OIR_OK;
}

oir_status segment_writer_get_context(segment_writer *w, const postings_context **out, oir_error *err)
{
    *out = NULL;
    ERROR_FORWARD(begin_terms(w, err));
    *out = documents_writer_get_context(w->documents);
    return OIR_OK;
}

oir_status segment_writer_open_encoder(segment_writer *w, segment_encoder *out, oir_error *err)
{
    *out = (segment_encoder){0};
    ERROR_FORWARD(begin_terms(w, err));
    return segment_encoder_init(out, w->postings, err);
}

oir_status segment_writer_add_encoded(segment_writer *w, const char *term, size_t size, segment_encoder *from, size_t i,
                                      oir_error *err)
{
    const segment_encoded_term *t = &from->terms[i];
    const uint8_t *bytes = from->bytes.data + from->taken;
    postings_encoded encoded = {bytes, bytes + t->list_size, t->list_size, t->positions_size};
    term_entry entry = t->entry;
    bool gap;
    assert(w->list_count == 0);
    entry.ordinal = w->term_count;
    entry.inlined = t->inlined;
    from->taken += t->list_size + t->positions_size;
    ERROR_FORWARD(postings_writer_put(w->postings, &encoded, &entry, &gap, err));
    return add_entry(w, term, size, &entry, gap, err);
}

oir_status segment_writer_add_term_list(segment_writer *w, const uint32_t *ordinals, const uint32_t *wdf,
                                        uint32_t count, oir_error *err)
{
    ERROR_FORWARD(begin_terms(w, err));
    assert(w->termlists && w->list_count < documents_writer_get_count(w->documents));
    assert(count == 0 || ordinals[count - 1] < w->term_count);
    ERROR_FORWARD(termlists_writer_add(w->termlists, ordinals, wdf, count, err));
    w->list_count++;
    return OIR_OK;
}

oir_status segment_writer_add_encoded_list(segment_writer *w, const void *list, size_t size, oir_error *err)
{
    ERROR_FORWARD(begin_terms(w, err));
    assert(w->termlists && w->list_count < documents_writer_get_count(w->documents));
    ERROR_FORWARD(termlists_writer_add_encoded(w->termlists, list, size, err));
    w->list_count++;
    return OIR_OK;
}

static oir_status end_parts(segment_writer *w, oir_error *err)
{
    ERROR_FORWARD(begin_terms(w, err));
    ERROR_FORWARD(terms_writer_end(w->terms, err));
    assert(!w->termlists || w->list_count == documents_writer_get_count(w->documents));
    if (w->termlists)
        ERROR_FORWARD(termlists_writer_end(w->termlists, err));
    postings_writer_give_back(w->postings);
    return w->pairs ? pairs_writer_end(w->pairs, w->text, w->options.tell, w->options.tell_context, err) : OIR_OK;
}

void segment_writer_set_text(segment_writer *w, const pairs_text *text)
{
    w->text = text;
}

oir_status segment_writer_commit(segment_writer *w, oir_error *err)
{
    oir_status status = end_parts(w, err);
    if (status == OIR_OK)
        status = container_writer_commit(w->parts, w->options.sync, err);
    else
        container_writer_abort(w->parts);
    free_writer(w);
    return status;
}

void segment_writer_abort(segment_writer *w)
{
    if (!w)
        return;
    container_writer_abort(w->parts);
    free_writer(w);
}
