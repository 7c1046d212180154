/* Work on a thread of its own: done once, not by the owner, and waited for as long as the owner wants. */
#include "base/task.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>

#include "harness.h"

typedef struct job {
    pthread_t owner;
    atomic_int done, waited;
    atomic_bool held; /* it does not end before this is cleared */
    bool apart;       /* read when it has ended */
} job;

static void work(void *context)
{
    job *j = context;
    while (atomic_load(&j->held))
        ;
    j->apart = !pthread_equal(j->owner, pthread_self());
    atomic_fetch_add(&j->done, 1);
}

static bool wait_thrice(void *context)
{
    job *j = context;
    return atomic_fetch_add(&j->waited, 1) < 2;
}

static bool let_go(void *context)
{
    job *j = context;
    atomic_store(&j->held, false);
    return true;
}

static void done_once(void)
{
    for (int round = 0; round < 50; round++) {
        job j = {.owner = pthread_self()};
        task *t = task_start(work, &j);
        REQUIRE(t);
        task_end(t);
        EXPECT_EQ(j.done, 1);
        EXPECT(j.apart);
    }
}

static void waiting_is_given_up(void)
{
    job j = {.owner = pthread_self(), .held = true};
    task *t = task_start(work, &j);
    REQUIRE(t);
    EXPECT(!task_is_done(t));
    EXPECT(!task_wait(t, wait_thrice, &j));
    EXPECT_EQ(j.waited, 3);
    EXPECT_EQ(j.done, 0);
    EXPECT(task_wait(t, let_go, &j));
    EXPECT(task_is_done(t));
    task_end(t);
    EXPECT(j.apart);
}

int main(void)
{
    TEST(done_once);
    TEST(waiting_is_given_up);
    return harness_end();
}
