/* Bounds of a group's ranges, made from the sums of its documents. */
#include <string.h>

#include "base/bits.h"
#include "segment/postings_group.h"

enum { FEW_PLACES = 16 }; /* of a range are weighed with other ranges' */

/* Documents of ranges that have few, together: kernels take as long for one as for sixteen. */
typedef struct few_places {
    uint32_t count;
    uint32_t documents[RANGES * FEW_PLACES + 16];
    uint8_t wdf[RANGES * FEW_PLACES + 64], bounds[RANGES * FEW_PLACES + 64];
} few_places;

static void take_few(const group_window *w, uint32_t window, uint32_t range, few_places *few)
{
    for (uint64_t left = w->words[range]; left; left &= left - 1) {
        uint32_t place = range << 6 | bits_lowest(left), sum = w->sums[place];
        few->documents[few->count] = window << WINDOW_BITS | place;
        few->wdf[few->count++] = (uint8_t)(sum < 255 ? sum : 255);
    }
}

static uint8_t bound_of(const kernels *k, const group_window *w, const weigh_input *norms, uint32_t window,
                        uint32_t range)
{
    uint32_t documents[RANGE_SIZE + 16], most = 0;
    uint8_t wdf[RANGE_SIZE + 64], each[RANGE_SIZE + 64];
    for (uint32_t d = 0; d < RANGE_SIZE; d++)
        documents[d] = window << WINDOW_BITS | range << 6 | d;
    postings_group_clip(w->sums + range * RANGE_SIZE, wdf);
    k->saturate(norms, documents, wdf, RANGE_SIZE, each);
    for (uint32_t d = 0; d < RANGE_SIZE; d++) /* of documents that are not there it is 1, the least of all */
        most = each[d] > most ? each[d] : most;
    return (uint8_t)most;
}

void postings_group_bounds(postings_group *g, group_room *room, const weigh_input *norms, uint32_t window,
                           uint8_t out[RANGES])
{
    few_places few;
    const group_window *w = postings_group_sums(g, room, window);
    few.count = 0;
    memset(out, 0, RANGES);
    for (uint64_t left = postings_group_filled(w); left; left &= left - 1) {
        uint32_t r = bits_lowest(left);
        if (bits_count(w->words[r]) <= FEW_PLACES)
            take_few(w, window, r, &few);
        else
            out[r] = bound_of(g->kernels, w, norms, window, r);
    }
    g->kernels->saturate(norms, few.documents, few.wdf, few.count, few.bounds);
    for (uint32_t i = 0; i < few.count; i++) {
        uint8_t *at = &out[few.documents[i] >> 6 & (RANGES - 1)];
        *at = few.bounds[i] > *at ? few.bounds[i] : *at;
    }
}
