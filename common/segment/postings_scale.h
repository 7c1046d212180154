/* The scale of a list's bounds as it is written, and how high its best documents are on it. Saturations are handled as
 * the bits of floats: numbers above 0 have the same order as these. */
#ifndef SEGMENT_POSTINGS_SCALE_H
#define SEGMENT_POSTINGS_SCALE_H

#include <float.h>
#include <string.h>

#include "base/buffer.h"
#include "segment/postings_view.h"

/* Of a document: a little more than it is, for single precision; not 0 even where wdf is. */
static inline uint32_t postings_saturation(float norm, uint32_t wdf)
{
    float f = (float)wdf;
    float s = f / (f + norm) * 1.000002f;
    uint32_t bits;
    s = !wdf ? 0 : s < 1 ? s : 1;
    s = s > 0 ? s : FLT_MIN;
    memcpy(&bits, &s, sizeof bits);
    return bits;
}

static inline float postings_saturation_float(uint32_t bits)
{
    float s;
    memcpy(&s, &bits, sizeof s);
    return s;
}

/* From the least to the most of what windows or ranges reach. */
typedef struct postings_scale {
    uint32_t low, high; /* as they are stored */
    float from, steps;  /* steps in one */
} postings_scale;

/* most: by window or range the highest saturation; 0: has no documents. */
postings_scale postings_scale_find(const uint32_t *most, size_t n);
/* bounds[i] for the saturation most[i]; 0 where there is none. */
void postings_scale_bounds(const postings_scale *s, const uint32_t *restrict most, size_t n, uint8_t *restrict bounds);

/* Documents by what they reach, rounded down. */
typedef struct postings_tops {
    uint32_t counts[2][UINT8_MAX + 1]; /* each counts some: many documents in a row reach the same, and to add to what
                                          was just stored takes long */
} postings_tops;

/* Adds n documents. */
void postings_tops_count(postings_tops *t, const postings_scale *s, const uint32_t *saturations, uint32_t n);

/* The bytes of the tops. */
void postings_tops_find(const postings_tops *t, uint8_t out[POSTINGS_TOPS]);

/* Puts what is stored of both, 4 + POSTINGS_TOPS bytes. */
void postings_scale_put(const postings_scale *s, const postings_tops *t, uint8_t *to);
/* Appends it. A failure to allocate shows in to->failed. */
void postings_scale_add(const postings_scale *s, const postings_tops *t, buffer *to);

#endif
