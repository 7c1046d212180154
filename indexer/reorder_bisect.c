#include "indexer/reorder_bisect.h"

#include <stdatomic.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/team.h"
#include "indexer/reorder_node.h"
#include "indexer/reorder_sample.h"

enum {
    TELL_DOCUMENTS = 1 << 14, /* nodes with fewer are not worth asking */
    TELL_WAITS = 32,          /* milliseconds */
    SAMPLE_ITERATIONS = 3     /* a sample may change sides so many times as often */
};

typedef struct bisection {
    reorder_space space;
    reorder_costs costs;
    uint16_t *made;            /* terms of the second lists, if they are our own */
    uint32_t iterations;
    bool samples;
    uint32_t *order;
    uint64_t total;            /* documents times levels */
    const progress *progress;
    reorder_node *nodes[2];    /* of a level that threads share, and of the next one */
    uint32_t depth;            /* of that level */
    bool whole;                /* nodes are taken to their ends, not halved once */
    atomic_uint_fast64_t done;
    atomic_bool stopped;       /* nothing is done from here on */
    oir_status status;         /* the owner's: cancelled */
    uint32_t waits;
    atomic_bool no_memory;
    oir_error *err;
} bisection;

static uint32_t count_levels(uint32_t count)
{
    uint32_t levels = 0;
    for (; !reorder_node_is_leaf(count); levels++) {
        uint32_t left = reorder_node_find_left(count);
        count = left > count - left ? left : count - left;
    }
    return levels;
}

/* The last halvings are quick, for lists are short there, and they decide what is in a range; the first one begins
 * with sides that mean nothing. */
static uint32_t choose_iterations(const bisection *b, uint32_t count, uint32_t depth)
{
    if (depth == 0)
        return 2 * b->iterations;
    return count > WINDOW_SIZE ? b->iterations : b->iterations + (b->iterations + 1) / 2;
}

/* False when the caller wants to stop. */
static bool tell(bisection *b, uint32_t count, bool owner)
{
    if (count >= TELL_DOCUMENTS && owner && !b->stopped) {
        b->status = progress_tell(b->progress, "reordering documents", b->done, b->total, b->err);
        b->stopped |= b->status != OIR_OK;
    }
    return !b->stopped;
}

/* Both halves of a node. False when stopped. */
static bool halve(bisection *b, reorder_scratch *s, const reorder_node *n, uint32_t depth, bool owner,
                  reorder_node halves[2])
{
    uint32_t iterations = choose_iterations(b, n->count, depth);
    for (uint32_t i = 0; i < iterations && n->term_count; i++) {
        if (!tell(b, n->count, owner))
            return false;
        if (reorder_node_change_sides(s, n, &b->space, depth, i == 0))
            break;
    }
    b->done += n->count;
    reorder_node_cut(n, halves);
    reorder_node_hand_down(s, n, &b->space, depth, halves);
    return true;
}

/* Halves a sample, whose node is number `at` of its tree, on all its levels. False when stopped. */
static bool learn(bisection *b, reorder_scratch *s, reorder_sample *p, const reorder_node *n, uint32_t depth,
                  uint32_t at, bool owner)
{
    reorder_node halves[2];
    uint32_t iterations = SAMPLE_ITERATIONS * (depth ? b->iterations : 2 * b->iterations);
    for (uint32_t i = 0; i < iterations; i++) {
        if (!tell(b, p->nodes[at].count, owner))
            return false;
        if (reorder_node_change_sides(s, n, &p->space, depth, i == 0))
            break;
    }
    reorder_sample_note(p, n, at);
    if (depth + 1 == p->levels)
        return true;
    size_t used = s->degrees_used;
    reorder_sample_cut(p, n, at, halves);
    reorder_node_hand_down(s, n, &p->space, depth, halves);
    bool going_on = learn(b, s, p, &halves[0], depth + 1, 2 * at + 1, owner) &&
                    learn(b, s, p, &halves[1], depth + 1, 2 * at + 2, owner);
    s->degrees_used = used;
    return going_on;
}

