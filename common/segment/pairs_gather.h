/* The documents of chosen pairs of words, gathered from the text of some windows of a segment.
 *
 *     pairs_numbers_init(&n, choices, count, words, err);              what is gathered
 *     pairs_gather_init(&g, &n, source, from, end, err);
 *     pairs_gather_run(&g, err);
 *     pairs_gather_append(&g, &behind, err);                           what another one has of the windows behind
 * What is gathered may be more than there is memory for: then it goes to a file now and then, list by list, from where
 * it is read when a list is asked for.
 * One thread at a time; several may gather with the same numbers, each its own windows. */
#ifndef SEGMENT_PAIRS_GATHER_H
#define SEGMENT_PAIRS_GATHER_H

#include "base/buffer.h"
#include "base/spill.h"
#include "segment/pairs_choose.h"
#include "segment/pairs_marks.h"

/* Which pairs there are, to be looked up by code (pairs_scan.h). Shared. */
typedef struct pairs_numbers {
    const pairs_choice *choices;
    size_t count;
    uint32_t word_count;
    uint16_t *of;           /* by code: number of its choice plus 1, or 0 */
    uint64_t *chosen;       /* the same as bits: most pairs are not chosen, and these stay in the cache */
    bool *wanted;           /* by word: it is in one of them */
    bool *marked;           /* by word: it is in one that is marked */
} pairs_numbers;

/* Up to PAIRS_CHOOSE_MAX choices, which must outlive it. Release it whatever comes back. OIR_NO_MEMORY. */
oir_status pairs_numbers_init(pairs_numbers *n, const pairs_choice *choices, size_t count, uint32_t word_count,
                              oir_error *err);
void pairs_numbers_release(pairs_numbers *n);

/* The documents of a pair. */
typedef struct pairs_list {
    buffer gaps;            /* as varints; of marks, places in the window at hand, 16 bits each */
    uint32_t count;
    uint32_t last;          /* the last document plus 1 */
} pairs_list;

/* What was put away of windows that follow each other. */
typedef struct pairs_round {
    uint64_t start;         /* in the file */
    uint32_t windows;
    uint32_t *ends;         /* by choice: where its bytes end, from the start */
} pairs_round;

typedef struct pairs_gather {
    const pairs_numbers *numbers;
    uint32_t from, end;     /* windows */
    pairs_scan scan;        /* whose `tell` is for the caller to set */
    arena arena;            /* of the scan */
    pairs_list *lists;      /* by choice */
    pairs_marker *markers;  /* by choice, of those that are marked */
    uint64_t (*has)[RANGES];/* by word: the documents of the window at hand that have it */
    uint32_t *newest;       /* by choice: the last document that was logged */
    uint32_t *log, *sorted; /* numbers and places of pairs as they come, once a document, and room to sort them */
    size_t logged;
    size_t limit;           /* bytes that may be held before they are put away, for the caller to set; 0: any */
    size_t held;
    spill away;
    pairs_round *rounds;
    size_t round_count, round_capacity;
} pairs_gather;

/* For windows `from` to `end`. All it is given must outlive it. Release it whatever comes back. OIR_CORRUPT,
 * OIR_NO_MEMORY. */
oir_status pairs_gather_init(pairs_gather *g, const pairs_numbers *numbers, const pairs_source *source, uint32_t from,
                             uint32_t end, oir_error *err);
/* {0} is accepted. */
void pairs_gather_release(pairs_gather *g);
/* Gathers; then g->lists and g->markers are all that is left. OIR_CORRUPT, OIR_NO_MEMORY, what scan.tell returns; with
 * a limit also OIR_IO, OIR_NO_SPACE. */
oir_status pairs_gather_run(pairs_gather *g, oir_error *err);
/* Appends what `more` has, whose windows begin where g's end, and takes it from there; neither has put anything away.
 * OIR_NO_MEMORY. */
oir_status pairs_gather_append(pairs_gather *g, pairs_gather *more, oir_error *err);
/* The documents of a choice that is not marked; there is room for its count. `room` is for what must be read. OIR_IO,
 * OIR_NO_MEMORY. */
oir_status pairs_gather_read(const pairs_gather *g, size_t choice, buffer *room, uint32_t *documents, oir_error *err);
/* Appends the object of a choice that is marked. OIR_IO, OIR_NO_MEMORY. */
oir_status pairs_gather_write_marks(const pairs_gather *g, size_t choice, buffer *out, oir_error *err);

#endif
