#include "base/arena.h"

#include "base/memory.h"
#include "harness.h"

static void aligned_and_apart(void)
{
    enum { COUNT = 20000 };
    static uint8_t *at[COUNT];
    static size_t sizes[COUNT];
    arena a;
    arena_init(&a);
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            sizes[i] = harness_below(i % 1000 ? 200 : 100000);
            at[i] = arena_add(&a, sizes[i]);
            REQUIRE(at[i]);
            EXPECT_EQ((uintptr_t)at[i] % 8, 0);
            memset(at[i], (int)(i & 255), sizes[i]);
        }
        for (size_t i = 0; i < COUNT; i++)
            for (size_t j = 0; j < sizes[i]; j++)
                REQUIRE(at[i][j] == (uint8_t)i);
        EXPECT(a.bytes > COUNT * 50);
        arena_clear(&a);
    }
    arena_release(&a);
    EXPECT_EQ(a.bytes, 0);
}

static void clear_keeps_ordinary_blocks(void)
{
    arena a;
    arena_init(&a);
    for (int i = 0; i < 1000; i++)
        REQUIRE(arena_add(&a, 1000));
    size_t before = a.bytes;
    for (int round = 0; round < 5; round++) {
        arena_clear(&a);
        for (int i = 0; i < 500; i++)
            REQUIRE(arena_add(&a, 1000));
        EXPECT_EQ(a.bytes, before);
    }
    REQUIRE(arena_add(&a, 8 << 20));
    EXPECT(a.bytes > before + (8 << 20));
    arena_clear(&a);
    EXPECT_EQ(a.bytes, before);
    arena_release(&a);
}

static void copies_and_zeros(void)
{
    arena a;
    arena_init(&a);
    char *word = arena_copy(&a, "mission", 4);
    EXPECT_STR(word, "miss");
    EXPECT_STR((char *)arena_copy(&a, NULL, 0), "");
    uint64_t *zeros = arena_add_zeroed(&a, 100, 8);
    for (int i = 0; i < 100; i++)
        EXPECT_EQ(zeros[i], 0);
    EXPECT(arena_add(&a, 0) != NULL);
    EXPECT(arena_add(&a, SIZE_MAX) == NULL);
    EXPECT(arena_add(&a, SIZE_MAX - 4) == NULL);
    EXPECT(arena_copy(&a, "", SIZE_MAX) == NULL);
    EXPECT(arena_add_zeroed(&a, SIZE_MAX / 4, 8) == NULL);
    arena_release(&a);
}

static size_t allowed;

static void *allocate(size_t size, void *context)
{
    (void)context;
    return allowed && allowed-- ? malloc(size) : NULL;
}

static void *reallocate(void *block, size_t size, void *context)
{
    (void)context;
    return realloc(block, size);
}

static void release(void *block, void *context)
{
    (void)context;
    free(block);
}

static void out_of_memory(void)
{
    oir_allocator hooks = {allocate, reallocate, release, NULL};
    oir_allocator_set(&hooks);
    arena a;
    arena_init(&a);
    allowed = 0;
    EXPECT(arena_add(&a, 1) == NULL);
    allowed = 1;
    EXPECT(arena_add(&a, 1) != NULL);
    EXPECT(arena_add(&a, 20000) == NULL);
    EXPECT(arena_add(&a, 100) != NULL);
    arena_release(&a);
    oir_allocator_set(NULL);
}

int main(void)
{
    harness_seed(1);
    TEST(aligned_and_apart);
    TEST(clear_keeps_ordinary_blocks);
    TEST(copies_and_zeros);
    TEST(out_of_memory);
    return harness_end();
}
