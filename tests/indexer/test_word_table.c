/* Words are found as they were put, in one context and round, as long as no two others took their places. */
#include "indexer/word_table.h"

#include "harness.h"

static word_table table;

static word_table_entry make(uint64_t low, uint32_t context, uint32_t term)
{
    return (word_table_entry){.low = low, .high = ~low, .tag = word_table_tag(&table, context) | WORD_TABLE_TAKES,
                              .terms = {term, term + 1}};
}

static word_table_entry *at(uint64_t low, uint32_t context)
{
    return word_table_at(&table, low, ~low, word_table_tag(&table, context));
}

static void put(uint64_t low, uint32_t context, uint32_t term)
{
    word_table_entry entry = make(low, context, term);
    word_table_put(at(low, context), &entry);
}

/* The first term of a word; -1: it is not there. */
static long find(uint64_t low, uint32_t context)
{
    uint64_t tag = word_table_tag(&table, context);
    const word_table_entry *found = word_table_find(at(low, context), low, ~low, tag);
    return found ? (long)found->terms[0] : -1;
}

static void what_tells_words_apart(void)
{
    REQUIRE(word_table_open(&table, 0));
    EXPECT_EQ(find(0, 0), -1); /* what is empty is no word */
    put(7, 3, 50);
    EXPECT_EQ(find(7, 3), 50);
    EXPECT(find(8, 3) < 0 && find(7, 4) < 0);
    put(7, 255, 60);
    EXPECT(find(7, 3) == 50 && find(7, 255) == 60);
    uint64_t others[2], low = 8;
    for (int i = 0; i < 2; low++) /* of the same two places */
        if (at(low, 3) == at(7, 3))
            others[i++] = low;
    put(others[0], 3, 70);
    EXPECT(find(7, 3) == 50 && find(others[0], 3) == 70 && find(others[1], 3) == -1);
    put(others[1], 3, 80); /* the third */
    EXPECT(find(7, 3) == -1 && find(others[0], 3) == 70 && find(others[1], 3) == 80);
    word_table_release(&table);
}

static void forgetting(void)
{
    REQUIRE(word_table_open(&table, 0));
    put(7, 3, 50);
    REQUIRE(word_table_open(&table, 0));
    EXPECT_EQ(find(7, 3), 50);
    word_table_forget(&table);
    EXPECT_EQ(find(7, 3), -1);
    table.round = UINT16_MAX;
    put(7, 3, 50);
    put(9, 3, 50);
    table.round = 1; /* what was put in this round long ago */
    put(9, 3, 51);
    table.round = UINT16_MAX;
    word_table_forget(&table);
    EXPECT(table.round == 1 && find(7, 3) == -1 && find(9, 3) == -1);
    word_table_release(&table);
    word_table_forget(&table); /* nothing is there */
}

/* How often a word came is not part of its key, and is forgotten when it is taken. */
static void what_was_seen(void)
{
    REQUIRE(word_table_open(&table, 0));
    put(7, 255, 50);
    uint64_t tag = word_table_tag(&table, 255), low = 7;
    word_table_entry *e = word_table_find(at(low, 255), low, ~low, tag);
    REQUIRE(e);
    e->tag += 5u << WORD_TABLE_SEEN_SHIFT;
    EXPECT_EQ(find(7, 255), 50);
    EXPECT_EQ(word_table_take_seen(e), 5);
    e->tag += (uint64_t)WORD_TABLE_SEEN_MAX << WORD_TABLE_SEEN_SHIFT;
    EXPECT_EQ(find(7, 255), 50);
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
        put(i, 0, i);
    for (uint32_t i = 0; i < WORDS; i++) {
        long term = find(i, 0);
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
    put(7, 3, 50);
    REQUIRE(word_table_open(&table, places + 1));
    EXPECT(table.bits == WORD_TABLE_BITS_LEAST + 1 && find(7, 3) == -1);
    put(7, 3, 50);
    REQUIRE(word_table_open(&table, 0)); /* never smaller */
    EXPECT(table.bits == WORD_TABLE_BITS_LEAST + 1 && find(7, 3) == 50);
    REQUIRE(word_table_open(&table, SIZE_MAX));
    EXPECT(table.bits == WORD_TABLE_BITS_MOST && find(7, 3) == -1);
    put(7, 3, 50);
    word_table_forget(&table);
    EXPECT_EQ(find(7, 3), -1);
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
