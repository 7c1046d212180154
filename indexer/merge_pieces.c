#include "indexer/merge_pieces.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "indexer/merge_copied.h"
#include "segment/container.h"

enum {
    LONG = 1 << 16,           /* documents, */
    LONG_POSITIONS = 1 << 18, /* or positions, of lists that are worth it */
    PIECE = 1 << 14,          /* documents that are written together, about */
    LARGE = 1 << 20,          /* bytes of a list before which free memory is given back: its pieces may be too small */
    SLACK = 1 << 16           /* bytes that a list may have beyond those of its sources */
};

/* A source while it is read. */
typedef struct merge_pieces_input {
    const merge_piece_source *from;
    postings_reader reader;
    bool ended;
    gather ahead;        /* where sources come between each other: documents that were read, and */
    uint32_t taken;      /* how many of them are not ahead any more, */
    size_t taken_positions;
} merge_pieces_input;

void merge_pieces_release(merge_pieces *m)
{
    for (size_t i = 0; i < m->input_capacity; i++)
        gather_release(&m->inputs[i].ahead);
    memory_free(m->inputs);
    gather_release(&m->gather);
    *m = (merge_pieces){0};
}

/* ---- which lists ---- */

/* A damaged dictionary may say any number. */
static uint64_t find_size(const merge_piece_source *source, enum part_kind kind, uint64_t said)
{
    uint64_t most = container_part_size(source->segment->container, kind);
    return said < most ? said : most;
}

static term_entry add_up(const merge_piece_source *sources, size_t count)
{
    term_entry all = {0};
    uint64_t documents = 0;
    bool wdf = true, any = false;
    for (size_t i = 0; i < count; i++) {
        const term_entry *entry = sources[i].entry;
        documents += entry->termfreq;
        all.collection_freq += entry->collection_freq;
        all.wdf_max = entry->wdf_max > all.wdf_max ? entry->wdf_max : all.wdf_max;
        all.zero_wdf |= entry->zero_wdf;
        all.postings_size += find_size(&sources[i], PART_POSTINGS, entry->postings_size);
        all.positions_size += find_size(&sources[i], PART_POSITIONS, entry->positions_size);
        any |= entry->positions_form != POSITIONS_NONE;
        wdf &= entry->positions_form == POSITIONS_WDF;
    }
    all.termfreq = documents < UINT32_MAX ? (uint32_t)documents : UINT32_MAX;
    all.positions_form = !any ? POSITIONS_NONE : wdf && paths_use(PATHS_IMPLIED) ? POSITIONS_WDF : POSITIONS_COUNTED;
    return all;
}

bool merge_pieces_can(const merge_piece_source *sources, size_t count, uint32_t documents)
{
    term_entry all = add_up(sources, count);
    if (all.termfreq < LONG && all.collection_freq < LONG_POSITIONS)
        return false;
    uint32_t termfreq = all.termfreq < documents ? all.termfreq : documents;
    for (size_t i = 0; i < count; i++)
        if (!sources[i].locals->ascend)
            return false;
    return termfreq && postings_view_choose(termfreq, documents, all.wdf_max, paths_get()) == POSTINGS_DENSE;
}

/* ---- sources one behind the other ---- */

static int compare_inputs(const void *a, const void *b)
{
    const merge_pieces_input *x = a, *y = b;
    return (x->from->locals->first > y->from->locals->first) - (x->from->locals->first < y->from->locals->first);
}

/* Brings inputs into the order of their documents; whether none begins before another ends. */
static bool sort_inputs(merge_pieces *m)
{
    bool apart = true;
    if (m->input_count)
        qsort(m->inputs, m->input_count, sizeof *m->inputs, compare_inputs);
    for (size_t i = 1; i < m->input_count; i++)
        apart &= m->inputs[i].from->locals->first >= m->inputs[i - 1].from->locals->end;
    return apart;
}

/* Reads on, behind what a gather has: its documents get their new numbers. At the end the input has ended. */
static oir_status read_on(gather *g, merge_pieces_input *in, oir_error *err)
{
    const merge_locals *locals = in->from->locals;
    uint32_t documents;
    size_t positions;
    ERROR_FORWARD(gather_read(g, &in->reader, &documents, &positions, err));
    in->ended = !documents;
    if (g->as_bits)
        return merge_copied_add(g, &in->reader, locals, g->count, documents, err);
    merge_locals_map(locals, g->documents + g->count, documents);
    if (locals->shifted)
        gather_extend(g, documents, positions);
    else
        gather_keep(g, documents, positions, MERGE_LOCALS_GONE);
    return OIR_OK;
}

/* Writes what a gather has in order, but for the last window, which may go on. */
static oir_status write_windows(gather *g, segment_writer *w, oir_error *err)
{
    uint32_t n = g->count, last = g->documents[n - 1] >> WINDOW_BITS;
    while (n && g->documents[n - 1] >> WINDOW_BITS == last)
        n--;
    if (!n)
        return OIR_OK;
    const term_postings piece = {
        .count = n,
        .documents = g->documents,
        .wdf = g->wdf,
        .position_counts = g->as_bits ? g->wdf : g->position_counts,
        .positions = g->positions,
        .stretches = g->as_bits ? &g->stretches : NULL,
    };
    size_t positions = g->position_count - gather_count_positions(g, n, g->count);
    ERROR_FORWARD(segment_writer_add_piece(w, &piece, err));
    gather_forget(g, n, positions);
    return OIR_OK;
}

