/* Characters as terms are compared by them: code points, and bytes that are no UTF-8, each unlike any code point. */
#ifndef SEARCHER_TERM_CHARACTER_H
#define SEARCHER_TERM_CHARACTER_H

#include "text/utf8.h"

enum {
    TERM_CHARACTER_BYTE = 0x200000, /* and the byte: one that is no UTF-8. What it is depends on the bytes behind it: */
    TERM_CHARACTER_AHEAD = UTF8_MAX - 1 /* on so many */
};

/* The character at `at`, which must be below `end`, and the number of bytes it takes. */
static inline uint32_t term_character_read(const uint8_t *at, const uint8_t *end, uint32_t *size)
{
    uint32_t code = utf8_decode(at, end, size);
    return *size == 1 && code >= 0x80 ? TERM_CHARACTER_BYTE | code : code;
}

#endif
