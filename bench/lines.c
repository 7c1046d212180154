#include "bench/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int lines_init(lines *l, int fd, size_t capacity)
{
    *l = (lines){.bytes = malloc(capacity), .capacity = capacity, .fd = fd};
    return l->bytes != NULL;
}

void lines_release(lines *l)
{
    free(l->bytes);
}

/* Room behind the end: by moving what is left to the front, else by doubling. */
static int make_room(lines *l)
{
    if (l->start > 0) {
        memmove(l->bytes, l->bytes + l->start, l->end - l->start);
        l->end -= l->start;
        l->start = 0;
    }
    if (l->end == l->capacity) {
        char *grown = realloc(l->bytes, 2 * l->capacity);
        if (!grown)
            return -1;
        l->bytes = grown;
        l->capacity *= 2;
    }
    return 0;
}

int lines_next(lines *l, char **line, size_t *size)
{
    size_t searched = 0;
    for (;;) {
        char *from = l->bytes + l->start;
        char *newline = memchr(from + searched, '\n', l->end - l->start - searched);
        if (newline) {
            *line = from;
            *size = (size_t)(newline - from);
            l->start += *size + 1;
            return 1;
        }
        searched = l->end - l->start;
        if (l->end == l->capacity && make_room(l) != 0)
            return -1;
        ssize_t got = read(l->fd, l->bytes + l->end, l->capacity - l->end);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        l->end += (size_t)got;
        if (got == 0) { /* the last line may lack its newline */
            *line = l->bytes + l->start;
            *size = searched;
            l->start = l->end;
            return searched > 0;
        }
    }
}
