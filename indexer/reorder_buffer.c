#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "indexer/reorder.h"
#include "indexer/term_sort.h"

enum { TELL_TERMS = 1 << 10 };
#define GONE UINT32_MAX

typedef struct buffered {
    const inverter *v;
    uint32_t *order;       /* live documents by docid: their buffered numbers */
    uint32_t *places;      /* buffered number -> place in it, or GONE; NULL: all are live, and in order */
    term_sort_item *terms; /* those with documents enough, by byte order */
    size_t term_count;
    buffer list;           /* of one term */
    reorder_builder builder;
} buffered;

static oir_status make_places(buffered *b, oir_error *err)
{
    if (b->v->live_count == b->v->document_count && !b->v->descended)
        return OIR_OK;
    b->places = memory_new((b->v->document_count + 1) * sizeof *b->places);
    if (!b->places || !inverter_order(b->v, &b->order))
        return error_no_memory(err, "the order of documents");
    memset(b->places, 0xff, b->v->document_count * sizeof *b->places);
    for (uint32_t i = 0; i < b->v->live_count; i++)
        b->places[b->order[i]] = i;
    return OIR_OK;
}

/* Terms are offered by byte order, as they are in a merge: so the order is the same. */
static oir_status offer_terms(buffered *b, oir_error *err)
{
    b->terms = memory_new((b->v->term_count + (size_t)1) * sizeof *b->terms);
    if (!b->terms)
        return error_no_memory(err, "the order of documents");
    for (uint32_t i = 0; i < b->v->term_count; i++) {
        const inverter_term *t = inverter_get_term(b->v, i);
        const uint8_t *bytes = slices_at(&b->v->pool, t->bytes);
        if (reorder_builder_fits(&b->builder, t->documents))
            b->terms[b->term_count++] =
                (term_sort_item){term_sort_key(bytes, t->postings.spare), bytes, t->postings.spare, i};
    }
    term_sort(b->terms, b->term_count);
    for (uint32_t i = 0; i < b->term_count; i++)
        ERROR_FORWARD(reorder_builder_offer(&b->builder, i, inverter_get_term(b->v, b->terms[i].term)->documents, err));
    return reorder_builder_choose(&b->builder, err);
}

static oir_status note_terms(buffered *b, const progress *p, oir_error *err)
{
    for (uint32_t i = 0; i < b->term_count; i++) {
        if (i % TELL_TERMS == 0)
            ERROR_FORWARD(progress_tell(p, "reading lists", i, b->term_count, err));
        if (!reorder_builder_wants(&b->builder, i))
            continue;
        reorder_builder_start(&b->builder, i);
        inverter_cursor c;
        if (!inverter_read(b->v, inverter_get_term(b->v, b->terms[i].term), &b->list, &c))
            return error_no_memory(err, "the order of documents");
        while (inverter_next(&c)) {
            uint32_t place = b->places ? b->places[c.document] : c.document;
            if (place != GONE)
                reorder_builder_note(&b->builder, place);
        }
    }
    return OIR_OK;
}

oir_status reorder_buffer(uint32_t **order, const inverter *v, const reorder_settings *settings, const progress *p,
                          oir_error *err)
{
    oir_status status;
    buffered b = {.v = v};
    *order = NULL;
    ERROR_GOTO_DONE(make_places(&b, err));
    ERROR_GOTO_DONE(reorder_builder_init(&b.builder, v->live_count, v->term_count, settings, err));
    ERROR_GOTO_DONE(offer_terms(&b, err));
    ERROR_GOTO_DONE(note_terms(&b, p, err));
    ERROR_GOTO_DONE(reorder_builder_end(&b.builder, p, err));
    *order = b.builder.order;
    b.builder.order = NULL;
done:
    memory_free(b.order);
    memory_free(b.places);
    memory_free(b.terms);
    buffer_release(&b.list);
    reorder_builder_release(&b.builder);
    return status;
}
