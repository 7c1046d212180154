/* Bytes that do not fit into memory, in a file without a name: gone when it is closed, or the process ends. It is
 * written by write(2), so that none of it counts as the process's memory. It lies in the folder that TMPDIR names, else
 * in /var/tmp, since /tmp is often memory. One thread at a time. */
#ifndef BASE_SPILL_H
#define BASE_SPILL_H

#include <oir/error.h>

/* All zero: empty, and there is no file. */
typedef struct spill {
    int descriptor; /* valid while is_open */
    bool is_open;
    uint64_t size;
} spill;

void spill_release(spill *s);
/* Adds bytes behind those that are there. On failure these are as they were. OIR_IO, OIR_NO_SPACE. */
oir_status spill_add(spill *s, const void *bytes, size_t size, oir_error *err);
/* Reads bytes that were added, from offset `at` on. OIR_IO. */
oir_status spill_read(const spill *s, uint64_t at, void *bytes, size_t size, oir_error *err);

#endif
