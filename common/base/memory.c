#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#define APART ((size_t)128) /* two lines: processors fetch the next one too */

static void *allocate_default(size_t size, void *context)
{
    (void)context;
    return malloc(size);
}

static void *reallocate_default(void *block, size_t size, void *context)
{
    (void)context;
    return realloc(block, size);
}

static void release_default(void *block, void *context)
{
    (void)context;
    free(block);
}

static const oir_allocator system_allocator = {allocate_default, reallocate_default, release_default, NULL};
/* Written only by oir_allocator_set, which must not run beside other calls: so plain reads are enough. */
static oir_allocator current = {allocate_default, reallocate_default, release_default, NULL};

void oir_allocator_set(const oir_allocator *allocator)
{
    current = allocator ? *allocator : system_allocator;
}

void oir_memory_free(void *block)
{
    memory_free(block);
}

void *memory_new(size_t size)
{
    return size ? current.allocate(size, current.context) : NULL;
}

void *memory_new_zeroed(size_t count, size_t size)
{
    if (size && count > SIZE_MAX / size)
        return NULL;
    void *block = memory_new(count * size);
    if (block)
        memset(block, 0, count * size);
    return block;
}

void *memory_new_apart(size_t size)
{
    return size < SIZE_MAX - APART ? memory_new_zeroed(1, size + APART) : NULL;
}

void *memory_resize(void *block, size_t size)
{
    return current.reallocate(block, size, current.context);
}

void *memory_copy(const void *bytes, size_t size)
{
    char *copy = size < SIZE_MAX ? memory_new(size + 1) : NULL;
    if (copy) {
        if (size)
            memcpy(copy, bytes, size);
        copy[size] = 0;
    }
    return copy;
}

void memory_free(void *block)
{
    if (block)
        current.release(block, current.context);
}

void memory_give_back(void)
{
#ifdef __GLIBC__
    if (current.release == release_default)
        malloc_trim(0);
#endif
}

bool memory_reserve(void *array_pointer, size_t *capacity, size_t need, size_t size)
{
    if (need <= *capacity)
        return true;
    size_t wanted = *capacity < SIZE_MAX / 2 ? *capacity * 2 : need;
    if (wanted < need)
        wanted = need;
    if (wanted < 16)
        wanted = 16;
    if (wanted > SIZE_MAX / size)
        return false;
    void *old;
    memcpy(&old, array_pointer, sizeof old); /* any element type: the pointer's own bytes are what is portable */
    void *grown = memory_resize(old, wanted * size);
    if (!grown)
        return false;
    memcpy(array_pointer, &grown, sizeof grown);
    *capacity = wanted;
    return true;
}
