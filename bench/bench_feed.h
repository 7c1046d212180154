/* Documents from lines of standard input. */
#ifndef BENCH_BENCH_FEED_H
#define BENCH_BENCH_FEED_H

#include "bench/bench_stages.h"

/* What becomes of a line. */
typedef enum bench_form {
    BENCH_FORM_WORDS, /* "text" of a-z and spaces: its words as they stand, at positions from 1 */
    BENCH_FORM_FULL   /* "title" (under S, and without) and "body" through a term generator with English stems; the
                         body is stored */
} bench_form;

typedef struct bench_feed_options {
    bench_form form;
    unsigned long commit; /* lines after which to commit, each time; 0: never */
    unsigned threads;     /* as the writer's, */
    size_t memory;        /* and its limit */
} bench_feed_options;

/* Adds all lines; adds the bytes of their texts to *bytes. With several threads the stages do not tell what these do.
 * OIR_IO, OIR_INVALID_ARGUMENT (a line without a text) and failures of adding. */
oir_status bench_feed(oir_writable_database *writer, const bench_feed_options *options, bench_stages *stages,
                      uint64_t *bytes, oir_error *err);

#endif
