#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/relay.h"
#include "indexer/inversion.h"
#include "indexer/inverters_termlists.h"
#include "indexer/inverters_text.h"
#include "indexer/merge_stored.h"
#include "segment/termlists_builder.h"

enum {
    TELL_DOCUMENTS = 1 << 12,
    PREFETCH = 8,      /* documents ahead */
    TERMS_AHEAD = 8,   /* whose bytes are fetched: they lie anywhere */
    PARTS = 4,         /* for each thread, at a time: so that a long one does not keep the others waiting; */
    ENCODED = 8 << 20, /* but fewer where so many bytes are not enough for their terms, */
    ENCODED_SHARE = 8, /* or such a share of the buffer's memory */
    LARGE = 1 << 20,   /* encoded bytes of a part with a single long list */
    UNUSED_SHARE = 16  /* such a share of the buffer's memory goes back to the system at a time */
};

/* A term of a part, encoded. */
typedef struct encoded_term {
    uint32_t item, same;
} encoded_term;

/* A part, while a thread encodes it and another one writes what came out. */
typedef struct stretch {
    size_t part;
    segment_encoder encoder;
    encoded_term *terms;   /* as in the encoder */
    size_t term_capacity;
    size_t unused;         /* bytes that its occurrences took */
} stretch;

/* What is needed while the buffer is written. */
typedef struct flush {
    const inverters *v;
    uint32_t live_count;
    bool lasting;
    size_t memory;
    bool keeps_text;        /* ordinals and order are wanted afterwards */
    segment_writer *writer;
    const progress *progress;
    inverters_place *order; /* live documents by ascending docid, or as was asked for: local -> place */
    uint32_t *ordinals;     /* term (of inverters_terms) -> ordinal; NULL: nobody wants them */
    inverters_terms terms;
    inversion inversion;
    termlists_builder built; /* lists of terms by document, as long as there is memory for them */
    uint32_t ordinal;       /* of the next term */
    team *helpers;          /* NULL: none */
    inversion_sorter *sorters; /* one for each thread: as large as the longest list */
    size_t sorter_count;
    stretch *stretches;     /* with helpers: twice those that are encoded at a time */
    size_t stretch_count;
    size_t next_part;       /* to be encoded */
    size_t unused;          /* bytes that the C library may still hold of occurrences that are written */
} flush;

static bool apply_order(flush *f, const uint32_t *order)
{
    inverters_place *applied = memory_new(f->live_count * sizeof *applied);
    for (uint32_t i = 0; applied && i < f->live_count; i++)
        applied[i] = f->order[order[i]];
    memory_free(f->order);
    f->order = applied;
    return applied != NULL;
}

static oir_status order_documents(flush *f, const uint32_t *order, oir_error *err)
{
    f->order = inverters_order(f->v);
    return f->order && (!order || apply_order(f, order)) ? OIR_OK
                                                         : error_no_memory(err, "writing out the buffer of documents");
}

static const inverter_document *get_document(const flush *f, uint32_t local)
{
    return inverters_get_document(f->v, f->order[local]);
}

static oir_status write_documents(flush *f, oir_error *err)
{
    ERROR_FORWARD(segment_writer_reserve(f->writer, f->live_count, err));
    for (uint32_t i = 0; i < f->live_count; i++) {
        const inverter_document *d = get_document(f, i);
        if (i + PREFETCH < f->live_count) /* in another order they lie anywhere */
            __builtin_prefetch(get_document(f, i + PREFETCH));
        segment_document document = {
            .docid = d->docid,
            .length = d->length,
            .has_positions = d->has_positions,
            .position_min = d->position_min,
            .position_max = d->position_max,
            .data_apart = true,
        };
        if (d->contents) {
            document.values = d->contents->values;
            document.value_count = d->contents->value_count;
        }
        ERROR_FORWARD(segment_writer_add_document(f->writer, &document, err));
        if (i % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(f->progress, "writing documents", i, f->live_count, err));
    }
    return OIR_OK;
}

