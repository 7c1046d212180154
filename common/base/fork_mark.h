/* Tells the process that made something from the children that it forks, which have a copy. Asking the system for the
 * process's number each time takes longer than a short change of an index; where the system can clear a page in
 * children, asking is a look at that page. Shared: nothing changes after fork_mark_init. */
#ifndef BASE_FORK_MARK_H
#define BASE_FORK_MARK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct fork_mark {
    const volatile unsigned char *page; /* its first byte is 1, in a child 0; NULL: the number decides */
    size_t page_size;
    pid_t owner;
} fork_mark;

/* Never fails: at worst asking is slow. */
void fork_mark_init(fork_mark *mark);
/* May be called in a child too. */
void fork_mark_release(fork_mark *mark);

/* Whether this is the process that called fork_mark_init. */
bool fork_mark_is_owner(const fork_mark *mark);

#endif
