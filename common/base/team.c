#include "base/team.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "base/fork_mark.h"
#include "base/memory.h"

/* All but `threads` and `started` is read and written under the lock. */
struct team {
    fork_mark process;
    pthread_mutex_t lock;
    pthread_cond_t more, done; /* parts to do; the last of them is done */
    team_work work;
    void *context;
    size_t parts, next, busy;  /* next: the first that nobody has begun; busy: helpers at work */
    bool quit;
    size_t helpers, started;
    pthread_t threads[];
};

/* By a clock that nobody sets: else waiting for a moment could take an hour. */
static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

team *team_new(size_t helpers)
{
    team *t = memory_new_zeroed(1, sizeof *t + helpers * sizeof *t->threads);
    if (!t)
        return NULL;
    fork_mark_init(&t->process);
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->more, NULL);
    init_condition(&t->done);
    t->helpers = helpers;
    return t;
}

size_t team_size(const team *t)
{
    return t->helpers + 1;
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

/* Signals are for the threads of the program, not for these; but for those that a thread causes itself, which whoever
 * handles them must hear of. */
static void choose_signals(sigset_t *blocked)
{
    static const int own[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL};
    sigfillset(blocked);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        sigdelset(blocked, own[i]);
}

static void start(team *t, size_t wanted)
{
    sigset_t blocked, before;
    if (t->started >= wanted || t->started == t->helpers)
        return;
    choose_signals(&blocked);
    if (pthread_sigmask(SIG_SETMASK, &blocked, &before) != 0)
        return;
    while (t->started < wanted && t->started < t->helpers &&
           pthread_create(&t->threads[t->started], NULL, help, t) == 0)
        t->started++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void wait_a_moment(team *t)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&t->done, &t->lock, &until);
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
    for (size_t i = 0; i < t->started && i + 1 < parts; i++)
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
        wait_a_moment(t);
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
