#include "segment/container.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <lmdb.h>
#include <string.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/crc32c.h"
#include "base/error.h"
#include "base/memory.h"
#include "segment/container_format.h"
#include "segment/container_tree.h"

static_assert(sizeof(size_t) == 8, "LMDB's files differ between 32-bit and 64-bit machines; ours are of the latter");

const char *container_kind_name(uint32_t kind)
{
    static const char *const names[PART_KIND_END] = {
        "unknown", "segment", "terms",     "postings", "positions", "lengths",  "docids",
        "stored",  "values",  "termlists", "pairs",    "metadata",  "spelling", "synonyms", "generation",
        "frequent",
    };
    return kind < PART_KIND_END ? names[kind] : names[0];
}

static oir_status damaged(const container *c, const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "%s is damaged: %s; restore it from a copy or index again", c->path, reason);
}

/* ---- the directory ---- */

/* Where its tables are; see container_writer.c for the layout. */
typedef struct directory {
    const uint8_t *bytes, *parts, *pieces, *sizes;
    uint32_t size, part_count, chunk_count;
    uint64_t piece_count;
} directory;

/* more: 0 in all versions that are read, so that a later one may say something there. */
static oir_status check_version(const container *c, uint32_t version, uint32_t more, oir_error *err)
{
    if (version < FORMAT_VERSION_OLDEST)
        return error_set(err, OIR_VERSION,
                         "%s has format %u.%u, of before the format was frozen, which is not read any more; "
                         "index the documents again", c->path, version, more);
    if (version > FORMAT_VERSION || more)
        return error_set(err, OIR_VERSION,
                         "%s has format %u.%u and was made by a newer oir, this one reads formats up to %u; update oir",
                         c->path, version, more, (unsigned)FORMAT_VERSION);
    return OIR_OK;
}

static oir_status check_header(const container *c, const uint8_t *bytes, size_t size, oir_error *err)
{
    if (size < FORMAT_HEADER_SIZE || bits_load64(bytes) != FORMAT_MAGIC || bits_load32(bytes + 16) != size)
        return damaged(c, "its last value is not a directory of parts", err);
    if (crc32c_add(crc32c_add(0, bytes, 12), bytes + 16, size - 16) != bits_load32(bytes + 12))
        return damaged(c, "checksum of the directory of parts", err);
    return check_version(c, bits_load16(bytes + 8), bits_load16(bytes + 10), err);
}

/* Finds the tables and makes sure that they lie within the directory. */
static oir_status read_directory(const container *c, const MDB_val *value, directory *d, oir_error *err)
{
    const uint8_t *bytes = value->mv_data;
    ERROR_FORWARD(check_header(c, bytes, value->mv_size, err));
    *d = (directory){.bytes = bytes, .size = (uint32_t)value->mv_size};
    d->part_count = bits_load32(bytes + 24);
    d->chunk_count = bits_load32(bytes + 28);
    uint64_t at = FORMAT_HEADER_SIZE + (uint64_t)d->part_count * FORMAT_PART_SIZE;
    if (at > d->size || d->chunk_count != c->chunk_count)
        return damaged(c, "tables of the directory", err);
    d->parts = bytes + FORMAT_HEADER_SIZE;
    for (uint32_t i = 0; i < d->part_count; i++)
        d->piece_count += bits_load32(d->parts + i * (size_t)FORMAT_PART_SIZE + 32);
    d->pieces = bytes + at;
    at += d->piece_count * FORMAT_PIECE_SIZE;
    if (at + 4 * (uint64_t)d->chunk_count > d->size)
        return damaged(c, "tables of the directory", err);
    d->sizes = bytes + at;
    return OIR_OK;
}

