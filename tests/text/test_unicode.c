#include "text/unicode.h"

#include "harness.h"

static const char *const names[] = {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl",
                                    "No", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "Sm", "Sc",
                                    "Sk", "So", "Zs", "Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"};

static void samples(void)
{
    EXPECT_EQ(unicode_get_category('A'), UNICODE_LU);
    EXPECT_EQ(unicode_get_category(0x1c5), UNICODE_LT);
    EXPECT_EQ(unicode_get_category(0x301), UNICODE_MN);
    EXPECT_EQ(unicode_get_category(0x203f), UNICODE_PC);
    EXPECT_EQ(unicode_get_category(0xac01), UNICODE_LO);
    EXPECT_EQ(unicode_get_category(0xe000), UNICODE_CO);
    EXPECT_EQ(unicode_get_category(0xd800), UNICODE_CS);
    EXPECT_EQ(unicode_get_category(0x10fffe), UNICODE_CN);
    EXPECT_EQ(unicode_get_category(0xffffffff), UNICODE_CN);
    EXPECT(unicode_is_wordchar('_') && unicode_is_wordchar(0xbd) && !unicode_is_wordchar('-'));
    EXPECT(unicode_is_whitespace('\n') && unicode_is_whitespace(0xa0) && unicode_is_whitespace(0x2028));
    EXPECT(!unicode_is_whitespace(0x200b) && !unicode_is_whitespace('x'));
}

static void case_is_one_to_one(void)
{
    EXPECT_EQ(unicode_tolower('Q'), 'q');
    EXPECT_EQ(unicode_toupper('q'), 'Q');
    EXPECT_EQ(unicode_tolower(0xdf), 0xdf);     /* sharp s stays */
    EXPECT_EQ(unicode_toupper(0xdf), 0xdf);
    EXPECT_EQ(unicode_tolower(0x1e9e), 0xdf);
    EXPECT_EQ(unicode_tolower(0x130), 'i');
    EXPECT_EQ(unicode_tolower(0x1c5), 0x1c6);
    EXPECT_EQ(unicode_toupper(0x1c5), 0x1c4);
    EXPECT_EQ(unicode_tolower(0x10400), 0x10428);
    EXPECT_EQ(unicode_tolower(0x10ffff), 0x10ffff);
    EXPECT_EQ(unicode_toupper(0xffffffff), 0xffffffff);
}

static void scripts_written_without_spaces(void)
{
    static const uint32_t in[] = {0x4e2d, 0x3042, 0x30a2, 0xac00, 0xe01, 0xe31,
                                  0xe81, 0x1000, 0x1780, 0x20000, 0x30000};
    static const uint32_t out[] = {'a', 0x416, 0x5d0, 0x627, 0x905, 0x3001, 0x1100, 0xe2f0, 0xe4f};
    for (size_t i = 0; i < sizeof in / sizeof in[0]; i++)
        EXPECT(unicode_is_ngram(in[i]));
    for (size_t i = 0; i < sizeof out / sizeof out[0]; i++)
        EXPECT(!unicode_is_ngram(out[i]));
}

/* The field of a line of UnicodeData.txt. */
static const char *field(char *line, int number, char *out, size_t room)
{
    const char *at = line;
    while (number-- > 0)
        at = strchr(at, ';') + 1;
    size_t size = strcspn(at, ";\n");
    REQUIRE(size < room);
    memcpy(out, at, size);
    out[size] = 0;
    return out;
}

static void expect_range(uint32_t first, uint32_t last, const char *category, const char *lower, const char *upper)
{
    for (uint32_t c = first; c <= last; c++) {
        const char *got = names[unicode_get_category(c)];
        uint32_t low = *lower ? (uint32_t)strtoul(lower, NULL, 16) : c;
        uint32_t up = *upper ? (uint32_t)strtoul(upper, NULL, 16) : c;
        if (strcmp(got, category) != 0 || unicode_tolower(c) != low || unicode_toupper(c) != up) {
            char what[100];
            snprintf(what, sizeof what, "U+%04X is %s %X %X, expected %s %X %X", (unsigned)c, got,
                     (unsigned)unicode_tolower(c), (unsigned)unicode_toupper(c), category, (unsigned)low, (unsigned)up);
            harness_fail(__FILE__, __LINE__, what);
        }
    }
}

/* Every code point against the database, where it is installed in the table's version. */
static void the_table_is_the_database(void)
{
    FILE *data = fopen("/usr/share/unicode/UnicodeData.txt", "r");
    FILE *readme = fopen("/usr/share/unicode/ReadMe.txt", "r");
    char text[4096] = "", line[512], name[128], category[8], lower[16], upper[16];
    if (readme && fread(text, 1, sizeof text - 1, readme) == 0)
        text[0] = 0;
    if (!data || !strstr(text, unicode_version())) {
        printf("unicode-data %s is not installed: table not compared\n", unicode_version());
    } else {
        uint32_t next = 0;
        while (fgets(line, sizeof line, data)) {
            uint32_t c = (uint32_t)strtoul(line, NULL, 16);
            bool last = strstr(field(line, 1, name, sizeof name), ", Last>") != NULL;
            if (c > next && !last)
                expect_range(next, c - 1, "Cn", "", "");
            field(line, 2, category, sizeof category);
            field(line, 13, lower, sizeof lower);
            field(line, 12, upper, sizeof upper);
            expect_range(last ? next : c, c, category, lower, upper);
            next = c + 1;
        }
        expect_range(next, 0x110100, "Cn", "", "");
    }
    if (data)
        fclose(data);
    if (readme)
        fclose(readme);
}

int main(void)
{
    TEST(samples);
    TEST(case_is_one_to_one);
    TEST(scripts_written_without_spaces);
    TEST(the_table_is_the_database);
    return harness_end();
}
