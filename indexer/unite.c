#include "indexer/unite.h"

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "indexer/gather.h"
#include "indexer/merge_stored.h"
#include "indexer/merge_terms.h"
#include "segment/termlists.h"

enum {
    TELL_TERMS = 1 << 14,
    LARGE = 1 << 20 /* positions of a term before which free memory is given back: its pieces may be too small */
};

typedef struct unite {
    merge_source *sources;
    size_t count;
    segment_writer *writer;
    const progress *progress;
    merge_terms terms;
    uint64_t terms_done, terms_total;
    gather gather;
    uint32_t wdf;        /* of the term at hand */
    bool ascending;      /* its positions do, from part to part */
    bool term_lists;
    uint32_t term_count;
    buffer list;         /* wdf of all terms, as lists of terms have them */
} unite;

static oir_status check_sources(const unite *u, oir_error *err)
{
    const segment *first = u->sources[0].segment;
    for (size_t i = 0; i < u->count; i++) {
        const segment *s = u->sources[i].segment;
        if (s->context.document_count != 1 || segment_get_docid(s, 0) != segment_get_docid(first, 0))
            return error_set(err, OIR_CORRUPT, "%s has not what was written into it", s->name);
    }
    return OIR_OK;
}

/* ---- the document ---- */

static oir_status write_document(const unite *u, oir_error *err)
{
    segment_value *values = NULL;
    size_t capacity = 0;
    const segment *first = u->sources[0].segment;
    segment_document d = {.docid = segment_get_docid(first, 0), .data_apart = true, .position_min = UINT32_MAX};
    for (size_t i = 0; i < u->count; i++) {
        oir_termpos lowest, highest;
        const segment *s = u->sources[i].segment;
        d.length += segment_get_length(s, 0);
        if (!segment_get_position_range(s, 0, &lowest, &highest))
            continue;
        d.has_positions = true;
        d.position_min = lowest < d.position_min ? lowest : d.position_min;
        d.position_max = highest > d.position_max ? highest : d.position_max;
    }
    oir_status status = merge_read_values(first, 0, &values, &capacity, &d, err);
    if (status == OIR_OK)
        status = segment_writer_reserve(u->writer, 1, err);
    if (status == OIR_OK)
        status = segment_writer_add_document(u->writer, &d, err);
    memory_free(values);
    return status;
}

static oir_status write_stored(const unite *u, oir_error *err)
{
    uint32_t source = 0, local = 0;
    const merge_order order = {.count = 1, .sources = &source, .locals = &local};
    const stored *from = u->sources[0].segment->stored;
    stored_packer *to = segment_writer_get_packer(u->writer);
    if (!to)
        return OIR_OK;
    if (!from)
        return stored_packer_add(to, "", 0, err);
    return merge_stored_write(&order, &from, 1, 0, true, to, u->progress, err);
}

/* ---- terms ---- */

/* Room for the positions of all parts, so that they are not moved. */
static oir_status reserve(unite *u, oir_error *err)
{
    uint64_t positions = 0;
    for (size_t i = 0; i < u->terms.having_count; i++) {
        const term_entry *entry = merge_terms_get(&u->terms, i);
        uint64_t most = entry->positions_size * 8; /* none takes less than a bit */
        positions += entry->collection_freq < most ? entry->collection_freq : most;
    }
    if (positions > LARGE)
        memory_give_back();
    gather_clear(&u->gather);
    u->wdf = 0;
    u->ascending = true;
    return positions < SIZE_MAX && gather_reserve(&u->gather, POSTINGS_SPILL + 1, (size_t)positions)
               ? OIR_OK
               : error_no_memory(err, "the postings of a term");
}

static oir_status add_part(unite *u, const segment *s, const term_entry *entry, oir_error *err)
{
    postings_list list;
    positions_list places = {0};
    gather *g = &u->gather;
    size_t before = g->position_count;
    if (entry->termfreq != 1)
        return error_set(err, OIR_CORRUPT, "%s: a term has more documents than there are", s->name);
    ERROR_FORWARD(gather_decode(g, s, entry, &list, &places, err));
    u->wdf += list.wdf[0];
    g->position_count += (size_t)places.total;
    u->ascending &= !before || !places.total || g->positions[before] > g->positions[before - 1];
    return OIR_OK;
}

