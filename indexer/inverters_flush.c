#include <stdatomic.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/gather.h"
#include "indexer/inverters.h"
#include "indexer/merge_stored.h"

enum {
    TELL_DOCUMENTS = 1 << 12,
    TELL_TERMS = 1 << 14,
    PREFETCH = 8,      /* terms ahead */
    FEW_TERMS = 128,   /* of a document: sorted by comparing */
    STRETCHES = 4,     /* for each thread, at a time: so that a long one does not keep the others waiting */
    STRETCH = 1 << 17, /* documents and positions of one, or so: more is a single long list */
    LARGE = 1 << 20    /* encoded bytes of such a one */
};

/* What one inverter has of a term, while it is read. */
typedef struct source {
    buffer list;
    inverter_cursor cursor;
    const uint32_t *locals; /* NULL: local numbers are the cursor's */
    uint64_t local;         /* where the cursor stands; UINT64_MAX at its end */
} source;

/* What a thread brings a term's postings together in: as large as the longest list, so there are only as many as are
 * in use at a time. */
typedef struct scratch {
    atomic_flag taken;
    gather gather;
    source *sources;       /* one for each inverter */
} scratch;

/* A stretch of terms, while a thread encodes it and another one writes what came out. */
typedef struct stretch {
    uint32_t from, end;    /* items */
    segment_encoder encoder;
    uint32_t *firsts;      /* of each encoded term, the first item */
    size_t first_capacity;
    oir_status status;
    oir_error error;
} stretch;

/* What is needed while the buffer is written. */
typedef struct flush {
    const inverters *v;
    uint32_t live_count;
    bool lasting;
    segment_writer *writer;
    const progress *progress;
    inverters_place *order; /* live documents by ascending docid, or as was asked for: local -> place */
    uint32_t **locals;      /* inverters_make_places of that; NULL: buffered numbers are local ones */
    bool renumber;          /* one inverter, of which all are live: a term's documents get local numbers together */
    uint32_t *ordinals;     /* term (of inverters_terms) -> ordinal; NULL without term lists */
    inverters_terms terms;
    uint32_t ordinal;       /* of the next term */
    team *helpers;          /* NULL: none */
    scratch *scratches;     /* one for each thread */
    size_t scratch_count;
    stretch *stretches;     /* with helpers: twice those that are encoded at a time */
    size_t stretch_count;
    stretch *encoding, *writing; /* each half of them */
    uint64_t *pairs;        /* one document's ordinals and wdf, and room for as many */
    size_t pair_capacity;
    uint32_t *columns;      /* the same apart */
    size_t column_capacity;
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
    if (!f->order || (order && !apply_order(f, order)))
        return error_no_memory(err, "writing out the buffer of documents");
    if (!order && inverters_are_in_order(f->v))
        return OIR_OK;
    f->renumber = f->v->count == 1 && f->live_count == f->v->items[0]->document_count;
    f->locals = inverters_make_places(f->v, f->order);
    return f->locals ? OIR_OK : error_no_memory(err, "writing out the buffer of documents");
}

static const inverter_document *get_document(const flush *f, uint32_t local)
{
    inverters_place place = f->order[local];
    return inverter_get_document(f->v->items[place.inverter], place.number);
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
            .values = d->values,
            .value_count = d->value_count,
        };
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
        oir_bytes data = get_document(f, i)->data;
        ERROR_FORWARD(stored_packer_add(to, data.data, data.size, err));
        if (i % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(f->progress, "writing documents", i, f->live_count, err));
    }
    return OIR_OK;
}

