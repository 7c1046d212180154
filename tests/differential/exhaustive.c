#include "differential/exhaustive.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "document/document.h"
#include "helper/plain_match.h"

/* ---- memory: there is always enough, or the test ends ---- */

static void *grown(void *block, size_t count, size_t size)
{
    void *out = realloc(block, (count ? count : 1) * size);
    if (!out) {
        fprintf(stderr, "out of memory\n");
        exit(1);
    }
    return out;
}

static void *zeroed(size_t count, size_t size)
{
    return memset(grown(NULL, count, size), 0, count * size);
}

/* ---- terms ---- */

static uint32_t hash_of(const char *name, size_t size)
{
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < size; i++)
        h = (h ^ (uint8_t)name[i]) * 16777619u;
    return h ^ h >> 15;
}

static uint32_t *slot_of(const exhaustive *e, const char *name, size_t size)
{
    uint32_t at = hash_of(name, size) & (e->slot_count - 1);
    for (; e->slots[at]; at = (at + 1) & (e->slot_count - 1)) {
        const exhaustive_term *t = &e->terms[e->slots[at] - 1];
        if (t->size == size && memcmp(t->name, name, size) == 0)
            break;
    }
    return &e->slots[at];
}

static void more_slots(exhaustive *e)
{
    free(e->slots);
    e->slot_count = e->slot_count ? e->slot_count * 2 : 1024;
    e->slots = zeroed(e->slot_count, sizeof *e->slots);
    for (uint32_t i = 0; i < e->term_count; i++)
        *slot_of(e, e->terms[i].name, e->terms[i].size) = i + 1;
}

static uint32_t number_of(exhaustive *e, const char *name, size_t size)
{
    if (e->term_count >= e->slot_count / 2)
        more_slots(e);
    uint32_t *slot = slot_of(e, name, size);
    if (*slot)
        return *slot - 1;
    if (e->term_count == e->term_capacity) {
        e->term_capacity = e->term_capacity ? e->term_capacity * 2 : 256;
        e->terms = grown(e->terms, e->term_capacity, sizeof *e->terms);
    }
    exhaustive_term *t = &e->terms[e->term_count++];
    *t = (exhaustive_term){.size = size};
    memcpy(t->name, name, size);
    return (*slot = e->term_count) - 1;
}

const exhaustive_term *exhaustive_find(const exhaustive *e, const char *name, size_t size)
{
    uint32_t slot = e->slot_count ? *slot_of(e, name, size) : 0;
    return slot ? &e->terms[slot - 1] : NULL;
}

/* ---- documents ---- */

exhaustive *exhaustive_new(void)
{
    return zeroed(1, sizeof(exhaustive));
}

void exhaustive_remove(exhaustive *e, oir_docid docid)
{
    exhaustive_document *d = docid <= e->last ? &e->documents[docid] : NULL;
    if (!d || !d->live)
        return;
    for (uint32_t i = 0; i < d->count; i++)
        free(d->postings[i].positions);
    free(d->postings);
    e->live--;
    e->length -= d->length;
    *d = (exhaustive_document){0};
    e->settled = false;
}

void exhaustive_free(exhaustive *e)
{
    for (oir_docid d = 1; d <= e->last; d++)
        exhaustive_remove(e, d);
    for (uint32_t i = 0; i < e->term_count; i++)
        free(e->terms[i].entries);
    free(e->documents);
    free(e->terms);
    free(e->slots);
    free(e);
}

static exhaustive_document *document_new(exhaustive *e, oir_docid docid, size_t terms)
{
    if (docid >= e->capacity) {
        oir_docid capacity = docid < 512 ? 1024 : docid * 2;
        e->documents = grown(e->documents, capacity, sizeof *e->documents);
        memset(e->documents + e->capacity, 0, (capacity - e->capacity) * sizeof *e->documents);
        e->capacity = capacity;
    }
    e->last = docid > e->last ? docid : e->last;
    exhaustive_remove(e, docid);
    e->live++;
    e->settled = false;
    e->documents[docid] = (exhaustive_document){.live = true, .postings = zeroed(terms, sizeof(exhaustive_posting))};
    return &e->documents[docid];
}

