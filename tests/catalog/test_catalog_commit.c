/* Every call by which the commit and LMDB change the disk goes through the functions below, which can make one fail. So
 * this file must see open and its like under their own names, and they must be visible to LMDB's library. */
#undef _FILE_OFFSET_BITS
#define _GNU_SOURCE

#include <errno.h>
#include <stdarg.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <signal.h>
#include <time.h>

#include "catalog_samples.h"

static char *folder;

/* ---- calls that fail ---- */

static long calls_left = -1; /* until one fails; negative: none does */
static int calls_errno;
static bool calls_short; /* a write that is to fail writes half first */
static bool calls_failed;

/* From now on: call number n fails. */
static void calls_begin(long n, int number, bool after_half)
{
    calls_left = n;
    calls_errno = number;
    calls_short = after_half;
    calls_failed = false;
}

/* Whether one has failed. */
static bool calls_end(void)
{
    calls_left = -1;
    return calls_failed;
}

static bool call_fails(void)
{
    if (calls_left < 0 || calls_left-- > 0)
        return false;
    calls_failed = true;
    errno = calls_errno;
    return true;
}

static int open_through(const char *path, int flags, mode_t mode)
{
    if ((flags & (O_CREAT | O_WRONLY | O_RDWR)) && call_fails())
        return -1;
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static mode_t mode_of(int flags, va_list args)
{
    return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

OIR_API int open(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_through(path, flags, mode);
}

OIR_API int open64(const char *path, int flags, ...)
{
    va_list args;
    va_start(args, flags);
    mode_t mode = mode_of(flags, args);
    va_end(args);
    return open_through(path, flags, mode);
}

static ssize_t half(ssize_t written)
{
    if (!calls_short)
        return -1;
    calls_short = false;
    calls_left = 0; /* the rest fails */
    return written;
}

OIR_API ssize_t write(int fd, const void *bytes, size_t size)
{
    if (call_fails()) {
        size = calls_short ? size / 2 : 0;
        return half(size ? syscall(SYS_write, fd, bytes, size) : -1);
    }
    return syscall(SYS_write, fd, bytes, size);
}

OIR_API ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    if (call_fails()) {
        size = calls_short ? size / 2 : 0;
        return half(size ? syscall(SYS_pwrite64, fd, bytes, size, at) : -1);
    }
    return syscall(SYS_pwrite64, fd, bytes, size, at);
}

OIR_API ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    return pwrite(fd, bytes, size, at);
}

OIR_API ssize_t writev(int fd, const struct iovec *parts, int count)
{
    return call_fails() ? -1 : syscall(SYS_writev, fd, parts, count);
}

OIR_API ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    return call_fails() ? -1 : syscall(SYS_pwritev, fd, parts, count, at, 0);
}

OIR_API ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
    return pwritev(fd, parts, count, at);
}

/* How often the folder above the index was synced. */
static int syncs_above;

static void count_sync(int fd)
{
    struct stat synced, above;
    char *path = file_join(folder, "..");
    if (fstat(fd, &synced) == 0 && stat(path, &above) == 0 && synced.st_ino == above.st_ino)
        syncs_above++;
    memory_free(path);
}

OIR_API int fsync(int fd)
{
    count_sync(fd);
    return call_fails() ? -1 : (int)syscall(SYS_fsync, fd);
}

OIR_API int fdatasync(int fd)
{
    return call_fails() ? -1 : (int)syscall(SYS_fdatasync, fd);
}

