#include "searcher/plan_expand.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "searcher/search_control.h"

/* Whether a prefix expands to a term. One that fixes nothing leaves out terms that have a field's prefix themselves. */
static bool expands_to(const oir_query *q, const char *term, size_t size)
{
    if (size < q->term_size || memcmp(term, q->term, q->term_size) != 0)
        return false;
    return q->term_size || !(term[0] >= 'A' && term[0] <= 'Z');
}

oir_status plan_expand(const segment *s, const oir_query *prefix, plan_expand_take take, void *context, oir_error *err)
{
    terms_cursor *c = memory_new(sizeof *c);
    if (!c)
        return error_no_memory(err, "a prefix");
    terms_cursor_init(c, &s->terms);
    oir_status status = terms_cursor_seek(c, prefix->term, prefix->term_size, err);
    while (status == OIR_OK && !c->at_end) {
        bool expands = expands_to(prefix, c->term, c->term_size);
        if (!expands && prefix->term_size)
            break;
        if (expands)
            status = take(context, c, err);
        if (status == OIR_OK)
            status = terms_cursor_next(c, err);
    }
    memory_free(c);
    return status;
}

/* ---- the limit on expansions: different terms over all units ---- */

enum { TERMS_A_LOOK = 1024 }; /* terms between two looks at whether to go on */

/* Terms as they are met, each behind a byte that says its size. */
typedef struct terms_seen {
    search_control *control;
    const snapshot_segment *segment;
    buffer bytes;
    uint64_t met;  /* terms, those that only deleted documents have among them */
    uint64_t left; /* of one segment: one more than the limit is enough to know */
    bool full;     /* there were that many */
} terms_seen;

static oir_status see(void *context, const terms_cursor *at, oir_error *err)
{
    terms_seen *s = context;
    uint32_t termfreq;
    if (++s->met % TERMS_A_LOOK == 0)
        ERROR_FORWARD(search_control_look(s->control, err));
    snapshot_correct(s->segment, &at->entry, &termfreq, NULL);
    if (!termfreq) /* only deleted documents have it: a merge would drop it */
        return OIR_OK;
    buffer_add_byte(&s->bytes, (uint8_t)at->term_size);
    buffer_add(&s->bytes, at->term, at->term_size);
    if (s->bytes.failed)
        return error_no_memory(err, "a prefix");
    s->full = !s->left--;
    return s->full ? OIR_LIMIT : OIR_OK;
}

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

static oir_status check_prefix(const plan *p, const oir_query *q, oir_error *err)
{
    terms_seen seen = {.control = p->control, .bytes = BUFFER_INIT};
    uint64_t different = 0;
    oir_status status = OIR_OK;
    for (size_t u = 0; u < p->unit_count && status == OIR_OK; u++) {
        seen.segment = p->units[u].segment;
        seen.left = q->max_expansion;
        status = plan_expand(p->units[u].segment->segment, q, see, &seen, err);
    }
    if (status == OIR_OK && p->unit_count > 1)
        status = count_terms(&seen.bytes, &different, err);
    buffer_release(&seen.bytes);
    if (seen.full || (status == OIR_OK && different > q->max_expansion))
        return error_set(err, OIR_LIMIT, "%.*s* stands for more than %u terms; write more of the word",
                         (int)q->term_size, q->term, q->max_expansion);
    return status;
}

oir_status plan_expand_check(const plan *p, const oir_query *query, oir_error *err)
{
    for (size_t i = 0; i < query->part_count; i++)
        ERROR_FORWARD(plan_expand_check(p, query->parts[i], err));
    return query->op == OIR_OP_PREFIX && query->max_expansion ? check_prefix(p, query, err) : OIR_OK;
}
