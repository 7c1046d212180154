/* The dispatch that all iterators share, by the iterator over an array of positions. */
#include "document/iterator.h"

#include "harness.h"

static oir_error error;

static oir_position_iterator *make(const oir_termpos *positions, size_t count)
{
    oir_position_iterator *iterator;
    REQUIRE_OK(iterator_new_positions(&iterator, positions, count, &error), error);
    return iterator;
}

static void nothing(void)
{
    bool found = true;
    oir_position_iterator *iterator = make(NULL, 0);
    REQUIRE_OK(oir_position_iterator_next(iterator, &found, &error), error);
    EXPECT(!found);
    REQUIRE_OK(oir_position_iterator_next(iterator, &found, &error), error);
    EXPECT(!found);
    REQUIRE_OK(oir_position_iterator_seek(iterator, 0, &found, &error), error);
    EXPECT(!found);
    oir_position_iterator_free(iterator);
    oir_position_iterator_free(NULL);
}

static void next_and_seek(void)
{
    static const oir_termpos positions[] = {2, 3, 5, 8, 13, 21};
    bool found;
    oir_position_iterator *iterator = make(positions, 6);
    REQUIRE_OK(oir_position_iterator_seek(iterator, 3, &found, &error), error);
    EXPECT(found);
    EXPECT_EQ(oir_position_iterator_get_position(iterator), 3);
    REQUIRE_OK(oir_position_iterator_seek(iterator, 1, &found, &error), error);
    EXPECT(found);
    EXPECT_EQ(oir_position_iterator_get_position(iterator), 3);
    REQUIRE_OK(oir_position_iterator_next(iterator, &found, &error), error);
    EXPECT_EQ(oir_position_iterator_get_position(iterator), 5);
    REQUIRE_OK(oir_position_iterator_seek(iterator, 14, &found, &error), error);
    EXPECT(found);
    EXPECT_EQ(oir_position_iterator_get_position(iterator), 21);
    REQUIRE_OK(oir_position_iterator_seek(iterator, 22, &found, &error), error);
    EXPECT(!found);
    REQUIRE_OK(oir_position_iterator_next(iterator, &found, &error), error);
    EXPECT(!found);
    oir_position_iterator_free(iterator);
}

static void term_order(void)
{
    EXPECT(iterator_compare_terms("a", 1, "b", 1) < 0);
    EXPECT(iterator_compare_terms("a", 1, "ab", 2) < 0);
    EXPECT(iterator_compare_terms("\xff", 1, "a", 1) > 0);
    EXPECT(iterator_compare_terms("", 0, "", 0) == 0);
    EXPECT(iterator_compare_terms("a\0b", 3, "a", 1) > 0);
}

int main(void)
{
    TEST(nothing);
    TEST(next_and_seek);
    TEST(term_order);
    return harness_end();
}
