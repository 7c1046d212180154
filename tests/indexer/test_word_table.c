/* Words are found as they were put, in one context and round, as long as no two others took their places. */
#include "indexer/word_table.h"

#include "harness.h"

static word_table table;

static word_table_entry make(uint64_t low, uint32_t context, size_t size, uint32_t term)
{
    return (word_table_entry){.low = low, .high = ~low, .tag = word_table_tag(&table, context, size) | WORD_TABLE_TAKES,
                              .terms = {term, term + 1}};
}

static void put(uint64_t low, uint32_t context, size_t size, uint32_t term)
{
    word_table_entry entry = make(low, context, size, term);
    word_table_put(word_table_at(&table, low, ~low), &entry);
}

/* The first term of a word; -1: it is not there. */
static long find(uint64_t low, uint32_t context, size_t size)
{
    const word_table_entry *found = word_table_find(word_table_at(&table, low, ~low), low, ~low,
                                                    word_table_tag(&table, context, size));
    return found ? (long)found->terms[0] : -1;
}

static void what_tells_words_apart(void)
{
    REQUIRE(word_table_open(&table, 0));
    EXPECT_EQ(find(0, 0, 0), -1); /* what is empty is no word */
    put(7, 3, 16, 50);
    EXPECT_EQ(find(7, 3, 16), 50);
    EXPECT(find(8, 3, 16) < 0 && find(7, 4, 16) < 0 && find(7, 3, 15) < 0);
    put(7, 255, 16, 60);
    EXPECT(find(7, 3, 16) == 50 && find(7, 255, 16) == 60);
    put(7, 4, 16, 70); /* the third of the same two places */
    EXPECT(find(7, 3, 16) == -1 && find(7, 255, 16) == 60 && find(7, 4, 16) == 70);
    word_table_release(&table);
}

static void forgetting(void)
{
    REQUIRE(word_table_open(&table, 0));
    put(7, 3, 16, 50);
    REQUIRE(word_table_open(&table, 0));
    EXPECT_EQ(find(7, 3, 16), 50);
    word_table_forget(&table);
    EXPECT_EQ(find(7, 3, 16), -1);
    table.round = UINT16_MAX;
    put(7, 3, 16, 50);
    put(9, 3, 16, 50);
    table.round = 1; /* what was put in this round long ago */
    put(9, 3, 16, 51);
    table.round = UINT16_MAX;
    word_table_forget(&table);
    EXPECT(table.round == 1 && find(7, 3, 16) == -1 && find(9, 3, 16) == -1);
    word_table_release(&table);
    word_table_forget(&table); /* nothing is there */
}

/* How often a word came is not part of its key, and is forgotten when it is taken. */
static void what_was_seen(void)
{
    REQUIRE(word_table_open(&table, 0));
    put(7, 255, 16, 50);
    word_table_entry *e = word_table_find(word_table_at(&table, 7, ~UINT64_C(7)), 7, ~UINT64_C(7),
                                          word_table_tag(&table, 255, 16));
    REQUIRE(e);
    e->tag += 5u << WORD_TABLE_SEEN_SHIFT;
    EXPECT_EQ(find(7, 255, 16), 50);
    EXPECT_EQ(word_table_take_seen(e), 5);
    e->tag += (uint64_t)WORD_TABLE_SEEN_MAX << WORD_TABLE_SEEN_SHIFT;
    EXPECT_EQ(find(7, 255, 16), 50);
    EXPECT_EQ(word_table_take_seen(e), WORD_TABLE_SEEN_MAX);
    EXPECT(word_table_take_seen(e) == 0 && e->tag & WORD_TABLE_TAKES && e->terms[0] == 50);
    word_table_release(&table);
}

/* With fewer words than pairs of places most are kept, each with its own term. */
static void many_words(void)
{
    enum { WORDS = 1 << (WORD_TABLE_BITS_LEAST - 2) };
    uint32_t kept = 0;
    REQUIRE(word_table_open(&table, 0));
    for (uint32_t i = 0; i < WORDS; i++)
        put(i, 0, 4, i);
    for (uint32_t i = 0; i < WORDS; i++) {
        long term = find(i, 0, 4);
        EXPECT(term == -1 || term == (long)i);
        kept += term >= 0;
    }
    EXPECT(kept > WORDS / 100 * 95);
    word_table_release(&table);
}

static void growing(void)
{
    size_t places = (size_t)2 << WORD_TABLE_BITS_LEAST;
    REQUIRE(word_table_open(&table, places));
    EXPECT_EQ(table.bits, WORD_TABLE_BITS_LEAST);
    put(7, 3, 16, 50);
    REQUIRE(word_table_open(&table, places + 1));
    EXPECT(table.bits == WORD_TABLE_BITS_LEAST + 1 && find(7, 3, 16) == -1);
    put(7, 3, 16, 50);
    REQUIRE(word_table_open(&table, 0)); /* never smaller */
    EXPECT(table.bits == WORD_TABLE_BITS_LEAST + 1 && find(7, 3, 16) == 50);
    REQUIRE(word_table_open(&table, SIZE_MAX));
    EXPECT(table.bits == WORD_TABLE_BITS_MOST && find(7, 3, 16) == -1);
    put(7, 3, 16, 50);
    word_table_forget(&table);
    EXPECT_EQ(find(7, 3, 16), -1);
    word_table_release(&table);
}

int main(void)
{
    TEST(what_tells_words_apart);
    TEST(forgetting);
    TEST(growing);
    TEST(what_was_seen);
    TEST(many_words);
    return harness_end();
}
