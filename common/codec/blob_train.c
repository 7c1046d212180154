#include <stdlib.h>

#include "base/bits.h"
#include "base/memory.h"
#include "codec/blob.h"

enum { RUN = 8, PIECE = 64 };

/* Points by hash of a run. A collision only blurs the choice. */
struct runs {
    uint32_t *points;
    uint32_t *last; /* 1 + the sample that counted last */
    unsigned shift;
};

struct piece {
    uint64_t points;
    size_t at;
};

static size_t slot_of(const struct runs *r, const uint8_t *at)
{
    return (size_t)(bits_load64(at) * UINT64_C(0x9e3779b97f4a7c15) >> r->shift);
}

static uint32_t points_of(const struct runs *r, const uint8_t *at)
{
    uint32_t points = r->points[slot_of(r, at)];
    return points > 1 ? points : 0;
}

static bool runs_init(struct runs *r, size_t total)
{
    unsigned bits = total > 1 ? bits_width(total - 1) : 1;
    bits = bits < 12 ? 12 : bits > 22 ? 22 : bits;
    r->shift = 64 - bits;
    r->points = memory_new_zeroed((size_t)1 << bits, sizeof *r->points);
    r->last = memory_new_zeroed((size_t)1 << bits, sizeof *r->last);
    return r->points && r->last;
}

static void runs_count(struct runs *r, const uint8_t *at, size_t size, uint32_t sample)
{
    for (size_t i = 0; i + RUN <= size; i++) {
        size_t slot = slot_of(r, at + i);
        r->points[slot] += r->last[slot] != sample;
        r->last[slot] = sample;
    }
}

/* The piece of most points that begins within [begin, end); the bytes reach at least PIECE beyond `end`. */
static struct piece best_piece(const struct runs *r, const uint8_t *bytes, size_t begin, size_t end)
{
    struct piece now = {0, begin}, best = {0, begin};
    for (size_t i = 0; i + RUN <= PIECE; i++)
        now.points += points_of(r, bytes + begin + i);
    for (;;) {
        if (now.points > best.points)
            best = now;
        if (now.at + 1 >= end)
            return best;
        now.points -= points_of(r, bytes + now.at);
        now.at++;
        now.points += points_of(r, bytes + now.at + PIECE - RUN);
    }
}

/* By points, the best last; equal ones by place, so that the result does not hang on the sort. */
static int compare_pieces(const void *a, const void *b)
{
    const struct piece *x = a, *y = b;
    if (x->points != y->points)
        return x->points < y->points ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

static size_t choose_pieces(struct runs *r, const buffer *all, struct piece *pieces, size_t most)
{
    size_t chosen = 0, starts = all->size - PIECE;
    for (size_t i = 0; i < most; i++) {
        size_t begin = starts / most * i, end = i + 1 == most ? starts : starts / most * (i + 1);
        struct piece best = best_piece(r, all->data, begin, end);
        if (best.points == 0)
            continue;
        for (size_t j = 0; j + RUN <= PIECE; j++)
            r->points[slot_of(r, all->data + best.at + j)] = 0;
        pieces[chosen++] = best;
    }
    qsort(pieces, chosen, sizeof *pieces, compare_pieces);
    return chosen;
}

oir_status blob_train(const oir_bytes *samples, size_t count, size_t capacity, buffer *dictionary, oir_error *err)
{
    oir_status status = OIR_OK;
    struct runs r = {0};
    struct piece *pieces = NULL;
    buffer all = BUFFER_INIT;
    size_t most = capacity < BLOB_DICTIONARY_MAX ? capacity / PIECE : BLOB_DICTIONARY_MAX / PIECE;
    for (size_t i = 0; i < count; i++)
        buffer_add(&all, samples[i].data, samples[i].size);
    /* Samples that hardly fill the dictionary would be remembered, not learnt from. */
    if (most > all.size / (2 * PIECE))
        most = all.size / (2 * PIECE);
    if (!all.failed && most == 0)
        goto done;
    pieces = memory_new_zeroed(most, sizeof *pieces);
    if (all.failed || !pieces || !runs_init(&r, all.size)) {
        status = error_no_memory(err, "a dictionary");
        goto done;
    }
    for (size_t i = 0, at = 0; i < count; at += samples[i++].size)
        runs_count(&r, all.data + at, samples[i].size, (uint32_t)i + 1);
    size_t chosen = choose_pieces(&r, &all, pieces, most);
    for (size_t i = 0; i < chosen; i++)
        buffer_add(dictionary, all.data + pieces[i].at, PIECE);
    if (dictionary->failed)
        status = error_no_memory(err, "a dictionary");
done:
    memory_free(pieces);
    memory_free(r.points);
    memory_free(r.last);
    buffer_release(&all);
    return status;
}
