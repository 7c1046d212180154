#include "searcher/database.h"

#include <string.h>

#include "base/error.h"
#include "base/memory.h"

/* ---- opening ---- */

static oir_status add_shard(oir_database *d, snapshot *s, oir_error *err)
{
    snapshot **grown = memory_resize(d->shards, (d->shard_count + 1) * sizeof *grown);
    if (!grown)
        return error_no_memory(err, "a database");
    d->shards = grown;
    d->shards[d->shard_count++] = s;
    return OIR_OK;
}

oir_status oir_database_open(oir_database **out, const char *path, oir_error *err)
{
    snapshot *s = NULL;
    oir_database *d = *out = memory_new_zeroed(1, sizeof *d);
    if (!d)
        return error_no_memory(err, "a database");
    oir_status status = snapshot_open(&s, path, NULL, err);
    if (status == OIR_OK)
        status = add_shard(d, s, err);
    if (status != OIR_OK) {
        if (!d->shard_count)
            snapshot_close(s);
        oir_database_close(d);
        *out = NULL;
    }
    return status;
}

void oir_database_close(oir_database *d)
{
    if (!d)
        return;
    for (size_t i = 0; i < d->shard_count; i++)
        snapshot_close(d->shards[i]);
    memory_free(d->shards);
    memory_free(d);
}

/* Whether the documents of so many indexes can be numbered together. */
static oir_status check_numbers(uint64_t shards, uint64_t last, oir_error *err)
{
    if (last * shards <= UINT32_MAX)
        return OIR_OK;
    return error_set(err, OIR_TOO_BIG, "%llu indexes with document numbers up to %llu do not fit into 32 bits",
                     (unsigned long long)shards, (unsigned long long)last);
}

static uint64_t max_last_docid(snapshot *const *shards, size_t count, uint64_t last)
{
    for (size_t i = 0; i < count; i++)
        last = shards[i]->generation.last_docid > last ? shards[i]->generation.last_docid : last;
    return last;
}

/* An index that was removed and made anew may have come to the same revision. */
static bool is_other(const generation *fresh, const generation *old)
{
    return fresh->revision != old->revision || strcmp(fresh->uuid, old->uuid) != 0;
}

oir_status oir_database_reopen(oir_database *d, bool *changed, oir_error *err)
{
    snapshot **fresh = memory_new_zeroed(d->shard_count, sizeof *fresh);
    oir_status status = fresh ? OIR_OK : error_no_memory(err, "a database");
    bool other = false;
    for (size_t i = 0; status == OIR_OK && i < d->shard_count; i++) {
        status = snapshot_open(&fresh[i], d->shards[i]->path, d->shards[i], err);
        other |= status == OIR_OK && is_other(&fresh[i]->generation, &d->shards[i]->generation);
    }
    if (status == OIR_OK && d->shard_count > 1)
        status = check_numbers(d->shard_count, max_last_docid(fresh, d->shard_count, 0), err);
    for (size_t i = 0; fresh && i < d->shard_count; i++) {
        snapshot *gone = status == OIR_OK ? d->shards[i] : fresh[i];
        if (status == OIR_OK)
            d->shards[i] = fresh[i];
        snapshot_close(gone);
    }
    memory_free(fresh);
    if (changed)
        *changed = status == OIR_OK && other;
    return status;
}

oir_status oir_database_add_database(oir_database *d, const oir_database *other, oir_error *err)
{
    /* Taken before anything is added: a database may be added to itself. */
    size_t before = d->shard_count, added = other->shard_count;
    uint64_t last = max_last_docid(other->shards, added, max_last_docid(d->shards, before, 0));
    ERROR_FORWARD(check_numbers((uint64_t)before + added, last, err));
    for (size_t i = 0; i < added; i++) {
        oir_status status = add_shard(d, other->shards[i], err);
        if (status != OIR_OK) {
            while (d->shard_count > before)
                snapshot_close(d->shards[--d->shard_count]);
            return status;
        }
        snapshot_retain(other->shards[i]);
    }
    return OIR_OK;
}

/* ---- statistics ---- */

size_t oir_database_get_size(const oir_database *d)
{
    return d->shard_count;
}

uint64_t oir_database_get_revision(const oir_database *d)
{
    uint64_t revision = 0;
    for (size_t i = 0; i < d->shard_count; i++)
        revision += d->shards[i]->generation.revision;
    return revision;
}

const char *oir_database_get_uuid(const oir_database *d)
{
    return d->shards[0]->generation.uuid;
}

