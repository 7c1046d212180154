#include "indexer/writer.h"

#include "base/error.h"
#include "base/memory.h"
#include "segment/stored.h"

oir_status writer_check(const oir_writable_database *w, oir_error *err)
{
    if (!fork_mark_is_owner(&w->mark))
        return error_set(err, OIR_INVALID_OPERATION,
                         "the writer of %s belongs to process %ld, which forked this one; open another one here",
                         w->path, (long)w->mark.owner);
    if (w->failed)
        return error_set(err, OIR_INVALID_OPERATION,
                         "an earlier change of %s failed half way; roll back or close the writer", w->path);
    return OIR_OK;
}

enum { MEMORY_REST = 32 << 20, MEMORY_THREAD = 4 << 20, MEMORY_THREAD_STORED = 18 << 20 };

/* The rest is what a writer takes beside its buffer: a transaction of LMDB and the chunks that go into it, a vocabulary
 * and a table of words, and what allocators leave unused. With threads these are several; where documents are stored
 * they are likely to have stems, too, of which there are as many as words, and more parts of a segment are written. */
size_t writer_get_buffer(size_t memory, uint32_t threads, bool with_data)
{
    size_t alone = with_data ? memory / 32 * 15 : memory / 5 * 2, most = MEMORY_REST;
    size_t share = threads > 1 ? memory / 32 * (with_data ? 21 : 18) : alone;
    most += threads > 1 ? (size_t)(with_data ? MEMORY_THREAD_STORED : MEMORY_THREAD) * (threads - 1) : 0;
    return memory - (share < most ? share : most);
}

/* ---- state ---- */

void writer_release_state(oir_writable_database *w)
{
    for (size_t i = 0; i < w->segment_count; i++) {
        segment_close(w->segments[i].segment);
        deletions_release(&w->segments[i].deletions);
    }
    memory_free(w->segments);
    w->segments = NULL;
    w->segment_count = w->segment_capacity = 0;
    generation_release(&w->state);
    inverters_release(&w->buffer);
}

static oir_status missing_segment(oir_error *err)
{
    if (err) {
        err->status = OIR_CORRUPT;
        error_prefix(err, "a segment that the index's catalog names is missing");
    }
    return OIR_CORRUPT;
}

static oir_status load_segments(oir_writable_database *w, oir_error *err)
{
    size_t count = w->state.segment_count;
    if (!memory_reserve(&w->segments, &w->segment_capacity, count, sizeof *w->segments))
        return error_no_memory(err, "the index's segments");
    for (size_t i = 0; i < count; i++) {
        segment *opened = NULL;
        char *path = catalog_segment_path(w->path, w->state.segments[i].number);
        if (!path)
            return error_no_memory(err, "a path");
        oir_status status = segment_open(&opened, path, err);
        memory_free(path);
        /* To the caller, OIR_NOT_FOUND says that there is no index; here there is one, with a hole. */
        if (status == OIR_NOT_FOUND)
            status = missing_segment(err);
        ERROR_FORWARD(status);
        w->segments[w->segment_count++] = (writer_segment){.segment = opened};
        if (opened->context.document_count != w->state.segments[i].document_count)
            return error_set(err, OIR_CORRUPT, "%s has not the number of documents that the last commit says",
                             opened->name);
        w->segments[i].deletions.catalog = w->state.segments[i];
        w->state.segments[i] = (catalog_segment){0};
    }
    w->state.segment_count = 0;
    return OIR_OK;
}

oir_status writer_load(oir_writable_database *w, oir_error *err)
{
    oir_status status;
    writer_release_state(w);
    ERROR_GOTO_DONE(generation_copy(&w->state, w->emptying ? &w->fresh : &w->committed, err));
    ERROR_GOTO_DONE(load_segments(w, err));
    if (!w->buffer_most)
        w->buffer_most = w->buffer_limit = writer_get_buffer(w->memory_limit, w->threads, w->state.stored);
    ERROR_GOTO_DONE(inverters_init(&w->buffer, w->threads, w->buffer_most, w->state.term_lists, w->state.stored, err));
    inverters_set_helpers(&w->buffer, w->team);
    /* Documents that will change places are compressed once they have. */
    if (w->reorder != OIR_REORDER_NONE)
        inverters_set_unpacked(&w->buffer);
done:
    if (status)
        writer_release_state(w);
    w->changed = w->emptying;
    w->failed = status != OIR_OK;
    return status;
}

/* ---- changes ---- */

oir_status writer_prefer_dictionary(oir_writable_database *w, oir_error *err)
{
    const stored *first = w->segment_count ? w->segments[0].segment->stored : NULL;
    if (!first || stored_get_bytes(first) < STORED_SAMPLE_SIZE || w->buffer.items[0]->document_count > 0)
        return OIR_OK;
    stored_dictionary dictionary = stored_get_dictionary(first);
    return inverters_prefer_dictionary(&w->buffer, &dictionary, err);
}

