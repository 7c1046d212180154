/* Nothing is lost after kill -9 at any moment: a child changes and commits without end and says so through a pipe; it
 * is killed at random moments, and what is then in the index must be the last commit that it told of, or the next.
 *
 * Commit n is a function of n and of what is in the index, so that the model needs no help from the child. */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "index_world.h"
#include "indexer/writer.h"

enum { LAST_MAX = 100000, LIVE_MAX = 300 };

static char folder[200];
static uint64_t seeds[LAST_MAX + 1];
static world_model model = {seeds, 0};
static uint32_t live;
static uint64_t commits; /* in the model */

static void delete_one(oir_writable_database *w, oir_docid docid)
{
    if (!seeds[docid])
        return;
    if (w)
        REQUIRE_OK(oir_writable_database_delete_document(w, docid, &world_error), world_error);
    seeds[docid] = 0;
    live--;
}

static void put_one(oir_writable_database *w, oir_document *document, oir_docid docid, uint64_t seed)
{
    if (w) {
        world_fill(document, seed);
        REQUIRE_OK(oir_writable_database_replace_document(w, docid, document, &world_error), world_error);
    }
    live += !seeds[docid];
    seeds[docid] = seed;
    if (docid > model.last)
        model.last = docid;
}

/* The changes of the next commit, to the model and, where there is a writer, to the index. */
static void change(oir_writable_database *w, oir_document *document)
{
    uint64_t state = ++commits * 977;
    for (uint64_t n = 1 + world_next(&state) % 12; n > 0; n--)
        put_one(w, document, model.last + 1, world_next(&state) | 1);
    for (uint64_t n = world_next(&state) % 3; n > 0; n--)
        put_one(w, document, 1 + (oir_docid)(world_next(&state) % model.last), world_next(&state) | 1);
    for (oir_docid docid = 1; live > LIVE_MAX; docid++)
        delete_one(w, docid);
}

static void run_child(int out)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    oir_writable_database *w;
    oir_document *document;
    options.no_sync = commits % 4 != 0; /* killing a process loses nothing that was written */
    REQUIRE_OK(oir_document_new(&document, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    if (commits % 2)
        w->memory_limit = 1;
    for (;;) {
        change(w, document);
        if (commits % 16 == 0)
            REQUIRE_OK(oir_writable_database_optimise(w, &world_error), world_error);
        else
            REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
        if (write(out, &commits, sizeof commits) != sizeof commits)
            _exit(2);
    }
}

/* Runs a child for a while and returns the last commit that it told of. */
static uint64_t run_and_kill(void)
{
    int ends[2], status;
    uint64_t told = commits, next;
    REQUIRE(pipe(ends) == 0);
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        close(ends[0]);
        run_child(ends[1]);
        _exit(3);
    }
    close(ends[1]);
    struct timespec moment = {0, harness_below(60) * 1000000 + harness_below(1000000)};
    nanosleep(&moment, NULL);
    kill(child, SIGKILL);
    while (read(ends[0], &next, sizeof next) == sizeof next)
        told = next;
    close(ends[0]);
    REQUIRE(waitpid(child, &status, 0) == child);
    /* Had it ended by itself, something would have failed in it. */
    REQUIRE(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    return told;
}

static void check_no_orphans(void)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    oir_writable_database *w;
    options.mode = OIR_OPEN;
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    EXPECT_EQ(world_count_files(folder, "segment-"), w->segment_count);
    EXPECT_EQ(world_count_files(folder, "generation-"), 1);
    /* with current, lock, . and .. */
    EXPECT_EQ(world_count_files(folder, ""), w->segment_count + 5);
    oir_writable_database_close(w);
}

static void kill_at_any_moment(void)
{
    const char *given = getenv("OIR_KILLS");
    int kills = given ? atoi(given) : (int)harness_times(200), in_flight = 0;
    oir_writable_database *w;
    world_folder(folder);
    REQUIRE_OK(oir_writable_database_open(&w, folder, NULL, &world_error), world_error);
    oir_writable_database_close(w);
    for (int i = 0; i < kills && model.last < LAST_MAX - 5000; i++) {
        snapshot *s;
        uint64_t told = run_and_kill();
        REQUIRE_OK(snapshot_open(&s, folder, NULL, &world_error), world_error);
        uint64_t there = s->generation.revision - 1; /* the first one was made by opening */
        snapshot_close(s);
        REQUIRE(there == told || there == told + 1);
        in_flight += there == told + 1;
        while (commits < there)
            change(NULL, NULL);
        world_compare(folder, &model, true, i % 10 == 0);
        check_no_orphans();
    }
    printf("%d kills, %" PRIu64 " commits, %d of them were there but not yet told of\n", kills, commits, in_flight);
    world_remove(folder);
}

int main(void)
{
    harness_seed(1);
    TEST(kill_at_any_moment);
    return harness_end();
}
