#include "base/crc32c.h"

#include "base/bits.h"

/* Slicing by 8: table k says what a byte does to the checksum k bytes later. An entry is the exclusive or of the
 * entries of its bits, so the eight entries of single bits are all that is written down. */
#define BITS_0 0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf, 0x105ec76f, 0x20bd8ede, 0x417b1dbc, 0x82f63b78
#define BITS_1 0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8, 0x3fc5f181, 0x7f8be302, 0xff17c604, 0xfbc3faf9
#define BITS_2 0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5, 0x70a27d8a, 0xe144fb14, 0xc76580d9, 0x8b277743
#define BITS_3 0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6, 0xe964b13d, 0xd725148b, 0xaba65fe7, 0x52a0c93f
#define BITS_4 0x38116fac, 0x7022df58, 0xe045beb0, 0xc5670b91, 0x8f2261d3, 0x1ba8b557, 0x37516aae, 0x6ea2d55c
#define BITS_5 0xef306b19, 0xdb8ca0c3, 0xb2f53777, 0x6006181f, 0xc00c303e, 0x85f4168d, 0x0e045beb, 0x1c08b7d6
#define BITS_6 0x68032cc8, 0xd0065990, 0xa5e0c5d1, 0x4e2dfd53, 0x9c5bfaa6, 0x3d5b83bd, 0x7ab7077a, 0xf56e0ef4
#define BITS_7 0x493c7d27, 0x9278fa4e, 0x211d826d, 0x423b04da, 0x847609b4, 0x0d006599, 0x1a00cb32, 0x34019664

#define BIT(i, b, value) ((i) >> (b) & 1 ? (value) : 0)
#define ENTRY_(i, a, b, c, d, e, f, g, h)                                                            \
    (BIT(i, 0, a) ^ BIT(i, 1, b) ^ BIT(i, 2, c) ^ BIT(i, 3, d) ^ BIT(i, 4, e) ^ BIT(i, 5, f) ^       \
     BIT(i, 6, g) ^ BIT(i, 7, h))
#define ENTRY__(i, bits) ENTRY_(i, bits)
#define ENTRY(i, k) ENTRY__(i, BITS_##k)
#define FOUR(i, k) ENTRY(i, k), ENTRY(i + 1, k), ENTRY(i + 2, k), ENTRY(i + 3, k)
#define SIXTEEN(i, k) FOUR(i, k), FOUR(i + 4, k), FOUR(i + 8, k), FOUR(i + 12, k)
#define SIXTY_FOUR(i, k) SIXTEEN(i, k), SIXTEEN(i + 16, k), SIXTEEN(i + 32, k), SIXTEEN(i + 48, k)
#define TABLE(k) {SIXTY_FOUR(0, k), SIXTY_FOUR(64, k), SIXTY_FOUR(128, k), SIXTY_FOUR(192, k)}

static const uint32_t tables[8][256] = {
    TABLE(0), TABLE(1), TABLE(2), TABLE(3), TABLE(4), TABLE(5), TABLE(6), TABLE(7),
};

uint32_t crc32c_add_scalar(uint32_t crc, const void *bytes, size_t size)
{
    const uint8_t *at = bytes;
    crc = ~crc;
    for (; size >= 8; size -= 8, at += 8) {
        uint64_t v = bits_load64(at) ^ crc;
        crc = tables[7][v & 255] ^ tables[6][v >> 8 & 255] ^ tables[5][v >> 16 & 255] ^ tables[4][v >> 24 & 255]
            ^ tables[3][v >> 32 & 255] ^ tables[2][v >> 40 & 255] ^ tables[1][v >> 48 & 255] ^ tables[0][v >> 56];
    }
    for (; size; size--, at++)
        crc = crc >> 8 ^ tables[0][(crc ^ *at) & 255];
    return ~crc;
}

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>

#define TARGET __attribute__((target("sse4.2,pclmul")))

/* What `size` zero bytes do to a checksum is a multiplication by x^(8 * size) modulo the polynomial. The instruction
 * itself divides, so only the carry-less product remains, by x^(8 * size - 33): 32 for the instruction's own shift, 1
 * because the product of two mirrored numbers comes out one bit low. */
#define SHIFT_128 0x0d3b6092
#define SHIFT_256 0xb9e02b86
#define SHIFT_1024 0x170076fa
#define SHIFT_2048 0xa51b6135

TARGET static inline uint64_t shifted(uint64_t crc, uint32_t by)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)crc), _mm_cvtsi64_si128((long long)by), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Three stretches of `size` bytes side by side: the instruction takes three cycles, and starts anew every cycle. */
TARGET static inline uint64_t three(uint64_t crc, const uint8_t *at, size_t size, uint32_t one, uint32_t two)
{
    uint64_t second = 0, third = 0;
    for (size_t i = 0; i < size; i += 8) {
        crc = _mm_crc32_u64(crc, bits_load64(at + i));
        second = _mm_crc32_u64(second, bits_load64(at + size + i));
        third = _mm_crc32_u64(third, bits_load64(at + 2 * size + i));
    }
    return _mm_crc32_u64(0, shifted(crc, two) ^ shifted(second, one)) ^ third;
}

TARGET static uint32_t add_by_instruction(uint32_t start, const uint8_t *at, size_t size)
{
    uint64_t crc = ~start;
    for (; size >= 3 * 1024; size -= 3 * 1024, at += 3 * 1024)
        crc = three(crc, at, 1024, SHIFT_1024, SHIFT_2048);
    for (; size >= 3 * 128; size -= 3 * 128, at += 3 * 128)
        crc = three(crc, at, 128, SHIFT_128, SHIFT_256);
    for (; size >= 8; size -= 8, at += 8)
        crc = _mm_crc32_u64(crc, bits_load64(at));
    for (; size; size--, at++)
        crc = _mm_crc32_u8((uint32_t)crc, *at);
    return ~(uint32_t)crc;
}

uint32_t crc32c_add(uint32_t crc, const void *bytes, size_t size)
{
    /* A test of a constant that the runtime found at start: nothing of our own to keep. */
    if (__builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul"))
        return add_by_instruction(crc, bytes, size);
    return crc32c_add_scalar(crc, bytes, size);
}

#else

uint32_t crc32c_add(uint32_t crc, const void *bytes, size_t size)
{
    return crc32c_add_scalar(crc, bytes, size);
}

#endif
