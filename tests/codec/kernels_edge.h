/* Inputs that end 64 bytes before memory that cannot be read, and outputs that show what is written behind them. */
#ifndef TESTS_CODEC_KERNELS_EDGE_H
#define TESTS_CODEC_KERNELS_EDGE_H

#include <sys/mman.h>

#include "codec/kernels.h"
#include "harness.h"

enum { EDGE_SIZE = 1 << 20, EDGE_PAGE = 1 << 16, EDGE_SLACK = 64 };

static uint8_t *edge_end; /* first byte that cannot be read */

static inline void edge_init(void)
{
    uint8_t *at = mmap(NULL, EDGE_SIZE + EDGE_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    REQUIRE(at != MAP_FAILED && mprotect(at + EDGE_SIZE, EDGE_PAGE, PROT_NONE) == 0);
    edge_end = at + EDGE_SIZE;
}

/* A copy of an input; what is behind it is not 0, so that it is noticed when it is taken for a part of it. */
static inline uint8_t *edge_put(const void *bytes, size_t size)
{
    REQUIRE(size + EDGE_SLACK <= EDGE_SIZE);
    uint8_t *at = edge_end - EDGE_SLACK - size;
    memset(edge_end - EDGE_SLACK, 0xa5, EDGE_SLACK);
    if (size)
        memcpy(at, bytes, size);
    return at;
}

/* An output of up to 64 KB and bytes behind it. */
typedef struct edge_output {
    alignas(64) uint8_t bytes[1 << 16];
    uint8_t after[256];
} edge_output;

static inline void edge_arm(edge_output *o)
{
    memset(o, 0xc3, sizeof *o);
}

/* Nothing was written from byte `end` on. */
static inline bool edge_kept(const edge_output *o, size_t end)
{
    const uint8_t *at = o->bytes;
    for (size_t i = end; i < sizeof *o && i < end + 512; i++)
        if (at[i] != 0xc3)
            return false;
    return true;
}

/* Any value; often a small one, often an extreme one. */
static inline uint32_t edge_number(uint32_t most)
{
    uint32_t how = harness_below(8), v = (uint32_t)harness_random();
    if (how == 0)
        return most;
    if (how < 4)
        v >>= 24 + harness_below(8);
    return most == UINT32_MAX ? v : v % (most + 1);
}

#endif
