#include "segment/segment_check_list.h"

#include <string.h>

#include "base/error.h"
#include "segment/postings_view.h"

/* Of scales, which are single precision: searches allow for more. */
static const double PRECISION = 2e-7;

oir_status segment_check_list_statistics(const segment *s, const term_entry *e, const postings_list *list,
                                         oir_error *err)
{
    uint64_t sum = 0;
    uint32_t most = 0;
    bool zero = false;
    (void)s;
    for (uint32_t i = 0; i < list->count; i++) {
        sum += list->wdf[i];
        most = list->wdf[i] > most ? list->wdf[i] : most;
        zero |= list->wdf[i] == 0;
    }
    if (list->count != e->termfreq || sum != e->collection_freq || most != e->wdf_max || zero != e->zero_wdf)
        return error_set(err, OIR_CORRUPT, "term number %u has not the frequencies that the dictionary says",
                         e->ordinal);
    return OIR_OK;
}

/* The bound bytes of a window's ranges as far as they are stored: of lists without, none is 0 and none is below. */
static bool get_range_bounds(const postings_view *v, uint32_t window, uint8_t bounds[RANGES])
{
    const uint8_t *payload;
    size_t size;
    uint32_t count;
    memset(bounds, 255, RANGES);
    if (v->form != POSTINGS_DENSE)
        return true;
    return postings_view_window(v, window, &payload, &size, &count) &&
           kernels_scalar.dense_bounds(payload, size, bounds);
}

oir_status segment_check_list_bounds(const segment *s, const term_entry *e, const postings_list *list, oir_error *err)
{
    const postings_context *c = &s->context;
    postings_view v;
    uint8_t ranges[RANGES];
    uint32_t window = UINT32_MAX, reached[POSTINGS_TOPS] = {0};
    if (e->form != POSTINGS_DENSE && e->form != POSTINGS_SPARSE)
        return OIR_OK;
    ERROR_FORWARD(postings_view_open(&v, s->container, c, e, err));
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t document = list->documents[i];
        if (document >> WINDOW_BITS != window) {
            window = document >> WINDOW_BITS;
            if (!get_range_bounds(&v, window, ranges))
                return error_set(err, OIR_CORRUPT, "term number %u: window %u is damaged", e->ordinal, window);
        }
        double norm = c->k1 * (1 - c->b + c->b * length_get(&c->lengths, document) / c->average);
        double wdf = list->wdf[i], saturation = list->wdf[i] ? wdf / (wdf + norm) : 0;
        uint8_t bound = v.window_bounds[window], range = ranges[document / RANGE_SIZE % RANGES];
        double window_most = (v.low + (double)v.step * bound) * (1 + PRECISION);
        double range_most = (v.low + (double)v.step * range) * (1 + PRECISION);
        if (window_most < saturation || range_most < saturation || bound == 0 || range == 0)
            return error_set(err, OIR_CORRUPT, "term number %u: the bounds of window %u do not bound document %u",
                             e->ordinal, window, document);
        for (size_t top = 0; top < POSTINGS_TOPS; top++)
            reached[top] += saturation * (1 + PRECISION) >= v.low + (double)v.step * (v.tops[top] - 1);
    }
    for (size_t top = 0; top < POSTINGS_TOPS; top++)
        if (v.tops[top] && reached[top] < postings_top_counts[top])
            return error_set(err, OIR_CORRUPT, "term number %u: fewer than %u documents weigh what they are said to",
                             e->ordinal, postings_top_counts[top]);
    return OIR_OK;
}

oir_status segment_check_list_positions(const segment *s, const term_entry *e, const postings_list *list,
                                        const positions_list *positions, oir_error *err)
{
    const postings_context *c = &s->context;
    const oir_termpos *at = positions->positions;
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t extent = length_get(&c->extents, list->documents[i]), count = positions->counts[i];
        for (uint32_t j = 0; j < count; j++)
            if (at[j] < c->position_base || at[j] - c->position_base >= extent || (j && at[j] <= at[j - 1]))
                return error_set(err, OIR_CORRUPT, "term number %u: positions in document %u do not ascend within it",
                                 e->ordinal, list->documents[i]);
        at += count;
    }
    return OIR_OK;
}
