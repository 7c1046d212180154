#include "indexer/reorder_node.h"

#include <string.h>

#include "base/memory.h"

enum {
    COST_UNIT = 256,          /* a bit */
    BUCKETS_MIN = 64,
    BUCKETS_MAX = 1 << 13,
    PREFETCH = 4,             /* documents ahead */
    SETTLED_SHARE = 32        /* a node is done when fewer than one in so many documents changed sides */
};

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

/* A list of d documents takes about d * (log2(n) - log2(d + 1)) bits; with halves of equal size n falls out. Documents
 * that are alike and lie on both sides would change sides all at once if each counted only the others; if each counted
 * itself, none would move.
 *
 * What being right gains a document that is left is the low half of right[r] + left[l], one that is right the high
 * half: nothing is carried from one to the other, for a gain is less than REORDER_GAIN_ZERO, which is added, either
 * way. */
void reorder_costs_init(reorder_costs *c)
{
    double here = 0;
    int32_t before = 0;
    for (uint32_t d = 0; d <= REORDER_COSTS; d++) {
        double next = (d + 1) * log2_of(d + 2);
        int32_t cost = (int32_t)((next - here) * COST_UNIT + 0.5), own = d ? cost - (cost - before) * 3 / 4 : cost;
        c->right[d] = (uint32_t)own << 16 | (uint32_t)cost;
        c->left[d] = (uint32_t)(REORDER_GAIN_ZERO - cost) << 16 | (uint32_t)(REORDER_GAIN_ZERO - own);
        here = next;
        before = cost;
    }
}

/* Of a list longer than the table a bit more for each time it has to be halved. */
static inline uint32_t halvings(uint32_t d)
{
    return d < REORDER_COSTS ? 0 : 20 - (uint32_t)__builtin_clz(d);
}

static inline uint32_t find_gains(const reorder_costs *c, uint32_t right, uint32_t left)
{
    uint32_t r = halvings(right), l = halvings(left);
    return c->right[right >> r] + c->left[left >> l] + (r - l) * (COST_UNIT << 16 | COST_UNIT);
}

uint32_t reorder_costs_gain(const reorder_costs *c, uint32_t right, uint32_t left)
{
    uint32_t r = halvings(right), l = halvings(left);
    return (c->right[right >> r] & UINT16_MAX) + (c->left[left >> l] >> 16) + r * COST_UNIT - l * COST_UNIT;
}

/* Halves drift apart slowly at first: how far they came last time they are taken to come half as far again. */
static inline uint32_t look_ahead(uint32_t total, uint32_t right, uint32_t before)
{
    int64_t ahead = (int64_t)right + ((int64_t)right - before) / 2;
    return ahead < 0 ? 0 : ahead > total ? total : (uint32_t)ahead;
}

/* No list is longer than the table of costs. */
static void make_short_gains(const reorder_node *n, const reorder_costs *c, uint32_t *restrict before,
                             uint16_t *restrict left_gains, uint16_t *restrict right_gains)
{
    const uint32_t *restrict totals = n->total, *restrict rights = n->right;
    for (uint32_t t = 1; t <= n->term_count; t++) {
        int32_t total = (int32_t)totals[t], right = (int32_t)rights[t];
        int32_t ahead = right + (right - (int32_t)before[t]) / 2;
        ahead = ahead < 0 ? 0 : ahead;
        ahead = ahead > total ? total : ahead;
        uint32_t both = c->right[ahead] + c->left[total - ahead];
        before[t] = (uint32_t)right;
        left_gains[t] = (uint16_t)both;
        right_gains[t] = (uint16_t)(both >> 16);
    }
}

static void make_long_gains(const reorder_node *n, const reorder_costs *c, uint32_t *restrict before,
                            uint16_t *restrict left_gains, uint16_t *restrict right_gains)
{
    for (uint32_t t = 1; t <= n->term_count; t++) {
        uint32_t right = look_ahead(n->total[t], n->right[t], before[t]);
        uint32_t both = find_gains(c, right, n->total[t] - right);
        before[t] = n->right[t];
        left_gains[t] = (uint16_t)both;
        right_gains[t] = (uint16_t)(both >> 16);
    }
}

static void make_gains(reorder_scratch *s, const reorder_node *n, const reorder_costs *c, bool first)
{
    s->gains[0][0] = s->gains[1][0] = REORDER_GAIN_ZERO;
    if (first)
        memcpy(s->before, n->right, (n->term_count + (size_t)1) * sizeof *s->before);
    if (n->count < REORDER_COSTS)
        make_short_gains(n, c, s->before, s->gains[0], s->gains[1]);
    else
        make_long_gains(n, c, s->before, s->gains[0], s->gains[1]);
}

