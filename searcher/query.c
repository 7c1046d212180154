#include "searcher/query.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

static oir_status new_node(oir_query **out, oir_query_op op, const char *term, size_t size, oir_error *err)
{
    *out = NULL;
    oir_query *query = memory_new(sizeof *query + size);
    if (!query)
        return error_no_memory(err, "a query");
    *query = (oir_query){.op = op, .factor = 1, .depth = 1, .node_count = 1, .term_size = size};
    atomic_init(&query->references, 1);
    if (size)
        memcpy(query->term, term, size);
    *out = query;
    return OIR_OK;
}

static oir_status check_leaf(const char *term, size_t size, size_t least, const char *what, oir_error *err)
{
    if (size < least || size > OIR_TERM_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "a %s has %zu to %d bytes, this one has %zu", what, least,
                         OIR_TERM_MAX, size);
    if (!term && size)
        return error_set(err, OIR_INVALID_ARGUMENT, "a %s of %zu bytes at a null pointer", what, size);
    return OIR_OK;
}

oir_status oir_query_new_term_at(oir_query **out, const char *term, size_t size, oir_termcount wqf,
                                 oir_termpos position, oir_error *err)
{
    *out = NULL;
    ERROR_FORWARD(check_leaf(term, size, 1, "term", err));
    if (wqf == 0)
        return error_set(err, OIR_INVALID_ARGUMENT, "a query's term counts at least once, wqf is 0");
    ERROR_FORWARD(new_node(out, OIR_OP_TERM, term, size, err));
    (*out)->wqf = wqf;
    (*out)->position = position;
    return OIR_OK;
}

oir_status oir_query_new_term(oir_query **out, const char *term, size_t size, oir_error *err)
{
    return oir_query_new_term_at(out, term, size, 1, 0, err);
}

oir_status oir_query_new_all(oir_query **out, oir_error *err)
{
    return new_node(out, OIR_OP_MATCH_ALL, NULL, 0, err);
}

oir_status oir_query_new_none(oir_query **out, oir_error *err)
{
    return new_node(out, OIR_OP_MATCH_NONE, NULL, 0, err);
}

oir_status oir_query_new_prefix(oir_query **out, const char *prefix, size_t size, oir_termcount max_expansion,
                                oir_error *err)
{
    *out = NULL;
    ERROR_FORWARD(check_leaf(prefix, size, 0, "prefix", err));
    ERROR_FORWARD(new_node(out, OIR_OP_PREFIX, prefix, size, err));
    (*out)->max_expansion = max_expansion;
    return OIR_OK;
}

oir_status oir_query_new_wildcard(oir_query **out, const char *pattern, size_t size, oir_termcount max_expansion,
                                  oir_error *err)
{
    *out = NULL;
    ERROR_FORWARD(check_leaf(pattern, size, 1, "pattern", err));
    ERROR_FORWARD(new_node(out, OIR_OP_WILDCARD, pattern, size, err));
    (*out)->max_expansion = max_expansion;
    return OIR_OK;
}

oir_status oir_query_new_fuzzy(oir_query **out, const char *term, size_t size, unsigned distance, size_t prefix,
                               oir_termcount max_expansion, oir_error *err)
{
    *out = NULL;
    ERROR_FORWARD(check_leaf(term, size, 1, "fuzzy term", err));
    if (distance < 1 || distance > OIR_QUERY_DISTANCE_MAX)
        return error_set(err, OIR_INVALID_ARGUMENT, "a fuzzy term is 1 to %d edits away, not %u",
                         OIR_QUERY_DISTANCE_MAX, distance);
    ERROR_FORWARD(new_node(out, OIR_OP_FUZZY, term, size, err));
    (*out)->distance = distance;
    (*out)->fixed = prefix < OIR_TERM_MAX ? (uint32_t)prefix : OIR_TERM_MAX;
    (*out)->max_expansion = max_expansion;
    return OIR_OK;
}

static bool is_positional(oir_query_op op)
{
    return op == OIR_OP_PHRASE || op == OIR_OP_NEAR;
}

static bool takes_part(oir_query_op op, const oir_query *part)
{
    if (is_positional(op))
        return part->op == OIR_OP_TERM;
    if (op == OIR_OP_SYNONYM)
        return part->op == OIR_OP_TERM || query_expands(part);
    return true;
}

static oir_status check_operator(oir_query_op op, oir_query *const *parts, size_t count, oir_termpos window,
                                 oir_error *err)
{
    if (op < OIR_OP_AND || op > OIR_OP_SYNONYM)
        return error_set(err, OIR_INVALID_ARGUMENT, "%s does not combine parts", query_op_name(op));
    if (count && !parts)
        return error_set(err, OIR_INVALID_ARGUMENT, "%zu parts at a null pointer", count);
    if (window && (!is_positional(op) || window < count))
        return error_set(err, OIR_INVALID_ARGUMENT, "a window of %u does not fit %s with %zu parts",
                         (unsigned)window, query_op_name(op), count);
    for (size_t i = 0; i < count; i++) {
        if (!parts[i])
            return error_set(err, OIR_INVALID_ARGUMENT, "part %zu of a query is a null pointer", i);
        if (!takes_part(op, parts[i]))
            return error_set(err, OIR_INVALID_ARGUMENT, "%s takes no %s, which part %zu is", query_op_name(op),
                             query_op_name(parts[i]->op), i);
    }
    return OIR_OK;
}

