/* Whole files, and the few steps by which something becomes durable. Interrupted and partial calls are taken up again;
 * errors name the path. Nothing is kept between calls: any thread may call, on different files, at any time. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buffer.h"
#include "base/error.h"

/* Appends a file's bytes to `out`. OIR_NOT_FOUND when there is none, OIR_TOO_BIG when it has more than `limit` bytes
 * (then nothing stays appended), OIR_IO (also for a folder), OIR_NO_MEMORY. */
oir_status file_read_all(const char *path, size_t limit, buffer *out, oir_error *err);

/* Reads up to `size` bytes from a descriptor; *got is less only at the end. `path` is for the message. OIR_IO. */
oir_status file_read(int descriptor, void *bytes, size_t size, size_t *got, const char *path, oir_error *err);
/* Writes all bytes to a descriptor. `path` is for the message. OIR_IO, OIR_NO_SPACE. */
oir_status file_write(int descriptor, const void *bytes, size_t size, const char *path, oir_error *err);
/* Waits until a descriptor's data is on the disk. OIR_IO, OIR_NO_SPACE. */
oir_status file_sync(int descriptor, const char *path, oir_error *err);

/* Tells the system that some bytes of a file will not change any more, so that it may begin to write them to the disk;
 * does not wait for it. Only advice. */
void file_start_writing(int descriptor, uint64_t offset, uint64_t size);

/* Waits until a folder's entries (new names, renames, removals) are on the disk. OIR_NOT_FOUND, OIR_IO. */
oir_status file_sync_folder(const char *folder, oir_error *err);

/* Whether something, of any kind, has this name. */
bool file_exists(const char *path);
/* Whether a folder has this name. */
bool file_is_folder(const char *path);
/* "folder/name" with exactly one stroke between; `name` alone when folder is "". Freed with memory_free; NULL when out
 * of memory. */
char *file_join(const char *folder, const char *name);
/* What follows the last stroke of a path: a pointer into it. */
const char *file_name(const char *path);

#endif
