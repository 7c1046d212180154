/* Numbers by document while they come, as the byte planes that they are written as: a byte or two for most documents,
 * and for a segment written in one go nothing else. One thread at a time. */
#ifndef SEGMENT_DOCUMENTS_PLANES_H
#define SEGMENT_DOCUMENTS_PLANES_H

#include "segment/postings.h"

enum { DOCUMENTS_PLANES_MOST = 4 };

/* Zeroed: empty. */
typedef struct documents_planes {
    uint8_t *plane[DOCUMENTS_PLANES_MOST]; /* with room for WINDOW_SIZE bytes more than documents */
    uint32_t count;  /* planes that there are: as many as the largest number so far needs */
    size_t capacity; /* documents */
} documents_planes;

void documents_planes_release(documents_planes *p);
/* Room for so many documents. False when out of memory. */
bool documents_planes_reserve(documents_planes *p, size_t documents);
/* What documents_planes_add does where a number needs a plane that is not there, or there is no room. */
bool documents_planes_add_slow(documents_planes *p, uint32_t document, uint32_t number);

/* The number of the document that comes next. False when out of memory. */
static inline bool documents_planes_add(documents_planes *p, uint32_t document, uint32_t number)
{
    if (document >= p->capacity || (uint64_t)number >> (8 * p->count))
        return documents_planes_add_slow(p, document, number);
    for (uint32_t i = 0; i < p->count; i++)
        p->plane[i][document] = (uint8_t)(number >> (8 * i));
    return true;
}

/* Planes for a number that a document may get afterwards, which `document` ones have before it. False when out of
 * memory. */
bool documents_planes_widen(documents_planes *p, uint32_t document, uint32_t number);

/* Numbers of n documents from `first` on, to be read, and written anew, none larger than the largest there is. */
void documents_planes_get(const documents_planes *p, uint32_t first, uint32_t n, uint32_t *out);
void documents_planes_set(documents_planes *p, uint32_t first, uint32_t n, const uint32_t *numbers);

/* All so many documents are there, none of which has a number above `most`: the planes that this needs, one at least,
 * each with WINDOW_SIZE zeros behind it. */
length_planes documents_planes_end(documents_planes *p, uint32_t documents, uint32_t most);

#endif
