/* A query: a tree of terms and operators. Built by hand here, strictly; from what a person types in query_parser.h.
 *
 * A query is a value that never changes once made. Operators take their parts over: after a call that combines
 * queries, whether it succeeds or not, the parts belong to the new query (or are freed) and must not be used or freed.
 * Use oir_query_copy to keep one. So trees are written inside out without leaks:
 *
 *     oir_query *parts[2] = {NULL, NULL};
 *     oir_query_new_term(&parts[0], "combat", 6, &err);
 *     oir_query_new_term(&parts[1], "mission", 7, &err);
 *     status = oir_query_new_operator(&query, OIR_OP_AND, parts, 2, 0, &err);   NULL parts: OIR_INVALID_ARGUMENT */
#ifndef OIR_QUERY_H
#define OIR_QUERY_H

#include <oir/error.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Freed with oir_query_free. Shared: it never changes. */
typedef struct oir_query oir_query;

/* What a node of the tree does. Weights of parts that match are added, but where said otherwise. */
typedef enum oir_query_op {
    OIR_OP_TERM,      /* leaf: documents with a term */
    OIR_OP_MATCH_ALL, /* leaf: all documents, weight 0 */
    OIR_OP_MATCH_NONE,/* leaf: no document */
    OIR_OP_PREFIX,    /* leaf: documents with any term that starts so, weighed as one term (SYNONYM) */
    OIR_OP_WILDCARD,  /* leaf: documents with any term that a pattern matches, weighed so too */
    OIR_OP_FUZZY,     /* leaf: documents with any term that is a word but for an edit or two, weighed so too */
    OIR_OP_AND,       /* all parts */
    OIR_OP_OR,        /* at least one part */
    OIR_OP_AND_NOT,   /* the first part and none of the others; weight of the first */
    OIR_OP_XOR,       /* an odd number of parts */
    OIR_OP_AND_MAYBE, /* the first part; the others add weight where they match */
    OIR_OP_FILTER,    /* all parts; weight of the first */
    OIR_OP_PHRASE,    /* all parts, in this order, within a window of positions; weights of all. Parts: terms */
    OIR_OP_NEAR,      /* all parts, in any order, at different positions within a window of positions; weights of all.
                         Parts: terms */
    OIR_OP_SYNONYM,   /* as OR, weighed as one term: its frequency is that of the union (exactly), its wdf the sum.
                         Parts: terms, prefixes, wildcards and fuzzy terms */
    OIR_OP_SCALE      /* the one part, its weight multiplied by a factor */
} oir_query_op;

/* Limits met by hostile queries: OIR_LIMIT. */
#define OIR_QUERY_DEPTH_MAX 64
#define OIR_QUERY_NODES_MAX 65536
/* The most edits of a fuzzy term. */
#define OIR_QUERY_DISTANCE_MAX 2

/* A term of 1 to OIR_TERM_MAX bytes. OIR_INVALID_ARGUMENT, OIR_NO_MEMORY. */
OIR_API oir_status oir_query_new_term(oir_query **out, const char *term, size_t size, oir_error *err);
/* A term that counts `wqf` times (1 and up) and stands at place `position` of the query (0 for none): what parsers
 * make. */
OIR_API oir_status oir_query_new_term_at(oir_query **out, const char *term, size_t size, oir_termcount wqf,
                                         oir_termpos position, oir_error *err);
/* All documents. OIR_NO_MEMORY. */
OIR_API oir_status oir_query_new_all(oir_query **out, oir_error *err);
/* No document. OIR_NO_MEMORY. */
OIR_API oir_status oir_query_new_none(oir_query **out, oir_error *err);
/* Terms that start with `prefix` (size 0 is allowed: any term). When more than max_expansion terms do, the search
 * fails with OIR_LIMIT; 0 for no limit. With an empty prefix, and generally, terms that start with a capital letter A
 * to Z are only found by a prefix that does. OIR_INVALID_ARGUMENT, OIR_NO_MEMORY. */
OIR_API oir_status oir_query_new_prefix(oir_query **out, const char *prefix, size_t size, oir_termcount max_expansion,
                                        oir_error *err);
