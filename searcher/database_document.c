/* Documents handed out by a database: they read themselves from their segment when they are asked. */
#include "base/error.h"
#include "base/memory.h"
#include "document/document.h"
#include "searcher/database.h"
#include "segment/postings_window.h"
#include "segment/termlists.h"
#include "segment/values.h"

typedef struct origin {
    const segment *segment;
    uint32_t local;
} origin;

static oir_status load_data(void *context, buffer *out, oir_error *err)
{
    const origin *o = context;
    return segment_get_stored(o->segment, o->local, out, err);
}

static oir_status load_value(void *context, oir_valueno slot, oir_bytes *out, oir_error *err)
{
    const origin *o = context;
    return segment_get_value(o->segment, o->local, slot, out, err);
}

static oir_status load_values(void *context, document_values *to, oir_error *err)
{
    const origin *o = context;
    uint32_t columns = o->segment->values ? values_get_column_count(o->segment->values) : 0;
    for (uint32_t i = 0; i < columns; i++) {
        const values_column *column = values_get_column(o->segment->values, i);
        oir_bytes value;
        ERROR_FORWARD(values_get_in(o->segment->values, column, o->local, &value, err));
        if (value.size)
            ERROR_FORWARD(document_values_set(to, column->slot, value.data, value.size, err));
    }
    return OIR_OK;
}

/* One term with its positions, found by its window rather than by decoding the list: documents have many terms. */
static oir_status load_term(const origin *o, const terms_cursor *c, uint32_t wdf, const weigh_input *norms, arena *a,
                            document_terms *to, oir_error *err)
{
    uint32_t window = o->local >> WINDOW_BITS, range = o->local >> 6 & (RANGES - 1), place = o->local & 63;
    ERROR_FORWARD(document_terms_add(to, c->term, c->term_size, wdf, err));
    if (c->entry.positions_form == POSITIONS_NONE)
        return OIR_OK;
    position_room room = {0};
    char *at = arena_add(a, sizeof(postings_window) + 63);
    if (!at)
        return error_no_memory(err, "a document's terms");
    postings_window *p = (postings_window *)(void *)(at + (-(uintptr_t)at & 63));
    ERROR_FORWARD(postings_window_open(p, kernels_get(isa_best()), o->segment->container, &o->segment->context,
                                       &c->entry, norms, a, err));
    postings_window_seek(p, window);
    if (!(postings_window_documents(p, range) >> place & 1))
        return error_set(err, OIR_CORRUPT, "a document's list of terms has %.*s, whose postings do not have the "
                         "document; run oir-inspect check, then index anew", (int)c->term_size, c->term);
    ERROR_FORWARD(postings_window_positions(p, range, place, &room, err));
    for (uint32_t i = 0; i < room.count; i++)
        ERROR_FORWARD(document_terms_add_position(to, c->term, c->term_size, room.positions[i], 0, err));
    return OIR_OK;
}

static oir_status load_terms(void *context, document_terms *to, oir_error *err)
{
    const origin *o = context;
    const length_planes *lengths = &o->segment->context.lengths;
    weigh_input norms = {.planes = lengths->count, .norm_base = 1, .norm_min = 1};
    termlist list = {0};
    arena a;
    oir_status status;
    terms_cursor *c = NULL;
    arena_init(&a);
    for (uint32_t i = 0; i < lengths->count; i++)
        norms.length[i] = lengths->plane[i];
    if (!o->segment->termlists)
        return error_set(err, OIR_UNSUPPORTED, "the index keeps no lists of terms by document (no_term_lists)");
    ERROR_GOTO_DONE(termlists_get(o->segment->termlists, o->local, &list, err));
    if (!(c = memory_new(sizeof *c)))
        ERROR_GOTO_DONE(error_no_memory(err, "a document's terms"));
    terms_cursor_init(c, &o->segment->terms);
    for (uint32_t i = 0; i < list.count; i++) {
        ERROR_GOTO_DONE(terms_cursor_seek_ordinal(c, list.ordinals[i], err));
        if (c->at_end)
            ERROR_GOTO_DONE(error_set(err, OIR_CORRUPT, "a document's list of terms names a term that is not there"));
        ERROR_GOTO_DONE(load_term(o, c, list.wdf[i], &norms, &a, to, err));
        arena_clear(&a);
    }
done:
    memory_free(c);
    termlists_release(&list);
    arena_release(&a);
    return status;
}

static const document_source source = {load_data, load_value, load_values, load_terms, memory_free};

oir_status oir_database_get_document(const oir_database *d, oir_docid docid, oir_document **out, oir_error *err)
{
    const snapshot_segment *at;
    uint32_t local;
    *out = NULL;
    ERROR_FORWARD(database_find_document(d, docid, &at, &local, err));
    origin *o = memory_new(sizeof *o);
    if (!o)
        return error_no_memory(err, "a document");
    *o = (origin){at->segment, local};
    oir_status status = document_new_from(out, docid, &source, o, err);
    if (status != OIR_OK)
        memory_free(o);
    return status;
}
