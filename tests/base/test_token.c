/* A token is the same as long as anybody holds it, and no other is the same then. */
#include "base/token.h"

#include <oir/memory.h>

#include "harness.h"

static long alive;

static void *count_allocate(size_t size, void *context)
{
    (void)context;
    alive++;
    return malloc(size);
}

static void *count_reallocate(void *block, size_t size, void *context)
{
    (void)context;
    alive += !block;
    return realloc(block, size);
}

static void count_release(void *block, void *context)
{
    (void)context;
    alive--;
    free(block);
}

static void *fail_allocate(size_t size, void *context)
{
    (void)size;
    (void)context;
    return NULL;
}

static void shared_and_released(void)
{
    token *first = token_new(), *second = token_new();
    REQUIRE(first && second);
    EXPECT(first != second);
    EXPECT(token_share(first) == first);
    token_release(first);
    EXPECT_EQ(alive, 2); /* one holder is left */
    token *third = token_new();
    EXPECT(third != first);
    token_release(first);
    token_release(second);
    token_release(third);
    EXPECT_EQ(alive, 0);
}

static void none(void)
{
    EXPECT(token_share(NULL) == NULL);
    token_release(NULL);
}

int main(void)
{
    const oir_allocator counting = {count_allocate, count_reallocate, count_release, NULL};
    const oir_allocator failing = {fail_allocate, count_reallocate, count_release, NULL};
    oir_allocator_set(&counting);
    TEST(shared_and_released);
    TEST(none);
    oir_allocator_set(&failing);
    EXPECT(token_new() == NULL);
    oir_allocator_set(NULL);
    return harness_end();
}
