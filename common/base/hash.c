#include "base/hash.h"

#include "base/bits.h"

/* Odd numbers with half of their bits set, of no further meaning. */
#define SECRET_A UINT64_C(0x2d358dccaa6c78a5)
#define SECRET_B UINT64_C(0x8bb84b93962eacc9)
#define SECRET_C UINT64_C(0x4b33a62ed433d4a3)

/* 1 to 3 bytes as one number, each byte in it at least once. */
static uint64_t load_few(const uint8_t *at, size_t size)
{
    return (uint64_t)at[0] << 16 | (uint64_t)at[size >> 1] << 8 | at[size - 1];
}

/* The last 0 to 16 bytes as two numbers, by loads that may overlap but stay inside. */
static void load_end(const uint8_t *at, size_t size, uint64_t *a, uint64_t *b)
{
    *a = *b = 0;
    if (size > 8) {
        *a = bits_load64(at);
        *b = bits_load64(at + size - 8);
    } else if (size >= 4) {
        *a = bits_load32(at);
        *b = bits_load32(at + size - 4);
    } else if (size > 0) {
        *a = load_few(at, size);
    }
}

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed)
{
    const uint8_t *at = bytes;
    size_t left = size;
    uint64_t a, b, other;
    seed ^= hash_mix(seed ^ SECRET_A, SECRET_B);
    if (left > 32) {
        /* Two chains, so that one multiplication need not wait for the other. */
        other = seed;
        for (; left > 32; left -= 32, at += 32) {
            seed = hash_mix(bits_load64(at) ^ SECRET_A, bits_load64(at + 8) ^ seed);
            other = hash_mix(bits_load64(at + 16) ^ SECRET_B, bits_load64(at + 24) ^ other);
        }
        seed ^= other * SECRET_C;
    }
    if (left > 16) {
        seed = hash_mix(bits_load64(at) ^ SECRET_C, bits_load64(at + 8) ^ seed);
        left -= 16;
        at += 16;
    }
    load_end(at, left, &a, &b);
    return hash_mix(SECRET_B ^ (uint64_t)size, hash_mix(a ^ SECRET_A, b ^ seed));
}
