/* What a query is to do, made once for all segments: the tree simplified, its leaves with exact statistics and factors.
 *
 * Simplified: SCALE goes into the leaves' factors; AND in AND and OR in OR are one; equal terms of one AND or OR are
 * one leaf, their factors added; what cannot match is gone. Leaves are numbered in the order in which they stand in the
 * query, which is the order in which a document's weight is added up. */
#ifndef SEARCHER_PLAN_H
#define SEARCHER_PLAN_H

#include <stdatomic.h>

#include "searcher/database.h"
#include "searcher/query.h"
#include "searcher/search_memory.h"
#include "searcher/weight.h"
#include "segment/postings_group.h"

/* A segment of the database. */
typedef struct plan_unit {
    const snapshot_segment *segment;
    size_t shard;
} plan_unit;

enum plan_leaf_kind { PLAN_TERM, PLAN_GROUP, PLAN_ALL };

/* A leaf's postings in one unit. */
typedef struct plan_postings {
    bool found;
    term_entry entry;                 /* PLAN_TERM */
    postings_group *group;            /* PLAN_GROUP: the union of its terms' lists */
} plan_postings;

typedef struct plan_leaf {
    enum plan_leaf_kind kind;
    oir_bytes term;                   /* PLAN_TERM: of the query */
    uint32_t termfreq;                /* over the whole database: exact if known, else no less */
    bool known;
    double factor;                    /* of its weight; 0: it only filters */
    plan_postings *postings;          /* by unit; NULL for PLAN_ALL */
    group_room *room;                 /* PLAN_GROUP */
} plan_leaf;

enum plan_op { PLAN_LEAF, PLAN_AND, PLAN_OR, PLAN_NOT, PLAN_XOR, PLAN_MAYBE, PLAN_FILTER, PLAN_PHRASE, PLAN_NEAR };

typedef struct plan_node {
    enum plan_op op;
    uint32_t leaf;                    /* PLAN_LEAF: its number */
    struct plan_node **parts;
    size_t part_count, part_capacity;
    oir_termpos window;               /* PLAN_PHRASE, PLAN_NEAR */
    uint64_t upper;                   /* no more documents than this match */
} plan_node;

typedef struct plan {
    arena *arena;                     /* of its memory */
    search_memory *memory, own_memory;
    const oir_database *database;
    plan_unit *units;
    size_t unit_count;
    weight_collection collection;
    weight_norm norm;
    const oir_weight *weight;
    plan_node *root;                  /* NULL: nothing matches */
    plan_leaf *leaves;
    size_t leaf_count, leaf_capacity; /* leaves are in memory of their own */
    double max_possible;              /* no document weighs more */
    struct search_control *control;
    struct plan_word *words, *next_word; /* see plan_terms.h */
    struct plan_group *groups;        /* see plan_group.h */
    struct plan_arena *arenas;        /* of other threads that made groups */
    atomic_size_t range_bounds;       /* bytes that groups have */
    atomic_uint windows_kept;         /* of groups */
} plan;

/* Makes a plan; query may be NULL: nothing matches; weight too: only what matches is asked for. All must outlive the
 * plan, whose place must not change; where memory is another search's, it makes do without. OIR_LIMIT, OIR_CORRUPT,
 * OIR_CANCELLED, OIR_NO_MEMORY; release it whatever comes back. */
oir_status plan_init(plan *p, const oir_database *database, const oir_query *query, const oir_weight *weight,
                     search_memory *memory, struct search_control *control, oir_error *err);
void plan_release(plan *p);

/* How many of a query's parts, from the first on, say anything: where only what matches is asked for, what MAYBE adds
 * does not. */
size_t plan_part_count(const plan *p, const oir_query *q);
/* The exact number of matches where it follows from statistics alone (a term, all documents, and what reduces to
 * them). */
bool plan_count_known(const plan *p, uint64_t *count);
/* Whether exactly what one leaf matches does. */
bool plan_is_leaf(const plan *p);

/* What norms of a unit's documents are made of, with length planes at document 0. */
weigh_input plan_get_norms(const plan *p, const plan_unit *unit);

/* Documents of a range that exist and are not deleted. */
static inline uint64_t plan_unit_live(const plan_unit *u, uint32_t window, uint32_t range)
{
    uint32_t first = window << WINDOW_BITS | range << 6, count = u->segment->segment->context.document_count;
    uint64_t live = first + 64 <= count ? UINT64_MAX : first < count ? (UINT64_C(1) << (count - first)) - 1 : 0;
    const uint64_t *deleted = u->segment->catalog->deleted;
    return deleted && live ? live & ~deleted[first >> 6] : live;
}

#endif