/* The parts of a large node. False when stopped, or out of memory. */
static bool take_apart(bisection *b, reorder_scratch *s, const reorder_node *n, uint32_t depth, bool owner,
                       reorder_node parts[REORDER_SAMPLE_PARTS])
{
    reorder_sample p;
    size_t used = s->degrees_used;
    bool going_on = reorder_sample_open(&p, s, n, &b->space, depth);
    if (!going_on)
        b->no_memory = b->stopped = true;
    going_on = going_on && learn(b, s, &p, &p.root, 0, 0, owner);
    for (uint32_t level = 0; going_on && level < p.levels; level += 2) {
        reorder_sample_descend(&p, level);
        going_on = tell(b, n->count, owner);
    }
    if (going_on) {
        reorder_sample_deal(&p);
        memcpy(parts, p.nodes + (UINT32_C(1) << p.levels) - 1, (sizeof *parts) << p.levels);
        b->done += (uint64_t)n->count * p.levels;
    }
    reorder_sample_close(&p);
    s->degrees_used = used;
    return going_on;
}

/* Makes several nodes of one; the rest of `parts` stays as it is. False when stopped. */
static bool divide(bisection *b, reorder_scratch *s, const reorder_node *n, uint32_t depth, bool owner,
                   reorder_node parts[REORDER_SAMPLE_PARTS])
{
    if (b->samples && n->term_count && reorder_sample_choose_levels(n->count))
        return take_apart(b, s, n, depth, owner, parts);
    reorder_node counted = *n;
    if (!n->total)
        reorder_node_count(s, &counted, &b->space, depth);
    return halve(b, s, &counted, depth, owner, parts);
}

static bool bisect(bisection *b, reorder_scratch *s, const reorder_node *n, uint32_t depth, bool owner)
{
    reorder_node parts[REORDER_SAMPLE_PARTS] = {{0}};
    if (reorder_node_is_leaf(n->count)) {
        memcpy(b->order + n->first, b->space.lists[depth & 1].documents + n->first, n->count * sizeof *b->order);
        return true;
    }
    size_t used = s->degrees_used;
    bool going_on = divide(b, s, n, depth, owner, parts);
    for (uint32_t i = 0; i < REORDER_SAMPLE_PARTS && parts[i].count && going_on; i++)
        going_on = bisect(b, s, &parts[i], depth + 1, owner);
    s->degrees_used = used;
    return going_on;
}

/* ---- threads ---- */

/* One node of a level: divided, or taken to its end. What comes out does not depend on who does it. */
static void work(void *context, size_t part, bool owner)
{
    bisection *b = context;
    reorder_scratch s;
    reorder_node n = b->nodes[0][part];
    if (b->stopped)
        return;
    if (!reorder_scratch_init(&s, n.term_count, b->whole ? count_levels(n.count) : REORDER_SAMPLE_LEVELS))
        b->no_memory = b->stopped = true;
    else if (b->whole)
        bisect(b, &s, &n, b->depth, owner);
    else
        divide(b, &s, &n, b->depth, owner, b->nodes[1] + REORDER_SAMPLE_PARTS * part);
    reorder_scratch_release(&s);
}

/* The owner may be out of work while it is asked. */
static void wait_and_tell(void *context)
{
    bisection *b = context;
    if (++b->waits % TELL_WAITS == 0)
        tell(b, TELL_DOCUMENTS, true);
}

/* The parts of all nodes of a level are the next one's nodes. They are counted anew, by whoever takes them on. */
static size_t collect_parts(bisection *b, size_t nodes)
{
    size_t count = 0;
    for (size_t i = 0; i < nodes * REORDER_SAMPLE_PARTS; i++) {
        if (b->nodes[1][i].count)
            b->nodes[0][count++] = b->nodes[1][i];
        b->nodes[1][i].count = 0;
    }
    for (size_t i = 0; i < count; i++)
        b->nodes[0][i].total = NULL;
    return count;
}

