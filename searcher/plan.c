#include "searcher/plan.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "searcher/plan_group.h"
#include "searcher/plan_terms.h"

/* ---- what there is to search ---- */

static oir_status find_units(plan *p, oir_error *err)
{
    const oir_database *d = p->database;
    uint64_t documents = 0, length = 0;
    size_t n = 0;
    for (size_t s = 0; s < d->shard_count; s++) {
        documents += d->shards[s]->live_count;
        length += d->shards[s]->live_length;
        p->unit_count += d->shards[s]->segment_count;
    }
    p->units = arena_add(p->arena, p->unit_count * sizeof *p->units);
    if (!p->units)
        return error_no_memory(err, "a search");
    for (size_t s = 0; s < d->shard_count; s++)
        for (size_t i = 0; i < d->shards[s]->segment_count; i++)
            p->units[n++] = (plan_unit){&d->shards[s]->segments[i], s};
    p->collection.documents = (double)documents;
    p->collection.average_length = documents && length ? (double)length / (double)documents : 1;
    return OIR_OK;
}

/* ---- leaves ---- */

/* A node under construction: `scale` is the product of the factors above, `scored` false where weights do not count. */
typedef struct context {
    double scale;
    bool scored;
} context;

static oir_status build(plan *p, const oir_query *q, context c, plan_node **out, oir_error *err);

/* Factors of SCALE multiply up to this, so that a weight, and the sum of all, stays finite: infinite ones have no
 * order, and 0 times them is no number. */
static const double SCALE_MOST = 1e280;

static double multiply(double scale, double factor)
{
    double product = scale * factor;
    return product < SCALE_MOST ? product : SCALE_MOST;
}

static plan_node *node_new(plan *p, enum plan_op op)
{
    plan_node *n = arena_add_zeroed(p->arena, 1, sizeof *n);
    if (n)
        n->op = op;
    return n;
}

static oir_status node_add(plan *p, plan_node *n, plan_node *part, oir_error *err)
{
    if (n->part_count == n->part_capacity) {
        size_t capacity = n->part_capacity ? n->part_capacity * 2 : 4;
        plan_node **grown = arena_add(p->arena, capacity * sizeof *grown);
        if (!grown)
            return error_no_memory(err, "a search");
        if (n->part_count)
            memcpy(grown, n->parts, n->part_count * sizeof *grown);
        n->parts = grown;
        n->part_capacity = capacity;
    }
    n->parts[n->part_count++] = part;
    return OIR_OK;
}

static oir_status leaf_new(plan *p, plan_leaf **leaf, plan_node **node, enum plan_leaf_kind kind, oir_error *err)
{
    *node = node_new(p, PLAN_LEAF);
    if (!*node || !memory_reserve(&p->leaves, &p->leaf_capacity, p->leaf_count + 1, sizeof *p->leaves))
        return error_no_memory(err, "a search");
    (*node)->leaf = (uint32_t)p->leaf_count;
    *leaf = &p->leaves[p->leaf_count++];
    **leaf = (plan_leaf){.kind = kind};
    if (kind != PLAN_TERM)
        return OIR_OK;
    (*leaf)->postings = arena_add_zeroed(p->arena, p->unit_count, sizeof *(*leaf)->postings);
    return (*leaf)->postings ? OIR_OK : error_no_memory(err, "a search");
}

static double leaf_factor(const plan *p, const plan_leaf *leaf, context c, double wqf)
{
    return c.scored ? c.scale * p->weight->ops->factor(p->weight, &p->collection, leaf->termfreq, wqf) : 0;
}

static oir_status build_term(plan *p, const oir_query *q, context c, plan_node **out, oir_error *err)
{
    plan_leaf *leaf;
    ERROR_FORWARD(leaf_new(p, &leaf, out, PLAN_TERM, err));
    leaf->term = (oir_bytes){q->term, q->term_size};
    plan_terms_fill(p, leaf, q);
    leaf->known = true;
    leaf->factor = leaf_factor(p, leaf, c, q->wqf);
    (*out)->upper = leaf->termfreq;
    return OIR_OK;
}

