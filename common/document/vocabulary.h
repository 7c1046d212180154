/* The words of documents while they are made, each with a number, in the order in which they first came, and room for a
 * number that whoever takes the documents keeps with it (a hint).
 *
 * Words outlive documents: one vocabulary used for many of them finds the usual words in place. One that has grown
 * large is to be forgotten between documents; its slots go before, once a document was taken, and come back when a word
 * is looked up.
 *
 * Invariants: if there are slots, each word has one of them, and at most half are taken; behind the bytes of the last
 * word there is room for HASH_KEY_MAX more. One thread at a time. */
#ifndef DOCUMENT_VOCABULARY_H
#define DOCUMENT_VOCABULARY_H

#include <string.h>

#include <oir/error.h>

#include "base/hash.h"
#include "base/token.h"

typedef struct vocabulary_word {
    uint32_t at;    /* of its bytes */
    uint32_t group; /* while a document's terms are grouped 1 + the number of its term; else 0 */
    uint16_t size;
} vocabulary_word;

/* Where a word is found: small, since most words of a large vocabulary are looked up but once, when they are made. */
typedef struct vocabulary_slot {
    uint32_t tag;  /* high half of its hash */
    uint32_t word; /* 1 + its number; 0: none */
} vocabulary_slot;

typedef struct vocabulary {
    uint8_t *bytes;         /* of all words */
    size_t byte_count, byte_capacity;
    vocabulary_word *words;
    size_t count, capacity;
    size_t kept;            /* see vocabulary_get_kept; 0: the usual number */
    vocabulary_slot *slots;
    uint32_t slot_mask;     /* slots - 1; 0 when there are none */
    token *token;           /* of the words' numbers; NULL: nobody has asked for it since words were forgotten */
    uint32_t *hints;        /* of words, see vocabulary_lend_hints; 0: none */
    size_t hint_capacity;
    size_t hint_count;      /* words that were there when hints were last noted; those after them have none; */
    bool hints_lack;        /* some before them have none, since the owner is another one */
    token *hints_of;        /* whose the hints are; NULL: nobody's */
} vocabulary;

/* All zero: empty. */
void vocabulary_release(vocabulary *v);

/* With how many words it should be forgotten. */
size_t vocabulary_get_kept(const vocabulary *v);
/* Whether it has more than so many words, or bytes for as many. */
bool vocabulary_exceeds(const vocabulary *v, size_t words);
/* Forgets all words; gives memory back if there is far too much of it. */
void vocabulary_forget(vocabulary *v);
/* Forgets all words, and gives all of their memory back. */
void vocabulary_give_back(vocabulary *v);

/* Room for so many more words, with so many bytes together: then making them cannot fail. OIR_TOO_BIG,
 * OIR_NO_MEMORY. */
oir_status vocabulary_reserve(vocabulary *v, size_t words, size_t bytes, oir_error *err);
/* Whether a word of 1 to OIR_TERM_MAX bytes is there; *word: its number. OIR_NO_MEMORY. */
oir_status vocabulary_find(vocabulary *v, const char *bytes, size_t size, bool *found, uint32_t *word, oir_error *err);

/* What the words' numbers are valid with: as long as it is the same, they are. NULL when out of memory. */
token *vocabulary_get_token(vocabulary *v);
/* Lets the owner of a token note a number above 0 for each word in hints: those that it has noted before are there, and
 * nobody else's. `memory` is what the vocabulary may take, about, from now on. */
void vocabulary_lend_hints(vocabulary *v, token *owner, size_t memory);

static inline const char *vocabulary_get_bytes(const vocabulary *v, const vocabulary_word *word)
{
    return (const char *)v->bytes + word->at;
}

/* ---- looking up: for many words one step after another, so that their cache misses overlap ---- */

/* Where a word is looked up; then the word that is there; then its bytes. */
static inline void vocabulary_fetch_slot(const vocabulary *v, const hash_key *k)
{
    if (v->slots)
        __builtin_prefetch(&v->slots[(uint32_t)k->hash & v->slot_mask], 1);
}

static inline void vocabulary_fetch_word(const vocabulary *v, uint64_t hash)
{
    uint32_t word = v->slots ? v->slots[(uint32_t)hash & v->slot_mask].word : 0;
    if (word)
        __builtin_prefetch(&v->words[word - 1]);
}

static inline void vocabulary_fetch_bytes(const vocabulary *v, uint64_t hash)
{
    uint32_t word = v->slots ? v->slots[(uint32_t)hash & v->slot_mask].word : 0;
    if (word)
        __builtin_prefetch(v->bytes + v->words[word - 1].at);
}

/* For vocabulary_get. */
static inline bool vocabulary_is_word(const vocabulary *v, const vocabulary_word *word, const hash_key *k, size_t size,
                                      const char *bytes)
{
    uint64_t low, high;
    if (word->size != size)
        return false;
    if (size > HASH_KEY_MAX)
        return memcmp(v->bytes + word->at, bytes, size) == 0;
    hash_load_wide(v->bytes + word->at, size, &low, &high); /* there is room behind the last word's */
    return low == k->low && high == k->high;
}

/* For vocabulary_get: the word's slot, or the free one where it belongs. */
static inline vocabulary_slot *vocabulary_find_slot(const vocabulary *v, const hash_key *k, size_t size,
                                                    const char *bytes)
{
    for (uint32_t at = (uint32_t)k->hash & v->slot_mask;; at = (at + 1) & v->slot_mask) {
        vocabulary_slot *s = &v->slots[at];
        if (s->word == 0 ||
            (s->tag == k->hash >> 32 && vocabulary_is_word(v, &v->words[s->word - 1], k, size, bytes)))
            return s;
    }
}

/* For vocabulary_get: makes a word in a free slot. */
void vocabulary_make(vocabulary *v, vocabulary_slot *slot, const hash_key *k, size_t size, const char *bytes);

/* A word's number, made if it is not there; `bytes` are not looked at where the key tells all. There is room. */
static inline uint32_t vocabulary_get(vocabulary *v, const hash_key *k, size_t size, const char *bytes)
{
    vocabulary_slot *slot = vocabulary_find_slot(v, k, size, bytes);
    if (slot->word == 0)
        vocabulary_make(v, slot, k, size, bytes);
    return slot->word - 1;
}

#endif
