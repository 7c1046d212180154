/* Documents whose terms come in parts (document_terms.h), since they are large. One that fits into the buffer goes
 * there part by part and is like any other. One that does not is written as segments of its own, each with as many
 * parts as there is memory for, and these are united at once: no two segments share a document when the call returns,
 * so that nothing else need know of parts. */
#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "indexer/unite.h"
#include "indexer/writer.h"

enum {
    UNITED_AT_ONCE = 32,   /* segments: a document of many more is united in two steps */
    WORD_BYTES = 128,      /* that a word of a part takes at most, if it is new in the buffer, */
    OCCURRENCE_BYTES = 8,  /* and an occurrence; */
    DESCENDING_BYTES = 32  /* and besides, in a document whose positions are to be sorted (inversion.c) */
};

typedef struct large {
    oir_writable_database *w;
    oir_docid docid;
    const oir_document *document;
    document_terms *terms;
    size_t parts;
    uint64_t buffered;     /* occurrences of it in the buffer */
    size_t first;          /* its segments are from here on, */
    size_t united;         /* of which the first so many are united ones */
} large;

static uint64_t estimate_part(const document_part *p)
{
    return p->words * (uint64_t)WORD_BYTES + p->occurrences * (uint64_t)OCCURRENCE_BYTES;
}

uint64_t writer_estimate_large(const oir_document *document)
{
    const document_terms *t = &document->terms;
    uint64_t bytes = document->data.size + (t->vocabulary.count - t->words_begun) * (uint64_t)WORD_BYTES +
                     t->log_count * (uint64_t)(OCCURRENCE_BYTES + DESCENDING_BYTES);
    for (size_t i = 0; t->parts && i < t->parts->count; i++)
        bytes += estimate_part(&t->parts->items[i]) + t->parts->items[i].occurrences * (uint64_t)DESCENDING_BYTES;
    return paths_use(PATHS_BUFFERED) ? bytes : UINT64_MAX / 2;
}

/* Whether a part can be added to what is in the buffer. */
static bool has_room(const large *l, size_t part)
{
    const oir_writable_database *w = l->w;
    const inverter *v = w->buffer.items[0];
    const document_part *p = &l->terms->parts->items[part];
    uint64_t taken = inverters_get_memory(&w->buffer) + estimate_part(p);
    if (part > 0 && inverter_get_document(v, v->document_count - 1)->descends)
        taken += (l->buffered + p->occurrences) * DESCENDING_BYTES;
    if (part == 0)
        taken += l->document->data.size;
    return taken <= w->buffer_limit && !inverters_are_full(&w->buffer) && paths_use(PATHS_BUFFERED);
}

static oir_status add_part(large *l, size_t part, oir_error *err)
{
    uint64_t length;
    ERROR_FORWARD(document_terms_take_part(l->terms, part, &length, err));
    ERROR_FORWARD(inverter_add_log(l->w->buffer.items[0], l->terms, length, err));
    l->buffered += l->terms->log_count;
    return OIR_OK;
}

/* ---- beside other documents ---- */

/* *fits false: not all of it does, and what was added is dead. */
static oir_status add_beside(large *l, bool *fits, oir_error *err)
{
    inverter *v = l->w->buffer.items[0];
    *fits = has_room(l, 0);
    if (!*fits)
        return OIR_OK;
    ERROR_FORWARD(inverter_begin(v, l->docid, l->document, err));
    for (size_t i = 0; i < l->parts; i++) {
        *fits = i == 0 || has_room(l, i);
        if (!*fits)
            return OIR_OK;
        ERROR_FORWARD(add_part(l, i, err));
    }
    inverter_end(v);
    return OIR_OK;
}

/* ---- alone ---- */

static oir_status write_united(large *l, segment *const *sources, size_t count, new_segment *n, writer_segment *out,
                               oir_error *err)
{
    oir_writable_database *w = l->w;
    const segment_options options = writer_get_options(w);
    ERROR_FORWARD(new_segment_open(n, w->path, w->state.next_segment++, &options, err));
    ERROR_FORWARD(unite_write(sources, count, options.term_lists, n->writer, &w->progress, err));
    return new_segment_close(n, out, err);
}

/* Makes one segment of all from `from` on. */
static oir_status unite(large *l, size_t from, oir_error *err)
{
    oir_writable_database *w = l->w;
    oir_status status;
    writer_segment made;
    new_segment n = {0};
    size_t count = w->segment_count - from;
    if (count < 2)
        return OIR_OK;
    segment **sources = memory_new(count * sizeof *sources);
    if (!sources)
        return error_no_memory(err, "a merge");
    for (size_t i = 0; i < count; i++)
        sources[i] = w->segments[from + i].segment;
    memory_give_back(); /* what the buffer took is free by now */
    ERROR_GOTO_DONE(write_united(l, sources, count, &n, &made, err));
    while (w->segment_count > from)
        writer_drop_segment(w, w->segment_count - 1);
    status = writer_insert_segment(w, &made, from, err); /* there is room, since there was */
done:
    memory_free(sources);
    new_segment_release(&n);
    return status;
}

static oir_status write_parts(large *l, oir_error *err)
{
    oir_writable_database *w = l->w;
    inverter_end(w->buffer.items[0]);
    l->buffered = 0;
    memory_give_back(); /* what parts left unused, in pieces that writing has no use for */
    ERROR_FORWARD(writer_flush(w, false, err));
    if (w->segment_count - l->first - l->united < UNITED_AT_ONCE)
        return OIR_OK;
    ERROR_FORWARD(unite(l, l->first + l->united, err));
    l->united++;
    return OIR_OK;
}

static oir_status add_alone(large *l, oir_error *err)
{
    oir_writable_database *w = l->w;
    inverter *v = w->buffer.items[0];
    l->first = w->segment_count;
    l->buffered = 0;
    ERROR_FORWARD(writer_prefer_dictionary(w, err));
    ERROR_FORWARD(inverter_begin(v, l->docid, l->document, err));
    for (size_t i = 0; i < l->parts; i++) {
        if (i > 0 && !has_room(l, i)) {
            ERROR_FORWARD(write_parts(l, err));
            ERROR_FORWARD(inverter_begin(v, l->docid, NULL, err));
        }
        ERROR_FORWARD(add_part(l, i, err));
    }
    inverter_end(v);
    if (w->segment_count == l->first)
        return OIR_OK;
    document_terms_end_parts(l->terms);
    document_terms_give_back(l->terms);
    ERROR_FORWARD(writer_flush(w, false, err));
    return unite(l, l->first, err);
}

static oir_status add(large *l, oir_error *err)
{
    bool fits = false;
    oir_writable_database *w = l->w;
    if (inverters_get_live_count(&w->buffer) > 0)
        ERROR_FORWARD(add_beside(l, &fits, err));
    if (fits)
        return OIR_OK;
    ERROR_FORWARD(writer_flush(w, false, err));
    ERROR_FORWARD(writer_merge_many(w, err));
    return add_alone(l, err);
}

oir_status writer_add_large(oir_writable_database *w, oir_docid docid, const oir_document *document, size_t parts,
                            oir_error *err)
{
    large l = {.w = w, .docid = docid, .document = document, .parts = parts,
               .terms = (document_terms *)(uintptr_t)&document->terms}; /* as in inverter_add */
    oir_status status = add(&l, err);
    document_terms_end_parts(l.terms);
    return status;
}
