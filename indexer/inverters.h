/* The buffer of a writer: an inverter for each thread that fills it. A document is in one of them, and all are written
 * out together, as one segment in the order of docids: what is written does not show how many there were.
 *
 * One thread at a time, but that each inverter may be added to by a thread of its own. */
#ifndef INDEXER_INVERTERS_H
#define INDEXER_INVERTERS_H

#include "base/team.h"
#include "indexer/inverter.h"
#include "indexer/term_sort.h"

typedef struct inverters {
    inverter **items;
    uint32_t count; /* 1 at least */
} inverters;

/* A buffered document: of which inverter, and its number there. */
typedef struct inverters_place {
    uint32_t inverter, number;
} inverters_place;

#define INVERTERS_GONE UINT32_MAX

/* For `memory` bytes in all. One alone compresses the data of documents as it comes, several do when they are written
 * out, since neighbours are in any of them. OIR_NO_MEMORY: then there are none. */
oir_status inverters_init(inverters *v, uint32_t count, size_t memory, bool term_lists, bool stored, oir_error *err);
/* Has data compressed when it is written out: before the first document. */
void inverters_set_unpacked(inverters *v);
/* The dictionary that the data of an empty buffer is to be compressed with, if there is much. OIR_NO_MEMORY. */
oir_status inverters_prefer_dictionary(inverters *v, const stored_dictionary *dictionary, oir_error *err);
void inverters_release(inverters *v);

/* What inverter.h says of one, for all. */
void inverters_clear(inverters *v);
oir_status inverters_settle(inverters *v, oir_error *err);
size_t inverters_get_memory(const inverters *v);
bool inverters_are_full(const inverters *v);
bool inverters_delete(inverters *v, oir_docid docid);
oir_status inverters_has_term(inverters *v, const char *term, size_t size, bool *found, oir_error *err);
oir_status inverters_delete_by_term(inverters *v, const char *term, size_t size, uint32_t *count, oir_docid *lowest,
                                    oir_error *err);
uint32_t inverters_get_live_count(const inverters *v);
uint64_t inverters_get_live_length(const inverters *v);

/* The live documents by ascending docid, freed by the caller with memory_free. NULL when out of memory. There must be
 * one at least. */
inverters_place *inverters_order(const inverters *v);
/* Whether buffered numbers are that order already: there is one inverter, with live documents by ascending docid. */
bool inverters_are_in_order(const inverters *v);
/* For each inverter a table from buffered numbers to places in an order of all live documents, INVERTERS_GONE for the
 * dead. NULL when out of memory. */
uint32_t **inverters_make_places(const inverters *v, const inverters_place *order);
/* NULL is accepted. */
void inverters_release_places(const inverters *v, uint32_t **places);

/* The terms of all inverters by their bytes. */
typedef struct inverters_terms {
    term_sort_item *items; /* a term is in it once for each inverter that has it */
    uint32_t count;
    uint32_t *firsts;      /* of each inverter: the number that its first term has in the items, and one more */
} inverters_terms;

/* OIR_TOO_BIG, OIR_NO_MEMORY; to be released either way. */
oir_status inverters_sort_terms(const inverters *v, inverters_terms *out, oir_error *err);
void inverters_release_terms(inverters_terms *t);

/* How many items from `at` on, where a term's first is, and before `end`, where another's is, are of that term; they
 * are in the order of inverters then. */
uint32_t inverters_group_term(inverters_terms *t, uint32_t at, uint32_t end);

/* From a place that may be in the middle of a term, where the next begins. */
uint32_t inverters_end_term(const inverters_terms *t, uint32_t at);

/* An item's term, and the inverter that has it. */
static inline const inverter_term *inverters_get_term(const inverters *v, const inverters_terms *t, uint32_t at,
                                                      uint32_t *owner)
{
    uint32_t i = 0;
    while (t->items[at].term >= t->firsts[i + 1])
        i++;
    *owner = i;
    return inverter_get_term(v->items[i], t->items[at].term - t->firsts[i]);
}

/* Writes all live documents, which are settled, into a segment, with a team's help (NULL: without), in the given order
 * of places in inverters_order's (NULL: by ascending docid); lasting: as merge_write has it. The caller commits it and
 * clears the buffer, which is unchanged. There must be one at least. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_TOO_BIG,
 * OIR_CANCELLED. */
oir_status inverters_flush(const inverters *v, const uint32_t *order, bool lasting, segment_writer *w, team *helpers,
                           const progress *p, oir_error *err);

#endif
