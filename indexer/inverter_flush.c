#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/gather.h"
#include "indexer/inverter.h"
#include "indexer/term_sort.h"

enum { TELL_DOCUMENTS = 1 << 12, TELL_TERMS = 1 << 14, PREFETCH = 8 /* terms ahead */ };
#define GONE UINT32_MAX

/* What is needed while the buffer is written. */
typedef struct flush {
    const inverter *v;
    segment_writer *writer;
    const progress *progress;
    uint32_t *order;       /* buffered numbers of live documents by ascending docid: local -> buffered */
    uint32_t *locals;      /* buffered -> local, GONE for dead ones; NULL: all are live and in order */
    uint32_t *ordinals;    /* term -> ordinal; NULL without term lists */
    term_sort_item *terms; /* all terms in byte order */
    gather gather;
    buffer list;           /* of one term */
    uint64_t *pairs;       /* one document's ordinals and wdf */
    size_t pair_capacity;
    uint32_t *columns;     /* the same apart */
    size_t column_capacity;
} flush;

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

static bool apply_order(flush *f, const uint32_t *order)
{
    uint32_t *applied = memory_new(f->v->live_count * sizeof *applied);
    for (uint32_t i = 0; applied && i < f->v->live_count; i++)
        applied[i] = f->order[order[i]];
    memory_free(f->order);
    f->order = applied;
    return applied != NULL;
}

static oir_status order_documents(flush *f, const uint32_t *order, oir_error *err)
{
    const inverter *v = f->v;
    if (!inverter_order(v, &f->order) || (order && !apply_order(f, order)))
        return error_no_memory(err, "writing out the buffer of documents");
    if (!order && !v->descended && v->live_count == v->document_count)
        return OIR_OK;
    f->locals = memory_new(v->document_count * sizeof *f->locals);
    if (!f->locals)
        return error_no_memory(err, "writing out the buffer of documents");
    memset(f->locals, 0xff, v->document_count * sizeof *f->locals);
    for (uint32_t i = 0; i < v->live_count; i++)
        f->locals[f->order[i]] = i;
    return OIR_OK;
}

static oir_status write_documents(flush *f, oir_error *err)
{
    for (uint32_t i = 0; i < f->v->live_count; i++) {
        const inverter_document *d = inverter_get_document(f->v, f->order[i]);
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
            ERROR_FORWARD(progress_tell(f->progress, "writing documents", i, f->v->live_count, err));
    }
    return OIR_OK;
}

static oir_status sort_terms(flush *f, oir_error *err)
{
    const inverter *v = f->v;
    if (v->term_count == 0)
        return OIR_OK;
    f->terms = memory_new(v->term_count * sizeof *f->terms);
    if (v->term_lists)
        f->ordinals = memory_new(v->term_count * sizeof *f->ordinals);
    if (!f->terms || (v->term_lists && !f->ordinals))
        return error_no_memory(err, "writing out the buffer of documents");
    for (uint32_t i = 0; i < v->term_count; i++) {
        const inverter_term *t = inverter_get_term(v, i);
        const uint8_t *bytes = slices_at(&v->pool, t->bytes);
        f->terms[i] = (term_sort_item){term_sort_key(bytes, t->postings.spare), bytes, t->postings.spare, i};
    }
    term_sort(f->terms, v->term_count);
    return OIR_OK;
}

/* Reads a term's list without the dead documents. */
static oir_status gather_term(flush *f, const inverter_term *term, oir_error *err)
{
    gather_clear(&f->gather);
    if (!gather_reserve(&f->gather, term->documents, term->positions))
        return error_no_memory(err, "the postings of a term");
    gather g = f->gather; /* a copy that nothing else can see is kept in registers */
    const uint32_t *locals = f->locals;
    inverter_cursor c;
    if (!inverter_read(f->v, term, &f->list, &c))
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
    uint32_t count = f->v->term_count;
    if (at + 2 * PREFETCH < count) {
        const inverter_term *t = inverter_get_term(f->v, f->terms[at + 2 * PREFETCH].term);
        __builtin_prefetch(t);
        __builtin_prefetch((const char *)(t + 1) - 1);
    }
    if (at + PREFETCH < count) {
        const inverter_term *t = inverter_get_term(f->v, f->terms[at + PREFETCH].term);
        __builtin_prefetch(f->terms[at + PREFETCH].bytes);
        if (t->documents)
            __builtin_prefetch(slices_at(&f->v->pool, t->postings.head));
    }
}

static oir_status write_terms(flush *f, oir_error *err)
{
    uint32_t ordinal = 0;
    for (uint32_t i = 0; i < f->v->term_count; i++) {
        const term_sort_item *item = &f->terms[i];
        prefetch_terms(f, i);
        ERROR_FORWARD(gather_term(f, inverter_get_term(f->v, item->term), err));
        if (i % TELL_TERMS == 0)
            ERROR_FORWARD(progress_tell(f->progress, "writing terms", i, f->v->term_count, err));
        if (f->gather.count == 0)
            continue;
        term_postings postings;
        ERROR_FORWARD(gather_finish(&f->gather, &postings, err));
        ERROR_FORWARD(segment_writer_add_term(f->writer, (const char *)item->bytes, item->size, &postings, err));
        if (f->ordinals)
            f->ordinals[item->term] = ordinal;
        ordinal++;
    }
    return OIR_OK;
}

static oir_status write_term_list(flush *f, const inverter_document *d, oir_error *err)
{
    uint32_t count = d->term_count;
    if (!memory_reserve(&f->pairs, &f->pair_capacity, count, sizeof *f->pairs) ||
        !memory_reserve(&f->columns, &f->column_capacity, (size_t)count * 2, sizeof *f->columns))
        return error_no_memory(err, "the list of a document's terms");
    slice_reader reader = slices_read(&f->v->pool, d->terms);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t term = (uint32_t)slices_next(&reader), wdf = (uint32_t)slices_next(&reader);
        f->pairs[i] = (uint64_t)f->ordinals[term] << 32 | wdf;
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
    if (!f->v->term_lists)
        return OIR_OK;
    for (uint32_t i = 0; i < f->v->live_count; i++) {
        ERROR_FORWARD(write_term_list(f, inverter_get_document(f->v, f->order[i]), err));
        if (i % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(f->progress, "writing term lists", i, f->v->live_count, err));
    }
    return OIR_OK;
}

oir_status inverter_flush(const inverter *v, const uint32_t *order, segment_writer *w, const progress *p,
                          oir_error *err)
{
    oir_status status;
    flush f = {.v = v, .writer = w, .progress = p};
    gather_init(&f.gather);
    ERROR_GOTO_DONE(order_documents(&f, order, err));
    ERROR_GOTO_DONE(write_documents(&f, err));
    ERROR_GOTO_DONE(sort_terms(&f, err));
    ERROR_GOTO_DONE(write_terms(&f, err));
    ERROR_GOTO_DONE(write_term_lists(&f, err));
done:
    memory_free(f.order);
    memory_free(f.locals);
    memory_free(f.ordinals);
    memory_free(f.terms);
    memory_free(f.pairs);
    memory_free(f.columns);
    gather_release(&f.gather);
    buffer_release(&f.list);
    return status;
}
