#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "helper/collection.h"
#include "segment/stored.h"
#include "segment/termlists.h"

/* What is used for one document after the other. */
typedef struct document_tools {
    buffer data;
    stored_cursor stored;
    termlist list;
} document_tools;

static char message[1024];

__attribute__((format(printf, 1, 2)))
static const char *differs(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return message;
}

static const char *compare_entry(const collection_term *t, const term_entry *e, uint32_t ordinal)
{
    uint64_t sum = 0;
    uint32_t most = 0;
    for (uint32_t i = 0; i < t->count; i++) {
        sum += t->wdf[i];
        most = t->wdf[i] > most ? t->wdf[i] : most;
    }
    if (e->ordinal != ordinal || e->termfreq != t->count || e->collection_freq != sum || e->wdf_max != most)
        return differs("term %s: entry (ordinal %u, termfreq %u of %u)", t->name, e->ordinal, e->termfreq, t->count);
    if ((e->positions_form != POSITIONS_NONE) != t->positioned)
        return differs("term %s: positions_form %u", t->name, e->positions_form);
    return NULL;
}

static const char *compare_positions(const collection_term *t, const segment *s, const term_entry *e,
                                     const postings_list *list, positions_list *positions)
{
    oir_error err;
    if (postings_decode_positions(s->container, &s->context, e, list, positions, &err) != OIR_OK)
        return differs("term %s: %s", t->name, err.message);
    if (positions->total != t->position_count)
        return differs("term %s: %llu positions of %zu", t->name, (unsigned long long)positions->total,
                       t->position_count);
    if (memcmp(positions->counts, t->position_counts, t->count * sizeof *t->position_counts) != 0)
        return differs("term %s: numbers of positions", t->name);
    for (size_t i = 0; i < t->position_count; i++)
        if (positions->positions[i] != t->positions[i])
            return differs("term %s: position %zu of %zu is %u, not %u (form %u, %u)", t->name, i, t->position_count,
                           positions->positions[i], t->positions[i], e->form, e->positions_form);
    size_t before = 0;
    for (uint32_t i = 0; i < t->count; before += t->position_counts[i++]) {
        if (i % (t->count / 5 + 1) != 0)
            continue;
        if (postings_decode_positions_one(s->container, &s->context, e, list, i, positions, &err) != OIR_OK)
            return differs("term %s, posting %u: %s", t->name, i, err.message);
        if (positions->total != t->position_counts[i] ||
            (positions->total &&
             memcmp(positions->positions, t->positions + before, positions->total * sizeof *t->positions) != 0))
            return differs("term %s: positions of posting %u alone", t->name, i);
    }
    return NULL;
}

static const char *compare_term(const collection *c, uint32_t ordinal, const segment *s, postings_list *list,
                                positions_list *positions)
{
    const collection_term *t = c->terms + ordinal;
    oir_error err;
    term_entry e;
    bool found;
    if (segment_find_term(s, t->name, t->size, &e, &found, &err) != OIR_OK || !found)
        return differs("term %s: not found", t->name);
    const char *wrong = compare_entry(t, &e, ordinal);
    if (wrong)
        return wrong;
    if (postings_decode(s->container, &s->context, &e, list, &err) != OIR_OK)
        return differs("term %s: %s", t->name, err.message);
    if (list->count != t->count || memcmp(list->documents, t->documents, t->count * sizeof *t->documents) != 0)
        return differs("term %s: documents", t->name);
    if (memcmp(list->wdf, t->wdf, t->count * sizeof *t->wdf) != 0)
        return differs("term %s: wdf", t->name);
    return t->positioned ? compare_positions(t, s, &e, list, positions) : NULL;
}

static const char *compare_terms(const collection *c, const segment *s)
{
    postings_list list = {0};
    positions_list positions = {0};
    const char *wrong = NULL;
    for (uint32_t i = 0; i < c->term_count && !wrong; i++)
        wrong = compare_term(c, i, s, &list, &positions);
    postings_list_release(&list);
    postings_release_positions(&positions);
    return wrong;
}

static const char *compare_values(const segment_document *expected, const segment *s, uint32_t d)
{
    oir_error err;
    size_t next = 0;
    for (oir_valueno slot = 0; slot < 30; slot++) {
        oir_bytes value, wanted = {"", 0};
        if (next < expected->value_count && expected->values[next].slot == slot)
            wanted = expected->values[next++].value;
        if (segment_get_value(s, d, slot, &value, &err) != OIR_OK)
            return differs("document %u, slot %u: %s", d, slot, err.message);
        if (value.size != wanted.size || (value.size && memcmp(value.data, wanted.data, value.size) != 0))
            return differs("document %u: value in slot %u", d, slot);
    }
    return NULL;
}

