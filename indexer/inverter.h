/* Documents that are not in a segment yet, inverted in memory.
 *
 * What comes is gathered in batches (inverter_batch.h), each sorted by term and appended to the terms' lists, which are
 * slices with postings in the order of documents. So memory that lies anywhere is waited for once a term and batch, and
 * the terms themselves are sorted once, when they are written out. A document is addressed by the order it came in
 * ("buffered number"); one that is deleted again is only marked, and left out when the buffer is written.
 *
 * Memory is counted to the byte, with what writing out will take on top. One thread at a time; shares nothing. */
#ifndef INDEXER_INVERTER_H
#define INDEXER_INVERTER_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/token.h"
#include "document/document.h"
#include "indexer/inverter_batch.h"
#include "indexer/inverter_data.h"
#include "indexer/progress.h"
#include "indexer/slices.h"
#include "segment/segment_writer.h"

/* A posting in a term's list:
 *     2 bytes   kind; bytes of a position, as a power of two, << 2; 16 if far; gap << 5, its low 11 bits
 *     far       4 bytes: the gap's higher bits
 *     counts    of kind 1 and 2 wdf, of kind 3 wdf and the number of positions: a byte, or 255 and 4 bytes
 *     positions ascending
 * gap: document - last document. Kind 0: wdf 1, 1 position; 1: wdf, as many positions; 2: no positions; 3: any.
 * Positions are as wide as the highest takes, and not differences, so that they are moved many at once. */
enum inverter_kind { INVERTER_ONE, INVERTER_WDF, INVERTER_NONE, INVERTER_COUNTED };
enum { INVERTER_WIDTH_SHIFT = 2, INVERTER_FAR = 16, INVERTER_GAP_SHIFT = 5, INVERTER_GAP_BITS = 11 };

typedef struct inverter_term {
    uint64_t low, high;  /* hash_key */
    slice_list postings; /* spare: the term's size */
    uint32_t bytes;      /* address of the term */
    uint32_t last;       /* buffered number of the last document */
    uint32_t documents;  /* with deleted ones */
    uint32_t positions;
} inverter_term;

/* An entry of a document's list of terms. */
typedef struct inverter_pair {
    uint32_t term, wdf;
} inverter_pair;

typedef struct inverter_document {
    oir_docid docid;
    uint32_t length;
    oir_termpos position_min, position_max;
    bool live, has_positions;
    slice_mark terms;             /* where its term list starts: pairs of term number and wdf */
    uint32_t term_count;
    uint32_t value_count;
    const segment_value *values;  /* these and the data are in the arena */
    oir_bytes data;               /* unless the inverter packs it */
} inverter_document;

enum { INVERTER_BLOCK_BITS = 10 }; /* terms or documents in a block: tables that grow without moving */

typedef struct inverter {
    size_t memory;                /* bytes that it is meant for */
    uint32_t writers;             /* threads that write it out, each with a list at hand */
    bool term_lists, stored;
    bool packed;                  /* documents' data is compressed as it comes */
    token *token;                 /* of the terms' numbers, which documents keep as hints; NULL before the first */
    inverter_batch batch;
    slices pool;
    arena arena;
    inverter_data data;
    inverter_term **term_blocks;
    size_t term_block_count, term_block_capacity;
    uint32_t term_count;
    uint64_t *slots;              /* high half of the hash << 32 | term + 1 */
    uint32_t slot_mask;
    inverter_document **document_blocks;
    size_t document_block_count, document_block_capacity;
    size_t document_count;
    bool descended;               /* some docid came that was not above all before it: only then there are */
    uint32_t *docid_slots;        /* buffered number + 1, one for each docid that was ever here */
    size_t docid_slot_mask, docid_slots_used;
    uint32_t live_count;
    uint64_t live_length;
    slice_list lists;             /* all term lists, one after another */
    inverter_pair *pairs;         /* the list of the document at hand */
    size_t pair_count, pair_capacity;
    uint32_t *pair_of;            /* by term: 1 + its place there, or 0 */
    size_t pair_of_capacity;
    uint32_t documents_max, positions_max; /* of any term: what the longest list will take */
} inverter;

/* For `memory` bytes or so, which is the caller's to watch; written out by one thread, unless `writers` is set to more.
 * Data is compressed as it comes unless `packed` is cleared before the first document. OIR_NO_MEMORY. */
oir_status inverter_new(inverter **out, size_t memory, bool term_lists, bool stored, oir_error *err);
/* NULL is accepted. */
void inverter_free(inverter *v);
/* Empties it and gives the memory back. */
void inverter_clear(inverter *v);

