#include <oir/stemmer.h>

#include "harness.h"

static oir_error err;

static void expect_stem(oir_stemmer *stemmer, const char *word, const char *stem)
{
    oir_bytes got = oir_stemmer_stem(stemmer, word, strlen(word));
    char text[300] = "";
    memcpy(text, got.data, got.size);
    EXPECT_STR(text, stem);
}

static void names_and_codes(void)
{
    static const char *const pairs[][2] = {
        {"en", "english"}, {"eng", "english"}, {"english", "english"}, {"de", "german"}, {"nb", "norwegian"},
        {"ru", "russian"}, {"fre", "french"}, {"", "none"}, {"none", "none"}, {"porter", "porter"}};
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        oir_stemmer *stemmer;
        REQUIRE_OK(oir_stemmer_new(&stemmer, pairs[i][0], &err), err);
        EXPECT_STR(oir_stemmer_language(stemmer), pairs[i][1]);
        EXPECT_EQ(oir_stemmer_is_none(stemmer), strcmp(pairs[i][1], "none") == 0);
        oir_stemmer_free(stemmer);
    }
    oir_stemmer_free(NULL);
}

static void unknown_languages(void)
{
    oir_stemmer *stemmer = (oir_stemmer *)&err;
    EXPECT_EQ(oir_stemmer_new(&stemmer, "klingon", &err), OIR_NOT_FOUND);
    EXPECT(!stemmer);
    EXPECT(strstr(err.message, "klingon") && strstr(err.message, " none ") && strstr(err.message, "yiddish"));
    EXPECT(!strchr(err.message, '\n'));
    EXPECT_EQ(oir_stemmer_new(&stemmer, "English", NULL), OIR_NOT_FOUND);
}

static void languages_are_in_order_and_all_work(void)
{
    const char *const *names = oir_stemmer_languages();
    size_t count = 0;
    for (; names[count]; count++) {
        oir_stemmer *stemmer;
        EXPECT(count == 0 || strcmp(names[count - 1], names[count]) < 0);
        REQUIRE_OK(oir_stemmer_new(&stemmer, names[count], &err), err);
        EXPECT(!oir_stemmer_is_none(stemmer));
        oir_stemmer_stem(stemmer, "word", 4);
        oir_stemmer_free(stemmer);
    }
    EXPECT(count >= 15);
}

static void stems(void)
{
    oir_stemmer *english, *german, *none;
    REQUIRE_OK(oir_stemmer_new(&english, "english", &err), err);
    REQUIRE_OK(oir_stemmer_new(&german, "de", &err), err);
    REQUIRE_OK(oir_stemmer_new(&none, "none", &err), err);
    expect_stem(english, "missions", "mission");
    expect_stem(english, "advisers", "advis");
    expect_stem(english, "happy", "happi");
    expect_stem(english, "mission's", "mission");
    expect_stem(english, "", "");
    expect_stem(german, "häuser", "haus");
    expect_stem(none, "missions", "missions");
    char text[400];
    memset(text, 's', sizeof text);
    oir_bytes got = oir_stemmer_stem(english, text, sizeof text);
    EXPECT(got.data == text && got.size == sizeof text);
    got = oir_stemmer_stem(english, "\xff\xfe\x80ing", 6);
    EXPECT(got.size <= 6);
    oir_stemmer_free(english);
    oir_stemmer_free(german);
    oir_stemmer_free(none);
}

int main(void)
{
    TEST(names_and_codes);
    TEST(unknown_languages);
    TEST(languages_are_in_order_and_all_work);
    TEST(stems);
    return harness_end();
}
