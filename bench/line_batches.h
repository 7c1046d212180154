/* Lines of a file descriptor, many at a time; while those at hand are used, a thread reads the next. Only a line that
 * is longer than a batch is not copied, and waited for. */
#ifndef BENCH_LINE_BATCHES_H
#define BENCH_LINE_BATCHES_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "bench/lines.h"

typedef struct line_batch_line {
    uint64_t number; /* in the input, from 1 */
    size_t end;      /* in the text, where the next one starts */
} line_batch_line;

/* Lines that are not empty, one behind the other. */
typedef struct line_batch {
    char *text;
    size_t size, capacity;
    line_batch_line *lines;
    size_t count, line_capacity;
    char *line;      /* what comes behind them where it is longer than a batch: the line itself; else NULL */
    size_t line_size;
    uint64_t read;   /* lines of the input up to its end, empty ones too */
    int more;        /* as lines_next has it: whether others may follow */
    int failed;      /* errno, if that is -1 */
} line_batch;

typedef struct line_batches {
    lines *in;
    size_t bytes;         /* that are enough for a batch */
    unsigned long stop;   /* it ends after each so many lines of the input, too; 0: it does not */
    line_batch batches[2];
    line_batch *reading;  /* the one that the thread fills, or that comes next */
    bool begun;           /* the thread is there */
    pthread_t thread;
} line_batches;

/* `in` must outlive it, and is nobody else's meanwhile. */
void line_batches_init(line_batches *b, lines *in, size_t bytes, unsigned long stop);
void line_batches_release(line_batches *b);
/* The next lines, valid until the next call, and for writing: none behind the last. A failure is told by the batch. */
line_batch *line_batches_next(line_batches *b);

#endif
