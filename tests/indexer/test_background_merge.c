/* A merge beside the writer: whatever happens meanwhile, documents are what the model says; a failure loses nothing. */
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "background_world.h"
#include "indexer/merge_policy.h"

enum { EACH = 20 };

/* ---- what is changed meanwhile ---- */

static void nothing_waits_for_it(void)
{
    background_begin();
    background_hold(EACH);
    for (int i = 0; i < 3; i++) {
        background_add(EACH);
        background_commit();
        EXPECT(background_writer->background);
        EXPECT_EQ(background_writer->segment_count, MERGE_POLICY_COUNT + i + 1);
        background_compare();
    }
    EXPECT_EQ(background_let_go(), OIR_OK);
    EXPECT_EQ(background_writer->segment_count, 4);
    background_compare(); /* its sources are named until there is a commit */
    background_commit();
    EXPECT_EQ(world_count_files(background_folder, "segment-"), 4);
    background_end();
}

static void deleted_and_replaced(void)
{
    background_begin();
    background_delete(3);
    background_hold(EACH);
    background_delete(1);
    background_delete(EACH * 2);
    background_put(5);
    background_put(EACH * 3 + 1);
    background_delete_key(7);
    background_commit();
    EXPECT(background_writer->background);
    background_compare();
    background_delete(8);
    background_put(9);
    EXPECT_EQ(background_let_go(), OIR_OK);
    background_delete(11); /* in what is merged */
    background_put(12);
    background_compare();
    background_commit();
    background_compare();
    background_end();
}

static void source_gone_meanwhile(void)
{
    background_begin();
    background_hold(EACH);
    for (oir_docid docid = 1; docid <= EACH; docid++)
        background_delete(docid);
    background_commit();
    EXPECT_EQ(background_writer->segment_count, MERGE_POLICY_COUNT - 1);
    background_compare();
    EXPECT_EQ(background_let_go(), OIR_OK);
    background_commit();
    EXPECT_EQ(background_writer->segment_count, 1);
    background_compare();
    background_end();
}

/* An end that nobody waited for is a change, so that the next commit names what came of it. */
static void commit_names_the_result(void)
{
    background_begin();
    background_hold(EACH);
    atomic_store(&background_closed, false);
    while (background_writer->background) {
        usleep(1000);
        background_commit();
    }
    EXPECT_EQ(background_writer->segment_count, 1);
    EXPECT_EQ(world_count_files(background_folder, "segment-"), 1);
    background_compare();
    background_end();
}

static void settled(void)
{
    background_begin();
    background_hold(EACH);
    background_delete(2);
    background_add(EACH);
    atomic_store(&background_closed, false);
    REQUIRE_OK(oir_writable_database_settle(background_writer, &world_error), world_error);
    background_note();
    EXPECT(!background_writer->background);
    EXPECT_EQ(background_writer->segment_count, 2);
    background_compare();
    background_end();
}

static bool refuse(const char *what, uint64_t done, uint64_t total, void *context)
{
    (void)done;
    (void)total;
    (void)context;
    return strcmp(what, "waiting for a merge") != 0;
}

static void waiting_is_given_up(void)
{
    background_begin();
    background_hold(EACH);
    background_delete(2);
    background_writer->progress.call = refuse;
    EXPECT_EQ(oir_writable_database_settle(background_writer, &world_error), OIR_CANCELLED);
    EXPECT(background_writer->background);
    background_writer->progress.call = NULL;
    background_commit();
    background_compare();
    EXPECT_EQ(background_let_go(), OIR_OK);
    background_commit();
    background_end();
}

static void *open_soon(void *context)
{
    (void)context;
    usleep(20000);
    atomic_store(&background_closed, false);
    return NULL;
}

/* Who adds documents does not wait for a merge, but where segments have become very many. */
static void too_many_are_waited_for(void)
{
    enum { MANY = 64 };
    pthread_t opener;
    background_begin();
    background_hold(EACH);
    while (background_writer->segment_count < MANY) {
        background_add(1);
        REQUIRE_OK(writer_flush(background_writer, false, &world_error), world_error);
        EXPECT(background_writer->background);
        if (background_writer->segment_count < MANY)
            REQUIRE_OK(writer_merge_many(background_writer, &world_error), world_error);
    }
    REQUIRE(pthread_create(&opener, NULL, open_soon, NULL) == 0);
    REQUIRE_OK(writer_merge_many(background_writer, &world_error), world_error);
    REQUIRE(pthread_join(opener, NULL) == 0);
    REQUIRE_OK(oir_writable_database_settle(background_writer, &world_error), world_error);
    background_note();
    EXPECT(background_writer->segment_count < MERGE_POLICY_COUNT);
    background_end();
}

/* ---- going back and away ---- */

static void rolled_back(void)
{
    background_begin();
    background_hold(EACH);
    background_delete(1);
    background_put(2);
    background_add(EACH);
    REQUIRE_OK(writer_flush(background_writer, false, &world_error), world_error);
    background_roll_back();
    EXPECT(background_writer->background); /* its sources are as they were */
    background_add(EACH);
    background_commit();
    background_compare();
    EXPECT_EQ(background_let_go(), OIR_OK);
    EXPECT_EQ(background_writer->segment_count, 2);
    background_commit();
    background_compare();
    background_end();
}

