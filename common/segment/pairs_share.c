#include "segment/pairs_share.h"

#include <stdatomic.h>

#include "base/error.h"

enum {
    TELL_WAITS = 16,            /* of about a millisecond */
    PLACES_TOGETHER = 1 << 24   /* of text in all parts, where more than one is done at a time: 32 MB */
};

struct run;

typedef struct part {
    struct run *run;
    bool owner;
    oir_status status;
    oir_error error;
} part;

typedef struct run {
    const pairs_source *source;
    pairs_share_work work;
    void *context;
    uint32_t windows, waits;
    atomic_uint done;         /* windows begun */
    atomic_bool stopped;      /* somebody failed */
    part parts[PAIRS_SHARE_MOST];
    part waiting;             /* the owner, while it has nothing to do: what it was told */
} run;

size_t pairs_share_count(const pairs_source *source, uint32_t windows)
{
    size_t threads = source->helpers ? team_size(source->helpers) : 1;
    uint64_t most = threads > 1 ? pairs_scan_places(source->context) : 0;
    threads = threads < PAIRS_SHARE_MOST ? threads : PAIRS_SHARE_MOST;
    threads = threads < windows ? threads : windows;
    if (threads * most > PLACES_TOGETHER)
        threads = (size_t)(PLACES_TOGETHER / most);
    return threads ? threads : 1;
}

static oir_status tell_caller(run *r, oir_error *err)
{
    unsigned done = atomic_load(&r->done);
    const pairs_source *s = r->source;
    return s->tell ? s->tell(s->tell_context, done < r->windows ? done : r->windows, r->windows, err) : OIR_OK;
}

/* What the scan of a part is told with. */
static oir_status tell(void *context, uint64_t done, uint64_t total, oir_error *err)
{
    part *p = context;
    run *r = p->run;
    (void)done;
    (void)total;
    if (atomic_load(&r->stopped))
        return error_set(err, OIR_CANCELLED, "another thread has failed");
    ERROR_FORWARD(p->owner ? tell_caller(r, err) : OIR_OK);
    atomic_fetch_add(&r->done, 1);
    return OIR_OK;
}

/* The first that fails has the error that counts: what others say after it may only be that they were stopped. */
static void end(part *p, oir_status status)
{
    if (status && !atomic_exchange(&p->run->stopped, true))
        p->status = status;
}

static void do_part(void *context, size_t i, bool owner)
{
    run *r = context;
    part *p = &r->parts[i];
    p->owner = owner;
    end(p, r->work(r->context, i, tell, p, &p->error));
}

/* The owner may be out of work while it is asked. */
static void wait_and_tell(void *context)
{
    run *r = context;
    if (++r->waits % TELL_WAITS == 0 && !atomic_load(&r->stopped))
        end(&r->waiting, tell_caller(r, &r->waiting.error));
}

oir_status pairs_share_run(const pairs_source *source, size_t parts, uint32_t windows, pairs_share_work work,
                           void *context, oir_error *err)
{
    run r = {.source = source, .work = work, .context = context, .windows = windows};
    if (parts <= 1)
        return work(context, 0, source->tell, source->tell_context, err);
    r.waiting.run = &r;
    for (size_t i = 0; i < parts; i++)
        r.parts[i].run = &r;
    team_run(source->helpers, parts, do_part, &r, wait_and_tell);
    if (r.waiting.status)
        return error_set(err, r.waiting.status, "%s", r.waiting.error.message);
    for (size_t i = 0; i < parts; i++)
        if (r.parts[i].status)
            return error_set(err, r.parts[i].status, "%s", r.parts[i].error.message);
    return OIR_OK;
}
