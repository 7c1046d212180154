#include "base/arena.h"

#include <string.h>

#include "base/memory.h"

#ifdef ARENA_POISONS
#include <sanitizer/asan_interface.h>
#define POISON(at, size) ASAN_POISON_MEMORY_REGION(at, size)
#define UNPOISON(at, size) ASAN_UNPOISON_MEMORY_REGION(at, size)
#define GAP 8 /* poisoned bytes after each allocation, so that running over one is seen */
#else
#define POISON(at, size) ((void)(at), (void)(size))
#define UNPOISON(at, size) ((void)(at), (void)(size))
#define GAP 0
#endif

#define BLOCK_FIRST ((size_t)16 << 10)
#define BLOCK_LAST ((size_t)1 << 20)

struct arena_block {
    struct arena_block *next;
    size_t size; /* of data; a multiple of 8 */
    uint64_t data[];
};

void arena_init(arena *a)
{
    *a = (arena){0};
}

static void free_blocks(struct arena_block *b)
{
    while (b) {
        struct arena_block *next = b->next;
        UNPOISON(b->data, b->size);
        memory_free(b);
        b = next;
    }
}

void arena_release(arena *a)
{
    free_blocks(a->blocks);
    free_blocks(a->spare);
    arena_init(a);
}

void arena_clear(arena *a)
{
    struct arena_block *b = a->blocks;
    a->blocks = NULL;
    a->at = a->end = NULL;
    while (b) {
        struct arena_block *next = b->next;
        if (b->size > BLOCK_LAST) {
            /* Made for one large request: the next batch is unlikely to want just that again. */
            a->bytes -= sizeof *b + b->size;
            UNPOISON(b->data, b->size);
            memory_free(b);
        } else {
            POISON(b->data, b->size);
            b->next = a->spare;
            a->spare = b;
        }
        b = next;
    }
}

/* A spare block of at least `size` bytes, taken out of the list; NULL when there is none. */
static struct arena_block *take_spare(arena *a, size_t size)
{
    for (struct arena_block **link = &a->spare; *link; link = &(*link)->next) {
        struct arena_block *b = *link;
        if (b->size >= size) {
            *link = b->next;
            return b;
        }
    }
    return NULL;
}

static struct arena_block *new_block(arena *a, size_t size)
{
    if (a->next_size == 0)
        a->next_size = BLOCK_FIRST;
    size_t room = size > a->next_size ? size : a->next_size;
    struct arena_block *b = memory_new(sizeof *b + room);
    if (!b)
        return NULL;
    b->size = room;
    a->bytes += sizeof *b + room;
    if (a->next_size < BLOCK_LAST)
        a->next_size *= 2;
    return b;
}

void *arena_add_slow(arena *a, size_t size)
{
    if (size > SIZE_MAX / 2)
        return NULL;
    size_t need = ((size + 7) & ~(size_t)7) + GAP;
    if (!a->at || need > (size_t)(a->end - a->at)) {
        struct arena_block *b = take_spare(a, need);
        if (!b)
            b = new_block(a, need);
        if (!b)
            return NULL;
        b->next = a->blocks;
        a->blocks = b;
        a->at = (uint8_t *)b->data;
        a->end = a->at + b->size;
        POISON(b->data, b->size);
    }
    void *result = a->at;
    a->at += need;
    UNPOISON(result, size);
    return result;
}

void *arena_add_zeroed(arena *a, size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *result = arena_add(a, count * size);
    if (result)
        memset(result, 0, count * size);
    return result;
}

void *arena_copy(arena *a, const void *bytes, size_t size)
{
    char *copy = size < SIZE_MAX ? arena_add(a, size + 1) : NULL;
    if (copy) {
        if (size)
            memcpy(copy, bytes, size);
        copy[size] = 0;
    }
    return copy;
}
