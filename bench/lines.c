#include "bench/lines.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int lines_init(lines *l, int fd, size_t capacity)
{
    *l = (lines){.bytes = malloc(capacity), .capacity = capacity, .fd = fd, .spill = -1};
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
    if (l->spill >= 0)
        close(l->spill);
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
    return lseek(l->fd, begin + (off_t)*size + (newline != NULL), SEEK_SET) < 0 ? -1 : 1;
}

/* ---- long lines of what cannot be mapped ---- */

static int open_spill(void)
{
    char path[4096];
    const char *folder = getenv("TMPDIR");
    int size = snprintf(path, sizeof path, "%s/oir-bench-XXXXXX", folder && *folder ? folder : "/var/tmp");
    if (size < 0 || (size_t)size >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkstemp(path);
    if (fd >= 0)
        unlink(path);
    return fd;
}

static int write_all(int fd, const char *bytes, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = write(fd, bytes + done, size - done);
        if (got < 0 && errno != EINTR)
            return -1;
        done += got > 0 ? (size_t)got : 0;
    }
    return 0;
}

/* Reads what is behind all that was used up. -1: a failure, 0: the end. */
static ssize_t read_more(lines *l)
{
    ssize_t got;
    l->start = l->end = 0;
    do
        got = read(l->fd, l->bytes, l->capacity);
    while (got < 0 && errno == EINTR);
    l->end = got > 0 ? (size_t)got : 0;
    return got;
}

/* Puts the line, up to its newline, into the file. -1: a failure. */
static int write_line(lines *l, size_t *size)
{
    for (*size = 0;;) {
        size_t there = l->end - l->start;
        char *from = l->bytes + l->start, *newline = memchr(from, '\n', there);
        size_t more = newline ? (size_t)(newline - from) : there;
        l->spilling = 1;
        if (write_all(l->spill, from, more) != 0)
            return -1;
        l->spilling = 0;
        *size += more;
        l->start += more + (newline != NULL);
        if (newline)
            return 0;
        ssize_t got = read_more(l);
        if (got <= 0)
            return got < 0 ? -1 : 0;
    }
}

/* On the disk before it is mapped: else its pages would be the process's. */
static int spill_line(lines *l, char **line, size_t *size)
{
    l->spilling = 1;
    if (l->spill < 0)
        l->spill = open_spill();
    if (l->spill < 0 || ftruncate(l->spill, 0) != 0 || lseek(l->spill, 0, SEEK_SET) < 0 || write_line(l, size) != 0)
        return -1;
    l->spilling = 1;
    l->mapped_size = *size;
    if (fdatasync(l->spill) != 0)
        return -1;
    l->mapped = mmap(NULL, *size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, l->spill, 0);
    if (l->mapped == MAP_FAILED) {
        l->mapped = NULL;
        return -1;
    }
    l->spilling = 0;
    *line = l->mapped;
    return 1;
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
        int mapped = searched >= LINES_LONG ? map_line(l, line, size) : 0;
        if (!mapped && searched >= LINES_LONG)
            return spill_line(l, line, size);
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