/* ---- documents' data ---- */

static oir_status pack(const flush *f, stored_packer *to, oir_error *err)
{
    for (uint32_t i = 0; i < f->live_count; i++) {
        const inverter_contents *contents = get_document(f, i)->contents;
        oir_bytes data = contents ? contents->data : (oir_bytes){"", 0};
        const stored_large *large = contents ? contents->large : NULL;
        ERROR_FORWARD(large ? stored_packer_add_large(to, large, err)
                            : stored_packer_add(to, data.data, data.size, err));
        if (i % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(f->progress, "writing documents", i, f->live_count, err));
    }
    return OIR_OK;
}

/* All of it is in that of the first inverter: read as if it were a segment. */
static oir_status copy_packed(const flush *f, stored_packer *to, oir_error *err)
{
    inverter_data_view view;
    merge_order order;
    oir_status status = OIR_OK;
    merge_order_init(&order, f->live_count);
    for (uint32_t i = 0; status == OIR_OK && i < f->live_count; i++)
        status = merge_order_add(&order, 0, inverters_get_data(f->v, f->order[i]), err);
    if (status == OIR_OK)
        status = inverter_data_open(&view, &f->v->items[0]->data, err);
    if (status == OIR_OK) {
        const stored *from = view.stored;
        status = merge_stored_write(&order, &from, 1, inverter_get_ahead(f->v->items[0]), f->lasting, to, f->progress,
                                    err);
        inverter_data_close(&view);
    }
    merge_order_release(&order);
    return status;
}

static oir_status write_stored(const flush *f, oir_error *err)
{
    stored_packer *to = segment_writer_get_packer(f->writer);
    if (!to)
        return OIR_OK;
    return f->v->items[0]->packed ? copy_packed(f, to, err) : pack(f, to, err);
}

/* ---- terms ---- */

static void note_ordinal(flush *f, uint32_t at, uint32_t same)
{
    for (uint32_t i = 0; f->ordinals && i < same; i++)
        f->ordinals[f->terms.items[at + i].term] = f->ordinal;
    f->ordinal++;
}

static oir_status tell(const flush *f, size_t part, oir_error *err)
{
    const inversion *n = &f->inversion;
    return progress_tell(f->progress, "writing terms", n->parts[part].from, f->terms.count, err);
}

/* What occurrences took lies in small pieces between others, where a file's chunks find no room; and where documents
 * have lists of terms, there are many of these. Without, there is memory for both, and clearing pages anew shows. */
static void give_back(flush *f, size_t bytes)
{
    const inverter *v = f->v->items[0];
    f->unused += bytes;
    if (!v->term_lists || f->unused < v->memory * f->v->count / UNUSED_SHARE)
        return;
    memory_give_back();
    f->unused = 0;
}

/* ---- terms, by one thread ---- */

static oir_status write_part(flush *f, size_t part, oir_error *err)
{
    inversion_sorter *s = f->sorters;
    inversion_term term;
    ERROR_FORWARD(inversion_sort(&f->inversion, part, s, err));
    /* What the last round gives back nobody else will want. */
    if (f->inversion.part_end == f->inversion.part_count)
        termlists_builder_allow(&f->built, s->given_back);
    for (;;) {
        ERROR_FORWARD(inversion_next(&f->inversion, s, &term, err));
        if (!term.same)
            return OIR_OK;
        const term_sort_item *item = &f->terms.items[term.item];
        if (term.item + TERMS_AHEAD < f->terms.count)
            __builtin_prefetch(f->terms.items[term.item + TERMS_AHEAD].bytes);
        ERROR_FORWARD(
            segment_writer_add_term(f->writer, (const char *)item->bytes, item->size, &term.postings, err));
        termlists_builder_add(&f->built, f->ordinal, &term.postings);
        note_ordinal(f, term.item, term.same);
    }
}