/* Gives chunks their blocks; the values themselves must have the sizes that the directory says. */
static oir_status resolve_chunks(container *c, const directory *d, oir_error *err)
{
    uint64_t blocks = 0;
    for (uint32_t i = 0; i < c->chunk_count; i++) {
        container_chunk *chunk = c->chunks + i;
        uint32_t size = bits_load32(d->sizes + 4 * (size_t)i);
        /* 64-byte alignment stands on every chunk beginning 16 bytes behind a page. */
        if (size != chunk->size || ((uintptr_t)chunk->value & 63) != FORMAT_FIRST_OFFSET)
            return damaged(c, "a chunk has not the size that the directory says", err);
        chunk->first_block = (uint32_t)blocks;
        blocks += ((uint64_t)size + FORMAT_BLOCK_SIZE - 1) >> FORMAT_BLOCK_BITS;
    }
    c->checksums = d->sizes + 4 * (size_t)d->chunk_count;
    if (blocks > UINT32_MAX || (uint64_t)(c->checksums - d->bytes) + 4 * blocks != d->size)
        return damaged(c, "tables of the directory", err);
    c->block_count = (uint32_t)blocks;
    c->verified = memory_new_zeroed(blocks / 64 + 1, sizeof *c->verified);
    return c->verified ? OIR_OK : error_no_memory(err, "a segment's blocks");
}

static uint64_t slots_of(uint64_t size)
{
    return (FORMAT_FIRST_OFFSET + size + CONTAINER_SLOT_SIZE - 1) >> CONTAINER_SLOT_BITS;
}

/* Checks a piece and counts its slots. */
static oir_status check_piece(const container *c, const uint8_t *piece, uint64_t *slot, uint64_t *total, oir_error *err)
{
    uint32_t key = bits_load32(piece), start = bits_load32(piece + 4), size = bits_load32(piece + 8);
    if (key >= c->chunk_count || size == 0 || start % FORMAT_PIECE_ALIGN ||
        (uint64_t)start + size + CONTAINER_TAIL > c->chunks[key].size || bits_load32(piece + 12) != *slot)
        return damaged(c, "a piece of a part in the directory", err);
    *slot += slots_of(size);
    *total += size;
    /* Pieces do not overlap, so that the slots' table cannot be made huge by a small directory. */
    return *total <= c->file_size ? OIR_OK : damaged(c, "pieces of parts overlap", err);
}

static void add_slots(const container *c, const uint8_t *piece, container_slot *slot)
{
    uint32_t key = bits_load32(piece), size = bits_load32(piece + 8);
    const uint8_t *base = c->chunks[key].value + bits_load32(piece + 4) - FORMAT_FIRST_OFFSET;
    uint32_t limit = FORMAT_FIRST_OFFSET + size, start = FORMAT_FIRST_OFFSET;
    for (uint64_t i = slots_of(size); i > 0; i--) {
        *slot++ = (container_slot){base, start, limit, key};
        base += CONTAINER_SLOT_SIZE;
        limit -= CONTAINER_SLOT_SIZE;
        start = 0;
    }
}

static oir_status count_slots(const container *c, const directory *d, uint64_t *slots, oir_error *err)
{
    const uint8_t *piece = d->pieces;
    uint64_t total = 0;
    uint32_t last = 0;
    *slots = 0;
    for (uint32_t i = 0; i < d->part_count; i++) {
        const uint8_t *part = d->parts + i * (size_t)FORMAT_PART_SIZE;
        uint32_t kind = bits_load32(part);
        if (kind <= last || kind > FORMAT_KIND_MAX)
            return damaged(c, "kinds of parts in the directory", err);
        last = kind;
        if (kind >= PART_KIND_END && !(bits_load32(part + 4) & FORMAT_SKIPPABLE))
            return error_set(err, OIR_VERSION, "%s has a part of kind %u and was made by a newer oir; update oir",
                             c->path, kind);
        uint64_t slot = 0;
        for (uint32_t n = bits_load32(part + 32); n > 0; n--, piece += FORMAT_PIECE_SIZE)
            ERROR_FORWARD(check_piece(c, piece, &slot, &total, err));
        if (slot > UINT32_MAX)
            return damaged(c, "number of a part's slots", err);
        *slots += slot;
    }
    return OIR_OK;
}

