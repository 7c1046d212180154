/* A column of numbers, each in as many bits as the largest needs, read one at a time where it lies in the file.
 *
 * Layout: that of codec/bitpack.h; the width is that of the largest number there can be, which is known from elsewhere.
 *
 * Opening reads none of it, however many numbers there are. Instead every use is safe: whatever the bytes, a number
 * reads as at most the largest. Whoever wants to be sure of one asks packed_column_verify before, which looks at the
 * checksum of its block the first time. */
#ifndef SEGMENT_PACKED_COLUMN_H
#define SEGMENT_PACKED_COLUMN_H

#include "base/bits.h"
#include "segment/container.h"

/* Shared. */
typedef struct packed_column {
    const uint8_t *bytes;          /* NULL: there is no such column */
    uint32_t width, mask;          /* bits of a number, and as many set */
    uint32_t most;                 /* the largest there can be */
    enum part_kind kind;
    uint64_t address;
    const struct container *parts; /* NULL: the bytes are memory, and there is nothing to verify */
} packed_column;

/* Writes `count` numbers, none above `most`. OIR_TOO_BIG, OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status packed_column_write(struct container_writer *w, enum part_kind kind, const uint32_t *numbers, uint32_t count,
                               uint32_t most, uint64_t *address, oir_error *err);

/* The same with numbers that are asked for as they go to the file, as container_writer_add_later says: read gives n
 * from `first` on, 4,096 at a time or what is left. */
typedef struct packed_column_source {
    void (*read)(const void *context, uint32_t first, uint32_t n, uint32_t *out);
    const void *context;
    uint32_t count, most;
} packed_column_source;
oir_status packed_column_write_later(struct container_writer *w, enum part_kind kind,
                                     const packed_column_source *source, uint64_t *address, oir_error *err);

/* `count` numbers at an address, or no column where that is 0; `most` is not 0. OIR_CORRUPT: they do not fit there. */
oir_status packed_column_open(packed_column *c, const struct container *parts, enum part_kind kind, uint64_t address,
                              uint32_t count, uint32_t most, oir_error *err);

/* Checksums of `count` numbers from `from` on, each looked at once. OIR_CORRUPT. */
oir_status packed_column_verify(const packed_column *c, uint32_t from, uint32_t count, oir_error *err);

/* What the bits say, which may be more than there can be. i must be in range. */
static inline uint32_t packed_column_get_raw(const packed_column *c, uint32_t i)
{
    uint64_t bit = (uint64_t)i * c->width;
    return (uint32_t)(bits_load64(c->bytes + (bit >> 3)) >> (bit & 7)) & c->mask;
}

/* Asks the memory for a number. */
static inline void packed_column_prefetch(const packed_column *c, uint32_t i)
{
    __builtin_prefetch(c->bytes + ((uint64_t)i * c->width >> 3));
}

/* i must be in range. */
static inline uint32_t packed_column_get(const packed_column *c, uint32_t i)
{
    uint32_t number = packed_column_get_raw(c, i);
    return number < c->most ? number : c->most;
}

#endif
