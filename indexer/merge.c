#include "indexer/merge.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "indexer/gather.h"
#include "indexer/merge_copied.h"
#include "indexer/merge_locals.h"
#include "indexer/merge_pieces.h"
#include "indexer/merge_stored.h"
#include "indexer/merge_terms.h"
#include "segment/termlists.h"
#include "segment/values.h"

enum {
    TELL_DOCUMENTS = 1 << 12,
    TELL_TERMS = 1 << 14,
    LARGE = 4 << 20 /* bytes of a list before which free memory is given back: its pieces may be too small */
};

/* One source while it is merged. */
typedef struct input {
    const segment *segment;
    bool copied;        /* positions can stay the bits that they are */
    uint32_t *ordinals; /* old ordinal -> new one; NULL without term lists */
} input;

typedef struct merge {
    merge_order *order; /* while terms are merged only if it is runs: locals say the same */
    uint32_t documents;
    input *inputs;
    merge_locals *locals; /* of each input */
    size_t count;
    merge_terms terms;
    const merge_options *options;
    bool has_stored;
    segment_writer *writer;
    const progress *progress;
    uint32_t ordinal;   /* of the next term */
    uint64_t terms_done, terms_total;
    gather gather;
    merge_pieces pieces;
    merge_copied copied;
    merge_piece_source *having; /* as terms.having */
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

/* What terms are merged with, instead of the order. */
static oir_status make_locals(merge *m, const merge_source *sources, oir_error *err)
{
    m->locals = memory_new_zeroed(m->count, sizeof *m->locals);
    if (!m->locals)
        return error_no_memory(err, "a merge");
    ERROR_FORWARD(merge_locals_init(m->locals, sources, m->count, m->order, err));
    if (m->order->locals)
        merge_order_release(m->order);
    for (size_t i = 0; m->options->term_lists && i < m->count; i++) {
        uint32_t count = m->inputs[i].segment->terms.term_count;
        m->inputs[i].ordinals = memory_new((count + (size_t)1) * sizeof *m->inputs->ordinals);
        if (!m->inputs[i].ordinals)
            return error_no_memory(err, "a merge");
        memset(m->inputs[i].ordinals, 0xff, count * sizeof *m->inputs->ordinals);
    }
    return OIR_OK;
}

/* Which sources have positions that stay the bits that they are. */
static oir_status find_copied(merge *m, oir_error *err)
{
    const postings_context *to;
    ERROR_FORWARD(segment_writer_get_context(m->writer, &to, err));
    for (size_t i = 0; i < m->count; i++)
        m->inputs[i].copied = merge_copied_can(&m->inputs[i].segment->context, &m->locals[i], to);
    return merge_copied_init(&m->copied, m->count, err);
}

/* The order again, if it is not there, for which locals are given up. */
static oir_status restore_order(merge *m, oir_error *err)
{
    if (m->order->count == m->documents)
        return OIR_OK;
    merge_order_init(m->order, m->documents);
    ERROR_FORWARD(merge_order_spread(m->order, err));
    for (uint32_t i = 0; i < m->count; i++) {
        for (uint32_t local = 0; local < m->inputs[i].segment->context.document_count; local++) {
            uint32_t at = merge_locals_get(&m->locals[i], local);
            if (at != MERGE_LOCALS_GONE) {
                m->order->sources[at] = i;
                m->order->locals[at] = local;
            }
        }
        merge_locals_release(&m->locals[i]);
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

static oir_status write_document(merge *m, const segment *s, uint32_t local, oir_error *err)
{
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
    for (merge_stretch s = {0}; merge_order_next(m->order, &s);) {
        for (uint32_t i = 0; i < s.count; i++) {
            ERROR_FORWARD(write_document(m, m->inputs[s.source].segment, s.local + i, err));
            if ((s.first + i) % TELL_DOCUMENTS == 0)
                ERROR_FORWARD(progress_tell(m->progress, "merging documents", s.first + i, m->documents, err));
        }
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

/* Adds the postings that one source has of a term: they are decoded where they will be, unless documents are gone. */
static oir_status gather_input(merge *m, uint32_t source, const term_entry *entry, oir_error *err)
{
    const merge_locals *locals = &m->locals[source];
    const segment *s = m->inputs[source].segment;
    gather *g = &m->gather;
    postings_list list;
    positions_list places = {0};
    if (entry->termfreq > s->context.document_count)
        return corrupt(&m->inputs[source], "a term has more documents than there are", err);
    ERROR_FORWARD(gather_decode(g, s, entry, &list, &places, err));
    merge_locals_map(locals, list.documents, list.count);
    if (locals->shifted) {
        gather_extend(g, list.count, (size_t)places.total);
        return OIR_OK;
    }
    gather_keep(g, list.count, (size_t)places.total, MERGE_LOCALS_GONE);
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
        if (!m->gather.as_bits)
            positions += entry->collection_freq < most ? entry->collection_freq : most;
    }
    documents += POSTINGS_SPILL;
    if (documents > LARGE / 12 || positions > LARGE / sizeof(oir_termpos))
        memory_give_back();
    bool reserved = positions < SIZE_MAX && gather_reserve(&m->gather, (size_t)documents, (size_t)positions);
    return reserved ? OIR_OK : error_no_memory(err, "the postings of a term");
}

/* What is said of the term in each source that has it: its number there, and how far the merge is. */
static oir_status note_sources(merge *m, oir_error *err)
{
    for (size_t i = 0; i < m->terms.having_count; i++) {
        uint32_t source = m->terms.having[i];
        input *in = &m->inputs[source];
        const term_entry *entry = merge_terms_get(&m->terms, i);
        m->having[i] = (merge_piece_source){in->segment, &m->locals[source], entry, in->copied};
        if (in->ordinals) {
            if (entry->ordinal >= in->segment->terms.term_count)
                return corrupt(in, "a term has a number that is too high", err);
            in->ordinals[entry->ordinal] = m->ordinal;
        }
        if (++m->terms_done % TELL_TERMS == 0)
            ERROR_FORWARD(progress_tell(m->progress, "merging terms", m->terms_done, m->terms_total, err));
    }
    return OIR_OK;
}

static oir_status write_term(merge *m, oir_error *err)
{
    gather_clear(&m->gather);
    m->gather.as_bits = merge_copied_can_term(m->having, m->terms.having_count);
    ERROR_FORWARD(reserve(m, err));
    if (m->gather.as_bits)
        ERROR_FORWARD(merge_copied_gather(&m->copied, m->having, m->terms.having_count, &m->gather, err));
    for (size_t i = 0; !m->gather.as_bits && i < m->terms.having_count; i++)
        ERROR_FORWARD(gather_input(m, m->terms.having[i], merge_terms_get(&m->terms, i), err));
    if (m->gather.count == 0)
        return OIR_OK;
    term_postings postings;
    ERROR_FORWARD(gather_finish(&m->gather, &postings, err));
    m->ordinal++;
    return segment_writer_add_term(m->writer, m->terms.term, m->terms.term_size, &postings, err);
}

/* Takes the term that the walk stands at from all sources that have it. */
static oir_status merge_term(merge *m, oir_error *err)
{
    bool written = false;
    ERROR_FORWARD(note_sources(m, err));
    if (merge_pieces_can(m->having, m->terms.having_count, m->documents))
        ERROR_FORWARD(merge_pieces_write(&m->pieces, m->having, m->terms.having_count, m->documents, m->terms.term,
                                         m->terms.term_size, m->writer, &written, err));
    if (!written)
        return write_term(m, err);
    m->ordinal++;
    return OIR_OK;
}

static oir_status write_terms(merge *m, const merge_source *sources, oir_error *err)
{
    bool found;
    m->having = memory_new(m->count * sizeof *m->having);
    if (!m->having)
        return error_no_memory(err, "a merge");
    ERROR_FORWARD(merge_terms_init(&m->terms, sources, m->count, err));
    for (;;) {
        ERROR_FORWARD(merge_terms_next(&m->terms, &found, err));
        if (!found)
            return OIR_OK;
        ERROR_FORWARD(merge_term(m, err));
    }
}

/* ---- term lists ---- */

static oir_status write_term_list(merge *m, const input *in, uint32_t local, oir_error *err)
{
    ERROR_FORWARD(termlists_get(in->segment->termlists, local, &m->list, err));
    for (uint32_t t = 0; t < m->list.count; t++) {
        /* Order is kept: terms are numbered in byte order on both sides. */
        m->list.ordinals[t] = in->ordinals[m->list.ordinals[t]];
        if (m->list.ordinals[t] >= m->ordinal)
            return corrupt(in, "a document's list of terms names one that has no postings", err);
    }
    return segment_writer_add_term_list(m->writer, m->list.ordinals, m->list.wdf, m->list.count, err);
}

static oir_status write_term_lists(merge *m, oir_error *err)
{
    ERROR_FORWARD(restore_order(m, err));
    for (merge_stretch s = {0}; merge_order_next(m->order, &s);) {
        for (uint32_t i = 0; i < s.count; i++) {
            ERROR_FORWARD(write_term_list(m, &m->inputs[s.source], s.local + i, err));
            if ((s.first + i) % TELL_DOCUMENTS == 0)
                ERROR_FORWARD(progress_tell(m->progress, "merging term lists", s.first + i, m->documents, err));
        }
    }
    return OIR_OK;
}

static void release(merge *m)
{
    for (size_t i = 0; m->inputs && i < m->count; i++)
        memory_free(m->inputs[i].ordinals);
    for (size_t i = 0; m->locals && i < m->count; i++)
        merge_locals_release(&m->locals[i]);
    memory_free(m->inputs);
    memory_free(m->locals);
    merge_terms_release(&m->terms);
    memory_free(m->values);
    memory_free(m->having);
    gather_release(&m->gather);
    merge_pieces_release(&m->pieces);
    merge_copied_release(&m->copied);
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
    ERROR_GOTO_DONE(make_locals(&m, sources, err));
    ERROR_GOTO_DONE(find_copied(&m, err));
    memory_give_back(); /* what documents took */
    ERROR_GOTO_DONE(write_terms(&m, sources, err));
    gather_release(&m.gather);
    merge_pieces_release(&m.pieces);
    if (options->term_lists)
        ERROR_GOTO_DONE(write_term_lists(&m, err));
done:
    release(&m);
    return status;
}