/* Terms that a pattern of 1 to OIR_TERM_MAX bytes matches, in which * stands for any run of characters, also none, and
 * ? for one. A character is one of UTF-8, or a byte that is no UTF-8. Limits, and terms that start with a capital
 * letter, as for a prefix, which is what stands before the first * or ?: Xiraq is found by X*q but not by *q.
 * OIR_INVALID_ARGUMENT, OIR_NO_MEMORY. */
OIR_API oir_status oir_query_new_wildcard(oir_query **out, const char *pattern, size_t size,
                                          oir_termcount max_expansion, oir_error *err);
/* Terms that `distance` edits, 1 to OIR_QUERY_DISTANCE_MAX, or fewer make of a term of 1 to OIR_TERM_MAX bytes. An edit
 * inserts, deletes or replaces a character, or exchanges two that stand side by side; none is edited twice. The first
 * `prefix` characters, or all if it has fewer, must agree. Limits, and terms that start with a capital letter, as for
 * a prefix of so many characters. OIR_INVALID_ARGUMENT, OIR_NO_MEMORY. */
OIR_API oir_status oir_query_new_fuzzy(oir_query **out, const char *term, size_t size, unsigned distance,
                                       size_t prefix, oir_termcount max_expansion, oir_error *err);
/* Combines `count` parts, which it takes over. `window` is for PHRASE and NEAR: the number of positions that all
 * parts must fit into, at least count; 0 stands for count; for others it must be 0. One part alone is handed back as
 * it is (SYNONYM apart); none: MATCH_NONE. OIR_INVALID_ARGUMENT for a NULL part, a part that the operator does not
 * take, OIR_OP_SCALE or a leaf operator; OIR_LIMIT above OIR_QUERY_DEPTH_MAX or OIR_QUERY_NODES_MAX; OIR_NO_MEMORY. */
OIR_API oir_status oir_query_new_operator(oir_query **out, oir_query_op op, oir_query *const *parts, size_t count,
                                          oir_termpos window, oir_error *err);
/* Multiplies the weight of `part`, which it takes over, by a finite factor of 0 or more. OIR_INVALID_ARGUMENT,
 * OIR_LIMIT, OIR_NO_MEMORY. */
OIR_API oir_status oir_query_new_scale(oir_query **out, oir_query *part, double factor, oir_error *err);
/* Another handle on the same query. Never fails: it counts. Shared. */
OIR_API oir_query *oir_query_copy(oir_query *query);
/* NULL is accepted. */
OIR_API void oir_query_free(oir_query *query);

/* What the root does. */
OIR_API oir_query_op oir_query_get_op(const oir_query *query);
/* The number of parts; 0 for leaves. */
OIR_API size_t oir_query_get_part_count(const oir_query *query);
/* A part, 0 <= index < count. Belongs to the query. */
OIR_API const oir_query *oir_query_get_part(const oir_query *query, size_t index);
/* The term, prefix or pattern of a leaf; size 0 for others. Belongs to the query. */
OIR_API oir_bytes oir_query_get_term(const oir_query *query);
/* How often a term counts; 0 for nodes that are no term. */
OIR_API oir_termcount oir_query_get_wqf(const oir_query *query);
/* A term's place in the query, 0 for none. */
OIR_API oir_termpos oir_query_get_position(const oir_query *query);
/* The window of PHRASE and NEAR; 0 for others. */
OIR_API oir_termpos oir_query_get_window(const oir_query *query);
/* The factor of SCALE; 1 for others. */
OIR_API double oir_query_get_factor(const oir_query *query);
/* The most terms a prefix, wildcard or fuzzy term may expand to; 0 for no limit and for others. */
OIR_API oir_termcount oir_query_get_max_expansion(const oir_query *query);
/* The edits that FUZZY allows; 0 for others. */
OIR_API unsigned oir_query_get_distance(const oir_query *query);
/* How many first characters must agree for FUZZY, at most OIR_TERM_MAX; 0 for others. */
OIR_API size_t oir_query_get_fixed_prefix(const oir_query *query);
/* The sum of the wqf of all terms. */
OIR_API oir_termcount oir_query_get_length(const oir_query *query);

/* The tree in words, in Xapian's notation: Query((combat@1 AND mission@2)). Released with oir_memory_free.
 * OIR_NO_MEMORY. */
OIR_API oir_status oir_query_get_description(const oir_query *query, char **out, oir_error *err);

#ifdef __cplusplus
}
#endif
#endif
