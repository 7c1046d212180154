/* Terms of every awkward shape against a plain comparison. */
#include "indexer/term_sort.h"

#include "harness.h"

enum { TERMS = 20000, SIZE_MAX_HERE = 40 };

static uint8_t bytes[TERMS][SIZE_MAX_HERE];

static int compare(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return order ? order : (a_size > b_size) - (a_size < b_size);
}

/* Different terms: a number, written in a way that depends on the shape, closes each. */
static uint32_t make(uint32_t i, int shape)
{
    uint8_t *out = bytes[i];
    uint32_t size = 0;
    if (shape == 1)
        size = (uint32_t)snprintf((char *)out, SIZE_MAX_HERE, "https://example.org/");
    for (; shape == 2 && size < harness_below(12); size++)
        out[size] = 0;
    if (shape == 3) {
        /* Only zeros: sizes alone tell them apart. */
        memset(out, 0, SIZE_MAX_HERE);
        return i + 1;
    }
    if (shape == 4) {
        out[0] = (uint8_t)(i >> 8);
        out[1] = (uint8_t)i;
        return 2;
    }
    return size + (uint32_t)snprintf((char *)out + size, SIZE_MAX_HERE - size, "%x.", i * 2654435761u);
}

/* Each of so many terms several times, in any order. */
static void fill(term_sort_item *items, size_t count, size_t terms, int shape)
{
    for (uint32_t i = 0; i < terms; i++) {
        uint32_t size = make(i, shape);
        items[i] = (term_sort_item){.key = term_sort_key(bytes[i], size), .bytes = bytes[i], .size = (uint16_t)size};
    }
    for (uint32_t i = 0; i < count; i++) {
        items[i] = items[i % terms];
        items[i].term = i;
    }
    for (size_t i = count; i > 1; i--) {
        size_t other = harness_below((uint32_t)i);
        term_sort_item swapped = items[i - 1];
        items[i - 1] = items[other];
        items[other] = swapped;
    }
}

static void check(const term_sort_item *items, size_t count, size_t terms)
{
    for (size_t i = 0; i < count; i++) {
        const term_sort_item *here = &items[i], *before = here - 1;
        EXPECT(here->bytes == bytes[here->term % terms]);
        int order = i ? compare(before->bytes, before->size, here->bytes, here->size) : -1;
        EXPECT(order < 0 || (order == 0 && before->term < here->term));
        EXPECT_EQ(here->same, order == 0);
    }
}

static void every_shape(void)
{
    static term_sort_item items[TERMS];
    static const size_t counts[] = {0, 1, 2, 25, 1000, TERMS};
    for (int shape = 0; shape < 5; shape++)
        for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
            for (size_t owners = 1; owners <= 40; owners += 13) {
                size_t terms = (counts[c] + owners - 1) / owners;
                terms = shape == 3 && terms > SIZE_MAX_HERE ? SIZE_MAX_HERE : terms;
                size_t count = terms * owners < counts[c] ? terms * owners : counts[c];
                fill(items, count, terms, shape);
                term_sort(items, count);
                check(items, count, terms);
            }
}

int main(void)
{
    harness_seed(1);
    TEST(every_shape);
    return harness_end();
}
