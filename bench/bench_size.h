/* Sizes as options give them. */
#ifndef BENCH_BENCH_SIZE_H
#define BENCH_BENCH_SIZE_H

#include <stddef.h>

/* "256M" and the like; 0 for what is no size. */
size_t bench_size_parse(const char *text);

#endif