/* What the merge was told is deleted lives again, or a source was never committed. */
static void rolled_back_behind_it(void)
{
    for (int deleted = 0; deleted < 2; deleted++) {
        background_begin();
        background_prepare(EACH);
        if (deleted) {
            background_commit();
            EXPECT(background_writer->background);
            atomic_store(&background_closed, false);
            writer_background_cancel(background_writer);
            background_delete(1);
        }
        atomic_store(&background_closed, true);
        REQUIRE_OK(writer_merge(background_writer, true, &world_error), world_error);
        EXPECT(background_writer->background);
        atomic_store(&background_closed, false);
        background_roll_back();
        EXPECT(!background_writer->background);
        EXPECT_EQ(world_count_files(background_folder, "segment-"), MERGE_POLICY_COUNT - !deleted);
        background_compare();
        background_add(EACH);
        REQUIRE_OK(oir_writable_database_settle(background_writer, &world_error), world_error);
        background_note();
        background_compare();
        background_end();
    }
}

/* Closing asks it to stop, so it does not wait for its end: the merge is at its start when it goes on. */
static void closed(void)
{
    pthread_t opener;
    background_begin();
    background_hold(EACH);
    background_delete(1);
    REQUIRE(pthread_create(&opener, NULL, open_soon, NULL) == 0);
    oir_writable_database_close(background_writer);
    REQUIRE(pthread_join(opener, NULL) == 0);
    EXPECT_EQ(world_count_files(background_folder, "segment-"), MERGE_POLICY_COUNT);
    background_compare();
    memcpy(background_seeds, background_committed_seeds, sizeof background_seeds);
    background_open_writer();
    background_add(EACH);
    background_commit();
    background_end();
}

/* What one writer left undone the next one does itself, so that no number of writers leaves ever more. */
static void left_undone(void)
{
    background_begin();
    background_hold(EACH);
    atomic_store(&background_closed, false);
    writer_background_cancel(background_writer);
    oir_writable_database_close(background_writer);
    background_writer = NULL;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.threads = 2;
    REQUIRE_OK(oir_writable_database_open(&background_writer, background_folder, &options, &world_error), world_error);
    background_writer->background_least = 0;
    background_add(EACH);
    background_commit();
    EXPECT(!background_writer->background);
    EXPECT_EQ(background_writer->segment_count, 1);
    background_end();
}

static void optimised(void)
{
    pthread_t opener;
    background_begin();
    background_hold(EACH);
    background_delete(1);
    REQUIRE(pthread_create(&opener, NULL, open_soon, NULL) == 0);
    REQUIRE_OK(oir_writable_database_optimise(background_writer, &world_error), world_error);
    REQUIRE(pthread_join(opener, NULL) == 0);
    background_note();
    EXPECT_EQ(background_writer->segment_count, 1);
    EXPECT_EQ(world_count_files(background_folder, "segment-"), 1);
    background_end();
}

/* The child has no such thread, and what it does with its copy harms nobody. */
static void forked(void)
{
    /* What the thread was at is given up, not given back: it may be in pieces. */
    static const void *given_up;
    background_begin();
    background_hold(EACH);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        bool refused = oir_writable_database_commit(background_writer, &world_error) == OIR_INVALID_OPERATION;
        given_up = background_writer->background;
        oir_writable_database_close(background_writer);
        _exit(refused && given_up ? 0 : 1);
    }
    int status;
    REQUIRE(waitpid(child, &status, 0) == child);
    EXPECT_EQ(status, 0);
    background_delete(1);
    EXPECT_EQ(background_let_go(), OIR_OK);
    background_commit();
    EXPECT_EQ(background_writer->segment_count, 1);
    background_end();
}

/* ---- what fails ---- */

/* It failed: told once, by a commit, which can be made again. */
static void is_told_and_lost_nothing(oir_status expected, size_t segments)
{
    EXPECT_EQ(oir_writable_database_commit(background_writer, &world_error), expected);
    EXPECT(strstr(world_error.message, "in the background failed, and nothing is lost"));
    EXPECT_EQ(background_writer->segment_count, segments);
    background_compare();
}

static void memory_fails(void)
{
    long left = 0, failures = 0;
    /* Where races are looked for, and each takes long, there are fewer moments. */
    for (bool enough = false; !enough; left += 1 + left / (harness_sees_races_only() ? 2 : 8)) {
        background_begin();
        background_hold(EACH);
        background_delete(4);
        background_add(EACH);
        atomic_store(&background_left, left);
        atomic_store(&background_closed, false);
        REQUIRE_OK(writer_background_poll(background_writer, true, &world_error), world_error);
        EXPECT(!background_writer->background);
        enough = background_writer->background_status == OIR_OK;
        failures += !enough;
        atomic_store(&background_left, -1);
        if (!enough)
            is_told_and_lost_nothing(OIR_NO_MEMORY, MERGE_POLICY_COUNT);
        background_commit();
        background_compare();
        REQUIRE_OK(oir_writable_database_settle(background_writer, &world_error), world_error);
        EXPECT_EQ(background_writer->segment_count, enough ? 2 : 1);
        background_end();
    }
    EXPECT(failures > 10);
}

