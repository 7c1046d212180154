#include "segment/documents_planes.h"

#include <string.h>

#include "base/bits.h"
#include "base/memory.h"

void documents_planes_release(documents_planes *p)
{
    for (uint32_t i = 0; i < DOCUMENTS_PLANES_MOST; i++)
        memory_free(p->plane[i]);
    *p = (documents_planes){0};
}

bool documents_planes_reserve(documents_planes *p, size_t documents)
{
    if (p->count && documents <= p->capacity)
        return true;
    for (uint32_t i = 0; i < (p->count ? p->count : 1); i++) {
        uint8_t *grown = memory_resize(p->plane[i], documents + WINDOW_SIZE);
        if (!grown)
            return false; /* capacity stays what all of them have */
        p->plane[i] = grown;
    }
    p->count = p->count ? p->count : 1;
    p->capacity = documents;
    return true;
}

bool documents_planes_widen(documents_planes *p, uint32_t document, uint32_t number)
{
    while ((uint64_t)number >> (8 * p->count)) {
        uint8_t *plane = memory_new(p->capacity + WINDOW_SIZE);
        if (!plane)
            return false;
        memset(plane, 0, document);
        p->plane[p->count++] = plane;
    }
    return true;
}

bool documents_planes_add_slow(documents_planes *p, uint32_t document, uint32_t number)
{
    size_t more = (size_t)document + document / 2 + WINDOW_SIZE;
    if (document >= p->capacity && !documents_planes_reserve(p, more))
        return false;
    return documents_planes_widen(p, document, number) && documents_planes_add(p, document, number);
}

void documents_planes_get(const documents_planes *p, uint32_t first, uint32_t n, uint32_t *restrict out)
{
    for (uint32_t d = 0; d < n; d++)
        out[d] = 0;
    for (uint32_t i = 0; i < p->count; i++) {
        const uint8_t *plane = p->plane[i] + first;
        for (uint32_t d = 0; d < n; d++)
            out[d] |= (uint32_t)plane[d] << (8 * i);
    }
}

void documents_planes_set(documents_planes *p, uint32_t first, uint32_t n, const uint32_t *restrict numbers)
{
    for (uint32_t i = 0; i < p->count; i++) {
        uint8_t *plane = p->plane[i] + first;
        for (uint32_t d = 0; d < n; d++)
            plane[d] = (uint8_t)(numbers[d] >> (8 * i));
    }
}

length_planes documents_planes_end(documents_planes *p, uint32_t documents, uint32_t most)
{
    length_planes out = {.count = most ? (bits_width(most) + 7) / 8 : 1};
    for (uint32_t i = 0; i < p->count; i++) {
        if (i < out.count) {
            memset(p->plane[i] + documents, 0, WINDOW_SIZE);
            out.plane[i] = p->plane[i];
        } else {
            memory_free(p->plane[i]);
            p->plane[i] = NULL;
        }
    }
    p->count = out.count;
    return out;
}
