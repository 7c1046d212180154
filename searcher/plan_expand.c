#include "searcher/plan_expand.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/memory.h"
#include "base/paths.h"
#include "searcher/search_control.h"
#include "searcher/term_matcher.h"

/* ---- the terms of a segment ---- */

static bool begins_with(const terms_cursor *c, const char *bytes, size_t size)
{
    return c->term_size >= size && (!size || memcmp(c->term, bytes, size) == 0);
}

/* Whether a term is one that the leaf stands for, all being so without a matcher. What fixes no beginning leaves out
 * terms that have a field's prefix. *cut: nor are others that begin with so many first bytes of it; 0 for none. */
static bool is_meant(const terms_cursor *c, size_t fixed, term_matcher *matcher, size_t *cut)
{
    *cut = 1;
    if (!fixed && c->term[0] >= 'A' && c->term[0] <= 'Z')
        return false;
    *cut = 0;
    return !matcher || term_matcher_ask(matcher, c->term, c->term_size, cut);
}

static oir_status walk(terms_cursor *c, const oir_query *q, term_matcher *matcher, search_control *control,
                       plan_expand_take take, void *context, oir_error *err)
{
    bool cuts = paths_use(PATHS_CUTS);
    size_t fixed = matcher ? term_matcher_get_fixed(term_matcher_text_of(q)) : q->term_size, cut;
    ERROR_FORWARD(terms_cursor_seek(c, q->term, fixed, err));
    for (uint32_t looks = 1; !c->at_end && begins_with(c, q->term, fixed); looks++) {
        if (looks % TERMS_A_LOOK == 0)
            ERROR_FORWARD(search_control_look(control, err));
        if (is_meant(c, fixed, matcher, &cut)) {
            ERROR_FORWARD(terms_cursor_read_entry(c, err));
            ERROR_FORWARD(take(context, c, err));
        }
        ERROR_FORWARD(cut && cuts ? terms_cursor_skip(c, cut, err) : terms_cursor_next(c, err));
    }
    return OIR_OK;
}

oir_status plan_expand(const segment *s, const oir_query *query, search_control *control, plan_expand_take take,
                       void *context, oir_error *err)
{
    term_matcher *matcher = NULL;
    oir_status status = OIR_OK;
    terms_cursor *c = memory_new(sizeof *c);
    if (!c)
        return error_no_memory(err, "a prefix");
    terms_cursor_init_strings(c, &s->terms);
    if (query->op != OIR_OP_PREFIX)
        status = term_matcher_new(&matcher, term_matcher_text_of(query), err);
    if (status == OIR_OK)
        status = walk(c, query, matcher, control, take, context, err);
    term_matcher_free(matcher);
    memory_free(c);
    return status;
}

/* ---- the limit on expansions: different terms over all units ---- */

/* Terms as they are met, each behind a byte that says its size. */
typedef struct terms_seen {
    const snapshot_segment *segment;
    buffer bytes;
    uint64_t left; /* of one segment: one more than the limit is enough to know */
    bool full;     /* there were that many */
} terms_seen;

static oir_status see(void *context, const terms_cursor *at, oir_error *err)
{
    terms_seen *s = context;
    uint32_t termfreq;
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

static oir_status fail_limit(const oir_query *q, oir_error *err)
{
    char edits[16] = "";
    if (q->op == OIR_OP_FUZZY)
        snprintf(edits, sizeof edits, "~%u", (unsigned)q->distance);
    return error_set(err, OIR_LIMIT, "%.*s%s stands for more than %u terms; write more of the word", (int)q->term_size,
                     q->term, q->op == OIR_OP_PREFIX ? "*" : edits, q->max_expansion);
}

static oir_status check_leaf(const plan *p, const oir_query *q, oir_error *err)
{
    terms_seen seen = {.bytes = BUFFER_INIT};
    uint64_t different = 0;
    oir_status status = OIR_OK;
    for (size_t u = 0; u < p->unit_count && status == OIR_OK; u++) {
        seen.segment = p->units[u].segment;
        seen.left = q->max_expansion;
        status = plan_expand(p->units[u].segment->segment, q, p->control, see, &seen, err);
    }
    if (status == OIR_OK && p->unit_count > 1)
        status = count_terms(&seen.bytes, &different, err);
    buffer_release(&seen.bytes);
    if (seen.full || (status == OIR_OK && different > q->max_expansion))
        return fail_limit(q, err);
    return status;
}

oir_status plan_expand_check(const plan *p, const oir_query *query, oir_error *err)
{
    for (size_t i = 0; i < query->part_count; i++)
        ERROR_FORWARD(plan_expand_check(p, query->parts[i], err));
    return query_expands(query) && query->max_expansion ? check_leaf(p, query, err) : OIR_OK;
}