/* ---- sides ---- */

static inline int32_t sum_gains(const uint16_t *gains, const uint16_t *terms, uint32_t size)
{
    uint32_t sum = 0;
    for (uint32_t i = 0; i < size; i += REORDER_STEP)
        sum += (uint32_t)(gains[terms[i]] + gains[terms[i + 1]] + gains[terms[i + 2]] + gains[terms[i + 3]]);
    return (int32_t)(sum - size * REORDER_GAIN_ZERO);
}

static void make_wishes(reorder_scratch *s, const reorder_node *n, const reorder_half_lists *l, int32_t *wishes,
                        int32_t *lowest, int32_t *highest)
{
    const uint16_t *terms = l->terms + n->at;
    *lowest = INT32_MAX;
    *highest = INT32_MIN;
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        int32_t wish = sum_gains(s->gains[l->sides[i]], terms, l->sizes[i]);
        terms += l->sizes[i];
        wishes[i] = wish;
        *lowest = wish < *lowest ? wish : *lowest;
        *highest = wish > *highest ? wish : *highest;
    }
}

static inline uint32_t bucket_of(const reorder_cut *c, int32_t wish)
{
    return ((uint32_t)wish - (uint32_t)c->lowest) >> c->shift;
}

/* The bucket in which there is the document of that rank; how many there are in those below. */
static uint32_t find_bucket(const reorder_scratch *s, uint32_t rank, uint32_t *below)
{
    uint32_t bucket = 0;
    const uint32_t *at = s->buckets;
    for (*below = 0; *below + at[0] + at[1] < rank; at += 2, bucket++)
        *below += at[0] + at[1];
    return bucket;
}

static void find_cut(reorder_scratch *s, const reorder_node *n, const uint8_t *sides, const int32_t *wishes,
                     int32_t lowest, int32_t highest)
{
    reorder_cut c = {.lowest = lowest, .buckets = BUCKETS_MIN};
    while (c.buckets < BUCKETS_MAX && c.buckets < n->count)
        c.buckets *= 2;
    while (((uint32_t)highest - (uint32_t)lowest) >> c.shift >= c.buckets)
        c.shift++;
    memset(s->buckets, 0, 2 * c.buckets * sizeof *s->buckets);
    for (uint32_t i = n->first; i < n->first + n->count; i++)
        s->buckets[2 * bucket_of(&c, wishes[i]) + sides[i]]++;
    uint32_t below;
    c.bucket = find_bucket(s, n->left, &below);
    uint32_t wanted = n->left - below, lefts = s->buckets[2 * c.bucket];
    c.mover_side = wanted > lefts;
    c.movers = wanted > lefts ? wanted - lefts : lefts - wanted;
    s->cut = c;
}

/* Gives documents their sides. Notes of those that change where their lists are (documents), how long these are and
 * the side they had, added to the length (sizes); returns how many. Who changes is nothing that a processor foresees,
 * so nothing is asked. */
static uint32_t move(const reorder_node *n, const int32_t *restrict wishes, const uint32_t *restrict sizes,
                     uint8_t *restrict sides, reorder_cut c, uint32_t *restrict noted_at,
                     uint32_t *restrict noted_size)
{
    uint32_t changed = 0, at = 0;
    for (uint32_t i = 0; i < n->count; i++) {
        uint32_t bucket = bucket_of(&c, wishes[i]), side = sides[i];
        bool meets = bucket == c.bucket, moves = meets & (side == c.mover_side) & (c.movers > 0);
        bool changes = moves | (!meets & ((bucket > c.bucket) != side));
        c.movers -= moves;
        noted_at[changed] = at;
        noted_size[changed] = sizes[i] + side;
        sides[i] = (uint8_t)(side ^ changes);
        changed += changes;
        at += sizes[i];
    }
    return changed;
}

static void count_moved(const reorder_node *n, const uint16_t *lists, const uint32_t *noted_at,
                        const uint32_t *noted_size, uint32_t changed)
{
    for (uint32_t i = 0; i < changed; i++) {
        const uint16_t *terms = lists + noted_at[i];
        uint32_t side = noted_size[i] % REORDER_STEP, size = noted_size[i] - side;
        uint32_t step = side ? UINT32_MAX : 1; /* minus 1 or 1 */
        if (i + PREFETCH < changed)
            __builtin_prefetch(lists + noted_at[i + PREFETCH]);
        for (uint32_t t = 0; t < size; t += REORDER_STEP)
            for (uint32_t k = 0; k < REORDER_STEP; k++)
                n->right[terms[t + k]] += step;
    }
}

