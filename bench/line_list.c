#include "bench/line_list.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bench/lines.h"

static bool add_line(line_list *l, const char *line, size_t size)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 1024;
        char **all = realloc(l->lines, capacity * sizeof *all);
        if (all)
            l->lines = all;
        size_t *sizes = all ? realloc(l->sizes, capacity * sizeof *sizes) : NULL;
        if (!sizes)
            return false;
        l->sizes = sizes;
        l->capacity = capacity;
    }
    l->lines[l->count] = malloc(size + 1);
    if (!l->lines[l->count])
        return false;
    memcpy(l->lines[l->count], line, size);
    l->sizes[l->count++] = size;
    return true;
}

int line_list_read(line_list *l, const char *command)
{
    lines in = {0};
    char *line;
    size_t size;
    int more = 0, code = 0;
    bool room = lines_init(&in, STDIN_FILENO, 1 << 16);
    while (room && (more = lines_next(&in, &line, &size)) > 0)
        room = add_line(l, line, size);
    if (!room || more < 0) {
        fprintf(stderr, "oir-bench: cannot read standard input: %s\n", strerror(room ? errno : ENOMEM));
        code = 2;
    } else if (!l->count) {
        fprintf(stderr, "oir-bench: %s wants lines of COMMAND<TAB>QUERY on standard input; see oir-bench --help\n",
                command);
        code = 2;
    }
    lines_release(&in);
    return code;
}

void line_list_release(line_list *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->lines[i]);
    free(l->lines);
    free(l->sizes);
    *l = (line_list){0};
}
