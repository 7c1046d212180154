#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/memory.h"

void buffer_init(buffer *b)
{
    *b = (buffer){0};
}

void buffer_release(buffer *b)
{
    memory_free(b->data);
    *b = (buffer){0};
}

void buffer_clear(buffer *b)
{
    b->size = 0;
    b->failed = false;
}

bool buffer_grow(buffer *b, size_t more)
{
    if (b->failed || more > SIZE_MAX - b->size || !memory_reserve(&b->data, &b->capacity, b->size + more, 1))
        b->failed = true;
    return !b->failed;
}

void buffer_add_zeros(buffer *b, size_t count)
{
    uint8_t *at = count ? buffer_extend(b, count) : NULL;
    if (at)
        memset(at, 0, count);
}

void buffer_add_format(buffer *b, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0 || !buffer_reserve(b, (size_t)n + 1)) {
        b->failed = true;
    } else {
        vsnprintf((char *)b->data + b->size, (size_t)n + 1, format, again);
        b->size += (size_t)n;
    }
    va_end(again);
}
