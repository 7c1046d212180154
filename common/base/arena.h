/* Memory that is given back all at once: for a batch of documents, for one query.
 *
 * Invariants: `at` to `end` is the free rest of the newest block, 8-byte aligned; `bytes` is what all blocks, spare
 * ones included, took from base/memory.h. Under AddressSanitizer what is not handed out is poisoned.
 * One thread at a time. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <oir/types.h>

struct arena_block;

typedef struct arena {
    uint8_t *at, *end;
    struct arena_block *blocks; /* in use, newest first */
    struct arena_block *spare;  /* emptied by arena_clear, to be used again */
    size_t bytes;
    size_t next_size; /* of the next block: doubles from 16 KiB to 1 MiB */
} arena;

/* Takes no memory yet; a zeroed arena is an initialised one. */
void arena_init(arena *a);
/* Gives all memory back; the arena may be used again. */
void arena_release(arena *a);
/* Ends the life of everything handed out; keeps ordinary blocks for what comes next. */
void arena_clear(arena *a);

/* For arena_add only. */
void *arena_add_slow(arena *a, size_t size);

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_POISONS 1
#endif
#endif

/* `size` bytes (0 is allowed), aligned to 8, of any content, valid until clear or release. NULL when out of memory. */
static inline void *arena_add(arena *a, size_t size)
{
#ifndef ARENA_POISONS
    /* Compared before rounding up, which could wrap; the rest of a block is a multiple of 8, so both have room. */
    if (size <= (size_t)(a->end - a->at) && a->at) {
        void *result = a->at;
        a->at += (size + 7) & ~(size_t)7;
        return result;
    }
#endif
    return arena_add_slow(a, size);
}

/* Zeroed. */
void *arena_add_zeroed(arena *a, size_t count, size_t size);
/* A copy of the bytes with a zero byte after them. */
void *arena_copy(arena *a, const void *bytes, size_t size);

#endif
