#include "indexer/merge_policy.h"

#include <string.h>

enum { TIERS = 24 };

static uint64_t live_bytes(const merge_size *s)
{
    uint64_t live = s->documents - s->deleted;
    return s->documents ? (uint64_t)((double)s->bytes * (double)live / (double)s->documents) : 0;
}

static size_t tier(const merge_size *s)
{
    size_t t = 0;
    for (uint64_t bytes = live_bytes(s) / MERGE_POLICY_FLOOR; bytes > 0 && t + 1 < TIERS; bytes /= MERGE_POLICY_RATIO)
        t++;
    return t;
}

static bool is_hollow(const merge_size *s)
{
    return (uint64_t)s->deleted * 100 > (uint64_t)s->documents * MERGE_POLICY_DELETED;
}

size_t merge_policy_choose(const merge_size *sizes, size_t count, bool *chosen)
{
    size_t in_tier[TIERS] = {0}, full = TIERS, n = 0;
    memset(chosen, 0, count * sizeof *chosen);
    for (size_t i = 0; i < count; i++)
        in_tier[tier(&sizes[i])]++;
    /* The highest full tier decides, and takes all below it along: what would rise into it next is cheap beside it. */
    for (size_t t = 0; t < TIERS; t++)
        if (in_tier[t] >= MERGE_POLICY_COUNT)
            full = t;
    for (size_t i = 0; i < count && full < TIERS; i++)
        if (tier(&sizes[i]) <= full) {
            chosen[i] = true;
            n++;
        }
    for (size_t i = 0; i < count && n == 0; i++)
        if (is_hollow(&sizes[i])) {
            chosen[i] = true;
            n++;
        }
    return n;
}