oir_doccount oir_database_get_doccount(const oir_database *d)
{
    oir_doccount count = 0;
    for (size_t i = 0; i < d->shard_count; i++)
        count += d->shards[i]->live_count;
    return count;
}

oir_docid oir_database_get_lastdocid(const oir_database *d)
{
    oir_docid last = 0;
    for (size_t i = 0; i < d->shard_count; i++) {
        oir_docid here = d->shards[i]->generation.last_docid;
        if (here && database_join_docid(d, i, here) > last)
            last = database_join_docid(d, i, here);
    }
    return last;
}

oir_totallength oir_database_get_total_length(const oir_database *d)
{
    oir_totallength length = 0;
    for (size_t i = 0; i < d->shard_count; i++)
        length += d->shards[i]->live_length;
    return length;
}

double oir_database_get_average_length(const oir_database *d)
{
    oir_doccount documents = oir_database_get_doccount(d);
    return documents ? (double)oir_database_get_total_length(d) / documents : 0;
}

bool oir_database_has_positions(const oir_database *d)
{
    for (size_t i = 0; i < d->shard_count; i++)
        for (size_t j = 0; j < d->shards[i]->segment_count; j++)
            if (d->shards[i]->segments[j].segment->has_positions)
                return true;
    return false;
}

static oir_status find_term(const oir_database *d, const char *term, size_t size, uint64_t *termfreq,
                            uint64_t *collection_freq, uint32_t *wdf_max, oir_error *err)
{
    *termfreq = *collection_freq = *wdf_max = 0;
    for (size_t i = 0; i < d->shard_count; i++) {
        uint32_t n, most;
        uint64_t occurrences;
        ERROR_FORWARD(snapshot_find_term(d->shards[i], term, size, &n, &occurrences, &most, err));
        *termfreq += n;
        *collection_freq += occurrences;
        *wdf_max = most > *wdf_max ? most : *wdf_max;
    }
    return OIR_OK;
}

oir_status oir_database_get_termfreq(const oir_database *d, const char *term, size_t size, oir_doccount *out,
                                     oir_error *err)
{
    uint64_t termfreq, occurrences;
    uint32_t most;
    oir_status status = find_term(d, term, size, &termfreq, &occurrences, &most, err);
    *out = status == OIR_OK ? (oir_doccount)termfreq : 0;
    return status;
}

oir_status oir_database_get_collection_freq(const oir_database *d, const char *term, size_t size, oir_totallength *out,
                                            oir_error *err)
{
    uint64_t termfreq, occurrences;
    uint32_t most;
    oir_status status = find_term(d, term, size, &termfreq, &occurrences, &most, err);
    *out = status == OIR_OK ? occurrences : 0;
    return status;
}

oir_status oir_database_get_wdf_upper_bound(const oir_database *d, const char *term, size_t size, oir_termcount *out,
                                            oir_error *err)
{
    uint64_t termfreq, occurrences;
    uint32_t most;
    oir_status status = find_term(d, term, size, &termfreq, &occurrences, &most, err);
    *out = status == OIR_OK && termfreq ? most : 0;
    return status;
}

oir_status database_find_document(const oir_database *d, oir_docid docid, const snapshot_segment **found,
                                  uint32_t *local, oir_error *err)
{
    size_t shard = 0, index = 0;
    bool there = false;
    oir_docid inside = docid ? database_split_docid(d, docid, &shard) : 0;
    if (docid)
        ERROR_FORWARD(snapshot_find_document(d->shards[shard], inside, &index, local, &there, err));
    if (!there)
        return error_set(err, OIR_NOT_FOUND, "there is no document %u", docid);
    *found = &d->shards[shard]->segments[index];
    return OIR_OK;
}

oir_status oir_database_get_doclength(const oir_database *d, oir_docid docid, oir_termcount *out, oir_error *err)
{
    const snapshot_segment *at;
    uint32_t local;
    *out = 0;
    ERROR_FORWARD(database_find_document(d, docid, &at, &local, err));
    *out = segment_get_length(at->segment, local);
    return OIR_OK;
}

oir_bytes oir_database_get_setting(const oir_database *d, const char *name)
{
    const generation *g = &d->shards[0]->generation;
    for (size_t i = 0; i < g->setting_count; i++)
        if (!strcmp(g->settings[i].name, name))
            return (oir_bytes){g->settings[i].value, g->settings[i].size};
    return (oir_bytes){"", 0};
}
