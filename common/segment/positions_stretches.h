/* Positions of a term's postings as another segment has them: stretches of groups that lie there one behind the other,
 * which are copied as bits. They are taken from the first on. One thread at a time. */
#ifndef SEGMENT_POSITIONS_STRETCHES_H
#define SEGMENT_POSITIONS_STRETCHES_H

#include <stddef.h>

#include "codec/positions_copy.h"

typedef struct positions_stretch {
    positions_bits groups; /* valid as long as the segment is open */
    uint32_t count;        /* of groups, each that of a posting */
} positions_stretch;

/* What was taken so far. */
typedef struct positions_stretches_place {
    positions_stretch left; /* of the stretch that was taken from last */
    size_t next;            /* the one behind it */
} positions_stretches_place;

/* Begins as {0}. */
typedef struct positions_stretches {
    positions_stretch *all;
    size_t count, capacity;
    positions_stretches_place taken;
} positions_stretches;

void positions_stretches_release(positions_stretches *s);
void positions_stretches_clear(positions_stretches *s);
/* Adds groups, at least one, to the last stretch if they go on there. False when out of memory. */
bool positions_stretches_add(positions_stretches *s, const positions_bits *groups, uint32_t count);
/* The bytes that n groups from a place on take in a run at most. */
size_t positions_stretches_room(const positions_stretches *s, const positions_stretches_place *place, uint32_t n);
/* Forgets what was taken. */
void positions_stretches_forget(positions_stretches *s);

#endif
