/* Starting a thread of the library, and waiting for a moment. What `team` and `task` have in common. */
#ifndef BASE_THREAD_H
#define BASE_THREAD_H

#include <pthread.h>
#include <stdbool.h>

/* A thread that the program's signals do not reach, but for those that it causes itself. False: there is none. */
bool thread_start(pthread_t *out, void *(*run)(void *context), void *context);

/* A condition to be waited for by thread_wait_a_moment. */
void thread_condition_init(pthread_cond_t *condition);
/* Waits about a millisecond; the lock is held. */
void thread_wait_a_moment(pthread_cond_t *condition, pthread_mutex_t *lock);

#endif
