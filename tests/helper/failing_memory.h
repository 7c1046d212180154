/* Memory that runs out when a test says so, in any thread, and what of it was not given back. */
#ifndef TESTS_HELPER_FAILING_MEMORY_H
#define TESTS_HELPER_FAILING_MEMORY_H

#include <oir/memory.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

static atomic_long failing_memory_left = -1; /* allocations until all fail; negative: none does */
static atomic_long failing_memory_alive;     /* blocks */

static inline bool failing_memory_fails(void)
{
    long now = failing_memory_left;
    while (now > 0 && !atomic_compare_exchange_weak(&failing_memory_left, &now, now - 1)) {
    }
    return now == 0;
}

static inline void *failing_memory_allocate(size_t size, void *context)
{
    (void)context;
    void *block = failing_memory_fails() ? NULL : malloc(size);
    failing_memory_alive += block != NULL;
    return block;
}

static inline void *failing_memory_reallocate(void *block, size_t size, void *context)
{
    if (!block)
        return failing_memory_allocate(size, context);
    return failing_memory_fails() ? NULL : realloc(block, size);
}

static inline void failing_memory_release(void *block, void *context)
{
    (void)context;
    failing_memory_alive--;
    free(block);
}

/* For oir_allocator_set. */
static const oir_allocator failing_memory = {failing_memory_allocate, failing_memory_reallocate,
                                             failing_memory_release, NULL};

#endif