/* Writes all that a gather has. */
static oir_status write_rest(gather *g, segment_writer *w, oir_error *err)
{
    term_postings piece;
    if (!g->count)
        return OIR_OK;
    ERROR_FORWARD(gather_finish(g, &piece, err));
    if (!piece.position_counts)
        piece.position_counts = g->as_wdf ? piece.wdf : g->position_counts;
    if (!piece.positions)
        piece.positions = g->positions;
    ERROR_FORWARD(segment_writer_add_piece(w, &piece, err));
    gather_clear(g);
    return OIR_OK;
}

static oir_status write_apart(merge_pieces *m, segment_writer *w, oir_error *err)
{
    gather *g = &m->gather;
    for (size_t i = 0; i < m->input_count; i++) {
        merge_pieces_input *in = &m->inputs[i];
        while (!in->ended) {
            ERROR_FORWARD(read_on(g, in, err));
            if (g->count >= PIECE)
                ERROR_FORWARD(write_windows(g, w, err));
        }
    }
    return write_rest(g, w, err);
}

/* ---- sources that come between each other ---- */

/* Has the input's next document ahead, unless it has ended. */
static oir_status look_ahead(merge_pieces_input *in, oir_error *err)
{
    while (in->taken == in->ahead.count && !in->ended) {
        gather_clear(&in->ahead);
        in->taken = 0;
        in->taken_positions = 0;
        ERROR_FORWARD(read_on(&in->ahead, in, err));
    }
    return OIR_OK;
}

/* Takes the input's documents below a number. */
static oir_status take_below(gather *g, merge_pieces_input *in, uint64_t below, oir_error *err)
{
    for (;;) {
        const gather *from = &in->ahead;
        ERROR_FORWARD(look_ahead(in, err));
        uint32_t end = in->taken;
        for (; end < from->count && from->documents[end] < below; end++) {
        }
        if (end == in->taken)
            return OIR_OK;
        size_t positions = gather_count_positions(from, in->taken, end);
        if (!gather_reserve(g, g->count + (size_t)(end - in->taken), g->position_count + positions))
            return error_no_memory(err, "the postings of a term");
        gather_add_all(g, from, in->taken, end - in->taken, in->taken_positions, positions);
        in->taken_positions += positions;
        in->taken = end;
    }
}

/* The lowest document that is ahead; false at the end. */
static oir_status find_next(merge_pieces *m, uint32_t *next, bool *found, oir_error *err)
{
    *found = false;
    for (size_t i = 0; i < m->input_count; i++) {
        merge_pieces_input *in = &m->inputs[i];
        ERROR_FORWARD(look_ahead(in, err));
        if (in->taken == in->ahead.count)
            continue;
        uint32_t document = in->ahead.documents[in->taken];
        *next = !*found || document < *next ? document : *next;
        *found = true;
    }
    return OIR_OK;
}

static oir_status write_mixed(merge_pieces *m, uint64_t windows_together, segment_writer *w, oir_error *err)
{
    for (;;) {
        uint32_t next;
        bool found;
        ERROR_FORWARD(find_next(m, &next, &found, err));
        if (!found)
            return OIR_OK;
        for (size_t i = 0; i < m->input_count; i++)
            ERROR_FORWARD(take_below(&m->gather, &m->inputs[i],
                                     ((next >> WINDOW_BITS) + windows_together) << WINDOW_BITS, err));
        ERROR_FORWARD(write_rest(&m->gather, w, err));
    }
}

/* ---- both ---- */

static oir_status open_inputs(merge_pieces *m, const merge_piece_source *sources, size_t count, oir_error *err)
{
    size_t before = m->input_capacity;
    if (!memory_reserve(&m->inputs, &m->input_capacity, count, sizeof *m->inputs))
        return error_no_memory(err, "the postings of a term");
    for (size_t i = before; i < m->input_capacity; i++) {
        m->inputs[i] = (merge_pieces_input){0};
        gather_init(&m->inputs[i].ahead);
    }
    m->input_count = count;
    for (size_t i = 0; i < count; i++) {
        merge_pieces_input *in = &m->inputs[i];
        in->from = &sources[i];
        in->ended = false;
        in->taken = 0;
        in->taken_positions = 0;
        gather_clear(&in->ahead);
    }
    return OIR_OK;
}

static oir_status open_readers(merge_pieces *m, oir_error *err)
{
    for (size_t i = 0; i < m->input_count; i++) {
        merge_pieces_input *in = &m->inputs[i];
        const segment *s = in->from->segment;
        ERROR_FORWARD(postings_reader_open(&in->reader, s->container, &s->context, in->from->entry, err));
    }
    return OIR_OK;
}

oir_status merge_pieces_write(merge_pieces *m, const merge_piece_source *sources, size_t count, uint32_t documents,
                              const char *term, size_t size, segment_writer *w, bool *written, oir_error *err)
{
    term_entry all = add_up(sources, count);
    const postings_expected expected = {all.zero_wdf, all.positions_form, (size_t)all.postings_size + SLACK,
                                        (size_t)all.positions_size + SLACK};
    uint64_t together = (uint64_t)PIECE * documents / all.termfreq / WINDOW_SIZE + 1;
    if (all.postings_size + all.positions_size > LARGE)
        memory_give_back();
    gather_clear(&m->gather);
    ERROR_FORWARD(open_inputs(m, sources, count, err));
    bool apart = sort_inputs(m);
    m->gather.as_bits = apart && merge_copied_can_list(sources, count);
    ERROR_FORWARD(open_readers(m, err));
    ERROR_FORWARD(segment_writer_begin_term(w, &expected, err));
    ERROR_FORWARD(apart ? write_apart(m, w, err) : write_mixed(m, together, w, err));
    return segment_writer_end_term(w, term, size, written, err);
}
