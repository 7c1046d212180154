#include "bench/bench_clock.h"

#include <sys/resource.h>
#include <time.h>

double bench_clock_get(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double to_seconds(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

double bench_clock_get_processor(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return to_seconds(used.ru_utime) + to_seconds(used.ru_stime);
}
