#include "searcher/paths.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"pairs", "order", "bounds", "filter", "alone"}; /* by bit */

enum { KNOWN = 1 << 16 };

static bool is_named(const char *list, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == size && memcmp(at, name, size) == 0)
            return true;
    return false;
}

bool paths_use(enum paths path)
{
    /* Two threads that come first both find the same, so relaxed order is enough. */
    static _Atomic unsigned known;
    unsigned paths = atomic_load_explicit(&known, memory_order_relaxed);
    if (!paths) {
        const char *without = getenv("OIR_PATHS");
        paths = KNOWN;
        for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
            paths |= is_named(without, names[i]) ? 0 : 1u << i;
        atomic_store_explicit(&known, paths, memory_order_relaxed);
    }
    return paths & path;
}
