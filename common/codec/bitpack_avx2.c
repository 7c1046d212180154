#include "codec/bitpack.h"

#if ISA_X86

#include <assert.h>
#include <immintrin.h>
#include <string.h>

#define TARGET ISA_TARGET_AVX2
#define INLINE static inline __attribute__((always_inline)) TARGET

/* Values come in groups of eight, which take `width` whole bytes: so byte numbers and shifts are the same for each
 * group, and are worked out once a call. */

INLINE __m128i load(const uint8_t *at)
{
    return _mm_loadu_si128((const __m128i *)(const void *)at);
}

/* Two loads, one for each half. */
INLINE __m256i load_pair(const uint8_t *low, const uint8_t *high)
{
    return _mm256_inserti128_si256(_mm256_castsi128_si256(load(low)), load(high), 1);
}

INLINE void store(void *at, __m256i v)
{
    _mm256_storeu_si256((__m256i *)at, v);
}

/* Numbers 0 to 7 times width, in 32 bits. */
INLINE __m256i bits_of_eight(unsigned width)
{
    return _mm256_mullo_epi16(_mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7), _mm256_set1_epi32((int)width));
}

/* For each 32-bit lane the four bytes from bit / 8 on, as shuffle control. */
INLINE __m256i four_bytes_at(__m256i bits)
{
    const __m256i spread = _mm256_setr_epi8(0, 0, 0, 0, 4, 4, 4, 4, 8, 8, 8, 8, 12, 12, 12, 12, 0, 0, 0, 0, 4, 4, 4, 4,
                                            8, 8, 8, 8, 12, 12, 12, 12);
    __m256i first = _mm256_shuffle_epi8(_mm256_srli_epi32(bits, 3), spread);
    return _mm256_add_epi8(first, _mm256_set1_epi32(0x03020100));
}

INLINE __m256i shift_of(__m256i bits)
{
    return _mm256_and_si256(bits, _mm256_set1_epi32(7));
}

/* x[0], x[0] + x[1], ... */
INLINE __m256i prefix_sums(__m256i x)
{
    x = _mm256_add_epi32(x, _mm256_slli_si256(x, 4));
    x = _mm256_add_epi32(x, _mm256_slli_si256(x, 8));
    __m256i low_total = _mm256_permutevar8x32_epi32(x, _mm256_set1_epi32(3));
    return _mm256_add_epi32(x, _mm256_blend_epi32(_mm256_setzero_si256(), low_total, 0xf0));
}

/* `wide`: a value and the bits before it in its byte may pass 32 bits, so the byte after its four is wanted too.
 * `sum`: gaps, each with `plus` added, are summed up. The three are constants wherever this is inlined. */
