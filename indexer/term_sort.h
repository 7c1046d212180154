/* Sorting terms by bytes: 8 of them at a time as one number, most significant byte first. */
#ifndef INDEXER_TERM_SORT_H
#define INDEXER_TERM_SORT_H

#include <oir/types.h>

typedef struct term_sort_item {
    uint64_t key;       /* term_sort_key(bytes, size) */
    const uint8_t *bytes;
    uint32_t term;      /* the owner's */
    uint16_t size;
    bool same;          /* it is the one before it, of another owner: set by term_sort */
} term_sort_item;

/* The first 8 bytes, zeros behind a shorter term, so that numbers order as bytes do. */
uint64_t term_sort_key(const uint8_t *bytes, size_t size);

/* In place; takes no memory. Terms that are the same come by the owners' numbers. */
void term_sort(term_sort_item *items, size_t count);

#endif
