/* Which segments the writer merges, and when. */
#include "base/error.h"
#include "base/memory.h"
#include "indexer/merge_policy.h"
#include "indexer/writer.h"
#include "segment/pairs_writer.h"
#include "segment/stored.h"

enum {
    SEGMENTS_MAX = 32,     /* segments that are left alone while documents are added, */
    SEGMENTS_WAIT = 64     /* and more of them while a merge is running */
};

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

/* ---- what came of a merge ---- */

static writer_segment *find_segment(const oir_writable_database *w, uint64_t number)
{
    for (size_t i = 0; i < w->segment_count; i++)
        if (w->segments[i].deletions.catalog.number == number)
            return &w->segments[i];
    return NULL;
}

/* Deletes in the merged segment what one of its sources had as its document `local`. */
static oir_status delete_late(oir_writable_database *w, writer_segment *to, const segment *from, uint32_t local,
                              oir_error *err)
{
    uint32_t at = 0;
    bool found;
    ERROR_FORWARD(segment_verify_docids(from, local, 1, err));
    ERROR_FORWARD(segment_find_docid(to->segment, segment_get_docid(from, local), &at, &found, err));
    if (!found || deletions_has(&to->deletions, at))
        return error_set(err, OIR_CORRUPT, "%s lacks a document of %s that it was merged from", to->segment->name,
                         from->name);
    return deletions_add(&to->deletions, to->segment, at, &w->term_list, err);
}

/* Deletes what was deleted in a source since it was taken. now: NULL when it is gone, since all was. */
static oir_status delete_since(oir_writable_database *w, writer_segment *to, const merging_source *source,
                               const writer_segment *now, oir_error *err)
{
    uint32_t documents = source->segment->context.document_count;
    if (now && !now->deletions.catalog.deleted)
        return OIR_OK;
    for (uint32_t local = 0; local < documents; local++) {
        bool before = source->deleted && (source->deleted[local >> 6] >> (local & 63) & 1);
        if (!before && (!now || deletions_has(&now->deletions, local)))
            ERROR_FORWARD(delete_late(w, to, source->segment, local, err));
    }
    return OIR_OK;
}

bool writer_merge_is_live(const oir_writable_database *w, const merging *m)
{
    for (size_t i = 0; i < m->count; i++) {
        const writer_segment *now = find_segment(w, m->sources[i].number);
        const uint64_t *deleted = m->sources[i].deleted;
        if (!now || (deleted && !now->deletions.catalog.deleted))
            return false;
        for (size_t j = 0; deleted && j < ((size_t)now->deletions.catalog.document_count + 63) / 64; j++)
            if (deleted[j] & ~now->deletions.catalog.deleted[j])
                return false;
    }
    return true;
}

oir_status writer_merge_install(oir_writable_database *w, merging *m, oir_error *err)
{
    size_t first = 0;
    for (size_t i = 0; i < m->count; i++)
        ERROR_FORWARD(delete_since(w, &m->result, &m->sources[i], find_segment(w, m->sources[i].number), err));
    /* It stands where the oldest of its sources stood. */
    for (size_t i = m->count; i-- > 0;) {
        const writer_segment *now = find_segment(w, m->sources[i].number);
        first = now ? (size_t)(now - w->segments) : first;
    }
    ERROR_FORWARD(writer_insert_segment(w, &m->result, first, err));
    m->result = (writer_segment){0};
    for (size_t i = 0; i < m->count; i++) {
        const writer_segment *now = find_segment(w, m->sources[i].number);
        if (now)
            writer_drop_segment(w, (size_t)(now - w->segments));
    }
    w->changed = true;
    return OIR_OK;
}

/* ---- merging ---- */

static oir_status prepare(oir_writable_database *w, merging *m, const bool *chosen, bool lasting, oir_error *err)
{
    ERROR_FORWARD(merging_init(m, w->segments, w->segment_count, chosen, err));
    m->folder = w->path;
    m->number = w->state.next_segment++;
    m->options = writer_get_options(w);
    m->memory = w->memory_limit;
    m->reorder = w->reorder;
    m->threads = w->threads;
    m->lasting = lasting;
    m->progress = w->progress;
    return OIR_OK;
}

/* beside: on another thread, if there is one. */
static oir_status merge_chosen(oir_writable_database *w, const bool *chosen, bool lasting, bool beside, oir_error *err)
{
    oir_status status;
    merging m;
    ERROR_GOTO_DONE(prepare(w, &m, chosen, lasting, err));
    if (beside && writer_background_start(w, &m))
        return OIR_OK;
    ERROR_GOTO_DONE(merging_run(&m, err));
    ERROR_GOTO_DONE(writer_merge_install(w, &m, err));
done:
    merging_release(&m);
    return status;
}

