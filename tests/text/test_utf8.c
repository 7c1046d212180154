#include "text/utf8.h"

#include "harness.h"

static void expect_decode(const char *bytes, size_t size, uint32_t code, uint32_t step)
{
    uint32_t got_step, got = utf8_decode((const uint8_t *)bytes, (const uint8_t *)bytes + size, &got_step);
    EXPECT_EQ(got, code);
    EXPECT_EQ(got_step, step);
}

static void every_code_point_comes_back(void)
{
    for (uint32_t c = 0; c < 0x110000; c++) {
        uint8_t bytes[UTF8_MAX];
        uint32_t size = utf8_encode(c, bytes), step;
        if (size != utf8_length(c))
            EXPECT_EQ(size, utf8_length(c));
        uint32_t back = utf8_decode(bytes, bytes + size, &step);
        if (c >= 0xd800 && c < 0xe000) {
            if (back != bytes[0] || step != 1)
                EXPECT_EQ(back, bytes[0]);
        } else if (back != c || step != size) {
            EXPECT_EQ(back, c);
        }
    }
}

static void what_is_not_utf8_is_latin1(void)
{
    expect_decode("\x80", 1, 0x80, 1);
    expect_decode("\xff", 1, 0xff, 1);
    expect_decode("\xe9t\xe9", 3, 0xe9, 1);
    expect_decode("\xc0\x80", 2, 0xc0, 1);             /* overlong */
    expect_decode("\xc1\xbf", 2, 0xc1, 1);
    expect_decode("\xe0\x9f\xbf", 3, 0xe0, 1);
    expect_decode("\xf0\x8f\xbf\xbf", 4, 0xf0, 1);
    expect_decode("\xed\xa0\x80", 3, 0xed, 1);         /* surrogate */
    expect_decode("\xf4\x90\x80\x80", 4, 0xf4, 1);     /* above U+10FFFF */
    expect_decode("\xf5\x80\x80\x80", 4, 0xf5, 1);
    expect_decode("\xc3\xa9", 1, 0xc3, 1);             /* cut off by the end */
    expect_decode("\xe2\x82\xac", 2, 0xe2, 1);
    expect_decode("\xf0\x9f\x98\x80", 3, 0xf0, 1);
    expect_decode("\xe2\x82" "a", 3, 0xe2, 1);
    expect_decode("\xc3\xa9", 2, 0xe9, 2);
    expect_decode("\xed\x9f\xbf", 3, 0xd7ff, 3);
    expect_decode("\xf4\x8f\xbf\xbf", 4, 0x10ffff, 4);
}

static void counts_and_validity(void)
{
    EXPECT_EQ(utf8_count("", 0), 0);
    EXPECT_EQ(utf8_count("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10), 4);
    EXPECT_EQ(utf8_count("\xff\xfe\xe2\x82", 4), 4);
    EXPECT(utf8_is_valid("a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80", 10));
    EXPECT(utf8_is_valid("", 0));
    EXPECT(!utf8_is_valid("a\xc3", 2));
    EXPECT(!utf8_is_valid("\xed\xa0\x80", 3));
}

static void every_byte_is_read_once(void)
{
    for (int round = 0; round < 20000; round++) {
        uint8_t bytes[16];
        uint32_t size = 1 + harness_below(16), at = 0;
        for (uint32_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)(harness_below(3) ? 0x80 | harness_below(0x80) : harness_below(0x100));
        while (at < size) {
            uint32_t step, code = utf8_decode(bytes + at, bytes + size, &step);
            EXPECT(step >= 1 && step <= size - at);
            EXPECT(code < 0x110000);
            EXPECT(step > 1 || code == bytes[at]);
            EXPECT(step == 1 || step == utf8_length(code));
            at += step;
        }
    }
}

int main(void)
{
    harness_seed(1);
    TEST(every_code_point_comes_back);
    TEST(what_is_not_utf8_is_latin1);
    TEST(counts_and_validity);
    TEST(every_byte_is_read_once);
    return harness_end();
}
