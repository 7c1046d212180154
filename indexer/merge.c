#include "indexer/merge.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "indexer/gather.h"
#include "indexer/merge_stored.h"
#include "indexer/merge_terms.h"
#include "segment/termlists.h"
#include "segment/values.h"

enum {
    TELL_DOCUMENTS = 1 << 12,
    TELL_TERMS = 1 << 14,
    LARGE = 4 << 20 /* bytes of a list before which free memory is given back: its pieces may be too small */
};
#define GONE UINT32_MAX

/* One source while it is merged. */
typedef struct input {
    const segment *segment;
    bool shifted;       /* documents are those of the source, all of them, one behind the other: */
    uint32_t shift;     /* old local -> new one: so much is added; else */
    uint32_t *locals;   /* old local -> new one, GONE for deleted documents */
    uint32_t *ordinals; /* old ordinal -> new one; NULL without term lists */
} input;

typedef struct merge {
    merge_order *order; /* not while terms are merged: inputs' locals say the same */
    uint32_t documents;
    input *inputs;
    size_t count;
    merge_terms terms;
    const merge_options *options;
    bool has_stored;
    segment_writer *writer;
    const progress *progress;
    uint32_t ordinal;   /* of the next term */
    uint64_t terms_done, terms_total;
    gather gather;
    termlist list;
    segment_value *values;
    size_t value_capacity;
} merge;

static oir_status corrupt(const input *in, const char *what, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "%s: %s", in->segment->name, what);
}

static oir_status open_inputs(merge *m, const merge_source *sources, oir_error *err)
{
    m->inputs = memory_new_zeroed(m->count, sizeof *m->inputs);
    if (!m->inputs)
        return error_no_memory(err, "a merge");
    for (size_t i = 0; i < m->count; i++) {
        input *in = &m->inputs[i];
        in->segment = sources[i].segment;
        m->terms_total += in->segment->terms.term_count;
        m->has_stored &= in->segment->stored != NULL;
    }
    return OIR_OK;
}

/* Finds the sources whose documents stay beside each other in the order that they have, as those of segments do that
 * were written one after another. */
static void find_shifted(merge *m)
{
    const merge_order *order = m->order;
    for (uint32_t i = 0, end; i < m->documents; i = end) {
        input *in = &m->inputs[order->sources[i]];
        for (end = i; end < m->documents && order->sources[end] == order->sources[i]; end++)
            if (order->locals[end] != end - i)
                break;
        if (end == i)
            end++;
        in->shifted = end - i == in->segment->context.document_count;
        in->shift = i;
    }
}

/* What terms are merged with, instead of the order. */
static oir_status make_locals(merge *m, oir_error *err)
{
    find_shifted(m);
    for (size_t i = 0; i < m->count; i++) {
        input *in = &m->inputs[i];
        uint32_t documents = in->segment->context.document_count, count = in->segment->terms.term_count;
        if (!in->shifted)
            in->locals = memory_new((documents + (size_t)1) * sizeof *in->locals);
        if (m->options->term_lists)
            in->ordinals = memory_new((count + (size_t)1) * sizeof *in->ordinals);
        if ((!in->shifted && !in->locals) || (m->options->term_lists && !in->ordinals))
            return error_no_memory(err, "a merge");
        if (in->locals)
            memset(in->locals, 0xff, documents * sizeof *in->locals);
        if (m->options->term_lists)
            memset(in->ordinals, 0xff, count * sizeof *in->ordinals);
    }
    for (uint32_t i = 0; i < m->documents; i++) {
        input *in = &m->inputs[m->order->sources[i]];
        if (in->locals)
            in->locals[m->order->locals[i]] = i;
    }
    merge_order_release(m->order);
    return OIR_OK;
}

static inline uint32_t get_local(const input *in, uint32_t local)
{
    return in->shifted ? local + in->shift : in->locals[local];
}

/* The order again, for which locals are given up. */
static oir_status restore_order(merge *m, oir_error *err)
{
    ERROR_FORWARD(merge_order_init(m->order, m->documents, err));
    for (uint32_t i = 0; i < m->count; i++) {
        input *in = &m->inputs[i];
        for (uint32_t local = 0; local < in->segment->context.document_count; local++) {
            uint32_t at = get_local(in, local);
            if (at != GONE) {
                m->order->sources[at] = i;
                m->order->locals[at] = local;
            }
        }
        memory_free(in->locals);
        in->locals = NULL;
    }
    return OIR_OK;
}

/* ---- documents ---- */

