#include "segment/postings_group.h"

#include <string.h>

#include "base/bits.h"

enum {
    FEW_RANGES = 3,  /* of a window are evaluated one by one, more at once */
    FEW_PLACES = 10  /* of a range are added one by one, more as a whole */
};

/* ---- a window ---- */

static void clear(group_window *w)
{
    for (uint64_t left = w->summed ? postings_group_filled(w) : 0; left; left &= left - 1)
        memset(w->sums + bits_lowest(left) * RANGE_SIZE, 0, RANGE_SIZE * sizeof *w->sums);
    memset(w->words, 0, sizeof w->words);
    w->known = w->summed = 0;
}

/* ---- documents ---- */

/* Opens a dense list's window; false when there is nothing, or damage. */
static bool open_dense(postings_group *g, const postings_view *v, uint32_t window, dense_window *dense)
{
    const uint8_t *payload;
    size_t size;
    uint32_t count;
    bool sound = postings_view_window(v, window, &payload, &size, &count);
    bool open = sound && count && g->kernels->dense_open(payload, size, count, v->base, dense);
    g->damaged |= !sound || (count && !open);
    return open;
}

static void add_dense_words(postings_group *g, group_room *room, const dense_window *w, uint64_t ranges)
{
    uint64_t words[RANGES];
    if (ranges != UINT64_MAX) {
        uint32_t before, range = bits_lowest(ranges);
        room->at->words[range] |= g->kernels->dense_range(w, range, &before);
        return;
    }
    g->kernels->dense_all(w, words);
    for (uint32_t r = 0; r < RANGES; r++)
        room->at->words[r] |= words[r];
    g->decoded += w->count;
}

static void add_sparse_words(postings_group *g, group_room *room, const postings_view *v, uint64_t ranges)
{
    group_scratch *s = room->scratch;
    sparse_span span;
    g->kernels->sparse_window(&v->list, room->window, s->places, &span);
    for (uint32_t i = 0; i < span.count; i++)
        room->at->words[s->places[i] >> 6] |= (ranges >> (s->places[i] >> 6) & 1) << (s->places[i] & 63);
    g->decoded += span.count;
}

/* Makes the words of one range or of all. */
static void find_words(postings_group *g, group_room *room, uint64_t ranges)
{
    if (ranges == UINT64_MAX)
        clear(room->at);
    postings_run_add_words(&g->run, room->window, ranges, room->at->words);
    for (uint32_t i = 0; i < g->list_count; i++) {
        const postings_view *v = &g->lists[i];
        dense_window dense;
        if (!v->window_bounds[room->window])
            continue;
        if (v->form == POSTINGS_SPARSE)
            add_sparse_words(g, room, v, ranges);
        else if (open_dense(g, v, room->window, &dense))
            add_dense_words(g, room, &dense, ranges);
    }
    room->at->known |= ranges;
}

/* ---- sums of wdf, with the documents ---- */

/* Adds the wdf of a range's documents, which stand in `wdf` in their order. */
static void add_range(const kernels *k, uint64_t mask, const uint8_t *wdf, uint32_t sums[RANGE_SIZE])
{
    if (bits_count(mask) <= FEW_PLACES) {
        for (; mask; mask &= mask - 1)
            sums[bits_lowest(mask)] += *wdf++;
        return;
    }
    uint8_t each[RANGE_SIZE];
    k->spread(mask, wdf, each);
    for (uint32_t d = 0; d < RANGE_SIZE; d++)
        sums[d] += each[d];
}

/* All ranges of a dense window: its wdf are a stream like a sparse list's. */
static void add_dense(postings_group *g, group_room *room, const dense_window *w)
{
    uint8_t *wdf = room->scratch->wdf;
    uint64_t words[RANGES];
    g->kernels->dense_all(w, words);
    const sparse_list stream = {.wdf = w->wdf, .exceptions = w->exceptions, .exceptions_size = w->exceptions_size,
                                .count = w->count, .width = w->width, .base = w->base};
    g->kernels->sparse_wdf(&stream, 0, w->count, 0, 0, wdf);
    for (uint32_t r = 0; r < RANGES; r++) {
        if (!words[r])
            continue;
        add_range(g->kernels, words[r], wdf, room->at->sums + r * RANGE_SIZE);
        wdf += bits_count(words[r]);
        room->at->words[r] |= words[r];
    }
    g->decoded += w->count;
}

static void add_dense_range(postings_group *g, group_room *room, dense_window *w, uint32_t range)
{
    uint32_t before, *sums = room->at->sums + range * RANGE_SIZE;
    uint8_t each[RANGE_SIZE];
    uint64_t mask = g->kernels->dense_range(w, range, &before);
    if (!mask)
        return;
    g->kernels->dense_wdf(w, mask, before, each);
    for (uint32_t d = 0; d < RANGE_SIZE; d++)
        sums[d] += each[d];
    room->at->words[range] |= mask;
}

static void add_sparse(postings_group *g, group_room *room, const postings_view *v, uint64_t ranges)
{
    group_scratch *s = room->scratch;
    sparse_span span;
    g->kernels->sparse_window(&v->list, room->window, s->places, &span);
    if (!(g->kernels->places_ranges(s->places, span.count) & ranges))
        return;
    g->kernels->sparse_wdf(&v->list, span.begin, span.count, span.sample_begin, span.sample_escapes, s->wdf);
    for (uint32_t i = 0; i < span.count; i++)
        if (ranges >> (s->places[i] >> 6) & 1) {
            room->at->sums[s->places[i]] += s->wdf[i];
            room->at->words[s->places[i] >> 6] |= UINT64_C(1) << (s->places[i] & 63);
        }
    g->decoded += span.count;
}