static bool data_equals(oir_bytes expected, const void *data, size_t size)
{
    return size == expected.size && (size == 0 || memcmp(data, expected.data, size) == 0);
}

/* Through the cursor, which opens a block once for all its documents, and now and then alone. */
static const char *compare_data(const segment_document *record, const segment *s, uint32_t d, document_tools *tools)
{
    oir_error err;
    oir_bytes data = {"", 0};
    if (s->stored && stored_cursor_get(&tools->stored, d, &data, &err) != OIR_OK)
        return differs("document %u: %s", d, err.message);
    if (!data_equals(record->data, data.data, data.size))
        return differs("document %u: data", d);
    if (d % 37 != 0)
        return NULL;
    buffer_clear(&tools->data);
    if (segment_get_stored(s, d, &tools->data, &err) != OIR_OK)
        return differs("document %u: %s", d, err.message);
    return data_equals(record->data, tools->data.data, tools->data.size) ? NULL : differs("document %u: data alone", d);
}

static const char *compare_term_list(const collection_document *expected, const segment *s, uint32_t d, termlist *list)
{
    oir_error err;
    if (termlists_get(s->termlists, d, list, &err) != OIR_OK)
        return differs("document %u: %s", d, err.message);
    if (list->count != expected->term_count ||
        (list->count && (memcmp(list->ordinals, expected->ordinals, list->count * sizeof *list->ordinals) != 0 ||
                         memcmp(list->wdf, expected->wdf, list->count * sizeof *list->wdf) != 0)))
        return differs("document %u: term list", d);
    return NULL;
}

static const char *compare_document(const collection_document *expected, const segment *s, uint32_t d,
                                    document_tools *tools)
{
    const segment_document *record = &expected->record;
    uint32_t local = UINT32_MAX;
    bool found;
    if (segment_get_length(s, d) != record->length)
        return differs("document %u: length", d);
    uint32_t last = record->has_positions ? record->position_max : record->length;
    uint32_t extent = record->has_positions || last ? last + 1 - s->context.position_base : 0;
    if (length_get(&s->context.extents, d) != extent)
        return differs("document %u: extent", d);
    if (segment_get_docid(s, d) != record->docid ||
        segment_find_docid(s, record->docid, &local, &found, NULL) != OIR_OK || !found || local != d)
        return differs("document %u: docid %u", d, record->docid);
    oir_termpos lowest, highest;
    if (record->has_positions && (!segment_get_position_range(s, d, &lowest, &highest) ||
                                  lowest > record->position_min || highest != record->position_max))
        return differs("document %u: range of positions", d);
    const char *wrong = compare_data(record, s, d, tools);
    if (!wrong && s->termlists)
        wrong = compare_term_list(expected, s, d, &tools->list);
    return wrong ? wrong : compare_values(record, s, d);
}

static const char *compare_documents(const collection *c, const segment *s)
{
    document_tools tools = {.data = BUFFER_INIT};
    const char *wrong = NULL;
    if (s->stored)
        stored_cursor_init(&tools.stored, s->stored);
    for (uint32_t d = 0; d < c->shape.documents && !wrong; d++)
        wrong = compare_document(c->documents + d, s, d, &tools);
    if (s->stored)
        stored_cursor_release(&tools.stored);
    buffer_release(&tools.data);
    termlists_release(&tools.list);
    return wrong;
}

const char *collection_compare(const collection *c, const segment *s)
{
    uint64_t total = 0;
    bool positions = false;
    for (uint32_t d = 0; d < c->shape.documents; d++) {
        total += c->documents[d].record.length;
        positions |= c->documents[d].record.has_positions;
    }
    if (s->context.document_count != c->shape.documents || s->terms.term_count != c->term_count)
        return differs("%u documents and %u terms", s->context.document_count, s->terms.term_count);
    if (s->total_length != total || s->has_positions != positions || s->has_stored != c->shape.stored ||
        s->has_term_lists != c->shape.term_lists)
        return differs("statistics");
    const char *wrong = compare_documents(c, s);
    return wrong ? wrong : compare_terms(c, s);
}