oir_status writer_flush_full(oir_writable_database *w, oir_error *err)
{
    ERROR_FORWARD(writer_flush(w, false, err));
    if (w->threads == 1) /* what one thread gives back another one's allocations do not always find */
        inverters_set_rounds(&w->buffer, 1);
    return writer_merge_many(w, err);
}

oir_status writer_add(oir_writable_database *w, oir_docid docid, const oir_document *document, oir_error *err)
{
    size_t parts;
    ERROR_FORWARD(document_complete(document, err));
    ERROR_FORWARD(document_terms_count_parts((document_terms *)(uintptr_t)&document->terms, &parts, err));
    w->changed = true;
    if (parts) {
        ERROR_FORWARD(writer_add_large(w, docid, document, parts, err));
    } else {
        ERROR_FORWARD(writer_prefer_dictionary(w, err));
        ERROR_FORWARD(inverter_add(w->buffer.items[0], docid, document, err));
    }
    ERROR_FORWARD(inverters_pack(&w->buffer, err));
    if (docid > w->state.last_docid)
        w->state.last_docid = docid;
    if (inverters_get_memory(&w->buffer) <= w->buffer_limit && !inverters_are_full(&w->buffer))
        return OIR_OK;
    return writer_flush_full(w, err);
}

static oir_status delete_in(oir_writable_database *w, writer_segment *s, uint32_t local, oir_error *err)
{
    ERROR_FORWARD(deletions_add(&s->deletions, s->segment, local, &w->term_list, err));
    w->changed = true;
    return OIR_OK;
}

oir_status writer_delete(oir_writable_database *w, oir_docid docid, bool *found, oir_error *err)
{
    *found = inverters_delete(&w->buffer, docid);
    w->changed |= *found;
    /* Newest first: there live most of the documents that change often. */
    for (size_t i = w->segment_count; i-- > 0 && !*found;) {
        uint32_t local;
        writer_segment *s = &w->segments[i];
        ERROR_FORWARD(segment_find_docid(s->segment, docid, &local, found, err));
        *found = *found && !deletions_has(&s->deletions, local);
        if (*found)
            ERROR_FORWARD(delete_in(w, s, local, err));
    }
    return OIR_OK;
}

/* Decodes the documents that a segment has of a term into w->postings; *found false: none. */
static oir_status read_postings(oir_writable_database *w, const writer_segment *s, const char *term, size_t size,
                                bool *found, oir_error *err)
{
    term_entry entry;
    ERROR_FORWARD(segment_find_term(s->segment, term, size, &entry, found, err));
    if (!*found)
        return OIR_OK;
    ERROR_FORWARD(postings_decode(s->segment->container, &s->segment->context, &entry, &w->postings, err));
    const postings_list *list = &w->postings;
    if (list->count && list->documents[list->count - 1] >= s->segment->context.document_count)
        return error_set(err, OIR_CORRUPT, "%s: a list names a document that is not there", s->segment->name);
    return OIR_OK;
}

static oir_status delete_by_term_in(oir_writable_database *w, writer_segment *s, const char *term, size_t size,
                                    oir_doccount *count, oir_docid *lowest, oir_error *err)
{
    bool found;
    ERROR_FORWARD(read_postings(w, s, term, size, &found, err));
    for (uint32_t i = 0; found && i < w->postings.count; i++) {
        uint32_t local = w->postings.documents[i];
        if (deletions_has(&s->deletions, local))
            continue;
        ERROR_FORWARD(segment_verify_docids(s->segment, local, 1, err));
        oir_docid docid = segment_get_docid(s->segment, local);
        if (*count == 0 || docid < *lowest)
            *lowest = docid;
        ERROR_FORWARD(delete_in(w, s, local, err));
        ++*count;
    }
    return OIR_OK;
}

oir_status writer_delete_by_term(oir_writable_database *w, const char *term, size_t size, oir_doccount *count,
                                 oir_docid *lowest, oir_error *err)
{
    ERROR_FORWARD(inverters_delete_by_term(&w->buffer, term, size, count, lowest, err));
    w->changed |= *count > 0;
    for (size_t i = w->segment_count; i-- > 0;)
        ERROR_FORWARD(delete_by_term_in(w, &w->segments[i], term, size, count, lowest, err));
    return OIR_OK;
}

oir_status writer_has_term(oir_writable_database *w, const char *term, size_t size, bool *found, oir_error *err)
{
    ERROR_FORWARD(inverters_has_term(&w->buffer, term, size, found, err));
    for (size_t i = w->segment_count; i-- > 0 && !*found;) {
        const writer_segment *s = &w->segments[i];
        bool there;
        ERROR_FORWARD(read_postings(w, s, term, size, &there, err));
        for (uint32_t p = 0; there && p < w->postings.count && !*found; p++)
            *found = !deletions_has(&s->deletions, w->postings.documents[p]);
    }
    return OIR_OK;
}
