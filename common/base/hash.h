/* Hashing of bytes for tables in memory and for choosing by chance: fast, well mixed, the same on every machine.
 * Not secret: who may choose the bytes can make them collide unless the seed is unknown to him. Never a checksum. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include <oir/types.h>

/* The two halves of a 128-bit product folded: every bit of both reaches every bit of the result. */
static inline uint64_t hash_mix(uint64_t a, uint64_t b)
{
    __extension__ typedef unsigned __int128 wide;
    wide product = (wide)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Of one number. */
static inline uint64_t hash_u64(uint64_t value)
{
    return hash_mix(hash_mix(value ^ UINT64_C(0x2d358dccaa6c78a5), UINT64_C(0x9e3779b97f4a7c15)) ^ value,
                    UINT64_C(0x8bb84b93962eacc9));
}

/* Of `size` bytes (NULL for none is allowed). Different seeds give independent hashes. */
uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed);

#endif
