#include "codec/varint.h"

const uint8_t *varint_get_long(const uint8_t *at, const uint8_t *end, uint64_t *value)
{
    *value = 0;
    if (!at)
        return NULL;
    uint64_t sum = 0;
    for (unsigned shift = 0; shift < 64 && at < end; shift += 7) {
        uint64_t group = *at & 0x7f;
        if (shift == 63 && group > 1)
            return NULL;
        sum |= group << shift;
        if (*at++ < 0x80) {
            *value = sum;
            return at;
        }
    }
    return NULL;
}
