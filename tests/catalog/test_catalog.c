#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "catalog/catalog_lock.h"
#include "catalog_samples.h"

static char *folder;

static void commit(generation *g)
{
    oir_error err;
    catalog_lock *lock;
    REQUIRE_OK(catalog_lock_open(&lock, folder, 10, &err), err);
    REQUIRE_OK(catalog_commit(lock, g, false, &err), err);
    catalog_lock_close(lock);
}

static void no_index(void)
{
    oir_error err;
    generation g;
    char expected[600];
    EXPECT_EQ(catalog_read(folder, &g, &err), OIR_NOT_FOUND);
    snprintf(expected, sizeof expected, "no index in %s; make one with oir-index --index %s PATH", folder, folder);
    EXPECT_STR(err.message, expected);
    char *missing = file_join(folder, "nowhere");
    EXPECT_EQ(catalog_read(missing, &g, NULL), OIR_NOT_FOUND);
    EXPECT(!file_exists(missing));
    memory_free(missing);
    EXPECT_EQ(samples_count_files(folder), 0);
}

static void segment_paths(void)
{
    char *path = catalog_segment_path("a/b", 17);
    EXPECT_STR(path, "a/b/segment-17");
    memory_free(path);
}

static void missing_generation(void)
{
    oir_error err;
    generation g, back;
    samples_generation(&g, 3, 100);
    commit(&g);
    char name[48];
    snprintf(name, sizeof name, "generation-%" PRIu64, g.revision);
    char *path = file_join(folder, name), *aside = file_join(folder, "aside");
    char *wrong = file_join(folder, "generation-77");
    REQUIRE(rename(path, aside) == 0);
    EXPECT_EQ(catalog_read(folder, &back, &err), OIR_CORRUPT);
    EXPECT(strstr(err.message, name) != NULL);

    /* A file under another's name is not taken for it. */
    REQUIRE(rename(aside, wrong) == 0);
    samples_write(folder, "current", "generation-77\n", 14);
    EXPECT_EQ(catalog_read(folder, &back, &err), OIR_CORRUPT);
    EXPECT(strstr(err.message, "revision") != NULL);
    samples_remove(folder);
    REQUIRE(mkdir(folder, 0777) == 0);
    generation_release(&g);
    memory_free(path);
    memory_free(aside);
    memory_free(wrong);
}

static void damaged_current(void)
{
    oir_error err;
    generation g, back;
    char line[48];
    samples_generation(&g, 3, 100);
    commit(&g);
    int size = snprintf(line, sizeof line, "generation-%" PRIu64 "\n", g.revision);
    for (int bit = 0; bit < size * 8; bit++) {
        char copy[48];
        memcpy(copy, line, sizeof copy);
        copy[bit / 8] ^= (char)(1 << bit % 8);
        samples_write(folder, "current", copy, (size_t)size);
        EXPECT_EQ(catalog_read(folder, &back, &err), OIR_CORRUPT);
    }
    for (int i = 0; i <= size; i++) {
        samples_write(folder, "current", line, (size_t)i);
        EXPECT_EQ(catalog_read(folder, &back, &err), i == size ? OIR_OK : OIR_CORRUPT);
        generation_release(&back);
    }
    char zeros[5000] = "";
    samples_write(folder, "current", zeros, sizeof zeros);
    EXPECT_EQ(catalog_read(folder, &back, &err), OIR_CORRUPT);
    samples_write(folder, "current", line, (size_t)size);
    generation_release(&g);
}

/* As another user if we are root, whom no permission stops. */
static void read_only_folder(void)
{
    int how;
    generation g;
    samples_generation(&g, 3, 100);
    commit(&g);
    size_t files = samples_count_files(folder);
    REQUIRE(chmod(folder, 0555) == 0);
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        generation back;
        oir_error err;
        catalog_lock *lock;
        char *path = file_join(folder, "lock");
        bool ok = chmod(path, 0444) == 0;
        ok &= getuid() != 0 || setuid(65534) == 0;
        ok &= catalog_read(folder, &back, &err) == OIR_OK && back.revision == g.revision;
        ok &= catalog_lock_open(&lock, folder, 0, &err) == OIR_IO && strstr(err.message, "lock");
        _exit(ok ? 0 : 1);
    }
    REQUIRE(waitpid(child, &how, 0) == child);
    EXPECT(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    EXPECT_EQ(samples_count_files(folder), files);
    REQUIRE(chmod(folder, 0755) == 0);
    generation_release(&g);
}

/* ---- readers while a writer commits ---- */

static atomic_bool ended;
static atomic_long reads, reads_failed;

/* What the writer below makes of a revision; readers know it, so they see a mixture of two. */
static void content(generation *g, uint64_t revision)
{
    char value[32];
    snprintf(value, sizeof value, "%" PRIu64, revision);
    generation_init(g);
    g->last_docid = (oir_docid)revision;
    g->next_segment = revision * 3;
    g->settings = memory_new_zeroed(1, sizeof *g->settings);
    g->settings[0] = (catalog_setting){memory_copy("revision", 8), memory_copy(value, strlen(value)), strlen(value)};
    g->setting_count = 1;
}

static void *read_on(void *context)
{
    (void)context;
    oir_error err;
    uint64_t last = 0;
    while (!atomic_load(&ended)) {
        generation g, expected;
        bool ok = catalog_read(folder, &g, &err) == OIR_OK && g.revision >= last;
        if (ok) {
            content(&expected, g.revision);
            expected.revision = g.revision;
            memcpy(expected.uuid, g.uuid, sizeof g.uuid);
            ok = samples_equal(&g, &expected);
            last = g.revision;
            generation_release(&expected);
        }
        generation_release(&g);
        atomic_fetch_add(&reads, 1);
        if (!ok && atomic_fetch_add(&reads_failed, 1) == 0)
            fprintf(stderr, "after revision %" PRIu64 ": %s\n", last, err.message);
    }
    return NULL;
}

static void readers_beside_a_writer(void)
{
    enum { THREADS = 3, COMMITS = 400 };
    pthread_t threads[THREADS];
    oir_error err;
    catalog_lock *lock;
    char uuid[37] = "";
    samples_remove(folder);
    REQUIRE_OK(catalog_lock_open(&lock, folder, 0, &err), err);
    for (uint64_t i = 1; i <= COMMITS; i++) {
        generation g;
        content(&g, i);
        g.revision = i - 1;
        memcpy(g.uuid, uuid, sizeof uuid);
        REQUIRE_OK(catalog_commit(lock, &g, false, &err), err);
        memcpy(uuid, g.uuid, sizeof uuid);
        EXPECT_EQ(g.revision, i);
        generation_release(&g);
        for (int t = 0; i == 1 && t < THREADS; t++)
            REQUIRE(pthread_create(&threads[t], NULL, read_on, NULL) == 0);
    }
    atomic_store(&ended, true);
    for (int t = 0; t < THREADS; t++)
        pthread_join(threads[t], NULL);
    catalog_lock_close(lock);
    printf("%d commits beside %ld reads\n", COMMITS, atomic_load(&reads));
    EXPECT_EQ(atomic_load(&reads_failed), 0);
    EXPECT(atomic_load(&reads) > 0);
}

int main(void)
{
    harness_seed(6);
    folder = samples_folder();
    TEST(no_index);
    TEST(segment_paths);
    TEST(missing_generation);
    TEST(damaged_current);
    TEST(read_only_folder);
    TEST(readers_beside_a_writer);
    samples_remove(folder);
    memory_free(folder);
    return harness_end();
}
