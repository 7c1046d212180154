#include "indexer/reorder_bisect.h"

#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/postings.h"

enum {
    DROPPED = UINT16_MAX,     /* a term that no longer matters; never a term's number */
    COSTS = 1 << 12,
    COST_UNIT = 256,          /* a bit */
    BUCKETS_MIN = 64,
    BUCKETS_MAX = 1 << 13,
    TELL_DOCUMENTS = 1 << 14, /* nodes with fewer are not worth asking */
    SETTLED_SHARE = 32        /* a node is done when fewer than one in so many documents changed sides */
};

/* Where the lists of nodes are: those of a node are in one of two, those of its children in the other. */
typedef struct half_lists {
    uint32_t *documents, *sizes;
    uint16_t *terms;
} half_lists;

typedef struct bisection {
    half_lists lists[2];
    uint16_t *made;           /* terms of the second, if they are our own */
    uint8_t *sides;           /* by place, of the node at hand: 1 is right */
    int32_t *wishes;          /* by place: how much a document wants to be right */
    uint32_t *buckets;        /* of wishes: two counts each, of documents that are left and right */
    int16_t *gains[2];        /* by term: what being right is worth to a document that is left, or right */
    uint16_t *numbers[2];     /* by term: its number in the left and in the right child */
    uint32_t *degrees;        /* a stack: two numbers for each term of a node */
    size_t degrees_used;
    int32_t costs[COSTS + 1]; /* what one more document adds to a list of so many, in COST_UNIT */
    uint32_t iterations;
    uint32_t *order;
    uint64_t done, total;     /* documents times levels */
    const progress *progress;
} bisection;

typedef struct node {
    uint32_t first, count, left; /* places; of the left half */
    size_t at;                /* where its lists start, */
    size_t end;               /* and end */
    uint32_t term_count;
    uint32_t *total, *right;  /* by term: documents that have it in the node, and in its right half */
} node;

/* ---- costs ---- */

/* log2 without libm, whose last bits differ between systems. */
static double log2_of(uint32_t n)
{
    int whole = 31 - __builtin_clz(n);
    double x = (double)n / (double)(UINT32_C(1) << whole), sum = whole, bit = 0.5;
    for (int i = 0; i < 24; i++, bit /= 2) {
        x *= x;
        if (x >= 2) {
            x /= 2;
            sum += bit;
        }
    }
    return sum;
}

/* A list of d documents takes about d * (log2(n) - log2(d + 1)) bits; with halves of equal size n falls out. */
static void make_costs(bisection *b)
{
    double here = 0;
    for (uint32_t d = 0; d <= COSTS; d++) {
        double next = (d + 1) * log2_of(d + 2);
        b->costs[d] = (int32_t)((next - here) * COST_UNIT + 0.5);
        here = next;
    }
}

static inline int32_t cost_of_one_more(const bisection *b, uint32_t d)
{
    if (d < COSTS)
        return b->costs[d];
    uint32_t shift = 20 - (uint32_t)__builtin_clz(d);
    return b->costs[d >> shift] + (int32_t)shift * COST_UNIT;
}

/* Documents that are alike and lie on both sides would change sides all at once if each counted only the others; if
 * each counted itself, none would move. */
static void make_gains(bisection *b, const node *n)
{
    for (uint32_t t = 0; t < n->term_count; t++) {
        uint32_t right = n->right[t], left = n->total[t] - right;
        int32_t lefts = cost_of_one_more(b, left), other_lefts = cost_of_one_more(b, left - (left > 0));
        int32_t rights = cost_of_one_more(b, right), other_rights = cost_of_one_more(b, right - (right > 0));
        b->gains[0][t] = (int16_t)(rights - lefts + (lefts - other_lefts) * 3 / 4);
        b->gains[1][t] = (int16_t)(rights - lefts - (rights - other_rights) * 3 / 4);
    }
    b->gains[0][n->term_count] = b->gains[1][n->term_count] = 0;
}

/* ---- sides ---- */

