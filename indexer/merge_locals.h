/* What local numbers of one source of a merge become. Most sources keep their order: numbers are then moved by adding
 * to them, or less by what was deleted before, or more where documents of another source come between, which is found
 * from two numbers for 64 documents. For others there is a number for each document. One thread at a time; not
 * changed by asking. */
#ifndef INDEXER_MERGE_LOCALS_H
#define INDEXER_MERGE_LOCALS_H

#include "base/bits.h"
#include "indexer/merge_order.h"

#define MERGE_LOCALS_GONE UINT32_MAX /* as POSTINGS_GONE */

/* From this local number on documents have moved by so much more. */
typedef struct merge_jump {
    uint32_t local;
    uint32_t sum; /* of this and all before it */
} merge_jump;

typedef struct merge_locals {
    bool ascend;   /* new numbers do, as the old ones */
    bool shifted;  /* documents are those of the source, all of them, one behind the other: `first` is added */
    uint32_t first, end; /* new numbers are in between */
    /* private */
    const uint64_t *deleted; /* the source's; NULL: none */
    uint32_t *bases;    /* of each 64 documents: what the first that is not deleted has become, but for a jump there */
    uint64_t *jumping;  /* a bit for each 64 documents: there is a jump among them */
    merge_jump *jumps;  /* ascending */
    uint32_t jump_count;
    uint32_t *each;     /* old local -> new one, GONE for deleted documents; NULL: what is above */
} merge_locals;

/* Fills count of them, one for each source. sources must outlive them, order need not. OIR_NO_MEMORY; to be released
 * either way. */
oir_status merge_locals_init(merge_locals *all, const merge_source *sources, size_t count, const merge_order *order,
                             oir_error *err);
void merge_locals_release(merge_locals *l);

/* By how much documents of the 64 around a local number have moved more where that is. */
uint32_t merge_locals_find_jumps(const merge_locals *l, uint32_t local);

/* The new number, or GONE. local must be one of the source's. */
static inline uint32_t merge_locals_get(const merge_locals *l, uint32_t local)
{
    if (l->shifted)
        return local + l->first;
    if (l->each)
        return l->each[local];
    uint64_t deleted = l->deleted ? l->deleted[local / 64] : 0, bit = UINT64_C(1) << local % 64;
    if (deleted & bit)
        return MERGE_LOCALS_GONE;
    uint32_t to = l->bases[local / 64] + bits_count(~deleted & (bit - 1));
    if (l->jumping[local / 64 / 64] >> (local / 64 % 64) & 1)
        to += merge_locals_find_jumps(l, local);
    return to;
}

/* New numbers of n documents instead of old ones. */
void merge_locals_map(const merge_locals *l, uint32_t *documents, uint32_t n);

#endif
