/* What the tests of the container share: a folder of their own, and objects of which every byte is known. */
#ifndef TESTS_CONTAINER_WORLD_H
#define TESTS_CONTAINER_WORLD_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/bits.h"
#include "base/crc32c.h"
#include "harness.h"
#include "segment/container.h"

static char world_folder[64], world_path[96];

static inline void world_open(void)
{
    snprintf(world_folder, sizeof world_folder, "/tmp/oir-test-XXXXXX");
    REQUIRE(mkdtemp(world_folder));
    snprintf(world_path, sizeof world_path, "%s/segment", world_folder);
}

static inline void world_close(void)
{
    unlink(world_path);
    rmdir(world_folder);
}

/* The whole file, released with free. */
static inline uint8_t *world_read(size_t *size)
{
    int fd = open(world_path, O_RDONLY);
    struct stat st;
    REQUIRE(fd >= 0 && fstat(fd, &st) == 0);
    *size = (size_t)st.st_size;
    uint8_t *bytes = malloc(*size + 1);
    REQUIRE(bytes && read(fd, bytes, *size) == st.st_size);
    close(fd);
    return bytes;
}

static inline void world_write(const uint8_t *bytes, size_t size)
{
    unlink(world_path); /* a new inode: an open reader keeps the old one */
    int fd = open(world_path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    REQUIRE(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    close(fd);
}

typedef struct object {
    uint32_t kind, align;
    uint64_t address, size, seed;
} object;

/* Byte i of an object made from a seed. */
static inline uint8_t object_byte(uint64_t seed, uint64_t i)
{
    uint64_t z = (seed + i / 8) * UINT64_C(0x9e3779b97f4a7c15);
    z ^= z >> 29;
    return (uint8_t)(z >> (i % 8 * 8));
}

static inline bool object_equals(const object *o, const uint8_t *bytes)
{
    for (uint64_t i = 0; i < o->size; i++) {
        if (bytes[i] != object_byte(o->seed, i))
            return false;
    }
    return true;
}

static inline void object_add(container_writer *w, object *o)
{
    oir_error err;
    uint8_t *room;
    o->seed = harness_random();
    REQUIRE_OK(container_writer_reserve(w, o->kind, o->size, o->align, &room, &o->address, &err), err);
    for (uint64_t i = 0; i < o->size; i++)
        room[i] = object_byte(o->seed, i);
}

/* For files with one chunk only: where it is, and its size. */
static inline uint8_t *world_chunk(uint8_t *bytes, size_t size, size_t *chunk_size, uint8_t **directory)
{
    size_t at = 0, page = 2 * 4096;
    while (at + 32 < size && memcmp(bytes + at, "\x89oirseg\n", 8) != 0)
        at++;
    REQUIRE(at + 32 < size && bits_load32(bytes + at + 28) == 1);
    *directory = bytes + at;
    while (bits_load16(bytes + page + 10) != 4)
        page += 4096;
    *chunk_size = bits_load32(bytes + page + 12) * (size_t)4096 - 16;
    return bytes + page + 16;
}

/* Makes the checksums right again after the chunk was changed, so that damage gets through to the parts' readers. */
static inline void world_seal(uint8_t *bytes, size_t size)
{
    size_t chunk_size;
    uint8_t *directory;
    const uint8_t *chunk = world_chunk(bytes, size, &chunk_size, &directory);
    uint32_t directory_size = bits_load32(directory + 16);
    uint8_t *checksum = directory + directory_size;
    for (size_t blocks = (chunk_size + 65535) / 65536; blocks > 0; blocks--) {
        size_t from = (blocks - 1) * 65536, left = chunk_size - from;
        checksum -= 4;
        bits_store32(checksum, crc32c_add(0, chunk + from, left < 65536 ? left : 65536));
    }
    bits_store32(directory + 12, crc32c_add(crc32c_add(0, directory, 12), directory + 16, directory_size - 16));
}

/* Calls `use` on 2,000 files of which some bytes of the chunk are damaged and the checksums right. */
static inline void world_damage(void (*use)(const container *c))
{
    oir_error err;
    container *c;
    size_t size, chunk_size;
    uint8_t *directory, *bytes = world_read(&size);
    uint8_t *chunk = world_chunk(bytes, size, &chunk_size, &directory), *whole = malloc(size);
    size_t used = chunk_size;
    while (used > 1 && chunk[used - 1] == 0)
        used--;
    REQUIRE(whole);
    memcpy(whole, bytes, size);
    for (int i = 0; i < 2000; i++) {
        for (uint32_t n = 1 + harness_below(3); n > 0; n--)
            chunk[harness_random() % used] ^=
                (uint8_t)(harness_below(2) ? 1u << harness_below(8) : harness_below(256));
        world_seal(bytes, size);
        world_write(bytes, size);
        REQUIRE_OK(container_open(&c, world_path, &err), err);
        use(c);
        container_close(c);
        memcpy(bytes, whole, size);
    }
    free(whole);
    free(bytes);
}

#endif
