/* What words give, as they are written: so that lower case, stop words and stems are found out once for a word and not
 * once for each time it comes. Of terms without position, as stems are, nothing but their number matters: the table
 * counts how often their word came, until somebody adds them.
 *
 * Terms are numbers of a document's vocabulary. A table of fixed size: each word has two places, by its hash, and
 * pushes out what was in one. Only words of up to HASH_KEY_MAX bytes have a place. One thread at a time. */
#ifndef INDEXER_WORD_TABLE_H
#define INDEXER_WORD_TABLE_H

#include "base/bits.h"
#include "base/hash.h"
#include <oir/types.h>

/* What a word gives, in the low half of an entry's tag: first its terms with a position, then those without. */
enum {
    WORD_TABLE_TAKES = 1,         /* it takes a position */
    WORD_TABLE_PLACED_SHIFT = 1,  /* its terms with a position: 0 to 2, in two bits */
    WORD_TABLE_COUNTED_SHIFT = 3, /* those without, likewise; */
    WORD_TABLE_COUNTED = 3 << WORD_TABLE_COUNTED_SHIFT,
    WORD_TABLE_RULES = 32,        /* it gives what an entry has no room for */
    WORD_TABLE_SEEN_SHIFT = 6,    /* how often it came since its terms without position were added */
    WORD_TABLE_SEEN_MAX = (1 << 26) - 1,
    WORD_TABLE_KEY_SHIFT = 32     /* what is above belongs to the key */
};

/* A word: half a cache line. */
typedef struct word_table_entry {
    uint64_t low, high; /* hash_key of it as written; no byte of it is 0, so that this tells its size */
    uint64_t tag;       /* word_table_tag, and below what it gives */
    uint32_t terms[2];
} word_table_entry;

typedef struct word_table {
    void *memory;
    word_table_entry *entries; /* in it, aligned; NULL before the first use */
    uint16_t round;            /* what was noted in others is forgotten */
    uint8_t bits;              /* of pairs of places */
} word_table;

/* From 4 MB up to 16: words come far apart where there are many, so a table is to have most of them. */
enum { WORD_TABLE_BITS_LEAST = 16, WORD_TABLE_BITS_MOST = 18 };

/* Makes the table if need be, or makes it larger if there are so many words; then all is forgotten. False when out of
 * memory. */
bool word_table_open(word_table *t, size_t words);
void word_table_release(word_table *t);
/* Forgets all. */
void word_table_forget(word_table *t);

/* What makes a word another one, besides its bytes: the context (below 256), and the table's round. */
static inline uint64_t word_table_tag(const word_table *t, uint32_t context)
{
    return ((uint64_t)t->round << 8 | context) << WORD_TABLE_KEY_SHIFT;
}

/* The two places of a word. */
static inline word_table_entry *word_table_at(const word_table *t, uint64_t low, uint64_t high, uint64_t tag)
{
    uint64_t hash = (low ^ (high ^ tag) * HASH_SECRET_A) * UINT64_C(0x9e3779b97f4a7c15);
    return t->entries + 2 * (hash >> (64 - t->bits));
}

/* The entry, of the two at `at`, that has the word; NULL if none. Which it is is nothing that a processor foresees, so
 * that nothing depends on it. Two entries whose words have the same bytes are in one pair by chance only, and then the
 * first hides the second. */
static inline word_table_entry *word_table_find(word_table_entry *at, uint64_t low, uint64_t high, uint64_t tag)
{
    word_table_entry *e = at + (((at->low ^ low) | (at->high ^ high)) != 0);
    return ((e->low ^ low) | (e->high ^ high) | (e->tag ^ tag) >> WORD_TABLE_KEY_SHIFT) == 0 ? e : NULL;
}

/* How often the word was seen; from now on it was not. */
static inline uint32_t word_table_take_seen(word_table_entry *e)
{
    uint32_t seen = (uint32_t)e->tag >> WORD_TABLE_SEEN_SHIFT;
    e->tag &= ~((uint64_t)WORD_TABLE_SEEN_MAX << WORD_TABLE_SEEN_SHIFT);
    return seen;
}

/* Puts a word into the first of its two places, and what was there into the second. */
static inline void word_table_put(word_table_entry *at, const word_table_entry *entry)
{
    at[1] = at[0];
    at[0] = *entry;
}

#endif
