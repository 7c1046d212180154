#include "bench/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONG_LINE = 4 << 20 /* bytes that are read of one before it is mapped */ };

int lines_init(lines *l, int fd, size_t capacity)
{
    *l = (lines){.bytes = malloc(capacity), .capacity = capacity, .fd = fd};
    return l->bytes != NULL;
}

static void unmap(lines *l)
{
    if (l->mapped)
        munmap(l->mapped, l->mapped_size);
    l->mapped = NULL;
}

void lines_release(lines *l)
{
    unmap(l);
    free(l->bytes);
}

/* Maps the line that begins with what is read, and goes on behind it. 0: it cannot be mapped, -1: a failure. */
static int map_line(lines *l, char **line, size_t *size)
{
    struct stat file;
    off_t at = lseek(l->fd, 0, SEEK_CUR), begin = at - (off_t)(l->end - l->start);
    if (at < 0 || fstat(l->fd, &file) != 0 || !S_ISREG(file.st_mode) || file.st_size <= at)
        return 0;
    size_t before = (size_t)begin % (size_t)sysconf(_SC_PAGESIZE);
    l->mapped_size = (size_t)(file.st_size - begin) + before;
    l->mapped = mmap(NULL, l->mapped_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, l->fd,
                     begin - (off_t)before);
    if (l->mapped == MAP_FAILED) {
        l->mapped = NULL;
        return 0;
    }
    *line = l->mapped + before;
    *size = (size_t)(file.st_size - begin);
    char *newline = memchr(*line, '\n', *size);
    if (newline)
        *size = (size_t)(newline - *line);
    l->start = l->end = 0;
    char *smaller = realloc(l->bytes, LONG_LINE / 4);
    if (smaller) {
        l->bytes = smaller;
        l->capacity = LONG_LINE / 4;
    }
    return lseek(l->fd, begin + (off_t)*size + (newline != NULL), SEEK_SET) < 0 ? -1 : 1;
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
    unmap(l);
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
        int mapped = searched >= LONG_LINE ? map_line(l, line, size) : 0;
        if (mapped)
            return mapped;
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
