/* Asking an index as oir-bench does: COMMAND<TAB>query, answered with a number. */
#ifndef BENCH_BENCH_SESSION_H
#define BENCH_BENCH_SESSION_H

#include <oir/oir.h>

#include "bench/bench_syntax.h"

/* The searches of one class, summed up. */
typedef struct bench_counters {
    uint64_t queries;
    oir_search_statistics sum;
} bench_counters;

/* One thread at a time; as many as you like beside each other on one database. */
typedef struct bench_session {
    oir_enquire *enquire;
    bool count; /* whether to sum up */
    bench_counters counters[BENCH_CLASSES];
} bench_session;

/* Ranks as the peers do. The database must outlive it. Close it whatever comes back. OIR_NO_MEMORY. */
oir_status bench_session_open(bench_session *s, const oir_database *database, oir_error *err);
void bench_session_close(bench_session *s);

/* Answers a line; *supported is false, and nothing is asked, for commands other than COUNT, TOP_k and TOP_k_COUNT. */
oir_status bench_session_ask(bench_session *s, const char *line, size_t size, bool *supported, oir_doccount *answer,
                             oir_error *err);

#endif
