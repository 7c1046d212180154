/* A quick hash of words: they are short, and nobody is hurt by a collision but in speed. */
#ifndef TEXT_WORD_HASH_H
#define TEXT_WORD_HASH_H

#include "base/bits.h"

static inline uint64_t word_hash(const char *word, size_t size)
{
    uint64_t hash = size * UINT64_C(0x9e3779b97f4a7c15), last = 0;
    size_t at = 0;
    for (; size - at > 8; at += 8)
        hash = (hash ^ bits_load64(word + at)) * UINT64_C(0xff51afd7ed558ccd);
    if (size >= 8) {
        last = bits_load64(word + size - 8);
    } else if (size >= 4) {
        last = (uint64_t)bits_load32(word) << 32 | bits_load32(word + size - 4);
    } else if (size > 0) {
        last = (uint64_t)(uint8_t)word[0] << 16 | (uint64_t)(uint8_t)word[size / 2] << 8 | (uint8_t)word[size - 1];
    }
    hash = (hash ^ last) * UINT64_C(0xff51afd7ed558ccd);
    return hash ^ hash >> 32;
}

#endif
