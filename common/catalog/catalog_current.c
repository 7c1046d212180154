#include "catalog/catalog_current.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "catalog/catalog_path.h"

/* The file is one line: "generation-", the revision in decimal digits, a line feed. */
enum { LINE_MAX_SIZE = CATALOG_PATH_NAME_MAX };

static oir_status parse(buffer *line, const char *path, uint64_t *revision, oir_error *err)
{
    bool temporary = false;
    if (line->size && line->data[line->size - 1] == '\n') {
        line->data[line->size - 1] = 0;
        if (!memchr(line->data, 0, line->size - 1) &&
            catalog_path_number((const char *)line->data, CATALOG_PATH_GENERATION, revision, &temporary) &&
            !temporary && *revision)
            return OIR_OK;
    }
    *revision = 0;
    return error_set(err, OIR_CORRUPT,
                     "%s is damaged: it should be one line with the name of the newest generation's file", path);
}

/* No index, or one that lost the file. A first commit that was cut short leaves generation-1 and segments without it,
 * and with nothing in them that was ever said to be safe; the file of a later generation is made only where `current`
 * is, and it never goes away again. *line is read when a writer has made it in the meantime. */
static oir_status explain_missing(const char *folder, const char *path, buffer *line, oir_error *err)
{
    uint64_t highest;
    if (file_exists(folder) && !file_is_folder(folder))
        return error_set(err, OIR_NOT_FOUND, "no index in %s, which is no folder; name the folder of an index", folder);
    ERROR_FORWARD(catalog_path_highest(folder, CATALOG_PATH_GENERATION, &highest, err));
    if (highest <= 1)
        return error_set(err, OIR_NOT_FOUND, "no index in %s; make one with oir-index --index %s PATH", folder, folder);
    oir_status status = file_read_all(path, LINE_MAX_SIZE, line, err);
    if (status != OIR_NOT_FOUND)
        return status;
    return error_set(err, OIR_CORRUPT,
                     "%s is missing, but generation-%" PRIu64 " is there: make it again, as one line with that name, "
                     "or index anew",
                     path, highest);
}

oir_status catalog_current_get(const char *folder, uint64_t *revision, oir_error *err)
{
    oir_status status = OIR_OK;
    buffer line = BUFFER_INIT;
    char *path = file_join(folder, CATALOG_PATH_CURRENT);
    *revision = 0;
    if (!path)
        return error_no_memory(err, "a path");
    status = file_read_all(path, LINE_MAX_SIZE, &line, err);
    if (status == OIR_NOT_FOUND)
        status = explain_missing(folder, path, &line, err);
    if (status == OIR_OK || status == OIR_TOO_BIG) /* too big leaves no bytes, which is no line either */
        status = parse(&line, path, revision, err);
    buffer_release(&line);
    memory_free(path);
    return status;
}

static oir_status write_line(const char *path, uint64_t revision, bool sync, oir_error *err)
{
    char line[CATALOG_PATH_NAME_MAX];
    catalog_path_name(line, CATALOG_PATH_GENERATION, revision);
    size_t size = strlen(line);
    line[size++] = '\n';
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0)
        return error_from_errno(err, "cannot make %s", path);
    oir_status status = file_write(descriptor, line, size, path, err);
    if (status == OIR_OK && sync)
        status = file_sync(descriptor, path, err);
    /* Some file systems report a full disk only here. */
    if (close(descriptor) != 0 && status == OIR_OK && errno != EINTR)
        status = error_from_errno(err, "cannot write %s", path);
    return status;
}

static oir_status replace(const char *fresh, const char *path, uint64_t revision, bool sync, oir_error *err)
{
    oir_status status = write_line(fresh, revision, sync, err);
    if (status == OIR_OK && rename(fresh, path) != 0)
        status = error_from_errno(err, "cannot rename %s to %s", fresh, path);
    if (status != OIR_OK)
        unlink(fresh);
    return status;
}

oir_status catalog_current_set(const char *folder, uint64_t revision, uint64_t before, bool sync, oir_error *err)
{
    oir_status status;
    char *path = file_join(folder, CATALOG_PATH_CURRENT);
    char *fresh = file_join(folder, CATALOG_PATH_CURRENT_NEW);
    if (!path || !fresh) {
        status = error_no_memory(err, "a path");
        goto done;
    }
    ERROR_GOTO_DONE(replace(fresh, path, revision, sync, err));
    if (sync)
        status = file_sync_folder(folder, err);
    if (status != OIR_OK) {
        /* The caller is told that nothing was committed, so this must be what readers find, as far as can be. */
        if (before)
            replace(fresh, path, before, sync, NULL);
        else
            unlink(path);
    }
done:
    memory_free(path);
    memory_free(fresh);
    return status;
}
