#include "catalog/catalog_path.h"

#include "catalog_samples.h"

static void names_come_back(void)
{
    static const uint64_t numbers[] = {0, 1, 9, 10, 4711, UINT64_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char name[CATALOG_PATH_NAME_MAX];
        uint64_t number;
        bool temporary;
        catalog_path_name(name, CATALOG_PATH_SEGMENT, numbers[i]);
        REQUIRE(catalog_path_number(name, CATALOG_PATH_SEGMENT, &number, &temporary));
        EXPECT(number == numbers[i] && !temporary);
        EXPECT(!catalog_path_number(name, CATALOG_PATH_GENERATION, &number, &temporary));
        strcat(name, ".tmp");
        REQUIRE(catalog_path_number(name, CATALOG_PATH_SEGMENT, &number, &temporary));
        EXPECT(number == numbers[i] && temporary);
    }
}

static void others_are_not_ours(void)
{
    static const char *const names[] = {
        "", "segment", "segment-", "segment-x", "segment-07", "segment-00", "segment-7 ", "segment-7.tmp2",
        "segment-7.tm", "segment--7", "segment-+7", "Segment-7", "segment-18446744073709551616",
        "segment-99999999999999999999999999", "my-segment-7", "segment-7-copy", "segment-.tmp", "lock", "current", "."};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        uint64_t number;
        bool temporary;
        EXPECT(!catalog_path_number(names[i], CATALOG_PATH_SEGMENT, &number, &temporary));
    }
}

static void full_paths(void)
{
    char *path = catalog_path_new("folder", CATALOG_PATH_SEGMENT, 12);
    EXPECT_STR(path, "folder/segment-12");
    memory_free(path);
    path = catalog_path_new("folder/", CATALOG_PATH_GENERATION, 0);
    EXPECT_STR(path, "folder/generation-0");
    memory_free(path);
}

static void highest_numbers(void)
{
    oir_error err;
    uint64_t number = 7;
    char *folder = samples_folder();
    REQUIRE_OK(catalog_path_highest("/nowhere/at/all", CATALOG_PATH_GENERATION, &number, &err), err);
    EXPECT_EQ(number, 0);
    static const char *const names[] = {"generation-9", "generation-10", "generation-11.tmp", "generation-012",
                                        "segment-99"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        samples_write(folder, names[i], "x", 1);
    REQUIRE_OK(catalog_path_highest(folder, CATALOG_PATH_GENERATION, &number, &err), err);
    EXPECT_EQ(number, 10);
    REQUIRE_OK(catalog_path_highest(folder, CATALOG_PATH_SEGMENT, &number, &err), err);
    EXPECT_EQ(number, 99);
    samples_remove(folder);
    memory_free(folder);
}

int main(void)
{
    TEST(names_come_back);
    TEST(others_are_not_ours);
    TEST(full_paths);
    TEST(highest_numbers);
    return harness_end();
}
