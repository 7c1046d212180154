#include "text/stem_cache.h"

#include "harness.h"

static oir_error err;

/* Far more words than places, each asked for often enough to be found, pushed out and found again. */
static void answers_as_the_stemmer_does(void)
{
    static const char *const ends[] = {"", "s", "ing", "ational", "iveness", "ed", "'s", "y", "ies", "ization"};
    stem_cache cache = STEM_CACHE_INIT;
    oir_stemmer *stemmer;
    REQUIRE_OK(stem_cache_set(&cache, "english", &err), err);
    REQUIRE_OK(oir_stemmer_new(&stemmer, "english", &err), err);
    for (uint32_t i = harness_times(300000); i > 0; i--) {
        char word[64];
        int size = snprintf(word, sizeof word, "%s%c%u%s", harness_below(50) ? "" : "averyveryverylongone",
                            (int)('a' + harness_below(26)),
                            (unsigned)harness_below(harness_below(2) ? 50 : 20000), ends[harness_below(10)]);
        for (int at = 0; at < size; at++) {
            if (word[at] >= '0' && word[at] <= '9')
                word[at] = "aeioutrnsl"[word[at] - '0'];
        }
        oir_bytes expected = oir_stemmer_stem(stemmer, word, (size_t)size);
        oir_bytes got = stem_cache_get(&cache, word, (size_t)size);
        if (got.size != expected.size || memcmp(got.data, expected.data, got.size) != 0)
            harness_fail(__FILE__, __LINE__, word);
    }
    oir_stemmer_free(stemmer);
    stem_cache_release(&cache);
}

static void languages_change(void)
{
    stem_cache cache = STEM_CACHE_INIT;
    REQUIRE_OK(stem_cache_set(&cache, "english", &err), err);
    static const char running[STEM_CACHE_WORD] = "running";
    for (int i = 0; i < 2; i++)
        EXPECT_EQ(stem_cache_get(&cache, running, 7).size, 3);
    EXPECT_EQ(stem_cache_set(&cache, "klingon", &err), OIR_NOT_FOUND);
    EXPECT_EQ(stem_cache_get(&cache, running, 7).size, 3);
    REQUIRE_OK(stem_cache_set(&cache, "german", &err), err);
    EXPECT_EQ(stem_cache_get(&cache, running, 7).size, 7);
    REQUIRE_OK(stem_cache_set(&cache, "none", &err), err);
    EXPECT(!cache.stemmer && !cache.entries);
    stem_cache_release(&cache);
}

int main(void)
{
    harness_seed(4);
    TEST(answers_as_the_stemmer_does);
    TEST(languages_change);
    return harness_end();
}