static void add_list(postings_group *g, group_room *room, const postings_view *v, uint64_t ranges)
{
    dense_window dense;
    if (v->form == POSTINGS_SPARSE)
        add_sparse(g, room, v, ranges);
    else if (!open_dense(g, v, room->window, &dense))
        return;
    else if (ranges == UINT64_MAX)
        add_dense(g, room, &dense);
    else
        add_dense_range(g, room, &dense, bits_lowest(ranges));
}

/* Adds what a list's wdf have above 255. */
static void add_excess(const postings_view *v, group_room *room, uint64_t ranges)
{
    uint32_t low = postings_view_find_large(v, (uint64_t)room->window << WINDOW_BITS);
    for (; low < v->large_count; low++) {
        uint32_t document = bits_load32(v->large + (size_t)low * 8), wdf = bits_load32(v->large + (size_t)low * 8 + 4);
        if (document >> WINDOW_BITS != room->window)
            return;
        uint32_t *sum = &room->at->sums[document & (WINDOW_SIZE - 1)], more = wdf - 255;
        /* Of what is not there, which only damage says, nothing is added. */
        if (wdf > 255 && *sum >= 255 && ranges >> ((document & (WINDOW_SIZE - 1)) >> 6) & 1)
            *sum = *sum + more < more ? UINT32_MAX : *sum + more;
    }
}

static void cap_range(const postings_group *g, group_room *room, uint32_t range)
{
    uint32_t base = room->window << WINDOW_BITS | range << 6;
    for (uint64_t left = room->at->words[range]; left; left &= left - 1) {
        uint32_t *sum = &room->at->sums[range << 6 | bits_lowest(left)];
        uint32_t length = length_get(&g->context->lengths, base | bits_lowest(left));
        *sum = *sum < length ? *sum : length;
    }
}

/* Makes the sums and words of one range, which has none yet, or of all. */
static void add_up(postings_group *g, group_room *room, uint64_t ranges)
{
    uint32_t window = room->window;
    if (ranges == UINT64_MAX)
        clear(room->at);
    postings_run_add_wdf(&g->run, window, ranges, room->at->sums);
    postings_run_add_words(&g->run, window, ranges, room->at->words);
    for (uint32_t i = 0; i < g->list_count; i++)
        if (g->lists[i].window_bounds[window])
            add_list(g, room, &g->lists[i], ranges);
    /* Only now, so that it is seen when a sum would wrap. */
    postings_run_add_excess(&g->run, window, ranges, room->at->sums);
    for (uint32_t i = 0; i < g->list_count; i++)
        if (g->lists[i].large_count && g->lists[i].window_bounds[window])
            add_excess(&g->lists[i], room, ranges);
    room->at->known |= ranges;
    room->at->summed |= ranges;
    for (uint64_t left = g->capped ? postings_group_filled(room->at) & ranges : 0; left; left &= left - 1)
        cap_range(g, room, bits_lowest(left));
}

/* ---- what is asked ---- */

static void go_to(const postings_group *g, group_room *room, uint32_t window)
{
    if (room->owner == g && room->window == window)
        return;
    room->owner = g;
    room->window = window;
    room->many = bits_count(room->asked) > FEW_RANGES;
    room->asked = 0;
    room->at = g->kept ? g->kept[window] : NULL;
    if (!room->at) {
        room->at = &room->own;
        clear(room->at);
    }
}

/* Makes a range alone, when few are asked for here and were in the window before, else all: with its sums where they
 * can be asked for next. */
static void make_range(postings_group *g, group_room *room, uint32_t range)
{
    bool alone = !room->many && bits_count(room->asked) <= FEW_RANGES && g->paths & PATHS_ALONE;
    alone |= !(g->paths & PATHS_WHOLE);
    (g->weighs ? add_up : find_words)(g, room, alone ? UINT64_C(1) << range : UINT64_MAX);
}

uint64_t postings_group_documents(postings_group *g, group_room *room, uint32_t window, uint32_t range)
{
    go_to(g, room, window);
    room->asked |= UINT64_C(1) << range;
    if (!(room->at->known >> range & 1))
        make_range(g, room, range);
    return room->at->words[range];
}

const uint64_t *postings_group_words(postings_group *g, group_room *room, uint32_t window)
{
    go_to(g, room, window);
    if (room->at->known != UINT64_MAX)
        find_words(g, room, UINT64_MAX);
    return room->at->words;
}

const group_window *postings_group_sums(postings_group *g, group_room *room, uint32_t window)
{
    go_to(g, room, window);
    if (room->at->summed != UINT64_MAX)
        add_up(g, room, UINT64_MAX);
    return room->at;
}

static const uint32_t *sums_of(postings_group *g, group_room *room, uint32_t window, uint32_t range)
{
    go_to(g, room, window);
    if (!(room->at->summed >> range & 1))
        make_range(g, room, range);
    return room->at->sums + range * RANGE_SIZE;
}

void postings_group_wdf(postings_group *g, group_room *room, uint32_t window, uint32_t range, uint8_t out[RANGE_SIZE])
{
    postings_group_clip(sums_of(g, room, window, range), out);
}

uint32_t postings_group_large(postings_group *g, group_room *room, uint32_t document)
{
    uint32_t place = document & (WINDOW_SIZE - 1);
    return sums_of(g, room, document >> WINDOW_BITS, place >> 6)[place & 63];
}
