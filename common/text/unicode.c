#include "text/unicode.h"

const char *unicode_version(void)
{
    return unicode_table_version;
}

uint32_t unicode_code_high(uint32_t c)
{
    if (c == 0xe0001 || (c >= 0xe0020 && c <= 0xe007f))
        return UNICODE_CF;
    if (c >= 0xe0100 && c <= 0xe01ef)
        return UNICODE_MN;
    if ((c >= 0xf0000 && c <= 0xffffd) || (c >= 0x100000 && c <= 0x10fffd))
        return UNICODE_CO;
    return UNICODE_CN;
}

static const int32_t *case_shift(uint32_t c)
{
    uint32_t block = c >> UNICODE_TABLE_BITS;
    if (block >= unicode_table_case_blocks)
        return unicode_table_shift[0];
    uint32_t in_block = c & ((1u << UNICODE_TABLE_BITS) - 1);
    return unicode_table_shift[unicode_table_case[unicode_table_case_block[block]][in_block]];
}

uint32_t unicode_tolower(uint32_t c)
{
    return c + (uint32_t)case_shift(c)[0];
}

uint32_t unicode_toupper(uint32_t c)
{
    return c + (uint32_t)case_shift(c)[1];
}
