#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"
#include "indexer/inverters_text.h"
#include "indexer/merge.h"
#include "indexer/merge_policy.h"
#include "indexer/reorder.h"
#include "indexer/writer.h"
#include "segment/pairs_writer.h"
#include "segment/stored.h"

/* Of documents' data read ahead by merges. */
enum { AHEAD_SHARE = 4 /* of the memory */, AHEAD_MAX = 32 << 20 };
/* Segments that are left alone while documents are added. */
enum { SEGMENTS_MAX = 32 };

static void unlink_segment(const oir_writable_database *w, uint64_t number)
{
    char *path = catalog_segment_path(w->path, number);
    if (path)
        unlink(path);
    memory_free(path);
}

void writer_drop_segment(oir_writable_database *w, size_t i)
{
    writer_segment *s = &w->segments[i];
    if (s->uncommitted)
        unlink_segment(w, s->deletions.catalog.number);
    segment_close(s->segment);
    deletions_release(&s->deletions);
    for (size_t next = i + 1; next < w->segment_count; next++)
        w->segments[next - 1] = w->segments[next];
    w->segment_count--;
}

/* ---- a new segment, whoever fills it ---- */

typedef struct new_segment {
    uint64_t number;
    char *path;
    segment_writer *writer;
} new_segment;

static oir_status tell_pairs(void *context, uint64_t done, uint64_t total, oir_error *err)
{
    return progress_tell(context, "finding pairs of words", done, total, err);
}

/* What a segment keeps of the order its documents are in. */
static uint8_t to_record(oir_reorder how)
{
    return how == OIR_REORDER_NONE ? 0 : how == OIR_REORDER_LIGHT ? 1 : 2;
}

/* Whether there is memory to put so many documents into another order, and as much for what they say: an order found
 * with little of that is worth less than its docids take. */
static bool can_reorder(const oir_writable_database *w, uint32_t documents)
{
    return reorder_get_memory(0, documents) <= w->memory_limit / 2;
}

static oir_reorder choose_reorder(const oir_writable_database *w, uint32_t documents, uint32_t least)
{
    return documents < least || !can_reorder(w, documents) ? OIR_REORDER_NONE : w->reorder;
}

static oir_status open_new(oir_writable_database *w, new_segment *n, bool lasting, oir_reorder how, oir_error *err)
{
    /* Not synced here: it may be merged away before the commit, which syncs what is left. */
    segment_options options = {
        .bound_k1 = w->state.bound_k1,
        .bound_b = w->state.bound_b,
        .term_lists = w->state.term_lists,
        .stored = w->state.stored,
        .pairs = lasting && w->pairs,
        .tell = tell_pairs,
        .tell_context = &w->progress,
        .helpers = w->team,
        .reordered = to_record(how),
    };
    *n = (new_segment){.number = w->state.next_segment};
    if (!memory_reserve(&w->segments, &w->segment_capacity, w->segment_count + 1, sizeof *w->segments))
        return error_no_memory(err, "the index's segments");
    n->path = catalog_segment_path(w->path, n->number);
    if (!n->path)
        return error_no_memory(err, "a path");
    w->state.next_segment++;
    return segment_writer_open(&n->writer, n->path, &options, err);
}

/* Ends writing and reads the file back in, as the segment at place `at`. */
static oir_status close_new(oir_writable_database *w, new_segment *n, size_t at, oir_error *err)
{
    segment_writer *writer = n->writer;
    segment *opened = NULL;
    struct stat file;
    n->writer = NULL;
    ERROR_FORWARD(segment_writer_commit(writer, err));
    oir_status status = segment_open(&opened, n->path, err);
    if (status == OIR_OK && stat(n->path, &file) != 0) {
        status = error_from_errno(err, "cannot look at %s", n->path);
        segment_close(opened);
    }
    if (status) {
        unlink(n->path);
        return status;
    }
    for (size_t i = w->segment_count++; i > at; i--)
        w->segments[i] = w->segments[i - 1];
    w->segments[at] = (writer_segment){.segment = opened, .uncommitted = true};
    catalog_segment *c = &w->segments[at].deletions.catalog;
    c->number = n->number;
    c->document_count = opened->context.document_count;
    c->total_length = opened->total_length;
    c->bytes = (uint64_t)file.st_size;
    return OIR_OK;
}

