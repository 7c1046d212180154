#include "searcher/search_share.h"

#include <string.h>

#include "base/error.h"
#include "base/paths.h"
#include "base/sort.h"
#include "base/team.h"

/* A search of fewer postings is over, or nearly, before another thread is awake. */
enum { POSTINGS_ALONE = 50000 };

/* ---- sharing out ---- */

uint64_t search_share_postings(const plan *p)
{
    uint64_t postings = 0;
    for (size_t i = 0; i < p->leaf_count; i++)
        postings += p->leaves[i].termfreq;
    return postings;
}

static size_t choose_count(const plan *p, const search_control *control, uint64_t postings)
{
    size_t most = control->team ? team_size(control->team) : 1;
    if (postings < POSTINGS_ALONE && paths_use(PATHS_SMALL))
        return 1;
    return most < p->unit_count ? most : p->unit_count ? p->unit_count : 1;
}

static uint32_t documents_of(const plan *p, uint32_t unit)
{
    return p->units[unit].segment->segment->context.document_count;
}

/* Largest first, each to who has least. */
static oir_status deal_units(search_shares *s, oir_error *err)
{
    size_t n = s->plan->unit_count;
    uint64_t *order = arena_add(s->plan->arena, (n + 1) * sizeof *order);
    uint64_t *held = arena_add_zeroed(s->plan->arena, s->count, sizeof *held);
    if (!order || !held)
        return error_no_memory(err, "a search");
    for (uint32_t i = 0; i < n; i++)
        order[i] = (uint64_t)(UINT32_MAX - documents_of(s->plan, i)) << 32 | i;
    if (s->count > 1)
        sort_u64(order, n);
    for (size_t i = 0; i < n; i++) {
        size_t least = 0;
        for (size_t k = 1; k < s->count; k++)
            least = held[k] < held[least] ? k : least;
        search_share *share = &s->each[least];
        share->units[share->unit_count++] = (uint32_t)order[i];
        held[least] += documents_of(s->plan, (uint32_t)order[i]);
    }
    return OIR_OK;
}

static oir_status init_share(search_shares *s, size_t number, oir_error *err)
{
    search_share *share = &s->each[number];
    *share = (search_share){.plan = s->plan, .number = number, .control = s->control};
    share->arena = number ? &share->own_arena : &s->plan->memory->work;
    share->units = arena_add(s->plan->arena, (s->plan->unit_count + 1) * sizeof *share->units);
    if (!share->units)
        return error_no_memory(err, "a search");
    if (s->count > 1) {
        share->threshold = &s->threshold;
        share->own_control = *s->control;
        share->own_control.statistics = &share->statistics;
        share->own_control.stop = &s->stop;
        share->control = &share->own_control;
    }
    return OIR_OK;
}

oir_status search_shares_init(search_shares *s, const plan *p, search_control *control, uint64_t postings,
                              oir_error *err)
{
    *s = (search_shares){.plan = p, .control = control};
    s->count = choose_count(p, control, postings);
    s->each = arena_add_zeroed(s->plan->arena, s->count, sizeof *s->each);
    if (!s->each)
        return error_no_memory(err, "a search");
    for (size_t i = 0; i < s->count; i++)
        ERROR_FORWARD(init_share(s, i, err));
    return deal_units(s, err);
}

oir_status search_share_new_room(group_room **out, bool sums, arena *a, oir_error *err)
{
    group_room *room = *out = arena_add_zeroed(a, 1, sizeof *room);
    group_scratch *scratch = arena_add_zeroed(a, 1, sizeof *scratch);
    uint32_t *own = sums ? arena_add_zeroed(a, WINDOW_SIZE, sizeof *own) : NULL;
    if (!room || !scratch || (sums && !own))
        return error_no_memory(err, "a group of terms");
    room->scratch = scratch;
    room->own.sums = own;
    return OIR_OK;
}

