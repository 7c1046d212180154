/* Appends numbers of any width to a buffer, lowest bit first. */
#ifndef BASE_BIT_WRITER_H
#define BASE_BIT_WRITER_H

#include "base/bits.h"
#include "base/buffer.h"

/* Invariants: `pending` low bits of `word` are not in the buffer yet, pending < 64. */
typedef struct bit_writer {
    buffer *to;
    uint64_t word;
    uint32_t pending;
} bit_writer;

static inline void bit_writer_init(bit_writer *w, buffer *to)
{
    *w = (bit_writer){to, 0, 0};
}

/* The low `width` bits of value, 0 <= width <= 64; higher bits of value must be 0. */
static inline void bit_writer_add(bit_writer *w, uint64_t value, uint32_t width)
{
    w->word |= value << w->pending;
    if (w->pending + width >= 64) {
        if (w->to->capacity - w->to->size >= 8 && !w->to->failed) {
            bits_store64(w->to->data + w->to->size, w->word);
            w->to->size += 8;
        } else {
            buffer_add_u64(w->to, w->word);
        }
        w->word = w->pending ? value >> (64 - w->pending) : 0;
        w->pending = w->pending + width - 64;
    } else {
        w->pending += width;
    }
}

/* Writes what is pending, filled up with zeros to a whole byte. */
static inline void bit_writer_end(bit_writer *w)
{
    for (; w->pending > 0; w->pending = w->pending > 8 ? w->pending - 8 : 0, w->word >>= 8)
        buffer_add_byte(w->to, (uint8_t)w->word);
    w->word = 0;
}

/* Bits written since `start`, the buffer's size when this writer began. */
static inline uint64_t bit_writer_count(const bit_writer *w, size_t start)
{
    return (uint64_t)(w->to->size - start) * 8 + w->pending;
}

#endif
