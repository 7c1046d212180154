/* For O_TMPFILE. */
#define _GNU_SOURCE
#include "base/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"

static const char *find_folder(void)
{
    const char *folder = getenv("TMPDIR");
    return folder && *folder ? folder : "/var/tmp";
}

/* One that never had a name; -1 where the file system has no such files. */
static int open_nameless(const char *folder)
{
#ifdef O_TMPFILE
    return open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
#else
    (void)folder;
    return -1;
#endif
}

/* One that had a name for a moment; -1 on failure. */
static int open_unlinked(const char *folder)
{
    char path[4096];
    int size = snprintf(path, sizeof path, "%s/oir-XXXXXX", folder);
    if (size < 0 || (size_t)size >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int descriptor = mkstemp(path);
    if (descriptor >= 0) {
        unlink(path);
        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    }
    return descriptor;
}

static oir_status open_file(spill *s, oir_error *err)
{
    const char *folder = find_folder();
    s->descriptor = open_nameless(folder);
    if (s->descriptor < 0)
        s->descriptor = open_unlinked(folder);
    if (s->descriptor < 0)
        return error_from_errno(err, "cannot make a temporary file in %s (TMPDIR names another folder)", folder);
    s->is_open = true;
    s->size = 0;
    return OIR_OK;
}

void spill_release(spill *s)
{
    if (s->is_open)
        close(s->descriptor);
    *s = (spill){0};
}

oir_status spill_add(spill *s, const void *bytes, size_t size, oir_error *err)
{
    const char *from = bytes;
    if (!s->is_open)
        ERROR_FORWARD(open_file(s, err));
    for (size_t done = 0; done < size;) {
        ssize_t n = pwrite(s->descriptor, from + done, size - done, (off_t)(s->size + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_from_errno(err, "cannot write a temporary file in %s (TMPDIR names another folder)",
                                    find_folder());
        done += (size_t)n;
    }
    s->size += size;
    return OIR_OK;
}

oir_status spill_read(const spill *s, uint64_t at, void *bytes, size_t size, oir_error *err)
{
    char *to = bytes;
    for (size_t done = 0; done < size;) {
        ssize_t n = pread(s->descriptor, to + done, size - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return error_from_errno(err, "cannot read a temporary file in %s", find_folder());
        if (n == 0)
            return error_set(err, OIR_IO, "a temporary file in %s has become shorter", find_folder());
        done += (size_t)n;
    }
    return OIR_OK;
}
