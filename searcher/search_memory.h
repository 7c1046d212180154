/* The memory of a search, kept for the next one by who asks again and again: a search of several segments takes a few
 * hundred kilobytes, and a heap that gives them back to the system each time costs more than the look at a segment.
 * One thread at a time. */
#ifndef SEARCHER_SEARCH_MEMORY_H
#define SEARCHER_SEARCH_MEMORY_H

#include "base/arena.h"

enum { SEARCH_MEMORY_KEPT = 1 << 20 }; /* bytes of either arena that are kept at most */

/* All zeros is one that has none yet. */
typedef struct search_memory {
    arena plan; /* what lives as long as the search's plan */
    arena work; /* what its first thread works with */
    bool busy;  /* a search has them: one within it, of a callback, needs memory of its own */
} search_memory;

static inline void search_memory_clear_arena(arena *a)
{
    if (a->bytes > SEARCH_MEMORY_KEPT)
        arena_release(a);
    else
        arena_clear(a);
}

/* Ends the life of all that a search has. */
static inline void search_memory_clear(search_memory *m)
{
    search_memory_clear_arena(&m->plan);
    search_memory_clear_arena(&m->work);
    m->busy = false;
}

static inline void search_memory_release(search_memory *m)
{
    arena_release(&m->plan);
    arena_release(&m->work);
}

#endif