static oir_status write_alone(flush *f, oir_error *err)
{
    for (size_t part = f->inversion.part_first; part < f->inversion.part_end; part++) {
        ERROR_FORWARD(tell(f, part, err));
        ERROR_FORWARD(write_part(f, part, err));
        give_back(f, f->sorters->given_back);
    }
    return OIR_OK;
}

/* ---- terms, by several: while some parts are encoded, those before them are written ---- */

static oir_status begin_stretch(void *context, size_t slot, bool *more, oir_error *err)
{
    flush *f = context;
    *more = f->next_part < f->inversion.part_end;
    if (!*more)
        return OIR_OK;
    f->stretches[slot].part = f->next_part++;
    return slot % (f->stretch_count / 2) == 0 ? tell(f, f->stretches[slot].part, err) : OIR_OK;
}

static oir_status encode_stretch(void *context, size_t slot, size_t tool, oir_error *err)
{
    flush *f = context;
    stretch *s = &f->stretches[slot];
    inversion_sorter *with = &f->sorters[tool];
    inversion_term term;
    segment_encoder_clear(&s->encoder);
    ERROR_FORWARD(inversion_sort(&f->inversion, s->part, with, err));
    s->unused = with->given_back;
    size_t most = f->inversion.parts[s->part].term_count;
    ERROR_FORWARD(segment_encoder_reserve(&s->encoder, most, err));
    if (!memory_reserve(&s->terms, &s->term_capacity, most, sizeof *s->terms))
        return error_no_memory(err, "the postings of a term");
    for (;;) {
        ERROR_FORWARD(inversion_next(&f->inversion, with, &term, err));
        if (!term.same)
            break;
        s->terms[s->encoder.count] = (encoded_term){term.item, term.same};
        ERROR_FORWARD(segment_encoder_add(&s->encoder, &term.postings, err));
    }
    /* There are many parts, and each stretch comes by a long list sooner or later. */
    if (s->encoder.bytes.size > LARGE)
        segment_encoder_give_back(&s->encoder);
    return OIR_OK;
}

static oir_status write_stretch(void *context, size_t slot, oir_error *err)
{
    flush *f = context;
    stretch *s = &f->stretches[slot];
    for (size_t i = 0; i < s->encoder.count; i++) {
        const term_sort_item *item = &f->terms.items[s->terms[i].item];
        ERROR_FORWARD(
            segment_writer_add_encoded(f->writer, (const char *)item->bytes, item->size, &s->encoder, i, err));
        note_ordinal(f, s->terms[i].item, s->terms[i].same);
    }
    give_back(f, s->unused);
    return OIR_OK;
}

static oir_status write_together(flush *f, oir_error *err)
{
    const relay_steps steps = {f, begin_stretch, encode_stretch, write_stretch};
    f->next_part = f->inversion.part_first;
    return relay_run(f->helpers, &steps, f->stretch_count, err);
}

/* How many parts are encoded at a time. */
static size_t choose_half(const flush *f)
{
    const inversion *n = &f->inversion;
    size_t term_count = 1, half = PARTS * f->sorter_count;
    size_t share = f->v->items[0]->memory * f->v->count / ENCODED_SHARE, most = share < ENCODED ? share : ENCODED;
    for (size_t i = 0; i < n->part_count; i++)
        term_count += n->parts[i].term_count;
    size_t fit = most / 2 * n->part_count / (term_count * (sizeof(segment_encoded_term) + sizeof(encoded_term)));
    half = fit < half ? fit : half;
    return half < f->sorter_count ? f->sorter_count : half;
}

static oir_status open_threads(flush *f, oir_error *err)
{
    f->sorter_count = f->helpers ? team_size(f->helpers) : 1;
    f->sorters = memory_new_zeroed(f->sorter_count, sizeof *f->sorters);
    f->stretch_count = f->helpers ? 2 * choose_half(f) : 0;
    f->stretches = memory_new_zeroed(f->stretch_count + 1, sizeof *f->stretches);
    if (!f->sorters || !f->stretches)
        return error_no_memory(err, "writing out the buffer of documents");
    for (size_t i = 0; i < f->stretch_count; i++)
        ERROR_FORWARD(segment_writer_open_encoder(f->writer, &f->stretches[i].encoder, err));
    return OIR_OK;
}

