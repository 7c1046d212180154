/* The file that holds a segment: parts made of objects, in an LMDB file that describes itself.
 *
 * A part is an address space: address = slot << 20 | offset, in slots of 1 MiB. An object is a run of bytes added to a
 * part; it is contiguous in memory and keeps the alignment it was added with. Offset 16 is the first of a slot (LMDB's
 * page header is before it), so no object has address 0, and in memory an object aligned at 64 really is. At least 64
 * bytes behind an object's end may be read, by loads that are wider than what is left: they are zeros or the part's
 * next objects. One object of a part, its root, is found without an address. Byte layouts stand in container_writer.c.
 *
 * Calling sequence of writing:
 *     container_writer_open(&w, path, err);
 *     container_writer_add(w, PART_TERMS, bytes, size, 1, &address, err);     any parts in any order
 *     container_writer_add_root(w, PART_TERMS, header, sizeof header, 8, err);
 *     container_writer_commit(w, true, err);      or container_writer_abort(w)
 */
#ifndef SEGMENT_CONTAINER_H
#define SEGMENT_CONTAINER_H

#include <oir/error.h>
#include <stdatomic.h>

#include "base/buffer.h"

/* Kinds of parts. The numbers are in the files and never change; new ones go to the end. */
enum part_kind {
    PART_SEGMENT = 1,    /* statistics of the whole segment */
    PART_TERMS = 2,      /* the dictionary */
    PART_POSTINGS = 3,   /* documents, wdf and bounds by term */
    PART_POSITIONS = 4,
    PART_LENGTHS = 5,    /* lengths and extents by document */
    PART_DOCIDS = 6,     /* local number to docid and back */
    PART_STORED = 7,     /* documents' data */
    PART_VALUES = 8,     /* value slots, as columns */
    PART_TERMLISTS = 9,  /* terms by document */
    PART_PAIRS = 10,     /* lists and marks for pairs of frequent words */
    PART_METADATA = 11,  /* this and the next two: nobody writes them yet */
    PART_SPELLING = 12,
    PART_SYNONYMS = 13,
    PART_GENERATION = 14, /* a commit, in a file of its own: the catalog's */
    PART_FREQUENT = 15,   /* frequent terms by hash */
    PART_KIND_END
};

enum {
    CONTAINER_SLOT_BITS = 20,
    CONTAINER_SLOT_SIZE = 1 << CONTAINER_SLOT_BITS,
    CONTAINER_TAIL = 64, /* readable bytes behind every object */
};
/* The largest object, in bytes: LMDB's values over 2 GiB cannot be written on Linux. */
#define CONTAINER_OBJECT_MAX (UINT64_C(1) << 30)

/* "terms", "postings"...; "unknown" for a number that is none. A constant. */
const char *container_kind_name(uint32_t kind);

/* ---- writing ---- */

/* One thread at a time. After a failure only abort may follow. */
typedef struct container_writer container_writer;
struct container;

/* Makes the file, which must not exist. OIR_EXISTS, OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status container_writer_open(container_writer **out, const char *path, oir_error *err);

/* Adds an object to a part (kind below 256) and says where it is. align is 1, 2, 4, 8 or 64; address may be NULL. With
 * align 1 an object follows the part's last one without a gap wherever the slot has room. OIR_TOO_BIG, OIR_IO,
 * OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status container_writer_add(container_writer *w, uint32_t kind, const void *bytes, uint64_t size, uint32_t align,
                                uint64_t *address, oir_error *err);

/* As add at 1, but a large object is not copied: its buffer is taken, and *bytes is empty then. */
oir_status container_writer_add_buffer(container_writer *w, uint32_t kind, buffer *bytes, uint64_t *address,
                                       oir_error *err);
/* A large object may wait to be written until its part gets another one; now it waits no longer. OIR_IO, OIR_NO_SPACE,
 * OIR_NO_MEMORY. */
oir_status container_writer_write_waiting(container_writer *w, uint32_t kind, oir_error *err);

/* As add, but the caller fills *pointer (zeroed, size bytes; NULL for size 0) until the next call for the same part. */
oir_status container_writer_reserve(container_writer *w, uint32_t kind, uint64_t size, uint32_t align,
                                    uint8_t **pointer, uint64_t *address, oir_error *err);

/* The same for what need not be in memory twice: `fill` is called once, with room for all bytes, now or when the object
 * goes to the file, which is before the part gets another one, at the latest by commit; what it fails with the call
 * does that it is in. context must live so long. */
typedef oir_status (*container_writer_fill)(const void *context, uint8_t *to, oir_error *err);
oir_status container_writer_add_later(container_writer *w, uint32_t kind, uint64_t size, uint32_t align,
                                      container_writer_fill fill, const void *context, uint64_t *address,
                                      oir_error *err);

/* Adds the object that container_get_root will give; the last one added so counts. */
oir_status container_writer_add_root(container_writer *w, uint32_t kind, const void *bytes, uint64_t size,
                                     uint32_t align, oir_error *err);

/* The same, as container_writer_add_later. */
oir_status container_writer_add_root_later(container_writer *w, uint32_t kind, uint64_t size, uint32_t align,
                                           container_writer_fill fill, const void *context, oir_error *err);

/* Adds, at alignment 1, an object that is more than should be in memory: `read` is called for its bytes, from the first
 * to the last, before this returns; what it fails with this does. */
typedef oir_status (*container_writer_source)(const void *context, uint64_t at, uint8_t *to, size_t size,
                                              oir_error *err);
