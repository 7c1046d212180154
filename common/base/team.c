#include "base/team.h"

#include "base/fork_mark.h"
#include "base/memory.h"
#include "base/thread.h"

/* All but `threads`, `started` and `spared` is read and written under the lock. */
struct team {
    fork_mark process;
    pthread_mutex_t lock;
    pthread_cond_t more, done; /* parts to do; the last of them is done */
    team_work work;
    void *context;
    size_t parts, next, busy;  /* next: the first that nobody has begun; busy: helpers at work */
    bool quit;
    size_t helpers, started, spared;
    pthread_t threads[];
};

team *team_new(size_t helpers)
{
    team *t = memory_new_zeroed(1, sizeof *t + helpers * sizeof *t->threads);
    if (!t)
        return NULL;
    fork_mark_init(&t->process);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->more, NULL);
    thread_condition_init(&t->done);
    t->helpers = helpers;
    return t;
}

static void *help(void *context)
{
    team *t = context;
    pthread_mutex_lock(&t->lock);
    while (!t->quit) {
        if (t->next == t->parts) {
            pthread_cond_wait(&t->more, &t->lock);
            continue;
        }
        size_t part = t->next++;
        t->busy++;
        pthread_mutex_unlock(&t->lock);
        t->work(t->context, part, false);
        pthread_mutex_lock(&t->lock);
        if (!--t->busy && t->next == t->parts)
            pthread_cond_signal(&t->done);
    }
    pthread_mutex_unlock(&t->lock);
    return NULL;
}

static size_t get_helpers(const team *t)
{
    return t->spared < t->helpers ? t->helpers - t->spared : 0;
}

size_t team_size(const team *t)
{
    return get_helpers(t) + 1;
}

void team_spare(team *t, size_t helpers)
{
    t->spared = helpers;
}

static void start(team *t, size_t wanted)
{
    while (t->started < wanted && t->started < get_helpers(t) && thread_start(&t->threads[t->started], help, t))
        t->started++;
}

void team_run(team *t, size_t parts, team_work work, void *context, void (*waiting)(void *context))
{
    if (!fork_mark_is_owner(&t->process)) {
        for (size_t i = 0; i < parts; i++)
            work(context, i, true);
        return;
    }
    start(t, parts - 1);
    pthread_mutex_lock(&t->lock);
    t->work = work;
    t->context = context;
    t->parts = parts;
    t->next = 0;
    for (size_t i = 0; i < t->started && i < get_helpers(t) && i + 1 < parts; i++)
        pthread_cond_signal(&t->more);
    while (t->next < t->parts) {
        size_t part = t->next++;
        pthread_mutex_unlock(&t->lock);
        work(context, part, true);
        pthread_mutex_lock(&t->lock);
    }
    while (t->busy && !waiting)
        pthread_cond_wait(&t->done, &t->lock);
    while (t->busy) {
        thread_wait_a_moment(&t->done, &t->lock);
        pthread_mutex_unlock(&t->lock);
        waiting(context);
        pthread_mutex_lock(&t->lock);
    }
    t->parts = t->next = 0;
    pthread_mutex_unlock(&t->lock);
}

void team_free(team *t)
{
    if (!t)
        return;
    if (fork_mark_is_owner(&t->process)) {
        pthread_mutex_lock(&t->lock);
        t->quit = true;
        pthread_cond_broadcast(&t->more);
        pthread_mutex_unlock(&t->lock);
        for (size_t i = 0; i < t->started; i++)
            pthread_join(t->threads[i], NULL);
        pthread_cond_destroy(&t->done);
        pthread_cond_destroy(&t->more);
        pthread_mutex_destroy(&t->lock);
    }
    fork_mark_release(&t->process);
    memory_free(t);
}
