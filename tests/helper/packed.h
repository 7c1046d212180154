/* A packed column that is in no file. */
#ifndef TESTS_HELPER_PACKED_H
#define TESTS_HELPER_PACKED_H

#include <stdlib.h>

#include "codec/bitpack.h"
#include "harness.h"
#include "segment/packed_column.h"

/* Its bytes are freed by the caller. */
static inline packed_column packed_make(const uint32_t *numbers, uint32_t count, uint32_t most)
{
    uint32_t width = bits_width(most);
    uint8_t *bytes = calloc(1, bitpack_bytes(count, width) + BITPACK_PADDING);
    REQUIRE(bytes);
    bitpack_get(ISA_SCALAR)->pack(numbers, count, width, bytes);
    return (packed_column){.bytes = bytes, .width = width, .mask = (uint32_t)bits_low(width), .most = most};
}

#endif
