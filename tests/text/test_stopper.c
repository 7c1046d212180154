#include <oir/stopper.h>

#include "harness.h"
#include "text/stopwords.h"
#include "text/word.h"

static oir_error err;

static bool has(const oir_stopper *stopper, const char *word)
{
    return oir_stopper_has(stopper, word, strlen(word));
}

static void own_words(void)
{
    oir_stopper *stopper;
    REQUIRE_OK(oir_stopper_new(&stopper, &err), err);
    EXPECT(!has(stopper, "the") && !has(stopper, ""));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++) {
            char word[20];
            snprintf(word, sizeof word, "w%d", i);
            REQUIRE_OK(oir_stopper_add(stopper, word, &err), err);
        }
    }
    REQUIRE_OK(oir_stopper_add(stopper, "", &err), err);
    EXPECT(has(stopper, "w0") && has(stopper, "w999") && has(stopper, "w500"));
    EXPECT(!has(stopper, "w1000") && !has(stopper, "w") && !has(stopper, "W0") && !has(stopper, ""));
    EXPECT(oir_stopper_has(stopper, "w12345", 4));
    oir_stopper_free(stopper);
    oir_stopper_free(NULL);
}

static void languages(void)
{
    static const char *const samples[][2] = {
        {"english", "the"}, {"en", "don't"}, {"german", "und"}, {"fr", "été"}, {"spanish", "más"},
        {"italian", "perché"},
        {"dutch", "het"}, {"portuguese", "não"}, {"swedish", "på"}, {"danish", "ikke"}, {"norwegian", "også"},
        {"finnish", "että"}, {"russian", "что"}, {"porter", "the"}};
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        oir_stopper *stopper;
        REQUIRE_OK(oir_stopper_new_for(&stopper, samples[i][0], &err), err);
        EXPECT(has(stopper, samples[i][1]));
        EXPECT(!has(stopper, "combat"));
        oir_stopper_free(stopper);
    }
}

static void no_list(void)
{
    oir_stopper *stopper;
    EXPECT_EQ(oir_stopper_new_for(&stopper, "turkish", &err), OIR_NOT_FOUND);
    EXPECT(!stopper && strstr(err.message, "turkish"));
    EXPECT_EQ(oir_stopper_new_for(&stopper, "klingon", &err), OIR_NOT_FOUND);
    REQUIRE_OK(oir_stopper_new_for(&stopper, "none", &err), err);
    EXPECT(!has(stopper, "the"));
    oir_stopper_free(stopper);
}

/* A stop word that is not one word as the breaker gives words would never stop anything. */
static void lists_hold_words_as_indexed(void)
{
    static const char *const names[] = {"danish", "dutch", "english", "finnish", "french", "german", "italian",
                                        "norwegian", "portuguese", "russian", "spanish", "swedish"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *list = stopwords_find(names[i]);
        REQUIRE(list);
        word_breaker breaker;
        word_token w;
        word_breaker_init(&breaker, list, strlen(list), true);
        size_t count = 0;
        while (word_next(&breaker, &w)) {
            EXPECT(w.size == w.end - w.begin && memcmp(w.term, list + w.begin, w.size) == 0);
            EXPECT(list[w.end] == ' ' || list[w.end] == 0);
            count++;
        }
        EXPECT(count >= 90);
    }
}

int main(void)
{
    TEST(own_words);
    TEST(languages);
    TEST(no_list);
    TEST(lists_hold_words_as_indexed);
    return harness_end();
}
