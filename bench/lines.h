/* Lines from a file descriptor by read(2) alone: no lock and no copy for a line, and no waiting for more than one line
 * when that is all there is. A long line of a file is mapped instead, so that it takes no memory that is the process's
 * own, unless it is written to. One of a pipe goes to a file without a name before, in the folder that TMPDIR names, or
 * in /var/tmp. */
#ifndef BENCH_LINES_H
#define BENCH_LINES_H

#include <stddef.h>

/* One thread at a time. */
typedef struct lines {
    char *bytes;
    size_t start, end, capacity; /* what is read and not yet handed out is bytes[start, end) */
    int fd;
    char *mapped;                /* NULL: no line is */
    size_t mapped_size;
    int spill;                   /* a long line's file; -1: none */
    int spilling;                /* what failed is that, and not reading */
} lines;

enum { LINES_LONG = 1 << 20 /* bytes that are read of a line before it is a long one */ };

/* `capacity` bytes are asked for at a time. False without memory. */
int lines_init(lines *l, int fd, size_t capacity);
void lines_release(lines *l);
/* The next line, without its newline and valid until the next call, for reading and writing: 1; the end: 0; a failure,
 * in errno: -1. */
int lines_next(lines *l, char **line, size_t *size);

#endif
