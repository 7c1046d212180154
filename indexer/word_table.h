/* What words give, as they are written: so that lower case, stop words and stems are found out once for a word and not
 * once for each time it comes.
 *
 * Terms are numbers of a document's vocabulary. A table of fixed size: each word has two places, by its hash, and pushes
 * out what was in one. Only words of up to HASH_KEY_MAX bytes have a place. One thread at a time. */
#ifndef INDEXER_WORD_TABLE_H
#define INDEXER_WORD_TABLE_H

#include "base/bits.h"
#include "base/hash.h"
#include <oir/types.h>

/* How a word's terms are placed. */
enum {
    WORD_TABLE_TAKES = 1,       /* it takes a position, */
    WORD_TABLE_FIRST_AT = 2,    /* where its first term is */
    WORD_TABLE_SECOND_AT = 4    /* and its second */
};

/* A word: half a cache line. */
typedef struct word_table_entry {
    uint64_t low, high; /* hash_key of it as written */
    uint32_t terms[2];
    uint32_t round;     /* of the table, when it was noted */
    uint8_t size;
    uint8_t count;      /* terms that it gives: 0 to 2 */
    uint8_t flags;
    uint8_t context;    /* of the table, when it was noted */
} word_table_entry;

typedef struct word_table {
    void *memory;
    word_table_entry *entries; /* in it, aligned; NULL before the first use */
    uint32_t round;            /* what was noted in others is forgotten */
} word_table;

enum { WORD_TABLE_PAIRS = 1 << 16 };

/* Makes the table if need be. False when out of memory. */
bool word_table_open(word_table *t);
void word_table_release(word_table *t);
/* Forgets all. */
void word_table_forget(word_table *t);

static inline word_table_entry *word_table_at(const word_table *t, uint64_t hash)
{
    return t->entries + 2 * (hash & (WORD_TABLE_PAIRS - 1));
}

/* The entry, of the two at `at`, that has the word; NULL if none. */
static inline const word_table_entry *word_table_find(const word_table *t, const word_table_entry *at, uint64_t low,
                                                      uint64_t high, uint32_t size, uint32_t context)
{
    for (int i = 0; i < 2; i++)
        if (at[i].low == low && at[i].high == high && at[i].round == t->round && at[i].size == size &&
            at[i].context == context)
            return &at[i];
    return NULL;
}

/* Puts a word into the first of its two places, and what was there into the second. */
static inline const word_table_entry *word_table_put(word_table_entry *at, const word_table_entry *entry)
{
    at[1] = at[0];
    at[0] = *entry;
    return at;
}

#endif