/* Of the only inverter, as if it were a segment. */
static oir_status copy_packed(const flush *f, stored_packer *to, oir_error *err)
{
    inverter_data_view view;
    merge_order order = {f->live_count, memory_new_zeroed(f->live_count, sizeof *order.sources),
                         memory_new(f->live_count * sizeof *order.locals)};
    oir_status status = order.sources && order.locals ? OIR_OK : error_no_memory(err, "the data of documents");
    for (uint32_t i = 0; status == OIR_OK && i < f->live_count; i++)
        order.locals[i] = f->order[i].number;
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

static oir_status sort_terms(flush *f, oir_error *err)
{
    ERROR_FORWARD(inverters_sort_terms(f->v, &f->terms, err));
    if (!f->v->items[0]->term_lists)
        return OIR_OK;
    f->ordinals = memory_new((f->terms.count + (size_t)1) * sizeof *f->ordinals);
    return f->ordinals ? OIR_OK : error_no_memory(err, "writing out the buffer of documents");
}

/* To the next document that is not dead. */
static inline void advance(source *s)
{
    while (inverter_next(&s->cursor)) {
        uint32_t local = s->locals ? s->locals[s->cursor.document] : s->cursor.document;
        if (local != INVERTERS_GONE) {
            s->local = local;
            return;
        }
    }
    s->local = UINT64_MAX;
}

/* Adds where a source stands. There is room. */
static inline void add_posting(gather *g, const source *s)
{
    const inverter_cursor *c = &s->cursor;
    if (c->positions == 1) /* of most words most */
        g->positions[g->position_count] = bits_load32(c->places) & (uint32_t)bits_low(8 * c->width);
    else
        inverter_get_positions(c, g->positions + g->position_count);
    gather_add(g, (uint32_t)s->local, c->wdf, c->positions);
}

/* Opens the lists of the `same` items from `at` on. */
static oir_status open_sources(const flush *f, scratch *s, uint32_t at, uint32_t same, oir_error *err)
{
    size_t documents = 0, positions = 0;
    for (uint32_t i = 0, owner; i < same; i++) {
        source *from = &s->sources[i];
        const inverter_term *term = inverters_get_term(f->v, &f->terms, at + i, &owner);
        if (!inverter_read(f->v->items[owner], term, &from->list, &from->cursor))
            return error_no_memory(err, "the postings of a term");
        from->locals = f->renumber ? NULL : f->locals ? f->locals[owner] : NULL;
        documents += term->documents;
        positions += term->positions;
        advance(from);
    }
    return gather_reserve(&s->gather, documents, positions) ? OIR_OK : error_no_memory(err, "the postings of a term");
}

/* From each source in turn what it has before the others go on: documents of one lie in runs. */
static void take_in_turns(scratch *s, uint32_t count)
{
    gather g = s->gather; /* a copy that nothing else can see is kept in registers */
    for (;;) {
        source *best = s->sources;
        uint64_t next = UINT64_MAX;
        for (source *other = s->sources + 1; other < s->sources + count; other++) {
            uint64_t higher = other->local;
            if (higher < best->local) {
                higher = best->local;
                best = other;
            }
            next = higher < next ? higher : next;
        }
        if (best->local == UINT64_MAX)
            break;
        source from = *best;
        for (; from.local < next; advance(&from))
            add_posting(&g, &from);
        *best = from;
    }
    s->gather = g;
}

/* Terms lie in the order in which they came and are read in the order of their bytes, so each is prefetched. */
static void prefetch_terms(const flush *f, uint32_t at, uint32_t count)
{
    uint32_t i;
    if (at + 2 * PREFETCH < count) {
        const inverter_term *t = inverters_get_term(f->v, &f->terms, at + 2 * PREFETCH, &i);
        __builtin_prefetch(t);
        __builtin_prefetch((const char *)(t + 1) - 1);
    }
    if (at + PREFETCH < count) {
        const inverter_term *t = inverters_get_term(f->v, &f->terms, at + PREFETCH, &i);
        __builtin_prefetch(f->terms.items[at + PREFETCH].bytes);
        if (t->documents)
            __builtin_prefetch(slices_at(&f->v->items[i]->pool, t->postings.head));
    }
}

/* The postings of the `same` items from `at` on, which are one term; count 0: all its documents are dead. */
static oir_status gather_term(const flush *f, scratch *s, uint32_t at, uint32_t same, term_postings *out,
                              oir_error *err)
{
    gather_clear(&s->gather);
    *out = (term_postings){0};
    ERROR_FORWARD(open_sources(f, s, at, same, err));
    take_in_turns(s, same);
    if (f->renumber)
        gather_renumber(&s->gather, f->locals[0]);
    return s->gather.count ? gather_finish(&s->gather, out, err) : OIR_OK;
}

static void note_ordinal(flush *f, uint32_t at, uint32_t same)
{
    for (uint32_t i = 0; f->ordinals && i < same; i++)
        f->ordinals[f->terms.items[at + i].term] = f->ordinal;
    f->ordinal++;
}

/* ---- terms, by one thread ---- */

static oir_status write_terms_alone(flush *f, oir_error *err)
{
    uint32_t told = 0;
    for (uint32_t at = 0, same; at < f->terms.count; at += same) {
        term_postings postings;
        const term_sort_item *item = &f->terms.items[at];
        if (at >= told) {
            ERROR_FORWARD(progress_tell(f->progress, "writing terms", at, f->terms.count, err));
            told = at + TELL_TERMS;
        }
        prefetch_terms(f, at, f->terms.count);
        same = inverters_group_term(&f->terms, at, f->terms.count);
        ERROR_FORWARD(gather_term(f, f->scratches, at, same, &postings, err));
        if (postings.count == 0)
            continue;
        ERROR_FORWARD(segment_writer_add_term(f->writer, (const char *)item->bytes, item->size, &postings, err));
        note_ordinal(f, at, same);
    }
    return OIR_OK;
}

/* ---- terms, by several: while some stretches are encoded, those before them are written ---- */

static oir_status encode(flush *f, scratch *with, stretch *s, oir_error *err)
{
    segment_encoder_clear(&s->encoder);
    for (uint32_t at = s->from, same; at < s->end; at += same) {
        term_postings postings;
        prefetch_terms(f, at, s->end);
        same = inverters_group_term(&f->terms, at, s->end);
        ERROR_FORWARD(gather_term(f, with, at, same, &postings, err));
        if (postings.count == 0)
            continue;
        if (!memory_reserve(&s->firsts, &s->first_capacity, s->encoder.count + 1, sizeof *s->firsts))
            return error_no_memory(err, "the postings of a term");
        s->firsts[s->encoder.count] = at;
        ERROR_FORWARD(segment_encoder_add(&s->encoder, &postings, err));
    }
    /* There are many stretches, and each comes by a long list sooner or later. */
    if (s->encoder.bytes.size > LARGE)
        segment_encoder_give_back(&s->encoder);
    return OIR_OK;
}

static oir_status write_stretch(flush *f, stretch *s, oir_error *err)
{
    for (size_t i = 0; i < s->encoder.count; i++) {
        uint32_t at = s->firsts[i];
        const term_sort_item *item = &f->terms.items[at];
        ERROR_FORWARD(
            segment_writer_add_encoded(f->writer, (const char *)item->bytes, item->size, &s->encoder, i, err));
        note_ordinal(f, at, inverters_group_term(&f->terms, at, s->end));
    }
    return OIR_OK;
}

/* Writes all of the half that is encoded; what failed is noted with its first stretch. */
static void write_half(flush *f)
{
    stretch *first = f->writing;
    for (size_t i = 0; i < f->stretch_count / 2 && !first->status; i++)
        first->status = write_stretch(f, &f->writing[i], &first->error);
}

/* A part of a team's work: the first is to write, the others to encode a stretch each. */
static void help(void *context, size_t part, bool owner)
{
    flush *f = context;
    (void)owner;
    if (part == 0) {
        write_half(f);
        return;
    }
    stretch *s = &f->encoding[part - 1];
    scratch *with = f->scratches;
    while (atomic_flag_test_and_set_explicit(&with->taken, memory_order_acquire)) /* one of them is free */
        with = with + 1 < f->scratches + f->scratch_count ? with + 1 : f->scratches;
    s->status = encode(f, with, s, &s->error);
    atomic_flag_clear_explicit(&with->taken, memory_order_release);
}

/* The next terms, for a stretch: about as much work in each, but never a part of a term. */
static uint32_t cut(const flush *f, uint32_t at)
{
    uint64_t work = 0;
    uint32_t count = f->terms.count, owner;
    for (; at < count && work < STRETCH; at++) {
        const inverter_term *t = inverters_get_term(f->v, &f->terms, at, &owner);
        work += (uint64_t)t->documents + t->positions + 8;
    }
    return inverters_end_term(&f->terms, at);
}

static oir_status get_status(const flush *f, oir_error *err)
{
    for (size_t i = 0; i < f->stretch_count; i++)
        if (f->stretches[i].status)
            return error_set(err, f->stretches[i].status, "%s", f->stretches[i].error.message);
    return OIR_OK;
}

static oir_status write_terms_together(flush *f, oir_error *err)
{
    size_t half = f->stretch_count / 2;
    f->encoding = f->stretches;
    f->writing = f->stretches + half;
    for (size_t i = 0; i < f->stretch_count; i++)
        ERROR_FORWARD(segment_writer_open_encoder(f->writer, &f->stretches[i].encoder, err));
    for (uint32_t at = 0, told = 0; at < f->terms.count;) {
        if (at >= told) {
            ERROR_FORWARD(progress_tell(f->progress, "writing terms", at, f->terms.count, err));
            told = at + TELL_TERMS;
        }
        for (size_t i = 0; i < half; i++) {
            f->encoding[i].from = at;
            f->encoding[i].end = at = cut(f, at);
        }
        team_run(f->helpers, 1 + half, help, f, NULL);
        ERROR_FORWARD(get_status(f, err));
        stretch *encoded = f->encoding;
        f->encoding = f->writing;
        f->writing = encoded;
    }
    write_half(f);
    return get_status(f, err);
}

static oir_status write_terms(flush *f, oir_error *err)
{
    f->scratch_count = f->helpers ? team_size(f->helpers) : 1;
    f->scratches = memory_new_zeroed(f->scratch_count, sizeof *f->scratches);
    f->stretch_count = f->helpers ? 2 * STRETCHES * f->scratch_count : 0;
    f->stretches = memory_new_zeroed(f->stretch_count + 1, sizeof *f->stretches);
    if (!f->scratches || !f->stretches)
        return error_no_memory(err, "writing out the buffer of documents");
    for (size_t i = 0; i < f->scratch_count; i++) {
        scratch *s = &f->scratches[i];
        atomic_flag_clear(&s->taken);
        gather_init(&s->gather);
        s->sources = memory_new_zeroed(f->v->count, sizeof *s->sources);
        if (!s->sources)
            return error_no_memory(err, "writing out the buffer of documents");
    }
    return f->helpers ? write_terms_together(f, err) : write_terms_alone(f, err);
}

static void release_threads(flush *f)
{
    for (size_t i = 0; f->scratches && i < f->scratch_count; i++) {
        scratch *s = &f->scratches[i];
        for (uint32_t k = 0; s->sources && k < f->v->count; k++)
            buffer_release(&s->sources[k].list);
        memory_free(s->sources);
        gather_release(&s->gather);
    }
    for (size_t i = 0; f->stretches && i < f->stretch_count; i++) {
        segment_encoder_release(&f->stretches[i].encoder);
        memory_free(f->stretches[i].firsts);
    }
    memory_free(f->scratches);
    memory_free(f->stretches);
    f->scratches = NULL;
    f->stretches = NULL;
}

/* What lists of terms do without. */
static void release_terms(flush *f)
{
    release_threads(f);
    memory_free(f->terms.items);
    f->terms.items = NULL;
}

/* ---- term lists ---- */

static oir_status write_term_list(flush *f, uint32_t local, oir_error *err)
{
    const inverter *from = f->v->items[f->order[local].inverter];
    const inverter_document *d = get_document(f, local);
    const uint32_t *ordinals = f->ordinals + f->terms.firsts[f->order[local].inverter];
    uint32_t count = d->term_count;
    if (!memory_reserve(&f->pairs, &f->pair_capacity, (size_t)count * 2, sizeof *f->pairs) ||
        !memory_reserve(&f->columns, &f->column_capacity, (size_t)count * 2, sizeof *f->columns))
        return error_no_memory(err, "the list of a document's terms");
    slice_reader reader = slices_read(&from->pool, d->terms);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t term = (uint32_t)slices_next(&reader), wdf = (uint32_t)slices_next(&reader);
        f->pairs[i] = (uint64_t)ordinals[term] << 32 | wdf;
    }
    const uint64_t *sorted = f->pairs;
    if (count > FEW_TERMS)
        sorted = sort_u64_by_high(f->pairs, f->pairs + count, count, f->ordinal);
    else
        sort_u64(f->pairs, count);
    for (uint32_t i = 0; i < count; i++) {
        f->columns[i] = (uint32_t)(sorted[i] >> 32);
        f->columns[count + i] = (uint32_t)sorted[i];
    }
    return segment_writer_add_term_list(f->writer, f->columns, count ? f->columns + count : NULL, count, err);
}