static void add_posting(exhaustive *e, exhaustive_document *d, const char *name, size_t size, oir_termcount wdf,
                        const oir_termpos *positions, uint32_t count)
{
    exhaustive_posting *p = &d->postings[d->count++];
    *p = (exhaustive_posting){number_of(e, name, size), wdf, count, grown(NULL, count, sizeof *positions)};
    if (count)
        memcpy(p->positions, positions, count * sizeof *positions);
    d->length += wdf;
    e->length += wdf;
}

void exhaustive_set(exhaustive *e, oir_docid docid, const oir_document *document)
{
    oir_document *inside = (oir_document *)(uintptr_t)document;
    document_terms *t = &inside->terms;
    if (document_complete(document, NULL) != OIR_OK || document_terms_group(t, NULL) != OIR_OK)
        exit(1);
    exhaustive_document *d = document_new(e, docid, t->count);
    for (size_t i = 0; i < t->count; i++)
        add_posting(e, d, document_terms_get_bytes(t, document_terms_get_word(t, &t->terms[i])),
                    document_terms_get_word(t, &t->terms[i])->size, t->terms[i].wdf,
                    t->positions + t->terms[i].first, t->terms[i].positions);
}

void exhaustive_set_copy(exhaustive *e, oir_docid docid, const exhaustive *from, oir_docid of)
{
    const exhaustive_document *source = &from->documents[of];
    exhaustive_document *d = document_new(e, docid, source->count);
    for (uint32_t i = 0; i < source->count; i++) {
        const exhaustive_posting *p = &source->postings[i];
        const exhaustive_term *t = &from->terms[p->term];
        add_posting(e, d, t->name, t->size, p->wdf, p->positions, p->position_count);
    }
}

void exhaustive_settle(exhaustive *e)
{
    if (e->settled)
        return;
    for (uint32_t i = 0; i < e->term_count; i++)
        e->terms[i].count = 0;
    for (oir_docid d = 1; d <= e->last; d++)
        for (uint32_t i = 0; i < e->documents[d].count; i++) {
            exhaustive_term *t = &e->terms[e->documents[d].postings[i].term];
            if (t->count == t->capacity) {
                t->capacity = t->capacity ? t->capacity * 2 : 4;
                t->entries = grown(t->entries, t->capacity, sizeof *t->entries);
            }
            t->entries[t->count++] = (exhaustive_entry){d, &e->documents[d].postings[i]};
        }
    e->settled = true;
}

/* ---- the query, simplified ---- */

typedef struct leaf {
    const exhaustive_term *term; /* NULL: a group, or all documents */
    bool all;
    double factor;
    uint8_t *present;            /* by docid */
    uint32_t *wdf;               /* by docid, no more than the document's length */
    bool active;                 /* in the document at hand */
} leaf;

typedef struct node {
    oir_query_op op; /* MATCH_ALL and groups are TERM too: a leaf */
    uint32_t leaf;
    struct node **parts;
    size_t count;
    oir_termpos window;
} node;

typedef struct evaluation {
    exhaustive *e;
    const exhaustive_weight *weight;
    leaf *leaves;
    uint32_t leaf_count;
    bool everywhere; /* documents without any of the query's terms may match */
} evaluation;

static double factor_of(const evaluation *v, double termfreq, double wqf)
{
    const oir_bm25 *p = &v->weight->bm25;
    if (v->weight->boolean)
        return 0;
    double n = v->e->live, odds = (n - termfreq + 0.5) / (termfreq + 0.5);
    double idf = log(p->idf == OIR_IDF_LUCENE ? 1 + odds : odds < 2 ? odds / 2 + 1 : odds);
    return idf * ((p->k3 + 1) * wqf / (p->k3 + wqf)) * (p->k1 + 1);
}

