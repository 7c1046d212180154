/* A merge beside the writer, on a thread of its own. It has nothing in common with the writer but handles on segments,
 * which never change, and a flag: so there is nothing to lock. What came of it is looked at when the buffer has just
 * been written out, and then by the writer's own thread. */
#include <stdatomic.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/task.h"
#include "indexer/writer.h"

struct writer_background {
    merging merging;
    atomic_bool stop; /* nobody wants it any longer */
    task *task;
    oir_status status; /* this and what is below: of the merge, once the task has ended */
    oir_error error;
};

static bool goes_on(const char *what, uint64_t done, uint64_t total, void *context)
{
    (void)what;
    (void)done;
    (void)total;
    writer_background *b = context;
    return !atomic_load_explicit(&b->stop, memory_order_relaxed);
}

static void run(void *context)
{
    writer_background *b = context;
    b->status = merging_run(&b->merging, &b->error);
}

/* While it runs each has half of the memory, and one thread fewer adds documents. */
static void share(oir_writable_database *w, bool running)
{
    size_t half = writer_get_buffer(w->memory_limit / 2, w->threads, w->state.stored);
    w->buffer_limit = running && half < w->buffer_most ? half : w->buffer_most;
    team_spare(w->team, running ? 1 : 0);
    catalog_keep_segment(w->lock, running ? w->background->merging.number : CATALOG_NO_SEGMENT);
}

bool writer_background_start(oir_writable_database *w, merging *m)
{
    writer_background *b = memory_new_zeroed(1, sizeof *b);
    if (!b)
        return false;
    b->merging = *m;
    b->merging.memory = w->memory_limit / 2;
    b->merging.threads = 1;
    b->merging.options.helpers = NULL;
    b->merging.options.sync = w->sync; /* so that the commit which names it need not wait */
    b->merging.progress = (progress){goes_on, b};
    atomic_init(&b->stop, false);
    w->background = b;
    share(w, true); /* first of all: from now on its file is to be left alone */
    b->task = task_start(run, b);
    if (b->task)
        return true;
    share(w, false);
    w->background = NULL;
    memory_free(b);
    return false;
}

bool writer_background_has(const oir_writable_database *w, uint64_t number)
{
    const writer_background *b = w->background;
    for (size_t i = 0; b && i < b->merging.count; i++)
        if (b->merging.sources[i].number == number)
            return true;
    return false;
}

/* Waits for the end. The caller frees it. */
static writer_background *end(oir_writable_database *w)
{
    writer_background *b = w->background;
    task_end(b->task);
    share(w, false);
    w->background = NULL;
    return b;
}

static void discard(writer_background *b)
{
    merging_release(&b->merging);
    memory_free(b);
}

static bool tell(void *context)
{
    return progress_tell(context, "waiting for a merge", 0, 0, NULL) == OIR_OK;
}

/* Neither a disk that is too full to merge nor lists that are too long for it are a reason to stop. */
static bool is_failure(oir_status status)
{
    return status != OIR_OK && status != OIR_NO_SPACE && status != OIR_TOO_BIG && status != OIR_CANCELLED;
}

oir_status writer_background_collect(oir_writable_database *w, bool wait, oir_error *err)
{
    oir_error lower;
    if (!w->background || (!wait && !task_is_done(w->background->task)))
        return OIR_OK;
    if (wait && !task_wait(w->background->task, tell, &w->progress))
        return error_set(err, OIR_CANCELLED, "stopped on request (waiting for a merge)");
    writer_background *b = end(w);
    oir_status status = b->status;
    if (status)
        lower = b->error;
    else
        status = writer_merge_install(w, &b->merging, &lower);
    discard(b);
    if (!is_failure(status))
        return OIR_OK;
    return error_set(err, status, "merging segments in the background failed, and nothing is lost: %s",
                     lower.message);
}

oir_status writer_background_poll(oir_writable_database *w, bool wait, oir_error *err)
{
    oir_error lower;
    oir_status status = writer_background_collect(w, wait, &lower);
    if (status == OIR_CANCELLED)
        return error_set(err, status, "%s", lower.message);
    if (status) {
        w->background_status = status;
        w->background_error = lower;
    }
    return OIR_OK;
}

oir_status writer_background_report(oir_writable_database *w, oir_error *err)
{
    ERROR_FORWARD(writer_background_poll(w, false, err));
    oir_status status = w->background_status;
    w->background_status = OIR_OK;
    return status ? error_set(err, status, "%s", w->background_error.message) : OIR_OK;
}

void writer_background_cancel(oir_writable_database *w)
{
    w->background_status = OIR_OK;
    if (!w->background)
        return;
    atomic_store_explicit(&w->background->stop, true, memory_order_relaxed);
    discard(end(w));
}

void writer_background_check(oir_writable_database *w)
{
    writer_background *b = w->background;
    if (!b)
        return;
    if (!writer_merge_is_live(w, &b->merging))
        writer_background_cancel(w);
    else if (w->state.next_segment <= b->merging.number)
        w->state.next_segment = b->merging.number + 1;
}
