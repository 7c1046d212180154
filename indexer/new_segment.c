#include "indexer/new_segment.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/memory.h"

void new_segment_unlink(const char *folder, uint64_t number)
{
    char *path = catalog_segment_path(folder, number);
    if (path)
        unlink(path);
    memory_free(path);
}

oir_status new_segment_open(new_segment *n, const char *folder, uint64_t number, const segment_options *options,
                            oir_error *err)
{
    *n = (new_segment){.number = number, .synced = options->sync};
    n->path = catalog_segment_path(folder, number);
    if (!n->path)
        return error_no_memory(err, "a path");
    return segment_writer_open(&n->writer, n->path, options, err);
}

oir_status new_segment_close(new_segment *n, writer_segment *out, oir_error *err)
{
    segment_writer *writer = n->writer;
    segment *opened = NULL;
    struct stat file;
    n->writer = NULL;
    ERROR_FORWARD(segment_writer_commit(writer, err));
    oir_status status = segment_open(&opened, n->path, err);
    if (status == OIR_OK && stat(n->path, &file) != 0) {
        status = error_from_errno(err, "cannot look at %s", n->path);
        segment_close(opened);
    }
    if (status) {
        unlink(n->path);
        return status;
    }
    *out = (writer_segment){.segment = opened, .uncommitted = true, .synced = n->synced};
    catalog_segment *c = &out->deletions.catalog;
    c->number = n->number;
    c->document_count = opened->context.document_count;
    c->total_length = opened->total_length;
    c->bytes = (uint64_t)file.st_size;
    return OIR_OK;
}

void new_segment_release(new_segment *n)
{
    segment_writer_abort(n->writer);
    memory_free(n->path);
}
