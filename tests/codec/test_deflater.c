#define ZLIB_CONST
#include "codec/deflater.h"

#include <zlib.h>

#include "harness.h"

enum { MOST = 300000 };

static uint8_t back[MOST + 1];

/* What zlib makes of it again. */
static void expect_inflated(const buffer *blob, size_t from, const uint8_t *bytes, size_t size,
                            const uint8_t *dictionary, size_t dictionary_size)
{
    z_stream z = {0};
    REQUIRE(inflateInit2(&z, -15) == Z_OK);
    if (dictionary_size)
        REQUIRE(inflateSetDictionary(&z, dictionary, (uInt)dictionary_size) == Z_OK);
    z.next_in = blob->data + from;
    z.avail_in = (uInt)(blob->size - from);
    z.next_out = back;
    z.avail_out = (uInt)size + 1;
    EXPECT_EQ(inflate(&z, Z_FINISH), Z_STREAM_END);
    EXPECT_EQ(z.total_out, size);
    EXPECT_EQ(z.avail_in, 0);
    EXPECT(memcmp(back, bytes, size) == 0);
    inflateEnd(&z);
}

/* Bytes of one of several kinds, with more or less in them that comes again. */
static void make_bytes(uint8_t *bytes, size_t size, uint32_t kind, const uint8_t *dictionary, size_t dictionary_size)
{
    for (size_t i = 0; i < size;) {
        size_t run = 1 + harness_below(kind & 1 ? 12 : 400), back_to = 1 + harness_below(kind & 2 ? 40000 : 300);
        bool copied = i >= back_to && harness_below(4) < (kind >> 2 & 3), known = dictionary_size > run && kind & 16;
        size_t at = known ? harness_below((uint32_t)(dictionary_size - run)) : 0;
        known &= harness_below(2) == 0;
        for (; run > 0 && i < size; run--, i++, at++)
            bytes[i] = known    ? dictionary[at]
                       : copied ? bytes[i - back_to]
                                : (uint8_t)harness_below(kind & 32 ? 256 : kind & 64 ? 1 : 20);
    }
}

/* With one encoder for all, which must not remember, and without a byte more read than there is. */
static void there_and_back(void)
{
    static uint8_t dictionary[40000];
    static const size_t dictionary_sizes[] = {0, 3, 1000, 32767, 32768, sizeof dictionary};
    buffer blob = BUFFER_INIT, again = BUFFER_INIT;
    make_bytes(dictionary, sizeof dictionary, 5, NULL, 0);
    for (size_t k = 0; k < sizeof dictionary_sizes / sizeof *dictionary_sizes; k++) {
        size_t dictionary_size = dictionary_sizes[k], seen = dictionary_size < 32768 ? dictionary_size : 32768;
        deflater *d = deflater_new(dictionary, dictionary_size);
        REQUIRE(d);
        for (uint32_t round = 0; round < 120; round++) {
            size_t size = round < 40 ? round : harness_below(round % 4 ? 70000 : MOST);
            if (round % 10 == 9)
                size = 32768 * (1 + harness_below(4)) + harness_below(3) - 1;
            uint8_t *bytes = malloc(size + (size == 0));
            REQUIRE(bytes);
            make_bytes(bytes, size, harness_below(128), dictionary, dictionary_size);
            buffer_clear(&blob);
            buffer_add(&blob, "xyz", 3);
            REQUIRE(deflater_add(d, bytes, size, &blob));
            EXPECT(memcmp(blob.data, "xyz", 3) == 0);
            expect_inflated(&blob, 3, bytes, size, dictionary + dictionary_size - seen, seen);
            EXPECT(blob.size - 3 <= size + size / 32768 * 5 + 16);
            if (round % 8 == 0) {
                deflater *fresh = deflater_new(dictionary, dictionary_size);
                REQUIRE(fresh);
                buffer_clear(&again);
                REQUIRE(deflater_add(fresh, bytes, size, &again));
                EXPECT(again.size == blob.size - 3 && memcmp(again.data, blob.data + 3, again.size) == 0);
                deflater_free(fresh);
            }
            free(bytes);
        }
        deflater_free(d);
    }
    buffer_release(&blob);
    buffer_release(&again);
}

/* About what zlib makes of it at its fourth level. */
static void small(void)
{
    static uint8_t text[28000], other[40000];
    size_t size = 0;
    buffer blob = BUFFER_INIT;
    while (size + 40 < sizeof text)
        size += (size_t)snprintf((char *)text + size, 40, "word %u of many, and %x; ", harness_below(3000),
                                 harness_below(64));
    deflater *d = deflater_new(NULL, 0);
    z_stream z = {.next_in = text, .avail_in = (uInt)size, .next_out = other, .avail_out = sizeof other};
    REQUIRE(deflateInit2(&z, 4, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    REQUIRE(d && deflater_add(d, text, size, &blob));
    printf("%zu bytes become %zu; zlib makes %lu\n", size, blob.size, z.total_out);
    EXPECT(blob.size < z.total_out + z.total_out / 20);
    deflateEnd(&z);
    deflater_free(d);
    buffer_release(&blob);
}

int main(void)
{
    harness_seed(1);
    TEST(there_and_back);
    TEST(small);
    return harness_end();
}
