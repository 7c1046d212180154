#include "synthetic/synthetic.h"

#include "harness.h"

enum { DOCUMENTS = 2000, WORDS = 100 };

/* FNV-1a, enough to see a change of a byte. */
static uint64_t hash_documents(uint32_t documents, uint64_t seed)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    synthetic *s = synthetic_new(documents, WORDS, seed);
    REQUIRE(s);
    for (uint32_t i = 0; i < documents; i++) {
        size_t size;
        const char *text = synthetic_document(s, i, &size);
        for (size_t j = 0; j <= size; j++)
            hash = (hash ^ (uint8_t)text[j]) * UINT64_C(0x100000001b3);
    }
    synthetic_free(s);
    return hash;
}

/* Also on other machines: the number is written down. */
static void always_the_same(void)
{
    EXPECT_EQ(hash_documents(300, 1), UINT64_C(2316228865357111843));
    EXPECT(hash_documents(300, 1) != hash_documents(300, 2));
}

static void documents_alone(void)
{
    synthetic *s = synthetic_new(DOCUMENTS, WORDS, 3);
    size_t size, again;
    REQUIRE(s);
    char *copy = strdup(synthetic_document(s, 77, &size));
    REQUIRE(copy);
    synthetic_document(s, 5, &again);
    EXPECT(strcmp(copy, synthetic_document(s, 77, &again)) == 0);
    EXPECT_EQ(size, again);
    EXPECT_EQ(strlen(copy), size);
    free(copy);
    synthetic_free(s);
}

static int compare_words(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

static void words_differ(void)
{
    synthetic *s = synthetic_new(100000, WORDS, 1);
    REQUIRE(s);
    uint32_t count = synthetic_vocabulary(s);
    char(*words)[16] = calloc(count, sizeof *words);
    REQUIRE(words);
    for (uint32_t i = 0; i < count; i++) {
        size_t size;
        const char *word = synthetic_word(s, i, &size);
        EXPECT(size >= 2 && size < sizeof *words);
        memcpy(words[i], word, size);
    }
    qsort(words, count, sizeof *words, compare_words);
    for (uint32_t i = 1; i < count; i++)
        EXPECT(memcmp(words[i - 1], words[i], sizeof *words) != 0);
    free(words);
    synthetic_free(s);
}

/* Counts of words over a collection, the frequent ones first by far; lengths around the mean and far from equal. */
static void skewed(void)
{
    synthetic *s = synthetic_new(DOCUMENTS, WORDS, 1);
    uint64_t words = 0, first = 0, longest = 0, shortest = UINT64_MAX;
    size_t size, first_size;
    REQUIRE(s);
    const char *frequent = synthetic_word(s, 0, &first_size);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        const char *at = synthetic_document(s, i, &size), *end = at + size;
        uint64_t length = 0;
        while (at < end) {
            size_t word = strcspn(at, " ");
            first += word == first_size && memcmp(at, frequent, word) == 0;
            length++;
            at += word + 1;
        }
        words += length;
        longest = length > longest ? length : longest;
        shortest = length < shortest ? length : shortest;
    }
    EXPECT(words > 95 * DOCUMENTS && words < 105 * DOCUMENTS);
    EXPECT(first * 100 > words * 2 && first * 100 < words * 10);
    EXPECT(longest > 5 * WORDS);
    EXPECT(shortest < WORDS / 5);
    synthetic_free(s);
}

/* A sequence that was drawn is a phrase of some document, and most pairs are phrases of several. */
static void phrases_recur(void)
{
    synthetic *s = synthetic_new(DOCUMENTS, WORDS, 1);
    int recurring = 0;
    REQUIRE(s);
    for (uint64_t draw = 0; draw < 20; draw++) {
        uint32_t ranks[2];
        char phrase[64];
        size_t a, b, size;
        int found = 0;
        synthetic_sequence(s, draw, 2, ranks);
        const char *first = synthetic_word(s, ranks[0], &a), *second = synthetic_word(s, ranks[1], &b);
        snprintf(phrase, sizeof phrase, "%.*s %.*s", (int)a, first, (int)b, second);
        for (uint32_t i = 0; i < DOCUMENTS; i++)
            found += strstr(synthetic_document(s, i, &size), phrase) != NULL;
        EXPECT(found >= 1);
        recurring += found >= 3;
    }
    EXPECT(recurring >= 5);
    synthetic_free(s);
}

/* Of words of middling frequency: which documents have each, as bits, and how often they come in all. */
enum { SEEN_FIRST = 300, SEEN = 700, SETS = (DOCUMENTS + 63) / 64 };

typedef struct tally {
    uint64_t sets[SEEN][SETS];
    uint32_t termfreq[SEEN];
    uint64_t occurrences, postings;
} tally;

static void count_words(tally *t, synthetic *s)
{
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        uint32_t count;
        const uint32_t *ranks = synthetic_document_ranks(s, i, &count);
        for (uint32_t w = 0; w < count; w++) {
            uint32_t seen = ranks[w] - SEEN_FIRST;
            if (seen >= SEEN)
                continue;
            uint64_t bit = UINT64_C(1) << i % 64, *set = &t->sets[seen][i / 64];
            t->termfreq[seen] += !(*set & bit);
            t->postings += !(*set & bit);
            t->occurrences++;
            *set |= bit;
        }
    }
}

/* Whether two words share a good many documents, five times what their frequencies alone say. */
static int come_together(const tally *t, uint32_t a, uint32_t b)
{
    uint64_t both = 0;
    for (int i = 0; i < SETS; i++)
        both += (uint64_t)__builtin_popcountll(t->sets[a][i] & t->sets[b][i]);
    return both >= 15 && both * DOCUMENTS >= 5 * (uint64_t)t->termfreq[a] * t->termfreq[b];
}

/* A document has a word that it has 1.20 times, without bursts 1.07 and by chance 1.03 times; 190 pairs of words come
 * together, without topics 4 and by chance none. */
static void bursts_and_topics(void)
{
    uint32_t together = 0;
    synthetic *s = synthetic_new(DOCUMENTS, WORDS, 1);
    tally *t = calloc(1, sizeof *t);
    REQUIRE(s && t);
    count_words(t, s);
    for (uint32_t a = 0; a < SEEN; a++)
        for (uint32_t b = 0; b < a; b++)
            together += (uint32_t)come_together(t, a, b);
    EXPECT(t->occurrences * 100 > t->postings * 115);
    EXPECT(together > 100);
    free(t);
    synthetic_free(s);
}

static void smallest(void)
{
    synthetic *s = synthetic_new(1, 1, 0);
    size_t size;
    uint32_t ranks[3];
    REQUIRE(s);
    EXPECT(synthetic_document(s, 0, &size)[0] != '\0');
    EXPECT(size > 0);
    synthetic_sequence(s, 1, 3, ranks);
    EXPECT(ranks[0] != ranks[1]);
    synthetic_free(s);
}

int main(void)
{
    TEST(always_the_same);
    TEST(documents_alone);
    TEST(words_differ);
    TEST(skewed);
    TEST(phrases_recur);
    TEST(bursts_and_topics);
    TEST(smallest);
    return harness_end();
}
