/* Lists in pieces: the same bytes as in one, but for each document only its bits are kept. */
#include "base/error.h"
#include "segment/container.h"
#include "segment/postings_view.h"
#include "segment/postings_writer_state.h"

oir_status postings_pieces_begin(postings_writer *w, const postings_expected *expected, oir_error *err)
{
    postings_writer_pieces *p = &w->pieces;
    positions_writer_release(&p->positions);
    buffer_release(&p->large);
    *p = (postings_writer_pieces){.expected = *expected};
    buffer_clear(&w->list);
    buffer_clear(&w->positions);
    buffer_reserve(&w->list, expected->list_size);
    buffer_reserve(&w->positions, expected->positions_size);
    ERROR_FORWARD(postings_dense_begin(&w->dense, w->windows, true, &w->list, err));
    return expected->positions_form == POSITIONS_NONE
               ? OIR_OK
               : positions_writer_begin(&p->positions, &w->positions, w->context,
                                        expected->positions_form == POSITIONS_COUNTED, err);
}

/* What the container has waiting of the lists before is written once this one is sure to come next, and large, so that
 * both are not in memory together: the file does not change by that. */
static oir_status make_way(postings_writer *w, oir_error *err)
{
    postings_writer_pieces *p = &w->pieces;
    if (p->made_way || w->list.size < CONTAINER_SLOT_SIZE)
        return OIR_OK;
    if (p->expected.positions_form != POSITIONS_NONE && !p->position_count)
        return OIR_OK;
    p->made_way = true;
    ERROR_FORWARD(container_writer_write_waiting(w->container, PART_POSTINGS, err));
    return p->position_count ? container_writer_write_waiting(w->container, PART_POSITIONS, err) : OIR_OK;
}

static oir_status add_positions(postings_writer *w, const term_postings *postings, oir_error *err)
{
    postings_writer_pieces *p = &w->pieces;
    bool as_wdf = postings_writer_counts_are_wdf(postings);
    p->not_as_wdf |= !as_wdf;
    for (uint32_t i = 0; i < postings->count; i++)
        p->position_count += postings->position_counts[i];
    if (!as_wdf && p->expected.positions_form == POSITIONS_WDF) /* it will not be used */
        return OIR_OK;
    return positions_writer_add(&p->positions, postings, err);
}

oir_status postings_pieces_add(postings_writer *w, const term_postings *postings, oir_error *err)
{
    postings_writer_pieces *p = &w->pieces;
    if (!postings->count)
        return OIR_OK;
    if (!postings_writer_clip(w, postings, &p->all) || !postings_writer_find_saturations(w, postings))
        return error_no_memory(err, "a list of postings");
    if (!p->expected.zero_wdf)
        postings_writer_lower(w, postings->count);
    if (p->all.wdf_max >= 255)
        postings_writer_put_large(postings, &p->large);
    const postings_dense_piece piece = {postings->count, postings->documents, w->clipped, w->reached};
    ERROR_FORWARD(postings_dense_add(&w->dense, &piece, &w->list, err));
    if (p->expected.positions_form != POSITIONS_NONE)
        ERROR_FORWARD(add_positions(w, postings, err));
    if (w->list.failed || p->large.failed)
        return error_no_memory(err, "a list of postings");
    return make_way(w, err);
}

/* Whether the list is what one in one piece would have been. */
static bool is_as_expected(const postings_writer *w)
{
    const postings_writer_pieces *p = &w->pieces;
    const postings_summary *all = &p->all;
    uint8_t form = postings_view_choose(all->count, w->context->document_count, all->wdf_max, paths_get());
    uint8_t counted = p->not_as_wdf || !paths_use(PATHS_IMPLIED) ? POSITIONS_COUNTED : POSITIONS_WDF;
    return all->count && form == POSTINGS_DENSE && all->zero_wdf == p->expected.zero_wdf &&
           p->expected.positions_form == (p->position_count ? counted : POSITIONS_NONE);
}

/* The table of large wdf stands before all else. */
static bool put_large(postings_writer *w)
{
    const buffer *large = &w->pieces.large;
    size_t before = w->list.size, size = large->size + 4;
    if (w->pieces.all.wdf_max < 255)
        return true;
    if (!buffer_extend(&w->list, size))
        return false;
    memmove(w->list.data + size, w->list.data, before);
    bits_store32(w->list.data, (uint32_t)(large->size / 8));
    memcpy(w->list.data + 4, large->data, large->size);
    return true;
}

oir_status postings_pieces_end(postings_writer *w, term_entry *entry, bool *as_expected, bool *gap, oir_error *err)
{
    postings_writer_pieces *p = &w->pieces;
    uint32_t ordinal = entry->ordinal;
    *entry = (term_entry){.ordinal = ordinal, .form = POSTINGS_DENSE, .positions_form = p->expected.positions_form};
    postings_writer_fill_entry(&p->all, entry);
    *as_expected = is_as_expected(w);
    if (!*as_expected)
        return OIR_OK;
    ERROR_FORWARD(postings_dense_end(&w->dense, NULL, &w->list, err));
    if (w->list.failed || !put_large(w))
        return error_no_memory(err, "a list of postings");
    if (p->expected.positions_form != POSITIONS_NONE)
        ERROR_FORWARD(positions_writer_end(&p->positions, err));
    return postings_writer_put_buffers(w, entry, gap, err);
}
