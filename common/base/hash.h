/* Hashing of bytes for tables in memory and for choosing by chance: fast, well mixed, the same on every machine.
 * Not secret: who may choose the bytes can make them collide unless the seed is unknown to him. Never a checksum. */
#ifndef BASE_HASH_H
#define BASE_HASH_H

#include "base/bits.h"
#include <oir/types.h>

/* Odd numbers with half of their bits set, of no further meaning. */
#define HASH_SECRET_A UINT64_C(0x2d358dccaa6c78a5)
#define HASH_SECRET_B UINT64_C(0x8bb84b93962eacc9)
#define HASH_SECRET_C UINT64_C(0x4b33a62ed433d4a3)

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
    return hash_mix(hash_mix(value ^ HASH_SECRET_A, UINT64_C(0x9e3779b97f4a7c15)) ^ value, HASH_SECRET_B);
}

/* Of `size` bytes (NULL for none is allowed). Different seeds give independent hashes. The hash with seed 0 is in files
 * (PART_FREQUENT) and stays what it is, with A, B, C the secrets above, mix(a, b) = hash_mix, and numbers of 8 bytes,
 * little-endian, taken one after another, modulo 2^64:
 *     seed ^= mix(seed ^ A, B)
 *     over 32 bytes are left:  other = seed, then until 32 or fewer are left, with the next four numbers p, q, r, s:
 *                              seed = mix(p ^ A, q ^ seed), other = mix(r ^ B, s ^ other); then seed ^= other * C
 *     over 16 are left:        with the next two p, q: seed = mix(p ^ C, q ^ seed)
 *     the rest, as two numbers p, q with zeros behind: the hash is mix(B ^ size, mix(p ^ A, q ^ seed)) */
uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed);

/* A word as tables keep it, so that most comparisons are of three numbers. */
typedef struct hash_key {
    uint64_t low, high; /* of up to 16 bytes these themselves, with zeros behind; else the hash, and 0 */
    uint64_t hash;      /* hash_bytes, seed 0 */
} hash_key;

enum { HASH_KEY_MAX = 16 }; /* bytes of a word that its key and size tell from all others */

/* hash_bytes again, from a key's numbers. */
static inline uint64_t hash_of_key(uint64_t low, uint64_t high, size_t size)
{
    uint64_t seed = hash_mix(HASH_SECRET_A, HASH_SECRET_B);
    if (size > HASH_KEY_MAX)
        return low;
    return hash_mix(HASH_SECRET_B ^ (uint64_t)size, hash_mix(low ^ HASH_SECRET_A, high ^ seed));
}

/* Up to 16 bytes as two numbers, with zeros behind, by loads that may overlap but stay inside. */
static inline void hash_load_short(const uint8_t *at, size_t size, uint64_t *low, uint64_t *high)
{
    *low = *high = 0;
    if (size > 8) {
        *low = bits_load64(at);
        *high = bits_load64(at + size - 8) >> 8 * (16 - size);
    } else if (size >= 4) {
        *low = bits_load32(at) | (uint64_t)bits_load32(at + size - 4) << 8 * (size - 4);
    } else if (size > 0) {
        *low = at[0] | (uint64_t)at[size >> 1] << 8 * (size >> 1) | (uint64_t)at[size - 1] << 8 * (size - 1);
    }
}

/* By size, what of 16 bytes belongs to a word. */
extern const uint64_t hash_masks[HASH_KEY_MAX + 1][2];

/* The same of up to 16 bytes, and quicker, where 16 may be read. */
static inline void hash_load_wide(const uint8_t *at, size_t size, uint64_t *low, uint64_t *high)
{
    *low = bits_load64(at) & hash_masks[size][0];
    *high = bits_load64(at + 8) & hash_masks[size][1];
}

static inline hash_key hash_make_key(const void *bytes, size_t size)
{
    hash_key k = {0};
    if (size > HASH_KEY_MAX)
        k.low = hash_bytes(bytes, size, 0);
    else
        hash_load_short(bytes, size, &k.low, &k.high);
    k.hash = hash_of_key(k.low, k.high, size);
    return k;
}

#endif