static leaf *leaf_new(evaluation *v, node **out)
{
    *out = zeroed(1, sizeof **out);
    (*out)->op = OIR_OP_TERM;
    (*out)->leaf = v->leaf_count;
    v->leaves = grown(v->leaves, v->leaf_count + 1, sizeof *v->leaves);
    leaf *l = &v->leaves[v->leaf_count++];
    *l = (leaf){.present = zeroed(v->e->last + 1, 1), .wdf = zeroed(v->e->last + 1, sizeof *l->wdf)};
    return l;
}

static uint32_t add_term(evaluation *v, leaf *l, const exhaustive_term *t)
{
    uint32_t more = 0;
    for (uint32_t i = 0; t && i < t->count; i++) {
        oir_docid d = t->entries[i].docid;
        uint64_t sum = (uint64_t)l->wdf[d] + t->entries[i].posting->wdf;
        more += !l->present[d];
        l->present[d] = 1;
        l->wdf[d] = sum < v->e->documents[d].length ? (uint32_t)sum : v->e->documents[d].length;
    }
    return more;
}

static uint32_t add_group(evaluation *v, leaf *l, const oir_query *q)
{
    oir_bytes term = oir_query_get_term(q);
    uint32_t more = 0;
    if (oir_query_get_op(q) == OIR_OP_TERM)
        return add_term(v, l, exhaustive_find(v->e, term.data, term.size));
    for (uint32_t i = 0; oir_query_get_op(q) != OIR_OP_SYNONYM && i < v->e->term_count; i++) {
        const exhaustive_term *t = &v->e->terms[i];
        if (plain_match(q, t->name, t->size))
            more += add_term(v, l, t);
    }
    for (size_t i = 0; i < oir_query_get_part_count(q); i++)
        more += add_group(v, l, oir_query_get_part(q, i));
    return more;
}

static void node_free(node *n)
{
    for (size_t i = 0; n && i < n->count; i++)
        node_free(n->parts[i]);
    if (n)
        free(n->parts);
    free(n);
}

static node *compile_leaf(evaluation *v, const oir_query *q, double scale, bool scored)
{
    node *n;
    leaf *l = leaf_new(v, &n);
    oir_bytes term = oir_query_get_term(q);
    oir_query_op op = oir_query_get_op(q);
    uint32_t termfreq = 0;
    if (op == OIR_OP_MATCH_ALL) {
        l->all = v->everywhere = true;
        termfreq = v->e->live;
    } else if (op == OIR_OP_TERM) {
        l->term = exhaustive_find(v->e, term.data, term.size);
        termfreq = add_term(v, l, l->term);
    } else {
        termfreq = add_group(v, l, q);
    }
    if (scored && op != OIR_OP_MATCH_ALL && termfreq)
        l->factor = scale * factor_of(v, termfreq, op == OIR_OP_TERM ? oir_query_get_wqf(q) : 1);
    if (termfreq)
        return n;
    node_free(n);
    return NULL;
}

static void add_part(evaluation *v, node *n, node *part)
{
    leaf *l = part->op == OIR_OP_TERM ? &v->leaves[part->leaf] : NULL;
    for (size_t i = 0; l && l->term && (n->op == OIR_OP_AND || n->op == OIR_OP_OR) && i < n->count; i++) {
        leaf *other = n->parts[i]->op == OIR_OP_TERM ? &v->leaves[n->parts[i]->leaf] : NULL;
        if (other && other->term == l->term) {
            other->factor += l->factor;
            node_free(part);
            return;
        }
    }
    n->parts = grown(n->parts, n->count + 1, sizeof *n->parts);
    n->parts[n->count++] = part;
}

static bool all_needed(oir_query_op op)
{
    return op == OIR_OP_AND || op == OIR_OP_FILTER || op == OIR_OP_PHRASE || op == OIR_OP_NEAR;
}

static node *compile(evaluation *v, const oir_query *q, double scale, bool scored);

