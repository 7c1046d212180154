/* What a power cut would leave: before `current` is put in the place of the old one, all that it leads to is on the
 * disk, and before the commit returns, so is that it was. Every call by which the library and LMDB change files or
 * bring them to the disk goes through the functions below, which note what of each file is not there yet. So this file
 * must see open's like under their own names, and they must be visible to LMDB's library. */
#undef _FILE_OFFSET_BITS
#define _GNU_SOURCE

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "api_world.h"

static char folder[API_PATH];

/* ---- files that are written ---- */

enum { FILES_MOST = 4096, NAMES_MOST = 64 };

/* All that were written, and whether there is something that was not brought to the disk. */
static struct {
    dev_t device;
    ino_t inode;
    bool dirty;
} files[FILES_MOST];
static size_t file_count;
static pthread_mutex_t files_mutex = PTHREAD_MUTEX_INITIALIZER;

static char dirty_names[NAMES_MOST][64]; /* in the folder, when `current` was put in its place */
static size_t dirty_count;
static bool entries_dirty;     /* it was, and the folder on the disk may not say so yet */
static _Atomic unsigned syncs; /* calls so far, of all threads */

/* Its number in `files`, file_count when it is not there. The mutex is held. */
static size_t find_file(const struct stat *file)
{
    size_t i = 0;
    while (i < file_count && (files[i].inode != file->st_ino || files[i].device != file->st_dev))
        i++;
    return i;
}

static void note(int fd, bool dirty)
{
    struct stat file;
    int before = errno;
    if (fstat(fd, &file) != 0)
        return;
    pthread_mutex_lock(&files_mutex);
    size_t i = find_file(&file);
    REQUIRE(i < FILES_MOST);
    file_count += i == file_count;
    files[i].device = file.st_dev;
    files[i].inode = file.st_ino;
    files[i].dirty = dirty;
    pthread_mutex_unlock(&files_mutex);
    errno = before;
}

static bool is_dirty(const char *path)
{
    struct stat file;
    if (stat(path, &file) != 0)
        return false;
    pthread_mutex_lock(&files_mutex);
    size_t i = find_file(&file);
    bool dirty = i < file_count && files[i].dirty;
    pthread_mutex_unlock(&files_mutex);
    return dirty;
}

OIR_API ssize_t write(int fd, const void *bytes, size_t size)
{
    note(fd, true);
    return syscall(SYS_write, fd, bytes, size);
}

OIR_API ssize_t pwrite(int fd, const void *bytes, size_t size, off_t at)
{
    note(fd, true);
    return syscall(SYS_pwrite64, fd, bytes, size, at);
}

OIR_API ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t at)
{
    return pwrite(fd, bytes, size, at);
}

OIR_API ssize_t writev(int fd, const struct iovec *parts, int count)
{
    note(fd, true);
    return syscall(SYS_writev, fd, parts, count);
}

OIR_API ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at)
{
    note(fd, true);
    return syscall(SYS_pwritev, fd, parts, count, at, 0);
}

OIR_API ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at)
{
    return pwritev(fd, parts, count, at);
}

OIR_API int ftruncate(int fd, off_t size)
{
    note(fd, true);
    return (int)syscall(SYS_ftruncate, fd, size);
}

OIR_API int ftruncate64(int fd, off64_t size)
{
    return ftruncate(fd, size);
}

/* What is written while it runs may or may not be covered: no file here is written by one thread and synced by another
 * at the same time. */
static int sync_file(int fd, long call)
{
    struct stat synced, ours;
    syncs++;
    if (fstat(fd, &synced) == 0 && stat(folder, &ours) == 0 && synced.st_ino == ours.st_ino)
        entries_dirty = false;
    note(fd, false);
    return (int)syscall(call, fd);
}

OIR_API int fsync(int fd)
{
    return sync_file(fd, SYS_fsync);
}

OIR_API int fdatasync(int fd)
{
    return sync_file(fd, SYS_fdatasync);
}

static bool list_dirty(const char *path)
{
    const char *name = strrchr(path, '/') + 1;
    if (!is_dirty(path))
        return false;
    REQUIRE(dirty_count < NAMES_MOST);
    snprintf(dirty_names[dirty_count++], sizeof *dirty_names, "%s", name);
    return true;
}

