#include <oir/enquire.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/team.h"
#include "searcher/mset.h"
#include "searcher/plan_group.h"
#include "searcher/search.h"

struct oir_enquire {
    const oir_database *database;
    oir_query *query;
    oir_weight weight;
    bool (*keep_going)(void *context);
    void *context;
    double time_limit;
    oir_docid_order order;
    unsigned threads;
    team *team;        /* once there are several */
    oir_search_statistics statistics;
    search_memory memory;
};

oir_status oir_enquire_new(oir_enquire **out, const oir_database *database, oir_error *err)
{
    oir_enquire *e = *out = memory_new_zeroed(1, sizeof *e);
    if (!e)
        return error_no_memory(err, "an enquire");
    e->database = database;
    e->weight = weight_default;
    return OIR_OK;
}

void oir_enquire_free(oir_enquire *e)
{
    if (!e)
        return;
    oir_query_free(e->query);
    team_free(e->team);
    search_memory_release(&e->memory);
    memory_free(e);
}

void oir_enquire_set_query(oir_enquire *e, oir_query *query)
{
    oir_query *copy = query ? oir_query_copy(query) : NULL;
    oir_query_free(e->query);
    e->query = copy;
}

void oir_enquire_set_weight(oir_enquire *e, const oir_weight *weight)
{
    e->weight = weight ? *weight : weight_default;
}

void oir_enquire_set_docid_order(oir_enquire *e, oir_docid_order order)
{
    e->order = order;
}

void oir_enquire_set_cancel(oir_enquire *e, bool (*keep_going)(void *context), void *context)
{
    e->keep_going = keep_going;
    e->context = context;
}

void oir_enquire_set_time_limit(oir_enquire *e, double seconds)
{
    e->time_limit = seconds > 0 ? seconds : 0;
}

void oir_enquire_set_threads(oir_enquire *e, unsigned threads)
{
    team_free(e->team);
    e->team = NULL;
    e->threads = threads < TEAM_MOST ? threads : TEAM_MOST;
}

void oir_enquire_get_statistics(const oir_enquire *e, oir_search_statistics *out)
{
    *out = e->statistics;
}

static search_control control_of(oir_enquire *e)
{
    e->statistics = (oir_search_statistics){0};
    if (e->threads > 1 && !e->team) /* without memory for it the caller's thread does all */
        e->team = team_new(e->threads - 1);
    search_control control = {.keep_going = e->keep_going, .context = e->context, .statistics = &e->statistics,
                              .team = e->team};
    search_control_start(&control, e->time_limit);
    return control;
}

/* How many documents match: exactly where that is known or was asked for, else what the plan says at most. */
static oir_status find_matches(const plan *p, const topk *best, bool complete, oir_doccount at_least,
                               search_control *control, oir_mset *m, oir_error *err)
{
    uint64_t count = best->offered;
    bool exact = (complete && (!p->root || paths_use(PATHS_COMPLETE))) || plan_count_known(p, &count);
    if (!exact)
        count = best->offered;
    if (!exact && (at_least > count || plan_is_leaf(p))) { /* what a leaf alone matches is always told exactly */
        oir_status status = search_count(p, &count, control, err);
        if (status != OIR_OK && status != OIR_LIMIT)
            return status;
        exact = status == OIR_OK;
        count = count > best->offered ? count : best->offered;
    }
    m->matches_lower = (oir_doccount)count;
    m->matches_upper = exact ? m->matches_lower : (oir_doccount)p->root->upper;
    return OIR_OK;
}

oir_status oir_enquire_get_mset(oir_enquire *e, oir_doccount first, oir_doccount max_items,
                                oir_doccount count_at_least, oir_mset **out, oir_error *err)
{
    search_control control = control_of(e);
    bool complete = false;
    plan p;
    topk best;
    *out = NULL;
    oir_status status = plan_init(&p, e->database, e->query, &e->weight, &e->memory, &control, err);
    uint64_t wanted = (uint64_t)first + max_items;
    /* No more than can match: a page far behind the end asks for no more memory than there are matches. */
    uint64_t upper = status == OIR_OK && p.root ? p.root->upper : 0;
    topk_init(&best, kernels_get(isa_best()), max_items ? (size_t)(wanted < upper ? wanted : upper) : 0,
              e->order, &p);
    control.exact = count_at_least && count_at_least >= upper && !(e->time_limit > 0); /* the page comes first */
    if (status == OIR_OK && best.wanted)
        status = search_best(&p, &best, &control, &complete, err);
    if (status == OIR_OK)
        status = mset_new(out, &p, &best, first, max_items, err);
    if (status == OIR_OK)
        status = find_matches(&p, &best, complete, count_at_least, &control, *out, err);
    e->statistics.postings_decoded += plan_group_decoded(&p);
    if (status != OIR_OK) {
        oir_mset_free(*out);
        *out = NULL;
    }
    topk_release(&best);
    plan_release(&p);
    return status;
}

oir_status oir_enquire_get_count(oir_enquire *e, oir_doccount *out, oir_error *err)
{
    search_control control = control_of(e);
    plan p;
    uint64_t count = 0;
    oir_status status = plan_init(&p, e->database, e->query, NULL, &e->memory, &control, err);
    if (status == OIR_OK)
        status = search_count(&p, &count, &control, err);
    e->statistics.postings_decoded += plan_group_decoded(&p);
    *out = status == OIR_OK ? (oir_doccount)count : 0;
    plan_release(&p);
    return status;
}
