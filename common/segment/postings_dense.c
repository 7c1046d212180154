#include "segment/postings_dense.h"

#include <assert.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"
#include "codec/dense_writer.h"

enum {
    PREFIX = 4 + POSTINGS_TOPS, /* bytes of the scale and tops */
    BEST_MOST = 4 * POSTINGS_TOPS_MOST
};

static void ranges_release(postings_dense_ranges *r)
{
    memory_free(r->numbers);
    memory_free(r->ends);
    memory_free(r->most);
    memory_free(r->words);
    memory_free(r->counts);
    memory_free(r->bounds);
    *r = (postings_dense_ranges){0};
}

static bool ranges_reserve(postings_dense_ranges *r, size_t count)
{
    if (count <= r->capacity)
        return true;
    size_t capacity = count + count / 2;
    postings_dense_ranges more = {.numbers = memory_new(capacity * sizeof *r->numbers),
                       .ends = memory_new(capacity * sizeof *r->ends),
                       .most = memory_new(capacity * sizeof *r->most),
                       .words = memory_new(capacity * sizeof *r->words),
                       .counts = memory_new(capacity),
                       .bounds = memory_new(capacity),
                       .capacity = capacity};
    if (!more.numbers || !more.ends || !more.most || !more.words || !more.counts || !more.bounds) {
        ranges_release(&more);
        return false;
    }
    ranges_release(r);
    *r = more;
    return true;
}

/* All in one pass, in which nothing that was stored is loaded and nothing needs to be guessed: what is known of a range
 * so far is stored anew with each document, and masked away where the next begins. */
static void find_ranges(postings_dense_ranges *r, const postings_dense_piece *p)
{
    const uint32_t *documents = p->documents, *reached = p->reached;
    uint32_t *numbers = r->numbers, *ends = r->ends, *most = r->most;
    uint64_t *words = r->words, word = 0;
    uint32_t n = 0, count = p->count, last = UINT32_MAX, highest = 0;
    ends[0] = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t document = documents[i], range = document >> RANGE_BITS;
        uint64_t same = 0 - (uint64_t)(range == last);
        n += 1 + (uint32_t)same;
        highest &= (uint32_t)same;
        highest = reached[i] > highest ? reached[i] : highest;
        word = (word & same) | UINT64_C(1) << (document % RANGE_SIZE);
        numbers[n] = range;
        ends[n] = i + 1;
        most[n] = highest;
        words[n] = word;
        last = range;
    }
    r->count = n;
}

static void fill_ranges(postings_dense *d, const postings_dense_piece *p)
{
    postings_dense_ranges *r = &d->ranges;
    const uint32_t *restrict documents = p->documents, *restrict ends = r->ends;
    uint8_t *restrict places = d->places, *restrict counts = r->counts;
    find_ranges(r, p);
    for (uint32_t i = 0, count = p->count; i < count; i++)
        places[i] = (uint8_t)(documents[i] % RANGE_SIZE);
    for (uint32_t i = 1; i <= r->count; i++)
        counts[i] = (uint8_t)(ends[i] - ends[i - 1]);
}

/* The best documents are in as many ranges with the highest bounds as there are to be of them: only those are looked
 * at. */
static void find_range_tops(const postings_dense_ranges *r, const uint32_t *reached, const postings_scale *s,
                            postings_tops *t)
{
    uint32_t counts[UINT8_MAX + 1] = {0}, ranges = 0, least = UINT8_MAX;
    for (uint32_t k = 1; k <= r->count; k++)
        counts[r->bounds[k]]++;
    for (; least > 1 && (ranges += counts[least]) < POSTINGS_TOPS_MOST; least--)
        ;
    for (uint32_t k = 1, first; k <= r->count; k++) {
        for (first = k; k <= r->count && r->bounds[k] >= least; k++) {
        }
        if (k > first)
            postings_tops_count(t, s, reached + r->ends[first - 1], r->ends[k - 1] - r->ends[first - 1]);
    }
}

/* Where a window's payload begins. No payload has 5,000 bytes, so that differences fit. */
static void put_place(uint8_t *places, uint32_t window, size_t place)
{
    uint8_t *group = places + (size_t)(window / POSTINGS_PLACES_GROUP) * POSTINGS_PLACES_BYTES;
    uint32_t other = window % POSTINGS_PLACES_GROUP;
    if (other) {
        assert(place - bits_load32(group) <= UINT16_MAX);
        bits_store16(group + 2 + (size_t)other * 2, (uint16_t)(place - bits_load32(group)));
    } else {
        bits_store32(group, (uint32_t)place);
    }
}

/* Where what is said of windows stands in the list. */
typedef struct directory {
    uint8_t *bounds, *counts, *places, *payload;
} directory;

static directory find_directory(const postings_dense *d, const buffer *to)
{
    uint8_t *bounds = to->data + d->at + PREFIX, *counts = bounds + d->windows;
    uint8_t *places = counts + (size_t)d->windows * 2;
    return (directory){bounds, counts, places, places + postings_view_places_size((size_t)d->windows + 1)};
}

