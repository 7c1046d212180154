/* A segment's file from when it is made until it is open for reading, whoever fills it.
 *
 *     new_segment_open(&n, folder, number, &options, err);
 *     ...                                    through n.writer
 *     new_segment_close(&n, &segment, err);
 *     new_segment_release(&n);               whatever came back; without closing the file is gone
 * One thread at a time. */
#ifndef INDEXER_NEW_SEGMENT_H
#define INDEXER_NEW_SEGMENT_H

#include "indexer/deletions.h"
#include "segment/segment_writer.h"

/* A segment as the writer has it. */
typedef struct writer_segment {
    segment *segment;
    deletions deletions;
    bool uncommitted; /* no commit names the file, */
    bool synced;      /* but it is on the disk */
} writer_segment;

typedef struct new_segment {
    uint64_t number;
    char *path;
    segment_writer *writer;
    bool synced;
} new_segment;

/* OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status new_segment_open(new_segment *n, const char *folder, uint64_t number, const segment_options *options,
                            oir_error *err);
/* Ends writing and reads the file back in. What segment_writer_commit and segment_open fail with: then it is gone. */
oir_status new_segment_close(new_segment *n, writer_segment *out, oir_error *err);
void new_segment_release(new_segment *n);

/* Unlinks a segment's file. */
void new_segment_unlink(const char *folder, uint64_t number);

#endif
