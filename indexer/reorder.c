#include "indexer/reorder.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "indexer/merge_terms.h"

enum { TELL_TERMS = 1 << 14 };
#define GONE UINT32_MAX

typedef struct reorder {
    const merge_source *sources;
    size_t count;
    const progress *progress;
    uint32_t **places; /* by source and local number: the place in the first order, or GONE */
    uint32_t *gone;    /* by source: documents that are not in the order */
    reorder_builder builder;
    postings_list postings;
} reorder;

static oir_status make_places(reorder *r, const merge_order *order, oir_error *err)
{
    r->places = memory_new_zeroed(r->count, sizeof *r->places);
    r->gone = memory_new(r->count * sizeof *r->gone);
    if (!r->places || !r->gone)
        return error_no_memory(err, "the order of documents");
    for (size_t i = 0; i < r->count; i++) {
        size_t bytes = r->sources[i].segment->context.document_count * sizeof **r->places;
        r->places[i] = memory_new(bytes + 1);
        if (!r->places[i])
            return error_no_memory(err, "the order of documents");
        memset(r->places[i], 0xff, bytes);
        r->gone[i] = r->sources[i].segment->context.document_count;
    }
    for (merge_stretch s = {0}; merge_order_next(order, &s);) {
        for (uint32_t i = 0; i < s.count; i++)
            r->places[s.source][s.local + i] = s.first + i;
        r->gone[s.source] -= s.count;
    }
    return OIR_OK;
}

/* Reads the list that a source has of the term at hand. */
static oir_status read_list(reorder *r, const merge_terms *walk, size_t i, oir_error *err)
{
    const segment *s = r->sources[walk->having[i]].segment;
    return postings_decode(s->container, &s->context, merge_terms_get(walk, i), &r->postings, err);
}

/* The place of a document of that list, or GONE. */
static uint32_t get_place(const reorder *r, uint32_t source, uint32_t local)
{
    return local < r->sources[source].segment->context.document_count ? r->places[source][local] : GONE;
}

/* How many of a term's documents are in the order. */
static oir_status count_documents(reorder *r, const merge_terms *walk, uint64_t *documents, oir_error *err)
{
    *documents = 0;
    for (size_t i = 0; i < walk->having_count; i++) {
        uint32_t source = walk->having[i];
        if (!r->gone[source]) {
            *documents += merge_terms_get(walk, i)->termfreq;
            continue;
        }
        ERROR_FORWARD(read_list(r, walk, i, err));
        for (uint32_t p = 0; p < r->postings.count; p++)
            *documents += get_place(r, source, r->postings.documents[p]) != GONE;
    }
    return OIR_OK;
}

/* Those that are gone must not count: else the order would follow from when they were deleted. Lists are read for that
 * only where it may matter. */
static oir_status offer(reorder *r, const merge_terms *walk, uint32_t term, oir_error *err)
{
    uint64_t least = 0, most = 0;
    for (size_t i = 0; i < walk->having_count; i++) {
        uint32_t documents = merge_terms_get(walk, i)->termfreq, gone = r->gone[walk->having[i]];
        least += documents > gone ? documents - gone : 0;
        most += documents;
    }
    if (!reorder_builder_fits(&r->builder, least, most))
        return OIR_OK;
    if (least < most)
        ERROR_FORWARD(count_documents(r, walk, &most, err));
    return reorder_builder_offer(&r->builder, term, most, err);
}

static oir_status note(reorder *r, const merge_terms *walk, uint32_t term, oir_error *err)
{
    reorder_builder_start(&r->builder, term);
    for (size_t i = 0; i < walk->having_count; i++) {
        ERROR_FORWARD(read_list(r, walk, i, err));
        for (uint32_t p = 0; p < r->postings.count; p++) {
            uint32_t place = get_place(r, walk->having[i], r->postings.documents[p]);
            if (place != GONE)
                reorder_builder_note(&r->builder, place);
        }
    }
    return OIR_OK;
}

/* Goes through all terms once: to offer them, or to note the documents of those that were chosen. */
static oir_status walk_terms(reorder *r, bool offered, oir_error *err)
{
    oir_status status;
    merge_terms walk;
    ERROR_GOTO_DONE(merge_terms_init(&walk, r->sources, r->count, err));
    for (uint32_t term = 0;; term++) {
        bool found;
        if (term % TELL_TERMS == 0)
            ERROR_GOTO_DONE(progress_tell(r->progress, "reading lists", term, 0, err));
        ERROR_GOTO_DONE(merge_terms_next(&walk, &found, err));
        if (!found)
            break;
        if (!offered)
            ERROR_GOTO_DONE(offer(r, &walk, term, err));
        else if (reorder_builder_wants(&r->builder, term))
            ERROR_GOTO_DONE(note(r, &walk, term, err));
    }
done:
    merge_terms_release(&walk);
    return status;
}

static oir_status apply(merge_order *order, const uint32_t *places, oir_error *err)
{
    ERROR_FORWARD(merge_order_spread(order, err));
    uint32_t *sources = memory_new(order->count * sizeof *sources);
    uint32_t *locals = memory_new(order->count * sizeof *locals);
    if (!sources || !locals) {
        memory_free(sources);
        memory_free(locals);
        return error_no_memory(err, "the order of documents");
    }
    for (uint32_t i = 0; i < order->count; i++) {
        sources[i] = order->sources[places[i]];
        locals[i] = order->locals[places[i]];
    }
    memory_free(order->sources);
    memory_free(order->locals);
    order->sources = sources;
    order->locals = locals;
    return OIR_OK;
}

reorder_settings reorder_choose(oir_reorder level, size_t memory)
{
    if (level == OIR_REORDER_FULL)
        return (reorder_settings){8, 1 << 16, 4, memory, 1, false};
    return (reorder_settings){2, 1 << 14, 12, memory, 1, true};
}

oir_status reorder_documents(merge_order *order, const merge_source *sources, size_t count,
                             const reorder_settings *settings, const progress *p, oir_error *err)
{
    oir_status status;
    size_t term_count = 0;
    reorder r = {.sources = sources, .count = count, .progress = p};
    if (order->count == 0)
        return OIR_OK;
    for (size_t i = 0; i < count; i++)
        term_count += sources[i].segment->terms.term_count;
    ERROR_GOTO_DONE(make_places(&r, order, err));
    ERROR_GOTO_DONE(reorder_builder_init(&r.builder, order->count, term_count, settings, err));
    ERROR_GOTO_DONE(walk_terms(&r, false, err));
    reorder_builder_choose(&r.builder);
    ERROR_GOTO_DONE(reorder_builder_open_notes(&r.builder, err));
    ERROR_GOTO_DONE(walk_terms(&r, true, err));
    ERROR_GOTO_DONE(reorder_builder_end(&r.builder, p, err));
    ERROR_GOTO_DONE(apply(order, r.builder.order, err));
done:
    for (size_t i = 0; r.places && i < count; i++)
        memory_free(r.places[i]);
    memory_free(r.places);
    memory_free(r.gone);
    reorder_builder_release(&r.builder);
    postings_list_release(&r.postings);
    return status;
}
