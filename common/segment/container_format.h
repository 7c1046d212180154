/* Numbers of the container's format that writer and reader share; the layout is described in container_writer.c. */
#ifndef SEGMENT_CONTAINER_FORMAT_H
#define SEGMENT_CONTAINER_FORMAT_H

#include <oir/error.h>

enum {
    FORMAT_VERSION = 1,       /* the one that is written; those before it are read, from the oldest on */
    FORMAT_VERSION_OLDEST = 1,
    FORMAT_FIRST_OFFSET = 16, /* LMDB's page header, before every value of whole pages */
    FORMAT_BLOCK_BITS = 16,   /* a checksum for each 64 KiB of a chunk */
    FORMAT_BLOCK_SIZE = 1 << FORMAT_BLOCK_BITS,
    FORMAT_PIECE_ALIGN = 64,
    FORMAT_KIND_MAX = 255,
    FORMAT_SKIPPABLE = 1, /* flag of a part */

    /* sizes of the directory's records */
    FORMAT_HEADER_SIZE = 32,
    FORMAT_PART_SIZE = 40,
    FORMAT_PIECE_SIZE = 16,
};
#define FORMAT_MAGIC UINT64_C(0x0a67657372696f89) /* the bytes "\x89oirseg\n" */

/* A failure of LMDB on a file, in our words. `doing` as in "writing". */
oir_status container_format_error(oir_error *err, int code, const char *doing, const char *path);

#endif
