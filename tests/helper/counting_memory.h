/* Memory that is counted: how many bytes there are, and were at most. What LMDB takes is not. */
#ifndef TESTS_HELPER_COUNTING_MEMORY_H
#define TESTS_HELPER_COUNTING_MEMORY_H

#include <oir/memory.h>

#include <stdatomic.h>
#include <stdlib.h>

enum { COUNTING_MEMORY_HEAD = 16 /* bytes before a block, with its size */ };

static atomic_size_t counting_memory_alive, counting_memory_peak;

static inline void counting_memory_note(size_t more)
{
    size_t now = atomic_fetch_add(&counting_memory_alive, more) + more, most = counting_memory_peak;
    while (now > most && !atomic_compare_exchange_weak(&counting_memory_peak, &most, now)) {
    }
}

static inline size_t *counting_memory_start(void *block)
{
    return (size_t *)(void *)((char *)block - COUNTING_MEMORY_HEAD);
}

static inline void *counting_memory_allocate(size_t size, void *context)
{
    (void)context;
    size_t *start = malloc(size + COUNTING_MEMORY_HEAD);
    if (!start)
        return NULL;
    *start = size;
    counting_memory_note(size);
    return (char *)start + COUNTING_MEMORY_HEAD;
}

static inline void counting_memory_release(void *block, void *context)
{
    (void)context;
    counting_memory_alive -= *counting_memory_start(block);
    free(counting_memory_start(block));
}

static inline void *counting_memory_reallocate(void *block, size_t size, void *context)
{
    if (!block)
        return counting_memory_allocate(size, context);
    size_t before = *counting_memory_start(block), *start = realloc(counting_memory_start(block),
                                                                    size + COUNTING_MEMORY_HEAD);
    if (!start)
        return NULL;
    *start = size;
    counting_memory_alive -= before;
    counting_memory_note(size);
    return (char *)start + COUNTING_MEMORY_HEAD;
}

/* From here on; oir_allocator_set(NULL) ends it, once all is given back. */
static inline void counting_memory_begin(void)
{
    static const oir_allocator counting = {counting_memory_allocate, counting_memory_reallocate,
                                           counting_memory_release, NULL};
    counting_memory_alive = counting_memory_peak = 0;
    oir_allocator_set(&counting);
}

#endif
