#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "segment/container.h"
#include "segment/documents.h"
#include "segment/pairs_check.h"
#include "segment/segment.h"
#include "segment/segment_check_list.h"
#include "segment/stored.h"
#include "segment/termlists.h"
#include "segment/values.h"

/* Lists of terms follow each other's fate: after so many findings the rest would only say the same again. */
enum { FINDINGS_MAX = 100 };

/* What is gathered over all terms to be compared with what documents say. */
typedef struct document_sums {
    uint64_t wdf;   /* sum over its terms */
    uint64_t terms; /* a sum of hashes, one for each of its terms and wdf: equal sets give equal sums */
    uint32_t count; /* of its terms */
} document_sums;

typedef struct checker {
    const segment *segment;
    segment_report report;
    void *context;
    uint64_t findings;
    bool stopped;       /* the caller asked to */
    bool lists_damaged; /* so the sums say nothing */
    document_sums *sums;
    postings_list list;
    positions_list positions;
    oir_error error;
} checker;

__attribute__((format(printf, 3, 4)))
static void tell(checker *c, const char *part, const char *format, ...)
{
    char reason[OIR_MESSAGE_MAX];
    va_list args;
    va_start(args, format);
    vsnprintf(reason, sizeof reason, format, args);
    va_end(args);
    c->findings++;
    if (c->report && !c->stopped)
        c->stopped = !c->report(part, reason, c->context);
}

/* Damage becomes a finding; other failures stay. The call has written c->error. */
static oir_status note(checker *c, const char *part, oir_status status)
{
    if (status != OIR_CORRUPT)
        return status;
    tell(c, part, "%s", c->error.message);
    return OIR_OK;
}

static oir_status check_parts(checker *c)
{
    const segment *s = c->segment;
    oir_error *err = &c->error;
    ERROR_FORWARD(note(c, "lengths", documents_check(s, err)));
    ERROR_FORWARD(note(c, "terms", terms_check(&s->terms, err)));
    ERROR_FORWARD(note(c, "values", values_check(s->values, s->context.document_count, err)));
    if (s->stored)
        ERROR_FORWARD(note(c, "stored", stored_check(s->stored, err)));
    if (s->termlists)
        ERROR_FORWARD(note(c, "termlists", termlists_check(s->termlists, err)));
    return OIR_OK;
}

/* ---- lists against everything else ---- */

static uint64_t hash_term(uint32_t ordinal, uint32_t wdf)
{
    uint64_t z = ((uint64_t)ordinal << 32 | wdf) + UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void add_to_sums(checker *c, const term_entry *e)
{
    for (uint32_t i = 0; i < c->list.count; i++) {
        document_sums *sums = c->sums + c->list.documents[i];
        sums->wdf += c->list.wdf[i];
        sums->terms += hash_term(e->ordinal, c->list.wdf[i]);
        sums->count++;
    }
}

/* One term's list, its bounds and its positions. */
static oir_status check_term(checker *c, const term_entry *e)
{
    const segment *s = c->segment;
    uint64_t before = c->findings;
    ERROR_FORWARD(note(c, "postings", postings_decode(s->container, &s->context, e, &c->list, &c->error)));
    if (c->findings != before) {
        c->lists_damaged = true;
        return OIR_OK;
    }
    add_to_sums(c, e);
    ERROR_FORWARD(note(c, "postings", segment_check_list_statistics(s, e, &c->list, &c->error)));
    ERROR_FORWARD(note(c, "postings", segment_check_list_bounds(s, e, &c->list, &c->error)));
    if (e->positions_form == POSITIONS_NONE)
        return OIR_OK;
    if (!s->has_positions)
        tell(c, "positions", "term number %u has positions in a segment without", e->ordinal);
    before = c->findings;
    ERROR_FORWARD(note(c, "positions", postings_decode_positions(s->container, &s->context, e, &c->list, &c->positions,
                                                        &c->error)));
    if (c->findings == before)
        ERROR_FORWARD(note(c, "positions", segment_check_list_positions(s, e, &c->list, &c->positions, &c->error)));
    return OIR_OK;
}

static oir_status check_terms(checker *c)
{
    terms_cursor cursor;
    terms_cursor_init(&cursor, &c->segment->terms);
    uint64_t limit = c->findings + FINDINGS_MAX, before = c->findings;
    ERROR_FORWARD(note(c, "terms", terms_cursor_seek(&cursor, "", 0, &c->error)));
    while (!cursor.at_end && c->findings < limit && !c->stopped) {
        ERROR_FORWARD(check_term(c, &cursor.entry));
        before = c->findings;
        ERROR_FORWARD(note(c, "terms", terms_cursor_next(&cursor, &c->error)));
    }
    /* A dictionary that ends early leaves lists unread. */
    c->lists_damaged |= !cursor.at_end || c->findings != before;
    return OIR_OK;
}

static void check_lengths(checker *c)
{
    for (uint32_t d = 0; d < c->segment->context.document_count; d++) {
        uint32_t length = segment_get_length(c->segment, d);
        if (c->sums[d].wdf == length)
            continue;
        tell(c, "lengths", "document %u has length %u, but its terms' wdf add up to %" PRIu64,
             segment_get_docid(c->segment, d), length, c->sums[d].wdf);
        return;
    }
}

static oir_status check_term_lists(checker *c)
{
    termlist list = {0};
    oir_status status = OIR_OK;
    for (uint32_t d = 0; d < c->segment->context.document_count; d++) {
        uint64_t hashes = 0;
        status = termlists_get(c->segment->termlists, d, &list, &c->error);
        if (status != OIR_OK)
            break; /* damage was found by termlists_check */
        for (uint32_t i = 0; i < list.count; i++)
            hashes += hash_term(list.ordinals[i], list.wdf[i]);
        if (list.count == c->sums[d].count && hashes == c->sums[d].terms)
            continue;
        tell(c, "termlists", "the terms of document %u are not those whose lists have it",
             segment_get_docid(c->segment, d));
        break;
    }
    termlists_release(&list);
    return status == OIR_CORRUPT ? OIR_OK : status;
}

static oir_status check_agreement(checker *c)
{
    uint32_t count = c->segment->context.document_count;
    c->sums = memory_new_zeroed((size_t)count + 1, sizeof *c->sums);
    if (!c->sums)
        return error_no_memory(&c->error, "checking a segment");
    ERROR_FORWARD(check_terms(c));
    if (c->lists_damaged || c->stopped)
        return OIR_OK;
    check_lengths(c);
    if (c->segment->termlists)
        ERROR_FORWARD(check_term_lists(c));
    return note(c, "pairs", pairs_check(c->segment, &c->error));
}

oir_status segment_check(const segment *s, segment_report report, void *context, uint64_t *findings, oir_error *err)
{
    checker c = {.segment = s, .report = report, .context = context};
    *findings = 0;
    oir_status status = container_check(s->container, report, context, &c.findings, &c.error);
    if (status == OIR_OK)
        status = check_parts(&c);
    if (status == OIR_OK && !c.stopped)
        status = check_agreement(&c);
    *findings = c.findings;
    memory_free(c.sums);
    postings_list_release(&c.list);
    postings_release_positions(&c.positions);
    if (status == OIR_OK && c.stopped)
        return error_set(err, OIR_CANCELLED, "the check was stopped");
    return status == OIR_OK ? OIR_OK : error_set(err, status, "%s", c.error.message);
}
