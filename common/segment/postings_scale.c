#include "segment/postings_scale.h"

postings_scale postings_scale_find(const uint32_t *most, size_t n)
{
    float none = 2;
    int32_t least, highest = 0;
    memcpy(&least, &none, sizeof least);
    for (size_t i = 0; i < n; i++) {
        int32_t v = (int32_t)most[i];
        least = v > 0 && v < least ? v : least;
        highest = v > highest ? v : highest;
    }
    float from = postings_saturation_float((uint32_t)least), to = postings_saturation_float((uint32_t)highest);
    uint32_t low = from < 1 ? (uint32_t)(from * UINT16_MAX) : 0, high = (uint32_t)(to * UINT16_MAX) + 1;
    low = low > UINT16_MAX ? UINT16_MAX : low;
    high = high > UINT16_MAX ? UINT16_MAX : high < low ? low : high;
    return (postings_scale){low, high, postings_view_low(low), high > low ? 1 / postings_view_step(low, high) : 0};
}

void postings_scale_bounds(const postings_scale *s, const uint32_t *restrict most, size_t n, uint8_t *restrict bounds)
{
    float from = s->from, scaled = s->steps;
    for (size_t i = 0; i < n; i++) {
        float steps = (postings_saturation_float(most[i]) - from) * scaled * 1.000002f;
        int32_t up = (int32_t)steps + ((float)(int32_t)steps < steps);
        up = up < 255 ? up : 255;
        up = steps > 1 ? up : 1;
        bounds[i] = (uint8_t)(most[i] ? up : 0);
    }
}

void postings_tops_find(const postings_tops *t, uint8_t out[POSTINGS_TOPS])
{
    uint32_t documents = 0, byte = UINT8_MAX + 1;
    for (size_t i = 0; i < POSTINGS_TOPS; i++) {
        while (byte && documents < postings_top_counts[i])
            documents += t->counts[--byte];
        out[i] = (uint8_t)(documents < postings_top_counts[i] ? 0 : byte);
    }
}
