#include "searcher/search_control.h"

#include <time.h>

#include "base/error.h"

enum { LOOKS_A_CLOCK = 16 }; /* reading the clock takes as long as a small window does */

double search_control_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void search_control_start(search_control *c, double time_limit)
{
    c->time_limit = time_limit;
    if (time_limit > 0)
        c->deadline = search_control_now() + time_limit;
}

static bool is_late(search_control *c)
{
    if (!c->late && c->looks++ % LOOKS_A_CLOCK == 0)
        c->late = search_control_now() >= c->deadline;
    return c->late;
}

oir_status search_control_look_closely(search_control *c, oir_error *err)
{
    if (c->stop && atomic_load_explicit(c->stop, memory_order_relaxed)) {
        c->told = true;
        return error_set(err, OIR_CANCELLED, "the search was stopped");
    }
    if (c->keep_going && !c->keep_going(c->context))
        return error_set(err, OIR_CANCELLED, "the search was stopped by its caller");
    if (c->time_limit > 0 && is_late(c))
        return error_set(err, OIR_LIMIT, "the search took longer than its limit of %g s; "
                         "ask for less, or give it more time", c->time_limit);
    return OIR_OK;
}
