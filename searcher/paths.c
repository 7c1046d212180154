#include "searcher/paths.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { PATHS_KNOWN = 1, PATHS_PAIRS = 2 };

static bool is_named(const char *list, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == size && memcmp(at, name, size) == 0)
            return true;
    return false;
}

/* Two threads that come first both find the same, so relaxed order is enough. */
static int get(void)
{
    static _Atomic int known;
    int paths = atomic_load_explicit(&known, memory_order_relaxed);
    if (!paths) {
        const char *without = getenv("OIR_PATHS");
        paths = PATHS_KNOWN | (is_named(without, "pairs") ? 0 : PATHS_PAIRS);
        atomic_store_explicit(&known, paths, memory_order_relaxed);
    }
    return paths;
}

bool paths_use_pairs(void)
{
    return get() & PATHS_PAIRS;
}
