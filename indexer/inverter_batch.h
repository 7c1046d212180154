/* The newest occurrences of the buffer, not in their terms' lists yet: a stream in the order they came, of which a
 * counting sort makes a run for each term. Lists are appended to once for each term in a batch and not for each term
 * in a document, and words wait for no memory while they come. */
#ifndef INDEXER_INVERTER_BATCH_H
#define INDEXER_INVERTER_BATCH_H

#include <oir/types.h>

/* An occurrence, in the stream:  term << 32 | position, DOCUMENT_NO_POSITION for none
 *             in a term's run:   document of the batch << 32 | position
 * with wdf 1. With another wdf it has APART set, and its place among `apart` instead of the position. */
#define INVERTER_BATCH_APART (UINT64_C(1) << 63)

typedef struct inverter_apart {
    oir_termpos position; /* or DOCUMENT_NO_POSITION */
    uint32_t wdf;
} inverter_apart;

typedef struct inverter_batch {
    uint64_t *stream, *sorted;
    size_t count, capacity, sorted_capacity;
    size_t most;            /* occurrences after which the batch is over, but never within a document */
    uint32_t *starts;       /* of each document in the stream */
    size_t document_count, document_capacity;
    uint32_t *next;         /* by term: how many there are; while sorting, where the next goes */
    size_t next_capacity;
    uint32_t *touched;      /* terms that there are any of */
    size_t touched_count, touched_capacity;
    bool in_runs;           /* sorted; nothing can be added until it is settled */
    size_t settled;         /* terms of those touched that are in their lists */
    inverter_apart *apart;
    size_t apart_count, apart_capacity;
    uint64_t *positions;    /* of one posting whose occurrences are not simply one position each */
    size_t position_capacity;
} inverter_batch;

/* For a buffer of so many bytes. */
void inverter_batch_init(inverter_batch *b, size_t memory);
void inverter_batch_release(inverter_batch *b);

/* Room for so many occurrences more, in a document that begins with them. False when out of memory. */
bool inverter_batch_reserve(inverter_batch *b, size_t occurrences);
/* Room for so many terms in all. False when out of memory. */
bool inverter_batch_reserve_terms(inverter_batch *b, size_t terms);

static inline void inverter_batch_begin_document(inverter_batch *b)
{
    b->starts[b->document_count++] = (uint32_t)b->count;
}

/* There is room for the occurrence and for the term. */
static inline void inverter_batch_add(inverter_batch *b, uint32_t term, oir_termpos position, uint32_t wdf)
{
    uint64_t item = (uint64_t)term << 32 | position;
    if (wdf != 1) {
        b->apart[b->apart_count] = (inverter_apart){position, wdf};
        item = INVERTER_BATCH_APART | (uint64_t)term << 32 | b->apart_count++;
    }
    b->stream[b->count++] = item;
    /* Whether a term is the first of its kind is nothing that a processor foresees. */
    b->touched[b->touched_count] = term;
    b->touched_count += b->next[term]++ == 0;
}

/* Whether the batch is to be settled before a document with so many occurrences. */
static inline bool inverter_batch_is_full(const inverter_batch *b, size_t occurrences)
{
    return b->in_runs || (b->count > 0 && b->count + occurrences > b->most) || b->document_count == b->most;
}

/* Puts each term's occurrences side by side in `sorted`, terms in the order of `touched`, documents ascending; next is
 * then where a term's end. Nothing to do when that is done. */
void inverter_batch_sort(inverter_batch *b);
/* Empties it, when all is settled and `next` is 0 again. */
void inverter_batch_clear(inverter_batch *b);

/* Bytes taken, and to be taken by what is made of what is in it. */
size_t inverter_batch_get_memory(const inverter_batch *b);

#endif
