/* One node of a bisection: documents that are to be halved so that those with the same terms are on one side.
 *
 *     reorder_node_count(&scratch, &node, &space, depth);        its terms' documents, unless halving made the node
 *     reorder_node_change_sides(&scratch, &node, &space, depth, true);     once, and as often as it pays with false
 *     reorder_node_cut(&node, halves);
 *     reorder_node_hand_down(&scratch, &node, &space, depth, halves);      each document to its half
 * Nodes of one level share nothing but the space, of which each has its own part: so one thread at a time for a
 * scratch, and any number of them for a space. */
#ifndef INDEXER_REORDER_NODE_H
#define INDEXER_REORDER_NODE_H

#include "base/bits.h"
#include "segment/postings.h"

enum {
    REORDER_STEP = 4,   /* lists are filled up to a multiple, so that loops over short ones are short */
    REORDER_COSTS = 1 << 12,
    REORDER_GAIN_ZERO = 1 << 14 /* more than any gain, either way */
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

/* What documents cost the lists they are in, by how many these have: what one more adds, and what one that is there
 * already does, in two halves of a number, so that what moving it gains is one sum (reorder_node.c). */
typedef struct reorder_costs {
    uint32_t right[REORDER_COSTS + 1], left[REORDER_COSTS + 1];
} reorder_costs;

/* The documents of all nodes: those of a level are in one of two, those of the next in the other. */
typedef struct reorder_space {
    reorder_half_lists lists[2];
    int32_t *wishes;        /* by place: how much a document wants to be right */
    const reorder_costs *costs;
} reorder_space;

typedef struct reorder_node {
    uint32_t first, count, left; /* places; of the left half */
    size_t at, end;              /* its lists: fewer than 2^32 numbers */
    uint32_t term_count;
    bool keeps_terms;            /* its halves' terms have the same numbers */
    uint32_t *total, *right;     /* by term: documents that have it in the node, and in its right half */
} reorder_node;

/* Documents of the bucket in which the halves meet stay where they are as far as both halves keep their size. */
typedef struct reorder_cut {
    int32_t lowest;
    uint32_t shift, bucket, buckets;
    uint32_t mover_side, movers; /* of that bucket: how many are still to go from that side */
} reorder_cut;

typedef struct reorder_scratch {
    uint32_t *buckets;      /* of wishes: two counts each, of documents that are left and right */
    uint16_t *gains[2];     /* by term, with REORDER_GAIN_ZERO added: what being right is worth to a document that is
                               left, and to one that is right */
    uint16_t *numbers[2];   /* by term: its number in the left and in the right half */
    uint32_t *before;       /* by term: documents in the right half a change of sides ago */
    uint32_t *degrees;      /* a stack: two numbers for each term of a node */
    size_t degrees_used;
    reorder_cut cut;        /* of the last change of sides, after which buckets are of the node still */
} reorder_scratch;

void reorder_costs_init(reorder_costs *c);
/* What being right is worth to a document that is in neither half, of which the term's list has so many; with
 * REORDER_GAIN_ZERO added. */
uint32_t reorder_costs_gain(const reorder_costs *c, uint32_t right, uint32_t left);

/* For nodes of so many terms and levels below. False when out of memory; released in any case. */
bool reorder_scratch_init(reorder_scratch *s, uint32_t terms, uint32_t levels);
void reorder_scratch_release(reorder_scratch *s);

/* What is not halved any more. */
static inline bool reorder_node_is_leaf(uint32_t count)
{
    return count <= RANGE_SIZE;
}

/* Where so many documents are halved. */
uint32_t reorder_node_find_left(uint32_t count);
/* Where the halves of a node are, and their halves. */
void reorder_node_cut(const reorder_node *n, reorder_node halves[2]);
void reorder_node_count(reorder_scratch *s, reorder_node *n, const reorder_space *space, uint32_t depth);
/* Gives every document the side it wants, as far as halves keep their size. True when hardly any changed. */
bool reorder_node_change_sides(reorder_scratch *s, const reorder_node *n, reorder_space *space, uint32_t depth,
                               bool first);
/* To halves that have been cut. */
void reorder_node_hand_down(reorder_scratch *s, const reorder_node *n, reorder_space *space, uint32_t depth,
                            reorder_node halves[2]);

#endif