/* At most REORDER_TERMS_MAX gains, of 34 bits' worth at most each. */
static int32_t sum_gains(const int16_t *gains, const uint16_t *terms, uint32_t size)
{
    int32_t sum = 0;
    for (uint32_t i = 0; i < size; i += REORDER_STEP)
        sum += (gains[terms[i]] + gains[terms[i + 1]]) + (gains[terms[i + 2]] + gains[terms[i + 3]]);
    return sum;
}

static void make_wishes(bisection *b, const node *n, const half_lists *l, int32_t *lowest, int32_t *highest)
{
    const uint16_t *terms = l->terms + n->at;
    *lowest = INT32_MAX;
    *highest = INT32_MIN;
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        int32_t wish = sum_gains(b->gains[b->sides[i]], terms, l->sizes[i]);
        terms += l->sizes[i];
        b->wishes[i] = wish;
        *lowest = wish < *lowest ? wish : *lowest;
        *highest = wish > *highest ? wish : *highest;
    }
}

/* Documents of the bucket in which the halves meet stay where they are as far as both halves keep their size. */
typedef struct cut {
    int32_t lowest;
    uint32_t shift, bucket;
    uint32_t movers[2]; /* of that bucket: how many are still to go from the left, from the right */
} cut;

static uint32_t bucket_of(const cut *c, int32_t wish)
{
    return ((uint32_t)wish - (uint32_t)c->lowest) >> c->shift;
}

static cut find_cut(bisection *b, const node *n, int32_t lowest, int32_t highest)
{
    uint32_t buckets = BUCKETS_MIN, before = 0;
    cut c = {.lowest = lowest};
    while (buckets < BUCKETS_MAX && buckets < n->count)
        buckets *= 2;
    while (((uint32_t)highest - (uint32_t)lowest) >> c.shift >= buckets)
        c.shift++;
    memset(b->buckets, 0, 2 * buckets * sizeof *b->buckets);
    for (uint32_t i = n->first; i < n->first + n->count; i++)
        b->buckets[2 * bucket_of(&c, b->wishes[i]) + b->sides[i]]++;
    const uint32_t *at = b->buckets;
    for (; before + at[0] + at[1] < n->left; at += 2, c.bucket++)
        before += at[0] + at[1];
    uint32_t wanted = n->left - before, lefts = at[0];
    c.movers[0] = lefts > wanted ? lefts - wanted : 0;
    c.movers[1] = wanted > lefts ? wanted - lefts : 0;
    return c;
}

static bool changes_side(cut *c, int32_t wish, uint8_t side)
{
    uint32_t bucket = bucket_of(c, wish);
    if (bucket != c->bucket)
        return (bucket > c->bucket) != side;
    if (c->movers[side] == 0)
        return false;
    c->movers[side]--;
    return true;
}

/* Gives every document the side it wants, as far as halves keep their size. Returns how many changed. */
static uint32_t change_sides(bisection *b, const node *n, const half_lists *l)
{
    int32_t lowest, highest;
    uint32_t changed = 0;
    make_gains(b, n);
    make_wishes(b, n, l, &lowest, &highest);
    cut c = find_cut(b, n, lowest, highest);
    const uint16_t *terms = l->terms + n->at;
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        uint32_t size = l->sizes[i];
        if (changes_side(&c, b->wishes[i], b->sides[i])) {
            uint32_t step = b->sides[i] ? UINT32_MAX : 1; /* minus 1 or 1 */
            for (uint32_t t = 0; t < size; t++)
                n->right[terms[t]] += step;
            b->sides[i] ^= 1;
            changed++;
        }
        terms += size;
    }
    return changed;
}

/* ---- nodes ---- */

/* Where a node is halved. */
static uint32_t find_left(uint32_t count)
{
    uint32_t unit = count > WINDOW_SIZE ? WINDOW_SIZE : RANGE_SIZE;
    uint32_t left = (count / 2 + unit / 2) / unit * unit;
    return left ? left : unit;
}

