/* Made-up collections of every kind that the format tells apart, written in forms of every kind. */
#ifndef TESTS_DIFFERENTIAL_MADE_UP_H
#define TESTS_DIFFERENTIAL_MADE_UP_H

#include "differential/differential_world.h"

/* What documents are like, and how they come into the index. */
typedef struct made_up {
    const char *name;
    uint32_t documents, words, tokens; /* how many, different words, words a document about; 1: exactly one */
    bool batches;    /* committed in several parts, so that there are as many segments as merging leaves */
    bool changes;    /* some are deleted and replaced afterwards */
    bool reordered;  /* written anew as one segment, with documents in an order of their own, before that */
    bool optimised;  /* written anew as one segment in the end */
    bool waiting;    /* with none of that committed before, so that it is the buffer that is written anew */
    bool equal;      /* many are the same */
    bool empty;      /* many have length 0, or no term at all */
    bool large;      /* wdf up to 100,000, and some of millions */
    bool stacked;    /* several terms stand at one position */
    bool counted;    /* wdf is not the number of positions; some terms have positions in some documents only */
    bool plain;      /* nothing has positions, no field terms */
    bool gaps;       /* docids start high, with gaps */
    bool shuffled;   /* docids do not come in order */
    bool even;       /* all are of nearly the same length, without gaps between positions */
    bool emptied;    /* all documents of one of the parts are deleted */
    bool later;      /* some are deleted and replaced after that */
    uint32_t share;  /* of the queries */
} made_up;

/* How an index was made, as far as it shows. */
typedef struct made_up_outcome {
    uint32_t written; /* segments that were written in all, by the buffer and by merges */
    bool reordered;   /* documents of some segment are in an order of their own */
    bool pairs;       /* pairs of words were looked for in some segment */
} made_up_outcome;

/* Fills an index that is empty. form: what its lists do without, by search_way_write; parts differ in it when it is
 * "mixed". tiny: the buffer is written out after some dozen documents. By several threads where the writer has some,
 * as far as docids come in order. The writer is closed then. */
made_up_outcome made_up_fill(world *w, const made_up *m, const char *form, bool tiny);

#endif