bool reorder_node_change_sides(reorder_scratch *s, const reorder_node *n, reorder_space *space, uint32_t depth,
                               bool first)
{
    const reorder_half_lists *l = &space->lists[depth & 1], *spare = &space->lists[~depth & 1];
    uint32_t *noted_at = spare->documents + n->first, *noted_size = spare->sizes + n->first;
    int32_t lowest, highest, *wishes = space->wishes;
    make_gains(s, n, space->costs, first);
    make_wishes(s, n, l, wishes, &lowest, &highest);
    find_cut(s, n, l->sides, wishes, lowest, highest);
    uint32_t changed = move(n, wishes + n->first, l->sizes + n->first, l->sides + n->first, s->cut, noted_at,
                            noted_size);
    count_moved(n, l->terms + n->at, noted_at, noted_size, changed);
    return changed <= n->count / SETTLED_SHARE;
}

/* ---- halves ---- */

uint32_t reorder_node_find_left(uint32_t count)
{
    uint32_t unit = count > WINDOW_SIZE ? WINDOW_SIZE : RANGE_SIZE;
    uint32_t left = (count / 2 + unit / 2) / unit * unit;
    return left ? left : unit;
}

/* What a node of so many terms takes on the stack; what fills up lists is counted too. */
static inline size_t degrees_of(uint32_t terms)
{
    return 2 * (terms + (size_t)1);
}

/* For a node that may have up to so many terms. */
static void reserve_degrees(reorder_scratch *s, reorder_node *n, uint32_t terms)
{
    n->total = s->degrees + s->degrees_used;
    n->right = n->total + n->term_count + 1;
    s->degrees_used += degrees_of(terms);
    memset(n->right, 0, (n->term_count + (size_t)1) * sizeof *n->right);
}

void reorder_node_count(reorder_scratch *s, reorder_node *n, const reorder_space *space, uint32_t depth)
{
    const reorder_half_lists *l = &space->lists[depth & 1];
    const uint16_t *terms = l->terms + n->at;
    reserve_degrees(s, n, n->term_count);
    memset(n->total, 0, (n->term_count + (size_t)1) * sizeof *n->total);
    for (uint32_t i = n->first; i < n->first + n->count; i++)
        for (uint32_t t = 0; t < l->sizes[i]; t++, terms++) {
            n->total[*terms]++;
            n->right[*terms] += l->sides[i];
        }
}

/* Gives the halves' terms numbers, or 0: what is in one of a half's documents or in all cannot gain anything. */
static void number_terms(reorder_scratch *s, const reorder_node *n, reorder_node halves[2])
{
    uint32_t *lefts = s->degrees + s->degrees_used, *rights = lefts + degrees_of(n->term_count);
    uint32_t left_count = 0, right_count = 0, least = n->keeps_terms ? 0 : 2;
    /* As many documents as there are, or more. */
    uint32_t left_end = n->keeps_terms ? UINT32_MAX : reorder_node_is_leaf(halves[0].count) ? 0 : halves[0].count;
    uint32_t right_end = n->keeps_terms ? UINT32_MAX : reorder_node_is_leaf(halves[1].count) ? 0 : halves[1].count;
    uint16_t *restrict left_numbers = s->numbers[0], *restrict right_numbers = s->numbers[1];
    left_numbers[0] = right_numbers[0] = 0;
    for (uint32_t t = 1; t <= n->term_count && (left_end | right_end); t++) {
        uint32_t right = n->right[t], left = n->total[t] - right;
        bool keeps_left = (left >= least) & (left < left_end), keeps_right = (right >= least) & (right < right_end);
        lefts[left_count + 1] = left;
        rights[right_count + 1] = right;
        left_count += keeps_left;
        right_count += keeps_right;
        left_numbers[t] = (uint16_t)(keeps_left ? left_count : 0);
        right_numbers[t] = (uint16_t)(keeps_right ? right_count : 0);
    }
    halves[0].term_count = left_count;
    halves[1].term_count = right_count;
    for (uint32_t side = 0; side < 2; side++)
        reserve_degrees(s, &halves[side], n->term_count);
}

/* Copies a document's list to a half, with the half's numbers, and counts it if it begins on the right; nothing is
 * guessed. Returns how long it is then, filled up: what comes after the last term is 0 before terms are put there. */
