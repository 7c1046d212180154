/* One merge, from the segments that it takes to the one that it makes. It knows nothing of the writer but what is in
 * here, and has a copy of what was deleted when it was made: so it may run beside the writer, on another thread.
 *
 *     merging_init(&m, segments, count, chosen, err);   and the settings
 *     merging_run(&m, err);
 *     merging_release(&m);   also after a failure; what the caller has not taken of m.result is discarded
 * One thread at a time. */
#ifndef INDEXER_MERGING_H
#define INDEXER_MERGING_H

#include "indexer/new_segment.h"
#include "indexer/progress.h"

typedef struct merging_source {
    uint64_t number;
    segment *segment;  /* a handle of its own */
    uint64_t *deleted; /* a copy; NULL: none */
} merging_source;

typedef struct merging {
    merging_source *sources;
    size_t count;
    const char *folder;      /* the index; outlives this */
    uint64_t number;         /* of the new segment */
    segment_options options; /* it is written with, but for the order of its documents */
    size_t memory;
    oir_reorder reorder;     /* what is wanted */
    uint32_t threads;        /* to find the order with */
    bool lasting;            /* merge.h */
    progress progress;
    writer_segment result;   /* its segment is NULL before merging_run said OIR_OK */
} merging;

/* Takes handles on segments and copies of what is deleted in them. OIR_NO_MEMORY; to be released either way. */
oir_status merging_init(merging *m, const writer_segment *segments, size_t count, const bool *chosen, oir_error *err);
/* OIR_CORRUPT, OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, OIR_TOO_BIG, OIR_CANCELLED: there is no file then. */
oir_status merging_run(merging *m, oir_error *err);
/* Unlinks what the caller has not taken. */
void merging_release(merging *m);

/* Whether there is memory to put so many documents into another order. */
bool merging_can_reorder(size_t memory, uint32_t documents);
/* The order that so many documents are to be put into; without one if there are fewer than `least`. */
oir_reorder merging_choose_reorder(oir_reorder wanted, size_t memory, uint32_t documents, uint32_t least);
/* What a segment keeps of the order its documents are in. */
uint8_t merging_get_record(oir_reorder how);
/* Without memory for another order documents keep the one they have. */
oir_status merging_do_without(oir_status status, const oir_error *lower, oir_error *err);

#endif
