#include "segment/documents_docids.h"

#include "base/memory.h"

enum {
    RUNS_MIN = 64,  /* runs that are always borne, */
    RUNS_SHARE = 4  /* and those that are fewer than documents by this: half of what docids would take */
};

void documents_docids_release(documents_docids *d)
{
    memory_free(d->runs);
    memory_free(d->each);
    *d = (documents_docids){0};
}

void documents_docids_expect(documents_docids *d, size_t documents)
{
    d->wanted = documents;
}

/* The run that has a document. */
static size_t find_run(const documents_docids *d, uint32_t document)
{
    size_t low = 0, high = d->run_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (d->runs[middle].first <= document)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Docids less `from`, from the runs. */
static void read_runs(const documents_docids *d, uint32_t first, uint32_t n, oir_docid from, uint32_t *out)
{
    size_t run = n ? find_run(d, first) : 0;
    for (uint32_t i = 0; i < n; run++) {
        uint32_t end = run + 1 < d->run_count ? d->runs[run + 1].first : d->count;
        uint32_t docid = d->runs[run].docid + (first + i - d->runs[run].first) - from;
        end = end - first < n ? end - first : n;
        for (; i < end; i++)
            out[i] = docid++;
    }
}

/* Gives up runs for docids one by one. */
static bool spread(documents_docids *d)
{
    size_t room = d->wanted > d->count ? d->wanted : (size_t)d->count + 1;
    d->each = memory_new(room * sizeof *d->each);
    if (!d->each)
        return false;
    d->capacity = room;
    read_runs(d, 0, d->count, 0, d->each);
    memory_free(d->runs);
    d->runs = NULL;
    return true;
}

static bool begin_run(documents_docids *d, oir_docid docid)
{
    if (!memory_reserve(&d->runs, &d->run_capacity, d->run_count + 1, sizeof *d->runs))
        return false;
    d->runs[d->run_count++] = (documents_run){d->count, docid};
    return true;
}

bool documents_docids_add_slow(documents_docids *d, oir_docid docid)
{
    if (!d->each && d->run_count >= RUNS_MIN && d->run_count >= d->count / RUNS_SHARE && !spread(d))
        return false;
    if (d->each) {
        if (!memory_reserve(&d->each, &d->capacity, (size_t)d->count + 1, sizeof *d->each))
            return false;
        d->each[d->count] = docid;
    } else if (!begin_run(d, docid)) {
        return false;
    }
    d->descends |= d->count && docid <= d->last;
    d->lowest = !d->count || docid < d->lowest ? docid : d->lowest;
    d->highest = docid > d->highest ? docid : d->highest;
    d->last = docid;
    d->count++;
    return true;
}

void documents_docids_get(const documents_docids *d, uint32_t first, uint32_t n, uint32_t *out)
{
    if (!d->each) {
        read_runs(d, first, n, d->lowest, out);
        return;
    }
    for (uint32_t i = 0; i < n; i++)
        out[i] = d->each[first + i] - d->lowest;
}

const uint32_t *documents_docids_spread(documents_docids *d)
{
    if (!d->each && !spread(d))
        return NULL;
    for (uint32_t i = 0; i < d->count; i++)
        d->each[i] -= d->lowest;
    return d->each;
}
