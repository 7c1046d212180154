#include "indexer/reorder.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/merge_terms.h"
#include "indexer/reorder_bisect.h"

enum { RARE_MIN = 16, TELL_TERMS = 1 << 16 };
#define GONE UINT32_MAX
#define LEFT_OUT UINT16_MAX

typedef struct reorder {
    const merge_source *sources;
    size_t count;
    const reorder_settings *settings;
    const progress *progress;
    uint32_t document_count;
    uint32_t **places;  /* by source and local number: the place in the first order, or GONE */
    uint16_t *numbers;  /* by term, as terms are walked: its number among those chosen, or LEFT_OUT */
    reorder_lists lists;
    uint32_t *cursors;  /* by document: where its next term is written; later the order */
    postings_list postings;
} reorder;

static oir_status no_memory(oir_error *err)
{
    return error_no_memory(err, "the order of documents");
}

static oir_status make_places(reorder *r, const merge_order *order, oir_error *err)
{
    r->places = memory_new_zeroed(r->count, sizeof *r->places);
    if (!r->places)
        return no_memory(err);
    for (size_t i = 0; i < r->count; i++) {
        size_t bytes = r->sources[i].segment->context.document_count * sizeof **r->places;
        r->places[i] = memory_new(bytes + 1);
        if (!r->places[i])
            return no_memory(err);
        memset(r->places[i], 0xff, bytes);
    }
    for (uint32_t i = 0; i < order->count; i++)
        r->places[order->sources[i]][order->locals[i]] = i;
    return OIR_OK;
}

/* ---- which terms ---- */

/* Chooses from *keys, which have (documents without the term) << 32 | term. */
static void choose_terms(reorder *r, uint64_t *keys, size_t count)
{
    uint64_t postings = 0, budget = r->settings->memory / (2 * sizeof *r->lists.terms);
    size_t first = 0, end;
    uint64_t filling = (uint64_t)r->document_count * (REORDER_STEP - 1);
    budget = budget < UINT32_MAX ? budget : UINT32_MAX;
    budget -= filling < budget ? filling : budget;
    sort_u64(keys, count);
    end = count < REORDER_TERMS_MAX ? count : REORDER_TERMS_MAX;
    for (size_t i = 0; i < end; i++)
        postings += UINT32_MAX - (uint32_t)(keys[i] >> 32);
    for (; postings > budget; first++)
        postings -= UINT32_MAX - (uint32_t)(keys[first] >> 32);
    for (size_t i = first; i < end; i++)
        r->numbers[(uint32_t)keys[i]] = (uint16_t)r->lists.term_count++;
}

static oir_status find_terms(reorder *r, oir_error *err)
{
    oir_status status;
    merge_terms walk;
    size_t term_count = 0, key_count = 0;
    uint32_t rare = r->document_count / r->settings->rare_share, index = 0;
    uint32_t frequent = r->document_count / r->settings->frequent_share;
    for (size_t i = 0; i < r->count; i++)
        term_count += r->sources[i].segment->terms.term_count;
    uint64_t *keys = memory_new((term_count + 1) * sizeof *keys);
    r->numbers = memory_new((term_count + 1) * sizeof *r->numbers);
    ERROR_GOTO_DONE(merge_terms_init(&walk, r->sources, r->count, err));
    if (!keys || !r->numbers) {
        status = no_memory(err);
        goto done;
    }
    for (bool found;; index++) {
        ERROR_GOTO_DONE(merge_terms_next(&walk, &found, err));
        if (!found)
            break;
        uint64_t documents = 0;
        for (size_t i = 0; i < walk.having_count; i++)
            documents += merge_terms_get(&walk, i)->termfreq;
        r->numbers[index] = LEFT_OUT;
        if (documents >= RARE_MIN && documents >= rare && documents <= frequent)
            keys[key_count++] = (UINT32_MAX - documents) << 32 | index;
    }
    choose_terms(r, keys, key_count);
done:
    merge_terms_release(&walk);
    memory_free(keys);
    return status;
}

/* ---- lists by document ---- */

static void count_list(reorder *r, const uint32_t *places, uint32_t documents)
{
    for (uint32_t i = 0; i < r->postings.count; i++) {
        uint32_t place = r->postings.documents[i] < documents ? places[r->postings.documents[i]] : GONE;
        if (place != GONE)
            r->lists.sizes[place]++;
    }
}

