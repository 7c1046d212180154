/* Groups of positions (codec/positions.h) copied from run to run as the bits that they are: these follow from a group's
 * count and its number of places, so that they stay while documents move. */
#ifndef CODEC_POSITIONS_COPY_H
#define CODEC_POSITIONS_COPY_H

#include "codec/positions_put.h"

/* Some groups of a run, one behind the other. */
typedef struct positions_bits {
    const uint8_t *at;         /* can be read 8 bytes beyond the bits */
    uint64_t highs, highs_end; /* bits of at: the high parts */
    uint64_t lows, lows_end;   /* the low parts, those of the last group first */
} positions_bits;

static inline uint64_t positions_copy_size(const positions_bits *groups)
{
    return groups->highs_end - groups->highs + groups->lows_end - groups->lows;
}

/* Writes them behind the groups that are in a run. */
void positions_copy(positions_put_run *run, const positions_bits *groups);

enum { POSITIONS_COPY_TOGETHER = 64 };
/* Takes the first n groups off, POSITIONS_COPY_TOGETHER at most: group i has counts[i] positions among places[i]
 * places; of both 15 more can be read. Where their high parts end need not be known: highs_end may be behind that, and
 * lows before where they begin. False where damaged bytes do not have them; what is taken off lies within the others
 * all the same. */
bool positions_copy_split(positions_bits *groups, const uint32_t *counts, const uint32_t *places, uint32_t n,
                          positions_bits *first);

#endif
