#include "base/error.h"
#include "base/memory.h"
#include "indexer/reorder.h"

enum { TELL_DOCUMENTS = 1 << 16 };

/* The documents that have a term. */
typedef struct seen {
    uint32_t documents;
    uint32_t newest;        /* one more than the last of them */
} seen;

typedef struct buffered {
    const inverters *v;
    inverters_place *order; /* live documents by docid */
    uint32_t document_count;
    inverters_terms terms;
    seen *seen;             /* by term, of inverters_terms */
    uint16_t *numbers;      /* by term: what the builder calls it */
    uint32_t *newest;       /* by number: one more than the last document that has it */
    reorder_builder builder;
} buffered;

static oir_status no_memory(oir_error *err)
{
    return error_no_memory(err, "the order of documents");
}

static inverter_reader read(const buffered *b, uint32_t document)
{
    inverters_place place = b->order[document];
    return inverter_read(b->v->items[place.inverter], place.number);
}

/* What is by term, from the first one of the inverter that has a document. */
static size_t first_term(const buffered *b, uint32_t document)
{
    return b->terms.firsts[b->order[document].inverter];
}

/* Reading waits for nothing but memory: plain occurrences, which most are, without what is not asked. */
static inline const uint16_t *count_plain(const uint16_t *at, const uint16_t *end, seen *here, uint32_t now)
{
    for (uint32_t term; at < end && inverter_reader_is_plain(*at);) {
        at = inverter_reader_get_plain(at, &term);
        here[term].documents += here[term].newest != now;
        here[term].newest = now;
    }
    return at;
}

/* In how many documents each term of an inverter is. */
static oir_status count_documents(buffered *b, const progress *p, oir_error *err)
{
    b->seen = memory_new_zeroed(b->terms.count + (size_t)1, sizeof *b->seen);
    if (!b->seen)
        return no_memory(err);
    for (uint32_t d = 0; d < b->document_count; d++) {
        seen *here = b->seen + first_term(b, d);
        inverter_reader r = read(b, d);
        if (d % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(p, "reading lists", d, b->document_count, err));
        for (;;) {
            r.at = count_plain(r.at, r.end, here, d + 1);
            if (inverter_reader_next(&r) == INVERTER_READER_END)
                break;
            here[r.term].documents += here[r.term].newest != d + 1;
            here[r.term].newest = d + 1;
        }
    }
    return OIR_OK;
}

/* Terms are offered by byte order, as they are in a merge: so the order is the same. */
static oir_status choose_terms(buffered *b, oir_error *err)
{
    for (uint32_t at = 0, same; at < b->terms.count; at += same) {
        uint64_t documents = 0;
        same = inverters_group_term(&b->terms, at, b->terms.count);
        for (uint32_t i = 0; i < same; i++)
            documents += b->seen[b->terms.items[at + i].term].documents;
        if (documents && reorder_builder_fits(&b->builder, documents, documents))
            ERROR_FORWARD(reorder_builder_offer(&b->builder, at, documents, err));
    }
    reorder_builder_choose(&b->builder);
    return OIR_OK;
}

static oir_status find_numbers(buffered *b, oir_error *err)
{
    memory_free(b->seen);
    b->seen = NULL;
    b->numbers = memory_new((b->terms.count + (size_t)1) * sizeof *b->numbers);
    b->newest = memory_new_zeroed(b->builder.lists.term_count + (size_t)1, sizeof *b->newest);
    if (!b->numbers || !b->newest)
        return no_memory(err);
    for (uint32_t at = 0, same; at < b->terms.count; at += same) {
        same = inverters_group_term(&b->terms, at, b->terms.count);
        for (uint32_t i = 0; i < same; i++)
            b->numbers[b->terms.items[at + i].term] = b->builder.numbers[at];
    }
    return OIR_OK;
}

/* Adds the numbers of plain occurrences. Which words a document has twice, or are left out, is nothing that a processor
 * foresees. */
static inline uint16_t *add_plain(inverter_reader *r, const uint16_t *numbers, uint32_t *newest, uint32_t now,
                                  uint16_t *list)
{
    const uint16_t *at = r->at, *end = r->end;
    for (uint32_t term; at < end && inverter_reader_is_plain(*at);) {
        at = inverter_reader_get_plain(at, &term);
        uint16_t number = numbers[term];
        *list = number;
        list += newest[number] != now;
        newest[number] = now;
    }
    r->at = at;
    return list;
}

static oir_status add_lists(buffered *b, const progress *p, oir_error *err)
{
    ERROR_FORWARD(reorder_builder_open_lists(&b->builder, err));
    for (uint32_t d = 0; d < b->document_count; d++) {
        const uint16_t *numbers = b->numbers + first_term(b, d);
        inverter_reader r = read(b, d);
        if (d % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(p, "reading lists", d, b->document_count, err));
        uint16_t *list = reorder_builder_begin_document(&b->builder);
        b->newest[REORDER_LEFT_OUT] = d + 1;
        for (;;) {
            list = add_plain(&r, numbers, b->newest, d + 1, list);
            if (inverter_reader_next(&r) == INVERTER_READER_END)
                break;
            uint16_t number = numbers[r.term];
            *list = number;
            list += b->newest[number] != d + 1;
            b->newest[number] = d + 1;
        }
        reorder_builder_end_document(&b->builder, list);
    }
    return OIR_OK;
}

/* What is not needed while documents are ordered. */
static void release_terms(buffered *b)
{
    memory_free(b->seen);
    memory_free(b->numbers);
    memory_free(b->newest);
    memory_free(b->order);
    b->seen = NULL;
    b->numbers = NULL;
    b->newest = NULL;
    b->order = NULL;
    inverters_release_terms(&b->terms);
}

oir_status reorder_buffer(uint32_t **order, const inverters *v, const reorder_settings *settings, const progress *p,
                          oir_error *err)
{
    oir_status status;
    buffered b = {.v = v, .order = inverters_order(v), .document_count = inverters_get_live_count(v)};
    *order = NULL;
    if (!b.order)
        return no_memory(err);
    ERROR_GOTO_DONE(inverters_sort_terms(v, &b.terms, err));
    ERROR_GOTO_DONE(reorder_builder_init(&b.builder, b.document_count, b.terms.count, settings, err));
    ERROR_GOTO_DONE(count_documents(&b, p, err));
    ERROR_GOTO_DONE(choose_terms(&b, err));
    ERROR_GOTO_DONE(find_numbers(&b, err));
    ERROR_GOTO_DONE(add_lists(&b, p, err));
    release_terms(&b);
    ERROR_GOTO_DONE(reorder_builder_end(&b.builder, p, err));
    *order = b.builder.order;
    b.builder.order = NULL;
done:
    release_terms(&b);
    reorder_builder_release(&b.builder);
    return status;
}