/* A disk without room for it is as good as a merge that nobody began. */
static void disk_fails(void)
{
    struct rlimit before, none;
    background_begin();
    background_hold(EACH);
    background_add(EACH);
    signal(SIGXFSZ, SIG_IGN);
    REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
    none = before;
    none.rlim_cur = 4096;
    REQUIRE(setrlimit(RLIMIT_FSIZE, &none) == 0);
    oir_status status = background_let_go();
    REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
    EXPECT(status == OIR_OK || status == OIR_IO);
    EXPECT_EQ(background_writer->segment_count, MERGE_POLICY_COUNT);
    background_commit();
    background_compare();
    REQUIRE_OK(oir_writable_database_settle(background_writer, &world_error), world_error);
    EXPECT_EQ(background_writer->segment_count, 1);
    background_end();
}

/* Changes the bytes of a part of a segment, and the second time back. Checksums of so few were looked at already. */
static void flip(uint64_t number, enum part_kind kind)
{
    const segment *s = NULL;
    for (size_t i = 0; i < background_writer->segment_count; i++)
        if (background_writer->segments[i].deletions.catalog.number == number)
            s = background_writer->segments[i].segment;
    REQUIRE(s && container_has_part(s->container, kind));
    char *path = catalog_segment_path(background_folder, number);
    int file = open(path, O_RDWR);
    const container_slot *slot = &s->container->parts[kind].slots[0];
    const container_chunk *chunk = &s->container->chunks[slot->chunk];
    off_t at = 0, size = lseek(file, 0, SEEK_END);
    uint8_t wanted[64], *all = malloc((size_t)size);
    memcpy(wanted, chunk->value, sizeof wanted);
    REQUIRE(file >= 0 && all && pread(file, all, (size_t)size, 0) == size);
    while (memcmp(all + at, wanted, sizeof wanted) != 0)
        REQUIRE(++at + (off_t)sizeof wanted <= size);
    for (uint32_t i = 16; i < chunk->size; i++)
        all[at + i] ^= 0xff;
    REQUIRE(pwrite(file, all + at, chunk->size, at) == (ssize_t)chunk->size);
    close(file);
    free(all);
    memory_free(path);
}

static void source_damaged(void)
{
    background_begin();
    background_prepare(EACH);
    uint64_t number = background_writer->segments[MERGE_POLICY_COUNT - 1].deletions.catalog.number;
    background_commit();
    REQUIRE(background_writer->background);
    flip(number, PART_TERMS);
    EXPECT_EQ(background_let_go(), OIR_CORRUPT);
    EXPECT(strstr(world_error.message, "in the background failed, and nothing is lost"));
    flip(number, PART_TERMS);
    EXPECT_EQ(background_writer->segment_count, MERGE_POLICY_COUNT);
    REQUIRE_OK(oir_writable_database_settle(background_writer, &world_error), world_error);
    EXPECT_EQ(background_writer->segment_count, 1);
    background_end();
}

/* ---- memory ---- */

static void memory_is_shared(void)
{
    background_begin();
    size_t most = background_writer->buffer_limit;
    EXPECT_EQ(team_size(background_writer->team), 2);
    background_hold(EACH);
    EXPECT(background_writer->buffer_limit <= most / 2);
    EXPECT_EQ(team_size(background_writer->team), 1);
    EXPECT_EQ(background_let_go(), OIR_OK);
    EXPECT_EQ(background_writer->buffer_limit, most);
    EXPECT_EQ(team_size(background_writer->team), 2);
    background_commit();
    background_end();
}

/* Not with one thread, nor with little memory. */
static void only_where_it_is_allowed(void)
{
    static const struct {
        unsigned threads;
        size_t memory;
        bool allowed;
    } ways[] = {{1, 256 << 20, false}, {2, 127 << 20, false}, {2, 128 << 20, true}, {8, 256 << 20, true}};
    char folder[200];
    world_folder(folder);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        oir_writable_database *w;
        oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
        options.threads = ways[i].threads;
        options.memory_limit = ways[i].memory;
        REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
        EXPECT_EQ(w->background_least < UINT64_MAX, ways[i].allowed);
        oir_writable_database_close(w);
    }
    world_remove(folder);
}

int main(void)
{
    TEST(nothing_waits_for_it);
    TEST(deleted_and_replaced);
    TEST(source_gone_meanwhile);
    TEST(commit_names_the_result);
    TEST(settled);
    TEST(waiting_is_given_up);
    TEST(too_many_are_waited_for);
    TEST(rolled_back);
    TEST(rolled_back_behind_it);
    TEST(closed);
    TEST(left_undone);
    TEST(optimised);
    TEST(forked);
    TEST(memory_fails);
    TEST(disk_fails);
    TEST(source_damaged);
    TEST(memory_is_shared);
    TEST(only_where_it_is_allowed);
    return harness_end();
}
