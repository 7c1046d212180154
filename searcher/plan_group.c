#include "searcher/plan_group.h"

#include <stdlib.h>
#include <string.h>

#include "base/bits.h"
#include "base/error.h"
#include "base/memory.h"

/* ---- a unit's postings added up ---- */

/* The union of lists: a bit and a sum for each document of the segment. */
typedef struct sums {
    uint64_t *bits;
    uint32_t *wdf;
    uint32_t documents;
} sums;

static oir_status sums_init(sums *s, uint32_t documents, oir_error *err)
{
    s->documents = documents;
    s->bits = memory_new_zeroed(((size_t)documents + 63) / 64 + 1, sizeof *s->bits);
    s->wdf = memory_new_zeroed((size_t)documents + 1, sizeof *s->wdf);
    return s->bits && s->wdf ? OIR_OK : error_no_memory(err, "a group of terms");
}

static void sums_release(sums *s)
{
    memory_free(s->bits);
    memory_free(s->wdf);
}

static void sums_add(sums *s, const postings_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        uint32_t d = list->documents[i], sum = s->wdf[d] + list->wdf[i];
        s->bits[d >> 6] |= UINT64_C(1) << (d & 63);
        s->wdf[d] = sum < list->wdf[i] ? UINT32_MAX : sum;
    }
}

/* The union as a list in the plan's arena. wdf is no more than the document's length, as a term's is. */
static oir_status sums_list(const sums *s, plan *p, const plan_unit *unit, plan_postings *out, uint64_t *live,
                            oir_error *err)
{
    uint32_t count = 0, n = 0;
    for (size_t w = 0; w <= s->documents / 64; w++)
        count += bits_count(s->bits[w]);
    uint32_t *documents = arena_add(&p->arena, ((size_t)count + 16) * sizeof *documents);
    uint32_t *wdf = arena_add(&p->arena, ((size_t)count + 16) * sizeof *wdf);
    if (!documents || !wdf)
        return error_no_memory(err, "a group of terms");
    for (size_t w = 0; w <= s->documents / 64; w++)
        for (uint64_t left = s->bits[w]; left; left &= left - 1, n++) {
            uint32_t d = (uint32_t)(w * 64 + bits_lowest(left)), length = segment_get_length(unit->segment->segment, d);
            documents[n] = d;
            wdf[n] = s->wdf[d] < length ? s->wdf[d] : length;
            *live += !snapshot_is_deleted(unit->segment, d);
        }
    *out = (plan_postings){.found = count > 0, .documents = documents, .wdf = wdf, .count = count};
    return OIR_OK;
}

/* ---- the terms of a group ---- */

typedef struct filling {
    plan *plan;
    const plan_unit *unit;
    sums sums;
    postings_list list;
} filling;

static oir_status add_entry(filling *f, const term_entry *entry, oir_error *err)
{
    const segment *s = f->unit->segment->segment;
    ERROR_FORWARD(postings_decode(s->container, &s->context, entry, &f->list, err));
    f->plan->postings_decoded += f->list.count;
    sums_add(&f->sums, &f->list);
    return OIR_OK;
}

static oir_status add_term(filling *f, const oir_query *q, oir_error *err)
{
    term_entry entry;
    bool found;
    ERROR_FORWARD(segment_find_term(f->unit->segment->segment, q->term, q->term_size, &entry, &found, err));
    return found ? add_entry(f, &entry, err) : OIR_OK;
}

/* Whether a prefix expands to a term. One that fixes nothing leaves out terms that have a field's prefix themselves. */
static bool expands_to(const oir_query *q, const char *term, size_t size)
{
    if (size < q->term_size || memcmp(term, q->term, q->term_size) != 0)
        return false;
    return q->term_size || !(term[0] >= 'A' && term[0] <= 'Z');
}

static oir_status add_prefix(filling *f, const oir_query *q, oir_error *err)
{
    terms_cursor *c = memory_new(sizeof *c);
    if (!c)
        return error_no_memory(err, "a prefix");
    terms_cursor_init(c, &f->unit->segment->segment->terms);
    oir_status status = terms_cursor_seek(c, q->term, q->term_size, err);
    while (status == OIR_OK && !c->at_end && (!q->term_size || expands_to(q, c->term, c->term_size))) {
        if (expands_to(q, c->term, c->term_size))
            status = add_entry(f, &c->entry, err);
        if (status == OIR_OK)
            status = terms_cursor_next(c, err);
    }
    memory_free(c);
    return status;
}

