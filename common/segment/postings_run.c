#include "segment/postings_run.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum { SPILL = 128 }; /* kernels write a little more than asked */

bool postings_heap_reserve(postings_heap *h, size_t count, bool with_wdf)
{
    size_t need = h->count + count + SPILL;
    return memory_reserve(&h->documents, &h->documents_capacity, need, sizeof *h->documents) &&
           (!with_wdf || memory_reserve(&h->wdf, &h->wdf_capacity, need, sizeof *h->wdf));
}

bool postings_heap_add_excess(postings_heap *h, uint32_t document, uint32_t wdf)
{
    if (wdf <= 255)
        return true;
    if (!memory_reserve(&h->excess, &h->excess_capacity, h->excess_count + 1, sizeof *h->excess))
        return false;
    h->excess[h->excess_count++] = (uint64_t)document << 32 | (wdf - 255);
    return true;
}

void postings_heap_release(postings_heap *h)
{
    memory_free(h->documents);
    memory_free(h->wdf);
    memory_free(h->excess);
    *h = (postings_heap){0};
}

/* ---- making ---- */

static bool run_new(postings_run *r, uint32_t windows, uint32_t count, size_t excess, bool with_wdf)
{
    *r = (postings_run){.windows = windows};
    r->starts = memory_new_zeroed((size_t)windows + 2, sizeof *r->starts);
    r->places = memory_new(((size_t)count + 1) * sizeof *r->places);
    r->wdf = with_wdf ? memory_new((size_t)count + 1) : NULL;
    r->excess = excess ? memory_new(excess * sizeof *r->excess) : NULL;
    if (r->starts && r->places && (r->wdf || !with_wdf) && (r->excess || !excess))
        return true;
    postings_run_release(r);
    return false;
}

oir_status postings_run_make(postings_run *out, postings_heap *h, uint32_t windows, bool with_wdf, oir_error *err)
{
    if (!run_new(out, windows, h->count, h->excess_count, with_wdf))
        return error_no_memory(err, "a group of terms");
    /* Counted two windows ahead, so that what is a window's next place becomes the start of the one behind it. */
    for (uint32_t i = 0; i < h->count; i++)
        out->starts[(h->documents[i] >> WINDOW_BITS) + 2]++;
    for (uint32_t w = 2; w < windows + 2; w++)
        out->starts[w] += out->starts[w - 1];
    for (uint32_t i = 0; i < h->count; i++) {
        uint32_t at = out->starts[(h->documents[i] >> WINDOW_BITS) + 1]++;
        out->places[at] = (uint16_t)(h->documents[i] & (WINDOW_SIZE - 1));
        if (with_wdf)
            out->wdf[at] = h->wdf[i];
    }
    if (h->excess_count)
        memcpy(out->excess, h->excess, h->excess_count * sizeof *out->excess);
    sort_u64(out->excess, h->excess_count);
    out->excess_count = h->excess_count;
    out->count = h->count;
    h->count = 0;
    h->excess_count = 0;
    return OIR_OK;
}

/* A window's documents and their sums, each once. */
static bool put_window(postings_run *out, size_t *capacity, uint32_t window, const uint64_t words[RANGES],
                       const uint32_t *sums)
{
    for (uint32_t r = 0; r < RANGES; r++)
        for (uint64_t left = words[r]; left; left &= left - 1) {
            uint32_t place = r << 6 | bits_lowest(left);
            out->places[out->count] = (uint16_t)place;
            if (out->wdf)
                out->wdf[out->count] = (uint8_t)(sums[place] < 255 ? sums[place] : 255);
            out->count++;
            if (!out->wdf || sums[place] <= 255)
                continue;
            if (!memory_reserve(&out->excess, capacity, out->excess_count + 1, sizeof *out->excess))
                return false;
            out->excess[out->excess_count++] = (uint64_t)(window << WINDOW_BITS | place) << 32 | (sums[place] - 255);
        }
    out->starts[window + 1] = out->count;
    return true;
}

/* All of a window's sums. */
static void add_up(const postings_run *a, const postings_run *b, uint32_t window, uint32_t sums[WINDOW_SIZE])
{
    memset(sums, 0, WINDOW_SIZE * sizeof *sums);
    postings_run_add_wdf(a, window, UINT64_MAX, sums);
    postings_run_add_wdf(b, window, UINT64_MAX, sums);
    postings_run_add_excess(a, window, UINT64_MAX, sums);
    postings_run_add_excess(b, window, UINT64_MAX, sums);
}

/* Gives back what the postings that were there twice do not need; where that fails the rest just stays. */
static void shrink(postings_run *r)
{
    uint16_t *places = memory_resize(r->places, ((size_t)r->count + 1) * sizeof *places);
    uint8_t *wdf = r->wdf ? memory_resize(r->wdf, (size_t)r->count + 1) : NULL;
    r->places = places ? places : r->places;
    r->wdf = wdf ? wdf : r->wdf;
}

oir_status postings_run_merge(postings_run *out, postings_run *a, postings_run *b, oir_error *err)
{
    uint32_t *sums = memory_new(WINDOW_SIZE * sizeof *sums);
    size_t capacity = 0;
    bool done = sums && run_new(out, a->windows, a->count + b->count, 0, a->wdf != NULL);
    for (uint32_t w = 0; done && w < a->windows; w++) {
        uint64_t words[RANGES] = {0};
        postings_run_add_words(a, w, UINT64_MAX, words);
        postings_run_add_words(b, w, UINT64_MAX, words);
        if (a->wdf)
            add_up(a, b, w, sums);
        done = put_window(out, &capacity, w, words, sums);
    }
    memory_free(sums);
    if (!done) {
        postings_run_release(out);
        return error_no_memory(err, "a group of terms");
    }
    shrink(out);
    postings_run_release(a);
    postings_run_release(b);
    return OIR_OK;
}

void postings_run_release(postings_run *r)
{
    memory_free(r->starts);
    memory_free(r->places);
    memory_free(r->wdf);
    memory_free(r->excess);
    *r = (postings_run){0};
}

/* ---- a window ---- */

void postings_run_add_words(const postings_run *r, uint32_t window, uint64_t ranges, uint64_t words[RANGES])
{
    if (!r->count)
        return;
    for (uint32_t i = r->starts[window]; i < r->starts[window + 1]; i++)
        words[r->places[i] >> 6] |= (ranges >> (r->places[i] >> 6) & 1) << (r->places[i] & 63);
}

void postings_run_add_wdf(const postings_run *r, uint32_t window, uint64_t ranges, uint32_t sums[WINDOW_SIZE])
{
    if (!r->count)
        return;
    for (uint32_t i = r->starts[window]; i < r->starts[window + 1]; i++)
        if (ranges >> (r->places[i] >> 6) & 1)
            sums[r->places[i]] += r->wdf[i];
}

void postings_run_add_excess(const postings_run *r, uint32_t window, uint64_t ranges, uint32_t sums[WINDOW_SIZE])
{
    uint64_t first = (uint64_t)window << (WINDOW_BITS + 32), end = (uint64_t)(window + 1) << (WINDOW_BITS + 32);
    size_t low = 0, high = r->excess_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (r->excess[middle] < first)
            low = middle + 1;
        else
            high = middle;
    }
    for (; low < r->excess_count && (r->excess[low] < end || end < first); low++) {
        uint32_t place = (uint32_t)(r->excess[low] >> 32) & (WINDOW_SIZE - 1), more = (uint32_t)r->excess[low];
        if (ranges >> (place >> 6) & 1)
            sums[place] = sums[place] + more < more ? UINT32_MAX : sums[place] + more;
    }
}
