#include "catalog_samples.h"

static void copies_are_equal_and_apart(void)
{
    oir_error err;
    for (int i = 0; i < 200; i++) {
        generation a, b, c;
        samples_generation(&a, 6, 500);
        REQUIRE_OK(generation_copy(&b, &a, &err), err);
        EXPECT(samples_equal(&a, &b));
        REQUIRE_OK(generation_copy(&c, &b, &err), err);
        generation_release(&a);
        EXPECT(samples_equal(&b, &c));
        generation_release(&b);
        EXPECT(b.segment_count == 0 && !b.segments && !b.settings);
        generation_release(&c);
        generation_release(&c);
    }
}

/* ---- no memory ---- */

static int allocations_left;

static void *allocate(size_t size, void *context)
{
    (void)context;
    return allocations_left-- > 0 ? malloc(size) : NULL;
}

static void *reallocate(void *block, size_t size, void *context)
{
    (void)context;
    return allocations_left-- > 0 ? realloc(block, size) : NULL;
}

static void release(void *block, void *context)
{
    (void)context;
    free(block);
}

static void copy_without_memory(void)
{
    static const oir_allocator allocator = {allocate, reallocate, release, NULL};
    generation a, b;
    oir_error err;
    oir_allocator_set(&allocator);
    allocations_left = 1000000;
    do {
        samples_generation(&a, 6, 500);
    } while (a.segment_count < 3 || a.setting_count < 2 ? (generation_release(&a), 1) : 0);
    int given = 0;
    for (;; given++) {
        allocations_left = given;
        oir_status status = generation_copy(&b, &a, &err);
        if (status == OIR_OK)
            break;
        EXPECT_EQ(status, OIR_NO_MEMORY);
        EXPECT(!b.segments && !b.settings && !b.segment_count && !b.setting_count);
    }
    EXPECT(given >= 6);
    EXPECT(samples_equal(&a, &b));
    generation_release(&a);
    generation_release(&b);
    oir_allocator_set(NULL);
}

int main(void)
{
    harness_seed(1);
    TEST(copies_are_equal_and_apart);
    TEST(copy_without_memory);
    return harness_end();
}
