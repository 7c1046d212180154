#include "indexer/inverters_termlists.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/relay.h"
#include "base/sort.h"
#include "segment/termlists.h"

enum {
    TELL_DOCUMENTS = 1 << 12,
    TAKEN = 64,        /* documents that are encoded together, */
    UNITS = 1 << 16,   /* or as many as have so many units of the stream, */
    BATCHES = 4,       /* and so many times that for each thread at a time */
    FEW_TERMS = 128,   /* of a document: sorted by comparing */
    TABLES = 8         /* of all inverters' terms, that threads may have together: what the inversion had for each */
};

/* What a thread makes lists with. */
typedef struct scratch {
    uint32_t *places;     /* by term of an inverter: 1 + its place among the document's; all 0 in between */
    uint32_t *terms, *wdf; /* of the document, each once, as they came */
    size_t term_capacity, wdf_capacity;
    uint64_t *pairs;      /* ordinal << 32 | wdf, and room for as many */
    size_t pair_capacity;
    uint32_t *columns;    /* the same apart, sorted */
    size_t column_capacity;
} scratch;

/* Documents that follow each other, while a thread encodes their lists and another one writes what came out. */
typedef struct batch {
    uint32_t from, end;
    buffer lists;
    uint32_t sizes[TAKEN]; /* of each list, in bytes */
} batch;

typedef struct writing {
    const inverters_termlists *t;
    segment_writer *writer;
    const progress *progress;
    uint32_t next, tell_next; /* document */
    size_t thread_count, batch_count;
    scratch *scratches;      /* one for each thread */
    batch *batches;          /* with helpers: twice those that are encoded at a time */
    int64_t units;           /* that the half at hand may still have */
} writing;

/* ---- a document ---- */

/* The document's next occurrence is of this term; returns how many different ones there are by now. What is read is
 * nothing that a processor foresees. */
static inline uint32_t note(scratch *s, uint32_t count, uint32_t term, uint32_t wdf)
{
    uint32_t place = s->places[term];
    bool fresh = place == 0;
    s->terms[count] = term;
    s->wdf[count] = 0;
    count += fresh;
    place = fresh ? count : place;
    s->places[term] = place;
    s->wdf[place - 1] += wdf;
    return count;
}

/* Occurrences as long as they are of the usual kinds: plain ones, then those without position. */
static inline uint32_t note_run(scratch *s, uint32_t count, inverter_reader *r)
{
    const uint16_t *at = r->at, *end = r->end, *next; /* copies that nothing else can see are kept in registers */
    for (uint32_t term; at < end && inverter_reader_is_plain(*at);) {
        at = inverter_reader_get_plain(at, &term);
        count = note(s, count, term, 1);
    }
    for (uint32_t term, wdf; at < end && (next = inverter_reader_get_nowhere(at, &term, &wdf)) != NULL; at = next)
        count = note(s, count, term, wdf);
    r->at = at;
    return count;
}

/* Room for the terms of a document: no more than it has units, or its inverter terms. */
static bool reserve_terms(scratch *s, const inverter *v, const inverter_reader *r)
{
    size_t most = (size_t)(r->end - r->at) + r->behind;
    most = (most < v->term_count ? most : v->term_count) + 1;
    return memory_reserve(&s->terms, &s->term_capacity, most, sizeof *s->terms) &&
           memory_reserve(&s->wdf, &s->wdf_capacity, most, sizeof *s->wdf);
}

/* The document's terms, each once with its wdf. False when out of memory. */
static bool find_terms(scratch *s, const inverters_termlists *t, inverters_place place, uint32_t *found)
{
    const inverter *v = t->v->items[place.inverter];
    inverter_reader r = inverter_read(v, place.number);
    uint32_t count = 0;
    if (!reserve_terms(s, v, &r))
        return false;
    do {
        count = note_run(s, count, &r);
        if (inverter_reader_next(&r) == INVERTER_READER_END)
            break;
        count = note(s, count, r.term, r.wdf);
    } while (true);
    for (uint32_t i = 0; i < count; i++)
        s->places[s->terms[i]] = 0;
    *found = count;
    return true;
}

/* The list of document i of the segment, appended. False when out of memory. */
static bool encode_list(scratch *s, const inverters_termlists *t, uint32_t i, buffer *to)
{
    inverters_place place = t->order[i];
    const uint32_t *ordinals = t->ordinals + t->firsts[place.inverter];
    uint32_t count;
    inverters_fetch(t->v, t->order, i, t->document_count);
    if (!find_terms(s, t, place, &count) ||
        !memory_reserve(&s->pairs, &s->pair_capacity, (size_t)count * 2, sizeof *s->pairs) ||
        !memory_reserve(&s->columns, &s->column_capacity, (size_t)count * 2, sizeof *s->columns))
        return false;
    for (uint32_t n = 0; n < count; n++)
        s->pairs[n] = (uint64_t)ordinals[s->terms[n]] << 32 | s->wdf[n];
    const uint64_t *sorted = s->pairs;
    if (count > FEW_TERMS)
        sorted = sort_u64_by_high(s->pairs, s->pairs + count, count, t->ordinal_count);
    else
        sort_u64(s->pairs, count);
    for (uint32_t n = 0; n < count; n++) {
        s->columns[n] = (uint32_t)(sorted[n] >> 32);
        s->columns[count + n] = (uint32_t)sorted[n];
    }
    termlists_encode(to, s->columns, count ? s->columns + count : NULL, count);
    return !to->failed;
}

/* ---- batches ---- */

