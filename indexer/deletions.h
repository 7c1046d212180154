/* What is deleted in one segment, as the writer collects it: the bits, and for each term how much its statistics are to
 * be corrected. One thread at a time.
 *
 * Corrections of documents deleted since the last deletions_settle stand in `pending`; where a segment keeps no term
 * lists they are counted anew from all of its lists instead, when they are settled. */
#ifndef INDEXER_DELETIONS_H
#define INDEXER_DELETIONS_H

#include "catalog/catalog.h"
#include "segment/segment.h"
#include "segment/termlists.h"

typedef struct deletions {
    catalog_segment catalog; /* owned; corrections are exact after deletions_settle */
    uint64_t *pending;       /* ordinal << 32 | wdf */
    size_t pending_count, pending_capacity;
    bool recount;
} deletions;

void deletions_release(deletions *d);

static inline bool deletions_has(const deletions *d, uint32_t local)
{
    return d->catalog.deleted && (d->catalog.deleted[local >> 6] >> (local & 63) & 1);
}

/* Deletes a document that is not deleted yet. `list` is scratch. OIR_CORRUPT, OIR_NO_MEMORY: nothing has changed. */
oir_status deletions_add(deletions *d, const segment *s, uint32_t local, termlist *list, oir_error *err);
/* Brings the corrections up to date. OIR_CORRUPT, OIR_NO_MEMORY: they are as they were. */
oir_status deletions_settle(deletions *d, const segment *s, oir_error *err);

#endif
