#include "indexer/inverter_lookup.h"

#include <string.h>

#include "base/memory.h"

void inverter_lookup_release(inverter_lookup *l)
{
    memory_free(l->newest);
    memory_free(l->entries);
    *l = (inverter_lookup){0};
}

bool inverter_lookup_set_terms(inverter_lookup *l, size_t count)
{
    if (!memory_reserve(&l->newest, &l->term_capacity, count, sizeof *l->newest))
        return false;
    if (count > l->term_count)
        memset(l->newest + l->term_count, 0xff, (count - l->term_count) * sizeof *l->newest);
    l->term_count = count;
    return true;
}

bool inverter_lookup_add(inverter_lookup *l, uint32_t term, uint32_t document)
{
    const inverter_lookup_entry *last = inverter_lookup_first(l, term);
    if (last && last->document == document)
        return true;
    if (l->count == INVERTER_LOOKUP_NONE ||
        !memory_reserve(&l->entries, &l->capacity, l->count + 1, sizeof *l->entries))
        return false;
    l->entries[l->count] = (inverter_lookup_entry){document, l->newest[term]};
    l->newest[term] = (uint32_t)l->count++;
    return true;
}
