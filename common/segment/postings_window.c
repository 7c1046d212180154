#include "segment/postings_window.h"

#include "base/bits.h"

enum {
    SPILL = POSTINGS_WINDOW_SPILL,
    PREFETCH_MOST = 768, /* bytes of a window */
    MANY_RANGES = 12 /* that are sure to be asked for are decoded at once */
};

/* ---- a window ---- */

void postings_window_prefetch(const postings_window *p, uint32_t window)
{
    if (!p->bounds[window])
        return;
    if (p->view.form == POSTINGS_DENSE) {
        const uint8_t *payload = p->view.payload + postings_view_place(p->view.places, window);
        __builtin_prefetch(payload);
        __builtin_prefetch(payload + 64);
    } else if (p->view.form == POSTINGS_SPARSE) {
        const sparse_list *s = &p->view.list;
        uint32_t sample = window / s->stride, begin = bits_load32(s->samples + (size_t)sample * 8);
        uint64_t bit = begin + ((uint64_t)window << (12 - s->low_bits));
        __builtin_prefetch(s->upper + bit / 8);
        __builtin_prefetch(s->lows + (uint64_t)begin * s->low_bits / 8);
    }
}

static void locate_dense(postings_window *p)
{
    if (!postings_view_window(&p->view, p->window, &p->payload, &p->payload_size, &p->window_count)) {
        p->damaged = true;
        p->payload = NULL;
        p->window_count = 0;
    }
}

static void open_dense(postings_window *p)
{
    locate_dense(p);
    if (!p->window_count ||
        !p->kernels->dense_open(p->payload, p->payload_size, p->window_count, p->view.base, &p->dense)) {
        /* Its ranges may have been said to have documents all the same: who asks for wdf of none reads some bytes. */
        p->damaged |= p->window_count || p->bounds[p->window];
        p->window_count = 0;
        p->dense = (dense_window){.wdf = p->view.payload, .documents = p->view.payload,
                                  .exceptions = p->view.payload};
    }
    p->decoded += p->window_count;
}

