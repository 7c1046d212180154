/* Lists of terms by document, put together while terms come one after the other, with the documents of each: each of
 * these has a term more. They are encoded as termlists_encode does.
 *
 *     termlists_builder_init(&b, documents, limit)          false: out of memory
 *     for each term, ordinals ascending:  termlists_builder_add(&b, ordinal, &postings)
 *     for each document:                  termlists_builder_get(&b, document, &list)
 * One thread at a time. */
#ifndef SEGMENT_TERMLISTS_BUILDER_H
#define SEGMENT_TERMLISTS_BUILDER_H

#include "base/buffer.h"
#include "segment/postings.h"

typedef struct termlists_builder_list {
    uint8_t *at;   /* in the last chunk; NULL: there is none */
    uint32_t next; /* one more than the last ordinal */
    uint32_t count;
} termlists_builder_list;

/* All zero: it has no lists, and what is added is lost. */
typedef struct termlists_builder {
    termlists_builder_list *lists; /* by document */
    uint8_t **firsts;              /* its first chunk */
    uint32_t document_count;
    size_t limit;                  /* bytes */
    uint8_t **slabs;               /* blocks of chunks */
    size_t slab_count, slab_capacity;
    uint8_t *free, *end;           /* chunks of the last one */
} termlists_builder;

/* False, and all zero, when that takes more memory than there is, or than `limit` bytes. */
bool termlists_builder_init(termlists_builder *b, uint32_t documents, size_t limit);
void termlists_builder_release(termlists_builder *b);
/* So many bytes more. */
void termlists_builder_allow(termlists_builder *b, size_t more);
/* The next term. False, and all zero, when it takes more. */
bool termlists_builder_add(termlists_builder *b, uint32_t ordinal, const term_postings *postings);
/* A document's list, appended; to->failed when out of memory. Documents ascending are read quickly. */
void termlists_builder_get(const termlists_builder *b, uint32_t document, buffer *to);

#endif
