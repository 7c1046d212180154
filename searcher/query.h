/* The inside of a query, for those who read the tree closely (plan, snippet) or grow it (the parser).
 *
 * Invariants: a node is not changed once a second handle to it may exist; leaves have depth 1 and no parts; depth and
 * node_count are those of the tree below, a part with several handles counted at each place; depth is at most
 * OIR_QUERY_DEPTH_MAX, so walking and freeing by recursion is safe. */
#ifndef SEARCHER_QUERY_H
#define SEARCHER_QUERY_H

#include <oir/query.h>

#include <stdatomic.h>

struct oir_query {
    atomic_size_t references;
    oir_query_op op;
    oir_termcount wqf;           /* terms: 1 and up */
    oir_termpos position;        /* terms: place in the query, 0 for none */
    oir_termpos window;          /* PHRASE, NEAR */
    oir_termcount max_expansion; /* PREFIX, WILDCARD, FUZZY: 0 for no limit */
    uint32_t distance, fixed;    /* FUZZY: edits; first characters that must agree */
    double factor;               /* SCALE; 1 for others */
    uint32_t depth;
    size_t node_count;
    oir_query **parts;
    size_t part_count, part_capacity;
    size_t term_size;
    char term[]; /* terms, prefixes, patterns: term_size bytes */
};

/* Whether a leaf stands for several terms. */
static inline bool query_expands(const oir_query *query)
{
    return query->op == OIR_OP_PREFIX || query->op == OIR_OP_WILDCARD || query->op == OIR_OP_FUZZY;
}

/* As in the notation of descriptions, where that has the operator; for messages too, of any number. */
const char *query_op_name(oir_query_op op);

/* Adds `part` at the right of *query: in place where *query does `op` and has one handle only, else by a node of both.
 * An empty (NULL) *query becomes the part. Takes the part over, and frees *query when it fails: then *query is NULL.
 * For AND, OR and XOR, whose parts are equals. OIR_LIMIT, OIR_NO_MEMORY. */
oir_status query_extend(oir_query **query, oir_query_op op, oir_query *part, oir_error *err);

#endif
