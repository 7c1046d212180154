#include "codec/huffman.h"

#include "harness.h"

/* No code begins another, all together use up what there is, and none is too long. */
static void expect_codes(const uint32_t *counts, size_t count, uint32_t longest, const uint8_t *lengths)
{
    uint16_t codes[HUFFMAN_SYMBOLS_MAX];
    uint32_t taken = 0, used = 0;
    huffman_make_codes(lengths, count, codes);
    for (size_t i = 0; i < count; i++) {
        EXPECT(lengths[i] <= longest && (lengths[i] > 0 || counts[i] == 0));
        taken += lengths[i] ? 1u << (longest - lengths[i]) : 0;
        used += lengths[i] > 0;
        EXPECT(codes[i] >> lengths[i] == 0);
        for (size_t k = 0; k < i; k++) {
            uint32_t shorter = lengths[i] < lengths[k] ? lengths[i] : lengths[k];
            EXPECT(!lengths[i] || !lengths[k] || ((codes[i] ^ codes[k]) & ((1u << shorter) - 1)) != 0);
        }
    }
    EXPECT(used >= 2);
    EXPECT_EQ(taken, 1u << longest);
}

static uint64_t sum(const uint32_t *counts, size_t count, const uint8_t *lengths)
{
    uint64_t bits = 0;
    for (size_t i = 0; i < count; i++)
        bits += (uint64_t)counts[i] * lengths[i];
    return bits;
}

/* What the best code of any length takes: the sum of all nodes, the two lightest joined again and again. */
static uint64_t best(const uint32_t *counts, size_t count)
{
    uint64_t weights[HUFFMAN_SYMBOLS_MAX], bits = 0;
    size_t left = 0;
    for (size_t i = 0; i < count; i++)
        if (counts[i])
            weights[left++] = counts[i];
    for (; left > 1; left--) {
        for (size_t side = 1; side <= 2; side++) {
            size_t least = 0;
            for (size_t i = 1; i <= left - side; i++)
                if (weights[i] < weights[least])
                    least = i;
            uint64_t taken = weights[least];
            weights[least] = weights[left - side];
            weights[left - side] = taken;
        }
        weights[left - 2] += weights[left - 1];
        bits += weights[left - 2];
    }
    return bits;
}

static void random_counts(void)
{
    uint32_t counts[HUFFMAN_SYMBOLS_MAX];
    uint8_t lengths[HUFFMAN_SYMBOLS_MAX];
    for (int round = 0; round < 300; round++) {
        size_t count = 2 + harness_below(HUFFMAN_SYMBOLS_MAX - 1), used = 0;
        uint32_t rare = 1 + harness_below(5), most = 1 + harness_below(14);
        for (size_t i = 0; i < count; i++) {
            counts[i] = harness_below(rare) ? 0 : harness_below(1u << harness_below(most + 1));
            used += counts[i] > 0;
        }
        huffman_make_lengths(counts, count, HUFFMAN_LENGTH_MAX, lengths);
        expect_codes(counts, count, HUFFMAN_LENGTH_MAX, lengths);
        bool cut = false;
        for (size_t i = 0; i < count; i++)
            cut |= lengths[i] == HUFFMAN_LENGTH_MAX;
        EXPECT(cut || used < 2 || sum(counts, count, lengths) == best(counts, count));
        huffman_make_lengths(counts, count, 9, lengths);
        expect_codes(counts, count, 9, lengths);
        if (count <= 128) {
            huffman_make_lengths(counts, count, 7, lengths);
            expect_codes(counts, count, 7, lengths);
        }
    }
}

/* Each as frequent as all rarer ones together: the longest codes that there can be, which are cut. */
static void steep_counts(void)
{
    uint32_t counts[22];
    uint8_t lengths[22];
    for (size_t count = 2; count <= 22; count++) {
        for (size_t i = 0; i < count; i++)
            counts[i] = 1u << i;
        for (uint32_t longest = 5; longest <= HUFFMAN_LENGTH_MAX; longest += 5) {
            huffman_make_lengths(counts, count, longest, lengths);
            expect_codes(counts, count, longest, lengths);
        }
    }
}

/* The example of RFC 1951, 3.2.2. */
static void known_codes(void)
{
    static const uint8_t lengths[] = {3, 3, 3, 3, 3, 2, 4, 4};
    static const uint16_t expected[] = {2, 6, 1, 5, 3, 0, 7, 15}; /* 010 011 100 101 110 00 1110 1111, from behind */
    uint16_t codes[8];
    huffman_make_codes(lengths, 8, codes);
    for (size_t i = 0; i < 8; i++)
        EXPECT_EQ(codes[i], expected[i]);
}

int main(void)
{
    harness_seed(1);
    TEST(random_counts);
    TEST(steep_counts);
    TEST(known_codes);
    return harness_end();
}