oir_status merge_read_values(const segment *s, uint32_t local, segment_value **found, size_t *capacity,
                             segment_document *out, oir_error *err)
{
    uint32_t columns = s->values ? values_get_column_count(s->values) : 0;
    if (!memory_reserve(found, capacity, columns, sizeof **found))
        return error_no_memory(err, "the values of a document");
    for (uint32_t i = 0; i < columns; i++) {
        const values_column *column = values_get_column(s->values, i);
        segment_value *to = &(*found)[out->value_count];
        to->slot = column->slot;
        ERROR_FORWARD(values_get_in(s->values, column, local, &to->value, err));
        out->value_count += to->value.size > 0;
    }
    out->values = *found;
    return OIR_OK;
}

static oir_status write_document(merge *m, uint32_t i, oir_error *err)
{
    const input *in = &m->inputs[m->order->sources[i]];
    const segment *s = in->segment;
    uint32_t local = m->order->locals[i];
    segment_document document = {
        .docid = segment_get_docid(s, local),
        .length = segment_get_length(s, local),
        .data_apart = true,
    };
    document.has_positions =
        segment_get_position_range(s, local, &document.position_min, &document.position_max);
    ERROR_FORWARD(merge_read_values(s, local, &m->values, &m->value_capacity, &document, err));
    return segment_writer_add_document(m->writer, &document, err);
}

static oir_status write_documents(merge *m, oir_error *err)
{
    ERROR_FORWARD(segment_writer_reserve(m->writer, m->documents, err));
    for (uint32_t i = 0; i < m->documents; i++) {
        ERROR_FORWARD(write_document(m, i, err));
        if (i % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(m->progress, "merging documents", i, m->documents, err));
    }
    return OIR_OK;
}

static oir_status write_stored(merge *m, oir_error *err)
{
    stored_packer *to = segment_writer_get_packer(m->writer);
    const stored **sources = NULL;
    oir_status status = OIR_OK;
    if (!to)
        return OIR_OK;
    if (m->has_stored)
        sources = memory_new(m->count * sizeof *sources);
    else /* some segment was written without: then all are */
        for (uint32_t i = 0; status == OIR_OK && i < m->documents; i++)
            status = stored_packer_add(to, "", 0, err);
    if (m->has_stored && !sources)
        return error_no_memory(err, "a merge");
    for (size_t i = 0; sources && i < m->count; i++)
        sources[i] = m->inputs[i].segment->stored;
    if (sources)
        status = merge_stored_write(m->order, sources, m->count, m->options->ahead, m->options->lasting, to,
                                    m->progress, err);
    memory_free(sources);
    return status;
}

/* ---- terms ---- */

/* Adds postings that stand behind what the gather has already, of documents that are moved by so much. */
static void gather_shifted(gather *g, uint32_t shift, const postings_list *list, const positions_list *places)
{
    for (uint32_t i = 0; i < list->count; i++)
        list->documents[i] += shift;
    gather_extend(g, list->count, (size_t)places->total);
}

/* Adds the postings that one source has of a term: they are decoded where they will be, unless documents are gone. */
static oir_status gather_input(merge *m, const input *in, const term_entry *entry, oir_error *err)
{
    const segment *s = in->segment;
    gather *g = &m->gather;
    postings_list list;
    positions_list places = {0};
    if (entry->termfreq > s->context.document_count)
        return corrupt(in, "a term has more documents than there are", err);
    ERROR_FORWARD(gather_decode(g, s, entry, &list, &places, err));
    if (in->shifted) {
        gather_shifted(g, in->shift, &list, &places);
        return OIR_OK;
    }
    const oir_termpos *from = places.positions;
    /* A loop with nothing else in it waits for many numbers at once. */
    uint32_t *documents = list.documents;
    for (uint32_t i = 0; i < list.count; i++)
        documents[i] = in->locals[documents[i]];
    for (uint32_t i = 0; i < list.count; i++) {
        uint32_t local = documents[i], positions = places.total ? places.counts[i] : 0;
        if (local != GONE) {
            oir_termpos *to = g->positions + g->position_count;
            for (uint32_t p = 0; to != from && p < positions; p++)
                to[p] = from[p];
            gather_add(g, local, list.wdf[i], positions);
        }
        from += positions;
    }
    return OIR_OK;
}

/* Room for all that the sources have of the term at hand, so that lists are moved seldom. What a damaged dictionary
 * says is not trusted further than segments could have. */
