/* Lists of terms by document, and the order made of them. They are brought together from lists of documents by term,
 * or come as they are.
 *
 *     reorder_builder_init(&b, documents, terms, &settings, err);
 *     for each term, by byte order:                     reorder_builder_offer(&b, term, its documents, err)
 *     reorder_builder_choose(&b);
 *     reorder_builder_open_lists(&b, err);
 *     for each document:
 *         uint16_t *end = reorder_builder_begin_document(&b)
 *         for each term of it that is wanted:           *end++ = its number
 *         reorder_builder_end_document(&b, end)
 * or  reorder_builder_open_notes(&b, err);
 *     for each term that reorder_builder_wants:         reorder_builder_start(&b, term)
 *         for each document of it:                      reorder_builder_note(&b, document)
 *     reorder_builder_end(&b, p, err);                  then b.order has it
 *     reorder_builder_release(&b);                      whatever came back
 * One thread at a time. */
#ifndef INDEXER_REORDER_BUILDER_H
#define INDEXER_REORDER_BUILDER_H

#include "indexer/reorder_bisect.h"

enum { REORDER_LEFT_OUT = 0 }; /* the number that fills up lists, which is no term's */

typedef struct reorder_settings {
    uint32_t iterations;     /* how often documents may change sides in one node */
    uint32_t rare_share;     /* terms in fewer than one of so many documents are left out, */
    uint32_t frequent_share; /* and those in more than one of so many */
    size_t memory;           /* bytes for lists; above, more of the frequent terms are left out */
    uint32_t threads;        /* the caller's among them: 1 unless told */
    bool samples;            /* large nodes are taken apart by what samples of their documents say */
} reorder_settings;

/* A term whose documents are noted. */
typedef struct reorder_noted {
    size_t start, next, end; /* its documents: those not in lists yet, those of the block after, the end */
    uint16_t number;
} reorder_noted;

typedef struct reorder_builder {
    const reorder_settings *settings;
    uint16_t *numbers;       /* by term: its number among those chosen, or REORDER_LEFT_OUT */
    uint32_t *order;         /* new number -> first one */
    reorder_lists lists;
    uint64_t postings;       /* of the terms chosen, at most */
    uint32_t documents_added; /* whose lists are complete; */
    uint32_t *documents;     /* of the terms noted so far, one term after another */
    size_t document_count, document_capacity;
    reorder_noted *noted;    /* as they came */
    uint32_t noted_count;
    bool disordered;         /* documents of the last one did not come in order */
    uint64_t *marks;         /* to put them in order: a bit for each document; all 0 in between */
    uint64_t *keys;          /* of terms that may be chosen */
    size_t key_count, key_capacity;
} reorder_builder;

/* OIR_NO_MEMORY. */
oir_status reorder_builder_init(reorder_builder *b, uint32_t documents, size_t terms, const reorder_settings *settings,
                                oir_error *err);
void reorder_builder_release(reorder_builder *b);
/* Whether a term may be chosen that has so many documents, at least and at most. */
bool reorder_builder_fits(const reorder_builder *b, uint64_t least, uint64_t most);
/* Terms have numbers from 0 on. OIR_NO_MEMORY. */
oir_status reorder_builder_offer(reorder_builder *b, uint32_t term, uint64_t documents, oir_error *err);
void reorder_builder_choose(reorder_builder *b);
/* OIR_NO_MEMORY. */
oir_status reorder_builder_open_lists(reorder_builder *b, oir_error *err);
oir_status reorder_builder_open_notes(reorder_builder *b, oir_error *err);

static inline bool reorder_builder_wants(const reorder_builder *b, uint32_t term)
{
    return b->numbers[term] != REORDER_LEFT_OUT;
}

/* Where the next document's terms go, by what they are in `numbers`: each once, in any order, and no more of all
 * together than were offered. Behind them there is room for one more. */
static inline uint16_t *reorder_builder_begin_document(reorder_builder *b)
{
    return b->lists.terms + b->lists.posting_count;
}

/* They end there. */
static inline void reorder_builder_end_document(reorder_builder *b, uint16_t *end)
{
    uint16_t *list = b->lists.terms + b->lists.posting_count;
    while ((size_t)(end - list) % REORDER_STEP)
        *end++ = REORDER_LEFT_OUT;
    b->lists.sizes[b->documents_added++] = (uint32_t)(end - list);
    b->lists.posting_count += (size_t)(end - list);
}

/* The term before is complete. */
void reorder_builder_start(reorder_builder *b, uint32_t term);

/* Each once, in any order; no more of a term than it was offered with. */
static inline void reorder_builder_note(reorder_builder *b, uint32_t document)
{
    size_t at = b->document_count;
    if (at == b->document_capacity)
        return;
    b->documents[at] = document;
    b->disordered |= at > b->noted[b->noted_count - 1].start && document <= b->documents[at - 1];
    b->document_count++;
}

/* OIR_NO_MEMORY, OIR_CANCELLED. */
oir_status reorder_builder_end(reorder_builder *b, const progress *p, oir_error *err);

#endif
