#include "base/hash.h"

const uint64_t hash_masks[HASH_KEY_MAX + 1][2] = {
    {UINT64_C(0x0), UINT64_C(0x0)}, {UINT64_C(0xff), UINT64_C(0x0)}, {UINT64_C(0xffff), UINT64_C(0x0)},
    {UINT64_C(0xffffff), UINT64_C(0x0)}, {UINT64_C(0xffffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffffff), UINT64_C(0x0)}, {UINT64_C(0xffffffffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffffffffff), UINT64_C(0x0)}, {UINT64_C(0xffffffffffffffff), UINT64_C(0x0)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xff)}, {UINT64_C(0xffffffffffffffff), UINT64_C(0xffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffff)}, {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffff)}, {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffff)},
    {UINT64_C(0xffffffffffffffff), UINT64_C(0xffffffffffffffff)}};

uint64_t hash_bytes(const void *bytes, size_t size, uint64_t seed)
{
    const uint8_t *at = bytes;
    size_t left = size;
    uint64_t a, b, other;
    seed ^= hash_mix(seed ^ HASH_SECRET_A, HASH_SECRET_B);
    if (left > 32) {
        /* Two chains, so that one multiplication need not wait for the other. */
        other = seed;
        for (; left > 32; left -= 32, at += 32) {
            seed = hash_mix(bits_load64(at) ^ HASH_SECRET_A, bits_load64(at + 8) ^ seed);
            other = hash_mix(bits_load64(at + 16) ^ HASH_SECRET_B, bits_load64(at + 24) ^ other);
        }
        seed ^= other * HASH_SECRET_C;
    }
    if (left > 16) {
        seed = hash_mix(bits_load64(at) ^ HASH_SECRET_C, bits_load64(at + 8) ^ seed);
        left -= 16;
        at += 16;
    }
    hash_load_short(at, left, &a, &b);
    return hash_mix(HASH_SECRET_B ^ (uint64_t)size, hash_mix(a ^ HASH_SECRET_A, b ^ seed));
}