/* The first of a whole list's documents that is not less than one. */
static uint32_t lower_bound(const postings_window *p, uint64_t document)
{
    uint32_t low = 0, high = p->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (p->documents[middle] < document)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void open_list(postings_window *p)
{
    p->wdf = NULL;
    if (p->documents) {
        uint64_t base = (uint64_t)p->window << WINDOW_BITS;
        uint32_t i = lower_bound(p, base), n = 0;
        p->span = (sparse_span){.begin = i};
        for (; i < p->count && p->documents[i] < base + WINDOW_SIZE; i++)
            p->places[n++] = (uint16_t)(p->documents[i] - base);
        p->span.count = n;
        p->wdf = p->all_wdf + p->span.begin;
    } else {
        p->kernels->sparse_window(&p->view.list, p->window, p->places, &p->span);
        p->decoded += p->span.count;
    }
    p->present = p->kernels->places_ranges(p->places, p->span.count);
}

static void open_window(postings_window *p)
{
    if (p->opened)
        return;
    p->opened = true;
    p->known = 0;
    p->asked = 0;
    if (postings_window_is_dense(p))
        open_dense(p);
    else
        open_list(p);
}

static const uint8_t *window_wdf(postings_window *p)
{
    if (!p->wdf) {
        p->kernels->sparse_wdf(&p->view.list, p->span.begin, p->span.count, p->span.sample_begin,
                               p->span.sample_escapes, p->own_wdf);
        memset(p->own_wdf + p->span.count, 0, SPILL);
        p->wdf = p->own_wdf;
    }
    return p->wdf;
}

/* Of one range, which has documents. */
static uint8_t exact_bound(postings_window *p, uint32_t range, uint64_t mask)
{
    uint32_t documents[RANGE_SIZE + SPILL], n = 0;
    uint8_t wdf[RANGE_SIZE], held[RANGE_SIZE + SPILL] = {0}, each[RANGE_SIZE + SPILL], most = 0;
    p->kernels->dense_wdf(&p->dense, mask, p->first[range], wdf);
    for (; mask; mask &= mask - 1) {
        held[n] = wdf[bits_lowest(mask)];
        documents[n++] = p->window << WINDOW_BITS | range << RANGE_BITS | bits_lowest(mask);
    }
    p->kernels->saturate(p->norms, documents, held, n, each);
    for (uint32_t i = 0; i < n; i++)
        most = each[i] > most ? each[i] : most;
    return most;
}

/* Of a dense list as if it had no range bounds. */
static void make_dense_bounds(postings_window *p, enum bound_level level, uint8_t out[RANGES])
{
    for (uint32_t r = 0; r < RANGES; r++) {
        uint64_t mask = postings_window_documents(p, r);
        if (level == LEVEL_EXACT)
            out[r] = mask ? exact_bound(p, r, mask) : 0;
        else
            out[r] = mask ? p->bounds[p->window] : 0;
    }
}

static void exact_bounds(postings_window *p, uint8_t out[RANGES])
{
    uint8_t each[WINDOW_SIZE / 64 + SPILL];
    uint32_t documents[WINDOW_SIZE / 64 + SPILL];
    const uint8_t *wdf = window_wdf(p);
    memset(out, 0, RANGES);
    for (uint32_t from = 0, n; from < p->span.count; from += n) {
        n = p->span.count - from < 64 ? p->span.count - from : 64;
        for (uint32_t i = 0; i < n; i++)
            documents[i] = (p->window << WINDOW_BITS) + p->places[from + i];
        p->kernels->saturate(p->norms, documents, wdf + from, n, each);
        for (uint32_t i = 0; i < n; i++) {
            uint8_t *at = &out[p->places[from + i] >> 6];
            *at = each[i] > *at ? each[i] : *at;
        }
    }
}

/* Groups that weigh have documents in most ranges, so that looking which is not worth its while. */
static void group_bounds(postings_window *p, enum bound_level level, uint8_t out[RANGES])
{
    if (p->group->range_bounds) {
        memcpy(out, p->group->range_bounds + (size_t)p->window * RANGES, RANGES);
    } else if (p->group->weighs && level == LEVEL_EXACT) {
        postings_group_bounds(p->group, p->room, p->norms, p->window, out);
    } else {
        memset(out, p->bounds[p->window], RANGES);
        const uint64_t *words = p->group->weighs || level == LEVEL_STORED ? NULL
                                : postings_group_words(p->group, p->room, p->window);
        for (uint32_t r = 0; words && r < RANGES; r++)
            out[r] = words[r] ? out[r] : 0;
    }
}

void postings_window_bounds(postings_window *p, enum bound_level level, uint8_t out[RANGES])
{
    if (!p->bounds[p->window]) {
        memset(out, 0, RANGES);
    } else if (p->group) {
        group_bounds(p, level, out);
    } else if (p->ranged) {
        if (!p->opened)
            locate_dense(p);
        if (!p->payload || !p->kernels->dense_bounds(p->payload, p->payload_size, out)) {
            p->damaged = true;
            memset(out, 0, RANGES);
        }
    } else if (level == LEVEL_STORED) {
        memset(out, p->bounds[p->window], RANGES);
    } else if (postings_window_is_dense(p)) {
        make_dense_bounds(p, level, out);
    } else {
        open_window(p);
        if (level == LEVEL_EXACT) {
            exact_bounds(p, out);
        } else {
            uint8_t same[RANGES];
            memset(same, p->bounds[p->window], sizeof same);
            p->kernels->spread(p->present, same, out);
        }
    }
}

uint64_t postings_window_present(postings_window *p)
{
    if (!p->bounds[p->window])
        return 0;
    if (p->group) {
        const uint64_t *words = postings_group_words(p->group, p->room, p->window);
        uint64_t present = 0;
        for (uint32_t r = 0; r < RANGES; r++)
            present |= (uint64_t)(words[r] != 0) << r;
        return present;
    }
    if (postings_window_is_dense(p)) {
        if (!p->opened)
            locate_dense(p);
        return p->payload && p->payload_size >= 9 ? bits_load64(p->payload + 1) : 0;
    }
    open_window(p);
    return p->present;
}

uint32_t postings_window_count(postings_window *p)
{
    if (!p->bounds[p->window])
        return 0;
    if (postings_window_is_dense(p)) {
        if (!p->opened)
            locate_dense(p);
        return p->window_count;
    }
    if (p->group)
        return p->kernels->count_words(postings_group_words(p->group, p->room, p->window));
    open_window(p);
    return p->span.count;
}

/* All ranges at once: the work of a few. A bitset's are quickly had one by one. */
static void know_dense(postings_window *p)
{
    uint32_t before = 0;
    p->kernels->dense_all(&p->dense, p->masks);
    for (uint32_t r = 0; r < RANGES; r++) {
        p->first[r] = (uint16_t)before;
        before += p->dense.counts[r];
    }
    p->known = UINT64_MAX;
}

void postings_window_expect(postings_window *p, uint32_t ranges)
{
    if (!postings_window_is_dense(p) || ranges <= MANY_RANGES || !p->bounds[p->window] || !(p->paths & PATHS_WHOLE))
        return;
    open_window(p);
    if (p->window_count && p->dense.kind != DENSE_BITSET)
        know_dense(p);
}

/* Documents are asked for first, to match, and again for the wdf of what may be good enough. */
uint64_t postings_window_documents(postings_window *p, uint32_t range)
{
    uint32_t before = 0;
    if (!p->bounds[p->window])
        return 0;
    if (p->group)
        return postings_group_documents(p->group, p->room, p->window, range);
    open_window(p);
    if (p->known >> range & 1)
        return p->masks[range];
    if (postings_window_is_dense(p) && p->window_count && p->dense.kind != DENSE_BITSET && ++p->asked > p->few_ranges) {
        know_dense(p);
        return p->masks[range];
    }
    if (!postings_window_is_dense(p))
        p->masks[range] = p->kernels->places_range(p->places, p->span.count, range, &before);
    else
        p->masks[range] = p->window_count ? p->kernels->dense_range(&p->dense, range, &before) : 0;
    p->first[range] = (uint16_t)before;
    p->known |= UINT64_C(1) << range;
    return p->masks[range];
}

dense_window *postings_window_get_dense(postings_window *p)
{
    if (p->bounds[p->window])
        open_window(p);
    return p->bounds[p->window] && p->window_count ? &p->dense : NULL;
}

uint32_t postings_window_get_places(postings_window *p, const uint16_t **places, const uint8_t **wdf)
{
    if (!p->bounds[p->window])
        return 0;
    open_window(p);
    *places = p->places;
    *wdf = window_wdf(p);
    return p->span.count;
}

/* Those of groups are kept by the group. */
static void find_in_group(postings_window *p, uint64_t ranges)
{
    for (; ranges; ranges &= ranges - 1) {
        uint32_t range = bits_lowest(ranges);
        p->masks[range] = postings_group_documents(p->group, p->room, p->window, range);
    }
}

void postings_window_find(postings_window *p, uint64_t ranges)
{
    if (!p->bounds[p->window]) {
        for (; ranges; ranges &= ranges - 1)
            p->masks[bits_lowest(ranges)] = 0;
        return;
    }
    if (p->group) {
        find_in_group(p, ranges);
        return;
    }
    open_window(p);
    uint64_t left = ranges & ~p->known;
    if (postings_window_is_dense(p) && p->window_count) {
        p->asked += bits_count(left);
        if (left && p->dense.kind != DENSE_BITSET && p->asked > p->few_ranges)
            know_dense(p);
        else
            p->kernels->dense_ranges(&p->dense, left, p->masks, p->first);
    } else {
        for (uint64_t rest = left; rest; rest &= rest - 1) {
            uint32_t range = bits_lowest(rest), before = 0;
            p->masks[range] = postings_window_is_dense(p)
                                  ? 0 : p->kernels->places_range(p->places, p->span.count, range, &before);
            p->first[range] = (uint16_t)before;
        }
    }
    p->known |= ranges;
}

void postings_window_prefetch_rest(const postings_window *p)
{
    if (!postings_window_is_dense(p) || !p->payload)
        return;
    size_t size = postings_view_window_end(&p->view, p->window) - (size_t)(p->payload - p->view.payload);
    size = size < PREFETCH_MOST ? size : PREFETCH_MOST;
    for (size_t at = 128; at < size; at += 64)
        __builtin_prefetch(p->payload + at);
}

void postings_window_prefetch_payload(const postings_window *p, uint32_t window)
{
    uint32_t from = postings_view_place(p->view.places, window);
    uint32_t size = postings_view_window_end(&p->view, window) - from;
    size = size < PREFETCH_MOST ? size : PREFETCH_MOST;
    for (size_t at = 128; at < size; at += 64)
        __builtin_prefetch(p->view.payload + from + at);
}

void postings_window_words(postings_window *p, uint64_t words[RANGES])
{
    if (p->bounds[p->window] && p->group) {
        memcpy(words, postings_group_words(p->group, p->room, p->window), RANGES * sizeof *words);
        return;
    }
    if (p->bounds[p->window])
        open_window(p);
    if (p->bounds[p->window] && postings_window_is_dense(p) && p->window_count) {
        p->kernels->dense_all(&p->dense, words);
        return;
    }
    memset(words, 0, RANGES * sizeof *words);
    if (!p->bounds[p->window] || postings_window_is_dense(p))
        return;
    for (uint32_t i = 0; i < p->span.count; i++)
        words[p->places[i] >> 6] |= UINT64_C(1) << (p->places[i] & 63);
}

const uint8_t *postings_window_places_wdf(postings_window *p, uint32_t range)
{
    return window_wdf(p) + p->first[range];
}

void postings_window_wdf(postings_window *p, uint32_t range, uint8_t out[RANGE_SIZE])
{
    uint64_t mask = postings_window_documents(p, range);
    if (!mask)
        memset(out, 0, RANGE_SIZE);
    else if (p->group)
        postings_group_wdf(p->group, p->room, p->window, range, out);
    else if (postings_window_is_dense(p))
        p->kernels->dense_wdf(&p->dense, mask, p->first[range], out);
    else
        p->kernels->spread(mask, window_wdf(p) + p->first[range], out);
}

uint32_t postings_window_large(const postings_window *p, uint32_t document)
{
    if (p->group)
        return postings_group_large(p->group, p->room, document);
    return postings_view_large(&p->view, document);
}