static oir_status resolve_parts(container *c, const directory *d, oir_error *err)
{
    uint64_t slots;
    ERROR_FORWARD(count_slots(c, d, &slots, err));
    container_slot *slot = c->slots = memory_new_zeroed((size_t)slots + 1, sizeof *c->slots);
    if (!slot)
        return error_no_memory(err, "a segment's slots");
    const uint8_t *piece = d->pieces;
    for (uint32_t i = 0; i < d->part_count; i++) {
        const uint8_t *entry = d->parts + i * (size_t)FORMAT_PART_SIZE;
        container_part part = {slot, 0, bits_load64(entry + 8), bits_load64(entry + 16), bits_load64(entry + 24)};
        for (uint32_t n = bits_load32(entry + 32); n > 0; n--, piece += FORMAT_PIECE_SIZE) {
            add_slots(c, piece, slot);
            slot += slots_of(bits_load32(piece + 8));
        }
        part.slot_count = (uint32_t)(slot - part.slots);
        if (bits_load32(entry) < PART_KIND_END)
            c->parts[bits_load32(entry)] = part;
    }
    return OIR_OK;
}

/* ---- opening ---- */

static oir_status open_environment(container *c, oir_error *err)
{
    int code = mdb_env_create(&c->env);
    if (!code)
        code = mdb_env_set_mapsize(c->env, c->file_size);
    if (!code)
        code = mdb_env_open(c->env, c->path, MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK | MDB_NOTLS, 0);
    if (!code)
        code = mdb_txn_begin(c->env, NULL, MDB_RDONLY, &c->txn);
    if (!code)
        code = mdb_env_get_fd(c->env, &c->fd);
    return container_format_error(err, code, "opening", c->path);
}

/* Notes where all values are. The last one is the directory. */
static oir_status read_values(container *c, uint32_t count, MDB_val *last, oir_error *err)
{
    MDB_dbi dbi;
    MDB_cursor *cursor = NULL;
    MDB_val key;
    int code = mdb_dbi_open(c->txn, NULL, 0, &dbi);
    if (!code)
        code = mdb_cursor_open(c->txn, dbi, &cursor);
    for (uint32_t i = 0; !code && i < count; i++) {
        code = mdb_cursor_get(cursor, &key, last, i ? MDB_NEXT : MDB_FIRST);
        if (!code && i + 1 < count)
            c->chunks[i] = (container_chunk){last->mv_data, (uint32_t)last->mv_size, 0};
    }
    if (cursor)
        mdb_cursor_close(cursor);
    if (code == MDB_NOTFOUND)
        return damaged(c, "values are missing", err);
    return container_format_error(err, code, "opening", c->path);
}

