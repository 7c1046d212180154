/* Lines of a file that may be endless: memory for one of them, up to a limit. */
#ifndef INDEX_LINES_H
#define INDEX_LINES_H

#include <oir/types.h>

#include "program/program_buffer.h"

/* Starts as zero but for the first three. */
typedef struct index_lines {
    int fd;
    size_t largest;
    bool (*keep_going)(void); /* asked when a signal came while waiting for input */
    int error;                /* errno when reading failed */
    program_buffer buffer;
    size_t start;             /* of what was not handed out yet */
    size_t passed;            /* bytes of the line at hand that were read and are not there any more */
    bool begun;
    bool ended;
} index_lines;

typedef struct index_line {
    oir_bytes bytes; /* without the newline; valid until the next call */
    size_t size;     /* bytes of the line, */
    bool too_long;   /* which is longer than `largest` and not there */
} index_line;

/* False at the end, when reading failed, and when keep_going says so. */
bool index_lines_next(index_lines *lines, index_line *line);
void index_lines_release(index_lines *lines);

#endif