static oir_status write_term(unite *u, oir_error *err)
{
    gather *g = &u->gather;
    uint32_t document = 0, wdf = u->wdf, positions;
    if (g->position_count > UINT32_MAX)
        return error_set(err, OIR_TOO_BIG, "a document has more than 2^32 positions of a term");
    if (!u->ascending)
        g->position_count = sort_u32_distinct(g->positions, g->position_count);
    positions = (uint32_t)g->position_count;
    const term_postings postings = {.count = 1, .documents = &document, .wdf = &wdf,
                                    .position_counts = positions && positions != wdf ? &positions : NULL,
                                    .positions = positions ? g->positions : NULL};
    return segment_writer_add_term(u->writer, u->terms.term, u->terms.term_size, &postings, err);
}

/* Takes the term that the walk stands at from all parts that have it. */
static oir_status unite_term(unite *u, oir_error *err)
{
    ERROR_FORWARD(reserve(u, err));
    for (size_t i = 0; i < u->terms.having_count; i++) {
        if (u->terms_done++ % TELL_TERMS == 0)
            ERROR_FORWARD(progress_tell(u->progress, "merging terms", u->terms_done - 1, u->terms_total, err));
        ERROR_FORWARD(add_part(u, u->sources[u->terms.having[i]].segment, merge_terms_get(&u->terms, i), err));
    }
    ERROR_FORWARD(write_term(u, err));
    if (u->gather.position_count > LARGE) { /* the file takes as much again when the next term comes */
        gather_release(&u->gather);
        gather_init(&u->gather);
    }
    u->term_count++;
    if (u->term_lists)
        termlists_encode_next(&u->list, u->wdf);
    return u->list.failed ? error_no_memory(err, "the term lists of a segment") : OIR_OK;
}

static oir_status write_terms(unite *u, oir_error *err)
{
    bool found;
    for (size_t i = 0; i < u->count; i++)
        u->terms_total += u->sources[i].segment->terms.term_count;
    ERROR_FORWARD(merge_terms_init(&u->terms, u->sources, u->count, err));
    for (;;) {
        ERROR_FORWARD(merge_terms_next(&u->terms, &found, err));
        if (!found)
            return OIR_OK;
        ERROR_FORWARD(unite_term(u, err));
    }
}

static oir_status write_term_list(unite *u, oir_error *err)
{
    buffer whole = BUFFER_INIT;
    gather_release(&u->gather);
    termlists_encode_count(&whole, u->term_count);
    buffer_add(&whole, u->list.data, u->list.size);
    buffer_release(&u->list);
    oir_status status = whole.failed ? error_no_memory(err, "the term lists of a segment")
                                     : segment_writer_add_encoded_list(u->writer, whole.data, whole.size, err);
    buffer_release(&whole);
    return status;
}

oir_status unite_write(segment *const *sources, size_t count, bool term_lists, segment_writer *w, const progress *p,
                       oir_error *err)
{
    oir_status status;
    unite u = {.sources = memory_new_zeroed(count, sizeof *u.sources), .count = count, .writer = w, .progress = p,
               .term_lists = term_lists};
    gather_init(&u.gather);
    if (!u.sources)
        return error_no_memory(err, "a merge");
    for (size_t i = 0; i < count; i++)
        u.sources[i].segment = sources[i];
    ERROR_GOTO_DONE(check_sources(&u, err));
    ERROR_GOTO_DONE(write_document(&u, err));
    ERROR_GOTO_DONE(write_stored(&u, err));
    ERROR_GOTO_DONE(write_terms(&u, err));
    if (term_lists)
        ERROR_GOTO_DONE(write_term_list(&u, err));
done:
    merge_terms_release(&u.terms);
    gather_release(&u.gather);
    buffer_release(&u.list);
    memory_free(u.sources);
    return status;
}
