/* The buffer of a writer: an inverter for each thread that fills it. A document is in one of them, and all are written
 * out together, as one segment in the order of docids: what is written does not show how many there were.
 *
 * One thread at a time, but that each inverter may be added to by a thread of its own. */
#ifndef INDEXER_INVERTERS_H
#define INDEXER_INVERTERS_H

#include "base/team.h"
#include "indexer/inverter.h"
#include "indexer/progress.h"
#include "indexer/term_sort.h"

typedef struct inverters {
    inverter **items;
    uint32_t count; /* 1 at least */
} inverters;

/* A buffered document: of which inverter, and its number there. */
typedef struct inverters_place {
    uint32_t inverter, number;
} inverters_place;

/* For `memory` bytes in all. One alone compresses the data of documents as it comes; of several it waits for
 * inverters_pack, since neighbours are in any of them. OIR_NO_MEMORY: then there are none. */
oir_status inverters_init(inverters *v, uint32_t count, size_t memory, bool term_lists, bool stored, oir_error *err);
/* Has data compressed when it is written out: before the first document. */
void inverters_set_unpacked(inverters *v);
/* Has memory counted for an inversion in so many rounds at most. */
void inverters_set_rounds(inverters *v, uint32_t rounds);
/* Who helps compressing what waits, from the first document on; NULL: nobody. */
void inverters_set_helpers(inverters *v, team *helpers);
/* Compresses the data that waits, in the order of docids as long as they ascend in each inverter. The same blocks come
 * of it, however often it is called, if docids ascend from one call to the next too. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status inverters_pack(inverters *v, oir_error *err);
/* Where the data of a document is in that of the first inverter, once it is packed. */
static inline uint32_t inverters_get_data(const inverters *v, inverters_place place)
{
    return v->items[0]->waits ? v->items[place.inverter]->places[place.number] : place.number;
}
/* The dictionary that the data of an empty buffer is to be compressed with, if there is much. OIR_NO_MEMORY. */
oir_status inverters_prefer_dictionary(inverters *v, const stored_dictionary *dictionary, oir_error *err);
void inverters_release(inverters *v);

/* What inverter.h says of one, for all. */
void inverters_clear(inverters *v);
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
static inline const inverter_document *inverters_get_document(const inverters *v, inverters_place place)
{
    return inverter_get_document(v->items[place.inverter], place.number);
}

/* Fetches ahead what documents of an order say that are soon to be read: they may lie anywhere. A block of documents at
 * a time, then one of what they say, so that they are waited for together. */
static inline void inverters_fetch(const inverters *v, const inverters_place *order, uint32_t at, uint32_t count)
{
    enum { BLOCK = 16 };
    if (at % BLOCK || count < 3 * BLOCK || at > count - 3 * BLOCK)
        return;
    for (uint32_t i = at + 2 * BLOCK; i < at + 3 * BLOCK; i++)
        inverter_fetch_document(v->items[order[i].inverter], order[i].number);
    for (uint32_t i = at + BLOCK; i < at + 2 * BLOCK; i++)
        inverter_fetch_occurrences(v->items[order[i].inverter], order[i].number);
}

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
static inline uint32_t inverters_group_term(const inverters_terms *t, uint32_t at, uint32_t end)
{
    uint32_t n = 1;
    while (at + n < end && t->items[at + n].same)
        n++;
    return n;
}

/* The number of an item's term in the inverter that has it, which *owner is. */
static inline uint32_t inverters_get_number(const inverters_terms *t, uint32_t at, uint32_t *owner)
{
    uint32_t i = 0;
    while (t->items[at].term >= t->firsts[i + 1])
        i++;
    *owner = i;
    return t->items[at].term - t->firsts[i];
}

struct inverters_text;

/* Writes all live documents into a segment, in the given order of places in inverters_order's (NULL: by ascending
 * docid), with a team's help (NULL: without). memory: bytes for their occurrences, beyond what inverters_get_memory
 * says; with fewer it takes longer. lasting: as merge_write has it. text (NULL: nobody asks): what it was written from,
 * released by the caller whatever comes back; all zero then if that is not OIR_OK. The caller commits the segment and
 * clears the buffer, which holds the same documents whatever comes back. There must be one document at least. OIR_IO,
 * OIR_NO_SPACE, OIR_NO_MEMORY, OIR_TOO_BIG, OIR_CANCELLED. */
oir_status inverters_flush(inverters *v, const uint32_t *order, bool lasting, size_t memory, segment_writer *w,
                           team *helpers, struct inverters_text *text, const progress *p, oir_error *err);

#endif