static bool is_leaf(uint32_t count)
{
    return count <= RANGE_SIZE;
}

/* Gives a child's terms numbers: those of its documents, but what is in one document or in all cannot gain anything. */
static void number_terms(bisection *b, const node *n, uint32_t side, node *child)
{
    uint16_t *numbers = b->numbers[side];
    child->total = b->degrees + b->degrees_used;
    for (uint32_t t = 0; t < n->term_count; t++) {
        uint32_t degree = side ? n->right[t] : n->total[t] - n->right[t];
        bool kept = degree > 1 && degree < child->count && !is_leaf(child->count);
        numbers[t] = kept ? (uint16_t)child->term_count : DROPPED;
        child->total[child->term_count] = degree;
        child->term_count += kept;
    }
    numbers[n->term_count] = DROPPED;
    child->right = child->total + child->term_count;
    memset(child->right, 0, (child->term_count + (size_t)1) * sizeof *child->right);
    b->degrees_used += 2 * (size_t)child->term_count + 1;
}

/* Copies a document's list to the child, with the child's numbers. Returns how long it is then, filled up. */
static uint32_t copy_list(const uint16_t *from, uint32_t size, const uint16_t *numbers, uint16_t none, uint16_t *to)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < size; i++) {
        uint16_t number = numbers[from[i]];
        to[kept] = number;
        kept += number != DROPPED;
    }
    while (kept % REORDER_STEP)
        to[kept++] = none;
    return kept;
}

/* Makes both children of a node whose sides are settled. */
static void hand_down(bisection *b, const node *n, const half_lists *from, const half_lists *to, node children[2])
{
    uint32_t next[2];
    const uint16_t *terms = from->terms + n->at;
    for (uint32_t side = 0; side < 2; side++) {
        node *child = &children[side];
        *child = (node){.first = side ? n->first + n->left : n->first, .count = side ? n->count - n->left : n->left};
        child->left = find_left(child->count);
        next[side] = child->first;
        number_terms(b, n, side, child);
    }
    children[0].at = children[1].at = n->at;
    for (uint32_t i = n->first; i < n->first + n->count; i++)
        children[1].at += b->sides[i] ? 0 : from->sizes[i];
    children[0].end = children[0].at;
    children[1].end = children[1].at;
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        uint32_t side = b->sides[i], place = next[side]++;
        node *child = &children[side];
        uint16_t *copy = to->terms + child->end;
        uint32_t size = copy_list(terms, from->sizes[i], b->numbers[side], (uint16_t)child->term_count, copy);
        terms += from->sizes[i];
        to->documents[place] = from->documents[i];
        to->sizes[place] = size;
        child->end += size;
        if (place - child->first >= child->left)
            for (uint32_t t = 0; t < size; t++)
                child->right[copy[t]]++;
    }
}

static oir_status bisect(bisection *b, const node *n, uint32_t depth, oir_error *err)
{
    const half_lists *from = &b->lists[depth & 1], *to = &b->lists[~depth & 1];
    if (is_leaf(n->count)) {
        memcpy(b->order + n->first, from->documents + n->first, n->count * sizeof *b->order);
        return OIR_OK;
    }
    memset(b->sides + n->first, 0, n->left);
    memset(b->sides + n->first + n->left, 1, n->count - n->left);
    /* The last halvings are quick, for lists are short there, and they decide what is in a range. */
    uint32_t iterations = n->count > WINDOW_SIZE ? b->iterations : 2 * b->iterations;
    for (uint32_t i = 0; i < iterations && n->term_count; i++) {
        if (n->count >= TELL_DOCUMENTS)
            ERROR_FORWARD(progress_tell(b->progress, "reordering documents", b->done, b->total, err));
        if (change_sides(b, n, from) <= n->count / SETTLED_SHARE)
            break;
    }
    b->done += n->count;
    node children[2];
    size_t degrees_used = b->degrees_used;
    hand_down(b, n, from, to, children);
    ERROR_FORWARD(bisect(b, &children[0], depth + 1, err));
    ERROR_FORWARD(bisect(b, &children[1], depth + 1, err));
    b->degrees_used = degrees_used;
    return OIR_OK;
}

