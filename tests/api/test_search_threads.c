/* One search in several threads: the answers of one thread, to the bit; stopped, out of time and out of memory as with
 * one; also where the process was forked. And the time limit of searches. */
#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "api_world.h"

enum { DOCUMENTS = 1500, SHARDS = 3, PAGE = 25 };

static char folders[SHARDS][API_PATH];
static oir_database *database;

/* ---- memory that fails once ---- */

static atomic_long left = -1, alive; /* allocations until one fails; negative: none does */
static pthread_t first_thread;
static atomic_bool shared; /* another thread had something to do */

static bool fails(void)
{
    return atomic_load(&left) >= 0 && atomic_fetch_sub(&left, 1) == 0;
}

static void *hook_allocate(size_t size, void *context)
{
    (void)context;
    void *block = fails() ? NULL : malloc(size);
    shared |= !pthread_equal(pthread_self(), first_thread);
    alive += block != NULL;
    return block;
}

static void *hook_reallocate(void *block, size_t size, void *context)
{
    (void)context;
    void *grown = fails() ? NULL : realloc(block, size);
    alive += grown && !block;
    return grown;
}

static void hook_release(void *block, void *context)
{
    (void)context;
    alive--;
    free(block);
}

static const oir_allocator hooks = {hook_allocate, hook_reallocate, hook_release, NULL};

/* ---- the world ---- */

static void begin(void)
{
    for (uint32_t i = 0; i < SHARDS; i++) {
        api_folder(folders[i]);
        api_index(folders[i], i + 1, SHARDS, DOCUMENTS / SHARDS, 90 + 40 * i);
    }
    database = api_open(folders[0]);
    for (uint32_t i = 1; i < SHARDS; i++) {
        oir_database *other = api_open(folders[i]);
        API_OK(oir_database_add_database(database, other, &api_error));
        oir_database_close(other);
    }
    REQUIRE(oir_database_get_segment_count(database) >= 5);
}

static void end(void)
{
    oir_database_close(database);
    for (size_t i = 0; i < SHARDS; i++)
        api_remove(folders[i]);
}

static oir_enquire *enquire_new(unsigned threads)
{
    oir_enquire *enquire;
    API_OK(oir_enquire_new(&enquire, database, &api_error));
    oir_enquire_set_threads(enquire, threads);
    return enquire;
}

static void set_question(oir_enquire *enquire, const char *text)
{
    oir_query *query = api_query(text);
    oir_enquire_set_query(enquire, query);
    oir_query_free(query);
}

/* All questions of one enquire, as a number. */
static uint64_t answers(oir_enquire *enquire)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        static const oir_doccount pages[] = {0, 1, PAGE, 400};
        oir_doccount count;
        set_question(enquire, api_questions[i]);
        for (size_t k = 0; k < sizeof pages / sizeof *pages; k++) {
            oir_mset *mset;
            API_OK(oir_enquire_get_mset(enquire, (oir_doccount)(k % 2), pages[k], UINT32_MAX, &mset, &api_error));
            for (oir_doccount j = 0; j < oir_mset_get_size(mset); j++) {
                double weight = oir_mset_get_weight(mset, j);
                api_mix_number(&hash, oir_mset_get_docid(mset, j));
                api_mix(&hash, &weight, sizeof weight);
            }
            api_mix_number(&hash, oir_mset_get_matches_lower_bound(mset));
            api_mix_number(&hash, oir_mset_get_matches_upper_bound(mset));
            oir_mset_free(mset);
        }
        API_OK(oir_enquire_get_count(enquire, &count, &api_error));
        api_mix_number(&hash, count);
    }
    return hash;
}

static void same_answers(void)
{
    oir_enquire *one = enquire_new(1);
    uint64_t expected = answers(one);
    static const unsigned threads[] = {0, 2, 3, 8, 4000};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        oir_enquire *several = enquire_new(threads[i]);
        EXPECT(answers(several) == expected);
        oir_enquire_set_threads(several, 2); /* the others go, and two come */
        EXPECT(answers(several) == expected);
        oir_enquire_free(several);
    }
    oir_weight *boolean; /* where docids alone decide */
    API_OK(oir_weight_new_bool(&boolean, &api_error));
    oir_enquire *several = enquire_new(3);
    oir_enquire_set_weight(one, boolean);
    oir_enquire_set_weight(several, boolean);
    EXPECT(answers(several) == answers(one));
    oir_weight_free(boolean);
    oir_enquire_free(several);
    oir_enquire_free(one);
}

static void same_statistics_of_all(void)
{
    oir_enquire *one = enquire_new(1), *several = enquire_new(3);
    oir_search_statistics a, b;
    oir_doccount count;
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        set_question(one, api_questions[i]);
        set_question(several, api_questions[i]);
        API_OK(oir_enquire_get_count(one, &count, &api_error));
        API_OK(oir_enquire_get_count(several, &count, &api_error));
        oir_enquire_get_statistics(one, &a);
        oir_enquire_get_statistics(several, &b);
        EXPECT(memcmp(&a, &b, sizeof a) == 0); /* counting looks at everything, whoever does it */
    }
    oir_enquire_free(several);
    oir_enquire_free(one);
}

/* ---- stopping ---- */

typedef struct patience {
    long left, calls;
    pthread_t thread;
    bool elsewhere;
} patience;

static bool keep_going(void *context)
{
    patience *p = context;
    p->elsewhere |= !pthread_equal(p->thread, pthread_self());
    p->calls++;
    return p->left-- > 0;
}

