#include "catalog/snapshot.h"

#include <inttypes.h>
#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* A segment that is open already, if it is the same one. Its number would tell but for indexes made anew in the same
 * folder, and for commits that were taken back after readers had seen them. */
static segment *find_open(const snapshot *previous, const char *uuid, const catalog_segment *wanted)
{
    if (!previous || strcmp(previous->generation.uuid, uuid) != 0)
        return NULL;
    for (size_t i = 0; i < previous->segment_count; i++) {
        const catalog_segment *c = previous->segments[i].catalog;
        if (c->number == wanted->number && c->document_count == wanted->document_count &&
            c->total_length == wanted->total_length && c->bytes == wanted->bytes)
            return previous->segments[i].segment;
    }
    return NULL;
}

/* The catalog's numbers for a segment are those of another file: neither can be trusted with the other. */
static oir_status check_segment(const segment *opened, const catalog_segment *c, oir_error *err)
{
    uint32_t corrections = c->correction_count;
    if (opened->context.document_count != c->document_count || opened->total_length != c->total_length ||
        (corrections && c->corrections[corrections - 1].ordinal >= opened->terms.term_count))
        return error_set(err, OIR_CORRUPT, "segment-%" PRIu64 " is not the one that the index's catalog describes",
                         c->number);
    return OIR_OK;
}

static oir_status open_segment(snapshot *s, const catalog_segment *c, const snapshot *previous, oir_error *err)
{
    oir_status status = OIR_OK;
    segment *opened = find_open(previous, s->generation.uuid, c);
    if (opened) {
        opened = segment_retain(opened);
    } else {
        char *path = catalog_segment_path(s->path, c->number);
        if (!path)
            return error_no_memory(err, "a path");
        status = segment_open(&opened, path, err);
        memory_free(path);
        if (status == OIR_OK)
            status = check_segment(opened, c, err);
    }
    if (status != OIR_OK) {
        segment_close(opened);
        return status;
    }
    snapshot_segment *entry = &s->segments[s->segment_count++];
    entry->segment = opened;
    entry->catalog = c;
    entry->live_count = c->document_count - c->deleted_count;
    entry->live_length = c->total_length - c->deleted_length;
    return OIR_OK;
}

static void add_up(snapshot *s)
{
    for (size_t i = 0; i < s->segment_count; i++) {
        const snapshot_segment *entry = &s->segments[i];
        const postings_context *context = &entry->segment->context;
        s->live_count += entry->live_count;
        s->live_length += entry->live_length;
        if (context->length_max > s->length_max)
            s->length_max = context->length_max;
        if (context->length_min && (!s->length_min || context->length_min < s->length_min))
            s->length_min = context->length_min;
    }
}

static snapshot *make(const char *path)
{
    snapshot *s = memory_new_zeroed(1, sizeof *s);
    if (!s)
        return NULL;
    s->references = 1;
    s->path = memory_copy(path, strlen(path));
    if (!s->path) {
        memory_free(s);
        return NULL;
    }
    return s;
}

/* Opens what s->generation names. */
static oir_status open_segments(snapshot *s, const snapshot *previous, oir_error *err)
{
    const generation *g = &s->generation;
    if (g->segment_count) {
        s->segments = memory_new_zeroed(g->segment_count, sizeof *s->segments);
        if (!s->segments)
            return error_no_memory(err, "the index's segments");
    }
    for (size_t i = 0; i < g->segment_count; i++)
        ERROR_FORWARD(open_segment(s, &g->segments[i], previous, err));
    add_up(s);
    return OIR_OK;
}

/* A missing segment of this generation, when there is no newer one that would explain it. */
static oir_status missing_segment(oir_error *err)
{
    if (err) {
        err->status = OIR_CORRUPT;
        error_prefix(err, "a segment that the index's catalog names is missing");
    }
    return OIR_CORRUPT;
}

