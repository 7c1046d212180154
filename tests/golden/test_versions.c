/* Indexes of versions that are not read: every door says which file has which format, and what to do; making them anew
 * goes on. */
#include <unistd.h>

#include "base/bits.h"
#include "base/buffer.h"
#include "base/crc32c.h"
#include "base/file.h"
#include "golden/golden_documents.h"
#include "harness.h"
#include "helper/scratch.h"
#include <oir/inspect.h>

static oir_error version_error;

#define OK(call) REQUIRE_OK(call, version_error)

static char index_folder[SCRATCH_PATH];

/* A file gets a format, and the checksum that a library of that format would have written. */
static void set_format(const char *name, uint32_t version, uint32_t draft)
{
    char path[SCRATCH_PATH + 32];
    buffer bytes = BUFFER_INIT;
    snprintf(path, sizeof path, "%s/%s", index_folder, name);
    OK(file_read_all(path, 1 << 26, &bytes, &version_error));
    size_t at = 0;
    while (memcmp(bytes.data + at, "\x89oirseg\n", 8) != 0)
        at++;
    uint8_t *directory = bytes.data + at;
    bits_store16(directory + 8, (uint16_t)version);
    bits_store16(directory + 10, (uint16_t)draft);
    bits_store32(directory + 12, crc32c_add(crc32c_add(0, directory, 12), directory + 16,
                                            bits_load32(directory + 16) - 16));
    FILE *out = fopen(path, "wb");
    REQUIRE(out && fwrite(bytes.data, 1, bytes.size, out) == bytes.size && fclose(out) == 0);
    buffer_release(&bytes);
}

typedef struct expected {
    const char *file, *format, *advice;
    uint32_t findings;
} expected;

static void expect_message(const char *message, const expected *e)
{
    if (strstr(message, e->file) && strstr(message, e->format) && strstr(message, e->advice))
        return;
    fprintf(stderr, "\"%s\" does not speak of %s, %s, %s\n", message, e->file, e->format, e->advice);
    harness_fail(__FILE__, __LINE__, "a message");
}

static bool look_at_finding(const char *file, const char *part, const char *reason, void *context)
{
    expected *e = context;
    (void)file;
    (void)part;
    expect_message(reason, e);
    e->findings++;
    return true;
}

/* A program's whole output, errors among it. */
static void expect_program(const char *program, const char *arguments, int code, const expected *e)
{
    const char *folder = getenv("OIR_BIN_DIR");
    char command[2 * SCRATCH_PATH], output[4096] = "";
    snprintf(command, sizeof command, "%.400s/%s", folder ? folder : "", program);
    if (access(command, X_OK) != 0)
        return; /* built without programs */
    snprintf(command, sizeof command, "%.400s/%s -i %.400s %s 2>&1", folder, program, index_folder, arguments);
    FILE *run = popen(command, "r");
    REQUIRE(run);
    output[fread(output, 1, sizeof output - 1, run)] = 0;
    EXPECT_EQ(pclose(run) >> 8, code);
    expect_message(output, e);
}

/* All ways into the index fail, and say why. */
static void expect_refused(expected e)
{
    oir_database *database;
    oir_writable_database *writer = NULL;
    uint64_t findings = 0;
    EXPECT_EQ(oir_database_open(&database, index_folder, &version_error), OIR_VERSION);
    EXPECT(!database);
    expect_message(version_error.message, &e);

    /* A writer looks at segments when it needs them. */
    oir_status status = oir_writable_database_open(&writer, index_folder, NULL, &version_error);
    if (status == OIR_OK)
        status = oir_writable_database_optimise(writer, &version_error);
    oir_writable_database_close(writer);
    EXPECT_EQ(status, OIR_VERSION);
    expect_message(version_error.message, &e);

    status = oir_index_check(index_folder, look_at_finding, &e, &findings, &version_error);
    if (status != OIR_OK)
        expect_message(version_error.message, &e);
    EXPECT(status == OIR_VERSION || (status == OIR_OK && findings == 1 && e.findings == 1));

    expect_program("oir-search", "all", 2, &e);
    expect_program("oir-inspect", "stats", 2, &e);
    expect_program("oir-inspect", "check", status == OIR_OK ? 1 : 2, &e);
    expect_program("oir-index", "/dev/null", 2, &e);
}

static void other_versions_are_refused(void)
{
    static const char *const files[] = {"generation-2", "segment-1"};
    for (size_t i = 0; i < 2; i++) {
        const char *file = files[i], *old = "index the documents again", *newer = "update oir";
        char format[32];
        set_format(file, 0, 12);
        expect_refused((expected){file, "format 0.12", old, 0});
        set_format(file, 0, 1);
        expect_refused((expected){file, "format 0.1,", old, 0});
        set_format(file, oir_format_version() + 1, 0);
        snprintf(format, sizeof format, "format %u.0", oir_format_version() + 1);
        expect_refused((expected){file, format, newer, 0});
        set_format(file, oir_format_version(), 7);
        snprintf(format, sizeof format, "format %u.7", oir_format_version());
        expect_refused((expected){file, format, newer, 0});
        set_format(file, oir_format_version(), 0);
        oir_database *database;
        OK(oir_database_open(&database, index_folder, &version_error)); /* nothing else was wrong with it */
        oir_database_close(database);
    }
}

static void they_can_be_overwritten(void)
{
    oir_writable_database *writer;
    oir_database *database;
    oir_document *document;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.mode = OIR_CREATE_OR_OVERWRITE;
    set_format("generation-2", 0, 12);
    set_format("segment-1", 0, 12);
    OK(oir_writable_database_open(&writer, index_folder, &options, &version_error));
    OK(oir_document_new(&document, &version_error));
    OK(oir_writable_database_add_document(writer, document, NULL, &version_error));
    OK(oir_writable_database_commit(writer, &version_error));
    oir_document_free(document);
    oir_writable_database_close(writer);
    OK(oir_database_open(&database, index_folder, &version_error));
    EXPECT_EQ(oir_database_get_doccount(database), 1);
    oir_database_close(database);
}

static void make_index(void)
{
    oir_writable_database *writer;
    oir_document *document;
    OK(oir_writable_database_open(&writer, index_folder, NULL, &version_error));
    OK(oir_document_new(&document, &version_error));
    OK(oir_document_add_term(document, "all", 3, 1, &version_error));
    OK(oir_writable_database_add_document(writer, document, NULL, &version_error));
    OK(oir_writable_database_commit(writer, &version_error));
    oir_document_free(document);
    oir_writable_database_close(writer);
}

int main(void)
{
    char *scratch = scratch_open();
    snprintf(index_folder, sizeof index_folder, "%s", scratch);
    make_index();
    TEST(other_versions_are_refused);
    TEST(they_can_be_overwritten);
    scratch_close(scratch);
    return harness_end();
}
