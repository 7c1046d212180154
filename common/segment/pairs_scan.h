/* The text of a segment as far as it consists of given words, put together again from their positions, some documents
 * at a time, so that it stays in the processor's cache: what follows what in it is how lists of pairs are made and
 * checked. One thread at a time. */
#ifndef SEGMENT_PAIRS_SCAN_H
#define SEGMENT_PAIRS_SCAN_H

#include "segment/postings_window.h"

enum {
    PAIRS_SCAN_WORDS_MAX = 1024,
    PAIRS_SCAN_PLACES_MAX = 1 << 25 /* of 64 documents together; 2 bytes of memory each */
};

/* Told now and then how far a scan is; returns other than OIR_OK to end it. */
typedef oir_status (*pairs_scan_tell)(void *context, uint64_t done, uint64_t total, oir_error *err);

struct pairs_scan;

/* The text of documents that is still at hand as it came, so that it need not be put together from lists. */
typedef struct pairs_text {
    void *context;
    /* Which words matter, by their terms' ordinals: from here on the i-th is number i. OIR_NO_MEMORY. */
    oir_status (*choose)(void *context, const uint32_t *ordinals, uint32_t count, oir_error *err);
    /* Both for several threads beside each other. Lists a document's pairs with pairs_scan_add, from s->pairs on, where
     * there is room; returns what is behind them. NULL: its words are not in order, or two are at one place. */
    uint32_t *(*list)(const void *context, const struct pairs_scan *s, uint32_t document);
    /* Hands the words of such a document to pairs_scan_put. It is the i-th of the window at hand. */
    void (*read)(const void *context, struct pairs_scan *s, uint32_t document, uint32_t i);
} pairs_text;

typedef struct pairs_scan {
    const pairs_text *source;     /* for the caller to set; NULL: text is made of lists */
    pairs_scan_tell tell;         /* NULL: nobody asks */
    void *tell_context;
    const postings_context *context;
    postings_window *words;       /* by number, 0 and up */
    position_stream *streams;     /* of each */
    uint32_t word_count;
    const bool *wanted;           /* by word, for the caller to set: others are left out; NULL: none are */
    const uint64_t *chosen;       /* the same of pairs, a bit by code; none with a word that is not there */
    uint32_t ranges;              /* of each window only so many, from the first on; for the caller to set */
    position_room room;
    uint32_t window, document_count; /* the window at hand, and how many documents are in it */
    uint32_t first, end;          /* ranges whose text is at hand */
    uint32_t starts[WINDOW_SIZE + 1]; /* where the text of each document of these ranges starts */
    uint16_t *text;               /* by place the number of its word plus 1, or 0 */
    size_t text_capacity;
    uint64_t *doubles;            /* words at places that were taken: place << 16 | number + 1, ascending */
    size_t double_count, double_capacity, double_next;
    bool failed;                  /* there was no memory for these */
    uint32_t *pairs;              /* of the document at hand, their codes */
    size_t pair_count, pair_capacity;
} pairs_scan;

/* A pair's code, from its words' numbers; all are below pairs_scan_codes. */
static inline uint32_t pairs_scan_code(uint32_t word_count, uint32_t first, uint32_t second)
{
    return (first + 1) * (word_count + 1) + second + 1;
}
static inline size_t pairs_scan_codes(uint32_t word_count)
{
    return ((size_t)word_count + 1) * (word_count + 1);
}

/* For pairs_text: a word, once or more often, at a position of the window's i-th document. */
void pairs_scan_put(pairs_scan *s, uint32_t i, uint32_t word, oir_termpos position);

/* For pairs_text: two words right behind each other, as their numbers plus 1, or 0 for one that is not there; returns
 * what is behind the pair if it is listed. What of `s` it takes is handed in, so that it is kept in registers. */
static inline uint32_t *pairs_scan_add(const uint64_t *chosen, uint32_t word_count, uint32_t first, uint32_t second,
                                       uint32_t *to)
{
    uint32_t code = first * (word_count + 1) + second; /* nothing is guessed: the next one goes over it if need be */
    *to = code;
    return to + (chosen[code / 64] >> code % 64 & 1);
}

/* The places of all documents of some windows. */
uint64_t pairs_scan_count(const postings_context *context, uint32_t from, uint32_t end);
/* The most places that 64 documents of a segment, those of a range, have together. */
uint64_t pairs_scan_places(const postings_context *context);
/* False when these are more than are worth the memory, or all places far more than words. */
bool pairs_scan_is_possible(const postings_context *context);

/* Begins over `count` words that have dense lists with positions, and the pairs whose bits by code are set (NULL: all
 * of two of the words). All but the error must outlive it; the arena has the lists. Release it whatever comes back.
 * OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status pairs_scan_init(pairs_scan *s, const struct container *parts, const postings_context *context,
                           const term_entry *const *entries, uint32_t count, const uint64_t *chosen, arena *a,
                           oir_error *err);
void pairs_scan_release(pairs_scan *s);

/* To a window, which has s->document_count documents. What `tell` returns. */
oir_status pairs_scan_seek(pairs_scan *s, uint32_t window, oir_error *err);
/* Finds the pairs of words right behind each other in the window's i-th document, to be asked for from the first on,
 * leaving out none, up to the last of s->ranges: s->pairs has their codes, s->pair_count of them, as often as they
 * occur. OIR_CORRUPT, OIR_NO_MEMORY. */
oir_status pairs_scan_document(pairs_scan *s, uint32_t i, oir_error *err);

#endif
