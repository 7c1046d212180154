/* oir-bench times: how long each query takes, without the pipe that `query` is asked through. */
#include <stdlib.h>
#include <string.h>

#include "bench/bench_clock.h"
#include "bench/bench_database.h"
#include "bench/bench_session.h"
#include "bench/line_list.h"
#include "bench/oir_bench.h"

enum { ROUNDS_MOST = 10000 };

/* What is known of a line: the fastest time in seconds, and the answer. */
typedef struct timed {
    double seconds;
    bool supported;
    oir_doccount answer;
} timed;

/* All lines in turns, so that a query does not find its own lists in the nearest cache. */
static int run(bench_session *s, const line_list *l, long rounds, timed *each)
{
    oir_error err;
    for (long round = 0; round < rounds; round++)
        for (size_t i = 0; i < l->count; i++) {
            timed *t = &each[i];
            double began = bench_clock_get();
            if (bench_session_ask(s, l->lines[i], l->sizes[i], &t->supported, &t->answer, &err))
                return bench_fail(&err);
            double took = bench_clock_get() - began;
            t->seconds = round && t->seconds < took ? t->seconds : took;
        }
    return 0;
}

static int time_lines(bench_session *s, const line_list *l, long rounds)
{
    timed *each = calloc(l->count, sizeof *each);
    if (!each) {
        fprintf(stderr, "oir-bench: no memory for the times\n");
        return 2;
    }
    int code = run(s, l, rounds, each);
    for (size_t i = 0; !code && i < l->count; i++) {
        if (each[i].supported)
            printf("%.2f\t%lu\n", each[i].seconds * 1e6, (unsigned long)each[i].answer);
        else
            printf("-\tUNSUPPORTED\n");
    }
    free(each);
    return code;
}

int bench_times(int argc, char **argv)
{
    const char *folders[BENCH_FOLDERS_MAX];
    size_t count = 0;
    long rounds = 5;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--rounds") == 0 && i + 1 < argc)
            rounds = strtol(argv[++i], NULL, 10);
        else if (argv[i][0] == '-')
            return bench_misused("times wants folders, and --rounds N");
        else if (count == BENCH_FOLDERS_MAX)
            return bench_misused("times takes 256 folders at most");
        else
            folders[count++] = argv[i];
    }
    if (!count || rounds < 1 || rounds > ROUNDS_MOST)
        return bench_misused("times wants a folder, and from 1 to 10000 rounds");
    line_list l = {0};
    oir_error err;
    oir_database *database = NULL;
    bench_session s = {0};
    int code = line_list_read(&l, "times");
    if (!code && (bench_database_open(&database, folders, count, &err) || bench_session_open(&s, database, &err)))
        code = bench_fail(&err);
    if (!code)
        code = time_lines(&s, &l, rounds);
    bench_session_close(&s);
    oir_database_close(database);
    line_list_release(&l);
    return code;
}
