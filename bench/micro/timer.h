/* Times one thing: the median of some runs, of which the first warm up.
 *
 *     TIMER_RUN(t, items, work(...));
 *     timer_print(&t, "unpack", "avx2");
 */
#ifndef BENCH_MICRO_TIMER_H
#define BENCH_MICRO_TIMER_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TIMER_RUNS = 15, TIMER_WARM = 3 };

typedef struct timer {
    double seconds[TIMER_RUNS];
    double items; /* in one run */
    int runs;
} timer;

static inline double timer_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static inline int timer_compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Runs `work` several times; it stands for `count` items each time. */
#define TIMER_RUN(t, count, work)                                                 \
    do {                                                                          \
        (t).items = (double)(count);                                              \
        for ((t).runs = -TIMER_WARM; (t).runs < TIMER_RUNS; (t).runs++) {         \
            double timer_start = timer_now();                                     \
            work;                                                                 \
            if ((t).runs >= 0)                                                    \
                (t).seconds[(t).runs] = timer_now() - timer_start;                \
        }                                                                         \
    } while (0)

/* Nanoseconds for an item in the median run. */
static inline double timer_ns(timer *t)
{
    qsort(t->seconds, (size_t)t->runs, sizeof *t->seconds, timer_compare);
    return t->seconds[t->runs / 2] * 1e9 / t->items;
}

static inline void timer_print(timer *t, const char *what, const char *how)
{
    double ns = timer_ns(t);
    printf("%-28s %-8s %9.3f ns an item %9.3f G items/s\n", what, how, ns, 1 / ns);
}

/* Keeps the compiler from leaving out work whose result nobody looks at. */
static inline void timer_keep(const void *at)
{
    __asm__ volatile("" : : "r"(at) : "memory");
}

#endif
