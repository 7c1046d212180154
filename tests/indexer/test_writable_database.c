/* What the writer promises apart from contents: modes, the lock, settings, cancelling, forks, read-only folders and
 * full disks. */
#include "indexer/writer.h"

#include <errno.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "index_world.h"

static char folder[200];
static oir_writable_database *writer;
static oir_document *document;
static uint64_t seeds[4000];
static world_model model = {seeds, 0};

static oir_writer_options with_mode(oir_open_mode mode)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.mode = mode;
    options.no_sync = true;
    return options;
}

static oir_status open_with(oir_open_mode mode)
{
    oir_writer_options options = with_mode(mode);
    return oir_writable_database_open(&writer, folder, &options, &world_error);
}

static void begin(void)
{
    world_folder(folder);
    memset(seeds, 0, sizeof seeds);
    model.last = 0;
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(open_with(OIR_CREATE), world_error);
}

static void end(void)
{
    oir_writable_database_close(writer);
    oir_document_free(document);
    world_remove(folder);
}

static oir_status try_add(uint64_t seed)
{
    world_fill(document, seed);
    return oir_writable_database_add_document(writer, document, NULL, &world_error);
}

static void add(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t seed = harness_random() | 1;
        REQUIRE_OK(try_add(seed), world_error);
        seeds[++model.last] = seed;
    }
}

static void commit(void)
{
    REQUIRE_OK(oir_writable_database_commit(writer, &world_error), world_error);
}

static void compare(void)
{
    world_compare(folder, &model, true, true);
}

/* In a child, so that limits, users and inherited handles stay there; what it expects counts here. */
#define IN_CHILD(statements)                                   \
    do {                                                       \
        fflush(NULL);                                          \
        pid_t child_ = fork();                                 \
        REQUIRE(child_ >= 0);                                  \
        if (child_ == 0) {                                     \
            harness_failed = 0;                                \
            statements;                                        \
            fflush(NULL);                                      \
            _exit(harness_failed ? 1 : 0);                     \
        }                                                      \
        int status_;                                           \
        REQUIRE(waitpid(child_, &status_, 0) == child_);       \
        EXPECT(WIFEXITED(status_) && WEXITSTATUS(status_) == 0); \
    } while (0)

/* ---- opening ---- */

static void modes(void)
{
    world_folder(folder);
    EXPECT_EQ(open_with(OIR_OPEN), OIR_NOT_FOUND);
    EXPECT(writer == NULL && access(folder, F_OK) != 0);
    begin();
    add(10);
    commit();
    oir_writable_database_close(writer);
    EXPECT_EQ(open_with(OIR_CREATE), OIR_EXISTS);
    EXPECT(writer == NULL);
    REQUIRE_OK(open_with(OIR_OPEN), world_error);
    EXPECT_EQ(oir_writable_database_get_doccount(writer), 10);
    oir_writable_database_close(writer);
    compare();
    REQUIRE_OK(open_with(OIR_CREATE_OR_OVERWRITE), world_error);
    EXPECT_EQ(oir_writable_database_get_doccount(writer), 0);
    compare();
    add(1);
    REQUIRE_OK(oir_writable_database_rollback(writer, &world_error), world_error);
    EXPECT_EQ(oir_writable_database_get_doccount(writer), 0);
    memset(seeds, 0, sizeof seeds);
    model.last = 0;
    add(3);
    commit();
    compare();
    EXPECT_EQ(world_count_files(folder, "segment-"), 1);
    end();
}

/* ---- damage ---- */

static char *file_called(const char *start)
{
    static char path[600];
    DIR *opened = opendir(folder);
    REQUIRE(opened);
    *path = 0;
    for (struct dirent *entry; (entry = readdir(opened));)
        if (strncmp(entry->d_name, start, strlen(start)) == 0)
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
    closedir(opened);
    REQUIRE(*path);
    return path;
}

static void lose(const char *start)
{
    REQUIRE(unlink(file_called(start)) == 0);
}

static void spoil(const char *start)
{
    FILE *f = fopen(file_called(start), "r+b");
    REQUIRE(f);
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    while (size-- > 0)
        fputc('x', f);
    fclose(f);
}