oir_status postings_dense_begin(postings_dense *d, uint32_t windows, bool in_pieces, buffer *to, oir_error *err)
{
    d->windows = windows;
    d->next = 0;
    d->at = to->size;
    d->in_pieces = in_pieces;
    d->most_count = d->best_count = d->least = 0;
    if (in_pieces && !d->best)
        d->best = memory_new(BEST_MOST * sizeof *d->best);
    buffer_add_zeros(to, PREFIX + (size_t)windows * 3 + postings_view_places_size((size_t)windows + 1));
    return in_pieces && !d->best ? error_no_memory(err, "a list of postings") : OIR_OK;
}

/* Places of windows up to one: nothing was put into them. */
static void skip_windows(postings_dense *d, uint32_t to_window, buffer *to)
{
    directory list = find_directory(d, to);
    for (; d->next <= to_window; d->next++)
        put_place(list.places, d->next, to->size - (size_t)(list.payload - to->data));
}

/* Takes a document that may be one of the best. */
static void note_best(postings_dense *d, uint32_t reached)
{
    if (d->best_count == BEST_MOST) {
        sort_u32(d->best, BEST_MOST);
        memmove(d->best, d->best + BEST_MOST - POSTINGS_TOPS_MOST, POSTINGS_TOPS_MOST * sizeof *d->best);
        d->best_count = POSTINGS_TOPS_MOST;
        d->least = d->best[0];
    }
    if (reached > d->least)
        d->best[d->best_count++] = reached;
}

/* What the end must know of ranges and their documents, which are then forgotten. */
static oir_status keep_ranges(postings_dense *d, const postings_dense_piece *p, oir_error *err)
{
    const postings_dense_ranges *r = &d->ranges;
    if (!memory_reserve(&d->most, &d->most_capacity, d->most_count + r->count, sizeof *d->most))
        return error_no_memory(err, "a list of postings");
    memcpy(d->most + d->most_count, r->most + 1, r->count * sizeof *d->most);
    d->most_count += r->count;
    for (uint32_t k = 1; k <= r->count; k++)
        if (r->most[k] > d->least)
            for (uint32_t i = r->ends[k - 1]; i < r->ends[k]; i++)
                note_best(d, p->reached[i]);
    return OIR_OK;
}

/* Bounds are put in at the end. */
oir_status postings_dense_add(postings_dense *d, const postings_dense_piece *p, buffer *to, oir_error *err)
{
    postings_dense_ranges *r = &d->ranges;
    size_t most = (size_t)d->windows * RANGES;
    if (!memory_reserve(&d->places, &d->place_capacity, (size_t)p->count + DENSE_WRITER_SLACK, 1) ||
        !ranges_reserve(r, (p->count < most ? p->count : most) + 1 + DENSE_WRITER_SLACK))
        return error_no_memory(err, "a list of postings");
    fill_ranges(d, p);
    if (d->in_pieces)
        ERROR_FORWARD(keep_ranges(d, p, err));
    for (uint32_t k = 1; k <= r->count && !to->failed;) {
        uint32_t first = k, before = r->ends[k - 1], window = r->numbers[k] / RANGES;
        while (k <= r->count && r->numbers[k] / RANGES == window)
            k++;
        skip_windows(d, window, to);
        bits_store16(find_directory(d, to).counts + (size_t)window * 2, (uint16_t)(r->ends[k - 1] - before));
        dense_writer_add(to, &(dense_documents){.count = r->ends[k - 1] - before,
                                                .places = d->places + before,
                                                .wdf = p->clipped + before,
                                                .range_count = k - first,
                                                .ranges = r->numbers + first,
                                                .words = r->words + first,
                                                .counts = r->counts + first,
                                                .bounds = r->bounds + first});
    }
    return OIR_OK;
}

/* Bounds of all ranges that are not empty, in order, go where the payloads have room for them. */
static void put_bounds(const postings_dense *d, const uint8_t *bounds, buffer *to)
{
    directory list = find_directory(d, to);
    for (uint32_t window = 0; window < d->windows; window++) {
        uint8_t *payload = list.payload + postings_view_place(list.places, window), highest = 0;
        if (!bits_load16(list.counts + (size_t)window * 2))
            continue;
        uint32_t ranges = dense_writer_put_bounds(payload, bounds);
        for (uint32_t i = 0; i < ranges; i++)
            highest = bounds[i] > highest ? bounds[i] : highest;
        list.bounds[window] = highest;
        bounds += ranges;
    }
}

oir_status postings_dense_end(postings_dense *d, const postings_dense_piece *last, buffer *to, oir_error *err)
{
    postings_dense_ranges *r = &d->ranges;
    const uint32_t *most = d->in_pieces ? d->most : r->most + 1;
    size_t count = d->in_pieces ? d->most_count : r->count;
    postings_tops tops = {0};
    if (to->failed)
        return OIR_OK;
    skip_windows(d, d->windows, to);
    if (!ranges_reserve(r, count + 1 + DENSE_WRITER_SLACK))
        return error_no_memory(err, "a list of postings");
    postings_scale s = postings_scale_find(most, count);
    postings_scale_bounds(&s, most, count, r->bounds + 1);
    if (d->in_pieces)
        postings_tops_count(&tops, &s, d->best, d->best_count);
    else
        find_range_tops(r, last->reached, &s, &tops);
    put_bounds(d, r->bounds + 1, to);
    postings_scale_put(&s, &tops, to->data + d->at);
    return OIR_OK;
}

void postings_dense_release(postings_dense *d)
{
    memory_free(d->places);
    memory_free(d->most);
    memory_free(d->best);
    ranges_release(&d->ranges);
    *d = (postings_dense){0};
}
