/* Documents of the buffer turned into lists of terms, by sorting their occurrences in two steps.
 *
 * Terms are cut, in the order of their bytes, into parts with about as many occurrences each. First all documents are
 * read, in the order they are to be written in, and each occurrence is put behind others of its part: which term it is,
 * and how much further in the text of all documents than the one before (scattering). Then a part at a time is sorted
 * by term, by counting, in a near cache, and its terms' lists are read off. Where memory is short only some of the
 * parts are scattered at a time, and documents read more than once (rounds).
 *
 * A document takes places for its positions from 0 to the highest, in whole cells: of so many places that there is
 * about one for a document, so that its cell says at once which document and position a place is.
 *
 *     inversion_init(&n, v, order, documents, &terms, memory, helpers, err);
 *     for each round:                                   inversion_scatter(&n, round, err);
 *         for each part from n.part_first to n.part_end:  inversion_sort(&n, part, &sorter, err);
 *             while inversion_next(&n, &sorter, &term, err), term.same > 0: ...
 *     inversion_release(&n);
 * One thread at a time, but that parts may be sorted beside each other, each once. */
#ifndef INDEXER_INVERSION_H
#define INDEXER_INVERSION_H

#include "indexer/inverters.h"

/* An occurrence in a part: 2 bits kind; the term's number within the part; the rest how many places further. Behind an
 * INVERSION_APART is a word of 2 wdf, and 1 more if it has a position; what has a larger wdf is several occurrences at
 * the same place. INVERSION_FURTHER is no occurrence: its upper 30 bits and the next word go further as well. */
enum inversion_kind { INVERSION_PLAIN, INVERSION_NOWHERE, INVERSION_APART, INVERSION_FURTHER };
enum { INVERSION_KIND_BITS = 2, INVERSION_MOST = 4 /* words of an occurrence */ };

enum { INVERSION_NUMBER_BITS = 24, INVERSION_PARTS_MAX = 255 /* in a round; one more takes what is of others */ };

typedef struct inversion_chunk {
    struct inversion_chunk *next;
    uint16_t count;
    bool mixed; /* there are words of an INVERSION_APART or an INVERSION_FURTHER */
    uint32_t words[]; /* chunk_words of the inversion */
} inversion_chunk;

/* Where the occurrences of a part go that one thread finds. */
typedef struct inversion_head {
    uint32_t *at, *end;     /* free in the last chunk */
    uint64_t last;          /* place of the last occurrence */
    uint32_t bits;          /* of a term's number */
    uint32_t chunk_words;
    bool forgets;           /* its only chunk is used again and again */
    inversion_chunk *first, *newest;
} inversion_head;

/* Terms that are sorted together. */
typedef struct inversion_part {
    uint32_t from, end;     /* items */
    uint32_t term_count;
    uint32_t round;
} inversion_part;

/* A stretch of documents, for one thread. */
typedef struct inversion_stretch {
    uint32_t from, end;
    bool failed;
    inversion_head heads[INVERSION_PARTS_MAX + 1];
} inversion_stretch;

typedef struct inversion {
    const inverters *v;
    const inverters_place *order;
    uint32_t document_count;
    const inverters_terms *terms;
    size_t memory;
    size_t spare;                /* bytes of it that the last round does not need */
    team *helpers;
    uint64_t *cells;             /* by place >> cell_shift: document << 32 | position of its first place; NULL: each
                                    document has the cell of its number */
    uint32_t *firsts;            /* by document: its first cell */
    uint32_t cell_shift;
    uint32_t *where;             /* by term of an item: part of this round << INVERSION_NUMBER_BITS | number within */
    inversion_part *parts;
    size_t part_count, part_capacity;
    uint32_t round_count;
    uint32_t chunk_words;        /* of each part's chunks */
    size_t part_first, part_end; /* of this round */
    inversion_stretch *stretches;
    size_t stretch_count;
} inversion;

/* The place of a document's position 0. */
static inline uint64_t inversion_get_base(const inversion *n, uint32_t document)
{
    return (uint64_t)n->firsts[document] << n->cell_shift;
}

/* Bytes that it takes, but for the lists of terms. apart: occurrences that have another wdf than 1. */
size_t inversion_get_memory(uint64_t occurrences, uint64_t apart, size_t documents, size_t terms, uint32_t rounds);

/* Of so many documents of an order. It takes as few rounds as so many bytes beyond what inverters_get_memory says are
 * enough for, and no more than are counted there. helpers NULL: none.
 * What is handed in must outlive it. OIR_NO_MEMORY, OIR_TOO_BIG: to be released either way. */
oir_status inversion_init(inversion *n, const inverters *v, const inverters_place *order, uint32_t documents,
                          const inverters_terms *terms, size_t memory, team *helpers, oir_error *err);
void inversion_release(inversion *n);
/* For inversion_sort.c: what was found of a part is read. */
void inversion_release_chunks(inversion_head *h);
/* OIR_NO_MEMORY. */
oir_status inversion_scatter(inversion *n, uint32_t round, oir_error *err);

/* An occurrence with another wdf than 1. */
typedef struct inversion_apart {
    oir_termpos position;   /* or INVERTER_STREAM_NOWHERE */
    uint32_t wdf;
} inversion_apart;

/* A part while it is read. All zero: nothing. */
typedef struct inversion_sorter {
    uint64_t *items;        /* document << 32 | position or INVERTER_STREAM_NOWHERE; or INVERSION_IS_APART set, and
                               instead of the position a place in `apart` */
    size_t item_capacity;
    uint32_t *ends;         /* of each term in items */
    size_t end_capacity;
    inversion_apart *apart;
    size_t apart_count, apart_capacity;
    uint32_t *documents, *wdf, *counts; /* of the term at hand; counts only where they are not wdf */
    oir_termpos *positions;
    size_t document_capacity, wdf_capacity, count_capacity, position_capacity;
    uint32_t item, end;     /* the term that comes next; where terms end */
    uint32_t number;        /* the term's, within the part */
    size_t given_back;      /* bytes, by the part's occurrences */
} inversion_sorter;

#define INVERSION_IS_APART (UINT64_C(1) << 63)

void inversion_sorter_release(inversion_sorter *s);
/* Takes the occurrences of a part of this round. OIR_NO_MEMORY, OIR_TOO_BIG. */
oir_status inversion_sort(inversion *n, size_t part, inversion_sorter *s, oir_error *err);

/* A term that some document has. */
typedef struct inversion_term {
    uint32_t item, same;    /* its items */
    term_postings postings; /* valid until the next one */
} inversion_term;

/* The next term of the part; same 0: there is none. OIR_NO_MEMORY. */
oir_status inversion_next(const inversion *n, inversion_sorter *s, inversion_term *out, oir_error *err);

#endif