/* Refused in each mode but the one that overwrites, and nothing is taken away before its first commit. */
static void overwrite_after(void (*damage)(const char *), const char *start)
{
    begin();
    add(100);
    commit();
    add(100);
    commit();
    oir_writable_database_close(writer);
    damage(start);
    size_t files = world_count_files(folder, "");
    EXPECT_EQ(open_with(OIR_CREATE_OR_OPEN), OIR_CORRUPT);
    EXPECT_EQ(open_with(OIR_OPEN), OIR_CORRUPT);
    EXPECT(open_with(OIR_CREATE) != OIR_OK && writer == NULL);
    EXPECT_EQ(world_count_files(folder, ""), files);
    REQUIRE_OK(open_with(OIR_CREATE_OR_OVERWRITE), world_error);
    memset(seeds, 0, sizeof seeds);
    model.last = 0;
    add(10);
    REQUIRE_OK(oir_writable_database_rollback(writer, &world_error), world_error);
    memset(seeds, 0, sizeof seeds);
    model.last = 0;
    EXPECT_EQ(world_count_files(folder, ""), files);
    oir_writable_database_close(writer);
    EXPECT_EQ(world_count_files(folder, ""), files);
    REQUIRE_OK(open_with(OIR_CREATE_OR_OVERWRITE), world_error);
    add(10);
    commit();
    compare();
    EXPECT_EQ(world_count_files(folder, "segment-"), 1);
    EXPECT_EQ(world_count_files(folder, "generation-"), 1);
    end();
}

static void damage_is_overwritten(void)
{
    overwrite_after(spoil, "current");
    overwrite_after(lose, "current");
    overwrite_after(spoil, "generation-");
    overwrite_after(lose, "generation-");
    overwrite_after(spoil, "segment-");
    overwrite_after(lose, "segment-");
}

/* ---- opening, more ---- */

static void a_new_index_is_there_at_once(void)
{
    snapshot *s;
    begin();
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &world_error), world_error);
    EXPECT_EQ(s->live_count, 0);
    snapshot_close(s);
    end();
}

static void options_are_checked(void)
{
    oir_writer_options options = with_mode(OIR_CREATE);
    world_folder(folder);
    options.memory_limit = (4 << 20) - 1;
    EXPECT_EQ(oir_writable_database_open(&writer, folder, &options, &world_error), OIR_INVALID_ARGUMENT);
    options = with_mode(OIR_CREATE);
    options.struct_size = 0;
    EXPECT_EQ(oir_writable_database_open(&writer, folder, &options, &world_error), OIR_INVALID_ARGUMENT);
    options = with_mode(OIR_CREATE);
    options.bound_k1 = 0;
    EXPECT_EQ(oir_writable_database_open(&writer, folder, &options, &world_error), OIR_INVALID_ARGUMENT);
    options = with_mode(OIR_CREATE);
    options.bound_b = 1.5;
    EXPECT_EQ(oir_writable_database_open(&writer, folder, &options, &world_error), OIR_INVALID_ARGUMENT);
    EXPECT(writer == NULL);
    REQUIRE_OK(oir_writable_database_open(&writer, folder, NULL, &world_error), world_error);
    oir_writable_database_close(writer);
    oir_writable_database_close(NULL);
    world_remove(folder);
}