static oir_status write_term_lists(flush *f, oir_error *err)
{
    if (!f->ordinals)
        return OIR_OK;
    for (uint32_t i = 0; i < f->live_count; i++) {
        ERROR_FORWARD(write_term_list(f, i, err));
        if (i % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(f->progress, "writing term lists", i, f->live_count, err));
    }
    return OIR_OK;
}

oir_status inverters_flush(const inverters *v, const uint32_t *order, bool lasting, segment_writer *w, team *helpers,
                           const progress *p, oir_error *err)
{
    oir_status status;
    flush f = {.v = v, .live_count = inverters_get_live_count(v), .lasting = lasting, .writer = w, .helpers = helpers,
               .progress = p};
    ERROR_GOTO_DONE(order_documents(&f, order, err));
    ERROR_GOTO_DONE(write_documents(&f, err));
    ERROR_GOTO_DONE(write_stored(&f, err));
    ERROR_GOTO_DONE(sort_terms(&f, err));
    ERROR_GOTO_DONE(write_terms(&f, err));
    release_terms(&f);
    ERROR_GOTO_DONE(write_term_lists(&f, err));
done:
    release_threads(&f);
    inverters_release_places(v, f.locals);
    memory_free(f.order);
    memory_free(f.ordinals);
    inverters_release_terms(&f.terms);
    memory_free(f.pairs);
    memory_free(f.columns);
    return status;
}
