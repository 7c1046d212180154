#include "text/utf8.h"

static bool is_continuation(uint8_t byte)
{
    return (byte & 0xc0) == 0x80;
}

uint32_t utf8_decode_long(const uint8_t *at, const uint8_t *end, uint32_t *size)
{
    size_t left = (size_t)(end - at);
    uint32_t lead = at[0];
    *size = 1;
    if (lead < 0xc2 || lead > 0xf4 || left < 2 || !is_continuation(at[1]))
        return lead;
    uint32_t second = at[1] & 0x3fu;
    if (lead < 0xe0) {
        *size = 2;
        return (lead & 0x1f) << 6 | second;
    }
    if (left < 3 || !is_continuation(at[2]))
        return lead;
    uint32_t third = at[2] & 0x3fu;
    if (lead < 0xf0) {
        uint32_t code = (lead & 0x0f) << 12 | second << 6 | third;
        if (code < 0x800 || (code >= 0xd800 && code < 0xe000))
            return lead;
        *size = 3;
        return code;
    }
    if (left < 4 || !is_continuation(at[3]))
        return lead;
    uint32_t code = (lead & 0x07) << 18 | second << 12 | third << 6 | (at[3] & 0x3fu);
    if (code < 0x10000 || code > 0x10ffff)
        return lead;
    *size = 4;
    return code;
}

bool utf8_is_valid(const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + size;
    while (at < end) {
        uint32_t step;
        uint32_t code = utf8_decode(at, end, &step);
        if (step == 1 && code >= 0x80)
            return false;
        at += step;
    }
    return true;
}

uint32_t utf8_encode(uint32_t code, uint8_t out[UTF8_MAX])
{
    uint32_t length = utf8_length(code);
    switch (length) {
    case 1:
        out[0] = (uint8_t)code;
        break;
    case 2:
        out[0] = (uint8_t)(0xc0 | code >> 6);
        out[1] = (uint8_t)(0x80 | (code & 0x3f));
        break;
    case 3:
        out[0] = (uint8_t)(0xe0 | code >> 12);
        out[1] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        out[2] = (uint8_t)(0x80 | (code & 0x3f));
        break;
    default:
        out[0] = (uint8_t)(0xf0 | code >> 18);
        out[1] = (uint8_t)(0x80 | (code >> 12 & 0x3f));
        out[2] = (uint8_t)(0x80 | (code >> 6 & 0x3f));
        out[3] = (uint8_t)(0x80 | (code & 0x3f));
    }
    return length;
}

size_t utf8_count(const char *text, size_t size)
{
    const uint8_t *at = (const uint8_t *)text, *end = at + size;
    size_t count = 0;
    while (at < end) {
        uint32_t step;
        utf8_decode(at, end, &step);
        at += step;
        count++;
    }
    return count;
}
