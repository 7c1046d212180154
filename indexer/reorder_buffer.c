#include "base/error.h"
#include "base/memory.h"
#include "indexer/inversion.h"
#include "indexer/reorder.h"

enum { OCCURRENCES_SHARE = 2 /* of the memory, for occurrences while lists are noted */ };

typedef struct buffered {
    const inverters *v;
    inverters_place *order; /* live documents by docid */
    uint32_t document_count;
    inverters_terms terms;
    inversion inversion;
    inversion_sorter sorter;
    uint32_t *counts;       /* by term, of inverters_terms: documents that have it, and */
    uint32_t *newest;       /* one more than the last of them */
    reorder_builder builder;
} buffered;

/* A term's documents are counted with the first of its items. */
static oir_status count_documents(buffered *b, oir_error *err)
{
    size_t count = b->terms.count + (size_t)1;
    uint32_t *first_of = memory_new(count * sizeof *first_of); /* by term */
    b->counts = memory_new_zeroed(count, sizeof *b->counts);
    b->newest = memory_new_zeroed(count, sizeof *b->newest);
    if (!first_of || !b->counts || !b->newest) {
        memory_free(first_of);
        return error_no_memory(err, "the order of documents");
    }
    for (uint32_t at = 0, same; at < b->terms.count; at += same) {
        same = inverters_group_term(&b->terms, at, b->terms.count);
        for (uint32_t i = 0; i < same; i++)
            first_of[b->terms.items[at + i].term] = at;
    }
    for (uint32_t d = 0; d < b->document_count; d++) {
        inverters_place place = b->order[d];
        const uint32_t *items = first_of + b->terms.firsts[place.inverter];
        inverter_reader r = inverter_read(b->v->items[place.inverter], place.number);
        while (inverter_reader_next(&r)) {
            uint32_t item = items[r.term];
            b->counts[item] += b->newest[item] != d + 1;
            b->newest[item] = d + 1;
        }
    }
    memory_free(first_of);
    memory_free(b->newest);
    b->newest = NULL;
    return OIR_OK;
}

/* Terms are offered by byte order, as they are in a merge: so the order is the same. */
static oir_status offer_terms(buffered *b, oir_error *err)
{
    for (uint32_t at = 0; at < b->terms.count; at++)
        if (b->counts[at] && reorder_builder_fits(&b->builder, b->counts[at]))
            ERROR_FORWARD(reorder_builder_offer(&b->builder, at, b->counts[at], err));
    return reorder_builder_choose(&b->builder, err);
}

static bool wants(void *context, uint32_t item)
{
    return reorder_builder_wants(context, item);
}

static void note_term(buffered *b, const inversion_term *term)
{
    reorder_builder_start(&b->builder, term->item);
    for (uint32_t i = 0; i < term->postings.count; i++)
        reorder_builder_note(&b->builder, term->postings.documents[i]);
}

static oir_status note_part(buffered *b, size_t part, oir_error *err)
{
    inversion_term term;
    ERROR_FORWARD(inversion_sort(&b->inversion, part, &b->sorter, err));
    for (;;) {
        ERROR_FORWARD(inversion_next(&b->inversion, &b->sorter, &term, err));
        if (!term.same)
            return OIR_OK;
        note_term(b, &term);
    }
}

static oir_status note_terms(buffered *b, size_t memory, const progress *p, oir_error *err)
{
    inversion *n = &b->inversion;
    ERROR_FORWARD(inversion_init(n, b->v, b->order, b->document_count, &b->terms, memory, NULL, err));
    n->wants = wants;
    n->context = &b->builder;
    for (uint32_t round = 0; round < n->round_count; round++) {
        ERROR_FORWARD(inversion_scatter(n, round, err));
        for (size_t part = n->part_first; part < n->part_end; part++) {
            ERROR_FORWARD(progress_tell(p, "reading lists", n->parts[part].from, b->terms.count, err));
            ERROR_FORWARD(note_part(b, part, err));
        }
    }
    inversion_release(n);
    inversion_sorter_release(&b->sorter);
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
    buffered b = {.v = v, .order = inverters_order(v), .document_count = inverters_get_live_count(v)};
    *order = NULL;
    if (!b.order)
        return error_no_memory(err, "the order of documents");
    ERROR_GOTO_DONE(reorder_builder_init(&b.builder, b.document_count, count_items(v), settings, err));
    ERROR_GOTO_DONE(inverters_sort_terms(v, &b.terms, err));
    ERROR_GOTO_DONE(count_documents(&b, err));
    ERROR_GOTO_DONE(offer_terms(&b, err));
    ERROR_GOTO_DONE(note_terms(&b, settings->memory / OCCURRENCES_SHARE, p, err));
    ERROR_GOTO_DONE(reorder_builder_end(&b.builder, p, err));
    *order = b.builder.order;
    b.builder.order = NULL;
done:
    inversion_release(&b.inversion);
    inversion_sorter_release(&b.sorter);
    memory_free(b.counts);
    memory_free(b.newest);
    memory_free(b.order);
    inverters_release_terms(&b.terms);
    reorder_builder_release(&b.builder);
    return status;
}