static void fill_list(reorder *r, const uint32_t *places, uint32_t documents, uint16_t term)
{
    for (uint32_t i = 0; i < r->postings.count; i++) {
        uint32_t place = r->postings.documents[i] < documents ? places[r->postings.documents[i]] : GONE;
        if (place != GONE)
            r->lists.terms[r->cursors[place]++] = term;
    }
}

/* Goes through the lists of the chosen terms: to count, or to fill. */
static oir_status read_lists(reorder *r, bool fill, oir_error *err)
{
    oir_status status;
    merge_terms walk;
    ERROR_GOTO_DONE(merge_terms_init(&walk, r->sources, r->count, err));
    for (uint32_t index = 0;; index++) {
        bool found;
        ERROR_GOTO_DONE(merge_terms_next(&walk, &found, err));
        if (!found)
            break;
        if (index % TELL_TERMS == 0)
            ERROR_GOTO_DONE(progress_tell(r->progress, "reading lists to reorder documents", index, 0, err));
        for (size_t i = 0; i < walk.having_count && r->numbers[index] != LEFT_OUT; i++) {
            const segment *s = r->sources[walk.having[i]].segment;
            const uint32_t *places = r->places[walk.having[i]];
            ERROR_GOTO_DONE(postings_decode(s->container, &s->context, merge_terms_get(&walk, i), &r->postings, err));
            if (fill)
                fill_list(r, places, s->context.document_count, r->numbers[index]);
            else
                count_list(r, places, s->context.document_count);
        }
    }
done:
    merge_terms_release(&walk);
    return status;
}

static oir_status make_lists(reorder *r, oir_error *err)
{
    reorder_lists *l = &r->lists;
    l->document_count = r->document_count;
    l->sizes = memory_new_zeroed(r->document_count, sizeof *l->sizes);
    r->cursors = memory_new(r->document_count * sizeof *r->cursors);
    if (!l->sizes || !r->cursors)
        return no_memory(err);
    ERROR_FORWARD(read_lists(r, false, err));
    for (uint32_t i = 0; i < r->document_count; i++) {
        r->cursors[i] = (uint32_t)l->posting_count;
        l->posting_count += l->sizes[i] = reorder_round_up(l->sizes[i]);
    }
    l->terms = memory_new((l->posting_count + 1) * sizeof *l->terms);
    if (!l->terms)
        return no_memory(err);
    for (size_t i = 0; i < l->posting_count; i++)
        l->terms[i] = (uint16_t)l->term_count;
    return read_lists(r, true, err);
}

/* ---- the whole ---- */

static oir_status apply(merge_order *order, const uint32_t *places, oir_error *err)
{
    uint32_t *sources = memory_new(order->count * sizeof *sources);
    uint32_t *locals = memory_new(order->count * sizeof *locals);
    if (!sources || !locals) {
        memory_free(sources);
        memory_free(locals);
        return no_memory(err);
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

static void release(reorder *r)
{
    for (size_t i = 0; r->places && i < r->count; i++)
        memory_free(r->places[i]);
    memory_free(r->places);
    memory_free(r->numbers);
    memory_free(r->lists.sizes);
    memory_free(r->lists.terms);
    memory_free(r->cursors);
    postings_list_release(&r->postings);
}

reorder_settings reorder_choose(oir_reorder level, size_t memory)
{
    if (level == OIR_REORDER_FULL)
        return (reorder_settings){12, 1 << 16, 4, memory};
    return (reorder_settings){4, 1 << 14, 32, memory};
}

oir_status reorder_documents(merge_order *order, const merge_source *sources, size_t count,
                             const reorder_settings *settings, const progress *p, oir_error *err)
{
    oir_status status;
    reorder r = {.sources = sources, .count = count, .settings = settings, .progress = p};
    r.document_count = order->count;
    if (order->count == 0)
        return OIR_OK;
    ERROR_GOTO_DONE(make_places(&r, order, err));
    ERROR_GOTO_DONE(find_terms(&r, err));
    ERROR_GOTO_DONE(make_lists(&r, err));
    ERROR_GOTO_DONE(reorder_bisect(&r.lists, settings->iterations, r.cursors, p, err));
    ERROR_GOTO_DONE(apply(order, r.cursors, err));
done:
    release(&r);
    return status;
}
