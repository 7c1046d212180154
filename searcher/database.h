/* The inside of a database: the snapshots it searches together. */
#ifndef SEARCHER_DATABASE_H
#define SEARCHER_DATABASE_H

#include <oir/database.h>

#include "catalog/snapshot.h"
#include "segment/segment.h"

struct oir_database {
    snapshot **shards; /* one for each index; document d of shard i is (d - 1) * shard_count + i + 1 outside */
    size_t shard_count;
};

/* The number by which a shard's document is known outside. */
static inline oir_docid database_join_docid(const oir_database *d, size_t shard, oir_docid docid)
{
    return (oir_docid)((docid - 1) * d->shard_count + shard + 1);
}

/* Taken apart again; docid must not be 0. */
static inline oir_docid database_split_docid(const oir_database *d, oir_docid docid, size_t *shard)
{
    *shard = (docid - 1) % d->shard_count;
    return (oir_docid)((docid - 1) / d->shard_count + 1);
}

/* Where a live document is. OIR_NOT_FOUND, as for docid 0; OIR_CORRUPT. */
oir_status database_find_document(const oir_database *d, oir_docid docid, const snapshot_segment **found,
                                  uint32_t *local, oir_error *err);

#endif
