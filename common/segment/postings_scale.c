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
        int32_t whole = (int32_t)steps, up = whole + ((float)whole < steps); /* written so that it is done by vectors */
        up = up < 255 ? up : 255;
        up = up > 1 ? up : 1;
        bounds[i] = (uint8_t)(up & -(int32_t)(most[i] != 0));
    }
}

enum { TOGETHER = 64 }; /* documents: compilers do many at a time */

void postings_tops_count(postings_tops *t, const postings_scale *s, const uint32_t *saturations, uint32_t n)
{
    float from = s->from, scaled = s->steps;
    uint32_t bytes[TOGETHER];
    for (uint32_t i = 0, some; i < n; i += some) {
        some = n - i < TOGETHER ? n - i : TOGETHER;
        for (uint32_t k = 0; k < some; k++) {
            float steps = (postings_saturation_float(saturations[i + k]) * (1 - 4e-6f) - from) * scaled * (1 - 2e-6f);
            int32_t byte = (int32_t)steps + (steps >= 0);
            byte = byte < UINT8_MAX ? byte : UINT8_MAX;
            bytes[k] = (uint32_t)(byte > 0 ? byte : 0);
        }
        for (uint32_t k = 0; k < some; k++)
            t->counts[k % 2][bytes[k]]++;
    }
}

void postings_tops_find(const postings_tops *t, uint8_t out[POSTINGS_TOPS])
{
    uint32_t documents = 0, byte = UINT8_MAX + 1;
    for (size_t i = 0; i < POSTINGS_TOPS; i++) {
        while (byte && documents < postings_top_counts[i]) {
            byte--;
            documents += t->counts[0][byte] + t->counts[1][byte];
        }
        out[i] = (uint8_t)(documents < postings_top_counts[i] ? 0 : byte);
    }
}

void postings_scale_put(const postings_scale *s, const postings_tops *t, uint8_t *to)
{
    bits_store16(to, (uint16_t)s->low);
    bits_store16(to + 2, (uint16_t)s->high);
    postings_tops_find(t, to + 4);
}

void postings_scale_add(const postings_scale *s, const postings_tops *t, buffer *to)
{
    uint8_t *at = buffer_extend(to, 4 + POSTINGS_TOPS);
    if (at)
        postings_scale_put(s, t, at);
}
