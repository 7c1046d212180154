/* One table of words used for many documents: nothing of one document shows in the next, whatever happens to the words
 * in between. */
#include "document/document_terms.h"

#include "base/hash.h"

#include "harness.h"

static oir_error error;
static document_terms terms;

/* A word of 1 to 40 bytes for a number: short and long ones, whose keys are made differently. */
static size_t spell(uint32_t number, char *out)
{
    size_t size = (size_t)snprintf(out, 48, "%x", number), wanted = 1 + number % 40;
    while (size < wanted)
        out[size++] = 'x';
    return size;
}

/* Words first, first + step, ... each at two positions and once without; then checks all that is there. */
static void check_document(uint32_t first, uint32_t step, uint32_t count)
{
    char word[48];
    for (uint32_t round = 0; round < 2; round++)
        for (uint32_t i = 0; i < count; i++) {
            size_t size = spell(first + i * step, word);
            REQUIRE_OK(document_terms_add_position(&terms, word, size, 2 * i + round, 1, &error), error);
        }
    for (uint32_t i = 0; i < count; i++) {
        REQUIRE_OK(document_terms_add(&terms, word, spell(first + i * step, word), 1, &error), error);
    }
    REQUIRE_OK(document_terms_group(&terms, &error), error);
    EXPECT_EQ(terms.count, count);
    EXPECT_EQ(terms.length, 3 * (uint64_t)count);
    for (uint32_t i = 0; i < count; i++) {
        const document_term *t = &terms.terms[i];
        const vocabulary_word *w = document_terms_get_word(&terms, t);
        size_t size = spell(first + i * step, word);
        EXPECT(w->size == size && memcmp(document_terms_get_bytes(&terms, w), word, size) == 0);
        EXPECT(t->wdf == 3 && t->positions == 2);
        EXPECT_EQ(terms.positions[t->first], 2 * i);
        EXPECT_EQ(terms.positions[t->first + 1], 2 * i + 1);
    }
    document_terms_clear(&terms);
    EXPECT(terms.count == 0 && terms.log_count == 0 && terms.length == 0);
}

static void documents_share_words(void)
{
    document_terms_init(&terms);
    for (uint32_t i = 0; i < 300; i++)
        check_document(i % 7, 1 + i % 3, 1 + i % 200);
    document_terms_release(&terms);
}

/* Enough different words that the vocabulary is dropped, several times, and once more after one huge document. */
static void vocabulary_is_dropped(void)
{
    document_terms_init(&terms);
    for (uint32_t i = 0; i < 40; i++)
        check_document(i * 5000, 1, 6000);
    EXPECT(terms.vocabulary.count < 100000);
    check_document(0, 1, 300000);
    check_document(7, 3, 1000);
    EXPECT(terms.vocabulary.count <= 1000);
    document_terms_release(&terms);
}

static void removed_words(void)
{
    document_terms_init(&terms);
    for (uint32_t i = 0; i < 3; i++) {
        REQUIRE_OK(document_terms_add_position(&terms, "one", 3, 4, 2, &error), error);
        EXPECT_EQ(document_terms_remove(&terms, "two", 3, &error), OIR_NOT_FOUND);
        REQUIRE_OK(document_terms_remove(&terms, "one", 3, &error), error);
        EXPECT_EQ(document_terms_remove(&terms, "one", 3, &error), OIR_NOT_FOUND);
        REQUIRE_OK(document_terms_add_position(&terms, "two", 3, 9, 1, &error), error);
        REQUIRE_OK(document_terms_group(&terms, &error), error);
        EXPECT(terms.count == 1 && terms.length == 1 && terms.positions[terms.terms[0].first] == 9);
        document_terms_clear(&terms);
        EXPECT_EQ(document_terms_remove(&terms, "two", 3, &error), OIR_NOT_FOUND);
    }
    document_terms_release(&terms);
}

