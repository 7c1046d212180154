/* Adding many documents by several threads. Each takes the next few numbers, has these documents made, and puts them
 * into an inverter of its own; nothing else is shared until the buffer is full, much of their data waits to be
 * compressed, which all do together then, or all are done. */
#include <stdatomic.h>

#include "base/error.h"
#include "base/memory.h"
#include "indexer/writer.h"

enum {
    TAKEN = 32,       /* documents that a thread takes at once: neighbours should be in one inverter */
    RAW_SHARE = 32,   /* of the buffer: data that may wait to be compressed, */
    RAW_MOST = 16 << 20,
    LEFT_SHARE = 256   /* likewise: with less left it is full */
};

/* What a thread has taken, and what became of it. */
typedef struct adder {
    size_t next, end;      /* numbers that are not added yet */
    bool is_large;         /* the document of the next one is made, and too large for the thread */
    oir_status status;
    oir_error error;       /* valid where it is not OIR_OK */
} adder;

typedef struct adding {
    oir_writable_database *w;
    oir_docid first;
    size_t count;
    size_t threads;        /* that are at it now */
    oir_fill_document fill;
    void *context;
    atomic_size_t next;    /* the first number that nobody has taken */
    size_t left;           /* that an inverter may grow by, but for what is compressed; */
    size_t raw;            /* and what may wait of its documents' data */
    atomic_bool stop;      /* somebody has something that the others must wait for: its share is full, a document is
                              large, or something failed */
    adder *adders;         /* by thread */
} adding;

static oir_status make_one(adding *a, size_t thread, size_t number, oir_error *err)
{
    oir_document *document = a->w->documents[thread];
    oir_document_clear(document);
    ERROR_FORWARD(a->fill(a->context, (unsigned)thread, number, document, err));
    return document_complete(document, err);
}

/* What it takes, but for what is compressed: that grows between what threads add. */
static size_t get_own_memory(const inverter *v)
{
    return inverter_get_memory(v) - inverter_data_get_memory(&v->data);
}

/* Adds the next document that a thread has taken, unless it is large and there may be no room for it: that is left to
 * writer_add. */
static oir_status add_one(adding *a, size_t thread, size_t most, oir_error *err)
{
    adder *by = &a->adders[thread];
    oir_document *document = a->w->documents[thread];
    inverter *v = a->w->buffer.items[thread];
    ERROR_FORWARD(make_one(a, thread, by->next, err));
    by->is_large = document->terms.parts && get_own_memory(v) + writer_estimate_large(document) > most;
    if (by->is_large)
        return OIR_OK;
    return inverter_add(v, a->first + (oir_docid)by->next++, document, err);
}

/* What one thread does: the part of a team's work. */
static void add_some(void *context, size_t thread, bool owner)
{
    (void)owner;
    adding *a = context;
    const inverter *v = a->w->buffer.items[thread];
    size_t most = get_own_memory(v) + a->left;
    adder *by = &a->adders[thread];
    while (!atomic_load_explicit(&a->stop, memory_order_relaxed)) {
        by->next = atomic_fetch_add_explicit(&a->next, TAKEN, memory_order_relaxed);
        by->end = by->next < a->count && a->count - by->next > TAKEN ? by->next + TAKEN : a->count;
        if (by->next >= a->count) {
            by->next = by->end;
            return;
        }
        while (by->next < by->end && !by->is_large && !by->status)
            by->status = add_one(a, thread, most, &by->error);
        if (by->status || by->is_large || v->raw_size > a->raw || inverter_is_full(v) || get_own_memory(v) > most)
            atomic_store_explicit(&a->stop, true, memory_order_relaxed);
    }
}

static oir_status make_documents(oir_writable_database *w, oir_error *err)
{
    if (!w->documents)
        w->documents = memory_new_zeroed(w->threads, sizeof *w->documents);
    if (!w->documents)
        return error_no_memory(err, "the threads of a writer");
    for (uint32_t i = 0; i < w->threads; i++)
        if (!w->documents[i])
            ERROR_FORWARD(oir_document_new(&w->documents[i], err));
    return OIR_OK;
}

void writer_release_documents(oir_writable_database *w)
{
    for (uint32_t i = 0; w->documents && i < w->threads; i++)
        oir_document_free(w->documents[i]);
    memory_free(w->documents);
    w->documents = NULL;
}

