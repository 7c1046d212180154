/* Searching needs no right to write: in a folder that belongs to somebody else, with files that nobody may write, even
 * where the folder cannot be listed. */
#include <pwd.h>
#include <sys/wait.h>

#include "api_world.h"

enum { DOCUMENTS = 200, EVERY = 5, SKIPPED = 77 };

static char folder[API_PATH];
static uint64_t picture;

static bool make_read_only(const char *path)
{
    return chmod(path, 0444) == 0;
}

static bool is_writable(const char *path)
{
    return access(path, W_OK) == 0;
}

/* Runs as somebody who has no rights but those of all; a process that is not root is such a one already. */
static int in_child(void (*run)(void))
{
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const struct passwd *nobody = getpwnam("nobody");
        harness_failed = 0;
        if (getuid() == 0 && (!nobody || setgid(nobody->pw_gid) != 0 || setuid(nobody->pw_uid) != 0))
            _exit(SKIPPED);
        run();
        fflush(NULL);
        _exit(harness_failed ? 1 : 0);
    }
    int status;
    REQUIRE(waitpid(child, &status, 0) == child);
    REQUIRE(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void begin(void)
{
    api_folder(folder);
    api_index(folder, 1, 1, DOCUMENTS, 70);
    oir_database *d = api_open(folder);
    picture = api_picture(d, EVERY);
    oir_database_close(d);
    api_each_file(folder, "", make_read_only);
    REQUIRE(chmod(folder, 0555) == 0);
}

static void end(void)
{
    REQUIRE(chmod(folder, 0755) == 0);
    api_remove(folder);
}

static void read_all(void)
{
    bool changed = true;
    size_t files = api_count_files(folder, "");
    EXPECT(access(folder, W_OK) != 0);
    EXPECT_EQ(api_each_file(folder, "", is_writable), 0);
    oir_database *d = api_open(folder);
    EXPECT_EQ(api_picture(d, EVERY), picture);
    API_OK(oir_database_reopen(d, &changed, &api_error));
    EXPECT(!changed);
    oir_database *other = api_open(folder);
    API_OK(oir_database_add_database(d, other, &api_error));
    oir_database_close(other);
    EXPECT_EQ(oir_database_get_doccount(d), 2 * DOCUMENTS);
    oir_database_close(d);
    EXPECT(api_is_whole(folder));
    EXPECT_EQ(api_count_files(folder, ""), files); /* and nothing was left there */
}

/* Writing is refused by name, and harms nothing. */
static void fail_to_write(void)
{
    oir_writable_database *w;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    API_FAILS(oir_writable_database_open(&w, folder, NULL, &api_error), OIR_IO);
    EXPECT(!w && api_says(folder));
    options.mode = OIR_OPEN;
    API_FAILS(oir_writable_database_open(&w, folder, &options, &api_error), OIR_IO);
    options.mode = OIR_CREATE_OR_OVERWRITE;
    API_FAILS(oir_writable_database_open(&w, folder, &options, &api_error), OIR_IO);
    EXPECT(!w);
    read_all();
}

static void no_right_to_read(void)
{
    oir_database *d;
    uint64_t findings;
    API_FAILS(oir_database_open(&d, folder, &api_error), OIR_IO);
    EXPECT(!d && api_says(folder) && api_says("Permission denied"));
    API_FAILS(oir_index_check(folder, NULL, NULL, &findings, &api_error), OIR_IO);
}

static void searching(void)
{
    begin();
    EXPECT_EQ(in_child(read_all), 0);
    end();
}

static void writing(void)
{
    begin();
    EXPECT_EQ(in_child(fail_to_write), 0);
    end();
}

/* The folder may be entered but not listed: names are known, not looked for. */
static void read_without_listing(void)
{
    oir_database *d = api_open(folder);
    EXPECT_EQ(api_picture(d, EVERY), picture);
    oir_database_close(d);
}

static void unlisted(void)
{
    begin();
    REQUIRE(chmod(folder, 0111) == 0);
    EXPECT_EQ(in_child(read_without_listing), 0);
    end();
}

static void unreadable(void)
{
    begin();
    REQUIRE(chmod(folder, 0) == 0);
    EXPECT_EQ(in_child(no_right_to_read), 0);
    end();
}

/* A writer with the rights works beside readers without. */
static void reopen_beside_a_writer(void)
{
    oir_database *d = api_open(folder);
    EXPECT_EQ(oir_database_get_doccount(d), DOCUMENTS - 1);
    oir_database_close(d);
}

static void beside_a_writer(void)
{
    begin();
    REQUIRE(chmod(folder, 0755) == 0);
    char lock[API_PATH + 10];
    snprintf(lock, sizeof lock, "%s/lock", folder);
    chmod(lock, 0644);
    oir_writable_database *w = api_open_writer(folder);
    API_OK(oir_writable_database_delete_document(w, 1, &api_error));
    API_OK(oir_writable_database_commit(w, &api_error)); /* read-only files are replaced, not written */
    if (getuid() == 0)
        EXPECT_EQ(in_child(reopen_beside_a_writer), 0);
    else
        reopen_beside_a_writer();
    oir_writable_database_close(w);
    end();
}

static void nothing(void)
{
}

int main(void)
{
    if (in_child(nothing) == SKIPPED) {
        printf("skipped: no user nobody to become\n");
        return SKIPPED;
    }
    TEST(searching);
    TEST(writing);
    TEST(unlisted);
    TEST(unreadable);
    TEST(beside_a_writer);
    return harness_end();
}
