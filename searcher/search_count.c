/* Counting: all windows in order, each by the cheapest way to know how many of its documents match. */
#include "base/bits.h"
#include "base/error.h"
#include "base/paths.h"
#include "searcher/search.h"
#include "searcher/search_flat.h"
#include "searcher/search_share.h"
#include "searcher/search_unit.h"

/* With more ranges than this that may match, all words of the window are combined at once. */
enum { FEW_RANGES = 6 };

/* Documents whose positions must be looked at. */
static oir_status count_uncertain(search_unit *u, uint32_t window, uint64_t live, search_control *control,
                                  uint64_t *count, oir_error *err)
{
    op_expect(u->root, bits_count(live));
    for (; live; live &= live - 1) {
        uint32_t range = bits_lowest(live);
        uint64_t wanted = op_match(u->root, range);
        ERROR_FORWARD(search_control_look(control, err)); /* the positions of a range can be many */
        wanted = wanted ? wanted & search_unit_live(u, window, range) : 0;
        ERROR_FORWARD(op_verify(u->root, range, wanted, err));
        *count += bits_count(u->root->matched & wanted);
    }
    return OIR_OK;
}

static void count_ranges(search_unit *u, uint32_t window, uint64_t live, uint64_t *count)
{
    for (; live; live &= live - 1) {
        uint32_t range = bits_lowest(live);
        *count += bits_count(op_match(u->root, range) & search_unit_live(u, window, range));
    }
}

static uint64_t count_words(search_unit *u, uint32_t window)
{
    uint64_t words[RANGES];
    op_words(u->root, words);
    bool whole = !u->place->segment->catalog->deleted && window + 1 < u->windows;
    for (uint32_t r = 0; !whole && r < RANGES; r++)
        words[r] &= search_unit_live(u, window, r);
    return u->kernels->count_words(words);
}

/* The only part of a union that is in the window, whose documents need not be decoded to be counted; NULL when there
 * are several or they are more than a term. */
static op *only_part(op *root, uint32_t window)
{
    op *only = NULL;
    if (root->kind == OP_TERM)
        return root;
    if (root->ops != &op_or)
        return NULL;
    for (uint32_t i = 0; i < root->part_count; i++) {
        op *part = root->parts[i];
        if (part->kind != OP_TERM)
            return NULL;
        if (!part->postings->bounds[window])
            continue;
        if (only)
            return NULL;
        only = part;
    }
    return only;
}

/* Documents whose positions must be looked at, each step for all ranges. */
static oir_status count_flat(search_unit *u, flat_look *look, uint64_t live, search_control *control,
                             uint64_t *count, oir_error *err)
{
    search_flat *f = u->flat;
    if (!live) /* and not all lists were looked at */
        return OIR_OK;
    for (uint32_t j = 0; j < f->count; j++)
        postings_window_expect(f->lists[j]->postings, bits_count(live));
    live = search_flat_match(u, look, live, 1);
    for (uint32_t j = f->bounded; j < f->count; j++)
        postings_window_find(f->lists[j]->postings, live);
    for (uint64_t left = live; left; left &= left - 1)
        for (uint32_t j = f->bounded; j < f->count; j++)
            f->wanted[bits_lowest(left)] &= ~postings_window_found(f->lists[j]->postings, bits_lowest(left));
    ERROR_FORWARD(search_flat_verify(u, live, control, err));
    for (; live; live &= live - 1)
        *count += bits_count(f->wanted[bits_lowest(live)]);
    return OIR_OK;
}

oir_status search_count_window(search_unit *u, uint32_t window, search_control *control, uint64_t *count,
                               oir_error *err)
{
    bool told = !u->place->segment->catalog->deleted && u->paths & PATHS_TALLIES;
    op *root = u->root, *only = told ? only_part(root, window) : NULL;
    control->statistics->windows_visited++;
    op_seek(root, window);
    if (only) {
        *count += postings_window_count(only->postings);
        return OIR_OK;
    }
    flat_look look;
    bool flat = u->flat && !root->certain; /* what is certain is counted as quickly by operators */
    uint64_t live = flat ? search_flat_present(u, window, &look) : op_present(root);
    control->statistics->ranges_visited += bits_count(live);
    if (flat)
        return count_flat(u, &look, live, control, count, err);
    if (!root->certain)
        return count_uncertain(u, window, live, control, count, err);
    if (bits_count(live) <= FEW_RANGES ? u->paths & PATHS_FEW : !(u->paths & PATHS_WORDS))
        count_ranges(u, window, live, count);
    else
        *count += count_words(u, window);
    return OIR_OK;
}

static oir_status count_unit(search_unit *u, search_control *control, uint64_t *count, oir_error *err)
{
    uint64_t known;
    if (search_unit_get_count(u, &known)) {
        *count += known;
        return OIR_OK;
    }
    ERROR_FORWARD(search_unit_bounds(u, err));
    for (uint32_t w = 0; w < u->windows; w++) {
        if (!u->bounds[w])
            continue;
        ERROR_FORWARD(search_control_look(control, err));
        ERROR_FORWARD(search_count_window(u, w, control, count, err));
    }
    control->statistics->postings_decoded += search_unit_decoded(u);
    control->statistics->positions_decoded += *u->positions_decoded;
    if (search_unit_is_damaged(u))
        return error_set(err, OIR_CORRUPT, "damaged postings in %s; run oir-inspect check, then index anew",
                         u->place->segment->segment->name);
    return OIR_OK;
}

/* How many match in each share. */
static oir_status count_share(search_share *share, void *context, oir_error *err)
{
    uint64_t *counts = context, *count = &counts[share->number];
    const kernels *k = kernels_get(isa_best());
    for (size_t i = 0; i < share->unit_count; i++) {
        search_unit u;
        ERROR_FORWARD(search_unit_init(&u, share->plan, share->units[i], share->rooms, 0, k, share->arena, err));
        if (u.root && !u.root->certain) /* else ranges one by one, or all, are as quick */
            ERROR_FORWARD(search_flat_init(&u, err));
        share->control->statistics->windows += u.windows;
        if (u.root)
            ERROR_FORWARD(count_unit(&u, share->control, count, err));
        arena_clear(share->arena);
    }
    return OIR_OK;
}

oir_status search_count(const plan *p, uint64_t *count, search_control *control, oir_error *err)
{
    search_shares shares;
    *count = 0;
    if (plan_count_known(p, count))
        return OIR_OK;
    oir_status status = search_shares_init(&shares, p, control, search_share_postings(p), err);
    if (status == OIR_OK)
        status = search_shares_add_rooms(&shares, err);
    uint64_t *counts = status == OIR_OK ? arena_add_zeroed(p->arena, shares.count, sizeof *counts) : NULL;
    if (status == OIR_OK)
        status = counts ? search_shares_run(&shares, count_share, counts, err) : error_no_memory(err, "a search");
    for (size_t i = 0; counts && i < shares.count; i++)
        *count += counts[i];
    search_shares_release(&shares);
    return status;
}
