/* Random documents and what a segment must say of them: a model in memory to write segments from and to compare them
 * with. */
#ifndef TESTS_HELPER_COLLECTION_H
#define TESTS_HELPER_COLLECTION_H

#include "segment/segment.h"
#include "segment/segment_writer.h"

enum collection_docids { DOCIDS_CONTIGUOUS, DOCIDS_GAPS, DOCIDS_SHUFFLED };

typedef struct collection_shape {
    uint32_t documents, words;  /* how many documents, and different words at most */
    uint32_t tokens;            /* words in a document, about */
    enum collection_docids docids;
    bool positions;             /* documents have positions, or all but some if gaps; else none */
    bool position_zero;         /* positions count from 0 */
    bool gaps;                  /* between positions, so that extents are not lengths; and wdf beyond positions */
    bool term_lists, stored, values, pairs;
} collection_shape;

typedef struct collection_term {
    char name[24];
    size_t size;
    uint32_t count, capacity;
    uint32_t *documents, *wdf, *position_counts;
    oir_termpos *positions;
    size_t position_count, position_capacity;
    bool positioned, counted; /* whether `postings` has positions, and says how many */
    term_postings postings;   /* of the above, as it is written */
} collection_term;

typedef struct collection_document {
    segment_document record;
    segment_value values[4];
    char bytes[4][16]; /* of values */
    char *data;
    uint32_t *ordinals, *wdf; /* its terms, as in a term list */
    uint32_t term_count;
} collection_document;

typedef struct collection {
    collection_shape shape;
    collection_document *documents;
    collection_term *terms; /* ascending, none empty */
    uint32_t term_count;
} collection;

/* Documents as the shape says, by the caller's random numbers. Exits the program when out of memory. */
collection *collection_new(const collection_shape *shape, uint64_t (*random)(void));
void collection_free(collection *c);

/* Writes all of it. */
oir_status collection_write(const collection *c, const char *path, oir_error *err);

/* Compares everything that a segment says with the collection; NULL when all is the same, else what is not: a message
 * that lives until the next call. */
const char *collection_compare(const collection *c, const segment *s);

#endif
