/* Threads that help their owner: started when they are first needed, asleep in between, all gone with team_free.
 *
 *     team_new(&t, 3);                              four threads with the owner's
 *     team_run(t, parts, work, context, NULL);      work(context, part, owner) for each part; returns when all are done
 * One thread at a time. The child of a fork has no threads: there the owner does all parts itself. */
#ifndef BASE_TEAM_H
#define BASE_TEAM_H

#include <stdbool.h>
#include <stddef.h>

typedef struct team team;

enum { TEAM_MOST = 256 };

/* For 1 to TEAM_MOST helpers. NULL when there is no memory. */
team *team_new(size_t helpers);
/* NULL is accepted. */
void team_free(team *t);
/* Threads, the owner's among them. */
size_t team_size(const team *t);
/* From now on so many helpers are left asleep, as another thread does their share of the machine's work; team_size is
 * without them. */
void team_spare(team *t, size_t helpers);

/* What is done with a part; `owner` in the owner's thread. */
typedef void (*team_work)(void *context, size_t part, bool owner);

/* Parts are begun in order, each by who is free. Threads that cannot be started are done without. While the owner has
 * nothing left to do but wait it calls `waiting` (NULL: nothing) about every millisecond. */
void team_run(team *t, size_t parts, team_work work, void *context, void (*waiting)(void *context));

#endif
