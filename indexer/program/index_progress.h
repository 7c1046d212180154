/* A line on the terminal that says how far things are; nothing where the error output is no terminal. */
#ifndef INDEX_PROGRESS_H
#define INDEX_PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "program/program_buffer.h"

typedef struct index_progress {
    bool on;
    struct timespec start;
    double shown; /* seconds after the start when it was last drawn */
} index_progress;

void index_progress_start(index_progress *progress, bool wanted);
/* Seconds since the start. */
double index_progress_seconds(const index_progress *progress);
void index_progress_show(index_progress *progress, uint64_t documents, uint64_t bytes);
void index_progress_show_step(index_progress *progress, const char *what, uint64_t done, uint64_t total);
/* Takes the line away. */
void index_progress_clear(void);

/* Adds a size as people read it: 834 bytes, 12.3 KB, 1.2 GB (of 1,000). */
void index_progress_add_size(program_buffer *out, double bytes);

#endif
