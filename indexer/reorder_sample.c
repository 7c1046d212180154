#include "indexer/reorder_sample.h"

#include <string.h>

#include "base/memory.h"

enum {
    PART_MIN = 1 << 12,           /* documents */
    SHARE_MIN = 4, SHARE_MAX = 16, /* one of so many documents is in the sample, */
    SAMPLE = 1 << 14,             /* which has about so many, or more */
    BUCKETS = 1 << 12,
    FIELD = 21,                   /* bits of each of three sums, */
    FIELD_TERMS = 64,             /* which hold so many terms' gains */
    UNSEEN = UINT16_MAX
};

uint32_t reorder_sample_choose_levels(uint32_t count)
{
    return count / 16 >= PART_MIN ? 4 : count / 4 >= PART_MIN ? 2 : 0;
}

/* ---- the sample ---- */

static void make_tree(reorder_sample *p, const reorder_node *n)
{
    p->nodes[0] = *n;
    for (uint32_t at = 0; at < (UINT32_C(1) << p->levels) - 1; at++)
        reorder_node_cut(&p->nodes[at], &p->nodes[2 * at + 1]);
}

/* One of each so many documents, now this and now that: what comes every so often would be missed. */
static inline bool is_taken(uint32_t i, uint32_t share)
{
    return i % share == (i / share * UINT32_C(2654435761) >> 24) % share;
}

/* Where the node's documents go later there is room meanwhile for a part of them, twice. */
static void take_sample(reorder_sample *p, const reorder_node *n)
{
    uint32_t share = n->count / SAMPLE, count = 0, first = n->first;
    size_t most = (n->end - n->at) / 2, filled = 0;
    const uint16_t *list = p->from->terms + n->at;
    reorder_half_lists *l = p->space.lists;
    share = share < SHARE_MIN ? SHARE_MIN : share > SHARE_MAX ? SHARE_MAX : share;
    l[0] = (reorder_half_lists){p->to->documents + first, p->to->sizes + first, p->to->terms + n->at,
                                p->to->sides + first};
    for (uint32_t i = 0; i < n->count; list += p->from->sizes[first + i], i++) {
        uint32_t size = p->from->sizes[first + i];
        if (!is_taken(i, share) || size > most - filled)
            continue;
        memcpy(l[0].terms + filled, list, size * sizeof *list);
        l[0].sizes[count] = size;
        l[0].sides[count++] = p->from->sides[first + i];
        filled += size;
    }
    l[1] = (reorder_half_lists){l[0].documents + count, l[0].sizes + count, l[0].terms + filled, l[0].sides + count};
    p->space.wishes = p->wishes + first;
    p->root = (reorder_node){.count = count, .left = (uint32_t)((uint64_t)count * n->left / n->count), .end = filled,
                             .term_count = n->term_count, .keeps_terms = true};
}

bool reorder_sample_open(reorder_sample *p, reorder_scratch *s, const reorder_node *n, const reorder_space *space,
                         uint32_t depth)
{
    size_t terms = n->term_count + (size_t)1;
    *p = (reorder_sample){.levels = reorder_sample_choose_levels(n->count), .from = &space->lists[depth & 1],
                          .to = &space->lists[~depth & 1], .wishes = space->wishes, .space.costs = space->costs};
    uint32_t parts = UINT32_C(1) << p->levels;
    p->gains = memory_new_zeroed((p->levels > 2 ? 5 : 1) * terms, sizeof *p->gains);
    p->numbers = memory_new(parts * terms * sizeof *p->numbers);
    p->buckets = memory_new((size_t)parts * BUCKETS * sizeof *p->buckets);
    if (!p->gains || !p->numbers || !p->buckets)
        return false;
    make_tree(p, n);
    take_sample(p, n);
    reorder_node_count(s, &p->root, &p->space, 0);
    memset(p->from->sides + n->first, 0, n->count);
    return true;
}

void reorder_sample_close(reorder_sample *p)
{
    memory_free(p->gains);
    memory_free(p->numbers);
    memory_free(p->buckets);
    p->gains = NULL;
    p->numbers = NULL;
    p->buckets = NULL;
}

