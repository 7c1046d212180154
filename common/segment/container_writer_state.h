/* The inside of a container's writer, for the files that it consists of. One thread at a time. */
#ifndef SEGMENT_CONTAINER_WRITER_STATE_H
#define SEGMENT_CONTAINER_WRITER_STATE_H

#include <lmdb.h>

#include "base/buffer.h"
#include "segment/container.h"

/* Where a part of the file has its bytes. */
typedef struct container_writer_piece {
    uint32_t key, start, size, slot;
} container_writer_piece;

typedef struct container_writer_part {
    uint32_t kind, flags;
    uint64_t bytes, root_address, root_size;
    buffer open;        /* the slot being filled, from offset 16 on */
    uint32_t open_slot; /* valid while open.size > 0 */
    buffer large;       /* an object with slots of its own, until the caller has filled it */
    uint32_t large_slot;
    container_writer_fill fill; /* NULL, or what fills a large object that is not there yet, */
    const void *fill_context;
    size_t filled_size, filled_head; /* from offset 16 on, and before the object */
    uint32_t next_slot;
    container_writer_piece *pieces;
    size_t piece_count, piece_capacity;
} container_writer_part;

struct container_writer {
    char *path;
    MDB_env *env;
    MDB_txn *txn; /* NULL between transactions */
    bool made;    /* the file exists and is ours to unlink */
    uint32_t page_size;
    uint64_t map_size, committed, pending; /* bytes: of the map, of the file, of the transaction */
    container_writer_part **parts;                          /* kinds ascending */
    size_t part_count, part_capacity;
    uint32_t chunk_count;
    buffer chunk_sizes, checksums; /* of the directory, as they will be */
    container *read;  /* while it is read back */
    buffer read_ends; /* copies of what is not written yet */
};

/* Fills a zeroed container with what has been written and what is about to be; nothing is verified, since this process
 * wrote it just now. OIR_IO, OIR_NO_MEMORY. */
oir_status container_writer_read_parts(container_writer *w, container *c, oir_error *err);

/* Pads and writes bytes, which begin a slot, as the next chunk, and forgets them; nothing if there are none.
 * OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY, as all of these. */
oir_status container_writer_chunks_put(container_writer *w, container_writer_part *p, buffer *bytes, uint32_t slot,
                                       oir_error *err);
/* The same for a part's large object, if it has one that waits, and failures of what fills it. */
oir_status container_writer_chunks_put_large(container_writer *w, container_writer_part *p, oir_error *err);
/* The same for a large object at p->large_slot that is read while it is written, and failures of reading. */
oir_status container_writer_chunks_put_from(container_writer *w, container_writer_part *p, uint64_t size,
                                            container_writer_source read, const void *context, oir_error *err);
/* What every part has left: a chunk of its own where that is much, else a piece of a common one. */
oir_status container_writer_chunks_put_rest(container_writer *w, oir_error *err);

/* Writes the directory, once all parts are written. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status container_writer_directory_put(container_writer *w, oir_error *err);

#endif