/* Hints are the owner's: gone when words are dropped, or when somebody else has had them. */
static void lent_hints(void)
{
    char word[48];
    token *first = token_new(), *second = token_new();
    REQUIRE(first && second);
    document_terms_init(&terms);
    for (int round = 0; round < 3; round++) {
        uint32_t kept = round == 1; /* nobody but the first came, and words are there still */
        for (uint32_t i = 0; i < 200; i++)
            REQUIRE_OK(document_terms_add(&terms, word, spell(i, word), 1, &error), error);
        document_terms_settle(&terms);
        vocabulary_lend_hints(&terms.vocabulary, first, 0);
        for (size_t i = 0; i < terms.log_count; i++) {
            uint32_t number = terms.log[i].word;
            EXPECT_EQ(terms.vocabulary.hints[number], kept ? number + 1 : 0);
            terms.vocabulary.hints[number] = number + 1;
        }
        document_terms_clear(&terms);
        if (round == 1) {
            token *before = vocabulary_get_token(&terms.vocabulary);
            EXPECT(before && before == vocabulary_get_token(&terms.vocabulary));
            token_share(before);
            check_document(0, 1, 100000); /* drops them */
            check_document(0, 1, 10);
            EXPECT(vocabulary_get_token(&terms.vocabulary) != before);
            token_release(before);
        }
    }
    for (uint32_t i = 0; i < 200; i++)
        REQUIRE_OK(document_terms_add(&terms, word, spell(i, word), 1, &error), error);
    document_terms_settle(&terms);
    vocabulary_lend_hints(&terms.vocabulary, second, 0);
    for (size_t i = 0; i < terms.vocabulary.count; i++)
        EXPECT_EQ(terms.vocabulary.hints[i], 0);
    document_terms_release(&terms);
    token_release(first);
    token_release(second);
}

/* A huge document lends hints without slots, which come back when somebody looks for a word; nothing of it stays. */
static void huge_document(void)
{
    enum { COUNT = 300000 };
    char word[48];
    token *owner = token_new();
    REQUIRE(owner);
    document_terms_init(&terms);
    check_document(0, 1, 10);
    terms.pinned = true; /* or words were dropped with the parts that they are put away in */
    for (uint32_t i = 0; i < COUNT; i++)
        REQUIRE_OK(document_terms_add(&terms, word, spell(i, word), 1, &error), error);
    document_terms_settle(&terms);
    vocabulary_lend_hints(&terms.vocabulary, owner, 0);
    EXPECT(!terms.vocabulary.slots);
    EXPECT_EQ(document_terms_remove(&terms, "none", 4, &error), OIR_NOT_FOUND);
    REQUIRE_OK(document_terms_remove(&terms, word, spell(7, word), &error), error);
    vocabulary_lend_hints(&terms.vocabulary, owner, 0);
    EXPECT(!terms.vocabulary.slots);
    for (uint32_t i = 0; i < COUNT; i++)
        REQUIRE_OK(document_terms_add(&terms, word, spell(i, word), 1, &error), error);
    REQUIRE_OK(document_terms_group(&terms, &error), error);
    EXPECT_EQ(terms.count, COUNT);
    EXPECT_EQ(terms.length, 2 * COUNT - 1);
    document_terms_clear(&terms);
    const vocabulary *v = &terms.vocabulary;
    EXPECT(!v->slots && !v->words && !v->bytes && !v->hints && !terms.log && !terms.terms);
    check_document(0, 3, 100);
    document_terms_release(&terms);
    token_release(owner);
}

/* Keys hash as their bytes do, and tell words of up to 16 bytes apart. */
static void keys(void)
{
    char a[48];
    for (uint32_t i = 0; i < 5000; i++) {
        size_t size = spell(i, a);
        hash_key k = hash_make_key(a, size);
        EXPECT(k.hash == hash_bytes(a, size, 0) && k.hash == hash_of_key(k.low, k.high, size));
        for (size_t at = 0; at < size && size <= HASH_KEY_MAX; at++) {
            a[at]++;
            hash_key other = hash_make_key(a, size);
            EXPECT(other.low != k.low || other.high != k.high);
            a[at]--;
        }
    }
}

int main(void)
{
    TEST(documents_share_words);
    TEST_UNLESS_SLOW(vocabulary_is_dropped);
    TEST(removed_words);
    TEST(lent_hints);
    TEST(huge_document);
    TEST(keys);
    return harness_end();
}
