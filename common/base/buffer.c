#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/bits.h"
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

bool buffer_reserve(buffer *b, size_t more)
{
    if (b->failed || more > SIZE_MAX - b->size || !memory_reserve(&b->data, &b->capacity, b->size + more, 1))
        b->failed = true;
    return !b->failed;
}

uint8_t *buffer_extend(buffer *b, size_t size)
{
    if (!buffer_reserve(b, size))
        return NULL;
    uint8_t *at = b->data + b->size;
    b->size += size;
    return at;
}

void buffer_add(buffer *b, const void *bytes, size_t size)
{
    uint8_t *at = size ? buffer_extend(b, size) : NULL;
    if (at)
        memcpy(at, bytes, size);
}

void buffer_add_byte(buffer *b, uint8_t byte)
{
    uint8_t *at = buffer_extend(b, 1);
    if (at)
        *at = byte;
}

void buffer_add_zeros(buffer *b, size_t count)
{
    uint8_t *at = count ? buffer_extend(b, count) : NULL;
    if (at)
        memset(at, 0, count);
}

void buffer_add_u16(buffer *b, uint16_t value)
{
    uint8_t *at = buffer_extend(b, sizeof value);
    if (at)
        bits_store16(at, value);
}

void buffer_add_u32(buffer *b, uint32_t value)
{
    uint8_t *at = buffer_extend(b, sizeof value);
    if (at)
        bits_store32(at, value);
}

void buffer_add_u64(buffer *b, uint64_t value)
{
    uint8_t *at = buffer_extend(b, sizeof value);
    if (at)
        bits_store64(at, value);
}

void buffer_add_varint(buffer *b, uint64_t value)
{
    uint8_t bytes[10];
    size_t n = 0;
    for (; value >= 0x80; value >>= 7)
        bytes[n++] = (uint8_t)(value | 0x80);
    bytes[n++] = (uint8_t)value;
    buffer_add(b, bytes, n);
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
