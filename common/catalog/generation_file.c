#include "catalog/generation_file.h"

#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "catalog/generation_bytes.h"
#include "segment/container.h"

oir_status generation_file_write(const char *path, const generation *g, bool sync, oir_error *err)
{
    oir_status status;
    container_writer *writer = NULL, *finished;
    buffer bytes = BUFFER_INIT;
    ERROR_GOTO_DONE(generation_bytes_add(&bytes, g, err));
    unlink(path);
    ERROR_GOTO_DONE(container_writer_open(&writer, path, err));
    ERROR_GOTO_DONE(container_writer_add_root(writer, PART_GENERATION, bytes.data, bytes.size, 8, err));
    finished = writer;
    writer = NULL; /* commit frees it, whatever comes of it */
    status = container_writer_commit(finished, sync, err);
done:
    container_writer_abort(writer);
    buffer_release(&bytes);
    return status;
}

oir_status generation_file_read(const char *path, generation *out, oir_error *err)
{
    oir_status status;
    container *file = NULL;
    const uint8_t *bytes;
    uint64_t size;
    generation_init(out);
    ERROR_GOTO_DONE(container_open(&file, path, err));
    ERROR_GOTO_DONE(container_get_root(file, PART_GENERATION, &bytes, &size, err));
    status = generation_bytes_get(out, bytes, (size_t)size, err);
    if (status != OIR_OK)
        error_prefix(err, "%s", file_name(path));
done:
    container_close(file);
    return status;
}