static oir_status reserve(merge *m, oir_error *err)
{
    uint64_t documents = 0, positions = 0;
    for (size_t i = 0; i < m->terms.having_count; i++) {
        const term_entry *entry = merge_terms_get(&m->terms, i);
        const segment *s = m->inputs[m->terms.having[i]].segment;
        uint64_t most = entry->positions_size * 8; /* none takes less than a bit */
        documents += entry->termfreq < s->context.document_count ? entry->termfreq : s->context.document_count;
        positions += entry->collection_freq < most ? entry->collection_freq : most;
    }
    documents += POSTINGS_SPILL;
    if (documents > LARGE / 12 || positions > LARGE / sizeof(oir_termpos))
        memory_give_back();
    bool reserved = positions < SIZE_MAX && gather_reserve(&m->gather, (size_t)documents, (size_t)positions);
    return reserved ? OIR_OK : error_no_memory(err, "the postings of a term");
}

/* Takes the term that the walk stands at from all sources that have it. */
static oir_status merge_term(merge *m, oir_error *err)
{
    gather_clear(&m->gather);
    ERROR_FORWARD(reserve(m, err));
    for (size_t i = 0; i < m->terms.having_count; i++) {
        input *in = &m->inputs[m->terms.having[i]];
        const term_entry *entry = merge_terms_get(&m->terms, i);
        ERROR_FORWARD(gather_input(m, in, entry, err));
        if (in->ordinals) {
            if (entry->ordinal >= in->segment->terms.term_count)
                return corrupt(in, "a term has a number that is too high", err);
            in->ordinals[entry->ordinal] = m->ordinal;
        }
        if (++m->terms_done % TELL_TERMS == 0)
            ERROR_FORWARD(progress_tell(m->progress, "merging terms", m->terms_done, m->terms_total, err));
    }
    if (m->gather.count == 0)
        return OIR_OK;
    term_postings postings;
    ERROR_FORWARD(gather_finish(&m->gather, &postings, err));
    m->ordinal++;
    return segment_writer_add_term(m->writer, m->terms.term, m->terms.term_size, &postings, err);
}

static oir_status write_terms(merge *m, const merge_source *sources, oir_error *err)
{
    bool found;
    ERROR_FORWARD(merge_terms_init(&m->terms, sources, m->count, err));
    for (;;) {
        ERROR_FORWARD(merge_terms_next(&m->terms, &found, err));
        if (!found)
            return OIR_OK;
        ERROR_FORWARD(merge_term(m, err));
    }
}

/* ---- term lists ---- */

static oir_status write_term_lists(merge *m, oir_error *err)
{
    ERROR_FORWARD(restore_order(m, err));
    for (uint32_t i = 0; i < m->documents; i++) {
        const input *in = &m->inputs[m->order->sources[i]];
        ERROR_FORWARD(termlists_get(in->segment->termlists, m->order->locals[i], &m->list, err));
        for (uint32_t t = 0; t < m->list.count; t++) {
            /* Order is kept: terms are numbered in byte order on both sides. */
            m->list.ordinals[t] = in->ordinals[m->list.ordinals[t]];
            if (m->list.ordinals[t] >= m->ordinal)
                return corrupt(in, "a document's list of terms names one that has no postings", err);
        }
        ERROR_FORWARD(segment_writer_add_term_list(m->writer, m->list.ordinals, m->list.wdf, m->list.count, err));
        if (i % TELL_DOCUMENTS == 0)
            ERROR_FORWARD(progress_tell(m->progress, "merging term lists", i, m->documents, err));
    }
    return OIR_OK;
}

static void release(merge *m)
{
    for (size_t i = 0; m->inputs && i < m->count; i++) {
        memory_free(m->inputs[i].locals);
        memory_free(m->inputs[i].ordinals);
    }
    memory_free(m->inputs);
    merge_terms_release(&m->terms);
    memory_free(m->values);
    gather_release(&m->gather);
    termlists_release(&m->list);
}

oir_status merge_write(merge_order *order, const merge_source *sources, size_t count, const merge_options *options,
                       segment_writer *w, const progress *p, oir_error *err)
{
    oir_status status;
    merge m = {.order = order, .documents = order->count, .count = count, .options = options, .writer = w,
               .progress = p, .has_stored = true};
    gather_init(&m.gather);
    ERROR_GOTO_DONE(open_inputs(&m, sources, err));
    ERROR_GOTO_DONE(write_documents(&m, err));
    ERROR_GOTO_DONE(write_stored(&m, err));
    ERROR_GOTO_DONE(make_locals(&m, err));
    memory_give_back(); /* what documents took */
    ERROR_GOTO_DONE(write_terms(&m, sources, err));
    gather_release(&m.gather);
    if (options->term_lists)
        ERROR_GOTO_DONE(write_term_lists(&m, err));
done:
    release(&m);
    return status;
}
