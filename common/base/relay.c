#include "base/relay.h"

#include <stdatomic.h>

#include "base/memory.h"

typedef struct piece {
    bool used;
    oir_status status;
    oir_error error;
} piece;

typedef struct relay {
    const relay_steps *steps;
    piece *pieces;        /* by slot */
    size_t half;          /* slots that are made, or taken, at a time: */
    size_t making, taken; /* the first of each */
    atomic_flag *busy;    /* by tool */
    size_t tools;
} relay;

/* One of them is free: no more threads are at work than there are. */
static size_t claim_tool(relay *r)
{
    size_t tool = 0;
    while (atomic_flag_test_and_set_explicit(&r->busy[tool], memory_order_acquire))
        tool = tool + 1 < r->tools ? tool + 1 : 0;
    return tool;
}

static void make(relay *r, size_t slot)
{
    piece *p = &r->pieces[slot];
    if (!p->used)
        return;
    size_t tool = claim_tool(r);
    p->status = r->steps->make(r->steps->context, slot, tool, &p->error);
    atomic_flag_clear_explicit(&r->busy[tool], memory_order_release);
}

/* What is in the half that is made, up to the first that fails. */
static void take_half(relay *r)
{
    oir_status status = OIR_OK;
    for (size_t slot = r->taken; slot < r->taken + r->half && !status; slot++) {
        piece *p = &r->pieces[slot];
        if (!p->used)
            continue;
        status = p->status = r->steps->take(r->steps->context, slot, &p->error);
        p->used = false;
    }
}

/* A part of a team's work: the first is to take, the others to make a piece each. */
static void help(void *context, size_t part, bool owner)
{
    relay *r = context;
    (void)owner;
    if (part == 0)
        take_half(r);
    else
        make(r, r->making + part - 1);
}

/* What failed in one of the halves, the first of it. */
static oir_status get_status(const relay *r, size_t first, oir_error *err)
{
    for (const piece *p = r->pieces + first; p < r->pieces + first + r->half; p++)
        if (p->status)
            return error_set(err, p->status, "%s", p->error.message);
    return OIR_OK;
}

/* Fills the half that is made next. */
static oir_status begin_half(relay *r, bool *more, oir_error *err)
{
    for (size_t slot = r->making; slot < r->making + r->half && *more; slot++) {
        ERROR_FORWARD(r->steps->begin(r->steps->context, slot, more, err));
        r->pieces[slot].used = *more;
    }
    return OIR_OK;
}

static oir_status run_together(relay *r, team *t, oir_error *err)
{
    bool more = true, last = false;
    while (!last) {
        ERROR_FORWARD(begin_half(r, &more, err));
        last = !r->pieces[r->making].used; /* then those are taken that were made last */
        team_run(t, last ? 1 : 1 + r->half, help, r, NULL);
        ERROR_FORWARD(get_status(r, r->taken, err));
        ERROR_FORWARD(get_status(r, r->making, err));
        size_t made = r->making;
        r->making = r->taken;
        r->taken = made;
    }
    return OIR_OK;
}

static oir_status run_alone(const relay_steps *steps, oir_error *err)
{
    for (bool more = true;;) {
        ERROR_FORWARD(steps->begin(steps->context, 0, &more, err));
        if (!more)
            return OIR_OK;
        ERROR_FORWARD(steps->make(steps->context, 0, 0, err));
        ERROR_FORWARD(steps->take(steps->context, 0, err));
    }
}

oir_status relay_run(team *t, const relay_steps *steps, size_t slots, oir_error *err)
{
    if (!t)
        return run_alone(steps, err);
    relay r = {.steps = steps, .half = slots / 2, .taken = slots / 2, .tools = team_size(t)};
    r.pieces = memory_new_zeroed(slots, sizeof *r.pieces);
    r.busy = memory_new(r.tools * sizeof *r.busy);
    for (size_t i = 0; r.busy && i < r.tools; i++)
        atomic_flag_clear(&r.busy[i]);
    oir_status status = r.pieces && r.busy ? run_together(&r, t, err) : error_no_memory(err, "work in several threads");
    memory_free(r.pieces);
    memory_free(r.busy);
    return status;
}
