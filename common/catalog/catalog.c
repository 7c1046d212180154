#include "catalog/catalog.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "catalog/catalog_current.h"
#include "catalog/catalog_path.h"
#include "catalog/generation_file.h"

void catalog_segment_release(catalog_segment *s)
{
    memory_free(s->deleted);
    memory_free(s->corrections);
    *s = (catalog_segment){0};
}

char *catalog_segment_path(const char *path, uint64_t number)
{
    return catalog_path_new(path, CATALOG_PATH_SEGMENT, number);
}

/* OIR_NOT_FOUND when the file is not there. */
static oir_status read_revision(const char *path, uint64_t revision, generation *out, oir_error *err)
{
    char *file = catalog_path_new(path, CATALOG_PATH_GENERATION, revision);
    if (!file)
        return error_no_memory(err, "a path");
    oir_status status = generation_file_read(file, out, err);
    if (status == OIR_OK && out->revision != revision) {
        status = error_set(err, OIR_CORRUPT, "%s holds revision %" PRIu64 " of the index", file, out->revision);
        generation_release(out);
    }
    memory_free(file);
    return status;
}

oir_status catalog_read(const char *path, generation *out, oir_error *err)
{
    uint64_t revision, missing = 0;
    generation_init(out);
    for (;;) {
        ERROR_FORWARD(catalog_current_get(path, &revision, err));
        /* A writer unlinks the old file only after it has renamed `current`: a file that is still missing after a
         * second look at the same name was not taken away by a commit. */
        if (revision == missing)
            return error_set(err, OIR_CORRUPT, "generation-%" PRIu64 " is missing in %s, but is the newest", revision,
                             path);
        oir_status status = read_revision(path, revision, out, err);
        if (status != OIR_NOT_FOUND)
            return status;
        missing = revision;
    }
}