void reorder_sample_cut(const reorder_sample *p, const reorder_node *n, uint32_t at, reorder_node halves[2])
{
    reorder_node_cut(n, halves);
    for (uint32_t side = 0; side < 2; side++) {
        const reorder_node *whole = &p->nodes[2 * at + 1 + side];
        halves[side].left = (uint32_t)((uint64_t)halves[side].count * whole->left / whole->count);
    }
}

/* A sum of three gains is kept in one number. None is negative, with REORDER_GAIN_ZERO added. */
void reorder_sample_note(reorder_sample *p, const reorder_node *n, uint32_t at)
{
    uint32_t above = at ? (at - 1) / 2 : 0, level = 31 - (uint32_t)__builtin_clz(at + 1);
    uint32_t pair = level % 2 ? above : at, field = level % 2 ? 2 - at % 2 : 0;
    uint64_t *gains = p->gains + (pair ? pair - 2 : 0) * (n->term_count + (size_t)1);
    gains[0] |= (uint64_t)REORDER_GAIN_ZERO << field * FIELD;
    for (uint32_t t = 1; t <= n->term_count; t++) {
        uint64_t gain = reorder_costs_gain(p->space.costs, n->right[t], n->total[t] - n->right[t]);
        gains[t] |= gain << field * FIELD;
    }
}

/* ---- all documents ---- */

/* What a document wants in a node and in the two below. */
static inline void add_gains(const uint64_t *gains, const uint16_t *terms, uint32_t size, int32_t wishes[3])
{
    uint32_t sums[3] = {0};
    for (uint32_t i = 0; i < size;) {
        uint64_t sum = 0, mask = (UINT64_C(1) << FIELD) - 1;
        for (uint32_t end = size - i < FIELD_TERMS ? size : i + FIELD_TERMS; i < end; i += REORDER_STEP)
            sum += (gains[terms[i]] + gains[terms[i + 1]]) + (gains[terms[i + 2]] + gains[terms[i + 3]]);
        sums[0] += (uint32_t)(sum & mask);
        sums[1] += (uint32_t)(sum >> FIELD & mask);
        sums[2] += (uint32_t)(sum >> 2 * FIELD);
    }
    for (int i = 0; i < 3; i++)
        wishes[i] = (int32_t)(sums[i] - size * REORDER_GAIN_ZERO);
}

static void start_partings(reorder_sample *p)
{
    for (uint32_t i = 0; i < REORDER_SAMPLE_PARTS; i++)
        p->partings[i] = (reorder_parting){.lowest = INT32_MAX, .highest = INT32_MIN};
}

static inline void note_wish(reorder_parting *p, int32_t wish)
{
    p->lowest = wish < p->lowest ? wish : p->lowest;
    p->highest = wish > p->highest ? wish : p->highest;
}

static inline uint32_t bucket_of(const reorder_parting *p, int32_t wish)
{
    return ((uint32_t)wish - (uint32_t)p->lowest) >> p->shift;
}

/* What documents want at this level and, in what the next level's lists have room for, at the one below. */
static void make_wishes(reorder_sample *p, uint32_t level)
{
    const reorder_node *n = &p->nodes[0];
    const reorder_half_lists *from = p->from, *to = p->to;
    const uint16_t *terms = from->terms + n->at;
    const uint64_t *gains = p->gains + (level ? n->term_count + (size_t)1 : 0);
    start_partings(p);
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        int32_t wishes[3];
        uint32_t node = from->sides[i];
        add_gains(gains + node * (n->term_count + (size_t)1), terms, from->sizes[i], wishes);
        terms += from->sizes[i];
        note_wish(&p->partings[node], wishes[0]);
        p->wishes[i] = wishes[0];
        to->documents[i] = (uint32_t)wishes[1];
        to->sizes[i] = (uint32_t)wishes[2];
    }
}

/* They have gone down: what they want there. */
static void choose_wishes(reorder_sample *p, bool anew)
{
    const reorder_node *n = &p->nodes[0];
    start_partings(p);
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        uint32_t node = p->from->sides[i], right = p->to->sizes[i], left = p->to->documents[i];
        p->wishes[i] = !anew ? p->wishes[i] : (int32_t)(node % 2 ? right : left);
        note_wish(&p->partings[node], p->wishes[i]);
    }
}

