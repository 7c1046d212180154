#include "catalog/catalog_lock.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "catalog_samples.h"

static char *folder;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static oir_status try_lock(double wait, oir_error *err)
{
    catalog_lock *lock;
    oir_status status = catalog_lock_open(&lock, folder, wait, err);
    EXPECT((status == OIR_OK) == (lock != NULL));
    catalog_lock_close(lock);
    return status;
}

/* A child that takes the lock, says so, and holds it until it is told (a byte, or the end of `go`). */
typedef struct holder {
    pid_t pid;
    int said, go;
} holder;

static void holder_start(holder *h)
{
    int said[2], go[2];
    char byte = 0;
    REQUIRE(pipe(said) == 0 && pipe(go) == 0);
    fflush(NULL);
    h->pid = fork();
    REQUIRE(h->pid >= 0);
    if (h->pid == 0) {
        catalog_lock *lock;
        close(go[1]);
        if (catalog_lock_open(&lock, folder, 5, NULL) != OIR_OK || write(said[1], "x", 1) != 1)
            _exit(1);
        _exit(read(go[0], &byte, 1) < 0); /* without closing the lock, as a crash would */
    }
    close(said[1]);
    close(go[0]);
    h->said = said[0];
    h->go = go[1];
    REQUIRE(read(h->said, &byte, 1) == 1);
}

static void holder_end(holder *h)
{
    int how;
    close(h->go);
    close(h->said);
    REQUIRE(waitpid(h->pid, &how, 0) == h->pid);
}

static void makes_the_folder(void)
{
    oir_error err;
    char *inner = file_join(folder, "new"), *deeper = file_join(folder, "a/b"), *file = file_join(folder, "file");
    catalog_lock *lock;
    REQUIRE_OK(catalog_lock_open(&lock, inner, 0, &err), err);
    EXPECT(samples_has(inner, "lock"));
    catalog_lock_close(lock);
    EXPECT_EQ(catalog_lock_open(&lock, deeper, 0, &err), OIR_IO);
    EXPECT(lock == NULL && strstr(err.message, deeper));
    samples_write(folder, "file", "x", 1);
    EXPECT_EQ(catalog_lock_open(&lock, file, 0, &err), OIR_IO);
    unlink(file);
    samples_remove(inner);
    memory_free(inner);
    memory_free(deeper);
    memory_free(file);
    catalog_lock_close(NULL);
}

static void excludes_in_one_process(void)
{
    oir_error err;
    catalog_lock *lock;
    REQUIRE_OK(catalog_lock_open(&lock, folder, 0, &err), err);
    EXPECT_EQ(try_lock(0, &err), OIR_LOCKED);
    /* Opening and closing the file elsewhere gives nothing away, as it would with the older kind of lock. */
    char *path = file_join(folder, "lock");
    close(open(path, O_RDWR));
    memory_free(path);
    EXPECT_EQ(try_lock(0, &err), OIR_LOCKED);
    catalog_lock_close(lock);
    EXPECT_EQ(try_lock(0, &err), OIR_OK);
}

static void says_who(void)
{
    oir_error err;
    holder h;
    char host[80] = "", expected[160];
    holder_start(&h);
    EXPECT_EQ(try_lock(0, &err), OIR_LOCKED);
    gethostname(host, sizeof host - 1);
    snprintf(expected, sizeof expected, "pid %ld on host %s since 20", (long)h.pid, host);
    EXPECT(strstr(err.message, expected) != NULL);
    EXPECT(strstr(err.message, folder) != NULL);
    EXPECT(strchr(err.message, '\n') == NULL);
    printf("%s\n", err.message);
    holder_end(&h);
}

/* The text is for people: whatever stands in it, the message stays one readable line. */
static void survives_a_strange_text(void)
{
    oir_error err;
    holder h;
    uint8_t bytes[1000];
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)harness_random();
    samples_write(folder, "lock", bytes, sizeof bytes);
    EXPECT_EQ(try_lock(0, &err), OIR_OK); /* nobody holds it */
    holder_start(&h);
    samples_write(folder, "lock", bytes, sizeof bytes);
    EXPECT_EQ(try_lock(0, &err), OIR_LOCKED);
    samples_write(folder, "lock", "", 0);
    EXPECT_EQ(try_lock(0, &err), OIR_LOCKED);
    EXPECT(strstr(err.message, "it does not say who") != NULL);
    holder_end(&h);
}

static void waits_as_long_as_told(void)
{
    oir_error err;
    holder h;
    holder_start(&h);
    double start = now();
    EXPECT_EQ(try_lock(0.15, &err), OIR_LOCKED);
    EXPECT(now() - start >= 0.15);
    holder_end(&h);
}

static void *let_go(void *context)
{
    struct timespec pause = {.tv_nsec = 100000000};
    nanosleep(&pause, NULL);
    holder_end(context);
    return NULL;
}

