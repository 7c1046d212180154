/* Made-up collections that behave like written text where a search engine notices: words fall off as Zipf said, their
 * number grows with the collection, lengths are log-normal, words come in bursts and by topic, and some words like to
 * follow others, so that phrases recur.
 *
 * Everything follows from the four numbers given: the same on every machine and run (no function of libm is used), and
 * a document can be made without those before it. */
#ifndef TESTS_SYNTHETIC_SYNTHETIC_H
#define TESTS_SYNTHETIC_SYNTHETIC_H

#include <stddef.h>
#include <stdint.h>

/* One thread at a time. */
typedef struct synthetic synthetic;

/* `documents` of `mean` words on average (both 1 and up). NULL without memory. */
synthetic *synthetic_new(uint32_t documents, uint32_t mean, uint64_t seed);
/* NULL is accepted. */
void synthetic_free(synthetic *s);

/* Document `number`, counted from 0: words of a-z with one space between, closed by a zero byte. Valid until the next
 * call on s. */
const char *synthetic_document(synthetic *s, uint32_t number, size_t *size);

/* The same document as the ranks of its words, as many as *count says. */
const uint32_t *synthetic_document_ranks(synthetic *s, uint32_t number, uint32_t *count);

/* How many different words there are. */
uint32_t synthetic_vocabulary(const synthetic *s);
/* The word of rank `rank`, 0 for the most frequent; not closed by a zero byte. Belongs to s. */
const char *synthetic_word(const synthetic *s, uint32_t rank, size_t *size);

/* A run of `count` (1 to 8) different words that does occur: their ranks, drawn by `draw` from any document. */
void synthetic_sequence(synthetic *s, uint64_t draw, uint32_t count, uint32_t *ranks);

#endif
