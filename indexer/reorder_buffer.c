#include "base/error.h"
#include "base/memory.h"
#include "indexer/reorder.h"

enum { TELL_TERMS = 1 << 14 };

typedef struct buffered {
    const inverters *v;
    inverters_place *order; /* live documents by docid */
    uint32_t **places;      /* inverters_make_places of that; NULL: buffered numbers are places */
    inverters_terms terms;
    buffer list;            /* of one term */
    reorder_builder builder;
} buffered;

static oir_status make_places(buffered *b, oir_error *err)
{
    if (inverters_are_in_order(b->v))
        return OIR_OK;
    b->order = inverters_order(b->v);
    b->places = b->order ? inverters_make_places(b->v, b->order) : NULL;
    return b->places ? OIR_OK : error_no_memory(err, "the order of documents");
}

/* Terms are offered by byte order, as they are in a merge: so the order is the same. */
static oir_status offer_terms(buffered *b, oir_error *err)
{
    ERROR_FORWARD(inverters_sort_terms(b->v, &b->terms, err));
    for (uint32_t at = 0, same; at < b->terms.count; at += same) {
        uint64_t documents = 0;
        same = inverters_group_term(&b->terms, at, b->terms.count);
        for (uint32_t i = 0, owner; i < same; i++)
            documents += inverters_get_term(b->v, &b->terms, at + i, &owner)->documents;
        if (reorder_builder_fits(&b->builder, documents))
            ERROR_FORWARD(reorder_builder_offer(&b->builder, at, documents, err));
    }
    return reorder_builder_choose(&b->builder, err);
}

static oir_status note_list(buffered *b, uint32_t at, oir_error *err)
{
    uint32_t owner;
    inverter_cursor c;
    const inverter_term *term = inverters_get_term(b->v, &b->terms, at, &owner);
    if (!inverter_read(b->v->items[owner], term, &b->list, &c))
        return error_no_memory(err, "the order of documents");
    const uint32_t *places = b->places ? b->places[owner] : NULL;
    while (inverter_next(&c)) {
        uint32_t place = places ? places[c.document] : c.document;
        if (place != INVERTERS_GONE)
            reorder_builder_note(&b->builder, place);
    }
    return OIR_OK;
}

static oir_status note_terms(buffered *b, const progress *p, oir_error *err)
{
    uint32_t told = 0;
    for (uint32_t at = 0, same; at < b->terms.count; at += same) {
        if (at >= told) {
            ERROR_FORWARD(progress_tell(p, "reading lists", at, b->terms.count, err));
            told = at + TELL_TERMS;
        }
        same = inverters_group_term(&b->terms, at, b->terms.count);
        if (!reorder_builder_wants(&b->builder, at))
            continue;
        reorder_builder_start(&b->builder, at);
        for (uint32_t i = 0; i < same; i++)
            ERROR_FORWARD(note_list(b, at + i, err));
    }
    return OIR_OK;
}

/* Terms may be numbered by any of their items: there are as many numbers as items. */
static size_t count_items(const inverters *v)
{
    size_t sum = 0;
    for (uint32_t i = 0; i < v->count; i++)
        sum += v->items[i]->term_count;
    return sum;
}

oir_status reorder_buffer(uint32_t **order, const inverters *v, const reorder_settings *settings, const progress *p,
                          oir_error *err)
{
    oir_status status;
    buffered b = {.v = v};
    *order = NULL;
    ERROR_GOTO_DONE(make_places(&b, err));
    ERROR_GOTO_DONE(reorder_builder_init(&b.builder, inverters_get_live_count(v), count_items(v), settings, err));
    ERROR_GOTO_DONE(offer_terms(&b, err));
    ERROR_GOTO_DONE(note_terms(&b, p, err));
    ERROR_GOTO_DONE(reorder_builder_end(&b.builder, p, err));
    *order = b.builder.order;
    b.builder.order = NULL;
done:
    inverters_release_places(v, b.places);
    memory_free(b.order);
    inverters_release_terms(&b.terms);
    buffer_release(&b.list);
    reorder_builder_release(&b.builder);
    return status;
}
