/* Damaged bytes whose checksums fit, so that decoders are on their own: a container's parts are copied to memory, each
 * piece into a block of its own (so that the address sanitizer sees what reads beyond it), and changed there. */
#ifndef TESTS_HELPER_DAMAGE_H
#define TESTS_HELPER_DAMAGE_H

#include "segment/container.h"

typedef struct damage damage;

/* A whole copy. `file` may be closed afterwards, but must still be there if damage is to be looked for by a check.
 * Exits the program when out of memory. */
damage *damage_new(const container *file);
void damage_free(damage *d);
/* A container over the copy, to be closed before damage_free. Every checksum counts as verified, and container_check
 * looks at none. */
container *damage_open(damage *d);
/* Changes some bytes of a part (0: of any): bits flipped, or bytes set to others. Uses harness_random's numbers, which
 * the caller hands in. False when there is no such part. */
bool damage_make(damage *d, uint32_t kind, uint64_t (*random)(void));
/* Everything as it was. */
void damage_undo(damage *d);

#endif