void writer_release_threads(oir_writable_database *w)
{
    team_free(w->team);
    writer_release_documents(w);
}

/* The failure of the lowest thread that failed. */
static oir_status get_status(const adding *a, oir_error *err)
{
    for (uint32_t i = 0; i < a->w->threads; i++)
        if (a->adders[i].status)
            return error_set(err, a->adders[i].status, "%s", a->adders[i].error.message);
    return OIR_OK;
}

/* Before a document is added for which the buffer is likely to be written out: gives back what threads have that add
 * nothing more now. */
static void make_way(const adding *a, const oir_document *document)
{
    const oir_writable_database *w = a->w;
    if (inverters_get_memory(&w->buffer) + writer_estimate_large(document) <= w->buffer_limit)
        return;
    for (size_t i = 0; i < w->threads; i++)
        if (a->adders[i].next >= a->adders[i].end) {
            oir_document_free(w->documents[i]);
            w->documents[i] = NULL;
        }
}

/* Adds large documents, and what else their threads have taken and left, since they stopped there. */
static oir_status add_large(adding *a, oir_error *err)
{
    oir_writable_database *w = a->w;
    for (size_t i = 0; i < w->threads; i++)
        for (adder *by = &a->adders[i]; by->next < by->end; by->is_large = false) {
            if (!by->is_large)
                ERROR_FORWARD(make_one(a, i, by->next, err));
            make_way(a, w->documents[i]);
            ERROR_FORWARD(writer_add(w, a->first + (oir_docid)by->next++, w->documents[i], err));
        }
    return OIR_OK;
}

/* What each of the threads that add may take. What one has left the others get the next time, since none adds as much
 * as the others. */
static void share_memory(adding *a)
{
    const oir_writable_database *w = a->w;
    size_t taken = inverters_get_memory(&w->buffer), raw = w->buffer_limit / RAW_SHARE;
    a->left = (taken < w->buffer_limit ? w->buffer_limit - taken : 0) / a->threads;
    a->raw = (raw < RAW_MOST ? raw : RAW_MOST) / a->threads;
}

static bool are_full(const adding *a)
{
    return inverters_are_full(&a->w->buffer) || a->left * a->threads < a->w->buffer_limit / LEFT_SHARE;
}

/* Meanwhile the threads have no documents: their vocabularies, which are about to be of no more use than words that
 * come anew, and logs take as much as writing does. */
static oir_status flush_full(oir_writable_database *w, oir_error *err)
{
    writer_release_documents(w);
    memory_give_back();
    return writer_flush_full(w, err);
}

static oir_status add_until_done(adding *a, oir_error *err)
{
    oir_writable_database *w = a->w;
    while (atomic_load_explicit(&a->next, memory_order_relaxed) < a->count) {
        atomic_store_explicit(&a->stop, false, memory_order_relaxed);
        ERROR_FORWARD(writer_prefer_dictionary(w, err));
        ERROR_FORWARD(make_documents(w, err));
        a->threads = w->team ? team_size(w->team) : 1;
        share_memory(a);
        if (w->team)
            team_run(w->team, a->threads, add_some, a, NULL);
        else
            add_some(a, 0, true);
        ERROR_FORWARD(get_status(a, err));
        ERROR_FORWARD(inverters_pack(&w->buffer, err));
        ERROR_FORWARD(add_large(a, err));
        share_memory(a);
        if (are_full(a))
            ERROR_FORWARD(flush_full(w, err));
    }
    return OIR_OK;
}

oir_status writer_add_many(oir_writable_database *w, oir_docid first, size_t count, oir_fill_document fill,
                           void *context, oir_error *err)
{
    if (count == 0)
        return OIR_OK;
    adding a = {.w = w, .first = first, .count = count, .fill = fill, .context = context};
    a.adders = memory_new_zeroed(w->threads, sizeof *a.adders);
    w->changed = true;
    oir_status status = a.adders ? add_until_done(&a, err) : error_no_memory(err, "the threads of a writer");
    if (status == OIR_OK)
        w->state.last_docid = first + (oir_docid)(count - 1);
    memory_free(a.adders);
    return status;
}