/* What the policy wants. Merging makes segments fewer, never more: so there is room while it goes on. */
typedef struct merge_choice {
    merge_size *sizes; /* of those that are not being merged, */
    size_t *places;    /* and where they are among the segments */
    bool *chosen;      /* by segment */
    uint64_t bytes;    /* of those that are */
} merge_choice;

/* False when out of memory; to be released either way. */
static bool choice_init(merge_choice *c, size_t segments)
{
    *c = (merge_choice){memory_new(segments * sizeof *c->sizes), memory_new(segments * sizeof *c->places),
                        memory_new(segments * sizeof *c->chosen), 0};
    return c->sizes && c->places && c->chosen;
}

static void choice_release(merge_choice *c)
{
    memory_free(c->sizes);
    memory_free(c->places);
    memory_free(c->chosen);
}

/* False: nothing is to be merged. */
static bool choose(const oir_writable_database *w, merge_choice *c)
{
    size_t count = 0;
    for (size_t i = 0; i < w->segment_count; i++) {
        const catalog_segment *s = &w->segments[i].deletions.catalog;
        if (writer_background_has(w, s->number))
            continue;
        c->sizes[count] = (merge_size){s->bytes, s->document_count, s->deleted_count};
        c->places[count++] = i;
    }
    bool wanted = merge_policy_choose(c->sizes, count, c->chosen) > 0;
    c->bytes = 0;
    for (size_t i = count; i < w->segment_count; i++)
        c->chosen[i] = false;
    for (size_t i = count; i-- > 0;) { /* places ascend, and none is below its number */
        bool is = c->chosen[i];
        c->chosen[i] = false;
        c->chosen[c->places[i]] = is;
        c->bytes += is ? c->sizes[i].bytes : 0;
    }
    return wanted;
}

/* *more: there may be more to merge. */
static oir_status merge_next(oir_writable_database *w, bool beside, merge_choice *c, bool *more, oir_error *err)
{
    *more = choose(w, c);
    if (!*more)
        return OIR_OK;
    beside = beside && c->bytes >= w->background_least;
    if (!beside || !w->background)
        return merge_chosen(w, c->chosen, false, beside, err);
    *more = w->segment_count >= SEGMENTS_WAIT;
    return *more ? writer_background_collect(w, true, err) : OIR_OK;
}

oir_status writer_merge(oir_writable_database *w, bool beside, oir_error *err)
{
    oir_status status = OIR_OK;
    oir_error lower;
    bool more = true;
    drop_empty(w);
    if (w->segment_count == 0)
        return OIR_OK;
    merge_choice c;
    if (!choice_init(&c, w->segment_count))
        status = error_no_memory(&lower, "choosing what to merge");
    while (status == OIR_OK && more)
        status = merge_next(w, beside && !w->overdue, &c, &more, &lower);
    choice_release(&c);
    w->overdue &= status != OIR_OK;
    /* Merging takes room for a while that nothing else does: a disk too full for it is no reason to stop, nor are lists
     * that fit into segments of their own but not into one. */
    if (status == OIR_NO_SPACE || status == OIR_TOO_BIG)
        return OIR_OK;
    return status ? error_set(err, status, "%s", lower.message) : OIR_OK;
}

oir_status writer_merge_many(oir_writable_database *w, oir_error *err)
{
    ERROR_FORWARD(writer_background_poll(w, w->segment_count >= SEGMENTS_WAIT, err));
    /* What failed is to be told of before it is tried again. */
    if (w->segment_count < SEGMENTS_MAX || w->background_status)
        return OIR_OK;
    return writer_merge(w, true, err);
}

bool writer_merge_is_due(const oir_writable_database *w)
{
    merge_choice c;
    bool due = choice_init(&c, w->segment_count) && choose(w, &c);
    choice_release(&c);
    return due;
}

/* ---- optimising ---- */

/* Whether documents are in the order they are wanted in, or in as good a one as there is memory for. */
static bool is_ordered(const oir_writable_database *w, const writer_segment *s)
{
    if (w->reorder != OIR_REORDER_NONE && !merging_can_reorder(w->memory_limit, s->deletions.catalog.document_count))
        return true;
    oir_reorder how = writer_choose_reorder(w, s->deletions.catalog.document_count);
    return how == OIR_REORDER_NONE ? s->segment->reordered == 0 : s->segment->reordered >= merging_get_record(how);
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
    oir_status status = merge_chosen(w, chosen, true, false, err);
    memory_free(chosen);
    return status;
}
