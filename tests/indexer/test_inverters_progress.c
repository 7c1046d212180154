/* Progress of writing out the buffer is told in the caller's thread, whoever does the work: here a team of its own
 * stands in the place of base/team.c, in which the owner never does a part himself. */
#include <pthread.h>

#include "index_world.h"
#include "indexer/inverters.h"

/* ---- a team whose owner only waits ---- */

struct team {
    size_t helpers;
    team_work work;
    void *context;
    size_t part;
};

team *team_new(size_t helpers)
{
    team *t = calloc(1, sizeof *t);
    REQUIRE(t);
    t->helpers = helpers;
    return t;
}

void team_free(team *t)
{
    free(t);
}

size_t team_size(const team *t)
{
    return t->helpers + 1;
}

void team_spare(team *t, size_t helpers)
{
    (void)t;
    (void)helpers;
}

static void *run_part(void *context)
{
    team *t = context;
    t->work(t->context, t->part, false);
    return NULL;
}

/* One part after the other, each in a thread of its own. */
void team_run(team *t, size_t parts, team_work work, void *context, void (*waiting)(void *context))
{
    (void)waiting;
    t->work = work;
    t->context = context;
    for (t->part = 0; t->part < parts; t->part++) {
        pthread_t thread;
        REQUIRE(pthread_create(&thread, NULL, run_part, t) == 0);
        REQUIRE(pthread_join(thread, NULL) == 0);
    }
}

/* ---- who is told ---- */

typedef struct told {
    pthread_t thread;
    uint32_t count, elsewhere;
} told;

static bool note_told(const char *what, uint64_t done, uint64_t total, void *context)
{
    told *t = context;
    (void)what;
    EXPECT(done <= total);
    t->count++;
    t->elsewhere += !pthread_equal(pthread_self(), t->thread);
    return true;
}

static void flush(inverters *buffered, team *helpers)
{
    enum { LEAST = 10 };
    char folder[200], path[240];
    segment_writer *writer;
    const segment_options options = {.bound_k1 = 1, .bound_b = 0.5, .term_lists = true};
    told t = {.thread = pthread_self()};
    const progress p = {note_told, &t};
    world_folder(folder);
    REQUIRE(mkdir(folder, 0777) == 0);
    snprintf(path, sizeof path, "%s/segment-1", folder);
    REQUIRE_OK(segment_writer_open(&writer, path, &options, &world_error), world_error);
    REQUIRE_OK(inverters_flush(buffered, NULL, true, 0, writer, helpers, NULL, &p, &world_error), world_error);
    EXPECT(t.count >= LEAST);
    EXPECT_EQ(t.elsewhere, 0);
    segment_writer_abort(writer);
    world_remove(folder);
}

static void told_by_the_caller(void)
{
    enum { MANY = 50000 };
    oir_document *d;
    inverters buffered;
    team *helpers = team_new(3);
    REQUIRE_OK(oir_document_new(&d, &world_error), world_error);
    REQUIRE_OK(inverters_init(&buffered, 1, 64 << 20, true, false, &world_error), world_error);
    for (oir_docid docid = 1; docid <= MANY; docid++) {
        char word[16];
        int size = snprintf(word, sizeof word, "w%u", docid % 1000);
        oir_document_clear(d);
        REQUIRE_OK(oir_document_add_posting(d, word, (size_t)size, 1, 1, &world_error), world_error);
        REQUIRE_OK(inverter_add(buffered.items[0], docid, d, &world_error), world_error);
    }
    flush(&buffered, NULL);
    flush(&buffered, helpers);
    inverters_release(&buffered);
    oir_document_free(d);
    team_free(helpers);
}

int main(void)
{
    TEST(told_by_the_caller);
    return harness_end();
}
