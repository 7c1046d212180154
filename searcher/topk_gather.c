#include "searcher/topk_gather.h"

#include <math.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"

enum {
    SAMPLE = 5,   /* documents that say where the last wanted one may be */
    SPILL = 16,   /* kernels write a little more */
    ADD_MOST = 64 /* documents at a time */
};

/* A weight of [from, to) that about `wanted` of them reach. */
static double find_pivot(const double *weights, size_t from, size_t to, size_t wanted)
{
    double sample[SAMPLE];
    size_t count = to - from;
    for (size_t i = 0; i < SAMPLE; i++) {
        double weight = weights[from + (2 * i + 1) * count / (2 * SAMPLE)];
        size_t at = i;
        for (; at && sample[at - 1] < weight; at--)
            sample[at] = sample[at - 1];
        sample[at] = weight;
    }
    return sample[wanted * SAMPLE / (count + 1)];
}

/* Moves those of [from, to) that weigh `least` or more to the front; how many they are. The others are in the room
 * behind, from where `take_rest` gets them. */
static size_t split(topk *t, size_t from, size_t to, double least)
{
    return t->kernels->split(t->weights + from, t->places + from, to - from, least, t->weights + t->capacity,
                             t->places + t->capacity);
}

static void take_rest(topk *t, size_t from, size_t to)
{
    memcpy(t->weights + from, t->weights + t->capacity, (to - from) * sizeof *t->weights);
    memcpy(t->places + from, t->places + t->capacity, (to - from) * sizeof *t->places);
}

/* Moves the heaviest of [from, to) to the front, so that they end at `wanted`; *least is what they weigh at least, and
 * one of them does. Where there are more of that weight than places left, these are [*from, *to), and true is the
 * answer. */
static bool select_heaviest(topk *t, size_t *from, size_t *to, size_t wanted, double *least)
{
    bool known = false;
    while (*to > wanted && *from < wanted) {
        double pivot = find_pivot(t->weights, *from, *to, wanted - *from);
        size_t end = *from + split(t, *from, *to, pivot);
        bool same = end == *to; /* nothing weighs less: so these are split into more and the same */
        if (same)
            end = *from + split(t, *from, *to, nextafter(pivot, INFINITY));
        known = !same; /* the pivot is in front then, and the least there */
        *least = pivot;
        if (end > wanted) {
            *to = end;
            continue;
        }
        *from = end;
        take_rest(t, *from, *to);
        if (same && *from < wanted)
            return true;
    }
    if (!known || *from < wanted) { /* what is left are as many as are wanted */
        *least = t->weights[0];
        for (size_t i = 1; i < wanted; i++)
            *least = t->weights[i] < *least ? t->weights[i] : *least;
    }
    return false;
}

/* Of documents of the same weight those with the smallest keys stay. */
static void settle(topk *t, size_t from, size_t to)
{
    double weight = t->weights[from], ignored;
    size_t begin = from;
    for (size_t i = from; i < to; i++)
        t->weights[i] = -(double)topk_get_key(t, t->places[i]);
    select_heaviest(t, &from, &to, t->wanted, &ignored);
    for (size_t i = begin; i < t->wanted; i++)
        t->weights[i] = weight;
}

/* Cuts down to the wanted best, in any order. Others as heavy as the last of them stay too, if they may and are not too
 * many: mostly heavier ones come, before their docids have to be looked up. */
static void cut(topk *t, bool ties_stay)
{
    size_t from = 0, to = t->held;
    t->held = t->wanted;
    t->full = true;
    if (select_heaviest(t, &from, &to, t->wanted, &t->worst)) {
        ties_stay = ties_stay && to <= 2 * t->wanted;
        t->held = ties_stay ? to : t->wanted;
        if (!ties_stay)
            settle(t, from, to);
    }
    t->cut_at = t->held + t->wanted / 2;
}

void topk_cut(topk *t)
{
    cut(t, false);
}

static oir_status reserve(topk *t, oir_error *err)
{
    if (t->wanted > SIZE_MAX / 64)
        return error_no_memory(err, "search results");
    t->capacity = 2 * t->wanted + t->wanted / 2 + ADD_MOST + SPILL;
    t->cut_at = t->wanted;
    t->weights = memory_new(t->capacity * 2 * sizeof *t->weights);
    t->places = memory_new(t->capacity * 2 * sizeof *t->places);
    return t->weights && t->places ? OIR_OK : error_no_memory(err, "search results");
}

oir_status topk_gather(topk *t, const double *weights, uint64_t first, uint64_t documents, oir_error *err)
{
    if (!t->capacity)
        ERROR_FORWARD(reserve(t, err));
    double least = topk_threshold(t);
    size_t held = t->held;
    for (; documents; documents &= documents - 1) { /* no branch: it would be guessed wrong half of the time */
        t->weights[held] = *weights;
        t->places[held] = first + bits_lowest(documents);
        held += *weights++ >= least;
    }
    t->held = held;
    if (held >= t->cut_at)
        cut(t, true);
    return OIR_OK;
}

oir_status topk_gather_many(topk *t, const double *weights, const uint64_t *places, size_t n, oir_error *err)
{
    if (!t->capacity)
        ERROR_FORWARD(reserve(t, err));
    for (size_t some; n; n -= some, weights += some, places += some) {
        some = n < ADD_MOST ? n : ADD_MOST;
        memcpy(t->weights + t->held, weights, some * sizeof *weights);
        memcpy(t->places + t->held, places, some * sizeof *places);
        t->held += some;
        if (t->held >= t->cut_at)
            cut(t, true);
    }
    return OIR_OK;
}