static void release_new(new_segment *n)
{
    segment_writer_abort(n->writer);
    memory_free(n->path);
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
    ERROR_GOTO_DONE(close_new(w, n, w->segment_count, err));
    inverters_clear(&w->buffer);
done:
    inverters_text_release(&text);
    return status;
}

/* Without memory for another order documents keep the one they have. */
static oir_status do_without(oir_status status, const oir_error *lower, oir_error *err)
{
    bool borne = status == OIR_OK || status == OIR_NO_MEMORY;
    return borne ? OIR_OK : error_set(err, status, "%s", lower->message);
}

/* *order: NULL for that of docids. */
static oir_status order_buffer(oir_writable_database *w, uint32_t **order, oir_error *err)
{
    oir_error lower;
    size_t left = get_left(w, w->memory_limit); /* the buffer is there meanwhile */
    reorder_settings settings = reorder_choose(w->reorder, left);
    settings.threads = w->threads;
    return do_without(reorder_buffer(order, &w->buffer, &settings, &w->progress, &lower), &lower, err);
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
    if (lasting && choose_reorder(w, inverters_get_live_count(&w->buffer), REORDER_OPTIMISED_MIN) != OIR_REORDER_NONE)
        ERROR_GOTO_DONE(order_buffer(w, &order, err));
    ERROR_GOTO_DONE(flush(w, &n, order, lasting, err));
done:
    memory_free(order);
    release_new(&n);
    return status;
}

/* ---- merging ---- */

static uint32_t live(const writer_segment *s)
{
    return s->deletions.catalog.document_count - s->deletions.catalog.deleted_count;
}

static void drop_empty(oir_writable_database *w)
{
    for (size_t i = w->segment_count; i-- > 0;)
        if (live(&w->segments[i]) == 0)
            writer_drop_segment(w, i);
}

static size_t get_sources(const oir_writable_database *w, const bool *chosen, merge_source *sources)
{
    size_t count = 0;
    for (size_t i = 0; i < w->segment_count; i++)
        if (chosen[i])
            sources[count++] = (merge_source){w->segments[i].segment, w->segments[i].deletions.catalog.deleted};
    return count;
}

/* The merged segment stands where the oldest of its sources stood. */
static void drop_chosen(oir_writable_database *w, const bool *chosen, size_t count, size_t merged)
{
    for (size_t i = count; i-- > 0;)
        if (chosen[i])
            writer_drop_segment(w, i < merged ? i : i + 1);
}

/* *how is what became of it. */
static oir_status make_order(oir_writable_database *w, const merge_source *sources, size_t count, oir_reorder *how,
                             merge_order *order, oir_error *err)
{
    oir_error lower;
    if (*how == OIR_REORDER_NONE)
        return OIR_OK;
    size_t left = w->memory_limit - (size_t)reorder_get_memory(0, order->count);
    reorder_settings settings = reorder_choose(w->reorder, left);
    settings.threads = w->threads;
    oir_status status = reorder_documents(order, sources, count, &settings, &w->progress, &lower);
    if (status != OIR_OK)
        *how = OIR_REORDER_NONE;
    return do_without(status, &lower, err);
}

static size_t choose_ahead(const oir_writable_database *w)
{
    return w->memory_limit / AHEAD_SHARE < AHEAD_MAX ? w->memory_limit / AHEAD_SHARE : AHEAD_MAX;
}

static oir_status merge_chosen(oir_writable_database *w, const bool *chosen, bool lasting, oir_error *err)
{
    oir_status status;
    new_segment n = {0};
    merge_order order = {0};
    size_t count = w->segment_count, first = 0;
    merge_source *sources = memory_new(count * sizeof *sources);
    if (!sources)
        return error_no_memory(err, "a merge");
    memory_give_back(); /* what the buffer took is free by now */
    size_t source_count = get_sources(w, chosen, sources);
    while (!chosen[first])
        first++;
    ERROR_GOTO_DONE(merge_order_by_docid(&order, sources, source_count, err));
    oir_reorder how = choose_reorder(w, order.count, lasting ? REORDER_OPTIMISED_MIN : REORDER_MERGED_MIN);
    ERROR_GOTO_DONE(make_order(w, sources, source_count, &how, &order, err));
    ERROR_GOTO_DONE(open_new(w, &n, true, how, err));
    const merge_options options = {w->state.term_lists, lasting, choose_ahead(w)};
    ERROR_GOTO_DONE(merge_write(&order, sources, source_count, &options, n.writer, &w->progress, err));
    ERROR_GOTO_DONE(close_new(w, &n, first, err));
    drop_chosen(w, chosen, count, first);
    w->changed = true;
done:
    release_new(&n);
    merge_order_release(&order);
    memory_free(sources);
    return status;
}

