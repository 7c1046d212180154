/* The width at which a run of wdf is cheapest: small numbers at one width, larger ones as an escape code and a byte
 * (patched coding: Zukowski, Heman, Nes, Boncz, Super-scalar RAM-CPU cache compression, 2006). */
#ifndef CODEC_WDF_WIDTH_H
#define CODEC_WDF_WIDTH_H

#include <stdint.h>

/* The bits that an exception is priced at: 8 that it takes, and some for the time it costs (measured best of 8 to
 * 16). */
enum { WDF_EXCEPTION_PRICE = 12 };

/* histogram[v] numbers of value v, 0 to 255, n in all. Returns a width of 0 to 8; 0 only when all numbers are 0. */
static inline uint32_t wdf_width_choose(const uint32_t histogram[256], uint32_t n)
{
    if (histogram[0] == n)
        return 0;
    uint64_t best_cost = 8ull * n;
    uint32_t best = 8, below = 0, v = 0;
    for (uint32_t width = 1; width < 8; width++) {
        for (; v < (1u << width) - 1; v++)
            below += histogram[v];
        uint64_t cost = (uint64_t)n * width + (uint64_t)WDF_EXCEPTION_PRICE * (n - below);
        if (cost < best_cost) {
            best_cost = cost;
            best = width;
        }
    }
    return best;
}

#endif