static oir_status build_group(plan *p, const oir_query *q, context c, plan_node **out, oir_error *err)
{
    plan_leaf *leaf;
    ERROR_FORWARD(leaf_new(p, &leaf, out, PLAN_GROUP, err));
    ERROR_FORWARD(plan_group_fill(p, leaf, q, c.scored && p->weight->ops->weighs, err));
    leaf->factor = leaf_factor(p, leaf, c, 1);
    (*out)->upper = leaf->termfreq;
    return OIR_OK;
}

static oir_status build_all(plan *p, plan_node **out, oir_error *err)
{
    plan_leaf *leaf;
    ERROR_FORWARD(leaf_new(p, &leaf, out, PLAN_ALL, err));
    leaf->termfreq = (uint32_t)p->collection.documents;
    leaf->known = true;
    (*out)->upper = leaf->termfreq;
    return OIR_OK;
}

/* ---- operators ---- */

/* An equal term among a node's parts: its leaf takes the other's factor over, which stands in no tree any more. */
static bool merge_equal(plan *p, plan_node *n, const plan_node *part)
{
    plan_leaf *leaf = &p->leaves[part->leaf];
    if (part->op != PLAN_LEAF || leaf->kind != PLAN_TERM)
        return false;
    for (size_t i = 0; i < n->part_count; i++) {
        const plan_leaf *other = n->parts[i]->op == PLAN_LEAF ? &p->leaves[n->parts[i]->leaf] : NULL;
        if (!other || other->kind != PLAN_TERM || other->term.size != leaf->term.size ||
            memcmp(other->term.data, leaf->term.data, leaf->term.size) != 0)
            continue;
        p->leaves[n->parts[i]->leaf].factor += leaf->factor;
        leaf->factor = 0;
        return true;
    }
    return false;
}

static enum plan_op op_of(oir_query_op op)
{
    switch (op) {
    case OIR_OP_AND: return PLAN_AND;
    case OIR_OP_AND_NOT: return PLAN_NOT;
    case OIR_OP_XOR: return PLAN_XOR;
    case OIR_OP_AND_MAYBE: return PLAN_MAYBE;
    case OIR_OP_FILTER: return PLAN_FILTER;
    case OIR_OP_PHRASE: return PLAN_PHRASE;
    case OIR_OP_NEAR: return PLAN_NEAR;
    default: return PLAN_OR;
    }
}

static bool needs_all(enum plan_op op)
{
    return op == PLAN_AND || op == PLAN_FILTER || op == PLAN_PHRASE || op == PLAN_NEAR;
}

static void find_upper(const plan *p, plan_node *n)
{
    uint64_t sum = 0, least = UINT64_MAX;
    for (size_t i = 0; i < n->part_count; i++) {
        sum += n->parts[i]->upper;
        least = n->parts[i]->upper < least ? n->parts[i]->upper : least;
    }
    if (n->op == PLAN_NOT || n->op == PLAN_MAYBE)
        n->upper = n->parts[0]->upper;
    else
        n->upper = needs_all(n->op) ? least : sum;
    if ((double)n->upper > p->collection.documents)
        n->upper = (uint64_t)p->collection.documents;
}

/* Takes in a part that was built: dropped when it cannot match, joined when it does the same. */
static oir_status take_part(plan *p, plan_node *n, plan_node *part, oir_error *err)
{
    bool joins = n->op == PLAN_AND || n->op == PLAN_OR;
    if (joins && part->op == n->op) {
        for (size_t i = 0; i < part->part_count; i++)
            ERROR_FORWARD(take_part(p, n, part->parts[i], err));
        return OIR_OK;
    }
    return joins && merge_equal(p, n, part) ? OIR_OK : node_add(p, n, part, err);
}

size_t plan_part_count(const plan *p, const oir_query *q)
{
    return q->op == OIR_OP_AND_MAYBE && !p->weight ? 1 : q->part_count;
}

