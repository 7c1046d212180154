#include "base/task.h"

#include "base/memory.h"
#include "base/thread.h"

struct task {
    void (*work)(void *context);
    void *context;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t ended;
    bool done; /* under the lock */
};

static void *run(void *context)
{
    task *t = context;
    t->work(t->context);
    pthread_mutex_lock(&t->lock);
    t->done = true;
    pthread_cond_signal(&t->ended);
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static void release(task *t)
{
    pthread_cond_destroy(&t->ended);
    pthread_mutex_destroy(&t->lock);
    memory_free(t);
}

task *task_start(void (*work)(void *context), void *context)
{
    task *t = memory_new_zeroed(1, sizeof *t);
    if (!t)
        return NULL;
    t->work = work;
    t->context = context;
    pthread_mutex_init(&t->lock, NULL);
    thread_condition_init(&t->ended);
    if (thread_start(&t->thread, run, t))
        return t;
    release(t);
    return NULL;
}

bool task_is_done(task *t)
{
    pthread_mutex_lock(&t->lock);
    bool done = t->done;
    pthread_mutex_unlock(&t->lock);
    return done;
}

bool task_wait(task *t, bool (*waiting)(void *context), void *context)
{
    while (!task_is_done(t)) {
        pthread_mutex_lock(&t->lock);
        if (!t->done)
            thread_wait_a_moment(&t->ended, &t->lock);
        pthread_mutex_unlock(&t->lock);
        if (!waiting(context))
            return false;
    }
    return true;
}

void task_end(task *t)
{
    pthread_join(t->thread, NULL);
    release(t);
}
