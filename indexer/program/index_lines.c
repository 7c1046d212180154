#include "indexer/program/index_lines.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 256 << 10 };

/* Reads a piece behind what is there. */
static void fill(index_lines *lines)
{
    program_buffer *buffer = &lines->buffer;
    if (lines->start > 0) {
        memmove(buffer->data, buffer->data + lines->start, buffer->size - lines->start);
        buffer->size -= lines->start;
        lines->start = 0;
    }
    char *end = program_buffer_reserve(buffer, PIECE);
    ssize_t got;
    do
        got = read(lines->fd, end, PIECE);
    while (got < 0 && errno == EINTR && lines->keep_going());
    if (got > 0)
        buffer->size += (size_t)got;
    else
        lines->ended = true;
    if (got < 0 && errno != EINTR)
        lines->error = errno;
    if (!lines->begun && buffer->size >= 3 && memcmp(buffer->data, "\xef\xbb\xbf", 3) == 0)
        lines->start = 3;
    lines->begun = lines->begun || buffer->size >= 3;
}

bool index_lines_next(index_lines *lines, index_line *line)
{
    program_buffer *buffer = &lines->buffer;
    size_t searched = 0;
    lines->passed = 0;
    for (;;) {
        size_t there = buffer->size - lines->start;
        const char *start = buffer->data + lines->start;
        const char *end = there > searched ? memchr(start + searched, '\n', there - searched) : NULL;
        if (end != NULL || (lines->ended && (there > 0 || lines->passed > 0))) {
            size_t size = end != NULL ? (size_t)(end - start) : there;
            line->size = lines->passed + size;
            line->too_long = line->size > lines->largest;
            line->bytes = line->too_long ? (oir_bytes){"", 0} : (oir_bytes){start, size};
            lines->start += size + (end != NULL);
            return lines->error == 0;
        }
        if (lines->ended)
            return false;
        if (lines->passed + there > lines->largest) {
            lines->passed += there;
            buffer->size = lines->start = 0;
            there = 0;
        }
        searched = there;
        fill(lines);
    }
}

void index_lines_release(index_lines *lines)
{
    program_buffer_release(&lines->buffer);
}
