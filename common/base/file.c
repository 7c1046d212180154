/* For sync_file_range. */
#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

/* Linux moves at most this much at a time anyway, and macOS refuses more. */
#define MOVE_MAX ((size_t)1 << 30)
#define READ_STEP ((size_t)64 << 10)

static int open_again(const char *path, int flags)
{
    int descriptor;
    do
        descriptor = open(path, flags | O_CLOEXEC);
    while (descriptor < 0 && errno == EINTR);
    return descriptor;
}

/* For a call that failed on a path: a name that is not there is an answer of its own. */
static oir_status failed(oir_error *err, const char *what, const char *path)
{
    bool missing = errno == ENOENT || errno == ENOTDIR;
    oir_status status = error_from_errno(err, "cannot %s %s", what, path);
    if (!missing)
        return status;
    if (err)
        err->status = OIR_NOT_FOUND;
    return OIR_NOT_FOUND;
}

oir_status file_read(int descriptor, void *bytes, size_t size, size_t *got, const char *path, oir_error *err)
{
    *got = 0;
    while (*got < size) {
        size_t step = size - *got < MOVE_MAX ? size - *got : MOVE_MAX;
        ssize_t n = read(descriptor, (uint8_t *)bytes + *got, step);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_from_errno(err, "cannot read %s", path);
        if (n == 0)
            break;
        *got += (size_t)n;
    }
    return OIR_OK;
}

oir_status file_write(int descriptor, const void *bytes, size_t size, const char *path, oir_error *err)
{
    const uint8_t *at = bytes;
    while (size) {
        ssize_t n = write(descriptor, at, size < MOVE_MAX ? size : MOVE_MAX);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_from_errno(err, "cannot write %s", path);
        at += n;
        size -= (size_t)n;
    }
    return OIR_OK;
}

oir_status file_sync(int descriptor, const char *path, oir_error *err)
{
    int result;
    do
        result = fsync(descriptor);
    while (result != 0 && errno == EINTR);
    return result == 0 ? OIR_OK : error_from_errno(err, "cannot bring %s to the disk", path);
}

/* Reads to the end, at most `limit` bytes and one more, whatever size the file was said to have: it may be growing, and
 * files of /proc say 0. */
static oir_status read_rest(int descriptor, const char *path, size_t expected, size_t limit, buffer *out,
                            oir_error *err)
{
    size_t start = out->size, step = expected > 0 && expected < SIZE_MAX ? expected + 1 : READ_STEP, got;
    for (;;) {
        size_t most = limit - (out->size - start);
        if (most < SIZE_MAX)
            most++;
        if (step > most)
            step = most;
        if (!buffer_reserve(out, step))
            return error_no_memory(err, path);
        ERROR_FORWARD(file_read(descriptor, out->data + out->size, step, &got, path, err));
        out->size += got;
        if (out->size - start > limit)
            return error_set(err, OIR_TOO_BIG, "%s has more than the %zu bytes allowed", path, limit);
        if (got < step)
            return OIR_OK;
        step = READ_STEP > out->size - start ? READ_STEP : out->size - start;
    }
}

oir_status file_read_all(const char *path, size_t limit, buffer *out, oir_error *err)
{
    oir_status status = OIR_OK;
    size_t before = out->size;
    struct stat about;
    int descriptor = open_again(path, O_RDONLY);
    if (descriptor < 0)
        return failed(err, "open", path);
    if (fstat(descriptor, &about) != 0) {
        status = failed(err, "read", path);
        goto done;
    }
    size_t expected = about.st_size > 0 ? (size_t)about.st_size : 0;
    if (S_ISREG(about.st_mode) && expected > limit) {
        status = error_set(err, OIR_TOO_BIG, "%s has %zu bytes, more than the %zu allowed", path, expected, limit);
        goto done;
    }
    status = read_rest(descriptor, path, expected, limit, out, err);
done:
    if (status != OIR_OK)
        out->size = before;
    close(descriptor);
    return status;
}

void file_start_writing(int descriptor, uint64_t offset, uint64_t size)
{
#ifdef SYNC_FILE_RANGE_WRITE
    (void)sync_file_range(descriptor, (off_t)offset, (off_t)size, SYNC_FILE_RANGE_WRITE);
#else
    (void)descriptor;
    (void)offset;
    (void)size;
#endif
}

oir_status file_sync_folder(const char *folder, oir_error *err)
{
    int descriptor = open_again(folder, O_RDONLY | O_DIRECTORY);
    if (descriptor < 0)
        return failed(err, "open folder", folder);
    oir_status status = file_sync(descriptor, folder, err);
    close(descriptor);
    return status;
}

bool file_exists(const char *path)
{
    struct stat about;
    return lstat(path, &about) == 0;
}

bool file_is_folder(const char *path)
{
    struct stat about;
    return stat(path, &about) == 0 && S_ISDIR(about.st_mode);
}

char *file_join(const char *folder, const char *name)
{
    size_t folder_size = strlen(folder), name_size = strlen(name);
    bool stroke = folder_size > 0 && folder[folder_size - 1] != '/';
    char *path = memory_new(folder_size + stroke + name_size + 1);
    if (!path)
        return NULL;
    memcpy(path, folder, folder_size);
    if (stroke)
        path[folder_size] = '/';
    memcpy(path + folder_size + stroke, name, name_size + 1);
    return path;
}

const char *file_name(const char *path)
{
    const char *stroke = strrchr(path, '/');
    return stroke ? stroke + 1 : path;
}
