#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "indexer/writer.h"

/* The file was written through other descriptors; on POSIX systems that matters not: fsync is about the file. */
static oir_status sync_segment(const oir_writable_database *w, const writer_segment *s, oir_error *err)
{
    char *path = catalog_segment_path(w->path, s->deletions.catalog.number);
    if (!path)
        return error_no_memory(err, "a path");
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    oir_status status =
        descriptor < 0 ? error_from_errno(err, "cannot open %s", path) : file_sync(descriptor, path, err);
    if (descriptor >= 0)
        close(descriptor);
    memory_free(path);
    return status;
}

static oir_status sync_segments(const oir_writable_database *w, oir_error *err)
{
    for (size_t i = 0; i < w->segment_count && w->sync; i++)
        if (w->segments[i].uncommitted && !w->segments[i].synced) {
            ERROR_FORWARD(progress_tell(&w->progress, "syncing segments", i, w->segment_count, err));
            ERROR_FORWARD(sync_segment(w, &w->segments[i], err));
        }
    return OIR_OK;
}

/* The generation that the state makes, a copy of its own. */
static oir_status make_generation(const oir_writable_database *w, generation *out, oir_error *err)
{
    generation borrowed = w->state;
    borrowed.segment_count = w->segment_count;
    borrowed.segments = w->segment_count ? memory_new(w->segment_count * sizeof *borrowed.segments) : NULL;
    if (w->segment_count && !borrowed.segments)
        return error_no_memory(err, "a commit");
    for (size_t i = 0; i < w->segment_count; i++)
        borrowed.segments[i] = w->segments[i].deletions.catalog;
    oir_status status = generation_copy(out, &borrowed, err);
    memory_free(borrowed.segments);
    return status;
}

static void note_committed(oir_writable_database *w, const generation *g)
{
    generation_release(&w->committed);
    w->committed = *g;
    w->state.revision = g->revision;
    memcpy(w->state.uuid, g->uuid, sizeof w->state.uuid);
    for (size_t i = 0; i < w->segment_count; i++)
        w->segments[i].uncommitted = false;
    w->changed = w->emptying = false;
}

oir_status writer_commit(oir_writable_database *w, oir_error *err)
{
    generation next;
    for (size_t i = 0; i < w->segment_count; i++)
        ERROR_FORWARD(deletions_settle(&w->segments[i].deletions, w->segments[i].segment, err));
    ERROR_FORWARD(sync_segments(w, err));
    ERROR_FORWARD(make_generation(w, &next, err));
    oir_status status = catalog_commit(w->lock, &next, w->sync, err);
    if (status)
        generation_release(&next);
    else
        note_committed(w, &next);
    return status;
}