/* Adds a document under a docid that no live one here has. Failures of document_complete, and then nothing has
 * changed; OIR_NO_MEMORY, and then only clear and free may follow. */
oir_status inverter_add(inverter *v, oir_docid docid, const oir_document *document, oir_error *err);

/* Brings all that was added into the lists: before they are read, or ordered, or written. OIR_NO_MEMORY: nothing is
 * lost, and it may be tried again. */
oir_status inverter_settle(inverter *v, oir_error *err);

/* Bytes taken, and to be taken by writing out. */
size_t inverter_get_memory(const inverter *v);
/* Bytes of documents' data that are read ahead when it is written out in another order than it came. */
size_t inverter_get_ahead(const inverter *v);
/* The pool's addresses run low: time to write out, whatever the memory. */
bool inverter_is_full(const inverter *v);

/* Whether a live document has the docid. */
bool inverter_has_docid(const inverter *v, oir_docid docid);
/* Deletes it; false when there is none. */
bool inverter_delete(inverter *v, oir_docid docid);
/* Whether any live document has the term. Failures of inverter_settle. */
oir_status inverter_has_term(inverter *v, const char *term, size_t size, bool *found, oir_error *err);
/* Deletes all with the term: *count of them, *lowest the lowest of their docids (unchanged when there is none).
 * Failures of inverter_settle. */
oir_status inverter_delete_by_term(inverter *v, const char *term, size_t size, uint32_t *count, oir_docid *lowest,
                                   oir_error *err);

/* Buffered numbers of the live documents by ascending docid, freed by the caller with memory_free. False when out of
 * memory. There must be one at least. */
bool inverter_order(const inverter *v, uint32_t **out);

/* A term by its number. */
static inline inverter_term *inverter_get_term(const inverter *v, uint32_t number)
{
    return &v->term_blocks[number >> INVERTER_BLOCK_BITS][number & ((1u << INVERTER_BLOCK_BITS) - 1)];
}

/* A document by its buffered number. */
static inline inverter_document *inverter_get_document(const inverter *v, size_t number)
{
    return &v->document_blocks[number >> INVERTER_BLOCK_BITS][number & ((1u << INVERTER_BLOCK_BITS) - 1)];
}

/* The postings of one term, one after another: `left` of them. */
typedef struct inverter_cursor {
    const uint8_t *at;
    uint32_t left;
    uint32_t document, wdf, positions; /* of the current one; */
    const uint8_t *places;             /* its positions, */
    uint32_t width;                    /* of so many bytes each */
} inverter_cursor;

/* Copies a term's list into `bytes` to read it there; what was in it is lost. False when out of memory. */
bool inverter_read(const inverter *v, const inverter_term *term, buffer *bytes, inverter_cursor *out);

static inline uint32_t inverter_next_count(inverter_cursor *c)
{
    uint32_t count = *c->at++;
    if (count == UINT8_MAX) {
        count = bits_load32(c->at);
        c->at += 4;
    }
    return count;
}

static inline bool inverter_next(inverter_cursor *c)
{
    if (c->left == 0)
        return false;
    c->left--;
    uint32_t head = bits_load16(c->at);
    c->at += 2;
    c->document += head >> INVERTER_GAP_SHIFT;
    if (head & INVERTER_FAR) {
        c->document += bits_load32(c->at) << INVERTER_GAP_BITS;
        c->at += 4;
    }
    c->wdf = (head & 3) == INVERTER_ONE ? 1 : inverter_next_count(c);
    c->positions = (head & 3) == INVERTER_NONE ? 0 : (head & 3) == INVERTER_COUNTED ? inverter_next_count(c) : c->wdf;
    c->places = c->at;
    c->width = 1u << (head >> INVERTER_WIDTH_SHIFT & 3);
    c->at += (size_t)c->positions * c->width;
    return true;
}

/* The current posting's positions. */
static inline void inverter_get_positions(const inverter_cursor *c, oir_termpos *to)
{
    const uint8_t *from = c->places;
    switch (c->width) {
    case 1:
        for (uint32_t i = 0; i < c->positions; i++)
            to[i] = from[i];
        break;
    case 2:
        for (uint32_t i = 0; i < c->positions; i++)
            to[i] = bits_load16(from + 2 * (size_t)i);
        break;
    default:
        for (uint32_t i = 0; i < c->positions; i++)
            to[i] = bits_load32(from + 4 * (size_t)i);
    }
}

#endif
