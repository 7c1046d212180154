/* Writes runs of groups of positions (codec/positions.h), high parts from the start of the memory upwards, low parts
 * from its end downwards, so that each group is looked at once.
 *
 *     positions_put_begin(&run, at, room);
 *     next = kernels->put(&run, &groups); ...
 *     end = positions_put_end(&run); */
#ifndef CODEC_POSITIONS_PUT_H
#define CODEC_POSITIONS_PUT_H

#include "codec/positions.h"

enum { POSITIONS_PUT_SLACK = 2 * BIT_WRITER_SLACK /* bytes that a run needs beside those that it takes */ };

/* A run that is being written. */
struct positions_put_run {
    bit_writer highs;
    bit_writer_back lows;
    uint8_t *end; /* of the memory */
};

/* Groups that follow each other in a run. Positions are less than places[i] and the base, and ascend; where they do
 * not, out of a damaged segment that is merged, they come back wrong, and no worse. */
struct positions_put_groups {
    const uint32_t *positions; /* one group after another */
    const uint32_t *counts;    /* of positions in each group */
    const uint32_t *places;
    uint32_t n, base;
    bool counted;              /* each count stands before its group's high parts */
};

static inline void positions_put_begin(positions_put_run *run, uint8_t *at, size_t room)
{
    bit_writer_init(&run->highs, at);
    bit_writer_back_init(&run->lows, at + room);
    run->end = at + room;
}

/* Puts the parts together; returns what is behind the run. */
uint8_t *positions_put_end(positions_put_run *run);

/* One group of any size. */
void positions_put_group(bit_writer *highs, bit_writer_back *lows, const uint32_t *positions, uint32_t c, uint32_t u,
                         uint32_t base);

/* For tables of kernels. */
const uint32_t *positions_put_scalar(positions_put_run *run, const positions_put_groups *groups);
#if ISA_X86
const uint32_t *positions_put_avx2(positions_put_run *run, const positions_put_groups *groups);
#endif

#endif
