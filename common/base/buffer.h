/* A growing run of bytes.
 *
 * Invariants: data holds size bytes out of capacity; a failed append sets `failed` and changes nothing else, and every
 * later append does nothing, so that a run of appends needs one check at its end. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <oir/types.h>

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
/* Makes room for `more` bytes behind size. False (and failed) when out of memory. */
bool buffer_reserve(buffer *b, size_t more);
/* Room for `size` bytes that count as appended; NULL when out of memory. The caller fills them. */
uint8_t *buffer_extend(buffer *b, size_t size);
void buffer_add(buffer *b, const void *bytes, size_t size);
void buffer_add_byte(buffer *b, uint8_t byte);
void buffer_add_zeros(buffer *b, size_t count);
void buffer_add_u16(buffer *b, uint16_t value);
void buffer_add_u32(buffer *b, uint32_t value);
void buffer_add_u64(buffer *b, uint64_t value);
/* Base 128, low groups first: codec/varint.h has the reader. */
void buffer_add_varint(buffer *b, uint64_t value);
__attribute__((format(printf, 2, 3)))
void buffer_add_format(buffer *b, const char *format, ...);

#endif
