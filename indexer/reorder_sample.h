/* A large node taken apart into 4 or 16 at once, by what a sample of its documents says.
 *
 * The sample is halved 2 or 4 times as other nodes are, and of each of its nodes is kept what being right gains a
 * document by each of its terms. All documents then go down the same tree: of those that come to a node, the ones that
 * want most to be right go right, as many as belong there. So few documents change sides again and again, and lists are
 * copied once instead of four times.
 *
 *     reorder_sample_open(&sample, &scratch, &node, &space, depth)
 *     for each node of the tree, those above first:      halve what is in sample.space, from sample.root on
 *         reorder_sample_note(&sample, its own, its number)
 *         reorder_sample_cut(&sample, its own, its number, halves)
 *     for each even level from 0 on:                      reorder_sample_descend(&sample, level)
 *     reorder_sample_deal(&sample)                        then nodes has what came of it
 *     reorder_sample_close(&sample)
 * It takes 72 bytes for each term, and 256 KB. One thread at a time. */
#ifndef INDEXER_REORDER_SAMPLE_H
#define INDEXER_REORDER_SAMPLE_H

#include "indexer/reorder_node.h"

enum {
    REORDER_SAMPLE_LEVELS = 4,
    REORDER_SAMPLE_PARTS = 1 << REORDER_SAMPLE_LEVELS
};

/* Where those that come to a node part. */
typedef struct reorder_parting {
    int32_t lowest, highest; /* wish */
    uint32_t shift, bucket;  /* those of this bucket go left while there is room, */
    uint32_t lefts;          /* for so many */
} reorder_parting;

typedef struct reorder_sample {
    reorder_space space;     /* of the sample, its own node, and its levels */
    reorder_node root;
    uint32_t levels;
    /* The tree: below node i there are 2 * i + 1 and 2 * i + 2. On the last level are the parts. */
    reorder_node nodes[2 * REORDER_SAMPLE_PARTS - 1];
    /* private */
    const reorder_half_lists *from, *to;
    int32_t *wishes;
    uint64_t *gains;         /* by node of an even level, and term: of the node and the two below */
    uint16_t *numbers;       /* by part and term: its number there, or UINT16_MAX */
    uint32_t *buckets;       /* by node of a level: documents */
    reorder_parting partings[REORDER_SAMPLE_PARTS];
} reorder_sample;

/* How many levels are worth a sample at a node of so many documents: 4, 2, or none. */
uint32_t reorder_sample_choose_levels(uint32_t count);
/* Takes the sample, and counts it on the scratch's stack. False when out of memory; to be closed in any case. */
bool reorder_sample_open(reorder_sample *p, reorder_scratch *s, const reorder_node *n, const reorder_space *space,
                         uint32_t depth);
void reorder_sample_close(reorder_sample *p);
/* Keeps what halving has found of a node of the sample, which is node `at` of the tree. */
void reorder_sample_note(reorder_sample *p, const reorder_node *n, uint32_t at);
/* Cuts it as that node is cut. */
void reorder_sample_cut(const reorder_sample *p, const reorder_node *n, uint32_t at, reorder_node halves[2]);
/* All documents go two levels down. */
void reorder_sample_descend(reorder_sample *p, uint32_t level);
/* Gives each its part and the side on which it begins there. Parts have terms with numbers of their own, which are not
 * counted yet. */
void reorder_sample_deal(reorder_sample *p);

#endif
