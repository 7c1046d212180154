#include "base/crc32c.h"

#include "harness.h"

/* RFC 3720, B.4, and the check value of the catalogues. */
static void known_values(void)
{
    uint8_t bytes[32];
    EXPECT_EQ(crc32c_add(0, "", 0), 0);
    EXPECT_EQ(crc32c_add(0, "123456789", 9), 0xe3069283);
    EXPECT_EQ(crc32c_add_scalar(0, "123456789", 9), 0xe3069283);
    memset(bytes, 0, sizeof bytes);
    EXPECT_EQ(crc32c_add(0, bytes, 32), 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    EXPECT_EQ(crc32c_add(0, bytes, 32), 0x62a8ab43);
    for (int i = 0; i < 32; i++)
        bytes[i] = (uint8_t)i;
    EXPECT_EQ(crc32c_add(0, bytes, 32), 0x46dd794e);
    EXPECT_EQ(crc32c_add_scalar(0, bytes, 32), 0x46dd794e);
}

/* Bit by bit, as the definition says. */
static uint32_t by_definition(uint32_t crc, const uint8_t *at, size_t size)
{
    crc = ~crc;
    for (; size; size--) {
        crc ^= *at++;
        for (int b = 0; b < 8; b++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82f63b78 : 0);
    }
    return ~crc;
}

static void every_way_equal(void)
{
    enum { SIZE = 20000 };
    static uint8_t bytes[SIZE];
    for (size_t i = 0; i < SIZE; i++)
        bytes[i] = (uint8_t)harness_random();
    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t start = harness_below(64);
        size_t size = i < 1000 ? i : harness_below(SIZE - 64);
        uint32_t crc = i & 1 ? (uint32_t)harness_random() : 0;
        uint32_t scalar = crc32c_add_scalar(crc, bytes + start, size);
        EXPECT_EQ(crc32c_add(crc, bytes + start, size), scalar);
        if (i % 8 == 0)
            EXPECT_EQ(by_definition(crc, bytes + start, size), scalar);
        size_t cut = size ? harness_below((uint32_t)size) : 0;
        EXPECT_EQ(crc32c_add(crc32c_add(crc, bytes + start, cut), bytes + start + cut, size - cut), scalar);
    }
}

int main(void)
{
    harness_seed(1);
    TEST(known_values);
    TEST(every_way_equal);
    return harness_end();
}
