#include "segment/postings_dense.h"

#include <assert.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "codec/dense_writer.h"

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
static void find_ranges(postings_dense_ranges *r, const postings_dense_list *p)
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

static void fill_ranges(postings_dense *d, const postings_dense_list *p)
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

oir_status postings_dense_add(postings_dense *d, const postings_dense_list *p, buffer *list, oir_error *err)
{
    postings_dense_ranges *r = &d->ranges;
    size_t most = (size_t)p->windows * RANGES;
    if (!memory_reserve(&d->places, &d->place_capacity, (size_t)p->count + DENSE_WRITER_SLACK, 1) ||
        !ranges_reserve(r, (p->count < most ? p->count : most) + 1 + DENSE_WRITER_SLACK))
        return error_no_memory(err, "a list of postings");
    fill_ranges(d, p);
    postings_scale s = postings_scale_find(r->most + 1, r->count);
    postings_tops tops = {0};
    postings_scale_bounds(&s, r->most + 1, r->count, r->bounds + 1);
    find_range_tops(r, p->reached, &s, &tops);
    postings_scale_add(&s, &tops, list);
    size_t bounds_at = list->size, counts = bounds_at + p->windows, places = counts + (size_t)p->windows * 2;
    size_t payload = places + postings_view_places_size((size_t)p->windows + 1);
    buffer_add_zeros(list, payload - bounds_at);
    for (uint32_t window = 0, k = 1; window <= p->windows && !list->failed; window++) {
        uint32_t first = k, before = r->ends[k - 1];
        uint8_t highest = 0;
        put_place(list->data + places, window, list->size - payload);
        for (; k <= r->count && r->numbers[k] / RANGES == window; k++)
            highest = r->bounds[k] > highest ? r->bounds[k] : highest;
        if (k == first)
            continue;
        list->data[bounds_at + window] = highest;
        bits_store16(list->data + counts + (size_t)window * 2, (uint16_t)(r->ends[k - 1] - before));
        dense_writer_add(list, &(dense_documents){.count = r->ends[k - 1] - before,
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

void postings_dense_release(postings_dense *d)
{
    memory_free(d->places);
    d->places = NULL;
    d->place_capacity = 0;
    ranges_release(&d->ranges);
}