/* Level by level until every thread has a node, which it then takes to its end. */
static void share(bisection *b, team *t, size_t threads)
{
    size_t nodes = 1;
    for (; nodes < threads && b->nodes[0][nodes - 1].count > 2 * WINDOW_SIZE; b->depth++) {
        team_run(t, nodes, work, b, wait_and_tell);
        if (b->stopped)
            return;
        nodes = collect_parts(b, nodes);
    }
    b->whole = true;
    team_run(t, nodes, work, b, wait_and_tell);
}

/* Without threads the one node there is, is taken to its end. */
static bool run(bisection *b, size_t threads)
{
    if (threads <= 1) {
        b->whole = true;
        work(b, 0, true);
        return true;
    }
    team *t = team_new(threads - 1);
    if (t)
        share(b, t, threads);
    team_free(t);
    return t != NULL;
}

/* ---- the whole ---- */

static bool reserve(bisection *b, const reorder_lists *l, size_t threads)
{
    size_t documents = l->document_count;
    reorder_half_lists *first = &b->space.lists[0], *second = &b->space.lists[1];
    b->made = l->room ? NULL : memory_new((l->posting_count + 1) * sizeof(uint16_t));
    first->sizes = l->sizes;
    first->terms = l->terms;
    first->documents = memory_new(documents * sizeof(uint32_t));
    first->sides = memory_new(documents);
    second->documents = memory_new(documents * sizeof(uint32_t));
    second->sizes = memory_new(documents * sizeof(uint32_t));
    second->sides = memory_new(documents);
    second->terms = l->room ? l->room : b->made;
    b->space.wishes = memory_new(documents * sizeof *b->space.wishes);
    for (int i = 0; i < 2; i++)
        b->nodes[i] = memory_new_zeroed(REORDER_SAMPLE_PARTS * threads, sizeof *b->nodes[i]);
    return first->documents && first->sides && second->documents && second->sizes && second->sides && second->terms &&
           b->space.wishes && b->nodes[0] && b->nodes[1];
}

static void release(bisection *b)
{
    for (int i = 0; i < 2; i++) {
        memory_free(b->space.lists[i].documents);
        memory_free(b->space.lists[i].sides);
        memory_free(b->nodes[i]);
    }
    memory_free(b->space.lists[1].sizes);
    memory_free(b->made);
    memory_free(b->space.wishes);
}

static void start(bisection *b, const reorder_lists *lists)
{
    reorder_node root = {.count = lists->document_count, .left = reorder_node_find_left(lists->document_count),
                         .end = lists->posting_count, .term_count = lists->term_count};
    reorder_costs_init(&b->costs);
    b->space.costs = &b->costs;
    for (uint32_t i = 0; i < root.count; i++) {
        b->space.lists[0].documents[i] = i;
        b->space.lists[0].sides[i] = i >= root.left;
    }
    b->nodes[0][0] = root;
}

oir_status reorder_bisect(reorder_lists *lists, uint32_t iterations, bool samples, uint32_t threads, uint32_t *order,
                          const progress *p, oir_error *err)
{
    if (lists->document_count == 0)
        return OIR_OK;
    threads = threads < 1 ? 1 : threads > TEAM_MOST ? TEAM_MOST : threads;
    bisection *b = memory_new_zeroed(1, sizeof *b);
    if (!b)
        return error_no_memory(err, "the order of documents");
    b->iterations = iterations;
    b->samples = samples;
    b->order = order;
    b->progress = p;
    b->err = err;
    b->total = (uint64_t)lists->document_count * count_levels(lists->document_count);
    b->no_memory = !reserve(b, lists, threads);
    if (!b->no_memory) {
        start(b, lists);
        b->no_memory |= !run(b, threads);
    }
    oir_status status = b->no_memory ? error_no_memory(err, "the order of documents") : b->status;
    release(b);
    memory_free(b);
    return status;
}
