/* Which buffered documents have a term: made when somebody first asks, and brought up to date when he asks again, since
 * most buffers are never asked. Lists go from a term's newest document back. One thread at a time. */
#ifndef INDEXER_INVERTER_LOOKUP_H
#define INDEXER_INVERTER_LOOKUP_H

#include <oir/types.h>

#define INVERTER_LOOKUP_NONE UINT32_MAX

/* A document that has a term. */
typedef struct inverter_lookup_entry {
    uint32_t document;
    uint32_t before;   /* the term's entry before, or INVERTER_LOOKUP_NONE */
} inverter_lookup_entry;

/* All zero: nobody has asked. */
typedef struct inverter_lookup {
    uint32_t *newest;  /* by term: its newest entry, or INVERTER_LOOKUP_NONE */
    size_t term_count, term_capacity;
    inverter_lookup_entry *entries;
    size_t count, capacity;
    size_t documents;  /* that are in it */
} inverter_lookup;

void inverter_lookup_release(inverter_lookup *l);

static inline size_t inverter_lookup_get_memory(const inverter_lookup *l)
{
    return l->term_capacity * sizeof *l->newest + l->capacity * sizeof *l->entries;
}

/* So many terms there are. False when out of memory. */
bool inverter_lookup_set_terms(inverter_lookup *l, size_t count);
/* Adds an occurrence of a term in the newest document. False when out of memory or there are 2^32 entries. */
bool inverter_lookup_add(inverter_lookup *l, uint32_t term, uint32_t document);

/* The term's newest entry; NULL: none. */
static inline const inverter_lookup_entry *inverter_lookup_first(const inverter_lookup *l, uint32_t term)
{
    return l->newest[term] == INVERTER_LOOKUP_NONE ? NULL : &l->entries[l->newest[term]];
}

/* The entry before, NULL: none. */
static inline const inverter_lookup_entry *inverter_lookup_next(const inverter_lookup *l,
                                                                const inverter_lookup_entry *e)
{
    return e->before == INVERTER_LOOKUP_NONE ? NULL : &l->entries[e->before];
}

#endif
