#include <oir/inspect.h>

#include <stdio.h>

#include "base/error.h"
#include "base/memory.h"
#include "searcher/database.h"

size_t oir_database_get_segment_count(const oir_database *d)
{
    size_t count = 0;
    for (size_t i = 0; i < d->shard_count; i++)
        count += d->shards[i]->segment_count;
    return count;
}

oir_status oir_database_get_segment(const oir_database *d, size_t index, oir_segment_information *out, oir_error *err)
{
    size_t left = index;
    for (size_t i = 0; i < d->shard_count; left -= d->shards[i++]->segment_count) {
        if (left >= d->shards[i]->segment_count)
            continue;
        const snapshot_segment *at = &d->shards[i]->segments[left];
        const segment *s = at->segment;
        *out = (oir_segment_information){.file = s->name, .bytes = at->catalog->bytes,
                                         .documents = s->context.document_count,
                                         .deleted = at->catalog->deleted_count, .terms = s->terms.term_count,
                                         .postings = s->terms.posting_count};
        while (out->part_count < OIR_PARTS_MAX &&
               segment_get_part(s, out->part_count, &out->parts[out->part_count].name,
                                &out->parts[out->part_count].bytes))
            out->part_count++;
        return OIR_OK;
    }
    return error_set(err, OIR_INVALID_ARGUMENT, "segment %zu of an index of %zu", index,
                     oir_database_get_segment_count(d));
}

/* ---- checking ---- */

typedef struct checking {
    oir_check_report report;
    void *context;
    const char *file;
    bool stopped;
} checking;

static bool report_part(const char *part, const char *reason, void *context)
{
    checking *c = context;
    if (c->report && !c->report(c->file, part, reason, c->context))
        c->stopped = true;
    return !c->stopped;
}

/* What the catalog says of a segment that is not so; NULL: all is. That the bitmap has as many documents as are said to
 * be deleted, and that corrections ascend, was looked at when the catalog was read. */
static const char *find_disagreement(const catalog_segment *said, const segment *s)
{
    if (said->document_count != s->context.document_count)
        return "the catalog says another number of documents";
    if (said->total_length != s->total_length)
        return "the catalog says another total length";
    uint64_t deleted_length = 0;
    for (uint32_t local = 0; said->deleted && local < said->document_count; local++)
        if (said->deleted[local >> 6] >> (local & 63) & 1)
            deleted_length += segment_get_length(s, local);
    if (said->deleted_length != deleted_length)
        return "the catalog says another length of deleted documents";
    if (said->correction_count && said->corrections[said->correction_count - 1].ordinal >= s->terms.term_count)
        return "the catalog corrects the frequencies of a term that is not there";
    return NULL;
}

static oir_status check_segment(checking *c, const catalog_segment *said, const segment *s, uint64_t *findings,
                                oir_error *err)
{
    ERROR_FORWARD(segment_check(s, report_part, c, findings, err));
    const char *disagreement = find_disagreement(said, s);
    if (disagreement && !c->stopped) {
        ++*findings;
        report_part("generation", disagreement, c);
    }
    return OIR_OK;
}

/* A file that cannot even be opened is one finding. */
static oir_status check_file(checking *c, const char *path, const catalog_segment *said, uint64_t *findings,
                             oir_error *err)
{
    char name[40];
    segment *s = NULL;
    oir_error local;
    snprintf(name, sizeof name, "segment-%llu", (unsigned long long)said->number);
    c->file = name;
    char *file = catalog_segment_path(path, said->number);
    if (!file)
        return error_no_memory(err, "a file name");
    oir_status status = segment_open(&s, file, &local);
    memory_free(file);
    if (status == OIR_OK) {
        uint64_t here = 0;
        status = check_segment(c, said, s, &here, err);
        *findings += here;
    } else if (status == OIR_CORRUPT || status == OIR_NOT_FOUND || status == OIR_VERSION) {
        ++*findings;
        report_part("file", local.message, c);
        status = OIR_OK;
    } else {
        error_set(err, status, "%s", local.message);
    }
    segment_close(s);
    return c->stopped ? error_set(err, OIR_CANCELLED, "the check was stopped by its caller") : status;
}

oir_status oir_index_check(const char *path, oir_check_report report, void *context, uint64_t *findings,
                           oir_error *err)
{
    checking c = {.report = report, .context = context, .file = "current"};
    generation g;
    oir_error local = {0};
    *findings = 0;
    oir_status status = catalog_read(path, &g, &local);
    if (status == OIR_CORRUPT) {
        ++*findings;
        report_part("generation", local.message, &c);
        return c.stopped ? error_set(err, OIR_CANCELLED, "the check was stopped by its caller") : OIR_OK;
    }
    if (status != OIR_OK)
        return error_set(err, status, "%s", local.message);
    for (size_t i = 0; status == OIR_OK && i < g.segment_count; i++)
        status = check_file(&c, path, &g.segments[i], findings, err);
    generation_release(&g);
    return status;
}
