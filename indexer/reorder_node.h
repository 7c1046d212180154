/* One node of a bisection: documents that are to be halved so that those with the same terms are on one side.
 *
 *     reorder_node_count(&scratch, &node, &space, depth);        its terms' documents, unless halving made the node
 *     reorder_node_change_sides(&scratch, &node, &space, depth, true);     once, and as often as it pays with false
 *     reorder_node_hand_down(&scratch, &node, &space, depth, halves);      each document to its half
 * Nodes of one level share nothing but the space, of which each has its own part: so one thread at a time for a
 * scratch, and any number of them for a space. */
#ifndef INDEXER_REORDER_NODE_H
#define INDEXER_REORDER_NODE_H

#include "base/bits.h"
#include "segment/postings.h"

enum {
    REORDER_STEP = 4,   /* lists are filled up to a multiple, so that loops over short ones are short */
    REORDER_COSTS = 1 << 12
};

static inline uint32_t reorder_round_up(uint32_t size)
{
    return (size + REORDER_STEP - 1) / REORDER_STEP * REORDER_STEP;
}

/* By place: documents, and one after another their lists, of numbers from 1 on, filled up with 0, which is no term. */
typedef struct reorder_half_lists {
    uint32_t *documents, *sizes;
    uint16_t *terms;
    uint8_t *sides;         /* 1 is right */
} reorder_half_lists;

/* The documents of all nodes: those of a level are in one of two, those of the next in the other. */
typedef struct reorder_space {
    reorder_half_lists lists[2];
    int32_t *wishes;        /* by place: how much a document wants to be right */
    int32_t costs[REORDER_COSTS + 1]; /* what one more document adds to a list of so many */
    int32_t own_costs[REORDER_COSTS + 1]; /* what it adds to the list of its own side */
} reorder_space;

typedef struct reorder_node {
    uint32_t first, count, left; /* places; of the left half */
    size_t at, end;              /* its lists */
    uint32_t term_count;
    uint32_t *total, *right;     /* by term: documents that have it in the node, and in its right half */
} reorder_node;

/* Documents of the bucket in which the halves meet stay where they are as far as both halves keep their size. */
typedef struct reorder_cut {
    int32_t lowest;
    uint32_t shift, bucket, buckets;
    uint32_t movers[2];     /* of that bucket: how many are still to go from the left, from the right */
} reorder_cut;

typedef struct reorder_scratch {
    uint32_t *buckets;      /* of wishes: two counts each, of documents that are left and right */
    int16_t *gains[2];      /* by term: what being right is worth to a document that is left, or right */
    uint16_t *numbers[2];   /* by term: its number in the left and in the right half */
    uint32_t *before;       /* by term: documents in the right half a change of sides ago */
    uint32_t *degrees;      /* a stack: two numbers for each term of a node */
    size_t degrees_used;
    reorder_cut cut;        /* of the last change of sides, after which buckets are of the node still */
} reorder_scratch;

void reorder_space_init(reorder_space *s);
/* For nodes of so many terms and levels below. False when out of memory; released in any case. */
bool reorder_scratch_init(reorder_scratch *s, uint32_t terms, uint32_t levels);
void reorder_scratch_release(reorder_scratch *s);

/* Where so many documents are halved. */
uint32_t reorder_node_find_left(uint32_t count);
void reorder_node_count(reorder_scratch *s, reorder_node *n, const reorder_space *space, uint32_t depth);
/* Gives every document the side it wants, as far as halves keep their size. True when hardly any changed. */
bool reorder_node_change_sides(reorder_scratch *s, const reorder_node *n, reorder_space *space, uint32_t depth,
                               bool first);
void reorder_node_hand_down(reorder_scratch *s, const reorder_node *n, reorder_space *space, uint32_t depth,
                            reorder_node halves[2]);

#endif
