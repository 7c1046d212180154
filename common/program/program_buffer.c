#include "program/program_buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "program/program_message.h"

void *program_buffer_resize(void *block, size_t size)
{
    void *grown = realloc(block, size > 0 ? size : 1);
    if (grown == NULL) {
        program_message("no memory for %zu bytes", size);
        exit(PROGRAM_FAILED);
    }
    return grown;
}

char *program_buffer_reserve(program_buffer *buffer, size_t size)
{
    if (size >= SIZE_MAX / 2 - buffer->size) {
        program_message("no memory for %zu bytes", size);
        exit(PROGRAM_FAILED);
    }
    size_t needed = buffer->size + size + 1;
    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity + buffer->capacity / 2;
        capacity = capacity < needed ? needed : capacity;
        buffer->data = program_buffer_resize(buffer->data, capacity);
        buffer->capacity = capacity;
    }
    return buffer->data + buffer->size;
}

void program_buffer_add(program_buffer *buffer, const void *data, size_t size)
{
    char *end = program_buffer_reserve(buffer, size);
    if (size > 0)
        memcpy(end, data, size);
    end[size] = '\0';
    buffer->size += size;
}

void program_buffer_add_text(program_buffer *buffer, const char *text)
{
    program_buffer_add(buffer, text, strlen(text));
}

void program_buffer_add_char(program_buffer *buffer, char character)
{
    program_buffer_add(buffer, &character, 1);
}

void program_buffer_add_format(program_buffer *buffer, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int size = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (size < 0)
        return;
    char *end = program_buffer_reserve(buffer, (size_t)size);
    va_start(arguments, format);
    vsnprintf(end, (size_t)size + 1, format, arguments);
    va_end(arguments);
    buffer->size += (size_t)size;
}

void program_buffer_clear(program_buffer *buffer)
{
    buffer->size = 0;
    if (buffer->data != NULL)
        buffer->data[0] = '\0';
}

const char *program_buffer_text(const program_buffer *buffer)
{
    return buffer->data != NULL ? buffer->data : "";
}

void program_buffer_release(program_buffer *buffer)
{
    free(buffer->data);
    *buffer = (program_buffer){0};
}