static node *compile_operator(evaluation *v, const oir_query *q, double scale, bool scored)
{
    node *n = zeroed(1, sizeof *n);
    n->op = oir_query_get_op(q);
    n->window = oir_query_get_window(q);
    for (size_t i = 0; i < oir_query_get_part_count(q); i++) {
        bool weighs = scored && !(i && (n->op == OIR_OP_AND_NOT || n->op == OIR_OP_FILTER));
        node *part = compile(v, oir_query_get_part(q, i), scale, weighs);
        bool lost = all_needed(n->op) || (!i && (n->op == OIR_OP_AND_NOT || n->op == OIR_OP_AND_MAYBE));
        if (!part && lost) {
            node_free(n);
            return NULL;
        }
        if (part && part->op == n->op && (n->op == OIR_OP_AND || n->op == OIR_OP_OR)) {
            for (size_t j = 0; j < part->count; j++)
                add_part(v, n, part->parts[j]);
            part->count = 0;
            node_free(part);
        } else if (part) {
            add_part(v, n, part);
        }
    }
    node *only = n->count == 1 ? n->parts[0] : NULL;
    if (n->count >= 2)
        return n;
    n->count = 0;
    node_free(n);
    return only;
}

static node *compile(evaluation *v, const oir_query *q, double scale, bool scored)
{
    double factor = oir_query_get_factor(q);
    switch (oir_query_get_op(q)) {
    case OIR_OP_MATCH_NONE: return NULL;
    case OIR_OP_SCALE: return compile(v, oir_query_get_part(q, 0), scale * factor, scored && factor > 0);
    case OIR_OP_TERM:
    case OIR_OP_MATCH_ALL:
    case OIR_OP_PREFIX:
    case OIR_OP_WILDCARD:
    case OIR_OP_FUZZY:
    case OIR_OP_SYNONYM: return compile_leaf(v, q, scale, scored);
    default: return compile_operator(v, q, scale, scored);
    }
}

/* ---- one document ---- */

static const exhaustive_posting *posting_of(const exhaustive_document *d, const exhaustive_term *t,
                                            const exhaustive *e)
{
    for (uint32_t i = 0; i < d->count; i++)
        if (&e->terms[d->postings[i].term] == t)
            return &d->postings[i];
    return NULL;
}

