/* What the tests of the container share: a folder of their own, and objects of which every byte is known. */
#ifndef TESTS_CONTAINER_WORLD_H
#define TESTS_CONTAINER_WORLD_H

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

#endif
