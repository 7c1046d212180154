#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "harness.h"

static char folder[] = "/tmp/oir-test-file-XXXXXX";

static char *path_of(const char *name)
{
    char *path = file_join(folder, name);
    REQUIRE(path);
    return path;
}

static void joined(void)
{
    static const char *const cases[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"", "b", "b"}, {"/", "b", "/b"}, {"a/b", "", "a/b/"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *path = file_join(cases[i][0], cases[i][1]);
        EXPECT_STR(path, cases[i][2]);
        memory_free(path);
    }
    EXPECT_STR(file_name("a/b/c"), "c");
    EXPECT_STR(file_name("c"), "c");
    EXPECT_STR(file_name("a/"), "");
}

static void put(const char *path, const void *bytes, size_t size)
{
    oir_error error;
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    REQUIRE(descriptor >= 0);
    REQUIRE_OK(file_write(descriptor, bytes, size, path, &error), error);
    REQUIRE_OK(file_sync(descriptor, path, &error), error);
    REQUIRE(close(descriptor) == 0);
}

static void written_and_read(void)
{
    char *path = path_of("whole");
    oir_error error;
    buffer out = BUFFER_INIT;
    EXPECT(!file_exists(path));
    for (size_t size = 0; size < 300000; size = size * 3 + 1) {
        uint8_t *bytes = malloc(size + 1);
        REQUIRE(bytes);
        for (size_t i = 0; i < size; i++)
            bytes[i] = (uint8_t)harness_random();
        put(path, bytes, size);
        EXPECT(file_exists(path) && !file_is_folder(path));
        buffer_clear(&out);
        buffer_add(&out, "before", 6);
        REQUIRE_OK(file_read_all(path, size, &out, &error), error);
        EXPECT_EQ(out.size, size + 6);
        EXPECT(memcmp(out.data, "before", 6) == 0 && memcmp(out.data + 6, bytes, size) == 0);
        if (size) {
            EXPECT_EQ(file_read_all(path, size - 1, &out, &error), OIR_TOO_BIG);
            EXPECT_EQ(out.size, size + 6);
            EXPECT(strstr(error.message, path) != NULL);
        }
        free(bytes);
    }
    REQUIRE_OK(file_sync_folder(folder, &error), error);
    REQUIRE_OK(file_read_all(path, SIZE_MAX, &out, &error), error);
    buffer_release(&out);
    unlink(path);
    memory_free(path);
}

/* A pipe says nothing of its size, as the files of /proc. */
static void read_to_the_end(void)
{
    char *path = path_of("pipe");
    oir_error error;
    buffer out = BUFFER_INIT;
    enum { SIZE = 200000 };
    REQUIRE(mkfifo(path, 0600) == 0);
    for (int limited = 0; limited < 2; limited++) {
        pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            static uint8_t bytes[SIZE];
            FILE *f = fopen(path, "wb");
            _exit(f && fwrite(bytes, 1, SIZE, f) == SIZE && fclose(f) == 0 ? 0 : 1);
        }
        oir_status status = file_read_all(path, limited ? SIZE - 1 : SIZE, &out, &error);
        EXPECT_EQ(status, limited ? OIR_TOO_BIG : OIR_OK);
        EXPECT_EQ(out.size, SIZE);
        waitpid(child, NULL, 0);
    }
    buffer_release(&out);
    unlink(path);
    memory_free(path);
}

static void failures(void)
{
    char *missing = path_of("missing");
    oir_error error;
    buffer out = BUFFER_INIT;
    EXPECT_EQ(file_read_all(missing, 100, &out, &error), OIR_NOT_FOUND);
    EXPECT_EQ(error.status, OIR_NOT_FOUND);
    EXPECT(strstr(error.message, missing) != NULL);
    EXPECT_EQ(file_read_all(missing, 100, &out, NULL), OIR_NOT_FOUND);
    EXPECT_EQ(file_read_all(folder, SIZE_MAX, &out, &error), OIR_IO);
    EXPECT_EQ(file_sync(-1, "nothing", &error), OIR_IO);
    EXPECT_EQ(file_sync_folder(missing, &error), OIR_NOT_FOUND);
    EXPECT(file_is_folder(folder) && !file_is_folder(missing));
    EXPECT_EQ(file_write(-1, "x", 1, "nothing", &error), OIR_IO);
    EXPECT_EQ(out.size, 0);
    buffer_release(&out);
    memory_free(missing);
}

static void full_disk(void)
{
    oir_error error;
    FILE *full = fopen("/dev/full", "wb");
    if (!full)
        return;
    EXPECT_EQ(file_write(fileno(full), "x", 1, "/dev/full", &error), OIR_NO_SPACE);
    fclose(full);
}

/* Advice: whatever is advised, no bytes change, and errno neither matters nor stops anybody. */
static void writing_started(void)
{
    char *path = path_of("started");
    oir_error error;
    buffer out = BUFFER_INIT;
    put(path, "some bytes", 10);
    int descriptor = open(path, O_RDWR);
    REQUIRE(descriptor >= 0);
    file_start_writing(descriptor, 0, 10);
    file_start_writing(descriptor, 5, 1 << 20);
    file_start_writing(-1, 0, 10);
    close(descriptor);
    REQUIRE_OK(file_read_all(path, 100, &out, &error), error);
    EXPECT(out.size == 10 && memcmp(out.data, "some bytes", 10) == 0);
    buffer_release(&out);
    EXPECT(unlink(path) == 0);
    memory_free(path);
}

int main(void)
{
    harness_seed(1);
    REQUIRE(mkdtemp(folder));
    TEST(joined);
    TEST(written_and_read);
    TEST(writing_started);
    TEST(read_to_the_end);
    TEST(failures);
    TEST(full_disk);
    rmdir(folder);
    EXPECT(!file_exists(folder)); /* nothing was left behind */
    return harness_end();
}
