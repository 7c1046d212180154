#include <assert.h>
#include <string.h>

#include "base/bits.h"
#include "codec/bitpack.h"

/* The value at a bit; it and the bits before it in its byte fit 64 bits by far. */
static inline uint32_t value_at(const uint8_t *in, uint64_t bit, uint32_t mask)
{
    return (uint32_t)(bits_load64(in + (bit >> 3)) >> (bit & 7)) & mask;
}

static void unpack(const uint8_t *in, size_t n, unsigned width, uint32_t *out)
{
    assert(width <= 32);
    uint32_t mask = (uint32_t)bits_low(width);
    for (size_t i = 0; i < n; i++)
        out[i] = value_at(in, (uint64_t)i * width, mask);
}

static void unpack_delta(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out)
{
    assert(width <= 32);
    uint32_t mask = (uint32_t)bits_low(width);
    for (size_t i = 0; i < n; i++)
        out[i] = previous += value_at(in, (uint64_t)i * width, mask);
}

static void unpack_ascending(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out)
{
    assert(width <= 32);
    uint32_t mask = (uint32_t)bits_low(width);
    for (size_t i = 0; i < n; i++)
        out[i] = previous += value_at(in, (uint64_t)i * width, mask) + 1;
}

static void unpack8(const uint8_t *in, uint64_t bit, size_t n, unsigned width, uint8_t *out)
{
    assert(width <= 8);
    uint32_t mask = (uint32_t)bits_low(width);
    for (size_t i = 0; i < n; i++, bit += width)
        out[i] = (uint8_t)value_at(in, bit, mask);
}

static void unpack16(const uint8_t *in, uint64_t bit, size_t n, unsigned width, uint16_t *out)
{
    assert(width <= 16);
    uint32_t mask = (uint32_t)bits_low(width);
    for (size_t i = 0; i < n; i++, bit += width)
        out[i] = (uint16_t)value_at(in, bit, mask);
}

const struct bitpack bitpack_scalar = {bitpack_pack, unpack, unpack_delta, unpack_ascending, unpack8, unpack16};
