/* A writer with a merge beside it that can be stopped at its first allocation, and at any later one fail or be slow:
 * the library's memory comes from here, and what another thread asks for is the merge's. Beside it the model. */
#ifndef TESTS_INDEXER_BACKGROUND_WORLD_H
#define TESTS_INDEXER_BACKGROUND_WORLD_H

#include <oir/memory.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/memory.h"
#include "index_world.h"
#include "indexer/merge_policy.h"
#include "indexer/writer.h"

enum { BACKGROUND_DOCUMENTS = 4000 };

static pthread_t background_owner;
static atomic_bool background_closed; /* the merge waits */
static atomic_long background_left;   /* allocations of the merge until all fail; negative: none does */
static atomic_uint background_slow;   /* it lets others go first at one of so many; 0: never */

static char background_folder[200];
static oir_writable_database *background_writer;
static oir_document *background_document;
static uint64_t background_seeds[BACKGROUND_DOCUMENTS + 1], background_committed_seeds[BACKGROUND_DOCUMENTS + 1];
static world_model background_model, background_committed;
static uint64_t background_seed;

/* ---- memory ---- */

/* Whether an allocation may succeed. */
static inline bool background_pass(void)
{
    static atomic_uint turn;
    if (pthread_equal(pthread_self(), background_owner))
        return true;
    while (atomic_load(&background_closed))
        usleep(1000);
    uint32_t slow = atomic_load(&background_slow);
    if (slow && atomic_fetch_add(&turn, 1) % slow == 0)
        usleep(200);
    return atomic_load(&background_left) < 0 || atomic_fetch_sub(&background_left, 1) > 0;
}

static inline void *background_allocate(size_t size, void *context)
{
    (void)context;
    return background_pass() ? malloc(size) : NULL;
}

static inline void *background_reallocate(void *block, size_t size, void *context)
{
    (void)context;
    return background_pass() ? realloc(block, size) : NULL;
}

static inline void background_give(void *block, void *context)
{
    (void)context;
    free(block);
}

/* ---- the writer ---- */

/* Every merge is worth a thread. */
static inline void background_open_writer(void)
{
    oir_writer_options options = OIR_WRITER_OPTIONS_INIT;
    options.no_sync = true;
    options.threads = 2;
    REQUIRE_OK(oir_writable_database_open(&background_writer, background_folder, &options, &world_error), world_error);
    EXPECT(background_writer->background_least < UINT64_MAX);
    background_writer->background_least = 0;
    background_writer->overdue = false;
}

static inline void background_begin(void)
{
    static const oir_allocator hooks = {background_allocate, background_reallocate, background_give, NULL};
    background_owner = pthread_self();
    atomic_store(&background_closed, false);
    atomic_store(&background_left, -1);
    atomic_store(&background_slow, 0);
    oir_allocator_set(&hooks);
    world_folder(background_folder);
    background_model = (world_model){background_seeds, 0};
    background_committed = (world_model){background_committed_seeds, 0};
    memset(background_seeds, 0, sizeof background_seeds);
    memset(background_committed_seeds, 0, sizeof background_committed_seeds);
    background_seed = 1;
    REQUIRE_OK(oir_document_new(&background_document, &world_error), world_error);
    background_open_writer();
}

/* The index must be what was committed last. */
static inline void background_compare(void)
{
    world_compare(background_folder, &background_committed, true, false);
}

static inline void background_end(void)
{
    atomic_store(&background_closed, false);
    oir_writable_database_close(background_writer);
    oir_document_free(background_document);
    world_compare(background_folder, &background_committed, true, true);
    world_remove(background_folder);
    oir_allocator_set(NULL);
}

/* ---- changes ---- */

static inline void background_put(oir_docid docid)
{
    world_fill(background_document, ++background_seed);
    REQUIRE_OK(oir_writable_database_replace_document(background_writer, docid, background_document, &world_error),
               world_error);
    background_seeds[docid] = background_seed;
    if (docid > background_model.last)
        background_model.last = docid;
}

static inline void background_add(uint32_t count)
{
    for (uint32_t i = 0; i < count && background_model.last < BACKGROUND_DOCUMENTS; i++)
        background_put(background_model.last + 1);
}

static inline void background_delete(oir_docid docid)
{
    if (!background_seeds[docid])
        return;
    REQUIRE_OK(oir_writable_database_delete_document(background_writer, docid, &world_error), world_error);
    background_seeds[docid] = 0;
}

/* By the term that all documents with such a seed have. */
static inline void background_delete_key(uint64_t key)
{
    char term[40];
    uint32_t size = world_key(key, term);
    oir_doccount count, expected = 0;
    for (oir_docid docid = 1; docid <= background_model.last; docid++)
        if (background_seeds[docid] && background_seeds[docid] % WORLD_KEYS == key % WORLD_KEYS) {
            background_seeds[docid] = 0;
            expected++;
        }
    REQUIRE_OK(oir_writable_database_delete_document_by_term(background_writer, term, size, &count, &world_error),
               world_error);
    EXPECT_EQ(count, expected);
}

static inline void background_note(void)
{
    background_committed.last = background_model.last;
    memcpy(background_committed_seeds, background_seeds, sizeof background_seeds);
}

static inline void background_commit(void)
{
    REQUIRE_OK(oir_writable_database_commit(background_writer, &world_error), world_error);
    background_note();
}

static inline void background_roll_back(void)
{
    REQUIRE_OK(oir_writable_database_rollback(background_writer, &world_error), world_error);
    background_model.last = background_committed.last;
    memcpy(background_seeds, background_committed_seeds, sizeof background_seeds);
}

/* Segments of so many documents each, committed, as many as just are not merged; then one more, not committed, and the
 * next commit begins a merge, which waits. */
static inline void background_prepare(uint32_t documents)
{
    while (background_writer->segment_count < MERGE_POLICY_COUNT - 1) {
        background_add(documents);
        background_commit();
        EXPECT(!background_writer->background);
    }
    background_add(documents);
    REQUIRE_OK(writer_flush(background_writer, false, &world_error), world_error);
    atomic_store(&background_closed, true);
}

/* A merge begins, and waits. */
static inline void background_hold(uint32_t documents)
{
    background_prepare(documents);
    background_commit();
    REQUIRE(background_writer->background);
    EXPECT_EQ(background_writer->segment_count, MERGE_POLICY_COUNT);
}

/* It goes on, and its end is waited for. */
static inline oir_status background_let_go(void)
{
    atomic_store(&background_closed, false);
    oir_status status = writer_background_collect(background_writer, true, &world_error);
    EXPECT(!background_writer->background);
    return status;
}

#endif