static void stopping(void)
{
    oir_enquire *enquire = enquire_new(3);
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        patience p = {.thread = pthread_self()};
        oir_status status = OIR_CANCELLED;
        set_question(enquire, api_questions[i]);
        oir_enquire_set_cancel(enquire, keep_going, &p);
        for (long n = 0; status != OIR_OK; n++) {
            oir_mset *mset;
            p.left = n;
            status = oir_enquire_get_mset(enquire, 0, PAGE, UINT32_MAX, &mset, &api_error);
            EXPECT(status == OIR_OK || (status == OIR_CANCELLED && !mset && api_says("by its caller")));
            oir_mset_free(mset);
        }
        EXPECT(!p.elsewhere);
    }
    oir_enquire_free(enquire);
}

static void failing(void)
{
    oir_enquire *enquire = enquire_new(3);
    for (size_t i = 0; i < API_QUESTIONS; i++) {
        oir_status status = OIR_NO_MEMORY;
        set_question(enquire, api_questions[i]);
        for (long n = 0; status != OIR_OK || n < 3; n += 1 + n / 8) {
            oir_mset *mset;
            atomic_store(&left, n);
            status = oir_enquire_get_mset(enquire, 0, PAGE, UINT32_MAX, &mset, &api_error);
            bool fell = atomic_exchange(&left, -1) < 0;
            EXPECT(status == OIR_OK || (fell && status == OIR_NO_MEMORY && !mset));
            oir_mset_free(mset);
        }
    }
    oir_enquire_free(enquire);
}

/* ---- time ---- */

/* So little that it is over when the clock is read first. */
static const double NO_TIME = 1e-9;

static void out_of_time(unsigned threads)
{
    oir_enquire *enquire = enquire_new(threads);
    oir_mset *mset;
    oir_doccount count;
    static const char *const questions[] = {"bababa kebaba", "bababa AND kebaba", "\"bababa kebaba\"", "ba*",
                                            "kebaba NEAR/4 lobaba", "-bababa"};
    for (size_t i = 0; i < sizeof questions / sizeof *questions; i++) {
        set_question(enquire, questions[i]);
        oir_enquire_set_time_limit(enquire, NO_TIME);
        mset = (oir_mset *)&count;
        API_FAILS(oir_enquire_get_mset(enquire, 0, PAGE, 0, &mset, &api_error), OIR_LIMIT);
        EXPECT(!mset && api_says("took longer than its limit of 1e-09 s"));
        API_FAILS(oir_enquire_get_count(enquire, &count, &api_error), OIR_LIMIT);
        EXPECT_EQ(count, 0);
        oir_enquire_set_time_limit(enquire, 3600);
        API_OK(oir_enquire_get_count(enquire, &count, &api_error));
        EXPECT(count > 0);
        oir_enquire_set_time_limit(enquire, -1);
        API_OK(oir_enquire_get_mset(enquire, 0, PAGE, 0, &mset, &api_error));
        oir_mset_free(mset);
    }
    oir_enquire_free(enquire);
}

static void no_time(void)
{
    out_of_time(1);
    out_of_time(3);
}

/* What a search tells without looking at windows it tells without time, too. */
static void bounds_without_time(void)
{
    oir_enquire *enquire = enquire_new(1);
    oir_mset *mset;
    oir_doccount exact;
    oir_enquire_set_time_limit(enquire, NO_TIME);
    set_question(enquire, "bababa");
    API_OK(oir_enquire_get_count(enquire, &exact, &api_error));
    EXPECT(exact > 0);
    set_question(enquire, "bababa AND kebaba"); /* no page: nothing has to be ranked */
    API_OK(oir_enquire_get_mset(enquire, 0, 0, UINT32_MAX, &mset, &api_error));
    EXPECT_EQ(oir_mset_get_matches_lower_bound(mset), 0);
    EXPECT(oir_mset_get_matches_upper_bound(mset) > 0 && oir_mset_get_matches_upper_bound(mset) <= exact);
    oir_mset_free(mset);
    oir_enquire_set_time_limit(enquire, 0);
    API_OK(oir_enquire_get_mset(enquire, 0, 0, UINT32_MAX, &mset, &api_error));
    EXPECT_EQ(oir_mset_get_matches_lower_bound(mset), oir_mset_get_matches_upper_bound(mset));
    oir_mset_free(mset);
    oir_enquire_free(enquire);
}

/* ---- processes ---- */

static void forking(void)
{
    oir_enquire *enquire = enquire_new(3);
    uint64_t expected = answers(enquire); /* its threads are there now */
    fflush(NULL);
    pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        bool same = answers(enquire) == expected;
        oir_enquire_free(enquire);
        _exit(same ? 0 : 1);
    }
    int status;
    REQUIRE(waitpid(child, &status, 0) == child);
    EXPECT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    EXPECT(answers(enquire) == expected);
    oir_enquire_free(enquire);
}

int main(void)
{
    first_thread = pthread_self();
    setenv("OIR_PATHS", "small", 1); /* these are small searches, which one thread would do otherwise */
    oir_allocator_set(&hooks);
    begin();
    TEST(same_answers);
    TEST(same_statistics_of_all);
    TEST(stopping);
    TEST(failing);
    TEST(no_time);
    TEST(bounds_without_time);
    TEST(forking);
    end();
    EXPECT(atomic_load(&shared));
    EXPECT_EQ(atomic_load(&alive), 0);
    return harness_end();
}
