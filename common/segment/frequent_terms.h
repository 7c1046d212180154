/* The most frequent terms of a segment once more, in a hash table: most of what is asked for is among them, and found
 * in two loads where the dictionary's index and block take a tenth of a microsecond each (ARCHITECTURE.md).
 *
 * A table has up to FREQUENT_TERMS_MAX terms, of 1 in FREQUENT_TERMS_SHARE of all at most. That a term is not in it
 * says nothing. */
#ifndef SEGMENT_FREQUENT_TERMS_H
#define SEGMENT_FREQUENT_TERMS_H

#include "base/buffer.h"
#include "base/hash.h"
#include "segment/postings.h"

struct container;
struct container_writer;

enum {
    FREQUENT_TERMS_MAX = 4096,
    FREQUENT_TERMS_SHARE = 32,
    FREQUENT_TERMS_SIZE_MAX = 32, /* bytes of a term: longer ones are not in the table */
    FREQUENT_TERMS_PROBES = 8     /* slots that are looked at */
};

/* ---- writing ---- */

/* Terms that may be among the most frequent ones, in 88 bytes each. All zeros is one with no terms yet; one thread at
 * a time. */
typedef struct frequent_terms_writer {
    struct frequent_term *terms; /* ascending; room for twice FREQUENT_TERMS_MAX */
    uint64_t *keys;              /* room for sorting as many */
    size_t count;
    uint32_t least;              /* terms that are not more frequent are not among the most frequent */
} frequent_terms_writer;

void frequent_terms_writer_release(frequent_terms_writer *w);
/* Each of the segment's terms, ascending; `info` is how the dictionary has the entry. OIR_NO_MEMORY. */
oir_status frequent_terms_writer_add(frequent_terms_writer *w, const char *term, size_t size, const term_entry *entry,
                                     uint32_t ordinal, const uint8_t *info, size_t info_size, oir_error *err);
/* Writes PART_FREQUENT, unless there is nothing to put into it. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status frequent_terms_writer_end(frequent_terms_writer *w, uint32_t term_count, struct container_writer *parts,
                                     oir_error *err);

/* ---- reading ---- */

/* The part, opened; shared. Layout in frequent_terms_writer.c. */
typedef struct frequent_terms {
    const uint8_t *slots; /* NULL: no term is in it */
    const uint8_t *entries;
    uint32_t slot_mask;   /* number of slots less 1 */
    uint32_t entries_size;
    uint32_t count;
} frequent_terms;

/* Of segments without the part all are none; OIR_CORRUPT. */
oir_status frequent_terms_open(frequent_terms *f, const struct container *parts, oir_error *err);

/* By what a term is looked for. */
static inline uint64_t frequent_terms_hash(const char *term, size_t size)
{
    return hash_make_key(term, size).hash;
}

static inline void frequent_terms_prefetch(const frequent_terms *f, uint64_t hash)
{
    if (f->slots)
        __builtin_prefetch(f->slots + (hash & f->slot_mask) * 4);
}

/* Where a term would be in the table, and asks the memory for it; 0: it is not there. */
static inline uint32_t frequent_terms_locate(const frequent_terms *f, uint64_t hash)
{
    for (uint32_t i = 0; f->slots && i < FREQUENT_TERMS_PROBES; i++) {
        uint32_t slot = bits_load32(f->slots + ((hash + i) & f->slot_mask) * 4);
        if (slot == 0)
            return 0;
        if (slot >> 20 != hash >> 52)
            continue;
        __builtin_prefetch(f->entries + (slot & bits_low(20)));
        return slot & (uint32_t)bits_low(20);
    }
    return 0;
}

/* The term at a place other than 0, if it is the one wanted; entries with a termfreq above termfreq_max are refused.
 * OIR_CORRUPT. */
oir_status frequent_terms_get(const frequent_terms *f, uint32_t place, const char *term, size_t size,
                              uint32_t termfreq_max, term_entry *entry, bool *found, oir_error *err);
/* The next term from *slot on, which begins at 0, with its size and place; *term is NULL where the place is none. False
 * when there are no more. Used to check. */
bool frequent_terms_next(const frequent_terms *f, uint32_t *slot, const char **term, size_t *size, uint32_t *place);

#endif
