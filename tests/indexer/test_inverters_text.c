/* Pairs of words found in the text that the buffer has, or in lists: an index that was written from the buffer is the
 * same to the byte as one that was merged. */
#include <stdlib.h>
#include <string.h>

#include "index_world.h"

enum { DOCUMENTS = 5000, WORDS = 400, LENGTH_MAX = 120 };

static const char *const phrases[] = {"in the", "of the", "as it were", "to be or not to be", "the the"};

static void add_word_often(oir_document *d, const char *word, size_t size, oir_termpos position, oir_termcount wdf)
{
    REQUIRE_OK(oir_document_add_posting(d, word, size, position, wdf, &world_error), world_error);
}

static void add_word(oir_document *d, const char *word, size_t size, oir_termpos position)
{
    add_word_often(d, word, size, position, 1);
}

static oir_termpos add_phrase(oir_document *d, oir_termpos position)
{
    const char *at = phrases[harness_below(sizeof phrases / sizeof *phrases)];
    for (size_t size; *at; at += size + (at[size] == ' ')) {
        size = strcspn(at, " ");
        add_word(d, at, size, position++);
    }
    return position;
}

/* Most are plain text; in others positions are skipped, taken twice, by the same word too, or come in any order; words
 * count more than once where they stand, or terms without position come in between, as stems do. */
static void fill(oir_document *d)
{
    uint32_t kind = (uint32_t)harness_below(8), length = 1 + (uint32_t)harness_below(LENGTH_MAX);
    oir_document_clear(d);
    for (oir_termpos position = 1; position < length;) {
        char word[16];
        size_t size = (size_t)snprintf(word, sizeof word, "w%u", (unsigned)harness_below(1 + harness_below(WORDS)));
        oir_termpos at = kind == 0 ? 1 + (oir_termpos)harness_below(LENGTH_MAX) : position;
        if (harness_below(3) == 0 && kind != 0) {
            position = add_phrase(d, position);
            continue;
        }
        add_word_often(d, word, size, at, kind == 3 ? 1 + (oir_termcount)harness_below(3) : 1);
        if (kind == 4 && harness_below(3) == 0)
            REQUIRE_OK(oir_document_add_term(d, word, size, 1 + (oir_termcount)harness_below(300), &world_error),
                       world_error);
        bool again = kind == 1 && harness_below(4) == 0;
        if (again && harness_below(2))
            add_word(d, word, size, at);
        else if (again)
            add_word(d, "the", 3, at);
        position += kind == 2 ? 1 + (oir_termpos)harness_below(3) : 1;
    }
}

static char *build(uint64_t seed, bool merged, uint32_t threads, size_t *size)
{
    char folder[200];
    oir_writable_database *w;
    oir_document *d;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.reorder = OIR_REORDER_NONE;
    options.threads = threads;
    world_folder(folder);
    harness_seed(seed);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    for (uint32_t i = 0; i < DOCUMENTS; i++) {
        fill(d);
        REQUIRE_OK(oir_writable_database_add_document(w, d, NULL, &world_error), world_error);
        if (merged && i == DOCUMENTS / 3)
            REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
    }
    REQUIRE_OK(oir_writable_database_optimise(w, &world_error), world_error);
    oir_writable_database_close(w);
    oir_document_free(d);
    char *bytes = world_read_segment(folder, size);
    world_remove(folder);
    return bytes;
}

static void expect_same(uint32_t threads)
{
    size_t size, other_size;
    uint64_t seed = harness_random();
    char *bytes = build(seed, false, threads, &size), *other = build(seed, true, 1, &other_size);
    EXPECT_EQ(size, other_size);
    EXPECT(size == other_size && memcmp(bytes, other, size) == 0);
    free(bytes);
    free(other);
}

static void buffer_and_merge_find_the_same(void)
{
    if (!harness_is_slow())
        expect_same(1);
    expect_same(3);
}

int main(void)
{
    harness_seed(1);
    TEST(buffer_and_merge_find_the_same);
    return harness_end();
}
