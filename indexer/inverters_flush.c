#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/gather.h"
#include "indexer/inverters.h"

enum { TELL_DOCUMENTS = 1 << 12, TELL_TERMS = 1 << 14, PREFETCH = 8 /* terms ahead */ };
#define GONE UINT32_MAX

/* What is needed while the buffer is written. */
typedef struct flush {
    const inverters *v;
    uint32_t live_count;
    segment_writer *writer;
    const progress *progress;
    inverters_place *order; /* live documents by ascending docid, or as was asked for: local -> place */
    uint32_t **locals;      /* by inverter: buffered -> local, GONE for dead ones; NULL: the same, all are live */
    uint32_t *ordinals;     /* term (of inverters_terms) -> ordinal; NULL without term lists */
    inverters_terms terms;
    buffer list;            /* of one term */
    gather gather;
    uint64_t *pairs;        /* one document's ordinals and wdf */
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

/* Tables from buffered numbers to local ones, all but what is live GONE. */
static bool make_locals(flush *f)
{
    f->locals = memory_new_zeroed(f->v->count, sizeof *f->locals);
    for (uint32_t i = 0; f->locals && i < f->v->count; i++) {
        size_t size = (f->v->items[i]->document_count + 1) * sizeof **f->locals;
        f->locals[i] = memory_new(size);
        if (!f->locals[i])
            return false;
        memset(f->locals[i], 0xff, size);
    }
    return f->locals != NULL;
}

static oir_status order_documents(flush *f, const uint32_t *order, oir_error *err)
{
    const inverter *first = f->v->items[0];
    f->order = inverters_order(f->v);
    if (!f->order || (order && !apply_order(f, order)))
        return error_no_memory(err, "writing out the buffer of documents");
    if (!order && f->v->count == 1 && !first->descended && first->live_count == first->document_count)
        return OIR_OK;
    if (!make_locals(f))
        return error_no_memory(err, "writing out the buffer of documents");
    for (uint32_t i = 0; i < f->live_count; i++)
        f->locals[f->order[i].inverter][f->order[i].number] = i;
    return OIR_OK;
}

static const inverter_document *get_document(const flush *f, uint32_t local)
{
    inverters_place place = f->order[local];
    return inverter_get_document(f->v->items[place.inverter], place.number);
}

static oir_status write_documents(flush *f, oir_error *err)
{
    for (uint32_t i = 0; i < f->live_count; i++) {
        const inverter_document *d = get_document(f, i);
        segment_document document = {
            .docid = d->docid,
            .length = d->length,
            .has_positions = d->has_positions,
            .position_min = d->position_min,
            .position_max = d->position_max,
            .data = d->data,
            .values = d->values,
            .value_count = d->value_count,
        };
        ERROR_FORWARD(segment_writer_add_document(f->writer, &document, err));
        if (i % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(f->progress, "writing documents", i, f->live_count, err));
    }
    return OIR_OK;
}

static oir_status sort_terms(flush *f, oir_error *err)
{
    ERROR_FORWARD(inverters_sort_terms(f->v, &f->terms, err));
    if (!f->v->items[0]->term_lists)
        return OIR_OK;
    f->ordinals = memory_new((f->terms.count + (size_t)1) * sizeof *f->ordinals);
    return f->ordinals ? OIR_OK : error_no_memory(err, "writing out the buffer of documents");
}

/* Adds what an inverter has of a term, without the dead documents. */
static oir_status gather_list(flush *f, const inverter_term *term, uint32_t i, oir_error *err)
{
    if (!gather_begin_run(&f->gather) ||
        !gather_reserve(&f->gather, (size_t)f->gather.count + term->documents,
                        f->gather.position_count + term->positions))
        return error_no_memory(err, "the postings of a term");
    gather g = f->gather; /* a copy that nothing else can see is kept in registers */
    const uint32_t *locals = f->locals ? f->locals[i] : NULL;
    inverter_cursor c;
    if (!inverter_read(f->v->items[i], term, &f->list, &c))
        return error_no_memory(err, "the postings of a term");
    while (inverter_next(&c)) {
        uint32_t local = locals ? locals[c.document] : c.document;
        if (local == GONE)
            continue;
        if (c.positions == 1) /* of most words most */
            g.positions[g.position_count] = bits_load32(c.places) & (uint32_t)bits_low(8 * c.width);
        else
            inverter_get_positions(&c, g.positions + g.position_count);
        gather_add(&g, local, c.wdf, c.positions);
    }
    f->gather = g;
    return OIR_OK;
}

/* Terms lie in the order in which they came and are read in the order of their bytes, so each is prefetched. */
static void prefetch_terms(const flush *f, uint32_t at)
{
    uint32_t i, count = f->terms.count;
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

/* The `same` items from `at` on, which are one term. */
static oir_status write_term(flush *f, uint32_t at, uint32_t same, uint32_t *ordinal, oir_error *err)
{
    const term_sort_item *item = &f->terms.items[at];
    gather_clear(&f->gather);
    for (uint32_t i = 0, owner; i < same; i++) {
        const inverter_term *term = inverters_get_term(f->v, &f->terms, at + i, &owner);
        prefetch_terms(f, at + i);
        ERROR_FORWARD(gather_list(f, term, owner, err));
        if (f->ordinals)
            f->ordinals[item[i].term] = *ordinal;
    }
    if (f->gather.count == 0)
        return OIR_OK;
    term_postings postings;
    ERROR_FORWARD(gather_finish(&f->gather, &postings, err));
    ++*ordinal;
    return segment_writer_add_term(f->writer, (const char *)item->bytes, item->size, &postings, err);
}

static oir_status write_terms(flush *f, oir_error *err)
{
    uint32_t ordinal = 0, told = 0;
    for (uint32_t at = 0, same; at < f->terms.count; at += same) {
        if (at >= told) {
            ERROR_FORWARD(progress_tell(f->progress, "writing terms", at, f->terms.count, err));
            told = at + TELL_TERMS;
        }
        same = inverters_group_term(&f->terms, at);
        ERROR_FORWARD(write_term(f, at, same, &ordinal, err));
    }
    return OIR_OK;
}

static oir_status write_term_list(flush *f, uint32_t local, oir_error *err)
{
    const inverter *from = f->v->items[f->order[local].inverter];
    const inverter_document *d = get_document(f, local);
    const uint32_t *ordinals = f->ordinals + f->terms.firsts[f->order[local].inverter];
    uint32_t count = d->term_count;
    if (!memory_reserve(&f->pairs, &f->pair_capacity, count, sizeof *f->pairs) ||
        !memory_reserve(&f->columns, &f->column_capacity, (size_t)count * 2, sizeof *f->columns))
        return error_no_memory(err, "the list of a document's terms");
    slice_reader reader = slices_read(&from->pool, d->terms);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t term = (uint32_t)slices_next(&reader), wdf = (uint32_t)slices_next(&reader);
        f->pairs[i] = (uint64_t)ordinals[term] << 32 | wdf;
    }
    sort_u64(f->pairs, count);
    for (uint32_t i = 0; i < count; i++) {
        f->columns[i] = (uint32_t)(f->pairs[i] >> 32);
        f->columns[count + i] = (uint32_t)f->pairs[i];
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

oir_status inverters_flush(const inverters *v, const uint32_t *order, segment_writer *w, const progress *p,
                           oir_error *err)
{
    oir_status status;
    flush f = {.v = v, .live_count = inverters_get_live_count(v), .writer = w, .progress = p};
    gather_init(&f.gather);
    ERROR_GOTO_DONE(order_documents(&f, order, err));
    ERROR_GOTO_DONE(write_documents(&f, err));
    ERROR_GOTO_DONE(sort_terms(&f, err));
    ERROR_GOTO_DONE(write_terms(&f, err));
    ERROR_GOTO_DONE(write_term_lists(&f, err));
done:
    for (uint32_t i = 0; f.locals && i < v->count; i++)
        memory_free(f.locals[i]);
    memory_free(f.locals);
    memory_free(f.order);
    memory_free(f.ordinals);
    inverters_release_terms(&f.terms);
    memory_free(f.pairs);
    memory_free(f.columns);
    gather_release(&f.gather);
    buffer_release(&f.list);
    return status;
}