OIR_API int rename(const char *from, const char *to)
{
    return call_fails() ? -1 : (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

/* ---- ordinary commits ---- */

static catalog_lock *lock_folder(void)
{
    oir_error err;
    catalog_lock *lock;
    REQUIRE_OK(catalog_lock_open(&lock, folder, 0, &err), err);
    return lock;
}

/* What a commit names must exist, in a real index. */
static void touch_segments(const generation *g)
{
    for (size_t i = 0; i < g->segment_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "segment-%" PRIu64, g->segments[i].number);
        samples_write(folder, name, "x", 1);
    }
}

static void expect_newest(const generation *g)
{
    oir_error err;
    generation back;
    REQUIRE_OK(catalog_read(folder, &back, &err), err);
    EXPECT(samples_equal(g, &back));
    generation_release(&back);
}

/* Other content, as the next commit of g. */
static void change(generation *g, uint32_t segments, uint32_t documents)
{
    generation next;
    samples_generation(&next, segments, documents);
    next.revision = g->revision;
    memcpy(next.uuid, g->uuid, sizeof next.uuid);
    generation_release(g);
    *g = next;
}

static void commits_follow_each_other(void)
{
    oir_error err;
    generation g;
    generation_init(&g);
    catalog_lock *lock = lock_folder();
    EXPECT_EQ(catalog_read(folder, &g, &err), OIR_NOT_FOUND);
    EXPECT(strstr(err.message, "oir-index --index") != NULL);
    for (uint64_t i = 1; i <= 50; i++) {
        change(&g, 6, 500);
        touch_segments(&g);
        REQUIRE_OK(catalog_commit(lock, &g, i % 2, &err), err);
        EXPECT_EQ(g.revision, i);
        EXPECT_EQ(strlen(g.uuid), 36);
        expect_newest(&g);
        /* current, lock, one generation and its segments: nothing of those before */
        EXPECT_EQ(samples_count_files(folder), 3 + g.segment_count);
    }
    generation_release(&g);
    catalog_lock_close(lock);
}

static void fresh_one_replaces_an_index(void)
{
    oir_error err;
    generation g, old;
    catalog_lock *lock = lock_folder();
    REQUIRE_OK(catalog_read(folder, &old, &err), err);
    generation_init(&g);
    REQUIRE_OK(catalog_commit(lock, &g, false, &err), err);
    EXPECT_EQ(g.revision, old.revision + 1); /* never a file name that a reader may have in hand */
    EXPECT(strcmp(g.uuid, old.uuid) != 0);
    expect_newest(&g);
    generation_release(&old);
    generation_release(&g);
    catalog_lock_close(lock);
}

static void cleans_only_what_is_ours(void)
{
    static const char *const ours[] = {"generation-0", "generation-99999", "segment-12345", "current.tmp",
                                       "generation-7.tmp", "segment-8.tmp"};
    static const char *const others[] = {"notes.tmp", "segment-x", "generation-", "segment-01", "segment-1.lmdb",
                                         "README", "current.old", "locked"};
    size_t our_count = sizeof ours / sizeof *ours, other_count = sizeof others / sizeof *others;
    oir_error err;
    generation g;
    catalog_lock *lock = lock_folder();
    REQUIRE_OK(catalog_read(folder, &g, &err), err);
    for (size_t i = 0; i < our_count; i++)
        samples_write(folder, ours[i], "x", 1);
    for (size_t i = 0; i < other_count; i++)
        samples_write(folder, others[i], "x", 1);
    generation stale = g; /* not the newest: must not be taken at its word */
    stale.revision--;
    catalog_clean(lock, &stale);
    EXPECT(samples_has(folder, ours[0]));
    samples_write(folder, "segment-4711", "x", 1); /* being written */
    catalog_keep_segment(lock, 4711);
    catalog_clean(lock, &g);
    EXPECT(samples_has(folder, "segment-4711"));
    catalog_keep_segment(lock, CATALOG_NO_SEGMENT);
    catalog_clean(lock, &g);
    for (size_t i = 0; i < our_count; i++)
        EXPECT(!samples_has(folder, ours[i]));
    EXPECT(!samples_has(folder, "segment-4711"));
    expect_newest(&g);
    for (size_t i = 0; i < other_count; i++) {
        char *path = file_join(folder, others[i]);
        EXPECT(unlink(path) == 0);
        memory_free(path);
    }
    generation_release(&g);
    catalog_lock_close(lock);
}

static void damaged_current_stops_commits(void)
{
    oir_error err;
    generation g;
    catalog_lock *lock = lock_folder();
    REQUIRE_OK(catalog_read(folder, &g, &err), err);
    samples_write(folder, "current", "generation", 10);
    EXPECT_EQ(catalog_commit(lock, &g, true, &err), OIR_CORRUPT);
    char line[48];
    int size = snprintf(line, sizeof line, "generation-%" PRIu64 "\n", g.revision);
    samples_write(folder, "current", line, (size_t)size);
    expect_newest(&g);
    generation_release(&g);
    catalog_lock_close(lock);
}

/* Unless the index is made anew: then whatever is there makes room. */
static void fresh_one_replaces_damage(void)
{
    oir_error err;
    generation g;
    catalog_lock *lock = lock_folder();
    generation_init(&g);
    g.revision = 1000;
    samples_write(folder, "generation-1000", "x", 1);
    samples_write(folder, "current", "generation-1001.tmp\n", 20);
    catalog_clean(lock, &g);
    EXPECT(samples_has(folder, "generation-1000"));
    REQUIRE_OK(catalog_commit(lock, &g, true, &err), err);
    EXPECT_EQ(g.revision, 1001);
    EXPECT(!samples_has(folder, "generation-1000"));
    expect_newest(&g);
    generation_release(&g);
    catalog_lock_close(lock);
}

static void remove_current(void)
{
    char *path = file_join(folder, "current");
    REQUIRE(unlink(path) == 0);
    memory_free(path);
}

/* A folder that has seen a second commit and lost `current` is not taken for an empty one. */
static void missing_current_is_damage(void)
{
    oir_error err;
    generation g, none;
    catalog_lock *lock = lock_folder();
    REQUIRE_OK(catalog_read(folder, &g, &err), err);
    REQUIRE(g.revision > 1);
    remove_current();
    size_t files = samples_count_files(folder);
    EXPECT_EQ(catalog_read(folder, &none, &err), OIR_CORRUPT);
    EXPECT(strstr(err.message, "current is missing") && strstr(err.message, "index anew"));
    generation_init(&none);
    catalog_clean(lock, &none);
    EXPECT_EQ(catalog_commit(lock, &g, true, &err), OIR_CORRUPT);
    EXPECT_EQ(samples_count_files(folder), files);
    REQUIRE_OK(catalog_commit(lock, &none, true, &err), err);
    generation_release(&none);
    generation_release(&g);
    catalog_lock_close(lock);
}

/* What a crash within the first commit leaves. */
static void first_commit_cut_short(void)
{
    oir_error err;
    generation g;
    samples_remove(folder);
    catalog_lock *lock = lock_folder();
    samples_write(folder, "generation-1", "x", 1);
    samples_write(folder, "segment-1", "x", 1);
    samples_write(folder, "generation-2.tmp", "x", 1);
    samples_write(folder, "current.tmp", "gener", 5);
    EXPECT_EQ(catalog_read(folder, &g, &err), OIR_NOT_FOUND);
    generation_init(&g);
    catalog_clean(lock, &g);
    EXPECT_EQ(samples_count_files(folder), 1);
    REQUIRE_OK(catalog_commit(lock, &g, true, &err), err);
    EXPECT_EQ(g.revision, 1);
    expect_newest(&g);
    generation_release(&g);
    catalog_lock_close(lock);
}

static void the_folder_itself_is_synced_once(void)
{
    oir_error err;
    for (int sync = 0; sync < 2; sync++) {
        generation g;
        samples_remove(folder);
        catalog_lock *lock = lock_folder();
        generation_init(&g);
        syncs_above = 0;
        for (int i = 0; i < 3; i++)
            REQUIRE_OK(catalog_commit(lock, &g, sync, &err), err);
        EXPECT_EQ(syncs_above, sync);
        generation_release(&g);
        catalog_lock_close(lock);
    }
}

/* ---- failures ---- */

/* Fails call after call of a commit until one goes through; after each failure the last commit is whole. */
static long fail_each_call(int number, bool after_half, oir_status expected)
{
    oir_error err;
    generation before, g;
    catalog_lock *lock = lock_folder();
    REQUIRE_OK(catalog_read(folder, &before, &err), err);
    REQUIRE_OK(generation_copy(&g, &before, &err), err);
    change(&g, 6, 100000);
    touch_segments(&before);
    touch_segments(&g);
    size_t files = samples_count_files(folder);
    long n = 0;
    for (;; n++) {
        calls_begin(n, number, after_half);
        oir_status status = catalog_commit(lock, &g, true, &err);
        if (!calls_end()) {
            REQUIRE_OK(status, err);
            break;
        }
        /* LMDB does not say why a write was cut short, so a half one may be OIR_IO. */
        EXPECT(status == expected || (after_half && status == OIR_IO));
        EXPECT(err.status == status && err.message[0]);
        EXPECT_EQ(g.revision, before.revision);
        EXPECT_EQ(samples_count_files(folder), files);
        expect_newest(&before);
        REQUIRE(n < 1000);
    }
    expect_newest(&g);
    generation_release(&before);
    generation_release(&g);
    catalog_lock_close(lock);
    return n;
}

static void each_call_fails(void)
{
    long steps = fail_each_call(ENOSPC, false, OIR_NO_SPACE);
    printf("%ld calls of a commit failed in turn\n", steps);
    EXPECT(steps >= 8);
    fail_each_call(EIO, false, OIR_IO);
    fail_each_call(ENOSPC, true, OIR_NO_SPACE);
}

/* The first commit of all: after a failure there still is no index. */
static void first_commit_fails(void)
{
    oir_error err;
    generation g;
    samples_remove(folder);
    catalog_lock *lock = lock_folder();
    generation_init(&g);
    for (long n = 0;; n++) {
        generation none;
        calls_begin(n, EIO, false);
        oir_status status = catalog_commit(lock, &g, true, &err);
        if (!calls_end())
            break;
        EXPECT_EQ(status, OIR_IO);
        EXPECT_EQ(catalog_read(folder, &none, &err), OIR_NOT_FOUND);
        EXPECT_EQ(samples_count_files(folder), 1);
    }
    EXPECT_EQ(g.revision, 1);
    expect_newest(&g);
    generation_release(&g);
    catalog_lock_close(lock);
}

/* The kernel's own refusal, at whatever size a file may have. */
static void file_size_limit(void)
{
    oir_error err;
    generation before, g;
    struct rlimit old, small;
    signal(SIGXFSZ, SIG_IGN);
    catalog_lock *lock = lock_folder();
    REQUIRE_OK(catalog_read(folder, &before, &err), err);
    REQUIRE_OK(generation_copy(&g, &before, &err), err);
    change(&g, 6, 1000000);
    touch_segments(&g);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &old) == 0);
    for (rlim_t size = 0; size < 12288; size += 1 + harness_below(1500)) {
        small = old;
        small.rlim_cur = size;
        REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
        oir_status status = catalog_commit(lock, &g, true, &err);
        REQUIRE(setrlimit(RLIMIT_FSIZE, &old) == 0);
        EXPECT_EQ(status, OIR_NO_SPACE);
        expect_newest(&before);
    }
    REQUIRE_OK(catalog_commit(lock, &g, true, &err), err);
    expect_newest(&g);
    generation_release(&before);
    generation_release(&g);
    catalog_lock_close(lock);
}

