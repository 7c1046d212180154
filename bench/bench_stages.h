/* Where the time of a build goes: read, break and invert for each document, and what the writer tells of itself.
 *
 * Looking at the clock for every step of every short document would cost some percent, so of short ones each 16th is
 * timed; the time of adding that the writer does not account for is shared out over the three as those came out. What
 * the writer tells (oir_progress) is timed to the microsecond; a stage lasts until the next one is told, and from the
 * last until the call returns is `finish`: the rest of that stage, closing files, and waiting for the disk, unless the
 * writer tells that (as "syncing"). */
#ifndef BENCH_BENCH_STAGES_H
#define BENCH_BENCH_STAGES_H

#include <oir/oir.h>

#include <pthread.h>
#include <stdio.h>

typedef enum bench_stage {
    BENCH_READ,    /* lines and fields */
    BENCH_BREAK,   /* text to words, words into the document */
    BENCH_INVERT,  /* oir_writable_database_add_document */
    BENCH_FLUSH,   /* the buffer to a segment */
    BENCH_MERGE,
    BENCH_REORDER,
    BENCH_PAIRS,   /* finding lists for pairs of words */
    BENCH_SYNC,
    BENCH_FINISH,
    BENCH_STAGES
} bench_stage;

/* One thread at a time: what the writer tells from threads of its own is not counted. */
typedef struct bench_stages {
    double seconds[BENCH_STAGES];
    double sampled[BENCH_FLUSH]; /* of read, break and invert */
    double mark;                 /* when the last timed step ended */
    double weight;               /* how many documents this one stands for; 0: it is not timed */
    double told_at;              /* since when `told` lasts */
    bench_stage told;            /* BENCH_STAGES: nothing yet */
    bool called;                 /* within a call, since told_at or its first report */
    uint64_t documents;
    pthread_t owner;
} bench_stages;

void bench_stages_init(bench_stages *s);

/* Before a line is read; `bytes` were read so far. */
void bench_stages_start(bench_stages *s, uint64_t bytes);
/* A step of the document ends. */
void bench_stages_end(bench_stages *s, bench_stage step);
/* After a document was added: what the writer told meanwhile ends here, and the document counts only where it told
 * nothing. */
void bench_stages_add(bench_stages *s);

/* Around a call that does nothing but what the writer tells: committing, optimising. */
void bench_stages_call(bench_stages *s);
void bench_stages_return(bench_stages *s);

/* An oir_progress; the context is a bench_stages. */
bool bench_stages_tell(const char *what, uint64_t done, uint64_t total, void *stages);

/* Shares out what is left of `seconds`, the whole build's. */
void bench_stages_share(bench_stages *s, double seconds);
/* As members of a JSON object. */
void bench_stages_print(const bench_stages *s, FILE *to);

#endif
