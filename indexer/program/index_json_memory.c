#include "indexer/program/index_json_memory.h"

#include <stdalign.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What stands before each block. */
typedef struct head {
    alignas(max_align_t) size_t size;
} head;

/* Jansson's functions for memory have no context. */
static size_t taken, limit = SIZE_MAX;
static bool refused;

static void *allocate(size_t size)
{
    size_t all = size + sizeof(head);
    if (all < size || taken > limit || all > limit - taken) {
        refused = true;
        return NULL;
    }
    head *block = malloc(all);
    if (block == NULL)
        return NULL;
    block->size = all;
    taken += all;
    return block + 1;
}

static void release(void *bytes)
{
    if (bytes == NULL)
        return;
    head *block = (head *)bytes - 1;
    taken -= block->size;
    free(block);
}

json_t *index_json_memory_load(const char *text, size_t size, size_t flags, size_t most, bool *exceeded,
                               json_error_t *error)
{
    json_set_alloc_funcs(allocate, release);
    refused = false;
    limit = most;
    json_t *value = json_loadb(text, size, flags, error);
    limit = SIZE_MAX; /* what was read is looked at whatever that takes, which is little */
    *exceeded = refused;
    return value;
}