static void gets_it_when_let_go(void)
{
    static const double waits[] = {60, -1};
    oir_error err;
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++) {
        holder h;
        pthread_t thread;
        holder_start(&h);
        REQUIRE(pthread_create(&thread, NULL, let_go, &h) == 0);
        EXPECT_EQ(try_lock(waits[i], &err), OIR_OK);
        pthread_join(thread, NULL);
    }
}

static void dead_holder_does_not_matter(void)
{
    oir_error err;
    holder h;
    holder_start(&h);
    EXPECT_EQ(try_lock(0, &err), OIR_LOCKED);
    kill(h.pid, SIGKILL);
    holder_end(&h);
    EXPECT_EQ(try_lock(0, &err), OIR_OK);
}

/* Runs in a child of the holder of `lock`: exits 0 if all is as it should be. */
static void child_of_holder(catalog_lock *lock)
{
    oir_error err;
    generation g;
    generation_init(&g);
    bool ok = catalog_lock_check(lock, &err) == OIR_INVALID_OPERATION &&
              catalog_commit(lock, &g, false, &err) == OIR_INVALID_OPERATION;
    catalog_clean(lock, &g);
    catalog_lock_close(lock);
    _exit(ok && try_lock(0, NULL) == OIR_LOCKED ? 0 : 1);
}

static void fork_gives_nothing_away(void)
{
    oir_error err;
    catalog_lock *lock;
    int how;
    REQUIRE_OK(catalog_lock_open(&lock, folder, 0, &err), err);
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0)
        child_of_holder(lock);
    REQUIRE(waitpid(child, &how, 0) == child);
    EXPECT(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    EXPECT_EQ(try_lock(0, &err), OIR_LOCKED); /* the child's close did not unlock */
    EXPECT_EQ(catalog_lock_check(lock, &err), OIR_OK);

    /* A child that lives on with its copy does not keep the lock from others. */
    int go[2];
    char byte;
    REQUIRE(pipe(go) == 0);
    fflush(NULL);
    child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        close(go[1]);
        _exit(read(go[0], &byte, 1) < 0);
    }
    catalog_lock_close(lock);
    EXPECT_EQ(try_lock(0, &err), OIR_OK);
    close(go[0]);
    close(go[1]);
    REQUIRE(waitpid(child, &how, 0) == child);
}

/* The folder is removed and made anew while somebody waits: what counts is the new file. */
static void follows_the_name(void)
{
    oir_error err;
    catalog_lock *old, *fresh;
    REQUIRE_OK(catalog_lock_open(&old, folder, 0, &err), err);
    samples_remove(folder);
    REQUIRE_OK(catalog_lock_open(&fresh, folder, 0, &err), err);
    catalog_lock_close(old);
    EXPECT_EQ(try_lock(0, &err), OIR_LOCKED);
    catalog_lock_close(fresh);
}

/* Many writers add to a number in a file; were two in at once, additions would be lost. */
static void many_writers(void)
{
    enum { CHILDREN = 4, ROUNDS = 25 };
    char *path = file_join(folder, "number");
    int how, number = 0;
    samples_write(folder, "number", &number, sizeof number);
    fflush(NULL);
    for (int c = 0; c < CHILDREN; c++) {
        pid_t child = fork();
        REQUIRE(child >= 0);
        if (child != 0)
            continue;
        int fd = open(path, O_RDWR);
        for (int i = 0; i < ROUNDS; i++) {
            catalog_lock *lock;
            if (catalog_lock_open(&lock, folder, -1, NULL) != OIR_OK || pread(fd, &number, sizeof number, 0) < 0)
                _exit(1);
            number++;
            poll(NULL, 0, 1);
            if (pwrite(fd, &number, sizeof number, 0) < 0)
                _exit(1);
            catalog_lock_close(lock);
        }
        _exit(0);
    }
    for (int c = 0; c < CHILDREN; c++) {
        REQUIRE(wait(&how) > 0);
        EXPECT(WIFEXITED(how) && WEXITSTATUS(how) == 0);
    }
    int fd = open(path, O_RDONLY);
    EXPECT(read(fd, &number, sizeof number) == sizeof number);
    close(fd);
    EXPECT_EQ(number, CHILDREN * ROUNDS);
    memory_free(path);
}

int main(void)
{
    harness_seed(4);
    folder = samples_folder();
    TEST(makes_the_folder);
    TEST(excludes_in_one_process);
    TEST(says_who);
    TEST(survives_a_strange_text);
    TEST(waits_as_long_as_told);
    TEST(gets_it_when_let_go);
    TEST(dead_holder_does_not_matter);
    TEST(fork_gives_nothing_away);
    TEST(follows_the_name);
    TEST(many_writers);
    samples_remove(folder);
    memory_free(folder);
    return harness_end();
}
