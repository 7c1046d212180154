#include "base/error.h"
#include "base/memory.h"
#include "indexer/inverters_text.h"
#include "indexer/merging.h"
#include "indexer/reorder.h"
#include "indexer/writer.h"

enum {
    PAIRS_MEMORY = 48 << 20, /* for each thread that looks for pairs, with what is there besides */
    PAIRS_SHARE = 4          /* of the memory may be lists of pairs until they are written */
};

void writer_drop_segment(oir_writable_database *w, size_t i)
{
    writer_segment *s = &w->segments[i];
    if (s->uncommitted)
        new_segment_unlink(w->path, s->deletions.catalog.number);
    segment_close(s->segment);
    deletions_release(&s->deletions);
    for (size_t next = i + 1; next < w->segment_count; next++)
        w->segments[next - 1] = w->segments[next];
    w->segment_count--;
}

oir_status writer_insert_segment(oir_writable_database *w, const writer_segment *s, size_t at, oir_error *err)
{
    if (!memory_reserve(&w->segments, &w->segment_capacity, w->segment_count + 1, sizeof *w->segments))
        return error_no_memory(err, "the index's segments");
    for (size_t i = w->segment_count++; i > at; i--)
        w->segments[i] = w->segments[i - 1];
    w->segments[at] = *s;
    return OIR_OK;
}

segment_options writer_get_options(const oir_writable_database *w)
{
    /* Not synced here: it may be merged away before the commit, which syncs what is left. */
    return (segment_options){
        .bound_k1 = w->state.bound_k1,
        .bound_b = w->state.bound_b,
        .term_lists = w->state.term_lists,
        .stored = w->state.stored,
        .pairs = w->pairs,
        .pairs_memory = w->memory_limit / PAIRS_SHARE,
        .helpers = w->team,
        .pairs_alone = w->memory_limit / w->threads < PAIRS_MEMORY,
    };
}

static oir_status tell_pairs(void *context, uint64_t done, uint64_t total, oir_error *err)
{
    return progress_tell(context, "finding pairs of words", done, total, err);
}

static oir_status open_new(oir_writable_database *w, new_segment *n, bool lasting, oir_reorder how, oir_error *err)
{
    segment_options options = writer_get_options(w);
    options.pairs = lasting && w->pairs;
    options.tell = tell_pairs;
    options.tell_context = &w->progress;
    options.reordered = merging_get_record(how);
    return new_segment_open(n, w->path, w->state.next_segment++, &options, err);
}

/* Ends writing, as the last segment. */
static oir_status close_new(oir_writable_database *w, new_segment *n, oir_error *err)
{
    writer_segment s;
    ERROR_FORWARD(new_segment_close(n, &s, err));
    oir_status status = writer_insert_segment(w, &s, w->segment_count, err);
    if (status) {
        new_segment_unlink(w->path, n->number);
        segment_close(s.segment);
    }
    return status;
}

oir_reorder writer_choose_reorder(const oir_writable_database *w, uint32_t documents)
{
    return merging_choose_reorder(w->reorder, w->memory_limit, documents, REORDER_OPTIMISED_MIN);
}

/* Memory of a limit beside the buffer, and what writing it out takes anyway. */
static size_t get_left(const oir_writable_database *w, size_t limit)
{
    size_t taken = inverters_get_memory(&w->buffer);
    return taken < limit ? limit - taken : 0;
}

static oir_status flush(oir_writable_database *w, new_segment *n, const uint32_t *order, bool lasting, oir_error *err)
{
    oir_status status;
    inverters_text text = {0};
    size_t left = get_left(w, w->buffer_limit); /* what is beyond that other things take */
    ERROR_FORWARD(open_new(w, n, lasting, order ? w->reorder : OIR_REORDER_NONE, err));
    ERROR_GOTO_DONE(inverters_flush(&w->buffer, order, lasting, left, n->writer, w->team,
                                    lasting && w->pairs ? &text : NULL, &w->progress, err));
    segment_writer_set_text(n->writer, text.v ? &text.text : NULL);
    ERROR_GOTO_DONE(close_new(w, n, err));
    inverters_clear(&w->buffer);
done:
    inverters_text_release(&text);
    return status;
}

/* *order: NULL for that of docids. */
static oir_status order_buffer(oir_writable_database *w, uint32_t **order, oir_error *err)
{
    oir_error lower;
    size_t left = get_left(w, w->memory_limit); /* the buffer is there meanwhile */
    reorder_settings settings = reorder_choose(w->reorder, left);
    settings.threads = w->threads;
    return merging_do_without(reorder_buffer(order, &w->buffer, &settings, &w->progress, &lower), &lower, err);
}

oir_status writer_flush(oir_writable_database *w, bool lasting, oir_error *err)
{
    oir_status status = OIR_OK;
    new_segment n = {0};
    uint32_t *order = NULL;
    if (inverters_get_live_count(&w->buffer) == 0) {
        inverters_clear(&w->buffer);
        return OIR_OK;
    }
    uint32_t documents = inverters_get_live_count(&w->buffer);
    if (lasting && writer_choose_reorder(w, documents) != OIR_REORDER_NONE)
        ERROR_GOTO_DONE(order_buffer(w, &order, err));
    ERROR_GOTO_DONE(flush(w, &n, order, lasting, err));
done:
    memory_free(order);
    new_segment_release(&n);
    return status;
}

bool writer_flush_lasts(const oir_writable_database *w)
{
    oir_reorder how = writer_choose_reorder(w, inverters_get_live_count(&w->buffer));
    /* The buffer is there meanwhile. But for terms that only filter it has no more postings than words; with many of
     * these reordering makes do with the memory that is left. */
    uint32_t documents = inverters_get_live_count(&w->buffer);
    uint64_t memory = reorder_get_memory(inverters_get_live_length(&w->buffer), documents);
    bool fits = inverters_get_memory(&w->buffer) + memory <= w->memory_limit;
    return w->segment_count == 0 && (how == OIR_REORDER_NONE || fits);
}
