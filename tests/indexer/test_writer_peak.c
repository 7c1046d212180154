/* What a writer takes stays within its limit: all that the library allocates, while several threads add documents of
 * many different words, stem them and store them, and some are large. */
#include <oir/term_generator.h>

#include "helper/counting_memory.h"
#include "index_world.h"
#include "indexer/writer.h"

enum { DOCUMENTS = 2500, WORDS = 1500, LARGE_EACH = 500, LARGE_WORDS = 200000, THREADS = 2, VOCABULARY = 300000 };

typedef struct making {
    oir_term_generator *generators[THREADS];
    char *texts[THREADS];
} making;

/* Words of which few come often and most but once or twice. */
static size_t make_text(char *text, size_t number)
{
    uint64_t state = number * 7919 + 1;
    size_t size = 0, words = number % LARGE_EACH == LARGE_EACH / 2 ? LARGE_WORDS : WORDS;
    for (size_t i = 0; i < words; i++) {
        uint64_t r = world_next(&state), word = r % VOCABULARY >> r / VOCABULARY % 18;
        size += (size_t)sprintf(text + size, "w%xing ", (unsigned)word);
    }
    return size;
}

static oir_status fill(void *context, unsigned thread, size_t number, oir_document *document, oir_error *err)
{
    making *m = context;
    size_t size = make_text(m->texts[thread], number);
    oir_term_generator_set_document(m->generators[thread], document);
    oir_status status = oir_document_set_data(document, m->texts[thread], size, err);
    return status ? status
                  : oir_term_generator_index_text(m->generators[thread], m->texts[thread], size, 1, "", err);
}

static void build(const char *folder, size_t memory)
{
    making m;
    oir_writable_database *w;
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.memory_limit = memory;
    options.threads = THREADS;
    for (size_t i = 0; i < THREADS; i++) {
        m.texts[i] = malloc((size_t)LARGE_WORDS * 16);
        REQUIRE(m.texts[i]);
        REQUIRE_OK(oir_term_generator_new(&m.generators[i], &world_error), world_error);
        REQUIRE_OK(oir_term_generator_set_stemmer(m.generators[i], "english", &world_error), world_error);
    }
    REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_add_documents(w, DOCUMENTS, fill, &m, NULL, &world_error), world_error);
    REQUIRE_OK(oir_writable_database_commit(w, &world_error), world_error);
    oir_writable_database_close(w);
    for (size_t i = 0; i < THREADS; i++) {
        oir_term_generator_free(m.generators[i]);
        free(m.texts[i]);
    }
}

/* LMDB takes another 8 MB at times, and what allocators leave unused is not counted. */
static void within_the_limit(void)
{
    enum { MEMORY = 64 << 20, MOST = MEMORY };
    char folder[200];
    world_folder(folder);
    counting_memory_begin();
    build(folder, MEMORY);
    EXPECT_EQ(counting_memory_alive, 0);
    oir_allocator_set(NULL);
    printf("%zu bytes at most\n", (size_t)counting_memory_peak);
    EXPECT(counting_memory_peak <= MOST);
    world_remove(folder);
}

/* Looking for pairs is shared out only where there is memory for each thread that does. */
static void pairs_by_one_where_memory_is_short(void)
{
    char folder[200];
    for (uint32_t i = 0; i < 4; i++) {
        oir_writable_database *w;
        oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
        options.threads = 1 + i % 2;
        options.memory_limit = (size_t)(i < 2 ? 64 : 128) << 20;
        world_folder(folder);
        REQUIRE_OK(oir_writable_database_open(&w, folder, &options, &world_error), world_error);
        EXPECT_EQ(writer_get_options(w).pairs_alone, i == 1);
        EXPECT(w->buffer_most < options.memory_limit / 5 * 4 && w->buffer_most == w->buffer_limit);
        oir_writable_database_close(w);
        world_remove(folder);
    }
}

int main(void)
{
    TEST(pairs_by_one_where_memory_is_short);
    if (harness_effort() < 100 || harness_sees_races_only()) /* others see those, and it takes too long there */
        return harness_end();
    TEST(within_the_limit);
    return harness_end();
}
