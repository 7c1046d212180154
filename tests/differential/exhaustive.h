/* The plainest search there is: every document is looked at, every match weighed, all sorted. What the searcher finds
 * must be what this finds, to the bit. It shares nothing with the searcher but the public headers.
 *
 * A weight is the sum, in double, over the query's leaves in their order; equal terms of one AND or OR (ANDs in ANDs
 * and ORs in ORs taken as one) are one leaf, at the first one's place, their factors added. What cannot match in the
 * whole collection is taken out first, and an operator with one part left is that part.
 *
 * One thread at a time. Whatever fails for want of memory ends the program. */
#ifndef TESTS_DIFFERENTIAL_EXHAUSTIVE_H
#define TESTS_DIFFERENTIAL_EXHAUSTIVE_H

#include <oir/document.h>
#include <oir/query.h>
#include <oir/weight.h>

typedef struct exhaustive_posting {
    uint32_t term; /* its number */
    oir_termcount wdf;
    uint32_t position_count;
    oir_termpos *positions; /* ascending */
} exhaustive_posting;

typedef struct exhaustive_document {
    bool live;
    oir_termcount length;
    uint32_t count;
    exhaustive_posting *postings;
} exhaustive_document;

typedef struct exhaustive_entry {
    oir_docid docid;
    const exhaustive_posting *posting;
} exhaustive_entry;

typedef struct exhaustive_term {
    char name[OIR_TERM_MAX + 1]; /* closed by a zero byte */
    size_t size;
    uint32_t count, capacity;    /* live documents, by docid; right after exhaustive_settle */
    exhaustive_entry *entries;
} exhaustive_term;

/* The collection. */
typedef struct exhaustive {
    exhaustive_document *documents; /* by docid */
    oir_docid last, capacity;
    exhaustive_term *terms;
    uint32_t term_count, term_capacity;
    uint32_t *slots, slot_count;
    oir_doccount live;
    oir_totallength length;
    bool settled;
} exhaustive;

typedef struct exhaustive_weight {
    bool boolean;
    oir_bm25 bm25;
} exhaustive_weight;

typedef struct exhaustive_match {
    double weight;
    oir_docid docid;
} exhaustive_match;

/* All matches, best first. */
typedef struct exhaustive_result {
    exhaustive_match *matches;
    size_t count, capacity;
} exhaustive_result;

exhaustive *exhaustive_new(void);
void exhaustive_free(exhaustive *e);

/* Puts a copy of a document under a docid, new or in use. */
void exhaustive_set(exhaustive *e, oir_docid docid, const oir_document *document);
/* The same, of a document of another collection. */
void exhaustive_set_copy(exhaustive *e, oir_docid docid, const exhaustive *from, oir_docid of);
void exhaustive_remove(exhaustive *e, oir_docid docid);
/* Brings the terms' lists up to date. */
void exhaustive_settle(exhaustive *e);

/* NULL when no document ever had the term. */
const exhaustive_term *exhaustive_find(const exhaustive *e, const char *name, size_t size);
/* Searches; result starts as {0}, may be used again, and is released by exhaustive_result_release. */
void exhaustive_search(exhaustive *e, const oir_query *query, const exhaustive_weight *weight,
                       exhaustive_result *result);
void exhaustive_result_release(exhaustive_result *result);

#endif