/* ---- the whole ---- */

static node make_root(bisection *b, const reorder_lists *lists)
{
    node root = {.count = lists->document_count, .term_count = lists->term_count, .end = lists->posting_count};
    root.left = find_left(root.count);
    root.total = b->degrees;
    root.right = b->degrees + root.term_count;
    b->degrees_used = 2 * (size_t)root.term_count + 1;
    const uint16_t *terms = lists->terms;
    for (uint32_t i = 0; i < root.count; i++) {
        b->lists[0].documents[i] = i;
        for (uint32_t t = 0; t < lists->sizes[i]; t++, terms++) {
            if (*terms == root.term_count)
                continue;
            root.total[*terms]++;
            root.right[*terms] += i >= root.left;
        }
    }
    return root;
}

static uint32_t count_levels(uint32_t count)
{
    uint32_t levels = 0;
    for (; !is_leaf(count); levels++) {
        uint32_t left = find_left(count);
        count = left > count - left ? left : count - left;
    }
    return levels;
}

static bool reserve(bisection *b, const reorder_lists *l)
{
    size_t documents = l->document_count, terms = l->term_count;
    /* Of every level the two children's terms are on the stack. */
    size_t degrees = (2 * terms + 2) * (1 + 2 * (size_t)(count_levels(l->document_count) + 1));
    b->lists[0].sizes = l->sizes;
    b->lists[0].terms = l->terms;
    b->lists[0].documents = memory_new(documents * sizeof(uint32_t));
    b->lists[1].documents = memory_new(documents * sizeof(uint32_t));
    b->lists[1].sizes = memory_new(documents * sizeof(uint32_t));
    b->made = l->room ? NULL : memory_new((l->posting_count + 1) * sizeof(uint16_t));
    b->lists[1].terms = l->room ? l->room : b->made;
    b->sides = memory_new(documents);
    b->wishes = memory_new(documents * sizeof *b->wishes);
    b->buckets = memory_new(2 * BUCKETS_MAX * sizeof *b->buckets);
    b->gains[0] = memory_new((terms + 1) * 2 * sizeof(int16_t));
    b->numbers[0] = memory_new((terms + 1) * 2 * sizeof(uint16_t));
    b->degrees = memory_new_zeroed(degrees, sizeof *b->degrees);
    if (!b->lists[0].documents || !b->lists[1].documents || !b->lists[1].sizes || !b->lists[1].terms || !b->sides ||
        !b->wishes || !b->buckets || !b->gains[0] || !b->numbers[0] || !b->degrees)
        return false;
    b->gains[1] = b->gains[0] + terms + 1;
    b->numbers[1] = b->numbers[0] + terms + 1;
    return true;
}

static void release(bisection *b)
{
    for (int i = 0; i < 2; i++)
        memory_free(b->lists[i].documents);
    memory_free(b->lists[1].sizes);
    memory_free(b->made);
    memory_free(b->sides);
    memory_free(b->wishes);
    memory_free(b->buckets);
    memory_free(b->gains[0]);
    memory_free(b->numbers[0]);
    memory_free(b->degrees);
}

oir_status reorder_bisect(reorder_lists *lists, uint32_t iterations, uint32_t *order, const progress *p,
                          oir_error *err)
{
    oir_status status;
    if (lists->document_count == 0)
        return OIR_OK;
    bisection *b = memory_new_zeroed(1, sizeof *b);
    if (!b)
        return error_no_memory(err, "the order of documents");
    b->iterations = iterations;
    b->order = order;
    b->progress = p;
    b->total = (uint64_t)lists->document_count * count_levels(lists->document_count);
    if (reserve(b, lists)) {
        make_costs(b);
        node root = make_root(b, lists);
        status = bisect(b, &root, 0, err);
    } else {
        status = error_no_memory(err, "the order of documents");
    }
    release(b);
    memory_free(b);
    return status;
}
