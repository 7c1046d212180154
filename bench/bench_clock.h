/* Seconds, for what is measured from outside; micro/timer.h is for single functions. */
#ifndef BENCH_BENCH_CLOCK_H
#define BENCH_BENCH_CLOCK_H

/* Seconds since some moment. */
double bench_clock_get(void);
/* Seconds of processor that this process has had, the system's work for it among them. */
double bench_clock_get_processor(void);

#endif