/* Leaves that are the same group share a room. The first share has the plan's own. */
static oir_status add_rooms(search_share *share, arena *a, oir_error *err)
{
    const plan *p = share->plan;
    for (size_t i = 0; i < p->leaf_count; i++) {
        group_room *plans = p->leaves[i].room, *room = share->number ? NULL : plans;
        for (size_t k = 0; k < i && !room && plans; k++)
            room = p->leaves[k].room == plans ? share->rooms[k] : NULL;
        if (!room && plans)
            ERROR_FORWARD(search_share_new_room(&room, plans->own.sums != NULL, a, err));
        share->rooms[i] = room;
    }
    return OIR_OK;
}

oir_status search_shares_add_rooms(search_shares *s, oir_error *err)
{
    for (size_t i = 0; i < s->count; i++) {
        search_share *share = &s->each[i];
        share->rooms = arena_add(s->plan->arena, (s->plan->leaf_count + 1) * sizeof *share->rooms);
        if (!share->rooms)
            return error_no_memory(err, "a search");
        ERROR_FORWARD(add_rooms(share, s->plan->arena, err));
    }
    return OIR_OK;
}

void search_shares_release(search_shares *s)
{
    for (size_t i = 0; s->each && i < s->count; i++)
        arena_release(&s->each[i].own_arena);
    arena_clear(&s->plan->memory->work);
}

/* ---- running ---- */

static void run_share(void *context, size_t number, bool owner)
{
    search_shares *s = context;
    search_share *share = &s->each[number];
    if (!owner) /* callers are asked in their own thread only */
        share->control->keep_going = NULL;
    share->status = s->work(share, s->context, &share->error);
    if (share->status != OIR_OK)
        atomic_store(&s->stop, true);
}

static void ask_caller(void *context)
{
    search_shares *s = context;
    if (s->control->keep_going && s->asked == OIR_OK && !s->control->keep_going(s->control->context)) {
        s->asked = OIR_CANCELLED;
        atomic_store(&s->stop, true);
    }
}

void search_share_add(oir_search_statistics *to, const oir_search_statistics *from)
{
    to->windows += from->windows;
    to->windows_visited += from->windows_visited;
    to->ranges_visited += from->ranges_visited;
    to->postings_decoded += from->postings_decoded;
    to->positions_decoded += from->positions_decoded;
    to->documents_scored += from->documents_scored;
}

/* How much a share's end says about why the search failed: those that were told to stop only say so, and time may be
 * over for some while another is stopped by the caller or finds damage. */
static unsigned rank_of(const search_share *share)
{
    if (share->status == OIR_OK)
        return 0;
    return share->own_control.told ? 1 : share->status == OIR_LIMIT ? 2 : 3;
}

static oir_status find_failure(const search_shares *s, oir_error *err)
{
    const search_share *failed = &s->each[0];
    if (s->asked != OIR_OK)
        return error_set(err, s->asked, "the search was stopped by its caller");
    for (size_t i = 1; i < s->count; i++)
        if (rank_of(&s->each[i]) > rank_of(failed))
            failed = &s->each[i];
    return failed->status == OIR_OK ? OIR_OK : error_set(err, failed->status, "%s", failed->error.message);
}

oir_status search_shares_run(search_shares *s, oir_status (*work)(search_share *share, void *context, oir_error *err),
                             void *context, oir_error *err)
{
    if (s->count == 1)
        return work(&s->each[0], context, err);
    s->work = work;
    s->context = context;
    team_run(s->control->team, s->count, run_share, s, s->control->keep_going ? ask_caller : NULL);
    for (size_t i = 0; i < s->count; i++)
        search_share_add(s->control->statistics, &s->each[i].statistics);
    return find_failure(s, err);
}

/* Weights from 0 up compare as their bits do. One more than the bits, so that 0 is none. */
double search_share_raise(const search_share *share, double weight)
{
    uint64_t own = 0, known;
    if (!share->threshold)
        return weight;
    if (weight >= 0) {
        memcpy(&own, &weight, sizeof own);
        own++;
    }
    known = atomic_load_explicit(share->threshold, memory_order_relaxed);
    while (known < own && !atomic_compare_exchange_weak_explicit(share->threshold, &known, own, memory_order_relaxed,
                                                                 memory_order_relaxed))
        ;
    own = known > own ? known : own;
    if (!own)
        return -1;
    own--;
    memcpy(&weight, &own, sizeof weight);
    return weight;
}
