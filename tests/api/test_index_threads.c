/* Documents added by several threads: the index is that of one thread, whatever the number, the memory and what else is
 * done to it; optimised, it is so to the byte. */
#include "api_world.h"

enum { MANY = 1200, THREADS_MOST = 8, BEFORE = 40, ALL = BEFORE + MANY + 1 };

/* What a build is made with. */
typedef struct build {
    unsigned threads;
    size_t memory;
    bool no_pairs;
} build;

typedef struct filler {
    oir_term_generator *generators[THREADS_MOST];
    size_t fails_at; /* this number fails; SIZE_MAX: none */
    bool again;      /* texts of the other half of the world */
} filler;

static void filler_init(filler *f)
{
    *f = (filler){.fails_at = SIZE_MAX};
    for (int i = 0; i < THREADS_MOST; i++) {
        API_OK(oir_term_generator_new(&f->generators[i], &api_error));
        API_OK(oir_term_generator_set_stemmer(f->generators[i], "english", &api_error));
    }
}

static void filler_release(filler *f)
{
    for (int i = 0; i < THREADS_MOST; i++)
        oir_term_generator_free(f->generators[i]);
}

static oir_status fill(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    const filler *f = context;
    if (number == f->fails_at) {
        err->status = OIR_INVALID_ARGUMENT;
        snprintf(err->message, sizeof err->message, "document %zu is none", number);
        return err->status;
    }
    api_fill(document, f->generators[thread], (uint32_t)number + BEFORE + (f->again ? 5000 : 0));
    return OIR_OK;
}

static oir_writable_database *open_writer(const char *folder, const build *b)
{
    oir_writable_database *writer;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.threads = b->threads;
    options.memory_limit = b->memory;
    options.no_pairs = b->no_pairs;
    API_OK(oir_writable_database_open(&writer, folder, &options, &api_error));
    return writer;
}

/* One after the other, many at once, and changes of both while they are buffered. */
static void change(oir_writable_database *writer, filler *f, api_maker *m)
{
    oir_docid first;
    oir_doccount deleted;
    for (uint32_t i = 0; i < BEFORE; i++)
        api_add(writer, m, i);
    API_OK(oir_writable_database_add_documents(writer, MANY, fill, f, &first, &api_error));
    EXPECT_EQ(first, BEFORE + 1);
    api_add(writer, m, ALL - 1);
    API_OK(oir_writable_database_delete_document(writer, first + 100, &api_error));
    API_OK(oir_writable_database_delete_document_by_term(writer, "Q77", 3, &deleted, &api_error));
    EXPECT_EQ(deleted, 1);
    api_fill(m->document, m->generator, 9000);
    API_OK(oir_writable_database_replace_document(writer, first + 200, m->document, &api_error));
    EXPECT_EQ(oir_writable_database_get_doccount(writer), ALL - 2);
    EXPECT_EQ(oir_writable_database_get_lastdocid(writer), ALL);
}

static char found_segment[1024];

static bool note_segment(const char *path)
{
    REQUIRE(strlen(path) < sizeof found_segment);
    memcpy(found_segment, path, strlen(path) + 1);
    return true;
}

/* The bytes of the only segment, as a number. */
static uint64_t read_segment(const char *folder)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    EXPECT_EQ(api_each_file(folder, "segment-", note_segment), 1);
    FILE *file = fopen(found_segment, "rb");
    REQUIRE(file);
    char bytes[4096];
    for (size_t size; (size = fread(bytes, 1, sizeof bytes, file)) > 0;)
        api_mix(&hash, bytes, size);
    fclose(file);
    return hash;
}

static uint64_t picture_of(const char *folder)
{
    oir_database *database = api_open(folder);
    uint64_t picture = api_picture(database, 10);
    oir_database_close(database);
    return picture;
}

/* Builds, and tells what the index says after a commit, and after optimising; returns its bytes, from which the second
 * follows: who has the first ones passes NULL. */
