/* The terms of one document while it is made: a table of words, and one array of occurrences in the order they came.
 *
 * Adding is the innermost loop of indexing. A word with a position waits with some others before it is looked up, so
 * that their cache misses overlap; an occurrence is only appended; what belongs to a term is brought together (counted,
 * placed, sorted, made unique) by document_terms_group, once per document.
 *
 * Words outlive the document: clearing only forgets which of them the document has, so that one object used for many
 * documents finds the usual words in place, with a number that whoever takes the documents may keep for each (`hint`).
 * A vocabulary that has grown large is dropped by the clearing.
 *
 * Invariants: terms are numbered in the order they first came; every word has a slot, which names the term only when
 * its round is the document's; removed terms stay in the table with wdf 0 and no occurrences; there is room for all
 * that waits. One thread at a time. */
#ifndef DOCUMENT_DOCUMENT_TERMS_H
#define DOCUMENT_DOCUMENT_TERMS_H

#include <oir/error.h>

/* A different term of this document. */
typedef struct document_term {
    uint32_t at;       /* of its bytes */
    uint32_t slot;
    uint32_t wdf;
    uint32_t count;    /* occurrences with a position, repeated ones included */
    uint32_t first;    /* after grouping: its positions are positions[first] up, */
    uint32_t positions;/* that many, ascending, each once */
    uint16_t size;
    bool removed;
} document_term;

/* A word of this document or an earlier one: half a cache line. */
typedef struct document_slot {
    uint64_t low, high; /* hash_key */
    uint32_t at;        /* of its bytes */
    uint32_t hint;      /* at first 0; not used here */
    uint32_t term;
    uint16_t size;      /* 0: no word */
    uint16_t round;
} document_slot;

/* An occurrence of a word that is not looked up yet. */
typedef struct document_waiting {
    uint64_t low, high;
    uint32_t hash;      /* low half */
    uint32_t wdf;
    oir_termpos position;
    uint16_t size;
} document_waiting;

typedef struct document_occurrence {
    uint32_t term;
    oir_termpos position;
} document_occurrence;

typedef struct document_terms {
    uint8_t *bytes;         /* of all words */
    size_t byte_count, byte_capacity;
    void *slot_memory;
    document_slot *slots;   /* in it, aligned */
    uint32_t slot_mask;     /* slots - 1; 0 when there are none yet */
    uint32_t word_count;
    uint16_t round;         /* of this document */
    document_waiting *waiting;
    uint32_t waiting_count;
    document_term *terms;
    size_t count, capacity; /* with removed ones */
    uint32_t live;          /* without */
    uint64_t length;        /* sum of wdf, those that wait included; at most 2^32 - 1 */
    document_occurrence *occurrences;
    size_t occurrence_count, occurrence_capacity;
    bool grouped;
    oir_termpos *positions; /* valid while grouped, */
    oir_termpos position_min, position_max; /* as these are, of any term, if there are occurrences */
    size_t position_capacity;
    uint32_t *order;        /* live terms in byte order, after document_terms_sort */
    size_t order_capacity;
    bool sorted;
} document_terms;

void document_terms_init(document_terms *t);
void document_terms_release(document_terms *t);
/* Empties it in time that follows what was in it; keeps the memory. */
void document_terms_clear(document_terms *t);

/* Adds wdf to a term, which is made if it is not there. *number (may be NULL) is the term's. OIR_INVALID_ARGUMENT,
 * OIR_TOO_BIG, OIR_NO_MEMORY; nothing has changed then. */
oir_status document_terms_add(document_terms *t, const char *term, size_t size, oir_termcount wdf, uint32_t *number,
                              oir_error *err);
/* The same with a position. */
oir_status document_terms_add_position(document_terms *t, const char *term, size_t size, oir_termpos position,
                                       oir_termcount wdf, oir_error *err);
/* OIR_NOT_FOUND. */
oir_status document_terms_remove(document_terms *t, const char *term, size_t size, oir_error *err);

/* Looks up all that waits: before terms, live and the like are read. */
void document_terms_settle(document_terms *t);
/* Brings the positions of each term together. Nothing to do when nothing was added since. OIR_NO_MEMORY. */
oir_status document_terms_group(document_terms *t, oir_error *err);
/* Fills `order`. OIR_NO_MEMORY. */
oir_status document_terms_sort(document_terms *t, oir_error *err);

static inline const char *document_terms_get_bytes(const document_terms *t, const document_term *term)
{
    return (const char *)t->bytes + term->at;
}

#endif
