#include "indexer/deletions.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"
#include "base/sort.h"

enum { PENDING_MAX = 1 << 20 };

void deletions_release(deletions *d)
{
    catalog_segment_release(&d->catalog);
    memory_free(d->pending);
    *d = (deletions){0};
}

oir_status deletions_add(deletions *d, const segment *s, uint32_t local, termlist *list, oir_error *err)
{
    if (!d->catalog.deleted) {
        d->catalog.deleted = memory_new_zeroed(((size_t)d->catalog.document_count + 63) / 64, sizeof(uint64_t));
        if (!d->catalog.deleted)
            return error_no_memory(err, "deleted documents");
    }
    if (s->termlists) {
        if (d->pending_count > PENDING_MAX)
            ERROR_FORWARD(deletions_settle(d, s, err));
        ERROR_FORWARD(termlists_get(s->termlists, local, list, err));
        if (!memory_reserve(&d->pending, &d->pending_capacity, d->pending_count + list->count, sizeof *d->pending))
            return error_no_memory(err, "deleted documents");
        for (uint32_t i = 0; i < list->count; i++)
            d->pending[d->pending_count++] = (uint64_t)list->ordinals[i] << 32 | list->wdf[i];
    } else {
        d->recount = true;
    }
    d->catalog.deleted[local >> 6] |= UINT64_C(1) << (local & 63);
    d->catalog.deleted_count++;
    d->catalog.deleted_length += segment_get_length(s, local);
    return OIR_OK;
}

/* Adds pending corrections, sorted, to those there are, sorted: into an array that is new. */
static uint32_t join(const deletions *d, term_correction *out)
{
    const catalog_segment *c = &d->catalog;
    uint32_t n = 0, old = 0;
    size_t at = 0;
    while (old < c->correction_count || at < d->pending_count) {
        uint64_t ordinal = at < d->pending_count ? d->pending[at] >> 32 : UINT64_MAX;
        if (old < c->correction_count && c->corrections[old].ordinal <= ordinal) {
            ordinal = c->corrections[old].ordinal;
            out[n] = c->corrections[old++];
        } else {
            out[n] = (term_correction){.ordinal = (uint32_t)ordinal};
        }
        for (; at < d->pending_count && d->pending[at] >> 32 == ordinal; at++) {
            out[n].termfreq++;
            out[n].collection_freq += (uint32_t)d->pending[at];
        }
        n++;
    }
    return n;
}

static uint32_t count_ordinals(const deletions *d)
{
    size_t count = d->catalog.correction_count;
    for (size_t i = 0; i < d->pending_count; i++)
        count += i == 0 || d->pending[i] >> 32 != d->pending[i - 1] >> 32;
    return count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
}

static oir_status settle_pending(deletions *d, oir_error *err)
{
    if (d->pending_count == 0)
        return OIR_OK;
    sort_u64(d->pending, d->pending_count);
    term_correction *corrections = memory_new(count_ordinals(d) * sizeof *corrections);
    if (!corrections)
        return error_no_memory(err, "deleted documents");
    uint32_t count = join(d, corrections);
    memory_free(d->catalog.corrections);
    d->catalog.corrections = corrections;
    d->catalog.correction_count = count;
    d->pending_count = 0;
    return OIR_OK;
}

/* Counts one term's deleted documents. */
static term_correction count_deleted(const deletions *d, uint32_t ordinal, const postings_list *list)
{
    term_correction c = {.ordinal = ordinal};
    for (uint32_t i = 0; i < list->count; i++)
        if (list->documents[i] < d->catalog.document_count && deletions_has(d, list->documents[i])) {
            c.termfreq++;
            c.collection_freq += list->wdf[i];
        }
    return c;
}

static oir_status recount(deletions *d, const segment *s, oir_error *err)
{
    oir_status status;
    term_correction *corrections = NULL;
    size_t count = 0, capacity = 0;
    postings_list list = {0};
    terms_cursor cursor;
    terms_cursor_init(&cursor, &s->terms);
    cursor.at_end = s->terms.term_count == 0;
    if (!cursor.at_end)
        ERROR_GOTO_DONE(terms_cursor_seek(&cursor, "", 0, err));
    while (!cursor.at_end) {
        ERROR_GOTO_DONE(postings_decode(s->container, &s->context, &cursor.entry, &list, err));
        term_correction c = count_deleted(d, cursor.entry.ordinal, &list);
        if (c.termfreq) {
            if (!memory_reserve(&corrections, &capacity, count + 1, sizeof *corrections)) {
                status = error_no_memory(err, "deleted documents");
                goto done;
            }
            corrections[count++] = c;
        }
        ERROR_GOTO_DONE(terms_cursor_next(&cursor, err));
    }
    memory_free(d->catalog.corrections);
    d->catalog.corrections = corrections;
    d->catalog.correction_count = (uint32_t)count;
    d->recount = false;
    corrections = NULL;
    status = OIR_OK;
done:
    memory_free(corrections);
    postings_list_release(&list);
    return status;
}

oir_status deletions_settle(deletions *d, const segment *s, oir_error *err)
{
    return d->recount ? recount(d, s, err) : settle_pending(d, err);
}