static oir_status encode_batch(void *context, size_t slot, size_t tool, oir_error *err)
{
    const writing *w = context;
    batch *b = &w->batches[slot];
    buffer_clear(&b->lists);
    for (uint32_t i = b->from; i < b->end; i++) {
        size_t before = b->lists.size;
        if (!encode_list(&w->scratches[tool], w->t, i, &b->lists))
            return error_no_memory(err, "the list of a document's terms");
        b->sizes[i - b->from] = (uint32_t)(b->lists.size - before);
    }
    return OIR_OK;
}

static oir_status write_batch(void *context, size_t slot, oir_error *err)
{
    const writing *w = context;
    const batch *b = &w->batches[slot];
    size_t at = 0;
    for (uint32_t i = b->from; i < b->end; i++) {
        uint32_t size = b->sizes[i - b->from];
        ERROR_FORWARD(segment_writer_add_encoded_list(w->writer, b->lists.data + at, size, err));
        at += size;
    }
    return OIR_OK;
}

/* Tells the caller now and then that the documents before `done` are through: only ever in its own thread. */
static oir_status tell(writing *w, uint32_t done, oir_error *err)
{
    if (done < w->tell_next)
        return OIR_OK;
    w->tell_next = done + TELL_DOCUMENTS;
    return progress_tell(w->progress, "writing term lists", done, w->t->document_count, err);
}

/* Units of document i of the segment. */
static size_t get_size(const inverters_termlists *t, uint32_t i)
{
    inverter_reader r = inverter_read(t->v->items[t->order[i].inverter], t->order[i].number);
    return (size_t)(r.end - r.at) + r.behind;
}

/* The documents that follow, one at least unless the half has all units that it may have. */
static oir_status begin_batch(void *context, size_t slot, bool *more, oir_error *err)
{
    writing *w = context;
    batch *b = &w->batches[slot];
    size_t half = w->batch_count > 1 ? w->batch_count / 2 : 1;
    if (slot % half == 0) {
        w->units = (int64_t)half * UNITS;
        ERROR_FORWARD(tell(w, w->next, err));
    }
    int64_t end = w->units > UNITS ? w->units - UNITS : 0;
    b->from = b->end = w->next;
    for (; b->end < w->t->document_count && b->end - b->from < TAKEN && w->units > end; b->end++)
        w->units -= (int64_t)get_size(w->t, b->end);
    w->next = b->end;
    *more = b->from < w->t->document_count;
    return OIR_OK;
}

/* ---- */

/* The terms of the inverter that has the most; *all: of all. */
static size_t find_most_terms(const inverters *v, size_t *all)
{
    size_t most = 0;
    *all = 0;
    for (uint32_t i = 0; i < v->count; i++) {
        most = v->items[i]->term_count > most ? v->items[i]->term_count : most;
        *all += v->items[i]->term_count;
    }
    return most;
}

static oir_status open_threads(writing *w, size_t terms, team *helpers, oir_error *err)
{
    w->thread_count = helpers ? team_size(helpers) : 1;
    w->batch_count = helpers ? 2 * BATCHES * w->thread_count : 1;
    w->scratches = memory_new_zeroed(w->thread_count, sizeof *w->scratches);
    w->batches = memory_new_zeroed(w->batch_count, sizeof *w->batches);
    bool done = w->scratches && w->batches;
    for (size_t i = 0; i < w->thread_count && done; i++) {
        w->scratches[i].places = memory_new_zeroed(terms + 1, sizeof *w->scratches[i].places);
        done = w->scratches[i].places != NULL;
    }
    return done ? OIR_OK : error_no_memory(err, "the list of a document's terms");
}

static void release(writing *w)
{
    for (size_t i = 0; w->scratches && i < w->thread_count; i++) {
        scratch *s = &w->scratches[i];
        memory_free(s->places);
        memory_free(s->terms);
        memory_free(s->wdf);
        memory_free(s->pairs);
        memory_free(s->columns);
    }
    for (size_t i = 0; w->batches && i < w->batch_count; i++)
        buffer_release(&w->batches[i].lists);
    memory_free(w->scratches);
    memory_free(w->batches);
}

oir_status inverters_termlists_write(const inverters_termlists *t, segment_writer *w, team *helpers, const progress *p,
                                     oir_error *err)
{
    writing own = {.t = t, .writer = w, .progress = p};
    size_t all, terms = find_most_terms(t->v, &all);
    /* Each thread has a table of those, which nobody has counted: one alone where few inverters have nearly all. */
    helpers = helpers && team_size(helpers) * terms <= TABLES * all ? helpers : NULL;
    oir_status status = open_threads(&own, terms, helpers, err);
    const relay_steps steps = {&own, begin_batch, encode_batch, write_batch};
    if (status == OIR_OK)
        status = relay_run(helpers, &steps, own.batch_count, err);
    release(&own);
    return status;
}

oir_status inverters_termlists_copy(const termlists_builder *from, segment_writer *w, const progress *p,
                                    oir_error *err)
{
    oir_status status = OIR_OK;
    buffer list = BUFFER_INIT;
    for (uint32_t i = 0; i < from->document_count; i++) {
        if (i % TELL_DOCUMENTS == 0)
            ERROR_GOTO_DONE(progress_tell(p, "writing term lists", i, from->document_count, err));
        buffer_clear(&list);
        termlists_builder_get(from, i, &list);
        if (list.failed)
            status = error_no_memory(err, "the list of a document's terms");
        else
            status = segment_writer_add_encoded_list(w, list.data, list.size, err);
        if (status)
            goto done;
    }
done:
    buffer_release(&list);
    return status;
}