static oir_status check_tree(container *c, container_tree *tree, oir_error *err)
{
    int fd = open(c->path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? error_set(err, OIR_NOT_FOUND, "%s does not exist", c->path)
                               : error_from_errno(err, "opening %s", c->path);
    oir_status status = container_tree_check(tree, fd, c->path, false, err);
    close(fd);
    return status;
}

static oir_status open_file(container *c, oir_error *err)
{
    container_tree tree;
    MDB_val last;
    directory d;
    ERROR_FORWARD(check_tree(c, &tree, err));
    c->file_size = tree.file_size;
    c->chunk_count = tree.value_count - 1; /* the tree has a value at least */
    c->chunks = memory_new_zeroed(tree.value_count, sizeof *c->chunks);
    if (!c->chunks)
        return error_no_memory(err, "a segment's chunks");
    ERROR_FORWARD(open_environment(c, err));
    ERROR_FORWARD(read_values(c, tree.value_count, &last, err));
    ERROR_FORWARD(read_directory(c, &last, &d, err));
    ERROR_FORWARD(resolve_chunks(c, &d, err));
    return resolve_parts(c, &d, err);
}

oir_status container_open(container **out, const char *path, oir_error *err)
{
    *out = NULL;
    container *c = memory_new_zeroed(1, sizeof *c);
    if (c)
        c->path = memory_copy(path, strlen(path));
    oir_status status = c && c->path ? open_file(c, err) : error_no_memory(err, "a segment's container");
    if (status == OIR_OK)
        *out = c;
    else
        container_close(c);
    return status;
}

void container_close(container *c)
{
    if (!c)
        return;
    if (c->txn)
        mdb_txn_abort(c->txn);
    if (c->env)
        mdb_env_close(c->env);
    memory_free(c->verified);
    memory_free(c->slots);
    memory_free(c->chunks);
    memory_free(c->path);
    memory_free(c);
}

/* ---- getting ---- */

static bool block_is_whole(const container *c, const container_chunk *chunk, uint32_t block)
{
    size_t at = (size_t)block << FORMAT_BLOCK_BITS, left = chunk->size - at;
    const uint8_t *expected = c->checksums + 4 * ((size_t)chunk->first_block + block);
    left = left < FORMAT_BLOCK_SIZE ? left : FORMAT_BLOCK_SIZE;
    return crc32c_add(0, chunk->value + at, left) == bits_load32(expected);
}

/* Verifies a chunk's bytes from..from + size - 1, each block once. Two threads may both do it: the bits that they set
 * are the same, and the bytes never change, so no ordering is needed. */
static bool verify(const container *c, const container_chunk *chunk, size_t from, size_t size)
{
    uint32_t block = (uint32_t)(from >> FORMAT_BLOCK_BITS), end = (uint32_t)((from + size - 1) >> FORMAT_BLOCK_BITS);
    for (; block <= end; block++) {
        uint32_t bit = chunk->first_block + block;
        uint64_t mask = UINT64_C(1) << (bit & 63);
        if (atomic_load_explicit(&c->verified[bit >> 6], memory_order_relaxed) & mask)
            continue;
        if (!block_is_whole(c, chunk, block))
            return false;
        atomic_fetch_or_explicit(&c->verified[bit >> 6], mask, memory_order_relaxed);
    }
    return true;
}

static oir_status bad_object(const container *c, enum part_kind kind, uint64_t address, uint64_t size,
                             const char *reason, oir_error *err)
{
    return error_set(err, OIR_CORRUPT, "%s is damaged: part %s, %llu bytes at address 0x%llx: %s; "
                     "restore it from a copy or index again", c->path, container_kind_name(kind),
                     (unsigned long long)size, (unsigned long long)address, reason);
}

/* *chunk is where the bytes are, NULL when there are none. */
static oir_status locate(const container *c, enum part_kind kind, uint64_t address, uint64_t size,
                         const uint8_t **pointer, const container_chunk **chunk, oir_error *err)
{
    static const uint8_t nothing[CONTAINER_TAIL];
    const container_part *part = &c->parts[kind];
    *pointer = nothing;
    *chunk = NULL;
    if (size == 0)
        return OIR_OK;
    *pointer = NULL;
    if (address >> CONTAINER_SLOT_BITS >= part->slot_count)
        return bad_object(c, kind, address, size, "no such address", err);
    const container_slot *slot = part->slots + (address >> CONTAINER_SLOT_BITS);
    uint32_t offset = (uint32_t)(address & (CONTAINER_SLOT_SIZE - 1));
    if (offset < slot->start || offset > slot->limit || size > slot->limit - offset)
        return bad_object(c, kind, address, size, "reaches beyond its chunk", err);
    *chunk = c->chunks + slot->chunk;
    *pointer = slot->base + offset;
    return OIR_OK;
}

oir_status container_locate(const container *c, enum part_kind kind, uint64_t address, uint64_t size,
                            const uint8_t **pointer, oir_error *err)
{
    const container_chunk *chunk;
    return locate(c, kind, address, size, pointer, &chunk, err);
}

oir_status container_get(const container *c, enum part_kind kind, uint64_t address, uint64_t size,
                         const uint8_t **pointer, oir_error *err)
{
    const container_chunk *chunk;
    ERROR_FORWARD(locate(c, kind, address, size, pointer, &chunk, err));
    if (!chunk || verify(c, chunk, (size_t)(*pointer - chunk->value), (size_t)size))
        return OIR_OK;
    *pointer = NULL;
    return bad_object(c, kind, address, size, "checksum does not match", err);
}

oir_status container_get_root(const container *c, enum part_kind kind, const uint8_t **pointer, uint64_t *size,
                              oir_error *err)
{
    const container_part *part = &c->parts[kind];
    *pointer = NULL;
    *size = part->root_size;
    if (part->root_address == 0)
        return error_set(err, OIR_CORRUPT, "%s is damaged: part %s is missing or has no root; "
                         "restore it from a copy or index again", c->path, container_kind_name(kind));
    return container_get(c, kind, part->root_address, part->root_size, pointer, err);
}
