#include "codec/bitpack.h"

#if ISA_X86

#include <assert.h>
#include <immintrin.h>
#include <string.h>

#include "base/bits.h"

#define TARGET ISA_TARGET_AVX512
#define INLINE static inline __attribute__((always_inline)) TARGET

/* 16 values of 32 bits, 32 of 16 or 64 of 8 come out of one load of 64 bytes: a shuffle of bytes (VBMI) brings to each
 * lane the bytes that its value touches, a shift by lane puts it in place. Which bytes and shifts is worked out once a
 * call: every step of that many values takes whole bytes, so they are the same in each. */

/* x[0], x[0] + x[1], ... */
INLINE __m512i prefix_sums(__m512i x)
{
    const __m512i zero = _mm512_setzero_si512();
    x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 15));
    x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 14));
    x = _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 12));
    return _mm512_add_epi32(x, _mm512_alignr_epi32(x, zero, 8));
}

/* `wide`: a value and the bits before it in its byte may pass 32 bits. `sum`: gaps, each with `plus` added, are summed
 * up. The three are constants wherever this is inlined. */
INLINE void unpack_steps(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out, bool wide,
                         bool sum, int plus)
{
    const __m512i numbers = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    __m512i bits = _mm512_mullo_epi16(numbers, _mm512_set1_epi32((int)width));
    __m512i first = _mm512_srli_epi32(bits, 3);
    first = _mm512_or_si512(first, _mm512_slli_epi32(first, 8));
    first = _mm512_or_si512(first, _mm512_slli_epi32(first, 16));
    __m512i bytes = _mm512_add_epi8(first, _mm512_set1_epi32(0x03020100));
    __m512i next_bytes = _mm512_add_epi8(bytes, _mm512_set1_epi8(4));
    __m512i shift = _mm512_and_si512(bits, _mm512_set1_epi32(7));
    __m512i mask = _mm512_set1_epi32((int)bits_low(width));
    __m512i carry = _mm512_set1_epi32((int)previous);
    for (size_t i = 0; i < n; i += 16, in += 2 * width) {
        __m512i v = _mm512_loadu_si512(in);
        __m512i x = _mm512_permutexvar_epi8(bytes, v);
        if (wide)
            x = _mm512_shrdv_epi32(x, _mm512_permutexvar_epi8(next_bytes, v), shift);
        else
            x = _mm512_srlv_epi32(x, shift);
        x = _mm512_and_si512(x, mask);
        if (sum) {
            x = prefix_sums(_mm512_add_epi32(x, _mm512_set1_epi32(plus)));
            __m512i total = _mm512_permutexvar_epi32(_mm512_set1_epi32(15), x);
            x = _mm512_add_epi32(x, carry);
            carry = _mm512_add_epi32(carry, total);
        }
        _mm512_storeu_si512(out + i, x);
    }
}

static bool is_wide(unsigned width)
{
    return width >= 27 && width != 28 && width != 32;
}

TARGET static void unpack(const uint8_t *in, size_t n, unsigned width, uint32_t *out)
{
    assert(width <= 32);
    if (is_wide(width))
        unpack_steps(in, n, width, 0, out, true, false, 0);
    else
        unpack_steps(in, n, width, 0, out, false, false, 0);
}

TARGET static void unpack_delta(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out)
{
    assert(width <= 32);
    if (is_wide(width))
        unpack_steps(in, n, width, previous, out, true, true, 0);
    else
        unpack_steps(in, n, width, previous, out, false, true, 0);
}

TARGET static void unpack_ascending(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out)
{
    assert(width <= 32);
    if (is_wide(width))
        unpack_steps(in, n, width, previous, out, true, true, 1);
    else
        unpack_steps(in, n, width, previous, out, false, true, 1);
}

/* All bytes of one step's 64, or as many as are left: a masked store touches nothing else. */
INLINE void store_bytes(uint8_t *out, size_t left, __m512i v)
{
    if (left >= 64)
        _mm512_storeu_si512(out, v);
    else
        _mm512_mask_storeu_epi8(out, (__mmask64)bits_low((uint32_t)left), v);
}

/* Whole bytes that begin within a byte. */
TARGET static void unpack8_shifted(const uint8_t *in, unsigned bit, size_t n, uint8_t *out)
{
    __m128i right = _mm_cvtsi32_si128((int)bit), left = _mm_cvtsi32_si128(8 - (int)bit);
    for (size_t i = 0; i < n; i += 64, in += 64) {
        __m512i here = _mm512_srl_epi64(_mm512_loadu_si512(in), right);
        __m512i next = _mm512_sll_epi64(_mm512_loadu_si512(in + 1), left);
        store_bytes(out + i, n - i, _mm512_or_si512(here, next));
    }
}

