/* One piece of work on a thread of its own, beside its owner's.
 *
 *     t = task_start(work, context);         NULL: do it yourself
 *     task_is_done(t);                       now and then
 *     task_end(t);                           waits until it is done
 * One thread at a time. The child of a fork has no such thread, and must do nothing with it. */
#ifndef BASE_TASK_H
#define BASE_TASK_H

#include <stdbool.h>

typedef struct task task;

/* NULL when there is no memory for it, or no thread; then nothing is done. */
task *task_start(void (*work)(void *context), void *context);
bool task_is_done(task *t);
/* Waits until it is done: true; about every millisecond calls `waiting` and stops waiting when that says false. */
bool task_wait(task *t, bool (*waiting)(void *context), void *context);
/* Waits until it is done, and frees it. What it wrote can be read then. */
void task_end(task *t);

#endif
