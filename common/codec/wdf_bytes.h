/* Runs of wdf, as bytes, at the width at which they are cheapest: small numbers at one width, larger ones as an escape
 * code and a byte (patched coding: Zukowski, Heman, Nes, Boncz, Super-scalar RAM-CPU cache compression, 2006). */
#ifndef CODEC_WDF_BYTES_H
#define CODEC_WDF_BYTES_H

#include <stddef.h>

#include "base/bits.h"

enum {
    /* The bits that an exception is priced at: 8 that it takes, and some for the time it costs (measured best of 8 to
     * 16). */
    WDF_EXCEPTION_PRICE = 12,
    WDF_SLACK = 8 /* bytes behind a run that are read, and behind what is written that are overwritten */
};

static inline uint32_t wdf_bytes_highest(const uint8_t *wdf, size_t n)
{
    uint8_t most = 0;
    for (size_t i = 0; i < n; i++)
        most = wdf[i] > most ? wdf[i] : most;
    return most;
}

/* How many are below a limit; counted in bytes, so that compilers do many at a time. */
static inline size_t wdf_bytes_below(const uint8_t *wdf, size_t n, uint8_t limit)
{
    size_t below = 0;
    for (size_t done = 0, end; done < n; done = end) {
        uint8_t some = 0;
        end = n - done < 128 ? n : done + 128;
        for (size_t i = done; i < end; i++)
            some = (uint8_t)(some + (wdf[i] < limit));
        below += some;
    }
    return below;
}

/* A width of 0 to 8; 0 only when all numbers are 0. */
static inline uint32_t wdf_bytes_width(const uint8_t *wdf, size_t n)
{
    uint32_t most = wdf_bytes_highest(wdf, n), best = 8;
    uint64_t best_cost = 8ull * n;
    if (most == 0)
        return 0;
    for (uint32_t width = 1; width < 8; width++) {
        uint32_t limit = (1u << width) - 1;
        uint64_t above = most < limit ? 0 : n - wdf_bytes_below(wdf, n, (uint8_t)limit);
        uint64_t cost = (uint64_t)n * width + WDF_EXCEPTION_PRICE * above;
        if (cost < best_cost) {
            best_cost = cost;
            best = width;
        }
        if (above == 0)
            break;
    }
    return best;
}

/* The code of exceptions at a width; above every byte where there are none. */
static inline uint32_t wdf_bytes_escape(uint32_t width)
{
    return width && width < 8 ? (1u << width) - 1 : UINT32_MAX;
}

/* The highest bit of each of eight bytes that are at least the escape of `width`, 1 to 7. */
static inline uint64_t wdf_bytes_escapes(uint64_t bytes, uint32_t width)
{
    uint64_t ones = UINT64_C(0x0101010101010101), more = 129 - (UINT64_C(1) << width);
    return (((bytes & ones * 127) + ones * more) | bytes) & ones << 7;
}

/* Eight numbers, each at the low end of a byte, to 8 * width bits. */
static inline uint64_t wdf_bytes_pack(uint64_t bytes, uint32_t width)
{
    uint64_t two = UINT64_C(0x00ff00ff00ff00ff), four = UINT64_C(0x0000ffff0000ffff);
    bytes = (bytes & two) | (bytes >> 8 & two) << width;
    bytes = (bytes & four) | (bytes >> 16 & four) << 2 * width;
    return (bytes & UINT32_MAX) | bytes >> 32 << 4 * width;
}

/* Writes n numbers at a width of 1 to 8 to `to`, (n * width + 7) / 8 bytes, and those that are exceptions to
 * `exceptions`; returns how many these are. */
static inline size_t wdf_bytes_put(const uint8_t *wdf, size_t n, uint32_t width, uint8_t *to, uint8_t *exceptions)
{
    size_t escaped = 0;
    for (size_t i = 0; i < n; i += 8, to += width) {
        uint64_t bytes = bits_load64(wdf + i) & bits_low(n - i < 8 ? (uint32_t)(n - i) * 8 : 64);
        uint64_t escapes = width < 8 ? wdf_bytes_escapes(bytes, width) : 0;
        if (escapes) {
            uint64_t whole = escapes | (escapes - (escapes >> 7));
            for (uint32_t k = 0; k < 8; k++) {
                exceptions[escaped] = (uint8_t)(bytes >> 8 * k);
                escaped += escapes >> (8 * k + 7) & 1;
            }
            bytes |= whole;
            bytes &= UINT64_C(0x0101010101010101) * bits_low(width);
        }
        bits_store64(to, wdf_bytes_pack(bytes, width));
    }
    return escaped;
}

#endif
