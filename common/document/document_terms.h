/* The terms of one document while it is made: a vocabulary of words (vocabulary.h), and a log of what was added, in the
 * order it came.
 *
 * Adding is the innermost loop of indexing. A word waits with some others before it is looked up, so that their cache
 * misses overlap, and is then only noted: number of the word, position, wdf. That is all the indexer takes. What
 * belongs to a term is brought together (counted, placed, sorted, made unique) by document_terms_group, for those who
 * look at the document itself.
 *
 * Clearing only forgets the log, unless the vocabulary has grown large.
 *
 * Of a document that becomes large the log is put away in parts (document_parts.h), and a large vocabulary is forgotten
 * with it. Whoever takes such a document reads part by part; who looks at it has all brought back into memory.
 *
 * Invariants: the log names words; there is room for all that waits. One thread at a time. */
#ifndef DOCUMENT_DOCUMENT_TERMS_H
#define DOCUMENT_DOCUMENT_TERMS_H

#include <oir/error.h>

#include "document/document_parts.h"
#include "document/vocabulary.h"

/* An occurrence without a position; no position is as high. */
#define DOCUMENT_NO_POSITION UINT32_MAX

/* An occurrence of a word that is not looked up yet. */
typedef struct document_waiting {
    uint64_t low, high, hash; /* hash_key */
    uint32_t wdf;
    oir_termpos position;
    uint32_t size;
} document_waiting;

typedef struct document_occurrence {
    uint32_t word;
    oir_termpos position; /* or DOCUMENT_NO_POSITION */
    uint32_t wdf;         /* to be added to the term's */
} document_occurrence;

/* A different term of this document, once grouped. */
typedef struct document_term {
    uint32_t word;
    uint32_t wdf;
    uint32_t first;     /* its positions are positions[first] up, */
    uint32_t positions; /* that many, ascending, each once */
} document_term;

typedef struct document_terms {
    vocabulary vocabulary;
    document_waiting *waiting;
    uint32_t waiting_count;
    document_occurrence *log;
    size_t log_count, log_capacity;
    document_parts *parts;  /* of what was put away; NULL: nothing was */
    size_t part_most;       /* occurrences that the log has before it is put away; 0: to be chosen */
    size_t words_begun, bytes_begun; /* of the vocabulary when the log was empty */
    bool pinned;            /* words must keep their numbers now */
    uint64_t length;        /* sum of wdf, of those that wait and of all parts too; at most 2^32 - 1 */
    bool grouped;           /* valid while it is set: */
    document_term *terms;   /* in the order they first came */
    size_t count, capacity;
    oir_termpos *positions;
    size_t position_capacity;
    uint32_t *order;        /* terms in byte order, after document_terms_sort */
    size_t order_capacity;
    bool sorted;
} document_terms;

void document_terms_init(document_terms *t);
void document_terms_release(document_terms *t);
/* Empties it; keeps the memory. */
void document_terms_clear(document_terms *t);

/* Adds wdf to a term, which is made if it is not there. OIR_INVALID_ARGUMENT, OIR_TOO_BIG, OIR_NO_MEMORY; nothing has
 * changed then. */
oir_status document_terms_add(document_terms *t, const char *term, size_t size, oir_termcount wdf, oir_error *err);
/* The same with a position. */
oir_status document_terms_add_position(document_terms *t, const char *term, size_t size, oir_termpos position,
                                       oir_termcount wdf, oir_error *err);
/* OIR_NOT_FOUND. */
oir_status document_terms_remove(document_terms *t, const char *term, size_t size, oir_error *err);

/* Looks up all that waits: before the log is read. */
void document_terms_settle(document_terms *t);
/* Makes terms and their positions of the log. Nothing to do when nothing was added since. OIR_NO_MEMORY. */
oir_status document_terms_group(document_terms *t, oir_error *err);
/* Groups, and fills `order`. OIR_NO_MEMORY. */
oir_status document_terms_sort(document_terms *t, oir_error *err);

/* ---- large documents ---- */

enum {
    DOCUMENT_PART_WORDS = 1 << 15,   /* words that are new in a part, */
    DOCUMENT_PART_BYTES = 1 << 20    /* and their bytes */
};

/* Whether the log should be put away now. */
static inline bool document_terms_is_large(const document_terms *t)
{
    return t->log_count >= t->part_most || t->vocabulary.count - t->words_begun >= DOCUMENT_PART_WORDS ||
           t->vocabulary.byte_count - t->bytes_begun >= DOCUMENT_PART_BYTES;
}

/* Puts the log away if it is large, and forgets the vocabulary if that is; unless `pinned` says that somebody has
 * words' numbers. On failure nothing has changed. OIR_IO, OIR_NO_SPACE, OIR_NO_MEMORY. */
oir_status document_terms_put_away(document_terms *t, oir_error *err);
/* How many parts there are, with what is in the log; 0: nothing was put away, all is there. Puts the log away, if it
 * must. Failures of document_terms_put_away. */
oir_status document_terms_count_parts(document_terms *t, size_t *parts, oir_error *err);
/* Puts a part into the log for somebody who takes it, up to the next call; *length: of the part. OIR_IO, OIR_TOO_BIG,
 * OIR_NO_MEMORY. */
oir_status document_terms_take_part(document_terms *t, size_t part, uint64_t *length, oir_error *err);
/* After the last one, or a failure. */
void document_terms_end_parts(document_terms *t);
/* Puts all parts into the log, before what it has, *own occurrences. On failure it is as it was. */
oir_status document_terms_read_parts(document_terms *t, size_t *own, oir_error *err);
/* Gives back what terms of parts take in memory, as far as nobody looks at them. */
void document_terms_give_back(document_terms *t);

/* ---- for who knows words by number ---- */

/* The number of a word of 1 to OIR_TERM_MAX bytes, which is made if it is not there; `term` is not looked at where the
 * key tells all. OIR_TOO_BIG, OIR_NO_MEMORY. */
oir_status document_terms_intern(document_terms *t, const hash_key *k, const char *term, size_t size, uint32_t *word,
                                 oir_error *err);
/* Room for so many occurrences at the end of the log; the caller fills in some, and moves log_count and length.
 * OIR_TOO_BIG, OIR_NO_MEMORY. */
oir_status document_terms_extend(document_terms *t, size_t occurrences, oir_error *err);

static inline const char *document_terms_get_bytes(const document_terms *t, const vocabulary_word *word)
{
    return vocabulary_get_bytes(&t->vocabulary, word);
}

static inline const vocabulary_word *document_terms_get_word(const document_terms *t, const document_term *term)
{
    return &t->vocabulary.words[term->word];
}

#endif
