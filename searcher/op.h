/* Operators: a query's tree as it is evaluated in one segment, a window of 4,096 documents at a time.
 *
 * Each operator answers three questions about a window. How much can a document weigh here, at most: for the window,
 * and for each of its 64 ranges (`bounds`, in units of the query; 0: cannot match). Which documents of a range may
 * match (`matched`). And for which of them does each leaf weigh (`active`). What is the same for all is done here,
 * once, for the whole tree; an operator's own file says how it combines its parts' answers.
 *
 * PHRASE and NEAR say "may match" of documents that have all words; only op_verify, asked for some of them, looks at
 * positions. An operator over such parts is not `certain`, and its answers before op_verify leave no match out. */
#ifndef SEARCHER_OP_H
#define SEARCHER_OP_H

#include "base/arena.h"
#include "segment/pairs_marks.h"

typedef struct op op;

/* Two words of a phrase, one right behind the other, that have marks. */
typedef struct op_pair {
    pairs_marks marks;
    postings_window *first, *second;
    uint32_t count;        /* documents, deleted ones included */
} op_pair;

typedef struct op_ops {
    /* Combines parts' bounds (n of them each, n a multiple of 64) into `out`. Not for leaves. */
    void (*bound)(const op *o, const kernels *k, const uint16_t *const *parts, size_t n, uint16_t *out);
    /* Combines parts' matched documents. exact: what is not certain has been verified. Not for leaves. */
    uint64_t (*combine)(const op *o, bool exact);
    /* Passes the documents that leaves below weigh for to the parts, with op_activate. Not for leaves. */
    void (*activate)(op *o, uint64_t wanted);
    /* Which of the wanted documents, which have all parts, match; NULL where combine says it all. */
    oir_status (*check)(op *o, uint32_t range, uint64_t wanted, uint64_t *holds, oir_error *err);
    bool needs_all;   /* nothing matches where a part does not */
    bool needs_first; /* nothing matches where the first part does not */
} op_ops;

enum op_kind { OP_INNER, OP_TERM, OP_ALL };

struct op {
    alignas(64) uint16_t bounds[RANGES]; /* of the window at hand, from op_ranges */
    const op_ops *ops;                   /* inner operators */
    enum op_kind kind;
    op **parts;
    uint32_t part_count;
    bool certain;                        /* matched needs no op_verify */
    uint64_t present;                    /* a bit for each range of the window at hand that may have matches */
    uint64_t matched;                    /* of the range at hand, from op_match */
    uint64_t cost;                       /* documents that it looks at, about */

    /* leaves */
    postings_window *postings;           /* OP_TERM */
    struct op *next;                     /* OP_TERM: the unit's other lists */
    uint32_t windows;                    /* OP_ALL */
    double factor;                       /* its exact weight's factor; 0: it only filters */
    uint32_t base, units;                /* what a bound byte b is: base + b * units / 256 units of the query */
    uint32_t exact_base, exact_units;    /* the same for LEVEL_EXACT */
    uint64_t active;                     /* documents of the range at hand that it weighs for */

    /* PHRASE, NEAR */
    oir_termpos window;
    uint32_t *order;                     /* parts, in the order in which they stand in the query (NEAR: see there) */
    uint32_t *offset;                    /* by part: its place in that order */
    position_room *rooms;                /* by part */
    uint32_t *from;                      /* room for check, by part */
    uint64_t *taken;
    bool *seen;
    uint64_t *positions_decoded;
    op_pair *pairs;                      /* PHRASE: those of its pairs that have marks */
    uint32_t pair_count;

    /* room to combine very many parts, made when it is first needed */
    arena *arena;
    const uint16_t **part_bounds;
    uint64_t (*part_words)[RANGES];
};

/* Whether a PHRASE matches where marks say so, and nowhere else. */
bool op_phrase_is_marked(const op *o);
/* op_phrase's check of several ranges of a window: for each which of its wanted documents match. Where positions are is
 * found for all before any are read, so that waiting for memory is shared. */
oir_status op_phrase_check_ranges(op *o, uint32_t count, const uint32_t *ranges, const uint64_t *wanted,
                                  uint64_t *holds, oir_error *err);

/* The operators. */
extern const op_ops op_and, op_or, op_not, op_xor, op_maybe, op_filter, op_phrase, op_near;

/* Bounds of all windows into out, which has room for n of them (the windows, rounded up to 64; those behind the last
 * get 0). room gives arrays of n for inner operators. OIR_NO_MEMORY. */
oir_status op_windows(const op *o, const kernels *k, size_t n, uint16_t *out, arena *room, oir_error *err);
/* To a window, for all leaves below. */
void op_seek(op *o, uint32_t window);
/* Fills `present` of the tree for the window at hand, and returns it: what op_ranges says too, but for how much. */
uint64_t op_present(op *o);
/* Fills `bounds` of the tree, and `present` of its leaves, for the window at hand; true when a higher level would say
 * the same. */
bool op_ranges(op *o, const kernels *k, enum bound_level level);
/* Says that about so many ranges of the window at hand will be asked for. */
void op_expect(op *o, uint32_t ranges);
/* The documents of a range that may match, after op_present or op_ranges; fills `matched` where it is not known to be
 * 0 above. */
uint64_t op_match(op *o, uint32_t range);
/* Says for which documents leaves below weigh; adds to `active`. */
void op_activate(op *o, uint64_t wanted);
/* Makes `matched` exact for the wanted documents, all the way up. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status op_verify(op *o, uint32_t range, uint64_t wanted, oir_error *err);
/* The documents of all ranges of the window that may match. */
void op_words(op *o, uint64_t words[RANGES]);

#endif
