/* Threads that help: every part is done once, whoever does it, and nothing goes on behind team_run. */
#include "base/team.h"

#include <pthread.h>
#include <stdatomic.h>

#include "harness.h"

enum { PARTS = 40 };

typedef struct job {
    pthread_t owner;
    atomic_int done[PARTS];
    atomic_int at_work, wrong, waited;
    bool slow;
} job;

static void work(void *context, size_t part, bool owner)
{
    job *j = context;
    atomic_fetch_add(&j->at_work, 1);
    atomic_fetch_add(&j->done[part], 1);
    atomic_fetch_add(&j->wrong, owner != (pthread_equal(j->owner, pthread_self()) != 0));
    /* The owner is through first, so that it has to wait. */
    while (j->slow && !owner && !atomic_load(&j->waited))
        ;
    atomic_fetch_sub(&j->at_work, 1);
}

static void waiting(void *context)
{
    job *j = context;
    atomic_fetch_add(&j->wrong, !pthread_equal(j->owner, pthread_self()));
    atomic_store(&j->waited, 1);
}

static void run(team *t, size_t parts)
{
    job j = {.owner = pthread_self()};
    team_run(t, parts, work, &j, NULL);
    EXPECT_EQ(j.at_work, 0);
    EXPECT_EQ(j.wrong, 0);
    for (size_t i = 0; i < PARTS; i++)
        EXPECT_EQ(j.done[i], i < parts);
}

static void every_part_once(void)
{
    for (size_t helpers = 1; helpers <= 5; helpers += 2) {
        team *t = team_new(helpers);
        REQUIRE(t);
        EXPECT_EQ(team_size(t), helpers + 1);
        for (size_t round = 0; round < harness_times(300); round++)
            run(t, 1 + round % PARTS);
        team_free(t);
    }
    team_free(NULL);
    team_free(team_new(3)); /* none was ever started */
}

static void waiting_is_told(void)
{
    team *t = team_new(1);
    REQUIRE(t);
    for (int round = 0; round < 20; round++) {
        job j = {.owner = pthread_self(), .slow = true};
        team_run(t, 2, work, &j, waiting);
        EXPECT_EQ(j.wrong, 0);
        EXPECT(j.done[0] == 1 && j.done[1] == 1);
    }
    team_free(t);
}

/* Those that are spared do nothing, and come back. */
static void some_are_spared(void)
{
    team *t = team_new(3);
    REQUIRE(t);
    for (size_t spared = 0; spared <= 4; spared++) {
        team_spare(t, spared);
        EXPECT_EQ(team_size(t), spared < 3 ? 4 - spared : 1);
        run(t, PARTS);
    }
    team_spare(t, 0);
    EXPECT_EQ(team_size(t), 4);
    run(t, PARTS);
    team_free(t);
}

int main(void)
{
    TEST(every_part_once);
    TEST(some_are_spared);
    TEST(waiting_is_told);
    return harness_end();
}
