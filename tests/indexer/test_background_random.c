/* Random changes, commits, rollbacks and optimising against the model, while merges are small, frequent and slow, and
 * run beside; and the same documents written without: optimised, both are the same to the byte. */
#include "background_world.h"
#include "indexer/merge_policy.h"

enum { RUNS = 3, STEPS = 250 };

static uint32_t met; /* commits beside which a merge ran */

static void commit_somehow(void)
{
    met += background_writer->background != NULL;
    if (harness_below(12) == 0)
        REQUIRE_OK(oir_writable_database_optimise(background_writer, &world_error), world_error);
    else if (harness_below(12) == 0)
        REQUIRE_OK(oir_writable_database_settle(background_writer, &world_error), world_error);
    else
        REQUIRE_OK(oir_writable_database_commit(background_writer, &world_error), world_error);
    background_note();
    if (harness_below(4) == 0)
        background_compare();
}

static oir_docid any_docid(void)
{
    return 1 + harness_below(background_model.last + 1);
}

static void step(void)
{
    switch (harness_below(12)) {
    case 0:
    case 1:
        background_add(1 + harness_below(12));
        break;
    case 2:
        for (uint32_t i = harness_below(6); i > 0; i--)
            background_delete(any_docid() % (background_model.last + 1));
        break;
    case 3:
        background_put(any_docid());
        break;
    case 4:
        if (harness_below(4) == 0)
            background_delete_key(harness_below(WORLD_KEYS));
        break;
    case 5:
        if (harness_below(6) == 0)
            background_roll_back();
        break;
    default:
        background_add(harness_below(3));
        if (harness_below(3) == 0) /* more segments than there are commits, and merges before they are committed */
            REQUIRE_OK(writer_flush(background_writer, false, &world_error), world_error);
        if (harness_below(4) == 0)
            REQUIRE_OK(writer_merge(background_writer, true, &world_error), world_error);
        commit_somehow();
    }
    EXPECT(background_model.last < BACKGROUND_DOCUMENTS);
}

static void random_changes(void)
{
    for (uint32_t run = 0; run < RUNS; run++) {
        background_begin();
        atomic_store(&background_slow, 5 + harness_below(20));
        for (uint32_t i = harness_times(STEPS); i > 0; i--) {
            step();
            if (harness_below(40) == 0) { /* another writer */
                commit_somehow();
                oir_writable_database_close(background_writer);
                background_open_writer();
                background_writer->overdue = harness_below(2);
            }
        }
        commit_somehow();
        background_compare();
        background_end();
    }
    printf("%u commits beside a merge\n", met);
    EXPECT(met > harness_times(STEPS) / 10);
}

/* ---- the same bytes ---- */

/* Documents with some deleted and replaced, in many commits, optimised. */
static char *build(bool beside, size_t *size)
{
    uint32_t ran = 0;
    background_begin();
    atomic_store(&background_slow, 10);
    if (!beside)
        background_writer->background_least = UINT64_MAX;
    for (uint32_t i = 0; i < 40; i++) {
        background_add(60);
        background_delete(1 + i * 31 % background_model.last);
        background_put(1 + i * 17 % background_model.last);
        background_commit();
        ran += background_writer->background != NULL;
        usleep(2000);
    }
    EXPECT_EQ(ran > 0, beside);
    REQUIRE_OK(oir_writable_database_optimise(background_writer, &world_error), world_error);
    background_note();
    EXPECT_EQ(background_writer->segment_count, 1);
    char *bytes = world_read_segment(background_folder, size);
    background_end();
    return bytes;
}

static void same_bytes(void)
{
    size_t size, other_size;
    char *without = build(false, &size), *with = build(true, &other_size);
    EXPECT_EQ(other_size, size);
    EXPECT(other_size == size && memcmp(with, without, size) == 0);
    free(with);
    free(without);
    oir_allocator_set(NULL);
}

int main(void)
{
    harness_seed(20261130);
    TEST(random_changes);
    TEST(same_bytes);
    return harness_end();
}