/* The first of the positions that is not less than one. */
static uint32_t lower_bound(const exhaustive_posting *posting, uint64_t position)
{
    uint32_t low = 0, high = posting->position_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (posting->positions[middle] < position)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Tries every choice of positions: the i-th part's among [first, end), behind `last` when in order. */
static bool place(const exhaustive_posting *const *parts, size_t i, size_t count, uint64_t first, uint64_t end,
                  bool ordered, oir_termpos *chosen)
{
    if (i == count)
        return true;
    for (uint32_t p = lower_bound(parts[i], first); p < parts[i]->position_count; p++) {
        oir_termpos at = parts[i]->positions[p];
        bool good = at < end;
        if (!good)
            break;
        for (size_t j = 0; j < i && good; j++)
            good = ordered ? chosen[j] < at : chosen[j] != at;
        chosen[i] = at;
        if (good && place(parts, i + 1, count, first, end, ordered, chosen))
            return true;
    }
    return false;
}

static bool positions_match(const evaluation *v, const node *n, const exhaustive_document *d)
{
    const exhaustive_posting *parts[64];
    oir_termpos chosen[64];
    if (n->count > 64)
        exit(1);
    for (size_t i = 0; i < n->count; i++)
        parts[i] = posting_of(d, v->leaves[n->parts[i]->leaf].term, v->e);
    for (size_t i = 0; i < n->count; i++)
        for (uint32_t p = 0; p < parts[i]->position_count; p++) {
            uint64_t first = parts[i]->positions[p];
            if (place(parts, 0, n->count, first, first + n->window, n->op == OIR_OP_PHRASE, chosen))
                return true;
        }
    return false;
}

static bool matches(const evaluation *v, const node *n, oir_docid docid)
{
    size_t found = 0;
    if (n->op == OIR_OP_TERM)
        return v->leaves[n->leaf].all || v->leaves[n->leaf].present[docid];
    if (n->op == OIR_OP_AND_MAYBE)
        return matches(v, n->parts[0], docid);
    if (n->op == OIR_OP_AND_NOT && !matches(v, n->parts[0], docid))
        return false;
    for (size_t i = 0; i < n->count; i++) {
        found += matches(v, n->parts[i], docid);
        if (all_needed(n->op) && found <= i)
            return false;
    }
    switch (n->op) {
    case OIR_OP_OR: return found > 0;
    case OIR_OP_XOR: return found % 2 == 1;
    case OIR_OP_AND_NOT: return found == 1;
    case OIR_OP_PHRASE:
    case OIR_OP_NEAR: return positions_match(v, n, &v->e->documents[docid]);
    default: return true; /* AND, FILTER */
    }
}

/* Marks the leaves that weigh, of a node that matches. */
static void activate(evaluation *v, const node *n, oir_docid docid)
{
    if (n->op == OIR_OP_TERM)
        v->leaves[n->leaf].active = true;
    bool first_only = n->op == OIR_OP_AND_NOT || n->op == OIR_OP_FILTER;
    for (size_t i = 0; i < (first_only ? 1 : n->count); i++)
        if (matches(v, n->parts[i], docid))
            activate(v, n->parts[i], docid);
}

static double weigh(evaluation *v, const node *root, oir_docid docid)
{
    const oir_bm25 *p = &v->weight->bm25;
    double average = v->e->length ? (double)v->e->length / (double)v->e->live : 1, total = 0;
    double base = p->k1 * (1 - p->b), slope = p->k1 * p->b / average, least = base + p->k1 * p->b * p->min_normlen;
    double norm = base + slope * v->e->documents[docid].length;
    norm = norm > least ? norm : least;
    norm = norm > 1e-30 ? norm : 1e-30; /* k1 = 0: any wdf weighs the same, but 0 weighs nothing */
    for (uint32_t i = 0; i < v->leaf_count; i++)
        v->leaves[i].active = false;
    activate(v, root, docid);
    for (uint32_t i = 0; i < v->leaf_count; i++) {
        const leaf *l = &v->leaves[i];
        double wdf = l->wdf[docid];
        if (l->active && wdf > 0 && l->factor > 0)
            total += l->factor * (wdf / (wdf + norm));
    }
    return total;
}

/* ---- all documents ---- */

static int compare_matches(const void *a, const void *b)
{
    const exhaustive_match *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight > y->weight ? -1 : 1;
    return x->docid < y->docid ? -1 : 1;
}

static void add_match(exhaustive_result *r, double weight, oir_docid docid)
{
    if (r->count == r->capacity) {
        r->capacity = r->capacity ? r->capacity * 2 : 256;
        r->matches = grown(r->matches, r->capacity, sizeof *r->matches);
    }
    r->matches[r->count++] = (exhaustive_match){weight, docid};
}

static bool is_touched(const evaluation *v, oir_docid docid)
{
    bool touched = v->everywhere;
    for (uint32_t i = 0; i < v->leaf_count && !touched; i++)
        touched = v->leaves[i].present[docid];
    return touched;
}

void exhaustive_search(exhaustive *e, const oir_query *query, const exhaustive_weight *weight,
                       exhaustive_result *result)
{
    evaluation v = {.e = e, .weight = weight};
    result->count = 0;
    exhaustive_settle(e);
    node *root = compile(&v, query, 1, true);
    for (oir_docid d = 1; root && d <= e->last; d++)
        if (e->documents[d].live && is_touched(&v, d) && matches(&v, root, d))
            add_match(result, weigh(&v, root, d), d);
    if (result->count)
        qsort(result->matches, result->count, sizeof *result->matches, compare_matches);
    node_free(root);
    for (uint32_t i = 0; i < v.leaf_count; i++) {
        free(v.leaves[i].present);
        free(v.leaves[i].wdf);
    }
    free(v.leaves);
}

void exhaustive_result_release(exhaustive_result *result)
{
    free(result->matches);
    *result = (exhaustive_result){0};
}