static oir_status make_ordinals(flush *f, oir_error *err)
{
    size_t size = (f->terms.count + (size_t)1) * sizeof *f->ordinals;
    f->ordinals = memory_new(size);
    if (!f->ordinals)
        return error_no_memory(err, "writing out the buffer of documents");
    memset(f->ordinals, 0xff, size); /* of terms that only dead documents have */
    return OIR_OK;
}

static oir_status write_terms(flush *f, oir_error *err)
{
    ERROR_FORWARD(inverters_sort_terms(f->v, &f->terms, err));
    ERROR_FORWARD(inversion_init(&f->inversion, f->v, f->order, f->live_count, &f->terms, f->memory, f->helpers, err));
    ERROR_FORWARD(open_threads(f, err));
    if (f->keeps_text || f->v->items[0]->term_lists)
        ERROR_FORWARD(make_ordinals(f, err));
    if (f->v->items[0]->term_lists && !f->helpers)
        termlists_builder_init(&f->built, f->live_count, f->inversion.spare);
    if (f->v->items[0]->term_lists)
        memory_give_back(); /* what documents' data and sorting took: occurrences want smaller pieces */
    for (uint32_t round = 0; round < f->inversion.round_count; round++) {
        ERROR_FORWARD(inversion_scatter(&f->inversion, round, err));
        ERROR_FORWARD(f->helpers ? write_together(f, err) : write_alone(f, err));
    }
    return OIR_OK;
}

/* What lists of terms do without. */
static void release_threads(flush *f)
{
    for (size_t i = 0; f->sorters && i < f->sorter_count; i++)
        inversion_sorter_release(&f->sorters[i]);
    for (size_t i = 0; f->stretches && i < f->stretch_count; i++) {
        segment_encoder_release(&f->stretches[i].encoder);
        memory_free(f->stretches[i].terms);
    }
    memory_free(f->sorters);
    memory_free(f->stretches);
    f->sorters = NULL;
    f->stretches = NULL;
    inversion_release(&f->inversion);
    memory_free(f->terms.items);
    f->terms.items = NULL;
}

static oir_status write_term_lists(const flush *f, oir_error *err)
{
    const inverters_termlists lists = {f->v, f->order, f->live_count, f->terms.firsts, f->ordinals, f->ordinal};
    if (f->built.lists)
        return inverters_termlists_copy(&f->built, f->writer, f->progress, err);
    return f->v->items[0]->term_lists ? inverters_termlists_write(&lists, f->writer, f->helpers, f->progress, err)
                                      : OIR_OK;
}

oir_status inverters_flush(inverters *v, const uint32_t *order, bool lasting, size_t memory, segment_writer *w,
                           team *helpers, inverters_text *text, const progress *p, oir_error *err)
{
    oir_status status;
    if (text)
        *text = (inverters_text){0};
    flush f = {.v = v, .live_count = inverters_get_live_count(v), .lasting = lasting, .memory = memory, .writer = w,
               .helpers = helpers, .keeps_text = text != NULL, .progress = p};
    ERROR_GOTO_DONE(inverters_pack(v, err));
    ERROR_GOTO_DONE(order_documents(&f, order, err));
    ERROR_GOTO_DONE(write_documents(&f, err));
    ERROR_GOTO_DONE(write_stored(&f, err));
    ERROR_GOTO_DONE(write_terms(&f, err));
    release_threads(&f);
    ERROR_GOTO_DONE(write_term_lists(&f, err));
    if (text) {
        inverters_text_init(text, v, f.order, f.terms.firsts, f.ordinals);
        f.order = NULL;
        f.terms.firsts = NULL;
        f.ordinals = NULL;
    }
done:
    release_threads(&f);
    termlists_builder_release(&f.built);
    memory_free(f.order);
    memory_free(f.ordinals);
    inverters_release_terms(&f.terms);
    return status;
}