/* ---- kill -9 ---- */

/* Commits for ever; after each writes its revision to fd. A generation's content follows from its revision alone. */
static void commit_until_killed(int fd, generation *g)
{
    catalog_lock *lock;
    if (catalog_lock_open(&lock, folder, 10, NULL) != OIR_OK)
        _exit(1);
    for (;;) {
        harness_state = g->revision + 1;
        change(g, 6, 20000);
        if (catalog_commit(lock, g, g->revision % 8 == 0, NULL) != OIR_OK ||
            write(fd, &g->revision, sizeof g->revision) != sizeof g->revision)
            _exit(1);
    }
}

static void killed_at_any_moment(void)
{
    enum { KILLS = 200 };
    oir_error err;
    generation g, expected;
    uint64_t after_next = 0, commits = 0;
    REQUIRE_OK(catalog_read(folder, &g, &err), err);
    generation_init(&expected);
    memcpy(expected.uuid, g.uuid, sizeof g.uuid);
    uint32_t kills = harness_times(KILLS);
    for (uint32_t i = 0; i < kills; i++) {
        int pipes[2], how;
        uint64_t last = g.revision, said;
        REQUIRE(pipe(pipes) == 0);
        fflush(NULL);
        pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0)
            commit_until_killed(pipes[1], &g);
        close(pipes[1]);
        struct timespec pause = {.tv_nsec = 1000 * (long)harness_below(20000)};
        nanosleep(&pause, NULL);
        kill(child, SIGKILL);
        REQUIRE(waitpid(child, &how, 0) == child);
        EXPECT(WIFSIGNALED(how));
        while (read(pipes[0], &said, sizeof said) == sizeof said)
            last = said;
        close(pipes[0]);

        commits += last - g.revision;
        generation_release(&g);
        REQUIRE_OK(catalog_read(folder, &g, &err), err);
        EXPECT(g.revision == last || g.revision == last + 1);
        after_next += g.revision == last + 1;
        if (g.revision > 1) {
            uint64_t keep = harness_state;
            harness_state = g.revision;
            change(&expected, 6, 20000);
            harness_state = keep;
            expected.revision = g.revision;
            if (i > 0 || commits)
                EXPECT(samples_equal(&g, &expected));
        }
    }
    printf("%u kills, %" PRIu64 " commits said to be done, %" PRIu64 " done but not said\n", kills, commits,
           after_next);
    /* What crashes left goes with the next commit. */
    catalog_lock *lock = lock_folder();
    touch_segments(&g);
    REQUIRE_OK(catalog_commit(lock, &g, true, &err), err);
    EXPECT_EQ(samples_count_files(folder), 3 + g.segment_count);
    catalog_lock_close(lock);
    generation_release(&g);
    generation_release(&expected);
}

int main(void)
{
    harness_seed(5);
    folder = samples_folder();
    TEST(commits_follow_each_other);
    TEST(fresh_one_replaces_an_index);
    TEST(cleans_only_what_is_ours);
    TEST(damaged_current_stops_commits);
    TEST(fresh_one_replaces_damage);
    TEST(missing_current_is_damage);
    TEST(first_commit_cut_short);
    TEST(the_folder_itself_is_synced_once);
    TEST(each_call_fails);
    TEST(first_commit_fails);
    TEST(file_size_limit);
    TEST(killed_at_any_moment);
    samples_remove(folder);
    memory_free(folder);
    return harness_end();
}
