#include "codec/bitpack.h"

#include "harness.h"

enum { MOST = 700, GUARD = 0xa5 };

/* The packed run at the very end of its block but for the padding that is promised, so that a sanitizer sees more. */
static uint8_t *packed_block(size_t size)
{
    uint8_t *block = malloc(size + BITPACK_PADDING);
    REQUIRE(block);
    for (size_t i = 0; i < BITPACK_PADDING; i++)
        block[size + i] = (uint8_t)harness_random();
    return block;
}

static size_t rounded(size_t n)
{
    return (n + BITPACK_STEP - 1) / BITPACK_STEP * BITPACK_STEP;
}

/* An output of exactly the elements that may be written. */
static void *output_block(size_t n, size_t size)
{
    void *block = malloc(rounded(n) * size + 1);
    REQUIRE(block);
    return block;
}

/* All ones, all zeros, one large among small, random. */
static void fill(uint32_t *values, size_t n, unsigned width)
{
    uint32_t mask = width < 32 ? (1u << width) - 1 : UINT32_MAX, kind = harness_below(5);
    for (size_t i = 0; i < n; i++)
        values[i] = kind == 0 ? mask : kind == 1 ? 0 : kind == 2 ? (harness_below(9) ? 0 : mask)
                  : (uint32_t)harness_random() & mask;
}

static bool bit_of(const uint8_t *bytes, size_t bit)
{
    return bytes[bit / 8] >> bit % 8 & 1;
}

/* The layout as the header says it, bit by bit. */
static void expect_layout(const uint8_t *packed, const uint32_t *values, size_t n, unsigned width)
{
    for (size_t i = 0; i < n; i++)
        for (unsigned b = 0; b < width; b++)
            REQUIRE(bit_of(packed, i * width + b) == (values[i] >> b & 1));
    for (size_t b = n * width; b < bitpack_bytes(n, width) * 8; b++)
        REQUIRE(!bit_of(packed, b));
}

static void expect_unpacked(const struct bitpack *level, const uint8_t *packed, const uint32_t *values, size_t n,
                            unsigned width)
{
    uint32_t *out = output_block(n, sizeof *out), previous = (uint32_t)harness_random(), sum = previous;
    level->unpack(packed, n, width, out);
    REQUIRE(n == 0 || memcmp(out, values, n * sizeof *out) == 0);
    level->unpack_delta(packed, n, width, previous, out);
    for (size_t i = 0; i < n; i++)
        REQUIRE(out[i] == (sum += values[i]));
    level->unpack_ascending(packed, n, width, previous, out);
    sum = previous;
    for (size_t i = 0; i < n; i++)
        REQUIRE(out[i] == (sum += values[i] + 1));
    free(out);
}

static void expect_one(size_t n, unsigned width)
{
    static uint32_t values[MOST];
    size_t size = bitpack_bytes(n, width);
    fill(values, n, width);
    uint8_t *packed = packed_block(size);
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++) {
        const struct bitpack *level = bitpack_get(isa);
        memset(packed, GUARD, size + BITPACK_PADDING);
        level->pack(values, n, width, packed);
        for (size_t i = 0; i < BITPACK_PADDING; i++)
            REQUIRE(packed[size + i] == GUARD);
        expect_layout(packed, values, n, width);
        expect_unpacked(level, packed, values, n, width);
    }
    free(packed);
}

static void every_width_and_length(void)
{
    for (unsigned width = 0; width <= 32; width++) {
        for (size_t n = 0; n <= 140; n++)
            expect_one(n, width);
        for (int i = 0; i < 30; i++)
            expect_one(harness_below(MOST), width);
        for (int i = 0; i < 10; i++)
            expect_one(128, width);
    }
}

/* Any bytes, every level against the scalar one. */
static void narrow_from_any_bit(void)
{
    for (unsigned width = 0; width <= 16; width++) {
        for (int i = 0; i < 600; i++) {
            size_t n = i < 140 ? (size_t)i : harness_below(MOST);
            uint32_t bit = i < 300 ? (uint32_t)i % 8 : harness_below(200);
            size_t size = (bit + n * width + 7) / 8;
            uint8_t *packed = packed_block(size);
            for (size_t b = 0; b < size; b++)
                packed[b] = (uint8_t)harness_random();
            uint8_t *bytes = output_block(n, 1), *expected_bytes = output_block(n, 1);
            uint16_t *words = output_block(n, 2), *expected_words = output_block(n, 2);
            for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++) {
                bool scalar = isa == ISA_SCALAR;
                bitpack_get(isa)->unpack16(packed, bit, n, width, scalar ? expected_words : words);
                REQUIRE(scalar || memcmp(words, expected_words, n * 2) == 0);
                if (width > 8)
                    continue;
                bitpack_get(isa)->unpack8(packed, bit, n, width, scalar ? expected_bytes : bytes);
                REQUIRE(scalar || memcmp(bytes, expected_bytes, n) == 0);
            }
            for (size_t v = 0; v < n; v++)
                for (unsigned b = 0; b < 16; b++)
                    REQUIRE((expected_words[v] >> b & 1) == (b < width && bit_of(packed, bit + v * width + b)));
            for (size_t v = 0; v < n && width <= 8; v++)
                REQUIRE(expected_bytes[v] == expected_words[v]);
            free(packed);
            free(bytes);
            free(words);
            free(expected_bytes);
            free(expected_words);
        }
    }
}

static void widths(void)
{
    uint32_t values[] = {0, 0, 5, 1};
    EXPECT_EQ(bitpack_width(values, 2), 0);
    EXPECT_EQ(bitpack_width(values, 4), 3);
    values[0] = UINT32_MAX;
    EXPECT_EQ(bitpack_width(values, 4), 32);
    EXPECT_EQ(bitpack_width(NULL, 0), 0);
    EXPECT_EQ(bitpack_bytes(128, 7), 112);
    EXPECT_EQ(bitpack_bytes(3, 3), 2);
    EXPECT_EQ(bitpack_bytes(0, 32), 0);
    EXPECT_EQ(bitpack_bytes(9, 0), 0);
}

static void chosen(void)
{
    EXPECT(bitpack_get(ISA_SCALAR) == &bitpack_scalar);
    for (enum isa isa = ISA_SCALAR; isa <= isa_of_machine(); isa++)
        printf("tested: %s\n", isa_name(isa));
}

int main(void)
{
    harness_seed(1);
    TEST(widths);
    TEST(chosen);
    TEST(every_width_and_length);
    TEST(narrow_from_any_bit);
    return harness_end();
}