/* Counts a part into the depth and size of the node it goes under. */
static oir_status count_part(oir_query *query, const oir_query *part, oir_error *err)
{
    if (part->depth >= OIR_QUERY_DEPTH_MAX)
        return error_set(err, OIR_LIMIT, "a query is at most %d levels deep", OIR_QUERY_DEPTH_MAX);
    if (part->node_count > OIR_QUERY_NODES_MAX - query->node_count)
        return error_set(err, OIR_LIMIT, "a query has at most %d terms and operators", OIR_QUERY_NODES_MAX);
    if (query->depth <= part->depth)
        query->depth = part->depth + 1;
    query->node_count += part->node_count;
    return OIR_OK;
}

/* Takes the parts over only when it succeeds. */
static oir_status new_parent(oir_query **out, oir_query_op op, oir_query *const *parts, size_t count, oir_error *err)
{
    oir_query *query;
    ERROR_FORWARD(new_node(&query, op, NULL, 0, err));
    oir_status status = OIR_OK;
    for (size_t i = 0; i < count && status == OIR_OK; i++)
        status = count_part(query, parts[i], err);
    if (status == OIR_OK && !memory_reserve(&query->parts, &query->part_capacity, count, sizeof *query->parts))
        status = error_no_memory(err, "a query");
    if (status != OIR_OK) {
        oir_query_free(query);
        *out = NULL;
        return status;
    }
    memcpy(query->parts, parts, count * sizeof *parts);
    query->part_count = count;
    *out = query;
    return OIR_OK;
}

static void free_parts(oir_query *const *parts, size_t count)
{
    for (size_t i = 0; parts && i < count; i++)
        oir_query_free(parts[i]);
}

/* *out is written last: it may be one of the parts. */
oir_status oir_query_new_operator(oir_query **out, oir_query_op op, oir_query *const *parts, size_t count,
                                  oir_termpos window, oir_error *err)
{
    oir_query *query = NULL;
    oir_status status = check_operator(op, parts, count, window, err);
    if (status == OIR_OK && count == 0) {
        status = oir_query_new_none(&query, err);
    } else if (status == OIR_OK && count == 1 && op != OIR_OP_SYNONYM) {
        query = parts[0];
    } else {
        if (status == OIR_OK)
            status = new_parent(&query, op, parts, count, err);
        if (status != OIR_OK)
            free_parts(parts, count);
        else if (is_positional(op))
            query->window = window ? window : (oir_termpos)count;
    }
    *out = query;
    return status;
}

oir_status oir_query_new_scale(oir_query **out, oir_query *part, double factor, oir_error *err)
{
    *out = NULL;
    oir_status status = OIR_OK;
    if (!part)
        status = error_set(err, OIR_INVALID_ARGUMENT, "the part to scale is a null pointer");
    else if (!isfinite(factor) || factor < 0)
        status = error_set(err, OIR_INVALID_ARGUMENT, "a weight's factor is finite and not negative, this is %g",
                           factor);
    if (status == OIR_OK)
        status = new_parent(out, OIR_OP_SCALE, &part, 1, err);
    if (status != OIR_OK)
        oir_query_free(part);
    else
        (*out)->factor = factor;
    return status;
}

oir_status query_extend(oir_query **query, oir_query_op op, oir_query *part, oir_error *err)
{
    assert(part && (op == OIR_OP_AND || op == OIR_OP_OR || op == OIR_OP_XOR));
    oir_query *left = *query;
    if (!left) {
        *query = part;
        return OIR_OK;
    }
    if (left->op != op || atomic_load(&left->references) != 1)
        return oir_query_new_operator(query, op, (oir_query *[]){left, part}, 2, 0, err);
    oir_status status = count_part(left, part, err);
    if (status == OIR_OK &&
        !memory_reserve(&left->parts, &left->part_capacity, left->part_count + 1, sizeof *left->parts))
        status = error_no_memory(err, "a query");
    if (status != OIR_OK) {
        oir_query_free(left);
        oir_query_free(part);
        *query = NULL;
        return status;
    }
    left->parts[left->part_count++] = part;
    return OIR_OK;
}

oir_query *oir_query_copy(oir_query *query)
{
    if (query)
        atomic_fetch_add_explicit(&query->references, 1, memory_order_relaxed);
    return query;
}

void oir_query_free(oir_query *query)
{
    if (!query || atomic_fetch_sub_explicit(&query->references, 1, memory_order_acq_rel) != 1)
        return;
    free_parts(query->parts, query->part_count);
    memory_free(query->parts);
    memory_free(query);
}

oir_query_op oir_query_get_op(const oir_query *query)
{
    return query->op;
}

size_t oir_query_get_part_count(const oir_query *query)
{
    return query->part_count;
}

const oir_query *oir_query_get_part(const oir_query *query, size_t index)
{
    assert(index < query->part_count);
    return query->parts[index];
}

oir_bytes oir_query_get_term(const oir_query *query)
{
    return (oir_bytes){query->term, query->term_size};
}

oir_termcount oir_query_get_wqf(const oir_query *query)
{
    return query->wqf;
}

oir_termpos oir_query_get_position(const oir_query *query)
{
    return query->position;
}

oir_termpos oir_query_get_window(const oir_query *query)
{
    return query->window;
}

double oir_query_get_factor(const oir_query *query)
{
    return query->factor;
}

oir_termcount oir_query_get_max_expansion(const oir_query *query)
{
    return query->max_expansion;
}

unsigned oir_query_get_distance(const oir_query *query)
{
    return query->distance;
}

size_t oir_query_get_fixed_prefix(const oir_query *query)
{
    return query->fixed;
}

oir_termcount oir_query_get_length(const oir_query *query)
{
    oir_termcount length = query->wqf;
    for (size_t i = 0; i < query->part_count; i++) {
        oir_termcount more = oir_query_get_length(query->parts[i]);
        length = more > UINT32_MAX - length ? UINT32_MAX : length + more;
    }
    return length;
}
