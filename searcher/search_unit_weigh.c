/* What the documents of a range weigh: first in single precision, to leave out most, then exactly. */
#include "base/bits.h"
#include "searcher/search_unit.h"

/* Takes out the wdf of documents for which the leaf does not weigh although its term is there. */
static void keep_active(uint8_t wdf[RANGE_SIZE], uint64_t active)
{
    for (uint32_t d = 0; d < RANGE_SIZE; d++)
        wdf[d] = active >> d & 1 ? wdf[d] : 0;
}

/* Above this single precision holds weights with all its digits, also the sums and products on the way. */
static const double FILTER_LEAST = 1e-30;

/* It errs by some parts in ten million a list: what is close is weighed exactly. */
float search_unit_get_least(const search_unit *u, double threshold, uint32_t lists, bool *held)
{
    double margin = 4e-6 + 2e-7 * lists;
    *held = threshold > FILTER_LEAST && u->filters;
    return *held ? (float)(threshold * (1 - margin)) : 0;
}

uint64_t search_unit_filter(search_unit *u, uint32_t window, uint32_t range, uint64_t wanted, double threshold)
{
    uint32_t first = window << WINDOW_BITS | range << 6, n = 0;
    bool held;
    for (size_t i = 0; i < u->plan->leaf_count; i++)
        if (u->leaves[i])
            u->leaves[i]->active = 0;
    op_activate(u->root, wanted);
    for (size_t i = 0; i < u->plan->leaf_count; i++) {
        op *leaf = u->leaves[i];
        if (!leaf || !leaf->active || leaf->kind != OP_TERM || !(leaf->factor > 0))
            continue;
        postings_window_wdf(leaf->postings, range, u->wdf[i]);
        if (leaf->matched & wanted & ~leaf->active)
            keep_active(u->wdf[i], leaf->active);
        u->input_wdf[n] = u->wdf[i];
        u->input_leaves[n] = leaf;
        u->exact_factor[n] = leaf->factor;
        u->input_factor[n++] = (float)leaf->factor;
    }
    for (uint32_t i = 0; i < u->input.planes; i++)
        u->input.length[i] = u->norms.length[i] + first;
    u->input.lists = n;
    float least = search_unit_get_least(u, threshold, n, &held);
    if (!held) /* all may enter, or a query is scaled so far that only doubles can tell */
        return wanted;
    return u->kernels->weigh(&u->input, wanted, least);
}

void search_unit_activate(search_unit *u, uint64_t asked, uint64_t wanted)
{
    for (size_t i = 0; wanted && i < u->plan->leaf_count; i++)
        if (u->leaves[i])
            u->leaves[i]->active &= ~asked;
    op_activate(u->root, wanted);
    for (size_t i = 0; wanted && i < u->plan->leaf_count; i++) {
        const op *leaf = u->leaves[i];
        if (leaf && leaf->kind == OP_TERM && leaf->matched & wanted & ~leaf->active)
            keep_active(u->wdf[i], leaf->active);
    }
}

static double weigh_one(const search_unit *u, uint32_t document)
{
    double norm = weight_norm_at(&u->plan->norm, segment_get_length(u->place->segment->segment, document)), total = 0;
    for (uint32_t j = 0; j < u->input.lists; j++) {
        uint32_t wdf = u->input_wdf[j][document % RANGE_SIZE];
        if (wdf == 255)
            wdf = postings_window_large(u->input_leaves[j]->postings, document);
        total += weight_of(u->exact_factor[j], wdf, norm);
    }
    return total;
}

/* Whether some of 64 bytes is 255. */
static bool has_large(const uint8_t *row)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    uint64_t found = 0;
    for (uint32_t i = 0; i < RANGE_SIZE; i += 8) {
        uint64_t x = ~bits_load64(row + i); /* a byte of 0 borrows from its highest bit */
        found |= (x - ones) & ~x & high;
    }
    return found != 0;
}

/* Documents that have a wdf which a byte does not hold. */
static uint64_t find_large(const search_unit *u, uint64_t wanted)
{
    uint64_t large = 0;
    for (uint32_t j = 0; u->any_large && j < u->input.lists; j++)
        for (uint64_t left = has_large(u->input_wdf[j]) ? wanted : 0; left; left &= left - 1)
            large |= (uint64_t)(u->input_wdf[j][bits_lowest(left)] == 255) << bits_lowest(left);
    return large;
}

void search_unit_weigh(search_unit *u, uint32_t window, uint32_t range, uint64_t wanted, double *weights)
{
    uint32_t first = window << WINDOW_BITS | range << RANGE_BITS;
    uint64_t large = find_large(u, wanted);
    u->kernels->weigh_exactly(&u->input, wanted, weights);
    for (; large; large &= large - 1)
        weights[bits_count(wanted & bits_low(bits_lowest(large)))] = weigh_one(u, first | bits_lowest(large));
}

bool search_unit_is_damaged(const search_unit *u)
{
    bool damaged = false;
    for (const op *o = u->lists; o; o = o->next)
        damaged |= o->postings->damaged || (o->postings->group && o->postings->group->damaged);
    return damaged;
}

uint64_t search_unit_decoded(const search_unit *u)
{
    uint64_t decoded = 0;
    for (const op *o = u->lists; o; o = o->next)
        decoded += o->postings->decoded;
    return decoded;
}
