/* The documents of a term, and a term's positions in a document, for programs that walk lists themselves. */
#include <stdlib.h>

#include "base/error.h"
#include "base/memory.h"
#include "document/iterator.h"
#include "searcher/database.h"
#include "segment/postings.h"

typedef struct posting {
    oir_docid docid;
    oir_termcount wdf, length;
} posting;

typedef struct database_postings {
    oir_posting_iterator base;
    posting *postings; /* all of them, docids ascending */
    size_t count, capacity, next;
} database_postings;

static void stand_on(database_postings *p, bool *found)
{
    *found = p->next < p->count;
    if (!*found)
        return;
    const posting *at = &p->postings[p->next++];
    p->base.docid = at->docid;
    p->base.wdf = at->wdf;
    p->base.doclength = at->length;
}

static oir_status postings_next(oir_posting_iterator *iterator, bool *found, oir_error *err)
{
    (void)err;
    stand_on((database_postings *)iterator, found);
    return OIR_OK;
}

static oir_status postings_seek(oir_posting_iterator *iterator, oir_docid docid, bool *found, oir_error *err)
{
    database_postings *p = (database_postings *)iterator;
    size_t low = p->next, high = p->count;
    (void)err;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (p->postings[middle].docid < docid)
            low = middle + 1;
        else
            high = middle;
    }
    p->next = low;
    stand_on(p, found);
    return OIR_OK;
}

static void postings_free(oir_posting_iterator *iterator)
{
    database_postings *p = (database_postings *)iterator;
    memory_free(p->postings);
    memory_free(p);
}

static const posting_iterator_ops ops = {postings_next, postings_seek, postings_free};

static oir_status add(database_postings *p, const oir_database *d, size_t shard, const snapshot_segment *at,
                      uint32_t local, uint32_t wdf, oir_error *err)
{
    if (snapshot_is_deleted(at, local))
        return OIR_OK;
    if (!memory_reserve(&p->postings, &p->capacity, p->count + 1, sizeof *p->postings))
        return error_no_memory(err, "a list of documents");
    ERROR_FORWARD(segment_verify_docids(at->segment, local, 1, err));
    oir_docid docid = database_join_docid(d, shard, segment_get_docid(at->segment, local));
    p->postings[p->count++] = (posting){docid, wdf, segment_get_length(at->segment, local)};
    return OIR_OK;
}

static oir_status add_segment(database_postings *p, const oir_database *d, size_t shard, const snapshot_segment *at,
                              const char *term, size_t size, oir_error *err)
{
    const segment *s = at->segment;
    postings_list list = {0};
    term_entry entry;
    bool found;
    if (!size) {
        for (uint32_t local = 0; local < s->context.document_count; local++)
            ERROR_FORWARD(add(p, d, shard, at, local, 1, err));
        return OIR_OK;
    }
    ERROR_FORWARD(segment_find_term(s, term, size, &entry, &found, err));
    if (!found)
        return OIR_OK;
    oir_status status = postings_decode(s->container, &s->context, &entry, &list, err);
    for (uint32_t i = 0; status == OIR_OK && i < list.count; i++)
        status = add(p, d, shard, at, list.documents[i], list.wdf[i], err);
    postings_list_release(&list);
    return status;
}

static int compare_postings(const void *a, const void *b)
{
    oir_docid x = ((const posting *)a)->docid, y = ((const posting *)b)->docid;
    return (x > y) - (x < y);
}

oir_status oir_database_get_postings(const oir_database *d, const char *term, size_t size, oir_posting_iterator **out,
                                     oir_error *err)
{
    oir_status status = OIR_OK;
    bool ascending = true;
    *out = NULL;
    database_postings *p = memory_new_zeroed(1, sizeof *p);
    if (!p)
        return error_no_memory(err, "a list of documents");
    p->base.ops = &ops;
    for (size_t i = 0; i < d->shard_count; i++)
        for (size_t j = 0; status == OIR_OK && j < d->shards[i]->segment_count; j++)
            status = add_segment(p, d, i, &d->shards[i]->segments[j], term, size, err);
    if (status != OIR_OK) {
        postings_free(&p->base);
        return status;
    }
    for (size_t i = 1; i < p->count; i++)
        ascending &= p->postings[i - 1].docid < p->postings[i].docid;
    if (!ascending)
        qsort(p->postings, p->count, sizeof *p->postings, compare_postings);
    *out = &p->base;
    return OIR_OK;
}

static oir_status find_positions(const segment *s, uint32_t local, const term_entry *entry, positions_list *out,
                                 oir_error *err)
{
    postings_list list = {0};
    oir_status status = postings_decode(s->container, &s->context, entry, &list, err);
    uint32_t low = 0, high = list.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (list.documents[middle] < local)
            low = middle + 1;
        else
            high = middle;
    }
    if (status == OIR_OK && low < list.count && list.documents[low] == local)
        status = postings_decode_positions_one(s->container, &s->context, entry, &list, low, out, err);
    postings_list_release(&list);
    return status;
}

oir_status oir_database_get_positions(const oir_database *d, oir_docid docid, const char *term, size_t size,
                                      oir_position_iterator **out, oir_error *err)
{
    const snapshot_segment *at;
    uint32_t local;
    positions_list positions = {0};
    term_entry entry;
    bool found = false;
    *out = NULL;
    oir_status status = database_find_document(d, docid, &at, &local, err);
    if (status == OIR_OK)
        status = segment_find_term(at->segment, term, size, &entry, &found, err);
    else if (status == OIR_NOT_FOUND)
        status = OIR_OK; /* it has no positions */
    if (status == OIR_OK && found)
        status = find_positions(at->segment, local, &entry, &positions, err);
    if (status == OIR_OK)
        status = iterator_new_positions(out, positions.positions, (size_t)positions.total, err);
    postings_release_positions(&positions);
    return status;
}
