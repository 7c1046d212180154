/* Docids of a segment's documents while they come, by local number: as runs of docids that follow each other where
 * these are few, one by one where they are many. One thread at a time. */
#ifndef SEGMENT_DOCUMENTS_DOCIDS_H
#define SEGMENT_DOCUMENTS_DOCIDS_H

#include <oir/types.h>

/* Documents from a local number on, up to where the next run begins. */
typedef struct documents_run {
    uint32_t first; /* local number */
    oir_docid docid;
} documents_run;

/* Zeroed: empty. */
typedef struct documents_docids {
    uint32_t count;
    oir_docid lowest, highest;
    bool descends;       /* somewhere a docid is not above the one before */
    /* private */
    oir_docid last;      /* of the document added last */
    documents_run *runs; /* NULL once docids are there one by one: */
    size_t run_count, run_capacity;
    oir_docid *each;
    size_t capacity;
    size_t wanted;       /* documents that will come, as far as is known */
} documents_docids;

void documents_docids_release(documents_docids *d);
/* So many documents will come, so that room for them need not grow. */
void documents_docids_expect(documents_docids *d, size_t documents);
/* What documents_docids_add does where no run goes on. */
bool documents_docids_add_slow(documents_docids *d, oir_docid docid);

/* The next document's. False when out of memory. */
static inline bool documents_docids_add(documents_docids *d, oir_docid docid)
{
    if (d->each || !d->count || docid != d->last + 1)
        return documents_docids_add_slow(d, docid);
    d->last = docid;
    d->highest = docid > d->highest ? docid : d->highest;
    d->count++;
    return true;
}

/* Whether each docid follows the one before. */
static inline bool documents_docids_are_contiguous(const documents_docids *d)
{
    return !d->each && d->run_count <= 1;
}

/* Docids less the lowest of n documents from `first` on. */
void documents_docids_get(const documents_docids *d, uint32_t first, uint32_t n, uint32_t *out);

/* All of them less the lowest, as an array of d: nothing may be added or got afterwards. NULL when out of memory. */
const uint32_t *documents_docids_spread(documents_docids *d);

#endif