oir_status container_writer_add_from(container_writer *w, uint32_t kind, uint64_t size, container_writer_source read,
                                     const void *context, uint64_t *address, oir_error *err);

/* Readers that do not know this kind of part may go on without it. */
oir_status container_writer_set_skippable(container_writer *w, uint32_t kind, oir_error *err);

/* Bytes of a part's objects so far. */
uint64_t container_writer_get_bytes(const container_writer *w, uint32_t kind);

/* What has been added so far, to be read until container_writer_end_read; nothing may be added meanwhile. OIR_IO,
 * OIR_NO_SPACE, OIR_NO_MEMORY; container_writer_end_read whatever comes back. */
oir_status container_writer_read(container_writer *w, const struct container **out, oir_error *err);
void container_writer_end_read(container_writer *w);

/* Writes what is left, syncs the file if asked, closes it and frees the writer. When it fails it has done what
 * container_writer_abort does. The folder is not synced. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status container_writer_commit(container_writer *w, bool sync, oir_error *err);

/* Frees the writer and unlinks the file. NULL is accepted. */
void container_writer_abort(container_writer *w);

/* ---- reading ---- */

/* Where one slot of a part is in memory. */
typedef struct container_slot {
    const uint8_t *base; /* offset 0 of the slot */
    uint32_t start;      /* the first offset that holds bytes: 16, or 0 where a large object goes on */
    uint32_t limit;      /* offset of the end of what can be got from here; may lie beyond the slot */
    uint32_t chunk;
} container_slot;

typedef struct container_part {
    container_slot *slots; /* slot_count of them; NULL: the file has no such part */
    uint32_t slot_count;
    uint64_t bytes;        /* of all objects */
    uint64_t root_address; /* 0: none */
    uint64_t root_size;
} container_part;

/* An LMDB value of the file. */
typedef struct container_chunk {
    const uint8_t *value;
    uint32_t size;
    uint32_t first_block; /* number of its first block of 64 KiB among all of the file */
} container_chunk;

/* An open file. Shared: after container_open nothing changes but the bits of blocks whose checksums were found right.
 * Survives fork, and the unlinking of its file. Truncating or writing to the file under it is outside the promise. */
typedef struct container {
    char *path;
    struct MDB_env *env;
    struct MDB_txn *txn;
    int fd;                     /* env's */
    uint64_t file_size;
    container_part parts[PART_KIND_END];
    container_slot *slots;      /* all parts' */
    container_chunk *chunks;
    uint32_t chunk_count;
    uint32_t block_count;
    const uint8_t *checksums;   /* 4 bytes a block, in the mapped directory */
    _Atomic uint64_t *verified; /* a bit for each block */
} container;

/* Opens a file for reading; read permission is enough. Its pages are checked before LMDB sees them; objects' checksums
 * are checked when they are first got. OIR_NOT_FOUND, OIR_CORRUPT, OIR_VERSION, OIR_IO, OIR_NO_MEMORY. */
oir_status container_open(container **out, const char *path, oir_error *err);
/* Pointers into the file end here. NULL is accepted. */
void container_close(container *c);

static inline bool container_has_part(const container *c, enum part_kind kind)
{
    return c->parts[kind].slots != NULL;
}

/* Bytes of the part's objects; 0 where there is no such part. */
static inline uint64_t container_part_size(const container *c, enum part_kind kind)
{
    return c->parts[kind].bytes;
}

/* `size` bytes at an address, which need not be an object's first. Bounds and checksums are checked, so any address and
 * size may be asked for. *pointer is NULL on failure. OIR_CORRUPT. */
oir_status container_get(const container *c, enum part_kind kind, uint64_t address, uint64_t size,
                         const uint8_t **pointer, oir_error *err);

/* The same without a look at checksums, for what is large and read here and there: container_get must have said yes to
 * those bytes of it that are to be trusted. OIR_CORRUPT. */
oir_status container_locate(const container *c, enum part_kind kind, uint64_t address, uint64_t size,
                            const uint8_t **pointer, oir_error *err);

/* The part's root. OIR_CORRUPT, also when the part or its root is missing. */
oir_status container_get_root(const container *c, enum part_kind kind, const uint8_t **pointer, uint64_t *size,
                              oir_error *err);

/* The bytes at an address that container_get has said yes to before. */
static inline const uint8_t *container_at(const container *c, enum part_kind kind, uint64_t address)
{
    return c->parts[kind].slots[address >> CONTAINER_SLOT_BITS].base + (address & (CONTAINER_SLOT_SIZE - 1));
}

/* Asks the memory for the first bytes of what may be at an address; wrong ones do no harm. */
static inline void container_prefetch(const container *c, enum part_kind kind, uint64_t address, uint64_t size)
{
    const container_part *part = &c->parts[kind];
    if (address >> CONTAINER_SLOT_BITS >= part->slot_count)
        return;
    const uint8_t *at = container_at(c, kind, address);
    for (uint64_t i = 0; i < size; i += 64)
        __builtin_prefetch(at + i);
}

/* Receives a finding; lives only for the call. Return false to stop. */
typedef bool (*container_report)(const char *part, const char *reason, void *context);

/* Checks the tree once more, with the headers of all pages, and every checksum. *findings counts what is wrong. report
 * may be NULL. OIR_IO, OIR_NO_MEMORY, OIR_CANCELLED when report returned false; damage is no failure of this call. */
oir_status container_check(const container *c, container_report report, void *context, uint64_t *findings,
                           oir_error *err);

#endif
