#include "base/hash.h"

#include "base/bits.h"
#include "harness.h"

/* Each flipped input bit must flip every output bit in about half of the trials. */
static void avalanche_of(size_t size)
{
    enum { TRIALS = 400 };
    uint8_t bytes[64];
    double worst = 0;
    for (size_t bit = 0; bit < size * 8; bit++) {
        int flips[64] = {0};
        for (int t = 0; t < TRIALS; t++) {
            for (size_t i = 0; i < size; i++)
                bytes[i] = (uint8_t)harness_random();
            uint64_t before = hash_bytes(bytes, size, 7);
            bytes[bit / 8] ^= (uint8_t)(1u << bit % 8);
            uint64_t changed = before ^ hash_bytes(bytes, size, 7);
            for (int o = 0; o < 64; o++)
                flips[o] += (int)(changed >> o & 1);
        }
        for (int o = 0; o < 64; o++) {
            double away = (double)flips[o] / TRIALS - 0.5;
            worst = away > worst ? away : -away > worst ? -away : worst;
        }
    }
    /* 400 trials: one deviation is 0.025; six of them over some 30,000 cells is beyond chance. */
    if (worst >= 0.15)
        fprintf(stderr, "%zu bytes: a bit flips %.2f from half\n", size, worst);
    EXPECT(worst < 0.15);
}

static void avalanche(void)
{
    static const size_t sizes[] = {2, 3, 4, 5, 8, 9, 16, 17, 33, 64};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        avalanche_of(sizes[i]);
}

static int compare(const void *a, const void *b)
{
    uint64_t x = bits_load64(a), y = bits_load64(b);
    return (x > y) - (x < y);
}

static size_t repeats(uint64_t *hashes, size_t count)
{
    size_t n = 0;
    qsort(hashes, count, sizeof *hashes, compare);
    for (size_t i = 1; i < count; i++)
        n += hashes[i] == hashes[i - 1];
    return n;
}

static void few_collisions(void)
{
    enum { COUNT = 200000 };
    uint64_t *numbers = malloc(COUNT * sizeof *numbers), *words = malloc(COUNT * sizeof *words);
    static unsigned low[1 << 10];
    REQUIRE(numbers && words);
    for (uint32_t i = 0; i < COUNT; i++) {
        char word[32];
        int n = snprintf(word, sizeof word, "word%u", i);
        numbers[i] = hash_u64(i);
        words[i] = hash_bytes(word, (size_t)n, 0);
        low[words[i] & 1023]++;
    }
    EXPECT_EQ(repeats(numbers, COUNT), 0);
    EXPECT_EQ(repeats(words, COUNT), 0);
    for (int i = 0; i < 1024; i++)
        EXPECT(low[i] > 195 - 90 && low[i] < 195 + 90);
    free(numbers);
    free(words);
}

static void depends_on_size_and_seed(void)
{
    static const uint8_t zeros[80] = {0};
    uint64_t hashes[81 * 2];
    for (size_t n = 0; n <= 80; n++) {
        hashes[2 * n] = hash_bytes(zeros, n, 0);
        hashes[2 * n + 1] = hash_bytes(zeros, n, 1);
    }
    EXPECT_EQ(hash_bytes(NULL, 0, 0), hashes[0]);
    EXPECT_EQ(repeats(hashes, 81 * 2), 0);
}

/* The exact block on the heap, so that a sanitizer sees a load that goes outside. */
static void stays_inside(void)
{
    for (size_t n = 1; n < 100; n++) {
        uint8_t *block = calloc(1, n);
        REQUIRE(block);
        EXPECT(hash_bytes(block, n, n) != 0);
        free(block);
    }
}

int main(void)
{
    harness_seed(1);
    TEST(avalanche);
    TEST(few_collisions);
    TEST(depends_on_size_and_seed);
    TEST(stays_inside);
    return harness_end();
}