oir_status snapshot_open(snapshot **out, const char *path, const snapshot *previous, oir_error *err)
{
    oir_status status;
    uint64_t missing_in = 0; /* the revision that a segment was missing in; none has number 0 */
    *out = NULL;
    for (;;) {
        snapshot *s = make(path);
        if (!s)
            return error_no_memory(err, "an index");
        status = catalog_read(path, &s->generation, err);
        if (status != OIR_OK) {
            snapshot_close(s);
            return status;
        }
        uint64_t revision = s->generation.revision;
        status = open_segments(s, previous, err);
        if (status == OIR_OK) {
            *out = s;
            return OIR_OK;
        }
        snapshot_close(s);
        if (status != OIR_NOT_FOUND)
            return status;
        if (revision == missing_in)
            return missing_segment(err);
        missing_in = revision;
    }
}

snapshot *snapshot_retain(snapshot *s)
{
    __atomic_add_fetch(&s->references, 1, __ATOMIC_RELAXED);
    return s;
}

void snapshot_close(snapshot *s)
{
    if (!s || __atomic_sub_fetch(&s->references, 1, __ATOMIC_ACQ_REL) != 0)
        return;
    for (size_t i = 0; i < s->segment_count; i++)
        segment_close(s->segments[i].segment);
    memory_free(s->segments);
    generation_release(&s->generation);
    memory_free(s->path);
    memory_free(s);
}

oir_status snapshot_find_document(const snapshot *s, oir_docid docid, size_t *segment_index, uint32_t *local,
                                  bool *found, oir_error *err)
{
    *found = false;
    /* A document that was replaced is in several segments, and live in the newest only. */
    for (size_t i = s->segment_count; i-- > 0 && !*found;) {
        ERROR_FORWARD(segment_find_docid(s->segments[i].segment, docid, local, found, err));
        *found = *found && !snapshot_is_deleted(&s->segments[i], *local);
        *segment_index = i;
    }
    return OIR_OK;
}

static const term_correction *find_correction(const catalog_segment *c, uint32_t ordinal)
{
    uint32_t low = 0, high = c->correction_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (c->corrections[middle].ordinal < ordinal)
            low = middle + 1;
        else
            high = middle;
    }
    return low < c->correction_count && c->corrections[low].ordinal == ordinal ? &c->corrections[low] : NULL;
}

void snapshot_correct(const snapshot_segment *s, const term_entry *entry, uint32_t *termfreq, uint64_t *collection_freq)
{
    const term_correction *c = find_correction(s->catalog, entry->ordinal);
    uint32_t documents = c ? c->termfreq : 0;
    uint64_t occurrences = c ? c->collection_freq : 0;
    /* Damage could make a correction larger than what it corrects. */
    if (termfreq)
        *termfreq = documents < entry->termfreq ? entry->termfreq - documents : 0;
    if (collection_freq)
        *collection_freq = occurrences < entry->collection_freq ? entry->collection_freq - occurrences : 0;
}

oir_status snapshot_find_term(const snapshot *s, const char *term, size_t size, uint32_t *termfreq,
                              uint64_t *collection_freq, uint32_t *wdf_max, oir_error *err)
{
    uint32_t documents = 0, wdf = 0;
    uint64_t occurrences = 0;
    for (size_t i = 0; i < s->segment_count; i++) {
        term_entry entry;
        bool found;
        ERROR_FORWARD(segment_find_term(s->segments[i].segment, term, size, &entry, &found, err));
        if (!found)
            continue;
        uint32_t here;
        uint64_t occurrences_here;
        snapshot_correct(&s->segments[i], &entry, &here, &occurrences_here);
        documents += here;
        occurrences += occurrences_here;
        if (here && entry.wdf_max > wdf)
            wdf = entry.wdf_max;
    }
    if (termfreq)
        *termfreq = documents;
    if (collection_freq)
        *collection_freq = occurrences;
    if (wdf_max)
        *wdf_max = wdf;
    return OIR_OK;
}
