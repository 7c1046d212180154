#include "segment/termlists_builder.h"

#include <stdint.h>

#include "base/bits.h"
#include "base/memory.h"

/* Chunks are lines of the processor's cache: a list's bytes, and where its next chunk is. */
enum {
    CHUNK = 64,
    ROOM = CHUNK - sizeof(uint8_t *),
    SLAB = (16 << 10) - 64, /* as large as what the buffer's inversion gives back meanwhile */
    SHORT = 5,              /* bytes that are written for most entries */
    LONG = 16,              /* bytes of the longest one, and more */
    FAR = 24, NEAR = 12     /* documents ahead */
};

static size_t get_memory(const termlists_builder *b)
{
    return b->slab_count * SLAB + b->slab_capacity * sizeof *b->slabs +
           b->document_count * (sizeof *b->lists + sizeof *b->firsts);
}

void termlists_builder_release(termlists_builder *b)
{
    for (size_t i = 0; i < b->slab_count; i++)
        memory_free(b->slabs[i]);
    memory_free(b->slabs);
    memory_free(b->lists);
    memory_free(b->firsts);
    *b = (termlists_builder){0};
}

bool termlists_builder_init(termlists_builder *b, uint32_t documents, size_t limit)
{
    *b = (termlists_builder){.document_count = documents, .limit = limit};
    if (get_memory(b) <= limit) {
        b->lists = memory_new_zeroed(documents, sizeof *b->lists);
        b->firsts = memory_new_zeroed(documents, sizeof *b->firsts);
    }
    if (!b->lists || !b->firsts)
        termlists_builder_release(b);
    return b->lists != NULL;
}

void termlists_builder_allow(termlists_builder *b, size_t more)
{
    b->limit = more < SIZE_MAX - b->limit ? b->limit + more : SIZE_MAX;
}

static bool add_slab(termlists_builder *b)
{
    if (get_memory(b) + SLAB > b->limit ||
        !memory_reserve(&b->slabs, &b->slab_capacity, b->slab_count + 1, sizeof *b->slabs))
        return false;
    uint8_t *slab = memory_new(SLAB);
    if (!slab)
        return false;
    b->slabs[b->slab_count++] = slab;
    b->free = slab + (CHUNK - (uintptr_t)slab % CHUNK) % CHUNK;
    b->end = slab + SLAB;
    return true;
}

static uint8_t *new_chunk(termlists_builder *b)
{
    if ((size_t)(b->end - b->free) < CHUNK && !add_slab(b))
        return NULL;
    b->free += CHUNK;
    return b->free - CHUNK;
}

static inline size_t room_of(const uint8_t *at)
{
    return ROOM - (uintptr_t)at % CHUNK;
}

/* Bytes at a list's end, in as many chunks as they take. */
static bool add_bytes(termlists_builder *b, uint32_t document, const uint8_t *bytes, size_t size)
{
    termlists_builder_list *l = &b->lists[document];
    while (size > 0) {
        if (!l->at || room_of(l->at) == 0) {
            uint8_t *chunk = new_chunk(b);
            if (!chunk)
                return false;
            if (l->at)
                memcpy(l->at, &chunk, sizeof chunk);
            else
                b->firsts[document] = chunk;
            l->at = chunk;
        }
        size_t here = room_of(l->at) < size ? room_of(l->at) : size;
        memcpy(l->at, bytes, here);
        l->at += here;
        bytes += here;
        size -= here;
    }
    return true;
}

static size_t put_varint(uint8_t *at, uint64_t value)
{
    size_t size = 0;
    for (; value >= 0x80; value >>= 7)
        at[size++] = (uint8_t)(value | 0x80);
    at[size++] = (uint8_t)value;
    return size;
}

/* Any entry. */
static bool add_slowly(termlists_builder *b, uint32_t document, uint64_t value, uint32_t wdf)
{
    uint8_t bytes[LONG];
    size_t size = put_varint(bytes, value);
    if (wdf != 1)
        size += put_varint(bytes + size, wdf);
    return add_bytes(b, document, bytes, size);
}

/* Nothing is guessed about how many bytes there are, as long as they are few and there is room. */
static inline bool add_entry(termlists_builder *b, uint32_t document, uint32_t ordinal, uint32_t wdf)
{
    termlists_builder_list *l = &b->lists[document];
    uint64_t value = (uint64_t)(ordinal - l->next) * 2 + (wdf != 1);
    l->next = ordinal + 1;
    l->count++;
    if (value >> 21 || wdf >= 0x80 || !l->at || room_of(l->at) < SHORT)
        return add_slowly(b, document, value, wdf);
    uint32_t low = (uint32_t)value, two = low >= 1 << 7, three = low >= 1 << 14;
    uint32_t bytes = (low & 0x7f) | (low & 0x7f << 7) << 1 | (low & 0x7f << 14) << 2 | two << 7 | three << 15;
    bits_store32(l->at, bytes);
    l->at += 1 + two + three;
    *l->at = (uint8_t)wdf;
    l->at += wdf != 1;
    return true;
}

bool termlists_builder_add(termlists_builder *b, uint32_t ordinal, const term_postings *postings)
{
    const uint32_t *documents = postings->documents;
    if (!b->lists)
        return false;
    for (uint32_t i = 0; i < postings->count; i++) {
        if (i + FAR < postings->count)
            __builtin_prefetch(&b->lists[documents[i + FAR]], 1);
        if (i + NEAR < postings->count)
            __builtin_prefetch(b->lists[documents[i + NEAR]].at, 1);
        if (!add_entry(b, documents[i], ordinal, postings->wdf[i])) {
            termlists_builder_release(b);
            return false;
        }
    }
    return true;
}

void termlists_builder_get(const termlists_builder *b, uint32_t document, buffer *to)
{
    const termlists_builder_list *l = &b->lists[document];
    buffer_add_varint(to, l->count);
    if (document + 1 < b->document_count)
        __builtin_prefetch(b->firsts[document + 1]);
    for (const uint8_t *chunk = b->firsts[document]; chunk;) {
        bool last = (uintptr_t)l->at - (uintptr_t)chunk <= ROOM;
        const uint8_t *next = NULL;
        if (!last)
            memcpy(&next, chunk + ROOM, sizeof next);
        buffer_add(to, chunk, last ? (size_t)(l->at - chunk) : ROOM);
        chunk = next;
    }
}