INLINE void unpack_groups(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out, bool wide,
                          bool sum, int plus)
{
    unsigned high = width / 2; /* the byte where value 4 begins */
    __m256i bits = _mm256_sub_epi32(bits_of_eight(width), _mm256_setr_epi32(0, 0, 0, 0, (int)high * 8, (int)high * 8,
                                                                            (int)high * 8, (int)high * 8));
    __m256i bytes = four_bytes_at(bits), shift = shift_of(bits);
    __m256i next_bytes = _mm256_add_epi8(bytes, _mm256_set1_epi8(4));
    __m256i next_shift = _mm256_sub_epi32(_mm256_set1_epi32(32), shift);
    __m256i mask = _mm256_set1_epi32((int)(width < 32 ? (1u << width) - 1 : UINT32_MAX));
    __m256i carry = _mm256_set1_epi32((int)previous);
    for (size_t i = 0; i < n; i += 8, in += width) {
        __m256i v = load_pair(in, in + high);
        __m256i x = _mm256_srlv_epi32(_mm256_shuffle_epi8(v, bytes), shift);
        if (wide)
            x = _mm256_or_si256(x, _mm256_sllv_epi32(_mm256_shuffle_epi8(v, next_bytes), next_shift));
        x = _mm256_and_si256(x, mask);
        if (sum) {
            x = prefix_sums(_mm256_add_epi32(x, _mm256_set1_epi32(plus)));
            __m256i total = _mm256_permutevar8x32_epi32(x, _mm256_set1_epi32(7));
            x = _mm256_add_epi32(x, carry);
            carry = _mm256_add_epi32(carry, total);
        }
        store(out + i, x);
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
        unpack_groups(in, n, width, 0, out, true, false, 0);
    else
        unpack_groups(in, n, width, 0, out, false, false, 0);
}

TARGET static void unpack_delta(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out)
{
    assert(width <= 32);
    if (is_wide(width))
        unpack_groups(in, n, width, previous, out, true, true, 0);
    else
        unpack_groups(in, n, width, previous, out, false, true, 0);
}

TARGET static void unpack_ascending(const uint8_t *in, size_t n, unsigned width, uint32_t previous, uint32_t *out)
{
    assert(width <= 32);
    if (is_wide(width))
        unpack_groups(in, n, width, previous, out, true, true, 1);
    else
        unpack_groups(in, n, width, previous, out, false, true, 1);
}

/* How to bring eight values of 1 to 9 bits into 16-bit lanes: their two bytes, then a multiplication that shifts them
 * to the lane's top (there is no shift by lane for 16 bits), then one shift down for all. */
struct lanes16 {
    __m256i bytes, factor;
    __m128i down;
};

INLINE struct lanes16 lanes16_of(unsigned bit, unsigned width)
{
    struct lanes16 l;
    __m256i bits = _mm256_add_epi32(bits_of_eight(width), _mm256_set1_epi32((int)bit));
    __m256i first = _mm256_srli_epi32(bits, 3);
    __m256i two = _mm256_add_epi32(_mm256_or_si256(first, _mm256_slli_epi32(first, 8)), _mm256_set1_epi32(0x100));
    __m256i up = _mm256_sub_epi32(_mm256_set1_epi32(16 - (int)width), shift_of(bits));
    __m256i factor = _mm256_sllv_epi32(_mm256_set1_epi32(1), up);
    l.bytes = _mm256_broadcastsi128_si256(
        _mm_packus_epi32(_mm256_castsi256_si128(two), _mm256_extracti128_si256(two, 1)));
    l.factor = _mm256_broadcastsi128_si256(
        _mm_packus_epi32(_mm256_castsi256_si128(factor), _mm256_extracti128_si256(factor, 1)));
    l.down = _mm_cvtsi32_si128(16 - (int)width);
    return l;
}

INLINE __m256i take16(const struct lanes16 *l, __m256i v)
{
    return _mm256_srl_epi16(_mm256_mullo_epi16(_mm256_shuffle_epi8(v, l->bytes), l->factor), l->down);
}

TARGET static void unpack8(const uint8_t *in, uint64_t bit, size_t n, unsigned width, uint8_t *out)
{
    assert(width <= 8);
    if (width == 0 || n == 0) {
        if (n)
            memset(out, 0, n);
        return;
    }
    struct lanes16 l = lanes16_of(bit & 7, width);
    in += bit >> 3;
    for (size_t i = 0; i < n; i += 32, in += 4 * width) {
        /* Groups 0 and 2, 1 and 3: the order in which the packing of two halves puts them right. */
        __m256i even = take16(&l, load_pair(in, in + 2 * width));
        __m256i odd = take16(&l, load_pair(in + width, in + 3 * width));
        store(out + i, _mm256_packus_epi16(even, odd));
    }
}

TARGET static void unpack16_narrow(const uint8_t *in, unsigned bit, size_t n, unsigned width, uint16_t *out)
{
    struct lanes16 l = lanes16_of(bit, width);
    for (size_t i = 0; i < n; i += 16, in += 2 * width)
        store(out + i, take16(&l, load_pair(in, in + width)));
}

TARGET static void unpack16_wide(const uint8_t *in, unsigned bit, size_t n, unsigned width, uint16_t *out)
{
    unsigned middle = bit + 4 * width;
    __m256i four = _mm256_mullo_epi16(_mm256_setr_epi32(0, 1, 2, 3, 0, 1, 2, 3), _mm256_set1_epi32((int)width));
    __m256i even_bits = _mm256_add_epi32(four, _mm256_set1_epi32((int)bit));
    __m256i odd_bits = _mm256_add_epi32(four, _mm256_set1_epi32((int)(middle & 7)));
    __m256i even_bytes = four_bytes_at(even_bits), odd_bytes = four_bytes_at(odd_bits);
    __m256i even_shift = shift_of(even_bits), odd_shift = shift_of(odd_bits);
    __m256i mask = _mm256_set1_epi32((1 << width) - 1);
    const uint8_t *half = in + (middle >> 3);
    for (size_t i = 0; i < n; i += 16, in += 2 * width, half += 2 * width) {
        __m256i even = _mm256_shuffle_epi8(load_pair(in, in + width), even_bytes);
        __m256i odd = _mm256_shuffle_epi8(load_pair(half, half + width), odd_bytes);
        even = _mm256_and_si256(_mm256_srlv_epi32(even, even_shift), mask);
        odd = _mm256_and_si256(_mm256_srlv_epi32(odd, odd_shift), mask);
        store(out + i, _mm256_packus_epi32(even, odd));
    }
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
    if (width <= 9)
        unpack16_narrow(in, bit & 7, n, width, out);
    else
        unpack16_wide(in, bit & 7, n, width, out);
}

const struct bitpack bitpack_avx2 = {bitpack_pack, unpack, unpack_delta, unpack_ascending, unpack8, unpack16};

#else

typedef int bitpack_avx2_is_empty; /* ISO C wants something in a file */

#endif
