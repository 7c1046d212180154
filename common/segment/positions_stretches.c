#include "segment/positions_stretches.h"

#include <string.h>

#include "base/memory.h"

void positions_stretches_release(positions_stretches *s)
{
    memory_free(s->all);
    *s = (positions_stretches){0};
}

void positions_stretches_clear(positions_stretches *s)
{
    s->count = 0;
    s->taken = (positions_stretches_place){0};
}

static bool goes_on(const positions_bits *groups, const positions_bits *next)
{
    return next->at == groups->at && next->highs == groups->highs_end && next->lows_end == groups->lows;
}

bool positions_stretches_add(positions_stretches *s, const positions_bits *groups, uint32_t count)
{
    positions_stretch *last = s->count ? &s->all[s->count - 1] : NULL;
    if (last && goes_on(&last->groups, groups)) {
        last->groups.highs_end = groups->highs_end;
        last->groups.lows = groups->lows;
        last->count += count;
        return true;
    }
    if (!memory_reserve(&s->all, &s->capacity, s->count + 1, sizeof *s->all))
        return false;
    s->all[s->count++] = (positions_stretch){*groups, count};
    return true;
}

size_t positions_stretches_room(const positions_stretches *s, const positions_stretches_place *place, uint32_t n)
{
    uint64_t bits = positions_copy_size(&place->left.groups) * (place->left.count > 0), groups = place->left.count;
    for (size_t i = place->next; groups < n && i < s->count; i++) {
        bits += positions_copy_size(&s->all[i].groups);
        groups += s->all[i].count;
    }
    return (size_t)(bits / 8) + 1;
}

void positions_stretches_forget(positions_stretches *s)
{
    size_t first = s->taken.next;
    if (s->taken.left.count)
        s->all[--first] = s->taken.left;
    s->count -= first;
    memmove(s->all, s->all + first, s->count * sizeof *s->all);
    s->taken = (positions_stretches_place){0};
}