static size_t choose(const oir_writable_database *w, merge_size *sizes, bool *chosen)
{
    for (size_t i = 0; i < w->segment_count; i++) {
        const catalog_segment *c = &w->segments[i].deletions.catalog;
        sizes[i] = (merge_size){c->bytes, c->document_count, c->deleted_count};
    }
    return merge_policy_choose(sizes, w->segment_count, chosen);
}

oir_status writer_merge(oir_writable_database *w, oir_error *err)
{
    oir_status status = OIR_OK;
    oir_error lower;
    drop_empty(w);
    if (w->segment_count == 0)
        return OIR_OK;
    /* Merging makes segments fewer, never more. */
    merge_size *sizes = memory_new(w->segment_count * sizeof *sizes);
    bool *chosen = memory_new(w->segment_count * sizeof *chosen);
    if (!sizes || !chosen)
        status = error_no_memory(&lower, "choosing what to merge");
    while (status == OIR_OK && choose(w, sizes, chosen) > 0)
        status = merge_chosen(w, chosen, false, &lower);
    memory_free(sizes);
    memory_free(chosen);
    /* Merging takes room for a while that nothing else does: a disk too full for it is no reason to stop, nor are lists
     * that fit into segments of their own but not into one. */
    if (status == OIR_NO_SPACE || status == OIR_TOO_BIG)
        return OIR_OK;
    return status ? error_set(err, status, "%s", lower.message) : OIR_OK;
}

oir_status writer_merge_many(oir_writable_database *w, oir_error *err)
{
    return w->segment_count < SEGMENTS_MAX ? OIR_OK : writer_merge(w, err);
}

bool writer_flush_lasts(const oir_writable_database *w)
{
    oir_reorder how = choose_reorder(w, inverters_get_live_count(&w->buffer), REORDER_OPTIMISED_MIN);
    /* The buffer is there meanwhile. But for terms that only filter it has no more postings than words; with many of
     * these reordering makes do with the memory that is left. */
    uint32_t documents = inverters_get_live_count(&w->buffer);
    uint64_t memory = reorder_get_memory(inverters_get_live_length(&w->buffer), documents);
    bool fits = inverters_get_memory(&w->buffer) + memory <= w->memory_limit;
    return w->segment_count == 0 && (how == OIR_REORDER_NONE || fits);
}

/* Whether documents are in the order they are wanted in, or in as good a one as there is memory for. */
static bool is_ordered(const oir_writable_database *w, const writer_segment *s)
{
    if (w->reorder != OIR_REORDER_NONE && !can_reorder(w, s->deletions.catalog.document_count))
        return true;
    oir_reorder how = choose_reorder(w, s->deletions.catalog.document_count, REORDER_OPTIMISED_MIN);
    return how == OIR_REORDER_NONE ? s->segment->reordered == 0 : s->segment->reordered >= to_record(how);
}

/* Whether documents' data is compressed with what was learnt from it. */
static bool has_own_dictionary(const writer_segment *s)
{
    const stored *data = s->segment->stored;
    return !data || stored_get_bytes(data) == 0 || stored_get_dictionary(data).learned > 0;
}

/* Whether writing a segment anew would not make it better. */
static bool is_final(const oir_writable_database *w, const writer_segment *s)
{
    bool small = s->deletions.catalog.document_count < PAIRS_DOCUMENTS_MIN;
    return s->deletions.catalog.deleted_count == 0 && is_ordered(w, s) && has_own_dictionary(s) &&
           (small || s->segment->pairs.looked_for == w->pairs);
}

oir_status writer_merge_all(oir_writable_database *w, oir_error *err)
{
    drop_empty(w);
    if (w->segment_count == 0 || (w->segment_count == 1 && is_final(w, &w->segments[0])))
        return OIR_OK;
    bool *chosen = memory_new(w->segment_count * sizeof *chosen);
    if (!chosen)
        return error_no_memory(err, "choosing what to merge");
    writer_release_documents(w); /* the search for pairs has threads, too, which need the memory */
    for (size_t i = 0; i < w->segment_count; i++)
        chosen[i] = true;
    oir_status status = merge_chosen(w, chosen, true, err);
    memory_free(chosen);
    return status;
}
