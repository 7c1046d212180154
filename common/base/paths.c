#include "base/paths.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* By bit. */
static const char *const names[PATHS_COUNT] = {
    "inlined", "short", "sparse", "dense", "bitset", "counted", "tight", "even", "extents", "narrow", "implied",
    "marked", "copied", "intact", "buffered", "pairs", "rarer", "order", "bounds", "filter", "stored", "placed",
    "exact", "lazy", "rarest", "heap", "gather", "complete", "passes", "tallies", "words", "few", "whole", "alone",
    "equal", "kept", "ranges", "windows", "sorted", "together", "adjacent", "masks", "skips", "runs", "distinct",
    "small", "cuts", "flat", "lone", "spared", "known", "frequent"
};

#define KNOWN (UINT64_C(1) << 63)

/* KNOWN and what was found, or 0. */
static _Atomic uint64_t known;

static bool is_named(const char *list, const char *name)
{
    size_t size = strlen(name);
    for (const char *at = list; at && *at; at += strcspn(at, ","), at += *at == ',')
        if (strcspn(at, ",") == size && memcmp(at, name, size) == 0)
            return true;
    return false;
}

uint64_t paths_choose(const char *without)
{
    uint64_t paths = 0;
    for (unsigned i = 0; i < PATHS_COUNT; i++)
        paths |= is_named(without, names[i]) ? 0 : UINT64_C(1) << i;
    return paths;
}

/* Two threads that come first both find the same, so relaxed order is enough. */
uint64_t paths_get(void)
{
    uint64_t paths = atomic_load_explicit(&known, memory_order_relaxed);
    if (!paths) {
        paths = KNOWN | paths_choose(getenv("OIR_PATHS"));
        atomic_store_explicit(&known, paths, memory_order_relaxed);
    }
    return paths;
}

bool paths_use(uint64_t paths)
{
    return (paths_get() & paths) == paths;
}

const char *paths_name(unsigned number)
{
    return names[number];
}

void paths_set(uint64_t paths)
{
    atomic_store_explicit(&known, KNOWN | paths, memory_order_relaxed);
}
