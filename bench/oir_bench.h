/* The sub-commands of oir-bench; each gets the arguments behind its name and answers the exit code. */
#ifndef BENCH_OIR_BENCH_H
#define BENCH_OIR_BENCH_H

#include <oir/oir.h>

#include <stdio.h>

int bench_index(int argc, char **argv);
int bench_commit(int argc, char **argv);
int bench_query(int argc, char **argv);
int bench_open(int argc, char **argv);
int bench_times(int argc, char **argv);
int bench_throughput(int argc, char **argv);
int bench_trec(int argc, char **argv);

/* Says on stderr what failed; answers the exit code for it. */
static inline int bench_fail(const oir_error *err)
{
    fprintf(stderr, "oir-bench: %s\n", err->message);
    return 2;
}

/* Wrong arguments. */
static inline int bench_misused(const char *what)
{
    fprintf(stderr, "oir-bench: %s; see oir-bench --help\n", what);
    return 2;
}

#endif
