/* Bytes that grow, for programs: when memory runs out the program says so and ends, since it has nothing else to do. */
#ifndef PROGRAM_BUFFER_H
#define PROGRAM_BUFFER_H

#include <stddef.h>

/* Starts as all zero. `data` is NULL before anything was added, and closed by a zero byte afterwards. */
typedef struct program_buffer {
    char *data;
    size_t size;
    size_t capacity;
} program_buffer;

void program_buffer_add(program_buffer *buffer, const void *data, size_t size);
void program_buffer_add_text(program_buffer *buffer, const char *text);
void program_buffer_add_char(program_buffer *buffer, char character);
void program_buffer_add_format(program_buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes room for `size` more bytes and returns where they go; what was written is counted by changing `size`. */
char *program_buffer_reserve(program_buffer *buffer, size_t size);
/* Empty again, memory kept. */
void program_buffer_clear(program_buffer *buffer);
/* The text, "" when nothing was added. */
const char *program_buffer_text(const program_buffer *buffer);
void program_buffer_release(program_buffer *buffer);

/* realloc that ends the program with exit code 2 when there is no memory. */
void *program_buffer_resize(void *block, size_t size);

#endif
