/* oir-bench open: how long it takes to open an index, and until it has answered once. */
#include <stdlib.h>
#include <string.h>

#include "bench/bench_clock.h"
#include "bench/bench_database.h"
#include "bench/bench_session.h"
#include "bench/oir_bench.h"

enum { ROUNDS = 101 };

typedef struct times {
    double open[ROUNDS], answered[ROUNDS]; /* milliseconds since before opening */
} times;

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static oir_status run(const char *const *folders, size_t count, const char *line, times *t, oir_error *err)
{
    oir_status status = OIR_OK;
    for (size_t i = 0; !status && i < ROUNDS; i++) {
        oir_database *database = NULL;
        bench_session session = {0};
        oir_doccount answer = 0;
        bool supported = true;
        double start = bench_clock_get();
        status = bench_database_open(&database, folders, count, err);
        t->open[i] = 1e3 * (bench_clock_get() - start);
        if (!status)
            status = bench_session_open(&session, database, err);
        if (!status)
            status = bench_session_ask(&session, line, strlen(line), &supported, &answer, err);
        t->answered[i] = 1e3 * (bench_clock_get() - start);
        if (!status && !i)
            printf("%zu segments, %lu documents, answer to \"%s\": %lu\n", oir_database_get_segment_count(database),
                   (unsigned long)oir_database_get_doccount(database), line, (unsigned long)answer);
        bench_session_close(&session);
        oir_database_close(database);
    }
    return status;
}

static void print(const char *what, double *each)
{
    qsort(each, ROUNDS, sizeof *each, compare);
    printf("%-22s %8.3f ms, median of %d; fastest %.3f, slowest %.3f\n", what, each[ROUNDS / 2], ROUNDS, each[0],
           each[ROUNDS - 1]);
}

int bench_open(int argc, char **argv)
{
    const char *folders[BENCH_FOLDERS_MAX], *line = "TOP_10\tthe of";
    size_t count = 0;
    oir_error err;
    static times t;
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--line") == 0 && i + 1 < argc)
            line = argv[++i];
        else if (argv[i][0] == '-' || count == BENCH_FOLDERS_MAX)
            return bench_misused("open wants folders, and a line to ask after --line");
        else
            folders[count++] = argv[i];
    }
    if (!count)
        return bench_misused("open wants a folder");
    if (run(folders, count, line, &t, &err))
        return bench_fail(&err);
    print("open", t.open);
    print("open and first answer", t.answered);
    return 0;
}
