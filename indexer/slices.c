#include "indexer/slices.h"

#include <assert.h>
#include <string.h>

#include "base/memory.h"

enum { BLOCKS_LARGE_FROM = 32, BLOCK_CHUNKS = 64 }; /* chunks */

const uint16_t slices_sizes[SLICES_LEVELS] = {16,  24,  32,  48,   64,   96,   128,  192, 256,
                                              384, 512, 768, 1024, 1536, 2048, 3072, 4096};

void slices_init(slices *s)
{
    *s = (slices){0};
}

void slices_release(slices *s)
{
    for (size_t i = 0; i < s->block_count; i++)
        memory_free(s->blocks[i]);
    memory_free(s->blocks);
    memory_free(s->chunks);
    *s = (slices){0};
}

/* A small pool takes memory chunk by chunk, a large one many chunks at once. Chunks that are not in use are not
 * touched, so they count for nothing. */
static bool add_block(slices *s)
{
    size_t chunks = s->count < BLOCKS_LARGE_FROM ? 1 : BLOCK_CHUNKS;
    if (!memory_reserve(&s->blocks, &s->block_capacity, s->block_count + 1, sizeof *s->blocks))
        return false;
    uint8_t *block = memory_new(chunks * SLICES_CHUNK_SIZE);
    if (!block)
        return false;
    s->blocks[s->block_count++] = s->spare = block;
    s->spare_count = chunks;
    return true;
}

static bool add_chunk(slices *s)
{
    if (s->count == SLICES_CHUNKS_MAX ||
        !memory_reserve(&s->chunks, &s->capacity, s->count + 1, sizeof *s->chunks) ||
        (s->spare_count == 0 && !add_block(s)))
        return false;
    s->chunks[s->count++] = s->spare;
    s->spare += SLICES_CHUNK_SIZE;
    s->spare_count--;
    /* Address 0 means none, so the very first bytes stay unused. */
    s->at = s->count == 1 ? 8 : 0;
    return true;
}

uint32_t slices_allocate(slices *s, uint32_t size)
{
    assert(size <= SLICES_CHUNK_SIZE - 8);
    if ((s->count == 0 || s->at + size > SLICES_CHUNK_SIZE) && !add_chunk(s))
        return 0;
    uint32_t address = (uint32_t)(s->count - 1) << SLICES_CHUNK_BITS | s->at;
    s->at += size;
    return address;
}

bool slices_start(slices *s, slice_list *list)
{
    uint32_t address = slices_allocate(s, slices_sizes[0]);
    if (!address)
        return false;
    list->head = list->tail = address;
    list->left = (uint16_t)(slices_sizes[0] - 4);
    list->level = 0;
    return true;
}

static bool extend(slices *s, slice_list *list)
{
    uint8_t level = (uint8_t)(list->level + (list->level + 1 < SLICES_LEVELS));
    uint32_t address = slices_allocate(s, slices_sizes[level]);
    if (!address)
        return false;
    bits_store32(slices_at(s, list->tail), address);
    list->tail = address;
    list->left = (uint16_t)(slices_sizes[level] - 4);
    list->level = level;
    return true;
}

bool slices_add(slices *s, slice_list *list, const uint8_t *bytes, size_t size)
{
    while (size > 0) {
        if (list->left == 0 && !extend(s, list))
            return false;
        size_t part = size < list->left ? size : list->left;
        memcpy(slices_at(s, list->tail), bytes, part);
        list->tail += (uint32_t)part;
        list->left = (uint16_t)(list->left - part);
        bytes += part;
        size -= part;
    }
    return true;
}

bool slices_copy(const slices *s, const slice_list *list, buffer *out)
{
    uint32_t at = list->head;
    uint8_t level = 0;
    for (size_t payload;; at = bits_load32(slices_at(s, at) + payload)) {
        payload = (size_t)slices_sizes[level] - 4;
        bool last = level == list->level && list->tail - at <= payload && list->tail >= at;
        size_t used = last ? payload - list->left : payload;
        if (!memory_reserve(&out->data, &out->capacity, out->size + used + 8, 1))
            return false;
        memcpy(out->data + out->size, slices_at(s, at), used);
        out->size += used;
        if (last)
            return true;
        level = (uint8_t)(level + (level + 1 < SLICES_LEVELS));
    }
}

slice_mark slices_get_mark(const slice_list *list)
{
    return (slice_mark){list->tail, list->left, list->level};
}

slice_reader slices_read(const slices *s, slice_mark from)
{
    const uint8_t *at = slices_at(s, from.at);
    return (slice_reader){s, at, at + from.left, from.level};
}

slice_reader slices_read_list(const slices *s, const slice_list *list)
{
    return slices_read(s, (slice_mark){list->head, (uint16_t)(slices_sizes[0] - 4), 0});
}
