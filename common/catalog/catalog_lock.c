/* Open-file-description locks are Linux's and, since 2024, POSIX's; the headers of Debian 12 want this to show them. */
#define _GNU_SOURCE

#include "catalog/catalog_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "catalog/catalog_path.h"

enum { TEXT_MAX = 256, PAUSE_MIN_MS = 1, PAUSE_MAX_MS = 50 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void pause_ms(long ms)
{
    struct timespec t = {ms / 1000, ms % 1000 * 1000000};
    nanosleep(&t, NULL);
}

/* F_WRLCK or F_UNLCK on the whole file. Taken per open file description, so that two writers in one process exclude
 * each other too, and closing some other descriptor of the file gives nothing away. */
static int set_lock(int descriptor, short type)
{
    struct flock range = {.l_type = type, .l_whence = SEEK_SET};
    int result;
    do
        result = fcntl(descriptor, F_OFD_SETLK, &range);
    while (result != 0 && errno == EINTR);
    return result;
}

/* For people only: who holds the lock is the kernel's to say. So a text that could not be written is no failure, and
 * that of a dead process does no harm. */
static void write_text(int descriptor)
{
    char host[80] = "", since[32] = "", text[TEXT_MAX];
    time_t seconds = time(NULL);
    struct tm utc;
    if (gethostname(host, sizeof host - 1) != 0 || !*host)
        snprintf(host, sizeof host, "unknown");
    if (gmtime_r(&seconds, &utc))
        strftime(since, sizeof since, "%Y-%m-%dT%H:%M:%SZ", &utc);
    int size = snprintf(text, sizeof text, "pid %ld on host %s since %s\n", (long)getpid(), host, since);
    if (ftruncate(descriptor, 0) != 0 || pwrite(descriptor, text, (size_t)size, 0) != size)
        return;
}

static oir_status locked(int descriptor, const char *folder, double wait, oir_error *err)
{
    char text[TEXT_MAX];
    ssize_t got = pread(descriptor, text, sizeof text - 1, 0);
    size_t size = 0;
    while (size < (size_t)(got > 0 ? got : 0) && text[size] >= ' ' && text[size] <= '~')
        size++;
    text[size] = 0;
    return error_set(err, OIR_LOCKED,
                     "another writer holds the index in %s: %s; waited %.3g s: try again when it has ended, or wait "
                     "longer",
                     folder, size ? text : "it does not say who", wait);
}

/* Whether the file that is open still has its name: whoever removed the folder and made it anew in the meantime has
 * made another one, and a lock on ours would exclude nobody. */
static bool is_file_at(int descriptor, const char *path)
{
    struct stat ours, named;
    return fstat(descriptor, &ours) == 0 && stat(path, &named) == 0 && ours.st_ino == named.st_ino &&
           ours.st_dev == named.st_dev;
}

static oir_status open_file(int *descriptor, const char *folder, const char *path, oir_error *err)
{
    bool made = mkdir(folder, 0777) == 0;
    if (!made && errno == ENOENT)
        return error_set(err, OIR_IO,
                         "cannot make the folder %s: the one to make it in does not exist; make that first", folder);
    if (!made && errno != EEXIST)
        return error_from_errno(err, "cannot make the folder %s", folder);
    if (!made && file_exists(folder) && !file_is_folder(folder))
        return error_set(err, OIR_IO, "%s is no folder; an index is one: choose another name", folder);
    *descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    return *descriptor >= 0 ? OIR_OK : error_from_errno(err, "cannot open %s for writing to the index", path);
}

/* Tries until it has the lock or the time is over. *descriptor is open then, or -1. */
static oir_status take(int *descriptor, const char *folder, const char *path, double wait, oir_error *err)
{
    oir_status status;
    double start = now();
    long pause = PAUSE_MIN_MS;
    *descriptor = -1;
    for (;;) {
        if (*descriptor < 0)
            ERROR_FORWARD(open_file(descriptor, folder, path, err));
        if (set_lock(*descriptor, F_WRLCK) == 0) {
            if (is_file_at(*descriptor, path))
                return OIR_OK;
            close(*descriptor);
            *descriptor = -1;
            continue;
        }
        if (errno != EAGAIN && errno != EACCES) {
            status = error_from_errno(err, "cannot lock %s", path);
            break;
        }
        double left = wait - (now() - start);
        if (wait >= 0 && left <= 0) {
            status = locked(*descriptor, folder, wait, err);
            break;
        }
        long left_ms = wait >= 0 && left * 1000 < (double)pause ? (long)(left * 1000) + 1 : pause;
        pause_ms(left_ms);
        pause = pause * 2 < PAUSE_MAX_MS ? pause * 2 : PAUSE_MAX_MS;
    }
    close(*descriptor);
    *descriptor = -1;
    return status;
}

oir_status catalog_lock_open(catalog_lock **out, const char *path, double wait, oir_error *err)
{
    oir_status status;
    char *file = NULL;
    *out = NULL;
    catalog_lock *lock = memory_new_zeroed(1, sizeof *lock);
    if (lock) {
        lock->descriptor = -1;
        lock->kept = CATALOG_NO_SEGMENT;
        lock->owner = getpid();
        lock->folder = memory_copy(path, strlen(path));
        file = file_join(path, CATALOG_PATH_LOCK);
    }
    if (!lock || !lock->folder || !file) {
        status = error_no_memory(err, "the index's lock");
        goto done;
    }
    ERROR_GOTO_DONE(take(&lock->descriptor, path, file, wait, err));
    write_text(lock->descriptor);
    *out = lock;
    lock = NULL;
done:
    catalog_lock_close(lock);
    memory_free(file);
    return status;
}

void catalog_lock_close(catalog_lock *lock)
{
    if (!lock)
        return;
    if (lock->descriptor >= 0) {
        /* A child that was forked while the lock was held has the same description: the owner unlocks in so many words,
         * lest the child keeps the lock, and the child only closes, lest it takes the lock from the owner. */
        if (lock->owner == getpid())
            set_lock(lock->descriptor, F_UNLCK);
        close(lock->descriptor);
    }
    memory_free(lock->folder);
    memory_free(lock);
}

oir_status catalog_lock_check(const catalog_lock *lock, oir_error *err)
{
    if (lock->owner == getpid())
        return OIR_OK;
    return error_set(err, OIR_INVALID_OPERATION,
                     "the writer of %s was opened before a fork, in process %ld; open a writer in this process",
                     lock->folder, (long)lock->owner);
}
