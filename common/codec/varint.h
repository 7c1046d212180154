/* Reading of numbers in base 128: seven bits a byte, low groups first, the high bit set on all but the last byte. They
 * are written by buffer_add_varint. Safe on any bytes. */
#ifndef CODEC_VARINT_H
#define CODEC_VARINT_H

#include <oir/types.h>

/* The most bytes that one takes. */
#define VARINT_MAX 10

/* The longer ones. For varint_get only. */
const uint8_t *varint_get_long(const uint8_t *at, const uint8_t *end, uint64_t *value);

/* Reads one number and returns where the next begins; NULL when it is damaged: cut off by `end`, more than 10 bytes, or
 * more than 64 bits. `at` may be NULL and then gives NULL, so that a row of reads needs one check at its end; *value is
 * 0 after a failure. */
static inline const uint8_t *varint_get(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
    if (at && at < end && *at < 0x80) {
        *value = *at;
        return at + 1;
    }
    return varint_get_long(at, end, value);
}

/* The same for a number that must fit 32 bits; a larger one counts as damaged. */
static inline const uint8_t *varint_get32(const uint8_t *at, const uint8_t *end, uint32_t *value)
{
    uint64_t wide;
    at = varint_get(at, end, &wide);
    bool fits = wide <= UINT32_MAX;
    *value = fits ? (uint32_t)wide : 0;
    return fits ? at : NULL;
}

#endif
