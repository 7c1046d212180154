/* Many growing byte lists in one pool of memory.
 *
 * A list is a chain of slices, each somewhat larger than the one before, so that a list of few bytes costs little and a
 * long one wastes at most a sixth or so. A slice is payload followed by 4 bytes, the address of the next. An address is
 * chunk << SLICES_CHUNK_BITS | offset; 0 is none. Lists are only appended to and read; all memory is given back
 * together. One thread at a time. */
#ifndef INDEXER_SLICES_H
#define INDEXER_SLICES_H

#include "base/bits.h"
#include "base/buffer.h"
#include <oir/types.h>

enum {
    SLICES_CHUNK_BITS = 18,
    SLICES_CHUNK_SIZE = 1 << SLICES_CHUNK_BITS,
    SLICES_CHUNKS_MAX = 1 << (32 - SLICES_CHUNK_BITS),
    SLICES_LEVELS = 17
};

typedef struct slices {
    uint8_t **chunks;
    size_t count, capacity;       /* chunks in use */
    uint8_t **blocks;             /* memory that they lie in */
    size_t block_count, block_capacity;
    uint8_t *spare;               /* the last block's chunks that are not in use yet */
    size_t spare_count;
    uint32_t at;                  /* free offset in the last chunk in use */
} slices;

typedef struct slice_list {
    uint32_t head, tail; /* the first slice; where the next byte goes */
    uint16_t left;       /* payload bytes left in the last slice */
    uint8_t level;       /* of the last slice */
    uint8_t spare;       /* for the owner */
} slice_list;

/* Where reading goes on. Owners may keep one to start in the middle of a list. */
typedef struct slice_mark {
    uint32_t at;
    uint16_t left;
    uint8_t level;
} slice_mark;

typedef struct slice_reader {
    const slices *pool;
    const uint8_t *at, *end;
    uint8_t level;
} slice_reader;

/* Total size of a slice, link included. */
extern const uint16_t slices_sizes[SLICES_LEVELS];

void slices_init(slices *s);
void slices_release(slices *s);
static inline size_t slices_get_memory(const slices *s)
{
    return s->count * SLICES_CHUNK_SIZE;
}

/* Bytes that do not move, for the owner to fill; size at most a chunk. 0 when out of memory or addresses. */
uint32_t slices_allocate(slices *s, uint32_t size);

static inline uint8_t *slices_at(const slices *s, uint32_t address)
{
    return s->chunks[address >> SLICES_CHUNK_BITS] + (address & (SLICES_CHUNK_SIZE - 1));
}

/* A list of one empty slice. False when out of memory. */
bool slices_start(slices *s, slice_list *list);
/* Appends; for a list that slices_start made. False when out of memory: a part may have been appended. */
bool slices_add(slices *s, slice_list *list, const uint8_t *bytes, size_t size);

static inline uint8_t *slices_encode(uint8_t *out, uint64_t value)
{
    for (; value >= 0x80; value >>= 7)
        *out++ = (uint8_t)(value | 0x80);
    *out++ = (uint8_t)value;
    return out;
}

/* Appends all that is in a list to `out`, with at least 8 readable bytes behind. False when out of memory. */
bool slices_copy(const slices *s, const slice_list *list, buffer *out);

slice_mark slices_get_mark(const slice_list *list);
slice_reader slices_read(const slices *s, slice_mark from);
slice_reader slices_read_list(const slices *s, const slice_list *list);

/* Only as many numbers may be read as were written. */
static inline uint64_t slices_next(slice_reader *r)
{
    uint64_t value = 0;
    if (r->at < r->end && *r->at < 0x80)
        return *r->at++;
    for (uint32_t shift = 0;; shift += 7) {
        if (r->at == r->end) {
            const uint8_t *next = slices_at(r->pool, bits_load32(r->at));
            r->level = (uint8_t)(r->level + (r->level + 1 < SLICES_LEVELS));
            r->at = next;
            r->end = next + slices_sizes[r->level] - 4;
        }
        uint8_t byte = *r->at++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            return value;
    }
}

#endif
