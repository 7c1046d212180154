/* The LMDB file that a container's writer writes: values one after the other. One thread at a time. */
#ifndef SEGMENT_CONTAINER_WRITER_FILE_H
#define SEGMENT_CONTAINER_WRITER_FILE_H

#include "segment/container_writer_state.h"

/* Makes the file at the writer's path, which must not exist: OIR_EXISTS. What failed is left for container_writer_abort
 * to clear away. OIR_IO, OIR_NO_MEMORY. */
oir_status container_writer_file_open(container_writer *w, oir_error *err);

/* Appends the value of the key w->chunk_count, and commits what there is once that is much. OIR_IO, OIR_NO_MEMORY. */
oir_status container_writer_file_put(container_writer *w, const uint8_t *bytes, size_t size, oir_error *err);

/* The same of a value that the caller fills in at *room before anything else is written, and then says so. OIR_IO,
 * OIR_NO_MEMORY. */
oir_status container_writer_file_reserve(container_writer *w, size_t size, uint8_t **room, oir_error *err);
oir_status container_writer_file_filled(container_writer *w, oir_error *err);

/* The same of a value that is not in memory: committed, with any bytes, from the offset *at of the file on, where the
 * caller has container_writer_file_write put the right ones. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status container_writer_file_put_empty(container_writer *w, size_t size, uint64_t *at, oir_error *err);
oir_status container_writer_file_write(container_writer *w, uint64_t at, const uint8_t *bytes, size_t size,
                                       oir_error *err);

/* What has been put can be read in the file. OIR_IO, OIR_NO_MEMORY. */
oir_status container_writer_file_commit(container_writer *w, oir_error *err);

/* Once all is committed: the file is as long as readers expect, and on the disk if `sync`. OIR_IO. */
oir_status container_writer_file_finish(container_writer *w, bool sync, oir_error *err);

#endif