OIR_API int rename(const char *from, const char *to)
{
    const char *name = strrchr(to, '/');
    if (name && strcmp(name, "/current") == 0) {
        dirty_count = 0;
        api_each_file(folder, "", list_dirty);
        REQUIRE(dirty_count < NAMES_MOST);
        if (is_dirty(from)) /* it has its new name from here on */
            strcpy(dirty_names[dirty_count++], "current");
        entries_dirty = true;
    }
    return (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
}

/* ---- commits ---- */

static bool was_dirty(const char *name)
{
    for (size_t i = 0; i < dirty_count; i++)
        if (strcmp(dirty_names[i], name) == 0)
            return true;
    return false;
}

static void expect_synced(const char *name)
{
    if (!was_dirty(name))
        return;
    fprintf(stderr, "%s was named by a commit before it was on the disk\n", name);
    harness_fail(__FILE__, __LINE__, "a commit that a power cut may damage");
}

/* Looks at the commit that is there, which was the last. Returns how many segments it names. */
static size_t expect_durable(void)
{
    char name[64];
    oir_database *database = api_open(folder);
    EXPECT(!entries_dirty);
    expect_synced("current");
    snprintf(name, sizeof name, "generation-%llu", (unsigned long long)oir_database_get_revision(database));
    EXPECT(api_count_files(folder, name) == 1);
    expect_synced(name);
    size_t count = oir_database_get_segment_count(database);
    for (size_t i = 0; i < count; i++) {
        oir_segment_information segment;
        API_OK(oir_database_get_segment(database, i, &segment, &api_error));
        expect_synced(segment.file);
    }
    oir_database_close(database);
    return count;
}

static oir_writable_database *writer;
static api_maker maker;

static void begin(bool no_sync, unsigned threads)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = no_sync;
    options.threads = threads;
    api_folder(folder);
    api_maker_init(&maker);
    API_OK(oir_writable_database_open(&writer, folder, &options, &api_error));
}

static void end(void)
{
    oir_writable_database_close(writer);
    api_maker_release(&maker);
    api_remove(folder);
}

static void add_some(uint32_t first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        api_add(writer, &maker, first + i);
}

static size_t commit_durably(void)
{
    API_OK(oir_writable_database_commit(writer, &api_error));
    return expect_durable();
}

static void optimise_durably(void)
{
    API_OK(oir_writable_database_optimise(writer, &api_error));
    EXPECT_EQ(expect_durable(), 1);
}

/* Small commits, of which some merge; one that only deletes; one that only sets something; all as one segment. */
static void each_commit(void)
{
    enum { COMMITS = 24, EACH = 20 };
    size_t most = 0;
    begin(false, 1);
    EXPECT_EQ(expect_durable(), 0);
    for (uint32_t i = 0; i < COMMITS; i++) {
        add_some(i * EACH, EACH);
        size_t count = commit_durably();
        most = count > most ? count : most;
    }
    EXPECT(most > 1 && most < COMMITS);
    API_OK(oir_writable_database_delete_document(writer, 3, &api_error));
    EXPECT(commit_durably() > 1);
    API_OK(oir_writable_database_set_setting(writer, "who", "me", 2, &api_error));
    EXPECT(commit_durably() > 1);
    optimise_durably();
    end();
}

/* Data that is copied into its segment beside LMDB. */
static void large_data(void)
{
    enum { SIZE = 5 << 20 };
    uint64_t state = 1;
    char *data = malloc(SIZE);
    REQUIRE(data);
    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)api_next(&state);
    begin(false, 1);
    for (int i = 0; i < 2; i++) {
        api_fill(maker.document, maker.generator, 1);
        API_OK(oir_document_set_data(maker.document, data, SIZE, &api_error));
        API_OK(oir_writable_database_add_document(writer, maker.document, NULL, &api_error));
        EXPECT(commit_durably() > 0);
    }
    optimise_durably();
    end();
    free(data);
}

/* Segments that a thread merges beside the writer, and some later commit names. */
static void merged_beside(void)
{
    enum { COMMITS = 9, EACH = 3000 };
    begin(false, 4);
    for (uint32_t i = 0; i < COMMITS; i++) {
        add_some(i * EACH, EACH);
        EXPECT(commit_durably() > 0);
    }
    API_OK(oir_writable_database_settle(writer, &api_error));
    EXPECT(expect_durable() < COMMITS);
    end();
}

/* Who does not want to wait does not; and these tests would find it. */
static void no_sync_waits_for_nothing(void)
{
    unsigned before = syncs;
    begin(true, 1);
    add_some(0, 20);
    API_OK(oir_writable_database_commit(writer, &api_error));
    API_OK(oir_writable_database_optimise(writer, &api_error));
    EXPECT_EQ(syncs - before, 0);
    EXPECT(entries_dirty && was_dirty("current"));
    EXPECT(was_dirty("generation-2") && was_dirty("segment-1"));
    end();
}

int main(void)
{
    TEST(each_commit);
    TEST(large_data);
    TEST(merged_beside);
    TEST(no_sync_waits_for_nothing);
    return harness_end();
}
