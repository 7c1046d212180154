/* Documents from lines of standard input. */
#ifndef BENCH_BENCH_FEED_H
#define BENCH_BENCH_FEED_H

#include "bench/bench_stages.h"

/* What becomes of a line. */
typedef enum bench_form {
    BENCH_FORM_WORDS, /* "text": what stands between spaces, as it is, at positions from 1 */
    BENCH_FORM_FULL   /* "title" (under S, and without) and "body" through a term generator with English stems; the
                         body is stored */
} bench_form;

/* Adds all lines, and commits after each `commit` of them, if that is not 0; adds the bytes of their texts to *bytes.
 * OIR_IO, OIR_INVALID_ARGUMENT (a line without a text) and failures of adding. */
oir_status bench_feed(oir_writable_database *writer, bench_form form, unsigned long commit, bench_stages *stages,
                      uint64_t *bytes, oir_error *err);

#endif
