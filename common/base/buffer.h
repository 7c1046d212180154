/* A growing run of bytes.
 *
 * Invariants: data holds size bytes out of capacity; a failed append sets `failed` and changes nothing else, and every
 * later append does nothing, so that a run of appends needs one check at its end. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <oir/types.h>
#include <string.h>

#include "base/bits.h"

typedef struct buffer {
    uint8_t *data;
    size_t size, capacity;
    bool failed;
} buffer;

#define BUFFER_INIT {0}

void buffer_init(buffer *b);
void buffer_release(buffer *b);
/* Empties it; keeps the memory; forgives an earlier failure. */
void buffer_clear(buffer *b);
/* Allocates more than there is. False (and failed) when out of memory. */
bool buffer_grow(buffer *b, size_t more);

/* Makes room for `more` bytes behind size. False (and failed) when out of memory. */
static inline bool buffer_reserve(buffer *b, size_t more)
{
    return (!b->failed && more <= b->capacity - b->size) || buffer_grow(b, more);
}

/* Room for `size` bytes that count as appended; NULL when out of memory. The caller fills them. */
static inline uint8_t *buffer_extend(buffer *b, size_t size)
{
    if (!buffer_reserve(b, size))
        return NULL;
    uint8_t *at = b->data + b->size;
    b->size += size;
    return at;
}

static inline void buffer_add(buffer *b, const void *bytes, size_t size)
{
    uint8_t *at = size ? buffer_extend(b, size) : NULL;
    if (at)
        memcpy(at, bytes, size);
}

static inline void buffer_add_byte(buffer *b, uint8_t byte)
{
    uint8_t *at = buffer_extend(b, 1);
    if (at)
        *at = byte;
}

static inline void buffer_add_u16(buffer *b, uint16_t value)
{
    uint8_t *at = buffer_extend(b, sizeof value);
    if (at)
        bits_store16(at, value);
}

static inline void buffer_add_u32(buffer *b, uint32_t value)
{
    uint8_t *at = buffer_extend(b, sizeof value);
    if (at)
        bits_store32(at, value);
}

static inline void buffer_add_u64(buffer *b, uint64_t value)
{
    uint8_t *at = buffer_extend(b, sizeof value);
    if (at)
        bits_store64(at, value);
}

/* Base 128, low groups first: codec/varint.h has the reader. */
static inline void buffer_add_varint(buffer *b, uint64_t value)
{
    if (!buffer_reserve(b, 10))
        return;
    for (; value >= 0x80; value >>= 7)
        b->data[b->size++] = (uint8_t)(value | 0x80);
    b->data[b->size++] = (uint8_t)value;
}

void buffer_add_zeros(buffer *b, size_t count);
__attribute__((format(printf, 2, 3)))
void buffer_add_format(buffer *b, const char *format, ...);

#endif