static inline uint32_t copy_list(const uint16_t *restrict from, uint32_t size, const uint16_t *restrict numbers,
                                 uint16_t *restrict to, uint32_t *right, uint32_t side)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < size; i += REORDER_STEP) {
        memset(to + reorder_round_up(kept), 0, REORDER_STEP * sizeof *to);
        for (uint32_t k = 0; k < REORDER_STEP; k++) {
            uint16_t number = numbers[from[i + k]];
            to[kept] = number;
            right[number] += side;
            kept += number != 0;
        }
    }
    return reorder_round_up(kept);
}

/* The sides on which a half's documents begin: those that wanted least to be right are left. That is better than any
 * other guess, for what a document wants follows from what it is about. */
typedef struct beginning {
    uint32_t bucket;  /* where left and right meet, */
    uint32_t lefts;   /* and how many of it are still to be left */
    uint32_t next;    /* place */
} beginning;

static beginning begin(const reorder_scratch *s, const reorder_node *n, const reorder_node *half, uint32_t side)
{
    beginning b = {.next = half->first, .lefts = half->left};
    uint32_t below;
    if (n->term_count == 0)
        return b; /* all in bucket 0: by place */
    b.bucket = find_bucket(s, (side ? n->left : 0) + half->left, &below);
    uint32_t of_left = side ? n->left : 0;
    b.lefts -= below > of_left ? below - of_left : 0;
    return b;
}

static uint8_t begin_side(beginning *b, uint32_t bucket)
{
    if (bucket != b->bucket)
        return bucket > b->bucket;
    bool left = b->lefts > 0;
    b->lefts -= left;
    return !left;
}

void reorder_node_cut(const reorder_node *n, reorder_node halves[2])
{
    for (uint32_t side = 0; side < 2; side++) {
        reorder_node *half = &halves[side];
        *half = (reorder_node){.first = side ? n->first + n->left : n->first,
                               .count = side ? n->count - n->left : n->left};
        half->left = reorder_node_find_left(half->count);
        half->left = half->left < half->count ? half->left : half->count;
    }
}

void reorder_node_hand_down(reorder_scratch *s, const reorder_node *n, reorder_space *space, uint32_t depth,
                            reorder_node halves[2])
{
    const reorder_half_lists *from = &space->lists[depth & 1], *to = &space->lists[~depth & 1];
    const uint16_t *terms = from->terms + n->at;
    beginning beginnings[2];
    number_terms(s, n, halves);
    halves[0].at = halves[1].at = n->at;
    for (uint32_t i = n->first; i < n->first + n->count; i++)
        halves[1].at += from->sides[i] ? 0 : from->sizes[i];
    for (uint32_t side = 0; side < 2; side++) {
        halves[side].keeps_terms = n->keeps_terms;
        halves[side].end = halves[side].at;
        beginnings[side] = begin(s, n, &halves[side], side);
    }
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        uint32_t side = from->sides[i], place = beginnings[side].next++, size = 0;
        reorder_node *half = &halves[side];
        uint8_t new_side = begin_side(&beginnings[side], n->term_count ? bucket_of(&s->cut, space->wishes[i]) : 0);
        if (half->term_count) /* else it is a leaf, or as good as one */
            size = copy_list(terms, from->sizes[i], s->numbers[side], to->terms + half->end, half->right, new_side);
        terms += from->sizes[i];
        to->documents[place] = from->documents[i];
        to->sizes[place] = size;
        to->sides[place] = new_side;
        half->end += size;
    }
}

/* ---- scratch ---- */

bool reorder_scratch_init(reorder_scratch *s, uint32_t term_count, uint32_t levels)
{
    size_t terms = term_count + (size_t)1;
    /* Of every level the two halves' terms are on the stack. */
    size_t degrees = 2 * terms * (1 + 2 * ((size_t)levels + 1));
    *s = (reorder_scratch){0};
    s->buckets = memory_new(2 * BUCKETS_MAX * sizeof *s->buckets);
    s->gains[0] = memory_new(2 * terms * sizeof **s->gains);
    s->numbers[0] = memory_new(2 * terms * sizeof **s->numbers);
    s->before = memory_new(terms * sizeof *s->before);
    s->degrees = memory_new(degrees * sizeof *s->degrees);
    if (!s->buckets || !s->gains[0] || !s->numbers[0] || !s->before || !s->degrees)
        return false;
    s->gains[1] = s->gains[0] + terms;
    s->numbers[1] = s->numbers[0] + terms;
    return true;
}

void reorder_scratch_release(reorder_scratch *s)
{
    memory_free(s->buckets);
    memory_free(s->gains[0]);
    memory_free(s->numbers[0]);
    memory_free(s->before);
    memory_free(s->degrees);
    *s = (reorder_scratch){0};
}