static oir_status build_operator(plan *p, const oir_query *q, context c, plan_node **out, oir_error *err)
{
    plan_node *n = node_new(p, op_of(q->op));
    *out = NULL;
    if (!n)
        return error_no_memory(err, "a search");
    n->window = q->window;
    for (size_t i = 0; i < plan_part_count(p, q); i++) {
        plan_node *part;
        bool first_only = n->op == PLAN_NOT || n->op == PLAN_FILTER;
        ERROR_FORWARD(build(p, q->parts[i], (context){c.scale, c.scored && !(first_only && i)}, &part, err));
        if (!part && (needs_all(n->op) || (!i && (n->op == PLAN_NOT || n->op == PLAN_MAYBE))))
            return OIR_OK; /* nothing can match */
        if (part)
            ERROR_FORWARD(take_part(p, n, part, err));
    }
    if (!n->part_count)
        return OIR_OK;
    find_upper(p, n);
    *out = n->part_count == 1 ? n->parts[0] : n;
    return OIR_OK;
}

static oir_status build(plan *p, const oir_query *q, context c, plan_node **out, oir_error *err)
{
    *out = NULL;
    switch (q->op) {
    case OIR_OP_MATCH_NONE: return OIR_OK;
    case OIR_OP_MATCH_ALL: ERROR_FORWARD(build_all(p, out, err)); break;
    case OIR_OP_TERM: ERROR_FORWARD(build_term(p, q, c, out, err)); break;
    case OIR_OP_PREFIX:
    case OIR_OP_WILDCARD:
    case OIR_OP_FUZZY:
    case OIR_OP_SYNONYM: ERROR_FORWARD(build_group(p, q, c, out, err)); break;
    case OIR_OP_SCALE:
        return build(p, q->parts[0], (context){multiply(c.scale, q->factor), c.scored && q->factor > 0}, out, err);
    default: return build_operator(p, q, c, out, err);
    }
    if (!(*out)->upper)
        *out = NULL;
    return OIR_OK;
}

oir_status plan_init(plan *p, const oir_database *database, const oir_query *query, const oir_weight *weight,
                     search_memory *memory, struct search_control *control, oir_error *err)
{
    *p = (plan){.database = database, .weight = weight, .control = control, .norm = {1, 0, 1}};
    p->memory = memory->busy ? &p->own_memory : memory;
    p->memory->busy = true;
    p->arena = &p->memory->plan;
    ERROR_FORWARD(find_units(p, err));
    if (weight)
        p->norm = weight->ops->norm(weight, &p->collection);
    if (query)
        ERROR_FORWARD(plan_terms_find(p, query, err));
    if (query)
        ERROR_FORWARD(build(p, query, (context){1, weight != NULL}, &p->root, err));
    for (size_t i = 0; p->root && i < p->leaf_count; i++)
        p->max_possible += p->leaves[i].factor; /* wdf / (wdf + norm) is below 1 */
    return OIR_OK;
}

void plan_release(plan *p)
{
    plan_group_release(p);
    memory_free(p->leaves);
    search_memory_clear(p->memory);
    search_memory_release(&p->own_memory);
    *p = (plan){0};
}

/* Where the weights that MAYBE adds do not count. */
static const plan_node *matching_node(const plan *p)
{
    const plan_node *n = p->root;
    while (n && n->op == PLAN_MAYBE)
        n = n->parts[0];
    return n;
}

bool plan_is_leaf(const plan *p)
{
    const plan_node *n = matching_node(p);
    return n && n->op == PLAN_LEAF;
}

bool plan_count_known(const plan *p, uint64_t *count)
{
    const plan_node *n = matching_node(p);
    bool known = !n || (n->op == PLAN_LEAF && p->leaves[n->leaf].known && paths_use(PATHS_TALLIES));
    *count = n && known ? p->leaves[n->leaf].termfreq : 0;
    return known;
}

weigh_input plan_get_norms(const plan *p, const plan_unit *unit)
{
    const length_planes *lengths = &unit->segment->segment->context.lengths;
    weigh_input norms = {.planes = lengths->count, .norm_base = (float)p->norm.base,
                         .norm_slope = (float)p->norm.slope, .norm_min = (float)p->norm.min};
    for (uint32_t i = 0; i < lengths->count; i++)
        norms.length[i] = lengths->plane[i];
    return norms;
}
