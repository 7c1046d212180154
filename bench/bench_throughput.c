/* oir-bench throughput: how many queries a second threads get out of one database. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/bench_clock.h"
#include "bench/bench_session.h"
#include "bench/line_list.h"
#include "bench/oir_bench.h"

enum { THREADS_MOST = 256, SECONDS_MOST = 3600 };

/* What all threads share. */
typedef struct load {
    const oir_database *database;
    line_list lines;
    atomic_bool stop;
} load;

typedef struct asker {
    load *load;
    size_t from;      /* the line it begins with */
    uint64_t asked;
    oir_status status;
    oir_error error;
    pthread_t thread;
} asker;

static void *ask(void *context)
{
    asker *a = context;
    const load *l = a->load;
    bench_session s = {0};
    a->status = bench_session_open(&s, l->database, &a->error);
    for (size_t i = a->from; !a->status && !atomic_load_explicit(&l->stop, memory_order_relaxed); a->asked++) {
        bool supported;
        oir_doccount answer;
        a->status = bench_session_ask(&s, l->lines.lines[i], l->lines.sizes[i], &supported, &answer, &a->error);
        i = i + 1 < l->lines.count ? i + 1 : 0;
    }
    bench_session_close(&s);
    return NULL;
}

static void wait_for(double seconds)
{
    struct timespec left = {.tv_sec = (time_t)seconds, .tv_nsec = (long)((seconds - (double)(time_t)seconds) * 1e9)};
    while (nanosleep(&left, &left) != 0 && errno == EINTR)
        ;
}

static int run(load *l, long threads, double seconds)
{
    asker *askers = calloc((size_t)threads, sizeof *askers);
    long started = 0;
    uint64_t asked = 0;
    int code = 0;
    double began = bench_clock_get();
    for (; askers && started < threads; started++) {
        asker *a = &askers[started];
        *a = (asker){.load = l, .from = l->lines.count * (size_t)started / (size_t)threads};
        if (pthread_create(&a->thread, NULL, ask, a) != 0)
            break;
    }
    if (started == threads)
        wait_for(seconds);
    atomic_store(&l->stop, true);
    for (long i = 0; i < started; i++) {
        pthread_join(askers[i].thread, NULL);
        asked += askers[i].asked;
        if (askers[i].status && !code)
            code = bench_fail(&askers[i].error);
    }
    double took = bench_clock_get() - began;
    free(askers);
    if (started < threads) {
        fprintf(stderr, "oir-bench: cannot start %ld threads\n", threads);
        return 2;
    }
    if (!code)
        printf("%ld threads: %.0f queries a second (%llu in %.2f s)\n", threads, (double)asked / took,
               (unsigned long long)asked, took);
    return code;
}

/* A number from 1 to most, or -1. */
static long parse_number(const char *text, long most)
{
    char *end;
    long n = strtol(text, &end, 10);
    return *text && !*end && n >= 1 && n <= most ? n : -1;
}

int bench_throughput(int argc, char **argv)
{
    load l = {0};
    oir_error err;
    oir_database *database;
    const char *folder = NULL;
    long threads = 1, seconds = 5;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--threads") == 0 && i + 1 < argc)
            threads = parse_number(argv[++i], THREADS_MOST);
        else if (strcmp(argv[i], "--seconds") == 0 && i + 1 < argc)
            seconds = parse_number(argv[++i], SECONDS_MOST);
        else if (argv[i][0] == '-' || folder)
            return bench_misused("throughput wants one folder");
        else
            folder = argv[i];
    }
    if (!folder || threads < 0 || seconds < 0)
        return bench_misused("throughput wants a folder, and from 1 to 256 threads for 1 to 3600 seconds");
    if (oir_database_open(&database, folder, &err))
        return bench_fail(&err);
    l.database = database;
    int code = line_list_read(&l.lines, "throughput");
    if (!code)
        code = run(&l, threads, (double)seconds);
    line_list_release(&l.lines);
    oir_database_close(database);
    return code;
}
