/* All lines of standard input, for those who ask them more than once. */
#ifndef BENCH_LINE_LIST_H
#define BENCH_LINE_LIST_H

#include <stddef.h>

/* All zeros is an empty one. */
typedef struct line_list {
    char **lines;  /* without newlines */
    size_t *sizes;
    size_t count, capacity;
} line_list;

/* Answers the exit code, having said on stderr what failed; no lines at all are a failure of `command`. */
int line_list_read(line_list *l, const char *command);
void line_list_release(line_list *l);

#endif
