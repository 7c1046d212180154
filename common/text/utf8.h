/* UTF-8 that may hold anything: what is not UTF-8 is read byte by byte as Latin-1.
 *
 * Valid is what Unicode's table 3-7 says: overlong forms, surrogates and code points above U+10FFFF are not, and
 * neither is a character cut off by the end of the text. So every run of bytes has one reading, and no byte is lost. */
#ifndef TEXT_UTF8_H
#define TEXT_UTF8_H

#include <oir/types.h>

/* The longest encoding of a code point, in bytes. */
#define UTF8_MAX 4

/* As utf8_decode for a first byte of 0x80 and above; for utf8_decode's use. */
uint32_t utf8_decode_long(const uint8_t *at, const uint8_t *end, uint32_t *size);

/* The code point at `at`, which must be below `end`, and the number of bytes it takes. */
static inline uint32_t utf8_decode(const uint8_t *at, const uint8_t *end, uint32_t *size)
{
    if (*at < 0x80) {
        *size = 1;
        return *at;
    }
    return utf8_decode_long(at, end, size);
}

/* Whether the `size` bytes are UTF-8 throughout. */
bool utf8_is_valid(const char *text, size_t size);

/* Bytes that utf8_encode writes for a code point: 1 to 4. */
static inline uint32_t utf8_length(uint32_t code)
{
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/* Writes a code point (up to U+10FFFF) and returns the number of bytes written. */
uint32_t utf8_encode(uint32_t code, uint8_t out[UTF8_MAX]);

/* The number of code points read from `size` bytes. */
size_t utf8_count(const char *text, size_t size);

#endif