static uint64_t index_with(const build *b, uint64_t *committed, uint64_t *optimised)
{
    char folder[API_PATH];
    api_maker m;
    filler f;
    api_folder(folder);
    api_maker_init(&m);
    filler_init(&f);
    oir_writable_database *writer = open_writer(folder, b);
    change(writer, &f, &m);
    API_OK(oir_writable_database_commit(writer, &api_error));
    *committed = picture_of(folder);
    API_OK(oir_writable_database_optimise(writer, &api_error));
    if (optimised)
        *optimised = picture_of(folder);
    oir_writable_database_close(writer);
    EXPECT(api_is_whole(folder));
    uint64_t bytes = read_segment(folder);
    filler_release(&f);
    api_maker_release(&m);
    api_remove(folder);
    return bytes;
}

static void any_number_is_as_one(void)
{
    static const unsigned numbers[] = {2, 3, THREADS_MOST};
    static const size_t memories[] = {64 << 20, 256 << 20}; /* two threads of 3, and as many as are asked for */
    bool slow = harness_is_slow() || harness_sees_races_only(); /* then without pairs only the most */
    for (int how = 0; how < 2; how++) {
        build one = {1, 64 << 20, how == 1};
        uint64_t expected, optimised, bytes = index_with(&one, &expected, &optimised);
        EXPECT_EQ(expected, optimised);
        for (size_t i = slow ? (size_t)how + 1 : 0; i < sizeof numbers / sizeof *numbers; i++) {
            build many = {numbers[i], memories[i % 3 != 1], one.no_pairs};
            uint64_t got;
            if (index_with(&many, &got, NULL) != bytes) {
                fprintf(stderr, "%u threads, %zu bytes, no pairs %d\n", many.threads, many.memory, many.no_pairs);
                harness_fail(__FILE__, __LINE__, "other bytes than one thread writes");
            }
            EXPECT_EQ(got, expected);
        }
    }
}

/* A document that cannot be made ends it; the last commit stays, and going back is all that is allowed. */
static void one_fails(void)
{
    char folder[API_PATH];
    api_maker m;
    filler f;
    build b = {4, 16 << 20, false};
    api_folder(folder);
    api_maker_init(&m);
    filler_init(&f);
    oir_writable_database *writer = open_writer(folder, &b);
    API_OK(oir_writable_database_add_documents(writer, 300, fill, &f, NULL, &api_error));
    API_OK(oir_writable_database_add_documents(writer, 0, fill, &f, NULL, &api_error));
    API_OK(oir_writable_database_commit(writer, &api_error));
    uint64_t picture = picture_of(folder);
    f.fails_at = 150;
    f.again = true;
    API_FAILS(oir_writable_database_add_documents(writer, 300, fill, &f, NULL, &api_error), OIR_INVALID_ARGUMENT);
    EXPECT(api_says("document 150 is none"));
    API_FAILS(oir_writable_database_commit(writer, &api_error), OIR_INVALID_OPERATION);
    API_OK(oir_writable_database_rollback(writer, &api_error));
    EXPECT_EQ(oir_writable_database_get_doccount(writer), 300);
    f.fails_at = SIZE_MAX;
    API_OK(oir_writable_database_add_documents(writer, 300, fill, &f, NULL, &api_error));
    API_OK(oir_writable_database_rollback(writer, &api_error));
    API_OK(oir_writable_database_commit(writer, &api_error));
    EXPECT_EQ(picture_of(folder), picture);
    oir_writable_database_close(writer);
    filler_release(&f);
    api_maker_release(&m);
    api_remove(folder);
}

static void bad_numbers(void)
{
    char folder[API_PATH];
    oir_writable_database *writer;
    static const unsigned numbers[] = {0, OIR_WRITER_THREADS_MAX + 1};
    api_folder(folder);
    for (int i = 0; i < 2; i++) {
        oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
        options.threads = numbers[i];
        API_FAILS(oir_writable_database_open(&writer, folder, &options, &api_error), OIR_INVALID_ARGUMENT);
    }
    build b = {OIR_WRITER_THREADS_MAX, 16 << 20, false};
    writer = open_writer(folder, &b);
    API_FAILS(oir_writable_database_add_documents(writer, (size_t)UINT32_MAX + 1, fill, NULL, NULL, &api_error),
              OIR_TOO_BIG);
    oir_writable_database_close(writer);
    api_remove(folder);
}

int main(void)
{
    TEST(any_number_is_as_one);
    TEST(one_fails);
    TEST(bad_numbers);
    return harness_end();
}