static void find_partings(reorder_sample *p, uint32_t level)
{
    const reorder_node *n = &p->nodes[0];
    uint32_t width = UINT32_C(1) << level;
    memset(p->buckets, 0, (size_t)width * BUCKETS * sizeof *p->buckets);
    for (uint32_t i = 0; i < width; i++)
        for (reorder_parting *g = &p->partings[i]; ((uint32_t)g->highest - (uint32_t)g->lowest) >> g->shift >= BUCKETS;)
            g->shift++;
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        uint32_t node = p->from->sides[i];
        p->buckets[node * BUCKETS + bucket_of(&p->partings[node], p->wishes[i])]++;
    }
    for (uint32_t i = 0; i < width; i++) {
        reorder_parting *g = &p->partings[i];
        const uint32_t *buckets = p->buckets + (size_t)i * BUCKETS;
        for (g->lefts = p->nodes[width - 1 + i].left; buckets[g->bucket] < g->lefts; g->bucket++)
            g->lefts -= buckets[g->bucket];
    }
}

/* Each to the left or right, as many as there is room for. Sides say which node of the next level that is. */
static void part(reorder_sample *p, uint32_t level)
{
    const reorder_node *n = &p->nodes[0];
    find_partings(p, level);
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        uint32_t node = p->from->sides[i];
        reorder_parting *g = &p->partings[node];
        uint32_t bucket = bucket_of(g, p->wishes[i]);
        bool meets = bucket == g->bucket, left = meets ? g->lefts > 0 : bucket < g->bucket;
        g->lefts -= meets & left;
        p->from->sides[i] = (uint8_t)(2 * node + !left);
    }
}

void reorder_sample_descend(reorder_sample *p, uint32_t level)
{
    make_wishes(p, level);
    part(p, level);
    choose_wishes(p, true);
    part(p, level + 1);
}

/* ---- parts ---- */

/* Where each part's lists begin; *next: and its places. */
static void place_parts(reorder_sample *p, uint32_t next[REORDER_SAMPLE_PARTS])
{
    const reorder_node *n = &p->nodes[0];
    uint32_t parts = UINT32_C(1) << p->levels;
    size_t sizes[REORDER_SAMPLE_PARTS] = {0}, at = n->at;
    for (uint32_t i = n->first; i < n->first + n->count; i++)
        sizes[p->from->sides[i] / 2] += p->from->sizes[i];
    for (uint32_t i = 0; i < parts; i++) {
        reorder_node *to = &p->nodes[parts - 1 + i];
        next[i] = to->first;
        to->at = to->end = at;
        at += sizes[i];
    }
}

/* Terms are numbered as they are met, which the frequent ones soon are. */
static inline void copy_list(const uint16_t *restrict from, uint32_t size, uint16_t *restrict numbers,
                             uint16_t *restrict to, uint32_t *term_count)
{
    for (uint32_t i = 0; i < size; i++) {
        uint16_t number = numbers[from[i]];
        if (number == UNSEEN)
            numbers[from[i]] = number = (uint16_t)++*term_count;
        to[i] = number;
    }
}

void reorder_sample_deal(reorder_sample *p)
{
    const reorder_half_lists *from = p->from, *to = p->to;
    const reorder_node *n = &p->nodes[0];
    uint32_t next[REORDER_SAMPLE_PARTS], parts = UINT32_C(1) << p->levels;
    size_t terms = n->term_count + (size_t)1;
    choose_wishes(p, false);
    part(p, p->levels);
    place_parts(p, next);
    memset(p->numbers, 0xff, parts * terms * sizeof *p->numbers);
    for (uint32_t i = 0; i < parts; i++)
        p->numbers[i * terms] = 0;
    const uint16_t *list = from->terms + n->at;
    for (uint32_t i = n->first; i < n->first + n->count; i++) {
        uint32_t which = from->sides[i] / 2, place = next[which]++, size = from->sizes[i];
        reorder_node *here = &p->nodes[parts - 1 + which];
        copy_list(list, size, p->numbers + which * terms, to->terms + here->end, &here->term_count);
        to->documents[place] = from->documents[i];
        to->sizes[place] = size;
        to->sides[place] = from->sides[i] & 1;
        here->end += size;
        list += size;
    }
}