TARGET static void unpack8(const uint8_t *in, uint64_t bit, size_t n, unsigned width, uint8_t *out)
{
    assert(width <= 8);
    if (width == 0 || n == 0) {
        if (n)
            memset(out, 0, n);
        return;
    }
    in += bit >> 3;
    bit &= 7;
    if (width == 8) {
        unpack8_shifted(in, (unsigned)bit, n, out);
        return;
    }
    /* Each 64-bit lane gets the `width` bytes of eight values and one more; then every byte of it takes eight bits from
     * its own bit on, at most 7 + 7 * 7. */
    const uint64_t ramp = UINT64_C(0x0706050403020100), ones = UINT64_C(0x0101010101010101);
    __m512i lane = _mm512_setr_epi64(0, 0x0101010101010101, 0x0202020202020202, 0x0303030303030303, 0x0404040404040404,
                                     0x0505050505050505, 0x0606060606060606, 0x0707070707070707);
    __m512i times_width = _mm512_set1_epi64((long long)(ramp * width));
    __m512i bytes = _mm512_add_epi8(_mm512_shuffle_epi8(times_width, lane), _mm512_set1_epi64((long long)ramp));
    __m512i bits = _mm512_set1_epi64((long long)(ramp * width + ones * bit));
    __m512i mask = _mm512_set1_epi8((char)((1u << width) - 1));
    for (size_t i = 0; i < n; i += 64, in += 8 * width) {
        __m512i v = _mm512_permutexvar_epi8(bytes, _mm512_loadu_si512(in));
        store_bytes(out + i, n - i, _mm512_and_si512(_mm512_multishift_epi64_epi8(bits, v), mask));
    }
}

/* 16 whole bits that begin within a byte: value 31 of a step may reach into byte 64, so the shuffle is not enough. */
TARGET static void unpack16_shifted(const uint8_t *in, unsigned bit, size_t n, uint16_t *out)
{
    __m512i shift = _mm512_set1_epi16((short)bit);
    for (size_t i = 0; i < n; i += 32, in += 64)
        _mm512_storeu_si512(out + i, _mm512_shrdv_epi16(_mm512_loadu_si512(in), _mm512_loadu_si512(in + 2), shift));
}

TARGET static void unpack16(const uint8_t *in, uint64_t bit, size_t n, unsigned width, uint16_t *out)
{
    assert(width <= 16);
    if (width == 0 || n == 0) {
        if (n)
            memset(out, 0, n * sizeof *out);
        return;
    }
    in += bit >> 3;
    bit &= 7;
    if (width == 16) {
        unpack16_shifted(in, (unsigned)bit, n, out);
        return;
    }
    static const uint16_t numbers[32] = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15,
                                         16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31};
    __m512i bits = _mm512_mullo_epi16(_mm512_loadu_si512(numbers), _mm512_set1_epi16((short)width));
    bits = _mm512_add_epi16(bits, _mm512_set1_epi16((short)bit));
    __m512i first = _mm512_srli_epi16(bits, 3);
    __m512i bytes = _mm512_add_epi16(_mm512_or_si512(first, _mm512_slli_epi16(first, 8)), _mm512_set1_epi16(0x100));
    __m512i next_bytes = _mm512_add_epi8(bytes, _mm512_set1_epi8(2));
    __m512i shift = _mm512_and_si512(bits, _mm512_set1_epi16(7));
    __m512i mask = _mm512_set1_epi16((short)((1u << width) - 1));
    for (size_t i = 0; i < n; i += 32, in += 4 * width) {
        __m512i v = _mm512_loadu_si512(in);
        __m512i x = _mm512_permutexvar_epi8(bytes, v);
        x = _mm512_shrdv_epi16(x, _mm512_permutexvar_epi8(next_bytes, v), shift);
        _mm512_storeu_si512(out + i, _mm512_and_si512(x, mask));
    }
}

const struct bitpack bitpack_avx512 = {bitpack_pack, unpack, unpack_delta, unpack_ascending, unpack8, unpack16};

#else

typedef int bitpack_avx512_is_empty; /* ISO C wants something in a file */

#endif