static void the_second_writer(void)
{
    char pid[32];
    oir_writable_database *second;
    oir_writer_options options = with_mode(OIR_OPEN);
    begin();
    snprintf(pid, sizeof pid, "pid %ld", (long)getpid());
    EXPECT_EQ(oir_writable_database_open(&second, folder, &options, &world_error), OIR_LOCKED);
    EXPECT(second == NULL && strstr(world_error.message, pid));
    options.lock_wait = 0.05;
    IN_CHILD(EXPECT_EQ(oir_writable_database_open(&second, folder, &options, &world_error), OIR_LOCKED));
    oir_writable_database_close(writer);

    int ready[2];
    REQUIRE(pipe(ready) == 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        struct timespec moment = {0, 200000000};
        oir_status status = open_with(OIR_OPEN);
        if (write(ready[1], "x", 1) == 1)
            nanosleep(&moment, NULL);
        oir_writable_database_close(writer);
        _exit(status == OIR_OK ? 0 : 1);
    }
    char byte;
    REQUIRE(read(ready[0], &byte, 1) == 1);
    options.lock_wait = 20;
    REQUIRE_OK(oir_writable_database_open(&writer, folder, &options, &world_error), world_error);
    int status;
    REQUIRE(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(ready[0]);
    close(ready[1]);
    end();
}

/* ---- changing ---- */

static void arguments_are_checked(void)
{
    oir_docid docid;
    oir_doccount deleted;
    bool found;
    char long_term[OIR_TERM_MAX + 1] = {0};
    begin();
    EXPECT_EQ(oir_writable_database_replace_document(writer, 0, document, &world_error), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_writable_database_delete_document(writer, 0, &world_error), OIR_NOT_FOUND);
    EXPECT_EQ(oir_writable_database_delete_document_by_term(writer, "", 0, &deleted, &world_error),
              OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_writable_database_has_term(writer, long_term, sizeof long_term, &found, &world_error),
              OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_writable_database_replace_document_by_term(writer, "", 0, document, &docid, &world_error),
              OIR_INVALID_ARGUMENT);
    add(1);
    REQUIRE_OK(oir_writable_database_replace_document(writer, UINT32_MAX, document, &world_error), world_error);
    EXPECT_EQ(oir_writable_database_add_document(writer, document, &docid, &world_error), OIR_TOO_BIG);
    EXPECT_EQ(oir_writable_database_replace_document_by_term(writer, "none", 4, document, &docid, &world_error),
              OIR_TOO_BIG);
    REQUIRE_OK(oir_writable_database_delete_document(writer, UINT32_MAX, &world_error), world_error);
    commit();
    EXPECT_EQ(oir_writable_database_get_lastdocid(writer), UINT32_MAX);
    compare();
    end();
}

static void no_change_is_no_commit(void)
{
    begin();
    commit();
    uint64_t revision = writer->committed.revision;
    EXPECT_EQ(oir_writable_database_delete_document(writer, 1, &world_error), OIR_NOT_FOUND);
    REQUIRE_OK(oir_writable_database_delete_document_by_term(writer, "none", 4, NULL, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_optimise(writer, &world_error), world_error);
    commit();
    EXPECT_EQ(writer->committed.revision, revision);
    add(1);
    commit();
    EXPECT_EQ(writer->committed.revision, revision + 1);
    REQUIRE_OK(oir_writable_database_optimise(writer, &world_error), world_error);
    EXPECT_EQ(writer->committed.revision, revision + 1);
    end();
}

static void expect_setting(const char *name, const char *expected)
{
    oir_bytes value = oir_writable_database_get_setting(writer, name);
    EXPECT(value.size == strlen(expected) && memcmp(value.data, expected, value.size) == 0);
}

static oir_status set(const char *name, const char *value)
{
    return oir_writable_database_set_setting(writer, name, value, strlen(value), &world_error);
}

static void settings(void)
{
    static char long_value[(64 << 10) + 1];
    begin();
    EXPECT_EQ(set("", "x"), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(set("a b", "x"), OIR_INVALID_ARGUMENT);
    EXPECT_EQ(oir_writable_database_set_setting(writer, "a", long_value, sizeof long_value, &world_error),
              OIR_INVALID_ARGUMENT);
    expect_setting("stemmer", "");
    REQUIRE_OK(set("stemmer", "english"), world_error);
    REQUIRE_OK(set("a", "1"), world_error);
    REQUIRE_OK(set("z", "26"), world_error);
    REQUIRE_OK(set("a", "one"), world_error);
    REQUIRE_OK(set("missing", ""), world_error);
    commit();
    oir_writable_database_close(writer);
    REQUIRE_OK(open_with(OIR_OPEN), world_error);
    expect_setting("a", "one");
    expect_setting("stemmer", "english");
    REQUIRE_OK(set("stemmer", ""), world_error);
    REQUIRE_OK(set("z", "other"), world_error);
    expect_setting("stemmer", "");
    REQUIRE_OK(oir_writable_database_rollback(writer, &world_error), world_error);
    expect_setting("stemmer", "english");
    expect_setting("z", "26");
    end();
}

static bool stop_at(const char *what, uint64_t done, uint64_t total, void *context)
{
    (void)what;
    (void)done;
    (void)total;
    return (*(int *)context)-- > 0;
}

static void cancelling(void)
{
    oir_writer_options options = with_mode(OIR_CREATE);
    int left = 1000000;
    begin();
    oir_writable_database_close(writer);
    options.mode = OIR_OPEN;
    options.progress = stop_at;
    options.progress_context = &left;
    REQUIRE_OK(oir_writable_database_open(&writer, folder, &options, &world_error), world_error);
    add(50);
    commit();
    for (int i = 0; i < 3; i++) {
        world_model before = model;
        add(50);
        left = i;
        EXPECT_EQ(oir_writable_database_optimise(writer, &world_error), OIR_CANCELLED);
        world_compare(folder, &before, true, false);
        left = 1000000;
        commit();
        compare();
    }
    left = 1000000;
    REQUIRE_OK(oir_writable_database_optimise(writer, &world_error), world_error);
    compare();
    EXPECT_EQ(world_count_files(folder, "segment-"), 1);
    end();
}

static void readers_keep_what_they_see(void)
{
    snapshot *s;
    begin();
    add(100);
    commit();
    REQUIRE_OK(snapshot_open(&s, folder, NULL, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_delete_document(writer, 1, &world_error), world_error);
    seeds[1] = 0;
    add(100);
    REQUIRE_OK(oir_writable_database_optimise(writer, &world_error), world_error);
    EXPECT_EQ(s->live_count, 100);
    uint64_t findings;
    char name[] = "unlinked";
    REQUIRE_OK(segment_check(s->segments[0].segment, world_report, name, &findings, &world_error), world_error);
    EXPECT_EQ(findings, 0);
    snapshot_close(s);
    compare();
    end();
}

/* ---- the system ---- */

static void forks(void)
{
    begin();
    writer->buffer_limit = 1;
    add(5);
    IN_CHILD({
        EXPECT_EQ(try_add(1), OIR_INVALID_OPERATION);
        EXPECT_EQ(oir_writable_database_commit(writer, &world_error), OIR_INVALID_OPERATION);
        EXPECT_EQ(oir_writable_database_rollback(writer, &world_error), OIR_INVALID_OPERATION);
        oir_writable_database_close(writer);
    });
    oir_writable_database *second;
    oir_writer_options options = with_mode(OIR_OPEN);
    EXPECT_EQ(oir_writable_database_open(&second, folder, &options, &world_error), OIR_LOCKED);
    add(5);
    commit();
    compare();
    end();
}

static void read_only_folder(void)
{
    begin();
    add(20);
    commit();
    oir_writable_database_close(writer);
    REQUIRE(chmod(folder, 0555) == 0);
    IN_CHILD({
        /* root may write anywhere */
        if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
            printf("skipped: cannot become another user\n");
        } else {
            compare();
            EXPECT_EQ(open_with(OIR_OPEN), OIR_IO);
            EXPECT(strstr(world_error.message, folder) != NULL);
        }
    });
    REQUIRE(chmod(folder, 0755) == 0);
    REQUIRE_OK(open_with(OIR_OPEN), world_error);
    end();
}

static void set_file_limit(rlim_t bytes)
{
    struct rlimit limit;
    REQUIRE(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    limit.rlim_cur = bytes;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &limit) == 0);
}

static void file_too_large(void)
{
    enum { MANY = 1000 };
    begin();
    oir_writable_database_close(writer);
    IN_CHILD({
        signal(SIGXFSZ, SIG_IGN);
        REQUIRE_OK(open_with(OIR_OPEN), world_error);
        add(20);
        commit();
        world_model before = model;
        add(MANY);
        set_file_limit(64 << 10);
        oir_status status = oir_writable_database_commit(writer, &world_error);
        EXPECT(status == OIR_IO || status == OIR_NO_SPACE);
        world_compare(folder, &before, true, true);
        EXPECT_EQ(world_count_files(folder, "segment-"), 1);
        set_file_limit(RLIM_INFINITY);
        commit();
        compare();

        /* A change that fails half way leaves only the way back. */
        before = model;
        set_file_limit(4 << 10);
        writer->buffer_limit = 1;
        EXPECT(try_add(3) != OIR_OK);
        EXPECT_EQ(try_add(3), OIR_INVALID_OPERATION);
        EXPECT_EQ(oir_writable_database_commit(writer, &world_error), OIR_INVALID_OPERATION);
        set_file_limit(RLIM_INFINITY);
        REQUIRE_OK(oir_writable_database_rollback(writer, &world_error), world_error);
        world_compare(folder, &before, true, false);
        add(1);
        commit();
        compare();
        oir_writable_database_close(writer);
    });
    REQUIRE_OK(open_with(OIR_OPEN), world_error);
    EXPECT_EQ(oir_writable_database_get_doccount(writer), 21 + MANY);
    end();
}

static void full_disk(void)
{
    char disk[200], filler[240];
    world_folder(disk);
    REQUIRE(mkdir(disk, 0777) == 0);
    if (mount("tmpfs", disk, "tmpfs", 0, "size=3m") != 0) {
        printf("skipped a full disk: cannot mount a small one: %s\n", strerror(errno));
        rmdir(disk);
        return;
    }
    snprintf(folder, sizeof folder, "%.180s/index", disk);
    snprintf(filler, sizeof filler, "%s/filler", disk);
    memset(seeds, 0, sizeof seeds);
    model.last = 0;
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(open_with(OIR_CREATE), world_error);
    add(50);
    commit();
    world_model before = model;
    FILE *f = fopen(filler, "w");
    REQUIRE(f);
    while (fputc('x', f) != EOF) {
    }
    fclose(f);
    add(50);
    EXPECT_EQ(oir_writable_database_commit(writer, &world_error), OIR_NO_SPACE);
    world_compare(folder, &before, true, true);
    REQUIRE(unlink(filler) == 0);
    commit();
    compare();
    oir_writable_database_close(writer);
    oir_document_free(document);
    EXPECT(umount(disk) == 0);
    rmdir(disk);
}

int main(void)
{
    harness_seed(1);
    TEST(modes);
    TEST(damage_is_overwritten);
    TEST(a_new_index_is_there_at_once);
    TEST(options_are_checked);
    TEST(the_second_writer);
    TEST(arguments_are_checked);
    TEST(no_change_is_no_commit);
    TEST(settings);
    TEST(cancelling);
    TEST(readers_keep_what_they_see);
    TEST(forks);
    TEST(read_only_folder);
    TEST(file_too_large);
    TEST(full_disk);
    return harness_end();
}
