/* Little-endian loads and stores at any address, and the bit tricks that compilers have an instruction for. */
#ifndef BASE_BITS_H
#define BASE_BITS_H

#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "oir's format is little-endian and is read in place: big-endian machines are not supported"
#endif

static inline uint16_t bits_load16(const void *at)
{
    uint16_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline uint32_t bits_load32(const void *at)
{
    uint32_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline uint64_t bits_load64(const void *at)
{
    uint64_t v;
    memcpy(&v, at, sizeof v);
    return v;
}

static inline void bits_store16(void *at, uint16_t v)
{
    memcpy(at, &v, sizeof v);
}

static inline void bits_store32(void *at, uint32_t v)
{
    memcpy(at, &v, sizeof v);
}

static inline void bits_store64(void *at, uint64_t v)
{
    memcpy(at, &v, sizeof v);
}

static inline uint32_t bits_count(uint64_t v)
{
#if defined(__POPCNT__) || !defined(__x86_64__)
    return (uint32_t)__builtin_popcountll(v);
#else /* without the instruction compilers call a function, which takes longer than adding up by halves */
    v -= v >> 1 & UINT64_C(0x5555555555555555);
    v = (v & UINT64_C(0x3333333333333333)) + (v >> 2 & UINT64_C(0x3333333333333333));
    v = (v + (v >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
    return (uint32_t)(v * UINT64_C(0x0101010101010101) >> 56);
#endif
}

/* Index of the lowest set bit; v must not be 0. */
static inline uint32_t bits_lowest(uint64_t v)
{
    return (uint32_t)__builtin_ctzll(v);
}

/* Index of the highest set bit, floor(log2 v); v must not be 0. */
static inline uint32_t bits_highest(uint64_t v)
{
    return (uint32_t)__builtin_clzll(v) ^ 63u; /* one instruction where that counts from the other end */
}

/* The n lowest bits set, 0 <= n <= 64. */
static inline uint64_t bits_low(uint32_t n)
{
    return n >= 64 ? UINT64_MAX : (UINT64_C(1) << n) - 1;
}

/* Bits needed to write v: 0 for 0, else floor(log2 v) + 1. */
static inline uint32_t bits_width(uint64_t v)
{
    return v ? bits_highest(v) + 1 : 0;
}

#endif