static oir_status fill_unit(filling *f, const oir_query *q, oir_error *err)
{
    if (q->op == OIR_OP_TERM)
        return add_term(f, q, err);
    if (q->op == OIR_OP_PREFIX)
        return add_prefix(f, q, err);
    for (size_t i = 0; i < q->part_count; i++)
        ERROR_FORWARD(fill_unit(f, q->parts[i], err));
    return OIR_OK;
}

/* ---- the limit on expansions: different terms over all units ---- */

static int compare_terms(const void *a, const void *b)
{
    const uint8_t *x = *(const uint8_t *const *)a, *y = *(const uint8_t *const *)b;
    int order = memcmp(x + 1, y + 1, x[0] < y[0] ? x[0] : y[0]);
    return order ? order : (int)x[0] - (int)y[0];
}

static oir_status count_terms(const buffer *seen, uint64_t *different, oir_error *err)
{
    size_t n = 0;
    for (size_t at = 0; at < seen->size; at += 1 + (size_t)seen->data[at])
        n++;
    const uint8_t **each = memory_new((n + 1) * sizeof *each);
    if (!each)
        return error_no_memory(err, "a prefix");
    n = 0;
    for (size_t at = 0; at < seen->size; at += 1 + (size_t)seen->data[at])
        each[n++] = seen->data + at;
    qsort(each, n, sizeof *each, compare_terms);
    *different = 0;
    for (size_t i = 0; i < n; i++)
        *different += !i || compare_terms(&each[i - 1], &each[i]) != 0;
    memory_free(each);
    return OIR_OK;
}

static oir_status check_limit(const plan *p, const oir_query *q, oir_error *err)
{
    for (size_t i = 0; i < q->part_count; i++)
        ERROR_FORWARD(check_limit(p, q->parts[i], err));
    if (q->op != OIR_OP_PREFIX || !q->max_expansion)
        return OIR_OK;
    buffer seen = BUFFER_INIT;
    uint64_t different = 0;
    oir_status status = OIR_OK;
    terms_cursor *c = memory_new(sizeof *c);
    if (!c)
        return error_no_memory(err, "a prefix");
    for (size_t u = 0; u < p->unit_count && status == OIR_OK; u++) {
        size_t here = 0;
        terms_cursor_init(c, &p->units[u].segment->segment->terms);
        status = terms_cursor_seek(c, q->term, q->term_size, err);
        /* One more than the limit in one segment is enough to know. */
        while (status == OIR_OK && !c->at_end && here <= q->max_expansion &&
               (!q->term_size || expands_to(q, c->term, c->term_size))) {
            if (expands_to(q, c->term, c->term_size)) {
                buffer_add_byte(&seen, (uint8_t)c->term_size);
                buffer_add(&seen, c->term, c->term_size);
                here++;
            }
            status = terms_cursor_next(c, err);
        }
    }
    if (status == OIR_OK)
        status = seen.failed ? error_no_memory(err, "a prefix") : count_terms(&seen, &different, err);
    if (status == OIR_OK && different > q->max_expansion)
        status = error_set(err, OIR_LIMIT, "%.*s* stands for more than %u terms; write more of the word",
                           (int)q->term_size, q->term, q->max_expansion);
    memory_free(c);
    buffer_release(&seen);
    return status;
}

oir_status plan_group_fill(plan *p, plan_leaf *leaf, const oir_query *query, oir_error *err)
{
    uint64_t live = 0;
    ERROR_FORWARD(check_limit(p, query, err));
    for (size_t u = 0; u < p->unit_count; u++) {
        filling f = {.plan = p, .unit = &p->units[u]};
        oir_status status = sums_init(&f.sums, f.unit->segment->segment->context.document_count, err);
        if (status == OIR_OK)
            status = fill_unit(&f, query, err);
        if (status == OIR_OK)
            status = sums_list(&f.sums, p, f.unit, &leaf->postings[u], &live, err);
        sums_release(&f.sums);
        postings_list_release(&f.list);
        if (status != OIR_OK)
            return status;
    }
    leaf->termfreq = (uint32_t)live;
    return OIR_OK;
}
