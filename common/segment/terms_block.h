/* The insides of a dictionary block and of the index over blocks, for the files that read terms. Layouts stand in
 * terms_writer.c. Every read is checked against the block's end; what fails returns false and leaves the caller to say
 * OIR_CORRUPT. */
#ifndef SEGMENT_TERMS_BLOCK_H
#define SEGMENT_TERMS_BLOCK_H

#include "base/bits.h"
#include "segment/terms.h"

/* The parts of an info's first 16 bits. */
enum {
    TERMS_FORM_MASK = 3,
    TERMS_POSITIONS_FORM_SHIFT = 2,
    TERMS_ZERO_WDF = 1 << 4,
    TERMS_EXTRA_SHIFT = 5,
    TERMS_WDF_MAX_SHIFT = 7,
    TERMS_POSITIONS_SIZE_SHIFT = 9,
    TERMS_TERMFREQ_SHIFT = 11,      /* 2 bits, or 1 bit if inlined */
    TERMS_POSTINGS_SIZE_SHIFT = 13, /* not inlined */
    TERMS_INLINED_SIZE_SHIFT = 12   /* inlined */
};

/* How many bytes a field has by its code of 2 bits: four lengths of 4 bits each. */
enum {
    TERMS_TERMFREQ_LENGTHS = 0x4321,
    TERMS_EXTRA_LENGTHS = 0x8310,
    TERMS_WDF_MAX_LENGTHS = 0x4210,
    TERMS_SIZE_LENGTHS = 0x8321
};

static inline uint32_t terms_get_length(uint32_t lengths, uint32_t code)
{
    return lengths >> (code & 3) * 4 & 15;
}

enum {
    TERMS_INDEX_HEADER = 24,
    TERMS_BLOCK_SIZE_BITS = 16 /* of a block's place: its size below, its address above */
};

/* The largest wdf that one document can have when the others have as little as they may. */
static inline uint64_t terms_wdf_max_implied(const term_entry *e)
{
    return e->zero_wdf ? e->collection_freq : e->collection_freq - e->termfreq + 1;
}

static inline uint64_t terms_get_prefix(const terms *t, uint32_t block)
{
    return bits_load64(t->prefixes + (size_t)block * 8);
}

static inline uint64_t terms_get_place(const terms *t, uint32_t block)
{
    return bits_load64(t->places + (size_t)block * 8);
}

/* The ordinal of the block's first term; of block_count: the number of terms, if the bytes are sound. */
static inline uint32_t terms_get_ordinal(const terms *t, uint32_t block)
{
    return bits_load32(t->ordinals + (size_t)block * 4);
}

/* The first 8 bytes as a number that compares as they do; missing bytes are 0. */
static inline uint64_t terms_make_prefix(const char *term, size_t size)
{
    uint64_t v = 0;
    memcpy(&v, term, size < 8 ? size : 8);
    return __builtin_bswap64(v);
}

static inline int terms_compare(const void *a, size_t a_size, const void *b, size_t b_size)
{
    int c = memcmp(a, b, a_size < b_size ? a_size : b_size);
    return c ? c : (a_size > b_size) - (a_size < b_size);
}

/* The separator of a block; false when the index says what cannot be. */
bool terms_get_separator(const terms *t, uint32_t block, const uint8_t **bytes, size_t *size);
/* Resolves a block, which must be in range, to walk it. OIR_CORRUPT. */
oir_status terms_block_open(const terms *t, uint32_t block, terms_block *b, oir_error *err);
oir_status terms_block_corrupt(uint32_t block, const char *reason, oir_error *err);
/* Goes over some infos. */
bool terms_block_skip_entries(terms_block *b, uint32_t count);
/* Reads the next info into e; everything in it is set. */
bool terms_block_next_entry(terms_block *b, term_entry *e);

/* The next string: how many bytes it shares with the one before, and the rest. */
static inline bool terms_block_next_string(terms_block *b, uint32_t *shared, const uint8_t **suffix, uint32_t *size)
{
    const uint8_t *at = b->string;
    if (at >= b->strings_end)
        return false;
    uint32_t s = *at & 15u, n = (*at >> 4) + 1u;
    at++;
    if (s == 15 || n == 16) {
        if ((size_t)(b->strings_end - at) < (size_t)(s == 15) + (n == 16))
            return false;
        if (s == 15)
            s += *at++;
        if (n == 16)
            n += *at++;
    }
    if ((size_t)(b->strings_end - at) < n)
        return false;
    *shared = s;
    *suffix = at;
    *size = n;
    b->string = at + n;
    return true;
}

#endif
