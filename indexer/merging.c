#include "indexer/merging.h"

#include "base/error.h"
#include "base/memory.h"
#include "indexer/merge.h"
#include "indexer/reorder.h"

/* Of documents' data read ahead. */
enum { AHEAD_SHARE = 4 /* of the memory */, AHEAD_MAX = 32 << 20 };

static oir_status take_source(merging *m, const writer_segment *s, oir_error *err)
{
    const catalog_segment *c = &s->deletions.catalog;
    merging_source *to = &m->sources[m->count++];
    *to = (merging_source){.number = c->number, .segment = segment_retain(s->segment)};
    if (c->deleted_count == 0)
        return OIR_OK;
    to->deleted = memory_copy(c->deleted, ((size_t)c->document_count + 63) / 64 * sizeof *c->deleted);
    return to->deleted ? OIR_OK : error_no_memory(err, "a merge");
}

oir_status merging_init(merging *m, const writer_segment *segments, size_t count, const bool *chosen, oir_error *err)
{
    *m = (merging){.sources = memory_new(count * sizeof *m->sources)};
    if (!m->sources)
        return error_no_memory(err, "a merge");
    for (size_t i = 0; i < count; i++)
        if (chosen[i])
            ERROR_FORWARD(take_source(m, &segments[i], err));
    return OIR_OK;
}

void merging_release(merging *m)
{
    if (m->result.segment) {
        new_segment_unlink(m->folder, m->number);
        segment_close(m->result.segment);
        deletions_release(&m->result.deletions);
    }
    for (size_t i = 0; i < m->count; i++) {
        segment_close(m->sources[i].segment);
        memory_free(m->sources[i].deleted);
    }
    memory_free(m->sources);
    *m = (merging){0};
}

/* ---- the order of documents ---- */

/* As much is for what they say: an order found with little of that is worth less than its docids take. */
bool merging_can_reorder(size_t memory, uint32_t documents)
{
    return reorder_get_memory(0, documents) <= memory / 2;
}

oir_reorder merging_choose_reorder(oir_reorder wanted, size_t memory, uint32_t documents, uint32_t least)
{
    return documents < least || !merging_can_reorder(memory, documents) ? OIR_REORDER_NONE : wanted;
}

uint8_t merging_get_record(oir_reorder how)
{
    return how == OIR_REORDER_NONE ? 0 : how == OIR_REORDER_LIGHT ? 1 : 2;
}

oir_status merging_do_without(oir_status status, const oir_error *lower, oir_error *err)
{
    bool borne = status == OIR_OK || status == OIR_NO_MEMORY;
    return borne ? OIR_OK : error_set(err, status, "%s", lower->message);
}

/* *how is what became of it. */
static oir_status make_order(merging *m, const merge_source *sources, oir_reorder *how, merge_order *order,
                             oir_error *err)
{
    oir_error lower;
    ERROR_FORWARD(merge_order_by_docid(order, sources, m->count, err));
    *how = merging_choose_reorder(m->reorder, m->memory, order->count,
                                  m->lasting ? REORDER_OPTIMISED_MIN : REORDER_MERGED_MIN);
    if (*how == OIR_REORDER_NONE)
        return OIR_OK;
    size_t left = m->memory - (size_t)reorder_get_memory(0, order->count);
    reorder_settings settings = reorder_choose(m->reorder, left);
    settings.threads = m->threads;
    oir_status status = reorder_documents(order, sources, m->count, &settings, &m->progress, &lower);
    if (status != OIR_OK)
        *how = OIR_REORDER_NONE;
    return merging_do_without(status, &lower, err);
}

static size_t choose_ahead(size_t memory)
{
    return memory / AHEAD_SHARE < AHEAD_MAX ? memory / AHEAD_SHARE : AHEAD_MAX;
}

/* ---- running ---- */

static oir_status tell_pairs(void *context, uint64_t done, uint64_t total, oir_error *err)
{
    return progress_tell(context, "finding pairs of words", done, total, err);
}

static oir_status run(merging *m, const merge_source *sources, new_segment *n, merge_order *order, oir_error *err)
{
    oir_reorder how;
    segment_options options = m->options;
    const merge_options write = {options.term_lists, m->lasting, choose_ahead(m->memory)};
    ERROR_FORWARD(make_order(m, sources, &how, order, err));
    options.tell = tell_pairs;
    options.tell_context = &m->progress;
    options.reordered = merging_get_record(how);
    ERROR_FORWARD(new_segment_open(n, m->folder, m->number, &options, err));
    ERROR_FORWARD(merge_write(order, sources, m->count, &write, n->writer, &m->progress, err));
    return new_segment_close(n, &m->result, err);
}

oir_status merging_run(merging *m, oir_error *err)
{
    new_segment n = {0};
    merge_order order = {0};
    merge_source *sources = memory_new(m->count * sizeof *sources);
    if (!sources)
        return error_no_memory(err, "a merge");
    for (size_t i = 0; i < m->count; i++)
        sources[i] = (merge_source){m->sources[i].segment, m->sources[i].deleted};
    memory_give_back(); /* what the buffer took is free by now */
    oir_status status = run(m, sources, &n, &order, err);
    new_segment_release(&n);
    merge_order_release(&order);
    memory_free(sources);
    memory_give_back(); /* the next buffer's pieces are smaller, and fill it slowly */
    return status;
}
