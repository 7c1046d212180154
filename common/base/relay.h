/* Work in two steps on pieces that follow each other: several threads make pieces beside each other, and what they made
 * is taken in order, one piece at a time, while the next are made.
 *
 *     const relay_steps steps = {context, begin, make, take};
 *     relay_run(helpers, &steps, slots, &err);
 * What a piece is made in is a slot, of which there are a fixed number; what it is made with, and only while it is, a
 * tool, of which there are as many as the team has threads. Both are the caller's, and numbers to the relay. */
#ifndef BASE_RELAY_H
#define BASE_RELAY_H

#include "base/error.h"
#include "base/team.h"

typedef struct relay_steps {
    void *context;
    /* Says in a slot, whose piece was taken or that had none, what comes next; *more is true, and set to false where
     * nothing does. In the owner's thread, beside nothing else, so that it may tell the caller how far the work is. */
    oir_status (*begin)(void *context, size_t slot, bool *more, oir_error *err);
    /* Makes what `begin` said. In any thread, beside others that have other slots and other tools. */
    oir_status (*make)(void *context, size_t slot, size_t tool, oir_error *err);
    /* In any thread, but one after the other, in the order in which they were begun. */
    oir_status (*take)(void *context, size_t slot, oir_error *err);
} relay_steps;

/* Goes on until `begin` has no more, or something fails; what was begun before that may then not be taken. Half of the
 * slots are made at a time, an even number of them, 2 at least; with no team (NULL) only the first slot and the first
 * tool are used. What failed, of several the first in order; OIR_NO_MEMORY. */
oir_status relay_run(team *t, const relay_steps *steps, size_t slots, oir_error *err);

#endif
